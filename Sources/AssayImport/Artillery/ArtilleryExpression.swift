internal import AssayCore
internal import AssayFormats

/// The small language of `ifTrue` and `ensure` (that of the package filtrex): numbers, texts in double quotes, names
/// with dots, `+ - * / % ^`, comparisons, `~=` for expressions, `in (…)`, `and or not`, `a ? b : c`, functions.
///
/// It becomes an ``Expression``: a name that nothing sets, and operators on values that they do not fit, make false.
struct ArtilleryExpression {
    struct Fault: Error, Equatable {
        var message: String
        /// In scalars of the text.
        var offset: Int
    }

    private var tokens: [(token: ArtilleryToken, offset: Int)] = []
    private var position = 0
    private let location: SourceLocation
    private let length: Int
    /// What a name stands for; `nil` when nothing sets it.
    private let resolve: (String) -> Expression?

    /// - Parameter resolve: what a name stands for; `nil` when nothing sets it.
    static func parse(
        _ text: String, at location: SourceLocation, resolve: @escaping (String) -> Expression?
    ) throws(Fault) -> Expression {
        var parser = try ArtilleryExpression(text, location, resolve)
        let expression = try parser.ternary()
        guard parser.position == parser.tokens.count else {
            throw parser.unexpected("an operator or the end")
        }
        return expression
    }

    private init(
        _ text: String, _ location: SourceLocation, _ resolve: @escaping (String) -> Expression?
    ) throws(Fault) {
        self.location = location
        self.resolve = resolve
        let scalars = Array(text.unicodeScalars)
        length = scalars.count
        tokens = try ArtilleryToken.scan(scalars)
    }

    // MARK: grammar, weakest first

    private mutating func ternary() throws(Fault) -> Expression {
        let condition = try either()
        guard take("?") else { return condition }
        let then = try ternary()
        guard take(":") else { throw unexpected("`:`") }
        let otherwise = try ternary()
        // A table by the truth of the condition: `!` makes a truth value of any value.
        let isTrue = Expression.call(function: "text", arguments: [.not(.not(condition))], location)
        return .index(
            .object([.init(key: "true", value: then), .init(key: "false", value: otherwise)]), isTrue)
    }

    private mutating func either() throws(Fault) -> Expression {
        var left = try both()
        while take("or") { left = .binary(.or, left, try both()) }
        return left
    }

    private mutating func both() throws(Fault) -> Expression {
        var left = try comparison()
        while take("and") { left = .binary(.and, left, try comparison()) }
        return left
    }

    private mutating func comparison() throws(Fault) -> Expression {
        var left = try sum()
        while true {
            if take("==") {
                left = equal(left, try sum())
            } else if take("!=") {
                left = .not(equal(left, try sum()))
            } else if take("~=") {
                throw unexpected("`==`: expressions by `~=` are not supported")
            } else if take("in") {
                left = try member(left)
            } else if peek == .sign("not"), next == .sign("in") {
                position += 2
                left = .not(try member(left))
            } else if let sign = Self.order[peekSign] {
                position += 1
                left = ordered(sign, left, try sum())
            } else {
                return left
            }
        }
    }

    private static let order: [String: Expression.Operator] = [
        "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
    ]

    private mutating func member(_ left: Expression) throws(Fault) -> Expression {
        guard take("(") else { throw unexpected("`(`") }
        var found = equal(left, try ternary())
        while take(",") { found = .binary(.or, found, equal(left, try ternary())) }
        guard take(")") else { throw unexpected("`)`") }
        return found
    }

