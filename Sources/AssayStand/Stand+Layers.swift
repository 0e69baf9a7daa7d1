internal import AssayCore
public import AssayNet

extension StandSpec {
    /// Services that no test of these levels needs, with the reason why they are not there.
    public func services(notOf levels: Set<String>) -> [String: String] {
        var left: [String: String] = [:]
        for service in services where !service.levels.isEmpty {
            let names = service.levels.map(\.name)
            guard levels.isDisjoint(with: names) else { continue }
            let listed = names.map { "'\($0)'" }.joined(separator: ", ")
            left[service.name] = "service '\(service.name)' is there for level \(listed) only"
        }
        return left
    }

    /// Databases and caches that a scenario has for itself.
    private var isolated: Set<String> {
        Set(
            dependencies.filter { dependency in
                switch dependency.kind {
                case .sqlite, .postgres: true
                case .server(let server): server.recipe.isOwnPerScenario
                case .program: false
                }
            }.map(\.name))
    }

    /// Services that programs among the dependencies need, directly or through others.
    var neededByDependencies: Set<String> {
        var needs: [String: [String]] = [:]
        for service in services { needs[service.name] = service.needs }
        var found: Set<String> = []
        var waiting: [String] = []
        for case .program(let program) in dependencies.map(\.kind) { waiting += program.needs }
        while let name = waiting.popLast() {
            guard let more = needs[name], found.insert(name).inserted else { continue }
            waiting += more
        }
        return found
    }

    /// Services that use such a database, directly or through another: they too are a scenario's own.
    public var servicesOfScenarios: Set<String> {
        var found = isolated
        var grew = true
        while grew {
            let more = services.filter {
                !found.contains($0.name) && $0.needs.contains(where: found.contains)
            }
            grew = !more.isEmpty
            found.formUnion(more.map(\.name))
        }
        return found.intersection(services.map(\.name))
    }
}

extension Stand {
    /// A layer for one scenario on top of this stand.
    ///
    /// - Parameters:
    ///   - isolation: ``Isolation/databasePerScenario`` gives databases, caches and the services that use them anew;
    ///     ``Isolation/transaction`` gives `sql` steps connections whose work is rolled back; the others give nothing.
    ///   - title: names the folder of its logs.
    public func layer(_ isolation: Isolation, for title: String, scope: CancelScope? = nil)
        async throws(StandFailure)
        -> Stand
    {
        layerCount += 1
        var inner = surroundings
        inner.logFolder = surroundings.logFolder.map { "\($0)/\(layerCount)-\(Self.slug(title))" }
        let layer = Stand(spec, inner, folder: "\(folder)/layer-\(layerCount)", above: self, on: reactor)
        do throws(SystemError) {
            try Files.makeFolder(layer.folder)
            if isolation == .databasePerScenario, let logs = inner.logFolder,
                !spec.servicesOfScenarios.isEmpty
            {
                try Files.makeFolder(logs)
            }
        } catch {
            throw StandFailure(member: "stand", message: "\(error)")
        }
        do throws(StandFailure) {
            switch isolation {
            case .databasePerScenario: try await layer.bringUp(ownParts, scope)
            case .transaction:
                for dependency in dependencies {
                    if let database = try dependency.transaction() {
                        layer.replace(database, of: dependency.name)
                    }
                }
            case .none, .truncate: break
            }
        } catch {
            await layer.stop()
            throw error
        }
        return layer
    }

    private var ownParts: [Part] {
        let own = spec.servicesOfScenarios
        return dependencies.filter(\.isOwnPerScenario).map { .own($0) }
            + spec.services.filter { own.contains($0.name) && absent[$0.name] == nil }.map { .service($0) }
    }

    /// Takes away what scenarios have written to the shared databases.
    ///
    /// - Returns: why it could not.
    public func reset() async -> String? {
        for dependency in dependencies {
            if let reason = await dependency.reset() {
                return "'\(dependency.name)' cannot be emptied: \(reason)"
            }
        }
        return nil
    }

    private static func slug(_ title: String) -> String {
        let plain = title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(plain.prefix(60))
    }
}
