internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Finds where values that a client sends were told to it before: tokens, ids, CSRF fields.
///
/// Bounded: so many values of one answer, so many of all, none longer than ``longest``.
struct Correlation {
    /// A value of an answer that later requests may send.
    private struct Found {
        var entry: Int
        var source: Capture.Source
        var name: String
        var isNumber: Bool
        /// Its place says that it names something: a number is only taken from such a place.
        var isIdentity: Bool
    }

    /// Captures that turned out to be needed, by the entry whose answer has them.
    private(set) var captures: [Int: [(name: String, source: Capture.Source)]] = [:]
    private var found: [String: Found] = [:]
    private var given: [String: String] = [:]
    /// What the client sent of itself before any answer told it.
    private var sent: Set<String> = []
    private var names: ImportedNames
    private static let longest = 8192
    private static let mostOfOne = 2000
    private static let most = 100_000

    init(taken: Set<String>) { names = ImportedNames(taken) }

    // MARK: answers

    /// Takes note of what an answer tells.
    mutating func learn(_ answer: HARFile.Answer, of entry: Int, _ address: WebAddress) {
        let resource = Self.resource(of: address.path)
        if let text = answer.text, !text.isEmpty {
            if let json = try? JSON(parsing: text, maxDepth: 64) {
                var left = Self.mostOfOne
                learn(json, path: "$", key: "", entry, resource, &left)
            } else if answer.type.contains("html") || text.hasPrefix("<") {
                for field in HTMLFields.hidden(in: text) {
                    learn(field.value, .pattern(field.pattern), field.name, entry, resource)
                }
            }
        }
        for header in answer.headers {
            let name = header.name.lowercased()
            if name == "set-cookie" || Self.plainHeaders.contains(name) { continue }
            learn(header.value, .header(name), header.name, entry, resource)
        }
        for cookie in Self.cookies(of: answer) {
            learn(cookie.value, .cookie(cookie.name), cookie.name, entry, resource)
        }
    }

    /// Headers that tell nothing to send again.
    private static let plainHeaders: Set<String> = [
        "date", "server", "content-type", "content-length", "content-encoding", "cache-control", "expires",
        "vary",
        "age", "connection", "keep-alive", "etag", "last-modified", "transfer-encoding",
        "strict-transport-security",
        "content-security-policy", "x-powered-by", "via", "alt-svc", "report-to", "nel", "accept-ranges",
        "pragma",
    ]

    /// Of `Set-Cookie`, which Chromium's archives have twice.
    static func cookies(of answer: HARFile.Answer) -> [HARFile.Field] {
        var cookies = answer.cookies
        for header in answer.headers where header.name.lowercased() == "set-cookie" {
            for line in header.value.split(separator: "\n") {
                let pair = line.prefix { $0 != ";" }
                guard let sign = pair.firstIndex(of: "=") else { continue }
                let name = pair[..<sign].filter { $0 != " " }
                guard !name.isEmpty, !cookies.contains(where: { $0.name == name }) else { continue }
                cookies.append(.init(name: name, value: String(pair[pair.index(after: sign)...])))
            }
        }
        return cookies
    }

    private mutating func learn(
        _ json: JSON, path: String, key: String, _ entry: Int, _ resource: String, _ left: inout Int
    ) {
        guard left > 0 else { return }
        switch json {
        case .object(let members):
            for (name, value) in members {
                learn(value, path: path + Self.member(name), key: name, entry, resource, &left)
            }
        case .array(let elements):
            for (place, value) in elements.enumerated() {
                learn(value, path: "\(path)[\(place)]", key: key, entry, resource, &left)
            }
        case .string(let text):
            left -= 1
            guard let path = try? JSONPath(parsing: path) else { return }
            learn(text, .jsonPath(.fixed(path, source: path.source)), key, entry, resource)
        case .int(let number):
            left -= 1
            guard Self.isIdentity(key), number > 0, let path = try? JSONPath(parsing: path) else { return }
            learn(
                "\(number)", .jsonPath(.fixed(path, source: path.source)), key, entry, resource,
                isNumber: true)
        default: left -= 1
        }
    }

    static func member(_ name: String) -> String {
        if TemplateWriting.isName(name) { return "." + name }
        let escaped = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return "['\(escaped)']"
    }

    private mutating func learn(
        _ value: String, _ source: Capture.Source, _ key: String, _ entry: Int, _ resource: String,
        isNumber: Bool = false
    ) {
        guard found.count < Self.most, value.utf8.count <= Self.longest, found[value] == nil,
            !sent.contains(value)
        else { return }
        guard isNumber || Self.isTelling(value, key) else { return }
        let generic: Set<String> = [
            "", "id", "_id", "uuid", "value", "data", "key", "name", "ref", "location",
        ]
        let name = generic.contains(key.lowercased()) ? "\(resource)_\(key.isEmpty ? "value" : key)" : key
        found[value] = Found(
            entry: entry, source: source, name: name, isNumber: isNumber, isIdentity: Self.isIdentity(key))
    }

