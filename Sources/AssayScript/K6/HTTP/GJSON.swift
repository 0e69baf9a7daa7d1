/// Selects from a JSON text by the paths that `res.json('a.b.#(c==1)#.d')` takes.
///
/// The language is gjson's (github.com/tidwall/gjson, SYNTAX.md): names, wildcards, indexes, `#`, queries, `|`, modifiers,
/// `{…}` and `[…]` that put together, `!` literals. Every step goes from one JSON text to another, so what a path
/// makes and what stands in the document are the same thing. The document must be well-formed.
///
/// - Complexity: O(text) a step; what is passed over is scanned, not built.
struct GJSON {
    typealias Text = ArraySlice<UInt8>

    /// What comes behind a `|`, met on the way: it is applied to what was found.
    private(set) var pipe: Text?

    /// - Returns: the text of the value; `nil` when there is none.
    static func select(_ path: Text, from json: Text) -> Text? {
        if let (found, rest) = special(path, json) {
            guard let rest else { return found }
            return select(rest, from: found ?? [])
        }
        var walk = GJSON()
        let found: Text?
        if path.starts(with: [Ascii.dot, Ascii.dot]) {
            found = walk.array(GJSONScan.elements(ofLines: json), path.dropFirst(2))
        } else {
            switch GJSONScan.kind(json) {
            case .object: found = walk.object(json, path)
            case .array: found = walk.array(GJSONScan.elements(json), path)
            default: found = nil
            }
        }
        guard let pipe = walk.pipe else { return found }
        return select(pipe, from: found ?? [])
    }

    /// Paths that begin with something else than a name.
    ///
    /// - Returns: `nil` for names; else what was found, and the path to go on with.
    private static func special(_ path: Text, _ json: Text) -> (Text?, Text?)? {
        guard path.count > 1, let first = path.first else { return nil }
        var found: Text?
        var rest: Text
        switch first {
        case Ascii.at:
            guard let (made, after) = GJSONModifier.run(path, on: json) else { return nil }
            (found, rest) = (made, after)
        case Ascii.bang:
            guard let (made, after) = literal(path) else { return nil }
            (found, rest) = (made, after)
        case Ascii.leftBracket, Ascii.leftBrace:
            guard let (selectors, after) = GJSONSelector.all(in: path),
                after.isEmpty || after.first == Ascii.dot || after.first == Ascii.bar
            else { return nil }
            found = GJSONSelector.join(selectors, of: json, isObject: first == Ascii.leftBrace)
            rest = after
        default: return nil
        }
        if rest.first == Ascii.dot || rest.first == Ascii.bar {
            rest = rest.dropFirst()
            return (found, rest)
        }
        // A modifier may give what is no JSON, or nothing.
        return (found.flatMap(GJSONScan.firstValue), nil)
    }

    /// `!true`, `!"text"`, `!{"a":1}`.
    private static func literal(_ path: Text) -> (Text, Text)? {
        let name = path.dropFirst()
        guard let first = name.first else { return nil }
        switch first {
        case Ascii.leftBrace, Ascii.leftBracket, Ascii.quote, Ascii.plus, Ascii.minus, 0x30...0x39:
            let end = GJSONScan.end(of: name, isLiteral: true)
            return (name[..<end], name[end...])
        default:
            let end = name.firstIndex { $0 == Ascii.bar || $0 == Ascii.dot } ?? name.endIndex
            let word = String(decoding: name[..<end], as: UTF8.self).lowercased()
            guard ["true", "false", "null", "nan", "inf"].contains(word) else { return nil }
            return (name[..<end], name[end...])
        }
    }

    // MARK: objects

    private mutating func object(_ json: Text, _ path: Text) -> Text? {
        let part = GJSONPart(ofObject: path)
        if let after = part.pipe { pipe = after }
        var found: Text?
        GJSONScan.members(json) { key, value in
            guard part.matches(key: key) else { return true }
            guard let rest = part.rest else {
                found = value
                return false
            }
            found = descend(into: value, rest)
            return found == nil
        }
        return found
    }

    private mutating func descend(into value: Text, _ path: Text) -> Text? {
        switch GJSONScan.kind(value) {
        case .object: object(value, path)
        case .array: array(GJSONScan.elements(value), path)
        default: nil
        }
    }

    // MARK: arrays

    private mutating func array(_ elements: [Text], _ path: Text) -> Text? {
        let part = GJSONArrayPart(path)
        if let after = part.pipe { pipe = after }
        switch part.what {
        case .index(let index):
            guard let index, elements.indices.contains(index) else { return nil }
            guard let rest = part.rest else { return elements[index] }
            return descend(into: elements[index], rest)
        case .count: return Array(String(elements.count).utf8)[...]
        case .each(let key): return each(elements, key)
        case .query(let query): return ask(query, elements, part.rest)
        case .nothing: return nil
        }
    }

    /// `#.name`: what the path finds in each, as a list.
    private mutating func each(_ elements: [Text], _ key: Text) -> Text {
        let (path, after) = GJSONPart.splitPipe(key)
        if let after { pipe = after }
        return GJSONScan.list(elements.compactMap { Self.select(path, from: $0) })
    }

    private mutating func ask(_ query: GJSONQuery, _ elements: [Text], _ rest: Text?) -> Text? {
        var rest = rest
        var found: [Text] = []
        for element in elements {
            let isContainer = GJSONScan.isContainer(element)
            if !isContainer, !query.path.isEmpty { continue }
            guard query.matches(isContainer ? Self.select(query.path, from: element) : element) else {
                continue
            }
            var result: Text? = element
            if let path = rest {
                let (left, after) = GJSONPart.splitPipe(path)
                if let after {
                    pipe = after
                    rest = left
                }
                result = Self.select(left, from: element)
            }
            guard query.isForAll else { return result }
            if let result { found.append(result) }
        }
        return query.isForAll ? GJSONScan.list(found) : nil
    }
}

/// Bytes that mean something in paths and JSON.
enum Ascii {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let dot = UInt8(ascii: ".")
    static let bar = UInt8(ascii: "|")
    static let hash = UInt8(ascii: "#")
    static let at = UInt8(ascii: "@")
    static let bang = UInt8(ascii: "!")
    static let star = UInt8(ascii: "*")
    static let question = UInt8(ascii: "?")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let plus = UInt8(ascii: "+")
    static let minus = UInt8(ascii: "-")
    static let tilde = UInt8(ascii: "~")
    static let leftBracket = UInt8(ascii: "[")
    static let rightBracket = UInt8(ascii: "]")
    static let leftBrace = UInt8(ascii: "{")
    static let rightBrace = UInt8(ascii: "}")
    static let leftParenthesis = UInt8(ascii: "(")
    static let rightParenthesis = UInt8(ascii: ")")
}
