public import AssayCore
public import AssayFormats

/// A route of a double in Assay's own form: which requests it is for, and what it answers.
public struct Route: Sendable {
    public var request: WantedRequest<ValueTemplate>
    /// Taken only while the double is in one of these states; any when empty.
    public var states: [String]
    /// One after another, a request each; the last one stays.
    public var answers: [RouteAnswer]
    /// Whether the answers begin again after the last.
    public var cycles: Bool
    public var location: SourceLocation

    /// `POST /charges`
    public var name: String { request.summary }
}

/// What a route answers, templates not yet filled in.
public struct RouteAnswer: Sendable {
    public enum Body: Sendable {
        case empty
        case json(ValueTemplate)
        case text(Template)
        /// A file's path, from the double's own file.
        case file(Template)
        /// Server-sent events.
        case events([Event], EventStream.End)
    }

    /// One server-sent event.
    public struct Event: Sendable {
        public var name: Template?
        public var id: Template?
        /// Text as it is, anything else as JSON.
        public var data: ValueTemplate
        /// The wait before it.
        public var after: Duration
    }

    public var status: ValueTemplate?
    public var headers: [(name: String, value: Template)]
    public var body: Body
    /// The state the double is in from then on.
    public var becomes: String?
    /// Kept under a name, for templates: `${state.name}`.
    public var remembered: [(name: String, value: ValueTemplate)]
    public var location: SourceLocation
}

/// A double in Assay's own form, as its file or the stand says.
public struct RouteTable: Sendable {
    /// In the order written; the first that fits answers.
    public var routes: [Route]
    /// Tells whose state a request belongs to; one for all when `nil`.
    public var stateKey: Template?
    /// The state at the start.
    public var firstState: String
    /// Folder that files are named from.
    public var folder: String
}
