public import AssayFormats
internal import AssayCore
public import AssayNet

/// Reads a stand's `doubles:`; what is wrong goes into the reading's bag.
public struct DoubleReader {
    /// Reads a file that an option names.
    public typealias FileSource = (_ path: String) throws(SystemError) -> [UInt8]

    private let yaml: YAMLReading
    private let readFile: FileSource
    /// In the order of `assay double --help`.
    static let presets: [any Preset.Type] = [
        JWTAuthOptions.self,
        OIDCOptions.self,
    ]

    /// - Parameter readFile: by the path a user wrote.
    public init(_ yaml: YAMLReading, readFile: @escaping FileSource) {
        self.yaml = yaml
        self.readFile = readFile
    }

    /// Reads files that options name from the folder of the file being read.
    public init(_ yaml: YAMLReading) {
        let folder = yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? ""
        self.init(yaml) { path throws(SystemError) in
            try Files.read(path.hasPrefix("/") ? path : folder + path, limitBytes: 16 << 20)
        }
    }

    /// The doubles of a `doubles:` mapping, in the order written; those that could not be read are left out.
    public func read(_ node: YAMLNode) -> [DoubleSpec] {
        yaml.entries(node, "doubles").compactMap { pair in
            options(pair).map { DoubleSpec(name: pair.name, location: pair.key.location, options: $0) }
        }
    }

    private func options(_ pair: YAMLNode.Pair) -> (any DoubleOptions)? {
        guard pair.value.pairs != nil else {
            yaml.error(
                "AS120", "double '\(pair.name)' is a mapping with 'preset', found \(pair.value.kindText)",
                at: pair.value, fix: "write `\(pair.name): {preset: jwt}`")
            return nil
        }
        guard let preset = pair.value["preset"] else {
            let other = pair.value.pairs?.first { $0.name == "http" }
            yaml.error(
                "AS120",
                other == nil
                    ? "double '\(pair.name)' does not say what it is"
                    : "double '\(pair.name)': this version of Assay runs presets, not yet routes of its own",
                at: other?.key ?? pair.key, fix: "write `\(pair.name): {preset: jwt}`")
            return nil
        }
        guard let name = yaml.string(preset) else { return nil }
        guard let found = Self.presets.first(where: { $0.name == name }) else {
            let names = Self.presets.map { $0.name }
            let near = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
            yaml.error(
                "AS121", "there is no preset '\(name)'", at: preset,
                fix: near ?? "this version of Assay has: " + names.joined(separator: ", "))
            return nil
        }
        return found.read(pair.value, yaml, readFile)
    }
}
