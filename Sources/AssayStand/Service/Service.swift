internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// A program under test that runs.
struct Service {
    let program: Program
    let port: UInt16
    /// What reports say it is: its command.
    let detail: String
    let binding: JSON
    var url: String { "http://127.0.0.1:\(port)" }

    static func start(_ spec: ServiceSpec, in stand: Stand, _ scope: CancelScope) async throws(StandFailure)
        -> Service
    {
        var ports: [UInt16] = []
        let program = try await stand.start(
            spec.name, ports: 1 + spec.ports.count,
            fixed: spec.isPublished ? nil : spec.fixedPorts.first ?? nil,
            at: spec.location, scope
        ) { chosen throws(StandFailure) in
            ports = spec.isPublished ? chosen : spec.inside(chosen)
            let launch = try launch(spec, ports: ports, in: stand)
            return spec.container == nil
                ? launch : try await spec.contained(launch, ports: ports, in: stand, scope)
        }
        let command = program.launch.command
        let shown =
            spec.shownImage(in: stand, ports)
            ?? (command.first == "sh" ? command.last ?? "" : command.joined(separator: " "))
        return Service(
            program: program, port: ports[0], detail: stand.surroundings.mask(shown),
            binding: [
                "url": .string("http://127.0.0.1:\(ports[0])"), "host": "127.0.0.1",
                "port": .int(Int64(ports[0])), "address": .string("127.0.0.1:\(ports[0])"),
                "ports": named(spec, ports),
            ])
    }

    static func named(_ spec: ServiceSpec, _ ports: [UInt16]) -> JSON {
        .object(JSONObject(zip(spec.ports, ports.dropFirst()).map { ($0, JSON.int(Int64($1))) }))
    }

    private static func launch(_ spec: ServiceSpec, ports: [UInt16], in stand: Stand) throws(StandFailure)
        -> Launch
    {
        let own: [String: JSON] = [
            "port": .int(Int64(ports[0])), "ports": named(spec, ports), "replica": .int(Int64(spec.replica)),
        ]
        let command: [String]
        switch spec.run {
        case .shell(let line): command = ["sh", "-c", try stand.render(line, for: spec.name, own)]
        case .words(let words):
            var rendered: [String] = []
            for word in words { rendered.append(try stand.render(word, for: spec.name, own)) }
            command = rendered
        }
        var environment = stand.surroundings.inherited.filter { known in
            !spec.environment.contains { $0.name == known.name }
        }
        for (name, value) in spec.environment {
            environment.append((name, try stand.render(value, for: spec.name, own)))
        }
        var folder = stand.surroundings.projectFolder
        if let written = spec.folder {
            folder = stand.inProject(try stand.render(written, for: spec.name, own))
        }
        let log = stand.logs[spec.name]
        let mark = log?.position ?? 0
        return Launch(
            name: spec.name, location: spec.location, title: "service '\(spec.name)'", command: command,
            environment: environment, folder: folder, stopSignal: spec.stopSignal,
            stopWithin: spec.stopWithin,
            readyWithin: spec.readyWithin,
            prepare: { program throws(SystemError) in try stand.surroundings.prepare(&program, spec.name) }
        ) { deadline, scope throws(StandFailure) in
            switch spec.ready {
            case .http(let template, let wanted):
                let path = try stand.render(template, for: spec.name, own)
                return await Probe.http(
                    path, port: ports[0], status: wanted, on: stand.reactor, until: deadline, in: scope)
            case .tcp:
                return await Probe.tcp(port: ports[0], on: stand.reactor, until: deadline, in: scope)
            case .log(let template):
                let text = try stand.render(template, for: spec.name, own)
                let isThere = stand.logs[spec.name]?.lines(from: mark).lines.contains { $0.contains(text) }
                return isThere == true ? nil : "no line with '\(text)'"
            case .run(let template):
                let line = try stand.render(template, for: spec.name, own)
                return await Probe.run(
                    line, folder: stand.surroundings.projectFolder, on: stand.reactor, until: deadline,
                    in: scope)
            }
        }
    }
}
