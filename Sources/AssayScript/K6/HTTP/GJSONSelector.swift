/// One part of `{a.b,"name":c}` or `[a,b]`.
struct GJSONSelector {
    typealias Text = ArraySlice<UInt8>

    var name: Text?
    var path: Text

    /// - Returns: the parts, and what follows the closing bracket; `nil` when it is missing.
    static func all(in path: Text) -> ([GJSONSelector], Text)? {
        var found: [GJSONSelector] = []
        var depth = 1
        var colon: Int?
        var modifier = false
        var start = path.startIndex + 1
        var place = start
        func part(to end: Int) -> GJSONSelector {
            guard let colon else { return GJSONSelector(name: nil, path: path[start..<end]) }
            return GJSONSelector(name: path[start..<colon], path: path[(colon + 1)..<end])
        }
        while place < path.endIndex {
            switch path[place] {
            case Ascii.backslash: place += 1
            case Ascii.at:
                let before = path[place - 1]
                if before == Ascii.dot || before == Ascii.bar { modifier = true }
            case Ascii.colon: if !modifier, colon == nil, depth == 1 { colon = place }
            case Ascii.comma where depth == 1:
                found.append(part(to: place))
                (colon, modifier, start) = (nil, false, place + 1)
            case Ascii.quote: place = GJSONScan.end(of: path[place...]) - 1
            case Ascii.leftBracket, Ascii.leftParenthesis, Ascii.leftBrace: depth += 1
            case Ascii.rightBracket, Ascii.rightParenthesis, Ascii.rightBrace:
                depth -= 1
                if depth == 0 {
                    found.append(part(to: place))
                    return (found, path[(place + 1)...])
                }
            default: break
            }
            place += 1
        }
        return nil
    }

    /// Puts together what the parts find; those that find nothing are left out.
    static func join(_ selectors: [GJSONSelector], of json: Text, isObject: Bool) -> Text {
        var parts: [Text] = []
        for selector in selectors {
            guard let found = GJSON.select(selector.path, from: json) else { continue }
            parts.append(isObject ? selector.key + [Ascii.colon] + found : found)
        }
        return isObject
            ? GJSONScan.joined(parts, Ascii.leftBrace, Ascii.rightBrace) : GJSONScan.list(parts)
    }

    private var key: Text {
        if let name, !name.isEmpty {
            return name.first == Ascii.quote ? name : GJSONScan.quoted(name)[...]
        }
        let last = lastName
        let isSimple = !last.contains { $0 < 0x20 || "[]{}()#|!".utf8.contains($0) }
        return GJSONScan.quoted(isSimple ? last : [UInt8(ascii: "_")])[...]
    }

    private var lastName: Text {
        for place in path.indices.reversed() where path[place] == Ascii.bar || path[place] == Ascii.dot {
            if place > path.startIndex, path[place - 1] == Ascii.backslash { continue }
            return path[(place + 1)...]
        }
        return path
    }
}
