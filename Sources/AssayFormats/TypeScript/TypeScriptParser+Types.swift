/// Types, which are passed over.
extension TypeScriptParser {
    /// What a type may be where it stands.
    struct TypePlace: OptionSet {
        let rawValue: Int
        /// Behind the brackets of a function: `asserts x is T`.
        static let returned = TypePlace(rawValue: 1)
        /// In a tuple: `[name: T]`.
        static let tuple = TypePlace(rawValue: 2)
        /// In the brackets of an index: `[key: string]`, `[K in T]`.
        static let index = TypePlace(rawValue: 4)
        /// Behind `extends`: what follows a `?` is the other condition's.
        static let constraint = TypePlace(rawValue: 8)
    }

    /// How tightly what stands before binds.
    enum TypeLevel: Int { case any, union, intersection, prefix }

    mutating func skipType(isReturn: Bool = false) throws(TypeScriptProblem) {
        try skipType(.any, isReturn ? .returned : [])
    }

    mutating func skipType(_ level: TypeLevel, _ place: TypePlace = []) throws(TypeScriptProblem) {
        try enter()
        if try skipTypeStart(place) { try skipTypeRest(level, place) }
        leave()
    }

    private var isLabel: Bool { at(":") || at("?") }

    /// - Returns: whether something may follow.
    private mutating func skipTypeStart(_ place: TypePlace) throws(TypeScriptProblem) -> Bool {
        while at("|") || at("&") { try advance() }
        switch token.kind {
        case .number, .string: try advance()
        case .template: try skipTemplateType()
        case .name: return try skipTypeName(place)
        case .sign:
            switch token.text {
            case "-":
                try advance()
                guard token.kind == .number else { throw unexpected("a number") }
                try advance()
            case "(": return try skipBracketsOrFunctionType()
            case "<", "<<":
                try skipTypeParameters()
                try skipFunctionTypeRest()
                return false
            case "[": try skipTuple()
            case "{": try skipObjectType()
            default: throw unexpected("a type")
            }
        default: throw unexpected("a type")
        }
        return true
    }

    private mutating func skipTypeName(_ place: TypePlace) throws(TypeScriptProblem) -> Bool {
        let word = token.text
        let mayBeLabel = !place.isDisjoint(with: [.tuple, .index])
        switch word {
        case "import":
            try advance()
            if mayBeLabel, isLabel { return false }
            try skipImportType()
            return true
        case "new":
            try advance()
            if mayBeLabel, isLabel { return false }
            if at("<") { try skipTypeParameters() }
            try skipFunctionTypeRest()
            return false
        case "typeof":
            try advance()
            if mayBeLabel, isLabel { return false }
            try skipTypeQuery()
            return true
        case "keyof", "readonly", "unique":
            try advance()
            if mayBeLabel, isLabel || atWord("in") { return false }
            if word == "unique", !atWord("symbol") { break }
            guard startsType else { break }
            try skipType(.prefix, place.intersection(.constraint))
            return true
        case "infer":
            try advance()
            if mayBeLabel, isLabel || atWord("in") { return false }
            _ = try expectIdentifier()
            if atWord("extends") { try skipInferConstraint(place) }
            return true
        case "abstract":
            try advance()
            if atWord("new") { return try skipTypeName(place) }
        case "asserts":
            try advance()
            if place.contains(.returned), !token.isFirstOnLine, isIdentifier || atWord("this"), !atWord("is")
            {
                try advance()
            }
        case "void", "null", "true", "false", "const", "this":
            try advance()
        default:
            guard !Self.reserved.contains(word) || place.contains(.tuple) else { throw unexpected("a type") }
            try advance()
        }
        if atWord("is"), !token.isFirstOnLine {
            try advance()
            try skipType(.any)
            return false
        }
        if !Self.primitives.contains(word) { try skipTypeArguments() }
        return true
    }

    private static let primitives: Set<String> = [
        "any", "never", "unknown", "undefined", "object", "number", "string", "boolean", "bigint", "symbol",
        "void", "null",
        "true", "false", "const", "this",
    ]

    /// Whether a type may begin here.
    private var startsType: Bool {
        switch token.kind {
        case .name: !["extends", "in", "is", "as", "instanceof"].contains(token.text)
        case .number, .string, .template: true
        case .sign: ["(", "[", "{", "<", "-"].contains(token.text)
        default: false
        }
    }

    private mutating func skipImportType() throws(TypeScriptProblem) {
        try expect("(")
        try expectString()
        if try take(",") {
            if at("{") { try skipObjectType() }
            _ = try take(",")
        }
        try expect(")")
        try skipTypeArguments()
    }

    private mutating func skipTypeQuery() throws(TypeScriptProblem) {
        if atWord("import") {
            try advance()
            return try skipImportType()
        }
        guard token.kind == .name else { throw unexpected("a name") }
        try advance()
        while at(".") {
            try advance()
            guard token.kind == .name || token.kind == .privateName else { throw unexpected("a name") }
            try advance()
        }
        try skipTypeArguments()
    }

    private mutating func skipInferConstraint(_ place: TypePlace) throws(TypeScriptProblem) {
        let mark = mark
        do {
            try advance()
            try skipType(.prefix, .constraint)
            guard place.contains(.constraint) || !at("?") else { throw unexpected("no '?'") }
        } catch {
            restore(mark)
        }
    }

    private mutating func skipTypeRest(_ level: TypeLevel, _ place: TypePlace) throws(TypeScriptProblem) {
        while true {
            if at("|") {
                guard level.rawValue < TypeLevel.union.rawValue else { return }
                try advance()
                try skipType(.union, place.intersection(.constraint))
            } else if at("&") {
                guard level.rawValue < TypeLevel.intersection.rawValue else { return }
                try advance()
                try skipType(.intersection, place.intersection(.constraint))
            } else if at("!"), !token.isFirstOnLine {
                try advance()
            } else if at(".") {
                try advance()
                guard token.kind == .name else { throw unexpected("a name") }
                try advance()
                try skipTypeArguments()
            } else if at("["), !token.isFirstOnLine {
                try advance()
                if !at("]") { try skipType() }
                try expect("]")
            } else if atWord("extends"), !token.isFirstOnLine, !place.contains(.constraint), level == .any {
                try advance()
                try skipType(.any, .constraint)
                try expect("?")
                try skipType()
                try expect(":")
                // What is chosen otherwise may be the next choice, as often as one likes.
                if try !skipTypeStart([]) { return }
            } else {
                return
            }
        }
    }
}
