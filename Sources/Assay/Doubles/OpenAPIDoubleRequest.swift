internal import AssayContracts
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// A schema and which kinds of values its texts may stand for.
struct OpenAPIValue: Sendable {
    var schema: JSONSchema?
    /// Names of JSON's types that it allows; of the elements for a list.
    var types: Set<String> = []
    var elementTypes: Set<String> = []

    var isList: Bool { types.contains("array") }
    /// Objects in parameters have too many spellings to be judged.
    var isJudged: Bool { !types.contains("object") }

    /// What texts stand for: `12` is a number where one is allowed.
    func value(of texts: [String]) -> JSON {
        if isList { return .array(texts.map { Self.value(of: $0, elementTypes) }) }
        return Self.value(of: texts.last ?? "", types)
    }

    private static func value(of text: String, _ types: Set<String>) -> JSON {
        if types.contains("integer") || types.contains("number"), let number = try? JSON(parsing: text),
            number.doubleValue != nil
        {
            return number
        }
        if types.contains("boolean"), text == "true" || text == "false" { return .bool(text == "true") }
        if types.contains("null"), text.isEmpty || text == "null" { return .null }
        return .string(text)
    }

    /// - Parameter place: `query parameter 'limit'`.
    func problems(of value: JSON, _ place: String) -> [String] {
        (schema?.violations(of: value, limit: 10) ?? []).map { violation in
            let path = violation.instancePath.dropFirst()
            let inside = path.isEmpty ? "" : path.hasPrefix(".") ? " \(path.dropFirst())" : " \(path)"
            return "\(place)\(inside): expected \(violation.expected), found \(violation.actual)"
        }
    }
}

/// A parameter of an operation.
struct OpenAPIParameter: Sendable {
    enum Place: String, Sendable { case query, header, path, cookie }

    var name: String
    var place: Place
    var isRequired: Bool
    var value: OpenAPIValue
    /// Between the elements of a list in one text; `nil` when each has its own.
    var separator: Character?
    /// Whether the text is JSON (`content` in place of `schema`).
    var isJSON = false

    /// What is wrong with it in a request.
    func problems(in request: HTTPRequest, _ pathParameters: [(name: String, value: String)]) -> [String] {
        let said = "\(place.rawValue) parameter '\(name)'"
        guard var texts = texts(in: request, pathParameters) else {
            return isRequired ? ["\(said) is missing"] : []
        }
        if isJSON {
            guard let json = try? JSON(parsing: texts.last ?? "") else { return ["\(said) is not JSON"] }
            return value.problems(of: json, said)
        }
        guard value.isJudged else { return [] }
        if let separator, value.isList {
            texts = texts.flatMap { text in
                text.isEmpty
                    ? []
                    : text.split(separator: separator, omittingEmptySubsequences: false).map(Self.trimmed)
            }
        }
        return value.problems(of: value.value(of: texts), said)
    }

    private func texts(
        in request: HTTPRequest, _ pathParameters: [(name: String, value: String)]
    ) -> [String]? {
        let found: [String]
        switch place {
        case .path: found = pathParameters.filter { $0.name == name }.map(\.value)
        case .header: found = request.headers.values(of: name)
        case .cookie: found = StubCookies.values(of: name, in: request)
        case .query:
            let pairs = queryPairs(request.query)
            found = pairs.filter { $0.name == name }.map(\.value)
            // An object's members stand beside each other, and need not name it at all.
            if found.isEmpty, !value.isJudged {
                return pairs.contains { $0.name.hasPrefix(name + "[") } || !isRequired ? [] : nil
            }
        }
        return found.isEmpty ? nil : found
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// Cookies of a request (RFC 6265 §4.2).
private enum StubCookies {
    static func values(of name: String, in request: HTTPRequest) -> [String] {
        request.headers.values(of: "Cookie").flatMap { $0.split(separator: ";") }.compactMap { pair in
            let parts = pair.drop { $0 == " " }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0] == name ? String(parts[1]) : nil
        }
    }
}

/// The body that an operation takes.
struct OpenAPIBody: Sendable {
    struct Media: Sendable {
        /// Lower case, without parameters: `application/json`, `text/*`.
        var type: String
        var value: OpenAPIValue
        /// Of the properties, for forms.
        var fields: [String: OpenAPIValue] = [:]
    }

    enum Judgement {
        case problems([String])
        case wrongType(String)
    }

    var isRequired: Bool
    var media: [Media]

    /// What is wrong with the body of a request.
    func judge(_ request: HTTPRequest) -> Judgement {
        let written = request.headers["Content-Type"]
        if request.body.isEmpty, written == nil || !isRequired {
            return .problems(isRequired ? ["the body is missing"] : [])
        }
        let type = Self.essence(written ?? "")
        guard let media = media(for: type) else {
            if media.isEmpty { return .problems([]) }
            let wanted = media.map(\.type).joined(separator: " or ")
            return .wrongType(
                "content type: expected \(wanted), found \(written.map { "'\($0)'" } ?? "none")")
        }
        if Self.isJSON(type) {
            do {
                return .problems(media.value.problems(of: try JSON(parsing: request.body), "body"))
            } catch {
                return .problems(["body is not JSON: \(error)"])
            }
        }
        guard type == "application/x-www-form-urlencoded" else { return .problems([]) }
        var form = JSONObject()
        let pairs = queryPairs(String(decoding: request.body, as: UTF8.self))
        for (name, value) in pairs where form[name] == nil {
            let texts = pairs.filter { $0.name == name }.map(\.value)
            form[name] = media.fields[name]?.value(of: texts) ?? .string(value)
        }
        return .problems(media.value.problems(of: .object(form), "body"))
    }

    /// The exact type counts more than a range.
    private func media(for type: String) -> Media? {
        let range = type.prefix { $0 != "/" } + "/*"
        return media.first { $0.type == type } ?? media.first { $0.type == range }
            ?? media.first { $0.type == "*/*" }
    }

    /// `application/json` of `Application/JSON; charset=utf-8`.
    static func essence(_ type: some StringProtocol) -> String {
        type.drop { $0 == " " }.prefix { $0 != ";" && $0 != " " }.lowercased()
    }

    static func isJSON(_ type: String) -> Bool {
        let name = essence(type)
        return name == "application/json" || name.hasSuffix("+json")
    }
}
