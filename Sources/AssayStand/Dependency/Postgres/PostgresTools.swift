internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// An installed PostgreSQL with the user it runs as and the folder where finished data directories are kept.
struct PostgresTools {
    var installed: Installed.Postgres
    /// Who runs the server; `nil`: whoever runs Assay. PostgreSQL refuses root.
    var account: String?
    /// Data directories by what they were made of; outlives runs.
    var cache: String
    let member: String
    let location: SourceLocation
    let reactor: Reactor
    let scope: CancelScope

    /// Picks the version that is wanted, the account and the cache.
    init(
        _ spec: PostgresSpec, of member: String, at location: SourceLocation, in stand: Stand,
        _ scope: CancelScope
    ) throws(StandFailure) {
        let all = stand.surroundings.installed.postgres
        let fitting = all.first { spec.version == nil || $0.version == spec.version }
        guard let fitting else {
            let versions = Set(all.map(\.version)).subtracting([0]).sorted(by: >).map { "\($0)" }
            // A folder says something only where no version is known.
            let known = (versions.isEmpty ? Set(all.map(\.folder)).sorted() : versions).joined(
                separator: ", ")
            throw StandFailure(
                member: member, message: "PostgreSQL \(spec.version ?? 0) is not installed, found \(known)",
                location: location, isAbsent: true)
        }
        installed = fitting
        self.member = member
        self.location = location
        reactor = stand.reactor
        self.scope = scope
        account = nil
        let chosen = Self.variable("ASSAY_CACHE")
        if Accounts.isRoot {
            account = Installed.postgresAccount
            guard account != nil else {
                throw StandFailure(
                    member: member,
                    message: "PostgreSQL does not run as root, and there is no user 'postgres'",
                    location: location)
            }
            cache = (chosen ?? "/var/cache/assay") + "/postgres"
        } else {
            cache = (chosen ?? Self.usualCache) + "/postgres"
        }
        do throws(StandFailure) {
            try folder(cache)
        } catch {
            throw failure(
                "there is no place for finished data directories: \(error.message); set ASSAY_CACHE to one")
        }
        // The tools run in folders of their own.
        cache = Files.resolved(cache) ?? cache
    }

    /// A variable that is set to nothing is not set.
    private static func variable(_ name: String) -> String? {
        Host.environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Source: XDG Base Directory Specification; without a home the account's own place in `/tmp`.
    private static var usualCache: String {
        if let given = variable("XDG_CACHE_HOME"), given.hasPrefix("/") { return "\(given)/assay" }
        return variable("HOME").map { "\($0)/.cache/assay" } ?? "/tmp/assay-\(Accounts.current)"
    }

    func program(_ name: String) -> String { "\(installed.folder)/\(name)" }

    /// A command as the account runs it; it still ends with its keeper.
    func words(_ command: [String]) -> [String] {
        guard let account else { return command }
        return [
            "setpriv", "--reuid=\(account)", "--regid=\(account)", "--init-groups", "--inh-caps=-all",
            "--pdeathsig=KILL", "--",
        ] + command
    }

    /// Makes a folder that belongs to the account.
    func folder(_ path: String) throws(StandFailure) {
        do throws(SystemError) {
            try Files.makeFolder(path)
            if let account { try Accounts.give(path, to: account) }
        } catch {
            throw failure("\(error)")
        }
    }

    /// Runs one of PostgreSQL's own tools, or `cp`, to its end.
    func run(_ command: [String], in folder: String, doing what: String) async throws(StandFailure) {
        let result: ProcessResult
        do throws(SystemError) {
            let own = ["LC_ALL", "PGDATA", "PGPORT", "PGHOST", "PGUSER"]
            result = try await ChildProcess.runToEnd(
                ProcessSpec(
                    command: words(command),
                    environment: Host.environment.filter { !own.contains($0.name) } + [("LC_ALL", "C")],
                    folder: folder),
                on: reactor, until: Reactor.monotonicNow() &+ 120_000_000_000, in: scope)
        } catch {
            throw failure("\(what): \(error)")
        }
        guard result.status.isSuccess else {
            let lines = String(decoding: result.errors + result.output, as: UTF8.self)
                .split(separator: "\n").map(String.init)
            let reason = lines.first {
                $0.contains("No space left") || $0.contains("error") || $0.contains("cannot ")
            }
            var message = "\(what): \(reason ?? "\(result.status)")"
            if let account, lines.contains(where: { $0.contains("Permission denied") }) {
                message +=
                    "; it runs as '\(account)', who must be able to enter every folder above (set TMPDIR)"
            }
            throw failure(message, lines)
        }
    }

    func failure(_ message: String, _ lines: [String] = []) -> StandFailure {
        StandFailure(
            member: member, message: message, location: location,
            lastLines: lines.suffix(20))
    }
}
