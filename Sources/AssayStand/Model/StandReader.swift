internal import AssayCore
public import AssayFormats
internal import AssayNet

/// Reads a project's `stand:`.
public struct StandReader {
    let yaml: YAMLReading
    private static let ownNames: Set<String> = ["port", "ports", "folder", "env", "secret", "replica"]

    public init(_ yaml: YAMLReading) { self.yaml = yaml }

    /// - Parameter doubles: names of the stand's doubles, which services may refer to.
    /// - Returns: `nil` when the node is no mapping; what is wrong is in the reading's bag.
    public func read(_ node: YAMLNode, doubles: [String] = []) -> StandSpec? {
        yaml.mapping(node, "stand") { fields in
            fields.allow("doubles")
            var spec = StandSpec()
            if let node = fields.value("dependencies") {
                spec.dependencies = yaml.entries(node, "dependencies").compactMap(
                    DependencyReader(yaml: yaml, service: service).read)
            }
            if let node = fields.value("services") {
                let entries = yaml.entries(node, "services")
                spec.services = entries.filter { !isReached($0) }.compactMap(service)
                spec.reached = entries.filter(isReached).compactMap(reached)
            }
            spec.production = fields.pair("production").flatMap {
                yaml.bool($0.value) == true ? $0.key.location : nil
            }
            let members =
                spec.dependencies.map { ($0.name, $0.location) } + spec.reached.map { ($0.name, $0.location) }
                + spec.services.map { ($0.name, $0.location) }
            checkNames(members, doubles)
            checkReplicas(spec.services, members)
            let others = spec.dependencies.map(\.name) + spec.reached.map(\.name) + doubles
            check(spec, others: others)
            return spec
        }
    }

    private func service(_ pair: YAMLNode.Pair) -> ServiceSpec? {
        yaml.mapping(pair.value, "service") { fields in
            let container = ContainerReader(yaml: yaml).container(&fields, pair.name)
            let run: ServiceSpec.Command? =
                container.isWritten
                ? .words([])
                : fields.required("run") { node in
                    guard node.elements != nil else { return yaml.template(node).map { .shell($0) } }
                    return yaml.list(node, of: yaml.template).flatMap { words in
                        guard words.isEmpty else { return .words(words) }
                        yaml.error("AS062", "service '\(pair.name)' has no program to run", at: node)
                        return nil
                    }
                }
            let environment = fields.value("env").map { yaml.entries($0, "env") } ?? []
            let folder = fields.optional("folder", yaml.template)
            let (ports, fixed) = ContainerReader(yaml: yaml).ports(&fields)
            let patience: Duration = container.isWritten ? .seconds(30) : .seconds(10)
            let ready = fields.optional("ready") { readiness($0, within: patience) }
            let (signal, within) = fields.optional("stop", stopping) ?? (15, .seconds(5))
            let after = fields.optional("depends-on") { yaml.oneOrMore($0, of: yaml.string) } ?? []
            let replicas = fields.optional("replicas", replicas)
            let levels = fields.optional("levels", serviceLevels) ?? []
            guard let run else { return nil }
            var service = ServiceSpec(
                name: pair.name, location: pair.key.location, run: run,
                environment: environment.compactMap { entry in
                    yaml.template(entry.value).map { (entry.name, $0) }
                }, folder: folder, ports: ports, ready: ready?.0 ?? .tcp,
                readyWithin: ready?.1 ?? patience,
                stopSignal: signal, stopWithin: within, needs: after)
            service.fixedPorts = fixed
            service.container = container.spec
            service.levels = levels
            service.replicas = replicas
            if replicas != nil, let port = fixed.compactMap(\.self).first, container.spec == nil {
                yaml.error(
                    "AS511",
                    "service '\(pair.name)' has replicas, and all of them would listen on port \(port)",
                    at: pair.key, fix: "leave the port out and pass `${port}` to the program")
            }
            for name in service.templates.flatMap(\.freeNames)
            where !Self.ownNames.contains(name.name) && !service.needs.contains(name.name) {
                service.needs.append(name.name)
            }
            return service
        }
    }

    private func serviceLevels(_ node: YAMLNode) -> [(name: String, location: SourceLocation)]? {
        yaml.oneOrMore(node) { node in yaml.string(node).map { ($0, node.location) } }
    }

    /// A whole number, or a template that gives one when the stand starts.
    private func replicas(_ node: YAMLNode) -> ReplicaCount? {
        if let text = node.scalarText, let count = Int(text) {
            if ReplicaCount.bounds.contains(count) { return .count(count) }
        } else if let template = yaml.template(node), template.constantText == nil {
            guard let other = template.freeNames.first(where: { $0.name != "env" }) else {
                return .told(template)
            }
            yaml.error(
                "AS510", "`replicas` reads ${\(other.name)}, but is known before anything is started",
                at: other.location, fix: "read the environment: `${env.\(other.name.uppercased()) || 20}`")
            return nil
        }
        let (least, most) = (ReplicaCount.bounds.lowerBound, ReplicaCount.bounds.upperBound)
        yaml.error(
            "AS510",
            "expected from \(least) to \(most) replicas, found \(node.scalarText.map { "'\($0)'" } ?? node.kindText)",
            at: node)
        return nil
    }

