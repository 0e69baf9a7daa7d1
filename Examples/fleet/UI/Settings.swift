internal import AssayNet
internal import FleetCore

/// What the UI was told by its options and environment.
struct Settings: ProgramSettings {
    var address = SocketAddress.loopback(port: 8080)
    var version = WireVersion.newest
    var token: TokenCheck
    /// Whose bearer may move the clock; `nil`: nobody.
    var clockToken: TokenCheck?
    var allowList: AllowList
    /// Where locks are; `nil`: in this process.
    var redis: RedisAddress?
    var leaseMilliseconds: Int64 = 30_000
    var accounts = 0
    var media = 0
    var logLevel = Log.Level.info
    var defect: Defect?

    static let program = "fleet-ui"
    static let usage = """
        usage: fleet-ui [--port N] [--contract-version v1|v2]

        environment
          PORT                   8080 unless said; 0 lets the system choose
          HOST                   numeric address to listen on; 127.0.0.1 unless said
          CONTRACT_VERSION       the newest version of the contract that it speaks; v2 unless said
          FLEET_TOKEN            what callers show as bearers; required
          FLEET_ALLOW            addresses and networks that may call; 127.0.0.0/8,::1 unless said
          FLEET_TRUSTED_PROXIES  those whose X-Forwarded-For counts; none unless said
          REDIS_URL              keeps the locks; without it they are in this process
          FLEET_LEASE_MS         how long a worker has a task without a word; 30000 unless said
          FLEET_ACCOUNTS         accounts there are from the beginning; 3 unless said
          FLEET_MEDIA            media there are; 6 unless said
          FLEET_CLOCK_TOKEN      whose bearer may move time by POST /test/clock; without it nobody can
          LOG_LEVEL              debug, info, warn or error; info unless said
          FLEET_DEFECT           plants a mistake for tests to find: \(Defect.allCases.map(\.rawValue).joined(separator: ", "))
        """

    static let options = ["--port": "PORT", "--host": "HOST", "--contract-version": "CONTRACT_VERSION"]

    init(_ variables: Variables) throws(Misfit) {
        address = try variables.address(8080)
        version = try variables.choice("CONTRACT_VERSION") ?? .newest
        token = TokenCheck(try variables.required("FLEET_TOKEN"))
        clockToken = variables.text("FLEET_CLOCK_TOKEN").map { TokenCheck($0) }
        allowList = AllowList(
            allowed: try Network.list(variables.text("FLEET_ALLOW") ?? "127.0.0.0/8,::1"),
            proxies: try Network.list(variables.text("FLEET_TRUSTED_PROXIES") ?? ""))
        if let url = variables.text("REDIS_URL") {
            do throws(RedisAddressError) { redis = try RedisAddress(parsing: url) } catch {
                throw Misfit("REDIS_URL", "\(error)")
            }
        }
        leaseMilliseconds = Int64(try variables.number("FLEET_LEASE_MS", 30_000, in: 10...3_600_000))
        accounts = try variables.number("FLEET_ACCOUNTS", 3, in: 0...Roster.most)
        media = try variables.number("FLEET_MEDIA", 6, in: 0...1000)
        logLevel = try variables.choice("LOG_LEVEL") ?? .info
        defect = try variables.choice("FLEET_DEFECT")
    }
}
