public import AssayCore
internal import AssayFormats

/// What a double says of the pact that its exchanges become: `pacts: {consumer: ui, write: pacts/}`.
public struct DoublePacts: Sendable {
    /// Who asks it; the project when `nil`.
    public var consumer: String?
    /// What it stands in for; its own name when `nil`.
    public var provider: String?
    /// The folder that pacts are kept in.
    public var folder: String
    public var location: SourceLocation

    public init(consumer: String? = nil, provider: String? = nil, folder: String, location: SourceLocation) {
        self.consumer = consumer
        self.provider = provider
        self.folder = folder
        self.location = location
    }

    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> DoublePacts? {
        let pacts = yaml.mapping(node, "pacts") { fields -> DoublePacts? in
            let consumer = fields.optional("consumer", yaml.text)
            let provider = fields.optional("provider", yaml.text)
            guard let folder = fields.required("write", yaml.text) else { return nil }
            return DoublePacts(
                consumer: consumer, provider: provider,
                folder: folder.hasPrefix("/") ? folder : yaml.folder + folder, location: node.location)
        }
        return pacts.flatMap { $0 }
    }
}
