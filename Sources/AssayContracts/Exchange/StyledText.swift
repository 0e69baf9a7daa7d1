import AssayFormats

/// Values written as texts in the styles of parameters.
///
/// Sources: OpenAPI 3.1 §4.8.12 "Style Examples", RFC 6570 §3.2.
enum StyledText {
    enum Found: Equatable {
        case absent
        case malformed(expected: String, actual: String)
        /// What the text may stand for, the likeliest first; one that holds is enough.
        case values([JSON])
    }

    /// A header: simple style, several of one name put together.
    static func header(_ texts: [String], _ value: ExchangePlan.Value, isExploded: Bool) -> Found {
        if value.isJSON { return json(texts.joined(separator: ",")) }
        let shape = value.shape
        var found: [JSON] = []
        let words = texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map(trimmed)
        if shape.isList { found += lists(words, shape) }
        if shape.isObject { found += [object(words, shape, isExploded: isExploded)] }
        return .values(found + scalars(texts[0], shape, having: found))
    }

    /// A value of a path's segment.
    ///
    /// - Parameter text: as sent, percent-encoded.
    static func path(_ text: String, _ parameter: ExchangePlan.Parameter) -> Found {
        var text = Substring(text)
        let shape = parameter.value.shape
        if parameter.value.isJSON { return json(URIReference.percentDecoded(String(text))) }
        var separators: [Character] = [","]
        switch parameter.style {
        case .label:
            guard text.first == "." else { return malformed("'.' before the value", text) }
            text.removeFirst()
            // 3.0's table has dots where RFC 6570 has commas.
            separators = parameter.isExploded ? ["."] : [",", "."]
        case .matrix:
            guard text.first == ";" else { return malformed("';\(parameter.name)=' before the value", text) }
            text.removeFirst()
            if parameter.isExploded, shape.isObject {
                separators = [";"]
            } else {
                let pieces = text.split(separator: ";", omittingEmptySubsequences: false)
                let mark = parameter.name + "="
                guard pieces.allSatisfy({ $0.hasPrefix(mark) || $0 == parameter.name }) else {
                    return malformed("';\(mark)' before the value", ";" + text)
                }
                let values = pieces.map { $0.dropFirst(mark.count) }
                if parameter.isExploded, shape.isList {
                    return .values(lists(values.map { decoded($0) }, shape))
                }
                text = values[0]
            }
        default: break
        }
        var found: [JSON] = []
        for separator in separators where shape.isList || shape.isObject {
            let words = text.split(separator: separator, omittingEmptySubsequences: false).map { decoded($0) }
            if shape.isList { found += lists(words, shape) }
            if shape.isObject { found.append(object(words, shape, isExploded: parameter.isExploded)) }
        }
        return .values(found + scalars(decoded(text), shape, having: found))
    }

    /// Values of a name in a query, a form or cookies.
    ///
    /// - Parameter texts: as sent, percent-encoded; one for each time the name is there.
    static func form(
        _ texts: [String], _ shape: TextShape, style: APIParameter.Style, isExploded: Bool
    ) -> [JSON] {
        let plain = texts.map { decoded(Substring($0), plusIsSpace: true) }
        var found: [JSON] = []
        if isExploded && style != .deepObject || style == .deepObject {
            if shape.isList { found += lists(plain, shape) }
        } else {
            let separator: Character = style == .spaceDelimited ? " " : style == .pipeDelimited ? "|" : ","
            // A client may have encoded the commas between values too.
            let split = plain.flatMap { $0.split(separator: separator, omittingEmptySubsequences: false) }
            var readings = [split.map(String.init)]
            if style == .form {
                let raw = texts.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
                readings.insert(raw.map { decoded($0, plusIsSpace: true) }, at: 0)
            }
            for words in readings {
                let words = words == [""] ? [] : words
                if shape.isList { found += lists(words, shape) }
                if shape.isObject { found.append(object(words, shape, isExploded: false)) }
            }
        }
        // A list of one, for schemas that say nothing.
        if shape.types.isEmpty, plain.count > 1 { found.append(.array(plain.map { .string($0) })) }
        return found + scalars(plain.last ?? "", shape, having: found)
    }

    static func json(_ text: String) -> Found {
        do {
            return .values([try JSON(parsing: text)])
        } catch {
            return .malformed(
                expected: "JSON: \(error.expected)", actual: "\(error.actual) in '\(Shortened.bounded(text))'"
            )
        }
    }

    // MARK: Parts

    /// The readings of a list: each element as what it likeliest is, and all as texts.
    private static func lists(_ words: [String], _ shape: TextShape) -> [JSON] {
        let item = shape.item
        let likely = JSON.array(words.map { item.value(of: $0) })
        let texts = JSON.array(words.map { .string($0) })
        return likely == texts ? [likely] : [likely, texts]
    }

    /// `R,100,G,200` or, exploded, `R=100,G=200`.
    private static func object(_ words: [String], _ shape: TextShape, isExploded: Bool) -> JSON {
        var members = JSONObject()
        if isExploded {
            for word in words {
                let name = String(word.prefix { $0 != "=" })
                members[name] = shape.property(name).value(of: String(word.dropFirst(name.count + 1)))
            }
        } else {
            for place in stride(from: 0, to: words.count, by: 2) {
                let text = place + 1 < words.count ? words[place + 1] : ""
                members[words[place]] = shape.property(words[place]).value(of: text)
            }
        }
        return .object(members)
    }

    /// The readings as a single value, where one is allowed or nothing else was found.
    private static func scalars(_ text: String, _ shape: TextShape, having found: [JSON]) -> [JSON] {
        let isScalar = found.isEmpty || !shape.types.isSubset(of: ["array", "object"])
        return isScalar ? shape.values(of: text) : []
    }

    private static func malformed(_ expected: String, _ text: Substring) -> Found {
        .malformed(expected: expected, actual: "'\(Shortened.bounded(String(text)))'")
    }

    static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String {
        guard plusIsSpace, text.utf8.contains(UInt8(ascii: "+")) else {
            return URIReference.percentDecoded(String(text))
        }
        return URIReference.percentDecoded(String(text.map { $0 == "+" ? " " : $0 }))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
