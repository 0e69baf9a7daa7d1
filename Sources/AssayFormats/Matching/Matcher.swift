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
    /// A kept file; parts named by JSONPath are not compared, or judged by matchers of their own.
    case golden(path: Value, masks: [String], parts: [Part])
    case not(Matcher)
    case any([Matcher])
    case all([Matcher])
    /// An array or object literal that holds matchers: exactly these elements or members.
    case array([Matcher])
    case object([Member])

    /// What a JSONPath selects, and how that is judged.
    public struct Part: Sendable {
        public var path: String
        public var matcher: Matcher
        public init(path: String, matcher: Matcher) {
            self.path = path
            self.matcher = matcher
        }
    }

    public struct Member: Sendable {
        public var key: String
        public var matcher: Matcher
        public init(key: String, matcher: Matcher) {
            self.key = key
            self.matcher = matcher
        }
    }
}
