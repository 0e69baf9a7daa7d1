import AssayCore

/// A function that `${…}` may call: the one table behind the parser, the evaluator and the manual.
public struct TemplateFunction: Sendable {
    /// What a function asks of the outside; see ``TemplateEnvironment``.
    public enum Need: Sendable { case nothing, cryptography, files, clock, randomness }

    /// The whole dotted name, as written.
    public var name: String
    /// How many arguments it takes.
    public var parameterCount: ClosedRange<Int>
    /// `random.int(low, high)`, for messages and the manual.
    public var signature: String
    /// One line for the manual.
    public var summary: String
    public var need: Need
    /// Gives the same value each time: neither clock nor randomness.
    public var isConstant: Bool { need != .clock && need != .randomness }

    init(_ signature: String, _ count: ClosedRange<Int>, _ summary: String, need: Need = .nothing) {
        name = String(signature.prefix { $0 != "(" })
        parameterCount = count
        self.signature = signature
        self.summary = summary
        self.need = need
    }

    /// The function of a name; `nil` when there is none.
    public static func named(_ name: String) -> TemplateFunction? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Every function there is.
    public static let all: [TemplateFunction] = [
        TemplateFunction("uuid()", 0...0, "a random UUID (version 4)", need: .randomness),
        TemplateFunction(
            "random.int(low, high)", 2...2, "a whole number, both ends included", need: .randomness),
        TemplateFunction("random.of(list)", 1...1, "one element of a list", need: .randomness),
        TemplateFunction("random.string(length)", 1...1, "letters and digits", need: .randomness),
        TemplateFunction(
            "now([offset])", 0...1, "the time as text, UTC: 2026-01-31T09:30:00.250Z; offset like '+1h'",
            need: .clock),
        TemplateFunction("now.unix([offset])", 0...1, "the time in whole seconds since 1970", need: .clock),
        TemplateFunction("now.ms([offset])", 0...1, "the time in milliseconds since 1970", need: .clock),
        TemplateFunction("now.date([offset])", 0...1, "the day in UTC: 2026-01-31", need: .clock),
        TemplateFunction(
            "jwt(claims, key[, options])", 2...3,
            "a JSON Web Token, HS256; options: {alg: 'HS256', header: {…}}", need: .cryptography),
        TemplateFunction("sha256(text)", 1...1, "SHA-256 in hexadecimal", need: .cryptography),
        TemplateFunction("hmac.sha256(key, text)", 2...2, "HMAC-SHA-256 in hexadecimal", need: .cryptography),
        TemplateFunction("base64(text)", 1...1, "Base64 with padding"),
        TemplateFunction("base64.decode(text)", 1...1, "the text that Base64 or base64url holds"),
        TemplateFunction("base64url(text)", 1...1, "Base64 for URLs, without padding"),
        TemplateFunction(
            "file(path)", 1...1, "a file's text; a file named *.json as the value it holds", need: .files),
        TemplateFunction("json(value)", 1...1, "a value written as JSON"),
        TemplateFunction("text(value)", 1...1, "a value as text, as it stands inside other text"),
        TemplateFunction("number(text)", 1...1, "the number that a text holds"),
        TemplateFunction("round(number[, places])", 1...2, "rounded to so many places, 0 unless said"),
        TemplateFunction(
            "length(value)", 1...1, "characters of a text, elements of a list, members of an object"),
        TemplateFunction("upper(text)", 1...1, "in capital letters"),
        TemplateFunction("lower(text)", 1...1, "in small letters"),
        TemplateFunction("trim(text)", 1...1, "without spaces at both ends"),
        TemplateFunction(
            "join(list[, separator])", 1...2, "elements as one text, `,` between them unless said"),
        TemplateFunction("split(text, separator)", 2...2, "a list of texts"),
    ]
}
