public import AssayCore
public import AssayFormats

/// What a stand is made of, as read from the project file.
public struct StandSpec: Sendable {
    public var dependencies: [DependencySpec] = []
    public var services: [ServiceSpec] = []
    /// Services that run elsewhere.
    public var reached: [ReachedService] = []
    /// Where `production: true` stands; `nil`: everything may be written to.
    public var production: SourceLocation?
    public init() {}
}

/// A throw-away database file.
public struct DependencySpec: Sendable {
    public var name: String
    public var location: SourceLocation
    /// Path of the SQL file that makes the tables, as written.
    public var schema: String?
    /// Where the database lies; `nil`: in the stand's private folder.
    public var file: Template?
    /// Why it is not what was asked for.
    public var note: String?
}

/// A program under test.
public struct ServiceSpec: Sendable {
    public enum Command: Sendable {
        /// Run by `sh -c`.
        case shell(Template)
        /// Run as they are, without a shell.
        case words([Template])

        var templates: [Template] {
            switch self {
            case .shell(let line): [line]
            case .words(let words): words
            }
        }
    }

    public enum Readiness: Sendable {
        case http(path: Template, status: Int?)
        case tcp
        case log(Template)
        case run(Template)
    }

    public var name: String
    public var location: SourceLocation
    public var run: Command
    public var environment: [(name: String, value: Template)]
    public var folder: Template?
    /// Names of ports besides the first, for `${ports.name}`.
    public var ports: [String]
    public var ready: Readiness
    public var readyWithin: Duration
    public var stopSignal: Int32
    public var stopWithin: Duration
    /// Members that must be ready first: named by `depends-on` or read in a template.
    public var needs: [String]
}
