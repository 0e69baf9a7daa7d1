internal import AssayCore

/// What an import makes of another tool's file, where that is more than one file.
public struct ImportedFiles: Sendable {
    public struct File: Sendable, Equatable {
        /// From the folder that the import is written to.
        public var path: String
        public var text: String
        public init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// The one to begin with first.
    public var files: [File]
    /// What was carried over differently or not at all, in the order of the other file.
    public var notes: [ImportNote]
    /// What was made and what was left out, in counts; a line each.
    public var summary: [String]

    public init(files: [File] = [], notes: [ImportNote] = [], summary: [String] = []) {
        self.files = files
        self.notes = notes
        self.summary = summary
    }
}

extension [ImportNote] {
    /// In the order of the file, each text once.
    func inOrder() -> [ImportNote] {
        var seen: Set<String> = []
        return enumerated().sorted { ($0.element.location, $0.offset) < ($1.element.location, $1.offset) }
            .map(\.element).filter { seen.insert($0.text).inserted }
    }
}
