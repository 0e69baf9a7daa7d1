internal import AssayFormats

/// The steps of a path that change a value: `@reverse`, `@flatten:{"deep":true}`.
enum GJSONModifier {
    typealias Text = ArraySlice<UInt8>

    private static let all: [String: @Sendable (_ json: Text, _ argument: Text) -> Text] = [
        // What a script gets of them is a value, and that has no white space.
        "pretty": { json, _ in json }, "this": { json, _ in json },
        "ugly": { json, _ in ugly(json) },
        "reverse": { json, _ in reversed(json) },
        "flatten": { json, argument in flattened(json, isDeep: flag("deep", argument)) },
        "join": { json, argument in joined(json, keepsAll: flag("preserve", argument)) },
        "valid": { json, _ in isValid(json) ? json : [] },
        "keys": { json, _ in keys(json) }, "values": { json, _ in values(json) },
        "tostr": { json, _ in GJSONScan.quoted(json)[...] },
        "fromstr": { json, _ in unwrapped(json) },
        "group": { json, _ in grouped(json) },
        "dig": { json, argument in dug(json, argument) },
    ]

    static func isName(_ name: Text) -> Bool { all[String(decoding: name, as: UTF8.self)] != nil }

    /// The name at the start of a path that begins with `@`.
    static func name(of path: Text) -> Text {
        path.dropFirst().prefix { $0 != Ascii.dot && $0 != Ascii.bar && $0 != Ascii.colon }
    }

    /// - Returns: what the modifier made, and the rest of the path; `nil` when there is no such modifier.
    static func run(_ path: Text, on json: Text) -> (Text, Text)? {
        let name = name(of: path)
        guard let modifier = all[String(decoding: name, as: UTF8.self)] else { return nil }
        var rest = path[name.endIndex...]
        var argument: Text = []
        if rest.first == Ascii.colon {
            rest = rest.dropFirst()
            argument = rest[..<endOfArgument(rest)]
            rest = rest[argument.endIndex...]
        }
        return (modifier(json, argument), rest)
    }

    private static func endOfArgument(_ text: Text) -> Int {
        if text.first == Ascii.leftBrace || text.first == Ascii.leftBracket || text.first == Ascii.quote {
            return GJSONScan.end(of: text)
        }
        var place = text.startIndex
        while place < text.endIndex, text[place] != Ascii.bar {
            switch text[place] {
            case Ascii.leftBrace, Ascii.leftBracket, Ascii.quote, Ascii.leftParenthesis:
                place = GJSONScan.end(of: text[place...])
            default: place += 1
            }
        }
        return place
    }

    private static func flag(_ name: String, _ argument: Text) -> Bool {
        GJSON.select(Array(name.utf8)[...], from: argument).flatMap(GJSONScan.kind) == .true
    }

    // MARK: what they do

    private static func ugly(_ json: Text) -> Text {
        var bytes: [UInt8] = []
        var rest = json
        while let byte = rest.first {
            if byte == Ascii.quote {
                let end = GJSONScan.end(of: rest)
                bytes += rest[..<end]
                rest = rest[end...]
            } else {
                if byte > 0x20 { bytes.append(byte) }
                rest = rest.dropFirst()
            }
        }
        return bytes[...]
    }

    private static func pairs(_ json: Text) -> [(key: Text, value: Text)] {
        var found: [(key: Text, value: Text)] = []
        GJSONScan.members(json) { key, value in
            found.append((key, value))
            return true
        }
        return found
    }

    private static func object(_ pairs: [(key: Text, value: Text)]) -> Text {
        let members = pairs.map { $0.key + [Ascii.colon] + $0.value }
        return GJSONScan.joined(members, Ascii.leftBrace, Ascii.rightBrace)
    }

    private static func reversed(_ json: Text) -> Text {
        switch GJSONScan.kind(json) {
        case .array: GJSONScan.list(GJSONScan.elements(json).reversed())
        case .object: object(pairs(json).reversed())
        default: json
        }
    }

    private static func flattened(_ json: Text, isDeep: Bool) -> Text {
        guard GJSONScan.kind(json) == .array else { return json }
        return GJSONScan.list(leaves(json, isDeep: isDeep))
    }

    private static func leaves(_ json: Text, isDeep: Bool) -> [Text] {
        GJSONScan.elements(json).flatMap { element in
            guard GJSONScan.kind(element) == .array else { return [element] }
            return isDeep ? leaves(element, isDeep: true) : GJSONScan.elements(element)
        }
    }

    private static func joined(_ json: Text, keepsAll: Bool) -> Text {
        guard GJSONScan.kind(json) == .array else { return json }
        let all = GJSONScan.elements(json).filter { GJSONScan.kind($0) == .object }.flatMap(pairs)
        if keepsAll { return object(all) }
        var kept: [(key: Text, value: Text)] = []
        var places: [[UInt8]: Int] = [:]
        for pair in all {
            let name = GJSONScan.string(pair.key)
            if let place = places[name] {
                kept[place].value = pair.value
            } else {
                places[name] = kept.count
                kept.append(pair)
            }
        }
        return object(kept)
    }

    private static func keys(_ json: Text) -> Text {
        switch GJSONScan.kind(json) {
        case .object: GJSONScan.list(pairs(json).map(\.key))
        case .array: GJSONScan.list(GJSONScan.elements(json).map { _ in Array("null".utf8)[...] })
        default: Array("[]".utf8)[...]
        }
    }

    private static func values(_ json: Text) -> Text {
        switch GJSONScan.kind(json) {
        case .object: GJSONScan.list(pairs(json).map(\.value))
        case .array: json
        case nil: Array("[]".utf8)[...]
        default: GJSONScan.list([json])
        }
    }

    private static func unwrapped(_ json: Text) -> Text {
        guard isValid(json) else { return [] }
        guard GJSONScan.kind(json) == .string, let text = GJSONScan.firstValue(json) else { return json }
        return GJSONScan.string(text)[...]
    }

    /// `{"a":[1,2],"b":[3]}` → `[{"a":1,"b":3},{"a":2}]`.
    private static func grouped(_ json: Text) -> Text {
        guard GJSONScan.kind(json) == .object else { return [] }
        var groups: [[(key: Text, value: Text)]] = []
        for pair in pairs(json) where GJSONScan.kind(pair.value) == .array {
            for (place, element) in GJSONScan.elements(pair.value).enumerated() {
                if place == groups.count { groups.append([]) }
                groups[place].append((pair.key, element))
            }
        }
        return GJSONScan.list(groups.map(object))
    }

    /// What a path finds at any depth.
    private static func dug(_ json: Text, _ path: Text) -> Text {
        var found: [Text] = []
        dig(json, path, &found)
        return GJSONScan.list(found)
    }

    private static func dig(_ json: Text, _ path: Text, _ found: inout [Text]) {
        if let value = GJSON.select(path, from: json) { found.append(value) }
        switch GJSONScan.kind(json) {
        case .array: for element in GJSONScan.elements(json) { dig(element, path, &found) }
        case .object: for pair in pairs(json) { dig(pair.value, path, &found) }
        default: break
        }
    }

    private static func isValid(_ json: Text) -> Bool {
        var tape = JSONTape()
        return (try? tape.parse(Array(json))) != nil
    }
}
