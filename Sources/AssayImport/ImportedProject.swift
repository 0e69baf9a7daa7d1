public import AssayCore

/// What an import makes of another tool's file.
public struct ImportedProject: Sendable {
    /// The text of an `assay.yml`.
    public var text: String
    /// What was carried over differently or not at all, in the order of the other file.
    public var notes: [ImportNote]
}

/// One thing that a person should know about an import.
public struct ImportNote: Sendable, Equatable {
    /// Where in the other tool's file.
    public var location: SourceLocation
    /// Which service it is about; empty for the file as a whole.
    public var subject: String
    /// What became of it, and what to do where something is to be done.
    public var message: String

    public init(location: SourceLocation, subject: String, message: String) {
        self.location = location
        self.subject = subject
        self.message = message
    }

    /// `docker-compose.yml:12   redis: …`, on one line.
    public var text: String {
        "\(location.file):\(location.line)   " + (subject.isEmpty ? "" : "\(subject): ") + message
    }
}
