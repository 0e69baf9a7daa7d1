internal import AssayCore
internal import AssayFormats
internal import AssayNet

extension ServiceSpec {
    private static let ownNames: Set<String> = ["port", "ports", "folder", "env", "secret", "replica"]

    /// A container that is told the address of another member shares the machine's network, where it means the same.
    private var network: ContainerSpec.Network {
        if let chosen = container?.network { return chosen }
        let told = (container?.templates ?? []) + environment.map(\.value)
        let readsOthers = told.flatMap(\.freeNames).contains { !Self.ownNames.contains($0.name) }
        return readsOthers ? .host : .bridge
    }

    /// Whether its ports are others inside than outside.
    var isPublished: Bool { container != nil && network == .bridge }

    /// Where the program itself listens.
    func inside(_ chosen: [UInt16]) -> [UInt16] {
        chosen.enumerated().map { index, port in
            fixedPorts.indices.contains(index) ? fixedPorts[index] ?? port : port
        }
    }

    /// What reports call it; `nil` for a program.
    func shownImage(in stand: Stand, _ ports: [UInt16]) -> String? {
        guard let container else { return nil }
        return (try? stand.render(container.image, for: name, own(ports))).map { "\($0) in a container" }
    }

    private func own(_ ports: [UInt16]) -> [String: JSON] {
        ["port": .int(Int64(ports[0])), "ports": Service.named(self, ports), "replica": .int(Int64(replica))]
    }

    /// The launch of a program as that of its container: in the foreground, so that its keeper ends the engine's
    /// program, which hands the signal on; whatever is left is removed by name.
    func contained(
        _ launch: Launch, ports: [UInt16], in stand: Stand, _ scope: CancelScope
    ) async throws(StandFailure) -> Launch {
        guard let container else { return launch }
        let own = own(inside(ports))
        func render(_ template: Template) throws(StandFailure) -> String {
            try stand.render(template, for: name, own)
        }
        let image = try render(container.image)
        let installed = stand.surroundings.installed
        let engine = try await ContainerEngine.find(
            installed, for: name, at: location, on: stand.reactor, scope)
        try await engine.prepare(image, for: name, at: location, stand.progress, scope)
        let label = ContainerEngine.freshName(for: name)
        var command = ContainerCommand(
            engine: engine.path, name: label, host: Host.name, service: name, image: image, network: network,
            ports: Array(zip(ports, inside(ports))).map { (outside: $0, inside: $1) })
        for word in container.command { command.command.append(try render(word)) }
        for volume in container.volumes { command.volumes.append(absolute(try render(volume), in: stand)) }
        for (name, value) in environment { command.environment.append((name, try render(value))) }
        var contained = launch
        contained.command = command.words
        let passed = command.passedEnvironment
        contained.environment =
            Host.environment.filter { known in !passed.contains { $0.name == known.name } } + passed
        // The engine's own program must reach its engine; what runs in the container is out of the guard's hands.
        contained.prepare = { _ throws(SystemError) in }
        for port in ports { stand.surroundings.published(port) }
        contained.afterStop = { await engine.remove([label.text]) }
        return contained
    }

    /// A volume's source starts from the project's folder; a name alone is that of a volume.
    private func absolute(_ volume: String, in stand: Stand) -> String {
        let source = volume.prefix { $0 != ":" }
        guard source.contains("/") || source.hasPrefix(".") else { return volume }
        var path = source.hasPrefix("./") ? String(source.dropFirst(2)) : String(source)
        if path == "." { path = "" }
        return stand.inProject(path) + volume.dropFirst(source.count)
    }
}
