/// One step of a path in an object: a name, perhaps with wildcards, and what follows it.
struct GJSONPart {
    typealias Text = ArraySlice<UInt8>

    /// Without the backslashes of its escapes.
    private var name: [UInt8] = []
    private var isWild = false
    /// Behind the dot; `nil` at the end of a path.
    private(set) var rest: Text?
    /// Behind a `|`, or before a modifier: applied to what was found.
    private(set) var pipe: Text?

    init(ofObject path: Text) {
        var place = path.startIndex
        while place < path.endIndex {
            let byte = path[place]
            switch byte {
            case Ascii.bar:
                pipe = path[(place + 1)...]
                return
            case Ascii.dot:
                let after = path[(place + 1)...]
                if Self.beginsAnew(after) { pipe = after } else { rest = after }
                return
            case Ascii.backslash where place + 1 < path.endIndex:
                place += 1
                // An escaped wildcard of a name with others stays escaped, for the matching.
                if isWild, path[place] == Ascii.star || path[place] == Ascii.question {
                    name.append(Ascii.backslash)
                }
                name.append(path[place])
                place += 1
                continue
            case Ascii.star, Ascii.question: isWild = true
            default: break
            }
            name.append(byte)
            place += 1
        }
    }

    /// A modifier, or `{…}` and `[…]`, behind a dot takes the value as if behind a `|`.
    static func beginsAnew(_ path: Text) -> Bool {
        switch path.first {
        case Ascii.leftBracket, Ascii.leftBrace: true
        case Ascii.at: GJSONModifier.isName(GJSONModifier.name(of: path))
        default: false
        }
    }

    /// - Parameter key: with its quotes.
    func matches(key: Text) -> Bool {
        let inner = key.dropFirst().dropLast()
        if isWild { return wildcardMatches(GJSONScan.string(key)[...], name[...]) }
        if inner.contains(Ascii.backslash) { return GJSONScan.string(key) == name }
        return inner.elementsEqual(name)
    }

    /// A path up to a `|`, and what is behind it; queries are passed over.
    static func splitPipe(_ path: Text) -> (Text, Text?) {
        guard path.contains(Ascii.bar) else { return (path, nil) }
        var place = path.startIndex
        if path.first == Ascii.leftBrace { place = GJSONScan.end(of: path) }
        while place < path.endIndex {
            switch path[place] {
            case Ascii.backslash: place += 1
            case Ascii.hash
            where place + 1 < path.endIndex
                && (path[place + 1] == Ascii.leftParenthesis || path[place + 1] == Ascii.leftBracket):
                place = GJSONScan.end(of: path[(place + 1)...]) - 1
            case Ascii.bar: return (path[..<place], path[(place + 1)...])
            default: break
            }
            place += 1
        }
        return (path, nil)
    }
}

/// One step of a path in an array.
struct GJSONArrayPart {
    typealias Text = ArraySlice<UInt8>

    enum What {
        /// `nil` for a name, which no array has.
        case index(Int?)
        case count
        case each(Text)
        case query(GJSONQuery)
        case nothing
    }

    private(set) var what = What.nothing
    private(set) var rest: Text?
    private(set) var pipe: Text?

    init(_ path: Text) {
        guard path.first == Ascii.hash else {
            // A `#` further on belongs to a later step.
            let end = path.firstIndex { $0 == Ascii.dot || $0 == Ascii.bar || $0 == Ascii.hash }
            if end.map({ path[$0] != Ascii.hash }) ?? true { readIndex(path) }
            return
        }
        var after = path.dropFirst()
        switch after.first {
        case nil: what = .count
        case Ascii.dot: what = .each(after.dropFirst())
        case Ascii.bar:
            what = .count
            pipe = after.dropFirst()
        case Ascii.leftParenthesis, Ascii.leftBracket:
            guard var (query, behind) = GJSONQuery.reading(after) else { return }
            if behind.first == Ascii.hash {
                query.isForAll = true
                behind = behind.dropFirst()
            }
            what = .query(query)
            after = behind
            if after.first == Ascii.bar { pipe = after.dropFirst() }
            if after.first == Ascii.dot { rest = after.dropFirst() }
        default: break
        }
    }

    private mutating func readIndex(_ path: Text) {
        let end = path.firstIndex { $0 == Ascii.dot || $0 == Ascii.bar } ?? path.endIndex
        let digits = path[..<end]
        let isNumber = !digits.isEmpty && digits.allSatisfy { $0 &- 0x30 <= 9 }
        what = .index(isNumber ? Int(String(decoding: digits, as: UTF8.self)) : nil)
        guard end < path.endIndex else { return }
        let after = path[(end + 1)...]
        if path[end] == Ascii.bar || GJSONPart.beginsAnew(after) { pipe = after } else { rest = after }
    }
}

/// Whether a text is like a pattern: `*` for any characters, `?` for one, `\` before one that stands for itself.
///
/// Without recursion: after a mismatch the last `*` takes one more character.
///
/// - Complexity: O(text × pattern).
func wildcardMatches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (text, pattern) = (text, pattern)
    var again: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while true {
        if pattern.first == Ascii.star {
            pattern = pattern.dropFirst()
            again = (text, pattern)
            continue
        }
        if text.isEmpty, pattern.isEmpty { return true }
        if let (left, right) = oneMatches(text, pattern) {
            (text, pattern) = (left, right)
            continue
        }
        guard let (from, rest) = again, !from.isEmpty else { return false }
        text = from.dropFirst(scalarLength(from))
        pattern = rest
        again = (text, rest)
    }
}

private func oneMatches(
    _ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>
) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
    guard let wanted = pattern.first, let byte = text.first else { return nil }
    if wanted == Ascii.question { return (text.dropFirst(scalarLength(text)), pattern.dropFirst()) }
    if wanted == Ascii.backslash, pattern.count > 1 {
        let rest = pattern.dropFirst()
        return rest.first == byte ? (text.dropFirst(), rest.dropFirst()) : nil
    }
    return wanted == byte ? (text.dropFirst(), pattern.dropFirst()) : nil
}

/// Bytes of the first character, as far as UTF-8 tells.
private func scalarLength(_ text: ArraySlice<UInt8>) -> Int {
    guard let first = text.first else { return 0 }
    let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    return min(length, text.count)
}
