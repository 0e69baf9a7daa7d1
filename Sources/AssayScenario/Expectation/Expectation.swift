public import AssayCore
public import AssayFormats

/// What must hold after a step.
public struct Expectation: Sendable {
    public var checks: [Check]
    /// By which contract an exchange is judged; `nil` for that of the part of the stand that it is with.
    public var contract: ContractChoice?
    /// Captures are taken first, so that checks read what this step captured.
    public var followsCaptures = false
    public init(checks: [Check] = []) { self.checks = checks }
}

/// What a step says of the contract that its exchange is judged by.
public struct ContractChoice: Sendable, Equatable {
    /// `ui-api` or `ui-api@v1`; `nil` for none.
    public var name: String?
    public var location: SourceLocation
    public init(name: String?, location: SourceLocation) {
        self.name = name
        self.location = location
    }
}

/// One subject with one matcher; counted in the metric `checks` under ``name``.
public struct Check: Sendable {
    public var subject: Subject
    public var matcher: Matcher<ValueTemplate>
    public var location: SourceLocation
    /// A pass that fails it is broken off.
    public var isRequired = false
    /// `status is 200`, `$.token is a string`: for reports and tags, without values that vary.
    public var name: String

    /// What is looked at.
    public enum Subject: Sendable {
        case status
        case header(String)
        case cookie(String)
        /// The body as text.
        case body
        /// Nodes of the body read as JSON.
        case json(TemplatedPath)
        /// Send to last byte, nanoseconds (`within: 1s`).
        case duration
        /// Rows of a query, as an array of objects; `rowCount` also counts rows changed.
        case rows, rowCount
        /// The reply of a Redis as JSON, and the words of its error.
        case value, error
        /// Of a program.
        case exit, output, errorOutput
        /// Branches of `parallel`.
        case succeeded, failed
        /// What a step of a call, a stream or a connection says of itself: `marker`, `event`, `count`.
        case measured(String)
        /// What an expression comes to; its mismatches are about this name.
        case computed(ValueTemplate, name: String)
        /// Whether one of several headers begins with one of several texts, in any case: `true` or `false`.
        case headerBegins(names: [String], with: [String])
    }

    public init(subject: Subject, matcher: Matcher<ValueTemplate>, location: SourceLocation, name: String) {
        self.subject = subject
        self.matcher = matcher
        self.location = location
        self.name = name
    }
}
