internal import AssayNet
internal import AssayWire
internal import FleetCore

/// What the worker was told by its options and environment.
struct Settings: ProgramSettings {
    var address = SocketAddress.loopback(port: 8090)
    var version = WireVersion.newest
    var worker: String
    var ui: URLParts
    var token: String
    var limits = JobManager.Limits()
    var times = Orchestrator.Times()
    var isPulling = false
    /// Between two questions for tasks when there were none.
    var pullMilliseconds: Int64 = 200
    var timeout: Duration = .seconds(5)
    var logLevel = Log.Level.info
    var defect: Defect?

    static let program = "fleet-worker"
    static let usage = """
        usage: fleet-worker [--port N] [--contract-version v1|v2] [--pull 1]
               fleet-worker --openapi    prints the OpenAPI document of its addresses

        environment
          PORT               8090 unless said; 0 lets the system choose
          HOST               numeric address to listen on; 127.0.0.1 unless said
          CONTRACT_VERSION   the version of the contract that it speaks with the UI; v2 unless said
          UI_URL             http://HOST:PORT of the UI; required
          FLEET_TOKEN        shown to the UI as a bearer; required
          WORKER_ID          its name for the UI; one of its own unless said
          FLEET_PULL         1: takes tasks of the UI from the beginning
          FLEET_PULL_MS      how often it asks for tasks when there were none; 200 unless said
          FLEET_JOBS         jobs at a time; 4 unless said
          FLEET_QUEUE        jobs that may wait; 100 unless said
          FLEET_ACTION_MS    how long an action takes; 5 unless said
          FLEET_LEASE_MS     how long locks and leases last without a word; 10000 unless said
          FLEET_LOCK_MS      how long an account is waited for; 60000 unless said
          LOG_LEVEL          debug, info, warn or error; info unless said
          FLEET_DEFECT       plants a mistake for tests to find: \(Defect.allCases.map(\.rawValue).joined(separator: ", "))
        """

    static let options = [
        "--port": "PORT", "--host": "HOST", "--contract-version": "CONTRACT_VERSION", "--pull": "FLEET_PULL",
        "--worker": "WORKER_ID", "--ui": "UI_URL",
    ]

    init(_ variables: Variables) throws(Misfit) {
        address = try variables.address(8090)
        version = try variables.choice("CONTRACT_VERSION") ?? .newest
        ui = try variables.url("UI_URL")
        token = try variables.required("FLEET_TOKEN")
        guard token.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw Misfit("FLEET_TOKEN", "holds a character that no token has")
        }
        worker = variables.text("WORKER_ID") ?? "worker-\(Host.processID)"
        guard JobType.isName(worker) else {
            throw Misfit("WORKER_ID", "is 1 to 64 letters, digits, '-', '_', '.' or ':', found '\(worker)'")
        }
        limits.running = try variables.number("FLEET_JOBS", 4, in: 1...50)
        limits.queued = try variables.number("FLEET_QUEUE", 100, in: 1...10_000)
        times.action = Int64(try variables.number("FLEET_ACTION_MS", 5, in: 0...600_000))
        times.lease = Int64(try variables.number("FLEET_LEASE_MS", 10_000, in: 10...3_600_000))
        times.lockPatience = Int64(try variables.number("FLEET_LOCK_MS", 60_000, in: 0...3_600_000))
        isPulling = try variables.flag("FLEET_PULL")
        pullMilliseconds = Int64(try variables.number("FLEET_PULL_MS", 200, in: 1...60_000))
        logLevel = try variables.choice("LOG_LEVEL") ?? .info
        defect = try variables.choice("FLEET_DEFECT")
    }
}