    private mutating func sum() throws(Fault) -> Expression {
        var left = try product()
        while true {
            if take("+") {
                left = .binary(.plus, left, try product())
            } else if take("-") {
                left = .binary(.minus, left, try product())
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(Fault) -> Expression {
        var left = try unary()
        while true {
            if take("*") {
                left = .binary(.times, left, try unary())
            } else if take("/") {
                left = .binary(.divided, left, try unary())
            } else if take("%") {
                left = .binary(.remainder, left, try unary())
            } else if peek == .sign("^") {
                throw unexpected("another operator: `^` is not supported")
            } else {
                return left
            }
        }
    }

    private mutating func unary() throws(Fault) -> Expression {
        if take("-") { return .negate(try unary()) }
        if take("not") { return .not(try unary()) }
        return try primary()
    }

    private mutating func primary() throws(Fault) -> Expression {
        guard position < tokens.count else { throw unexpected("a value") }
        switch tokens[position].token {
        case .number(let value):
            position += 1
            return .literal(Int64(exactly: value).map { .int($0) } ?? .double(value))
        case .text(let text):
            position += 1
            return .literal(.string(text))
        case .name(let name):
            if next == .sign("(") { return try call(name) }
            position += 1
            guard let found = resolve(name) else { return .literal(.null) }
            return .optional(found, otherwise: nil)
        case .sign("("):
            position += 1
            let inner = try ternary()
            guard take(")") else { throw unexpected("`)`") }
            return inner
        case .sign: throw unexpected("a value")
        }
    }

    private mutating func call(_ name: String) throws(Fault) -> Expression {
        guard name == "round" || name == "random" else {
            throw unexpected("a name: the function `\(name)` is not supported")
        }
        position += 2
        var arguments: [Expression] = []
        while !take(")") {
            if !arguments.isEmpty, !take(",") { throw unexpected("`,` or `)`") }
            arguments.append(try ternary())
        }
        let function = name == "round" ? "round" : "random.int"
        if name == "random" { arguments = [.literal(.int(0))] + arguments }
        return .call(function: function, arguments: arguments, location)
    }

    // MARK: as JavaScript compares

    /// A text is compared with a number by the number that it holds.
    private func equal(_ left: Expression, _ right: Expression) -> Expression {
        let plain = Expression.binary(.equal, left, right)
        guard let numbers = asNumbers(left, right) else { return plain }
        return .binary(
            .or, plain, .optional(.binary(.equal, numbers.0, numbers.1), otherwise: .bool(false)))
    }

    private func ordered(_ sign: Expression.Operator, _ left: Expression, _ right: Expression) -> Expression {
        let (a, b) = asNumbers(left, right) ?? (left, right)
        return .optional(.binary(sign, a, b), otherwise: .bool(false))
    }

    /// Both as numbers, when one of them is written as one.
    private func asNumbers(_ left: Expression, _ right: Expression) -> (Expression, Expression)? {
        func isNumber(_ value: Expression) -> Bool {
            if case .literal(let json) = value { json.doubleValue != nil } else { false }
        }
        func number(_ value: Expression) -> Expression {
            if case .optional(let inner, _) = value {
                return .call(function: "number", arguments: [inner], location)
            }
            return value
        }
        guard isNumber(left) != isNumber(right) else { return nil }
        return (number(left), number(right))
    }

    // MARK: tokens

    private var peek: ArtilleryToken? { position < tokens.count ? tokens[position].token : nil }
    private var next: ArtilleryToken? { position + 1 < tokens.count ? tokens[position + 1].token : nil }
    private var peekSign: String { if case .sign(let sign)? = peek { sign } else { "" } }

    private mutating func take(_ sign: String) -> Bool {
        guard peek == .sign(sign) else { return false }
        position += 1
        return true
    }

    private func unexpected(_ wanted: String) -> Fault {
        guard position < tokens.count else {
            return Fault(message: "expected \(wanted), found the end", offset: max(0, length - 1))
        }
        let shown =
            switch tokens[position].token {
            case .number(let value): "\(value)"
            case .text(let text): "\"\(text)\""
            case .name(let name): name
            case .sign(let sign): sign
            }
        return Fault(message: "expected \(wanted), found `\(shown)`", offset: tokens[position].offset)
    }
}
