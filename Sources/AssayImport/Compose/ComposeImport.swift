public import AssayCore
internal import AssayFormats

/// Turns a compose file into a stand.
///
/// Known images become dependencies, what the file builds becomes services, and whatever is not carried over as it is
/// gets a note.
public struct ComposeImport: Sendable {
    /// Services of other images become `image:` services, for a machine with a container engine.
    public var includesImages = false
    /// Profiles whose services are wanted too.
    public var profiles: Set<String> = []
    /// Dependencies keep the ports that the compose file publishes, in place of free ones.
    public var fixesPorts = false
    /// Leads from the folder of the new file to that of the compose file: `deploy/`, or nothing.
    public var pathPrefix = ""
    /// The project's name when the compose file gives none and builds nothing.
    public var project = "project"

    public init() {}

    /// - Parameters:
    ///   - bytes: the compose file.
    ///   - file: its path as notes and diagnostics show it.
    ///   - files: reads what the compose file names, by paths that start from its folder; `nil` when it is not there.
    /// - Throws: AS001–AS019 for what is no YAML, AS240–AS248 for what is no compose file; each with its place.
    public func project(
        from bytes: [UInt8], file: String, files: @escaping (String) -> [UInt8]?
    ) throws(Diagnostics) -> ImportedProject {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag) else { throw Diagnostics(bag.all) }
        var reader = ComposeReader(yaml, files: files)
        let compose = reader.read()
        try bag.throwIfErrors()
        guard let compose else { throw Diagnostics(bag.all) }
        var mapping = ComposeMapping(self, compose, files: files, values: reader.values, source: file)
        let draft = mapping.stand()
        var seen: Set<String> = []
        let notes = (reader.notes + mapping.notes).enumerated()
            .sorted { ($0.element.location, $0.offset) < ($1.element.location, $1.offset) }
            .map(\.element).filter { seen.insert($0.text).inserted }
        return ImportedProject(text: draft.rendered(), notes: notes)
    }
}