    private func readiness(_ node: YAMLNode, within patience: Duration) -> (ServiceSpec.Readiness, Duration)?
    {
        yaml.mapping(node, "ready") { fields in
            let within = fields.optional("within", yaml.duration) ?? patience
            let status = fields.optional("status") { yaml.int($0, in: 100..<600) }
            guard let choice = fields.choice(of: ["http", "tcp", "log", "run"], code: "AS063") else {
                return nil
            }
            if choice.name != "http", status != nil {
                yaml.error("AS063", "`status` belongs to `http`, found beside `\(choice.name)`", at: node)
            }
            let kind: ServiceSpec.Readiness? =
                switch choice.name {
                case "http": yaml.template(choice.value).map { .http(path: $0, status: status) }
                case "tcp": yaml.bool(choice.value).map { _ in .tcp }
                case "log": yaml.template(choice.value).map { .log($0) }
                default: yaml.template(choice.value).map { .run($0) }
                }
            return kind.map { ($0, within) }
        }
    }

    private func stopping(_ node: YAMLNode) -> (Int32, Duration)? {
        yaml.mapping(node, "stop") { fields in
            let signal = fields.optional("signal") { node -> Int32? in
                guard let name = yaml.string(node) else { return nil }
                if let number = ExitStatus.signalNumber(name) { return number }
                yaml.error(
                    "AS064", "there is no signal '\(name)'", at: node,
                    fix: nearestName(to: name, among: ExitStatus.signalNames).map { "did you mean '\($0)'?" })
                return nil
            }
            return (signal ?? 15, fields.optional("within", yaml.duration) ?? .seconds(5))
        }
    }

    /// `${name}` must mean one member: within a section YAML sees to that, not between sections.
    private func checkNames(_ members: [(name: String, location: SourceLocation)], _ doubles: [String]) {
        var taken: [String: String] = [:]
        for double in doubles { taken[double] = "a double" }
        for (name, location) in members {
            if let other = taken[name] {
                yaml.error(
                    "AS067", "the stand has two members '\(name)', the other is \(other)", at: location,
                    fix: "give one of them another name")
            }
            taken[name] = "in line \(location.line)"
        }
    }

    /// `worker-3` is a copy of a service `worker` that has replicas, and nothing else.
    private func checkReplicas(
        _ services: [ServiceSpec], _ members: [(name: String, location: SourceLocation)]
    ) {
        for service in services where service.replicas != nil {
            for (name, location) in members where name.hasPrefix(service.name + "-") {
                guard Int(name.dropFirst(service.name.utf8.count + 1)) != nil else { continue }
                yaml.error(
                    "AS067",
                    "the stand has two members '\(name)', the other is a replica of '\(service.name)' in line \(service.location.line)",
                    at: location, fix: "give one of them another name")
            }
        }
    }

    /// Unknown references and cycles.
    private func check(_ spec: StandSpec, others: [String]) {
        var waiting = spec.services
        var ready = Set(others)
        for case .program(let program) in spec.dependencies.map(\.kind) {
            waiting.append(program)
            ready.remove(program.name)
        }
        let known = others + spec.services.map(\.name)
        for service in waiting {
            for name in service.needs where !known.contains(name) {
                yaml.error(
                    "AS065", "service '\(service.name)' needs '\(name)', which the stand does not have",
                    at: service.templates.flatMap(\.freeNames).first { $0.name == name }?.location
                        ?? service.location,
                    fix: nearestName(to: name, among: known).map { "did you mean '\($0)'?" })
                ready.insert(name)
            }
        }
        while let next = waiting.firstIndex(where: { $0.needs.allSatisfy(ready.contains) }) {
            ready.insert(waiting.remove(at: next).name)
        }
        guard let first = waiting.first else { return }
        let names = waiting.map(\.name).joined(separator: ", ")
        yaml.error(
            "AS066", "no service can be the first: \(names) wait for each other", at: first.location,
            fix: "take a `depends-on` or a reference out")
    }
}

extension ServiceSpec {
    var templates: [Template] {
        var all = run.templates + (container?.templates ?? []) + environment.map(\.value)
        if let folder { all.append(folder) }
        switch ready {
        case .http(let path, _): all.append(path)
        case .log(let text), .run(let text): all.append(text)
        case .tcp: break
        }
        return all
    }
}
