import AssayCore

/// Reads text with `${…}` in it; what stands inside is read by the expression half of this type.
///
/// Stops at the first error: a template is short, and one slip in it makes nonsense of what follows.
struct TemplateParser {
    /// Expressions inside each other, and values in one template: what recursion over the tree can bear.
    static let depthLimit = 50
    static let nodeLimit = 500

    let scalars: [Unicode.Scalar]
    let places: TextPlaces
    var position = 0
    var depth = 0
    var nodeCount = 0
    /// Where the `${` that is being read begins; `nil` in an expression that stands alone.
    var opening: Int?

    init(_ text: String, places: TextPlaces? = nil, at origin: SourceLocation) {
        scalars = Array(text.unicodeScalars)
        self.places = places ?? TextPlaces(of: scalars, from: origin)
    }

    mutating func segments() throws(Diagnostic) -> [Template.Segment] {
        var segments: [Template.Segment] = []
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            if scalar == "$", peek(1) == "$", peek(2) == "{" {
                text.append(contentsOf: "${".unicodeScalars)
                position += 3
            } else if scalar == "$", peek(1) == "{" {
                if !text.isEmpty { segments.append(.text(String(text))) }
                text.removeAll()
                segments.append(.expression(try embedded()))
            } else {
                text.append(scalar)
                position += 1
            }
        }
        if !text.isEmpty { segments.append(.text(String(text))) }
        return segments
    }

    /// One `${…}`.
    private mutating func embedded() throws(Diagnostic) -> Expression {
        let opening = position
        self.opening = opening
        position += 2
        skipBlanks()
        if peek() == "}" {
            throw fault(
                "AS051", "`${}` holds nothing", opening..<position + 1,
                fix: "name a value, or write `$${` for the text `${`")
        }
        let expression = try expression()
        skipBlanks()
        guard peek() == "}" else { throw unexpected("`}`") }
        position += 1
        return expression
    }

    /// A whole text that is one expression, without `${` and `}`.
    mutating func wholeExpression() throws(Diagnostic) -> Expression {
        let expression = try expression()
        skipBlanks()
        guard peek() == nil else { throw unexpected("the end") }
        return expression
    }
}

// MARK: Scalars and faults

extension TemplateParser {
    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        position + ahead < scalars.count ? scalars[position + ahead] : nil
    }

    mutating func skipBlanks() {
        while let scalar = peek(), scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" {
            position += 1
        }
    }

    /// Takes a sign when it comes next.
    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard peek() == sign else { return false }
        position += 1
        return true
    }

    func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(scalars[range.clamped(to: 0..<scalars.count)]))
    }

    func fault(
        _ code: DiagnosticCode, _ message: String, _ range: Range<Int>, fix: String? = nil
    ) -> Diagnostic {
        Diagnostic(code, message, at: places.location(range), fix: fix)
    }

    /// What stands at the position, for messages: a word whole, else one sign.
    var wordRange: Range<Int> {
        var end = position
        while end < scalars.count, Self.isNamePart(scalars[end]) { end += 1 }
        return position..<max(end, min(position + 1, scalars.count))
    }

    /// The right error for what stands where `wanted` should be.
    func unexpected(_ wanted: String) -> Diagnostic {
        guard let sign = peek() else {
            guard let opening else {
                let end = max(1, scalars.count)
                return fault("AS051", "expected \(wanted), found the end of the expression", end - 1..<end)
            }
            return fault(
                "AS050", "`${` is never closed: expected \(wanted)", opening..<opening + 2,
                fix: "close it with `}`, or write `$${` for the text `${`")
        }
        let range = wordRange
        let word = text(range)
        let meant: [String: String] = [
            "=": "`==` to compare", "&": "`&&` for and", "|": "`||` for or", "and": "`&&`", "or": "`||`",
            "not": "`!`", "?": "`if:` on a step to choose", "^": "`random` or arithmetic with + - * / %",
            "!": "`!=` to compare",
        ]
        if let advice = meant[word] {
            return fault("AS052", "there is no operator `\(word)`", range, fix: "use \(advice)")
        }
        let shown = sign == "`" ? "a backtick" : "`\(shortened(word))`"
        return fault("AS051", "expected \(wanted), found \(shown)", range)
    }

    static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic
    }

    static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        isNameStart(scalar) || ("0"..."9").contains(scalar)
    }
}
