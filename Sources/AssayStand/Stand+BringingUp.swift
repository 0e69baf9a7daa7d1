internal import AssayCore
internal import AssayFormats
internal import AssayNet

extension Stand {
    enum Part {
        case dependency(DependencySpec)
        case service(ServiceSpec)
        /// A copy of a dependency of the stand below.
        case own(any Dependency)

        var name: String {
            switch self {
            case .dependency(let spec): spec.name
            case .service(let spec): spec.name
            case .own(let dependency): dependency.name
            }
        }

        var needs: [String] {
            switch self {
            case .service(let spec): spec.needs
            case .dependency(let spec):
                if case .program(let program) = spec.kind { program.needs } else { [] }
            case .own: []
            }
        }
    }

    /// Starts parts, each as soon as what it needs is there.
    func bringUp(_ parts: [Part], _ scope: CancelScope?) async throws(StandFailure) {
        for part in parts {
            bindings[part.name] = nil
            databases[part.name] = nil
        }
        let branch = CancelScope(on: reactor, within: scope)
        let own = ReactorBound((self, parts, branch), on: reactor)
        let tasks = parts.indices.map { index in
            Task(executorPreference: reactor) {
                let (stand, parts, branch) = own.value
                do throws(StandFailure) {
                    try await stand.bringUp(parts[index], branch)
                } catch {
                    if stand.failure == nil { stand.failure = error }
                    branch.cancel()
                }
                stand.changed.notifyAll()
            }
        }
        for task in tasks { await task.value }
        branch.leave()
        if let failure { throw failure }
    }

    private func bringUp(_ part: Part, _ scope: CancelScope) async throws(StandFailure) {
        while let missing = part.needs.first(where: { bindings[$0] == nil }) {
            if let reason = absent[missing] {
                absent[part.name] = "'\(part.name)' needs '\(missing)': \(reason)"
                return
            }
            guard await changed.wait(in: scope) != .cancelled else {
                throw StandFailure(member: part.name, message: "cancelled while it waited for '\(missing)'")
            }
        }
        let begin = Reactor.monotonicNow()
        switch part {
        case .service(let spec): try await bringUp(spec, .service, scope, since: begin)
        case .own(let dependency):
            if let copy = try await dependency.own(in: self, scope) { add(copy, since: begin) }
        case .dependency(let spec): try await bringUp(spec, scope, since: begin)
        }
    }

    private func bringUp(
        _ spec: ServiceSpec, _ kind: RunHeader.StandMember.Kind, _ scope: CancelScope, since begin: Int64
    ) async throws(StandFailure) {
        if let replicas = spec.replicas {
            let (binding, detail) = try await startReplicas(of: spec, replicas, scope)
            bindings[spec.name] = binding
            settle(spec.name, binding.objectValue)
            record(spec.name, kind, detail, since: begin)
            return progress("\(spec.name) is ready: \(detail)")
        }
        let service = try await Service.start(spec, in: self, scope)
        bindings[spec.name] = service.binding
        settle(spec.name, service.binding.objectValue)
        record(spec.name, kind, service.detail, since: begin)
        progress("\(spec.name) is ready at \(service.url)")
    }

    private func bringUp(_ spec: DependencySpec, _ scope: CancelScope, since begin: Int64)
        async throws(StandFailure)
    {
        do throws(StandFailure) {
            switch spec.kind {
            case .program(let program): try await bringUp(program, .dependency, scope, since: begin)
            case .sqlite(let sqlite): try await open(sqlite, of: spec, detail: "SQLite", scope, since: begin)
            case .postgres(let postgres):
                guard !surroundings.installed.postgres.isEmpty else {
                    throw Self.absence(of: "PostgreSQL", package: "postgresql", spec)
                }
                guard PostgresLibrary.isThere else {
                    throw Self.absence(of: "PostgreSQL's client library", package: "libpq5", spec)
                }
                add(
                    try await PostgresDependency.start(spec.name, spec.location, postgres, in: self, scope),
                    since: begin)
            case .server(let server):
                guard let path = surroundings.installed.path(of: server.recipe.program) else {
                    throw Self.absence(of: server.recipe.title, package: server.recipe.package, spec)
                }
                add(
                    try await ServerDependency.start(
                        spec.name, spec.location, server, path: path, in: self, scope),
                    since: begin)
            }
        } catch {
            guard error.isAbsent else { throw error }
            try await fallBack(spec, error, scope, since: begin)
        }
    }

    private static func absence(of title: String, package: String, _ spec: DependencySpec) -> StandFailure {
        StandFailure(
            member: spec.name,
            message:
                "\(title) is not installed (`apt install \(package)`), and '\(spec.name)' has no `fallback`",
            location: spec.location, isAbsent: true)
    }

    private func fallBack(
        _ spec: DependencySpec, _ failure: StandFailure, _ scope: CancelScope, since begin: Int64
    )
        async throws(StandFailure)
    {
        let reason = failure.message.split(separator: ", and '").first.map(String.init) ?? failure.message
        switch spec.fallback {
        case .none: throw failure
        case .sqlite(let sqlite):
            try await open(sqlite, of: spec, detail: "SQLite, for \(reason)", scope, since: begin)
        case .double:
            guard case .server(let server) = spec.kind, let make = surroundings.redisDouble else {
                throw failure
            }
            let place = StandInPlace(
                name: spec.name, location: spec.location, port: server.port ?? 0,
                socket: "\(folder)/\(spec.name).sock", settings: server.settings)
            add(try StandInDependency(place, for: reason, make, on: reactor), since: begin)
        case .skip:
            absent[spec.name] = reason
            settle(spec.name, nil)
            progress("\(spec.name) is left out: \(reason)")
        case .without:
            absent[spec.name] = reason
            bindings[spec.name] = .object(
                JSONObject(["url", "host", "port", "address", "socket"].map { ($0, JSON.string("")) }))
            progress("\(spec.name) is done without: \(reason)")
        }
    }

    private func open(
        _ sqlite: SQLiteSpec, of spec: DependencySpec, detail: String, _ scope: CancelScope,
        since begin: Int64
    ) async throws(StandFailure) {
        add(
            try await SQLiteDependency.open(
                spec.name, spec.location, sqlite, detail: detail, in: self, scope),
            since: begin)
    }

    private func add(_ dependency: any Dependency, since begin: Int64) {
        dependencies.append(dependency)
        bindings[dependency.name] = .object(dependency.binding)
        settle(dependency.name, dependency.binding)
        if let database = dependency.database { databases[dependency.name] = database }
        record(dependency.name, .dependency, dependency.detail, since: begin)
        progress("\(dependency.name) is ready: \(dependency.detail)")
    }

    /// Binds what waited for a member.
    private func settle(_ name: String, _ binding: JSONObject?) {
        for (other, binding) in surroundings.settled(name, binding) {
            if let binding {
                bindings[other] = .object(binding)
            } else {
                absent[other] = "'\(other)' needs '\(name)'" + (absent[name].map { ": " + $0 } ?? "")
            }
        }
    }

    /// Lets `sql` steps use another connection to a database, which is closed with this layer.
    func replace(_ database: any Database, of name: String) {
        databases[name] = database
        replaced.append(database)
    }

    private func record(
        _ name: String, _ kind: RunHeader.StandMember.Kind, _ detail: String, since begin: Int64
    ) {
        members.append(
            .init(
                name: name, kind: kind, detail: detail, readyAfterNanoseconds: Reactor.monotonicNow() - begin)
        )
    }
}
