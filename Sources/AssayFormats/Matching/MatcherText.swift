internal import AssayCore

extension Matcher where Value == JSON {
    /// What is expected, as a phrase: `409`, `a string`, `less than 5`, `not "a" or "b"`.
    public var description: String { described { Shown.value($0) } }

    func described(_ show: (JSON) -> String) -> String {
        switch self {
        case .equals(let value): show(value)
        case .type(let name): "\(Self.article(name)) \(name)"
        case .matches(let source): "text matching \(source.stringValue ?? show(source))"
        case .pattern(let pattern): "text matching \(pattern.source)"
        case .contains(let value): "containing \(show(value))"
        case .between(let low, let high): "between \(show(low)) and \(show(high))"
        case .less(let value): "less than \(show(value))"
        case .greater(let value): "greater than \(show(value))"
        case .atMost(let value): "at most \(show(value))"
        case .atLeast(let value): "at least \(show(value))"
        case .length(let matcher): "length \(matcher.described { Shown.value($0) })"
        case .unordered(let matchers): "[\(Self.list(matchers, show))] in any order"
        case .absent(let wanted): wanted ? "absent" : "present"
        case .schema(let reference): "valid by the schema \(reference.stringValue ?? show(reference))"
        case .golden(let path, _, _): "as kept in \(path.stringValue ?? show(path))"
        case .not(let matcher): "not \(matcher.described(show))"
        case .any(let matchers): matchers.map { $0.described(show) }.joined(separator: " or ")
        case .all(let matchers): matchers.map { $0.described(show) }.joined(separator: " and ")
        case .array(let matchers): "[\(Self.list(matchers, show))]"
        case .object(let members):
            "{"
                + Shown.list(
                    members.map {
                        Shown.bounded(.string($0.key), limit: 60) + ": " + $0.matcher.described(show)
                    })
                + "}"
        }
    }

    private static func list(_ matchers: [Matcher], _ show: (JSON) -> String) -> String {
        Shown.list(matchers.map { $0.described(show) })
    }

    private static func article(_ name: String) -> String {
        name.first.map { "aeiou".contains($0) } == true ? "an" : "a"
    }
}

/// The JSON types that `type` knows.
enum TypeWord {
    static let all = ["string", "integer", "number", "boolean", "null", "array", "object"]
    /// What people write who come from elsewhere.
    static let others = [
        "text": "string", "str": "string", "int": "integer", "long": "integer", "float": "number",
        "double": "number", "decimal": "number", "bool": "boolean", "list": "array", "map": "object",
        "dict": "object", "hash": "object", "nil": "null", "none": "null",
    ]
    /// Forms of text that are no JSON types, with the matcher to write instead.
    static let forms = [
        "uuid": "matches: '^[0-9a-fA-F-]{36}$'", "date": #"matches: '^\d{4}-\d\d-\d\d$'"#,
        "date-time": #"matches: '^\d{4}-\d\d-\d\dT'"#, "datetime": #"matches: '^\d{4}-\d\d-\d\dT'"#,
        "timestamp": #"matches: '^\d{4}-\d\d-\d\dT'"#, "email": "matches: '^[^@ ]+@[^@ ]+$'",
        "url": "matches: '^https?://'", "uri": "matches: '^[a-z]+:'", "ipv4": #"matches: '^\d+(\.\d+){3}$'"#,
    ]
}
