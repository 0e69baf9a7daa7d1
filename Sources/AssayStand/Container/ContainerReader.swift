internal import AssayCore
internal import AssayFormats

/// Reads what a service says about its image and its ports.
struct ContainerReader {
    let yaml: YAMLReading

    /// - Returns: whether the service has an `image`, and what was read of it.
    func container(_ fields: inout MappingReader, _ name: String) -> (isWritten: Bool, spec: ContainerSpec?) {
        let image = fields.pair("image")
        let (command, volumes) = (fields.pair("command"), fields.pair("volumes"))
        let network = fields.pair("network")
        guard let image else {
            for pair in [command, volumes, network].compactMap(\.self) {
                yaml.error(
                    "AS250", "`\(pair.name)` belongs to a service with an `image`, and '\(name)' has none",
                    at: pair.key)
            }
            return (false, nil)
        }
        for key in ["run", "folder"] {
            if let other = fields.pair(key) {
                yaml.error(
                    "AS250", "service '\(name)' has both `image` and `\(key)`", at: other.key,
                    fix: "keep one of them")
            }
        }
        guard let reference = yaml.template(image.value) else { return (true, nil) }
        return (
            true,
            ContainerSpec(
                image: reference,
                command: command.flatMap { yaml.oneOrMore($0.value, of: yaml.template) } ?? [],
                volumes: volumes.flatMap { yaml.list($0.value, of: yaml.template) } ?? [],
                network: network.flatMap { yaml.enumeration($0.value, as: ContainerSpec.Network.self) })
        )
    }

    /// Names of ports after the first, and where the program listens by itself, the first one first.
    func ports(_ fields: inout MappingReader) -> (names: [String], fixed: [UInt16?]) {
        let first = fields.optional("port") { yaml.int($0, in: 1...65535) }.map { UInt16($0) }
        guard let node = fields.value("ports") else { return ([], [first]) }
        guard node.pairs != nil else {
            let names = yaml.strings(node) ?? []
            return (names, [first] + names.map { _ in nil })
        }
        var names: [String] = []
        var fixed = [first]
        for pair in yaml.entries(node, "ports") {
            names.append(pair.name)
            let isAny = pair.value.stringValue == "any"
            fixed.append(isAny ? nil : yaml.int(pair.value, in: 1...65535).map { UInt16($0) })
        }
        return (names, fixed)
    }
}
