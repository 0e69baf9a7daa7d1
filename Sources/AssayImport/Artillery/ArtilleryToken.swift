/// A word of an expression.
enum ArtilleryToken: Equatable {
    case number(Double)
    case text(String)
    case name(String)
    case sign(String)

    /// The words of an expression, each with where it begins.
    static func scan(
        _ scalars: [Unicode.Scalar]
    ) throws(ArtilleryExpression.Fault) -> [(token: ArtilleryToken, offset: Int)] {
        var tokens: [(token: ArtilleryToken, offset: Int)] = []
        var at = 0
        func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
        func isName(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "_" || scalar == "$" || scalar.isASCII && scalar.properties.isAlphabetic
        }
        while at < scalars.count {
            let start = at
            let scalar = scalars[at]
            func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
            if scalar.properties.isWhitespace {
                at += 1
                continue
            }
            if isDigit(scalar) || scalar == "." && at + 1 < scalars.count && isDigit(scalars[at + 1]) {
                while at < scalars.count, isDigit(scalars[at]) || scalars[at] == "." { at += 1 }
                guard let value = Double(text(start..<at)) else {
                    throw ArtilleryExpression.Fault(
                        message: "`\(text(start..<at))` is no number", offset: start)
                }
                tokens.append((.number(value), start))
            } else if scalar == "\"" || scalar == "'" {
                var value = ""
                at += 1
                while at < scalars.count, scalars[at] != scalar {
                    if scalars[at] == "\\", at + 1 < scalars.count { at += 1 }
                    value.unicodeScalars.append(scalars[at])
                    at += 1
                }
                guard at < scalars.count else {
                    throw ArtilleryExpression.Fault(message: "a quote is never closed", offset: start)
                }
                at += 1
                // In single quotes stands a name.
                tokens.append((scalar == "\"" ? .text(value) : .name(value), start))
            } else if isName(scalar) {
                while at < scalars.count, isName(scalars[at]) || isDigit(scalars[at]) || scalars[at] == "." {
                    at += 1
                }
                let word = text(start..<at)
                tokens.append((Self.words.contains(word) ? .sign(word) : .name(word), start))
            } else if at + 1 < scalars.count, Self.signs.contains(text(at..<at + 2)) {
                tokens.append((.sign(text(at..<at + 2)), start))
                at += 2
            } else if Self.signs.contains(String(scalar)) {
                tokens.append((.sign(String(scalar)), start))
                at += 1
            } else {
                throw ArtilleryExpression.Fault(message: "`\(scalar)` has no meaning here", offset: start)
            }
        }
        return tokens
    }

    private static let words: Set<String> = ["and", "or", "not", "in"]
    private static let signs: Set<String> = [
        "==", "!=", "<=", ">=", "~=", "<", ">", "+", "-", "*", "/", "%", "^", "(", ")", ",", "?", ":",
    ]
}
