internal import AssayFormats

/// Reads GraphQL's tokens and the constructs made of them.
struct GraphQLParser {
    private enum Token: Equatable {
        /// `{`, `...`, `$` …
        case sign(String)
        case name(String)
        case value(JSON)
    }

    private var tokens: [(token: Token, place: GraphQLDocument.Place)] = []
    private var position = 0
    private var depth = 0
    private let end: GraphQLDocument.Place
    /// What one document may hold; keeps recursion and memory within bounds.
    private static let tokenLimit = 20_000
    private static let depthLimit = 60

    init(_ text: String) throws(GraphQLError) {
        var scanner = GraphQLScanner(text)
        while let (word, place) = try scanner.next() {
            switch word {
            case .sign(let sign): tokens.append((.sign(sign), place))
            case .name(let name): tokens.append((.name(name), place))
            case .value(let value): tokens.append((.value(value), place))
            }
            guard tokens.count <= Self.tokenLimit else {
                throw GraphQLError("the document has more than \(Self.tokenLimit) tokens", at: place)
            }
        }
        end = scanner.place
    }

    var isAtEnd: Bool { position >= tokens.count }
    var place: GraphQLDocument.Place { isAtEnd ? end : tokens[position].place }

    func isAt(_ sign: String) -> Bool { !isAtEnd && tokens[position].token == .sign(sign) }

    private mutating func take(_ sign: String) -> Bool {
        guard isAt(sign) else { return false }
        position += 1
        return true
    }

    private func offending() -> GraphQLError {
        guard !isAtEnd else { return GraphQLError("Invalid Syntax : the document ends too early", at: end) }
        let shown =
            switch tokens[position].token {
            case .sign(let text), .name(let text): text
            case .value(let value): value.rendered()
            }
        return GraphQLError("Invalid Syntax : offending token '\(shown.prefix(40))'", at: place)
    }

    private mutating func expect(_ sign: String) throws(GraphQLError) {
        guard take(sign) else { throw offending() }
    }

    mutating func name() throws(GraphQLError) -> String {
        guard !isAtEnd, case .name(let name) = tokens[position].token else { throw offending() }
        position += 1
        return name
    }

    mutating func word(_ word: String) throws(GraphQLError) {
        guard !isAtEnd, tokens[position].token == .name(word) else { throw offending() }
        position += 1
    }

    private mutating func deeper<Result>(
        _ read: (inout GraphQLParser) throws(GraphQLError) -> Result
    ) throws(GraphQLError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw GraphQLError("more than \(Self.depthLimit) levels inside each other", at: place)
        }
        return try read(&self)
    }

    // MARK: Constructs

    mutating func selections() throws(GraphQLError) -> [GraphQLDocument.Selection] {
        try deeper { parser throws(GraphQLError) in
            try parser.expect("{")
            var selections: [GraphQLDocument.Selection] = []
            repeat { selections.append(try parser.selection()) } while !parser.take("}")
            return selections
        }
    }

    private mutating func selection() throws(GraphQLError) -> GraphQLDocument.Selection {
        let place = place
        guard take("...") else { return .field(try field()) }
        if isAt("{") || isAt("@") {
            let directives = try directives()
            return .inline(on: nil, directives, try selections())
        }
        let name = try name()
        guard name == "on" else { return .spread(name, try directives(), place) }
        let type = try self.name()
        let directives = try directives()
        return .inline(on: type, directives, try selections())
    }

    private mutating func field() throws(GraphQLError) -> GraphQLDocument.Field {
        let place = place
        var field = GraphQLDocument.Field(name: try name(), place: place)
        if take(":") {
            field.alias = field.name
            field.name = try name()
        }
        field.arguments = try arguments()
        field.directives = try directives()
        if isAt("{") { field.selections = try selections() }
        return field
    }

    private mutating func arguments() throws(GraphQLError) -> [GraphQLDocument.Value.Member] {
        guard take("(") else { return [] }
        var arguments: [GraphQLDocument.Value.Member] = []
        repeat {
            let name = try name()
            try expect(":")
            arguments.append(.init(name: name, value: try value()))
        } while !take(")")
        return arguments
    }

    mutating func directives() throws(GraphQLError) -> [GraphQLDocument.Directive] {
        var directives: [GraphQLDocument.Directive] = []
        while take("@") {
            let name = try name()
            directives.append(.init(name: name, arguments: try arguments()))
        }
        return directives
    }

    mutating func variables() throws(GraphQLError) -> [GraphQLDocument.Variable] {
        guard take("(") else { return [] }
        var variables: [GraphQLDocument.Variable] = []
        repeat {
            try expect("$")
            let name = try name()
            try expect(":")
            let isRequired = try type()
            var standard: JSON?
            if take("=") { standard = try value().constant }
            _ = try directives()
            variables.append(.init(name: name, isRequired: isRequired && standard == nil, standard: standard))
        } while !take(")")
        return variables
    }

    /// - Returns: whether a value must be given.
    private mutating func type() throws(GraphQLError) -> Bool {
        try deeper { parser throws(GraphQLError) in
            if parser.take("[") {
                _ = try parser.type()
                try parser.expect("]")
            } else {
                _ = try parser.name()
            }
            return parser.take("!")
        }
    }

    private mutating func value() throws(GraphQLError) -> GraphQLDocument.Value {
        try deeper { parser throws(GraphQLError) in
            if parser.take("$") { return .variable(try parser.name()) }
            if parser.take("[") {
                var values: [GraphQLDocument.Value] = []
                while !parser.take("]") { values.append(try parser.value()) }
                return .list(values)
            }
            if parser.take("{") {
                var members: [GraphQLDocument.Value.Member] = []
                while !parser.take("}") {
                    let name = try parser.name()
                    try parser.expect(":")
                    members.append(.init(name: name, value: try parser.value()))
                }
                return .object(members)
            }
            guard !parser.isAtEnd else { throw parser.offending() }
            let token = parser.tokens[parser.position].token
            parser.position += 1
            switch token {
            case .value(let value): return .literal(value)
            case .name("true"): return .literal(true)
            case .name("false"): return .literal(false)
            case .name("null"): return .literal(.null)
            // A word of an enumeration.
            case .name(let word): return .literal(.string(word))
            case .sign:
                parser.position -= 1
                throw parser.offending()
            }
        }
    }
}

extension GraphQLDocument.Value {
    /// The value with variables put in; those that are not given are left out of objects.
    func value(_ variables: JSONObject) -> JSON? {
        switch self {
        case .literal(let value): return value
        case .variable(let name): return variables[name]
        case .list(let values): return .array(values.map { $0.value(variables) ?? .null })
        case .object(let members):
            var object = JSONObject()
            for member in members {
                if let value = member.value.value(variables) { object[member.name] = value }
            }
            return .object(object)
        }
    }

    fileprivate var constant: JSON { value(JSONObject()) ?? .null }
}
