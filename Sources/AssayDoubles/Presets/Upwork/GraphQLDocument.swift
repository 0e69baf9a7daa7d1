internal import AssayFormats

/// A GraphQL request document: operations and fragments, without a schema. Source: GraphQL October 2021, §2.
struct GraphQLDocument: Sendable, Equatable {
    /// 1-based.
    struct Place: Sendable, Equatable {
        var line: Int
        var column: Int
        var json: JSON { ["line": .int(Int64(line)), "column": .int(Int64(column))] }
    }

    enum Kind: String, Sendable { case query, mutation, subscription }

    indirect enum Value: Sendable, Equatable {
        case literal(JSON)
        case variable(String)
        case list([Value])
        case object([Member])

        struct Member: Sendable, Equatable {
            var name: String
            var value: Value
        }
    }

    struct Directive: Sendable, Equatable {
        var name: String
        var arguments: [Value.Member]
    }

    struct Field: Sendable, Equatable {
        var alias: String?
        var name: String
        var place: Place
        var arguments: [Value.Member] = []
        var directives: [Directive] = []
        /// Empty for a leaf.
        var selections: [Selection] = []

        /// What it is called in the answer.
        var key: String { alias ?? name }
    }

    indirect enum Selection: Sendable, Equatable {
        case field(Field)
        case spread(String, [Directive], Place)
        /// - Parameter on: the type it holds for; `nil` for all.
        case inline(on: String?, [Directive], [Selection])
    }

    struct Variable: Sendable, Equatable {
        var name: String
        var isRequired: Bool
        var standard: JSON?
    }

    struct Operation: Sendable, Equatable {
        var kind: Kind
        var name: String?
        var variables: [Variable]
        var selections: [Selection]
    }

    struct Fragment: Sendable, Equatable {
        var on: String
        var selections: [Selection]
    }

    var operations: [Operation] = []
    var fragments: [String: Fragment] = [:]

    init(parsing text: String) throws(GraphQLError) {
        var parser = try GraphQLParser(text)
        while !parser.isAtEnd {
            let place = parser.place
            if parser.isAt("{") {
                operations.append(
                    Operation(kind: .query, name: nil, variables: [], selections: try parser.selections()))
                continue
            }
            let word = try parser.name()
            if word == "fragment" {
                let name = try parser.name()
                try parser.word("on")
                let type = try parser.name()
                _ = try parser.directives()
                fragments[name] = Fragment(on: type, selections: try parser.selections())
            } else if let kind = Kind(rawValue: word) {
                let name = parser.isAt("{") || parser.isAt("(") || parser.isAt("@") ? nil : try parser.name()
                let variables = try parser.variables()
                _ = try parser.directives()
                operations.append(
                    Operation(
                        kind: kind, name: name, variables: variables, selections: try parser.selections()))
            } else {
                throw GraphQLError("Invalid Syntax : offending token '\(word.prefix(40))'", at: place)
            }
        }
        guard !operations.isEmpty else {
            throw GraphQLError("Invalid Syntax : the document holds no operation", at: parser.place)
        }
    }

    /// The operation of a name; the only one when no name is given.
    func operation(named name: String?) throws(GraphQLError) -> Operation {
        guard let name else {
            guard operations.count == 1 else {
                throw GraphQLError("Must provide operation name if query contains multiple operations.")
            }
            return operations[0]
        }
        guard let found = operations.first(where: { $0.name == name }) else {
            throw GraphQLError("Unknown operation named '\(name.prefix(100))'.")
        }
        return found
    }
}

/// One entry of an answer's `errors`.
struct GraphQLError: Error, Sendable, Equatable {
    var message: String
    var place: GraphQLDocument.Place?
    /// The field's keys from the top.
    var path: [JSON] = []
    /// `extensions.code`.
    var code = "BAD_REQUEST"
    /// `extensions.classification`, as graphql-java names kinds of errors.
    var classification = "ValidationError"

    init(
        _ message: String, at place: GraphQLDocument.Place? = nil, path: [JSON] = [],
        code: String = "GRAPHQL_VALIDATION_FAILED", classification: String = "ValidationError"
    ) {
        self.message = message
        self.place = place
        self.path = path
        self.code = code
        self.classification = classification
    }

    var json: JSON {
        var error: JSONObject = ["message": .string(message)]
        if let place { error["locations"] = [place.json] }
        if !path.isEmpty { error["path"] = .array(path) }
        error["extensions"] = ["code": .string(code), "classification": .string(classification)]
        return .object(error)
    }
}