    /// A text that nobody would send by chance: long or of digits and letters, or called an id or a secret.
    private static func isTelling(_ value: String, _ key: String) -> Bool {
        let count = value.utf8.count
        guard count >= 4, !value.utf8.contains(0x20) || count >= 24 else { return false }
        if isIdentity(key) || SecretNames.contains(key) || key.lowercased().contains("csrf")
            || key.lowercased().contains("nonce")
        {
            return true
        }
        let hasDigit = value.utf8.contains { (0x30...0x39).contains($0) }
        return count >= 8 && hasDigit && !value.contains("://") || count >= 20 && !value.contains(" ")
    }

    /// `id`, `order_id`, `orderId`, `uuid`.
    static func isIdentity(_ key: String) -> Bool {
        let small = key.lowercased()
        return ["id", "_id", "uuid", "guid", "number", "ref", "slug", "code", "state"].contains(small)
            || small.hasSuffix("_id")
            || small.hasSuffix("-id") || key.hasSuffix("Id") || key.hasSuffix("ID") || small.hasSuffix("uuid")
    }

    /// The thing that a path is about: `order` of `/api/orders/17`.
    static func resource(of path: String) -> String {
        let words = path.split(separator: "/").filter { part in
            !part.contains { $0.isNumber } && part.utf8.count < 24
        }
        let word = ImportedNames.variable(words.last.map(String.init) ?? "", or: "value")
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        return word.hasSuffix("s") && !word.hasSuffix("ss") && word.count > 3 ? String(word.dropLast()) : word
    }

    // MARK: requests

    /// The name of the variable that has a value, when an answer told it before.
    ///
    /// - Parameters:
    ///   - key: of the member or field that sends it; `nil` for a part of a path.
    mutating func variable(for value: String, sentAs key: String?) -> String? {
        guard let origin = found[value] else { return nil }
        if origin.isNumber, let key, !Self.isIdentity(key) { return nil }
        if let name = given[value] { return name }
        let name = names.unique(ImportedNames.variable(origin.name, or: "value"), joinedBy: "_")
        given[value] = name
        captures[origin.entry, default: []].append((name, origin.source))
        return name
    }

    /// Whether the answer told it as a number.
    func isNumber(_ value: String) -> Bool { found[value]?.isNumber ?? false }

    /// The client has this value of itself.
    mutating func sees(_ value: String) {
        if value.utf8.count <= Self.longest, sent.count < Self.most, found[value] == nil {
            sent.insert(value)
        }
    }
}

/// Hidden fields and `meta` elements of HTML, which forms and scripts send again.
enum HTMLFields {
    struct Field {
        var name: String
        var value: String
        var pattern: Pattern
    }

    private static let most = 200

    static func hidden(in html: String) -> [Field] {
        var fields: [Field] = []
        var rest = html[...]
        while fields.count < most, let open = rest.firstIndex(of: "<") {
            rest = rest[html.index(after: open)...]
            let word = rest.prefix { $0.isLetter }.lowercased()
            guard word == "input" || word == "meta", let end = rest.firstIndex(of: ">") else { continue }
            let tag = rest[..<end]
            rest = rest[end...]
            guard tag.utf8.count < 4096 else { continue }
            let attributes = self.attributes(tag.dropFirst(word.count))
            let holder = word == "input" ? "value" : "content"
            guard let name = attributes.first(where: { $0.name == "name" })?.value,
                let place = attributes.firstIndex(where: { $0.name == holder }),
                let namePlace = attributes.firstIndex(where: { $0.name == "name" }),
                word == "meta"
                    || attributes.contains(where: { $0.name == "type" && $0.value.lowercased() == "hidden" })
            else { continue }
            let quoted = escaped(name)
            let mark = tag.contains("\"") ? "\"" : "'"
            let source =
                namePlace < place
                ? "name=\(mark)\(quoted)\(mark)[^>]*\\s\(holder)=\(mark)([^\(mark)]*)\(mark)"
                : "\(holder)=\(mark)([^\(mark)]*)\(mark)[^>]*\\sname=\(mark)\(quoted)\(mark)"
            guard let pattern = try? Pattern(source),
                (try? pattern.firstMatch(in: html))?.firstCapture == attributes[place].value
            else { continue }
            fields.append(Field(name: name, value: attributes[place].value, pattern: pattern))
        }
        return fields
    }

    private static func attributes(_ text: Substring) -> [(name: String, value: String)] {
        var result: [(name: String, value: String)] = []
        var rest = text
        while let start = rest.firstIndex(where: { $0.isLetter }), result.count < 40 {
            rest = rest[start...]
            let name = rest.prefix { $0.isLetter || $0 == "-" }
            rest = rest[name.endIndex...]
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            guard let quote = rest.first, quote == "\"" || quote == "'" else { continue }
            rest = rest.dropFirst()
            guard let end = rest.firstIndex(of: quote) else { break }
            result.append((name.lowercased(), String(rest[..<end])))
            rest = rest[rest.index(after: end)...]
        }
        return result
    }

    /// A text inside a regular expression.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\^$.|?*+()[]{}\"'".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}
