public import AssayCore
public import AssayFormats

/// What must hold after a step.
public struct Expectation: Sendable {
    public var checks: [Check]
    public init(checks: [Check] = []) { self.checks = checks }
}

/// One subject with one matcher; counted in the metric `checks` under ``name``.
public struct Check: Sendable {
    public var subject: Subject
    public var matcher: Matcher<ValueTemplate>
    public var location: SourceLocation
    /// `status is 200`, `$.token is a string`: for reports and tags, without values that vary.
    public var name: String

    /// What is looked at.
    public enum Subject: Sendable {
        case status
        case header(String)
        /// The body as text.
        case body
        /// Nodes of the body read as JSON.
        case json(PathTemplate)
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
    }

    public init(subject: Subject, matcher: Matcher<ValueTemplate>, location: SourceLocation, name: String) {
        self.subject = subject
        self.matcher = matcher
        self.location = location
        self.name = name
    }
}

/// How a value is judged. `Value` is ``ValueTemplate`` as written, `JSON` once templates are filled in.
public indirect enum Matcher<Value: Sendable>: Sendable {
    case equals(Value)
    /// A JSON type name as ``JSON/typeName`` has them; `number` accepts integers.
    case type(String)
    /// Regular expression, searched (anchor it with ^ and $).
    case matches(Value)
    /// ``matches`` with a constant expression, compiled once when it was read.
    case pattern(Pattern)
    /// Text in text, an element in an array, members in an object.
    case contains(Value)
    case between(Value, Value)
    case less(Value)
    case greater(Value)
    case atMost(Value)
    case atLeast(Value)
    /// Of an array, an object or a text (in characters).
    case length(Matcher)
    /// The same elements in any order.
    case unordered([Matcher])
    /// `absent: true`; `absent: false` demands presence.
    case absent(Bool)
    /// `file#name` of a JSON Schema; judged by the composition.
    case schema(Value)
    /// A kept file; parts named by JSONPath are not compared.
    case golden(path: Value, masks: [String])
    case not(Matcher)
    case any([Matcher])
    case all([Matcher])
    /// An array or object literal that holds matchers: exactly these elements or members.
    case array([Matcher])
    case object([Member])

    public struct Member: Sendable {
        public var key: String
        public var matcher: Matcher
        public init(key: String, matcher: Matcher) {
            self.key = key
            self.matcher = matcher
        }
    }
}
