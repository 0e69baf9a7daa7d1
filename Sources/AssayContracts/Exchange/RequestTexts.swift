import AssayFormats

/// The parts of a request that parameters are read from.
struct RequestTexts {
    struct Pair {
        /// Decoded.
        var name: String
        /// As sent, percent-encoded.
        var text: String
    }

    let query: [Pair]
    private let path: [APIMatch.Value]
    private let headers: [ContractExchange.Header]
    private let cookies: [Pair]

    init(_ request: ContractExchange.Request, path: [APIMatch.Value]) {
        self.path = path
        headers = request.headers
        query = Self.pairs(request.query ?? "")
        cookies = request.headers.filter { $0.name.lowercased() == "cookie" }.flatMap {
            $0.value.split(separator: ";").compactMap { pair in
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "=") else { return nil }
                return Pair(name: String(pair[..<equals]), text: String(pair[pair.index(after: equals)...]))
            }
        }
    }

    /// Of a query or of a form.
    static func pairs(_ text: some StringProtocol) -> [Pair] {
        text.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return Pair(
                name: StyledText.decoded(Substring(name), plusIsSpace: true),
                text: String(pair.dropFirst(name.count + 1)))
        }
    }

    func values(of parameter: ExchangePlan.Parameter) -> StyledText.Found {
        let value = parameter.value
        switch parameter.place {
        case .path:
            guard let text = path.first(where: { $0.name == parameter.name })?.text else { return .absent }
            return StyledText.path(text, parameter)
        case .header:
            let texts = headers.filter { $0.name.lowercased() == parameter.name.lowercased() }.map(\.value)
            guard !texts.isEmpty else { return .absent }
            return StyledText.header(texts, value, isExploded: parameter.isExploded)
        case .query: return form(parameter, query)
        case .cookie: return form(parameter, cookies)
        }
    }

    private func form(_ parameter: ExchangePlan.Parameter, _ pairs: [Pair]) -> StyledText.Found {
        let value = parameter.value
        let shape = value.shape
        let texts = pairs.filter { $0.name == parameter.name }.map(\.text)
        if value.isJSON {
            guard let text = texts.last else { return .absent }
            return StyledText.json(StyledText.decoded(Substring(text), plusIsSpace: true))
        }
        if shape.isObject, texts.isEmpty {
            let object =
                parameter.style == .deepObject
                ? DeepObject.value(named: parameter.name, in: pairs, shape)
                : parameter.isExploded ? exploded(shape, pairs) : nil
            guard let object else { return .absent }
            return .values([object])
        }
        guard !texts.isEmpty else { return .absent }
        if parameter.allowsEmpty, texts.allSatisfy(\.isEmpty) { return .values([]) }
        let found = StyledText.form(
            texts, shape, style: parameter.style, isExploded: parameter.isExploded)
        return .values(found)
    }

    /// An object whose members stand in the query by their own names; `nil` when none is there.
    private func exploded(_ shape: TextShape, _ pairs: [Pair]) -> JSON? {
        var members = JSONObject()
        for (name, property) in shape.properties {
            let texts = pairs.filter { $0.name == name }.map(\.text)
            guard !texts.isEmpty else { continue }
            members[name] = StyledText.form(texts, property, style: .form, isExploded: true).first
        }
        return members.isEmpty ? nil : .some(.object(members))
    }

    /// Names in the query that no parameter has, each once.
    func unknownQueryNames(_ parameters: [ExchangePlan.Parameter]) -> [String] {
        let known = parameters.filter { $0.place == .query }
        var unknown: [String] = []
        for pair in query where !unknown.contains(pair.name) {
            let isKnown = known.contains { parameter in
                if parameter.name == pair.name { return true }
                guard parameter.value.shape.isObject, !parameter.value.isJSON else { return false }
                if parameter.style == .deepObject { return pair.name.hasPrefix(parameter.name + "[") }
                let shape = parameter.value.shape
                return parameter.isExploded && (shape.isOpen || shape.properties[pair.name] != nil)
            }
            if !isKnown { unknown.append(pair.name) }
        }
        return unknown
    }
}

/// `filter[name]=x&filter[range][from]=1&filter[ids][]=2`.
///
/// Only objects of one level are described by OpenAPI; deeper ones are read as most servers do.
enum DeepObject {
    /// Deeper names count as plain ones.
    private static let depthLimit = 8

    static func value(named name: String, in pairs: [RequestTexts.Pair], _ shape: TextShape) -> JSON? {
        var root = Node()
        for pair in pairs {
            guard pair.name.hasPrefix(name + "["), let keys = keys(of: pair.name.dropFirst(name.count)) else {
                continue
            }
            root.add(keys[...], StyledText.decoded(Substring(pair.text), plusIsSpace: true))
        }
        return root.isEmpty ? nil : .some(root.value(shape))
    }

    /// `a` and `b` of `[a][b]`.
    private static func keys(of text: Substring) -> [String]? {
        var keys: [String] = []
        var rest = text
        while rest.first == "[", let end = rest.firstIndex(of: "]"), keys.count < depthLimit {
            keys.append(String(rest[rest.index(after: rest.startIndex)..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty && !keys.isEmpty ? keys : nil
    }

    private struct Node {
        var texts: [String] = []
        var names: [String] = []
        var members: [String: Node] = [:]

        var isEmpty: Bool { texts.isEmpty && names.isEmpty }

        mutating func add(_ keys: ArraySlice<String>, _ text: String) {
            guard let key = keys.first else { return texts.append(text) }
            if members[key] == nil { names.append(key) }
            members[key, default: Node()].add(keys.dropFirst(), text)
        }

        func value(_ shape: TextShape) -> JSON {
            guard !names.isEmpty else {
                if shape.isList { return .array(texts.map { shape.item.value(of: $0) }) }
                return shape.value(of: texts.last ?? "")
            }
            if shape.isList || names.allSatisfy({ $0.isEmpty || Int($0) != nil }) && !shape.isObject {
                let elements = names.flatMap { name -> [JSON] in
                    guard let node = members[name] else { return [] }
                    return node.names.isEmpty
                        ? node.texts.map { shape.item.value(of: $0) } : [node.value(shape.item)]
                }
                return .array(elements)
            }
            var object = JSONObject()
            for name in names { object[name] = members[name]?.value(shape.property(name)) }
            return .object(object)
        }
    }
}
