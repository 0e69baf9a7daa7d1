/// The functions of RFC 9535 §2.4.
enum JSONPathFunction: String, CaseIterable {
    case length, count, match, search, value

    /// Whether it gives a value to compare; otherwise it is true or false by itself.
    var hasValue: Bool { self == .length || self == .count || self == .value }
}

extension JSONPathParser {
    /// Arguments and `)`, checked against what the function declares.
    mutating func call(_ function: JSONPathFunction) throws(JSONPathError) -> JSONPath.Call {
        skipBlanks()
        let call: JSONPath.Call
        switch function {
        case .length: call = .length(try valueArgument())
        case .count: call = .count(try nodesArgument(function))
        case .value: call = .value(try nodesArgument(function))
        case .match, .search:
            let subject = try valueArgument()
            skipBlanks()
            guard take(",") else {
                throw error("',' and a pattern as second argument of \(function.rawValue)()")
            }
            skipBlanks()
            let isWhole = function == .match
            switch try valueArgument() {
            case .literal(.string(let text)):
                let pattern = try? Pattern(interoperable: text)
                call = .pattern(subject: subject, pattern: .fixed(pattern), isWhole: isWhole)
            case let operand: call = .pattern(subject: subject, pattern: .computed(operand), isWhole: isWhole)
            }
        }
        skipBlanks()
        guard take(")") else {
            let more = peek == ","
            throw error(
                more ? "')': \(function.rawValue)() takes no more arguments" : "')' after the argument")
        }
        return call
    }

    /// An argument of type ValueType: literal, singular query or a function that gives a value.
    private mutating func valueArgument() throws(JSONPathError) -> JSONPath.Operand {
        let start = at
        return try operand(try term(), at: start)
    }

    /// An argument of type NodesType: a query.
    private mutating func nodesArgument(_ function: JSONPathFunction) throws(JSONPathError) -> JSONPath.Query
    {
        let start = at
        guard case .query(let query) = try term() else {
            throw error("a query as argument of \(function.rawValue)()", at: start)
        }
        return query
    }
}
