/// What is overwritten and added in a text whose lines have to stay.
struct SourceEdits {
    struct Edit {
        var start: Int
        var end: Int
        /// What takes the place; blanks fill what is left of it.
        var text: String
    }

    private(set) var all: [Edit] = []

    var count: Int { all.count }

    mutating func truncate(to count: Int) { all.removeLast(all.count - count) }

    /// Overwrites with blanks, behind a text if there is one.
    mutating func erase(_ start: Int, _ end: Int, with text: String = "") {
        if start < end { all.append(Edit(start: start, end: end, text: text)) }
    }

    /// Overwrites statements and forgets what was done in them.
    mutating func eraseWhole(_ ranges: [(start: Int, end: Int)]) {
        guard !ranges.isEmpty else { return }
        all.removeAll { edit in
            // The ranges are in order: the last that begins before it is the only one that can hold it.
            var (low, high) = (0, ranges.count)
            while low < high {
                let middle = (low + high) / 2
                if ranges[middle].start <= edit.start { low = middle + 1 } else { high = middle }
            }
            return low > 0 && edit.end <= ranges[low - 1].end
        }
        for range in ranges { erase(range.start, range.end, with: ";") }
    }

    mutating func insert(_ text: String, at place: Int) {
        all.append(Edit(start: place, end: place, text: text))
    }

    mutating func setText(_ text: String, of index: Int) { all[index].text = text }

    /// Lets what was erased last, and ends where a statement does, end the statement by itself: without it the line
    /// behind could be read as its continuation.
    mutating func closeStatement(endingAt end: Int) {
        guard let last = all.last, last.end == end, last.start < end, last.text.isEmpty else { return }
        all[all.count - 1].text = ";"
    }

    func applied(to source: [UInt8]) -> [UInt8] {
        guard !all.isEmpty else { return source }
        let order = all.indices.sorted { (all[$0].start, $0) < (all[$1].start, $1) }
        var result: [UInt8] = []
        result.reserveCapacity(source.count + 16 * all.count)
        var place = 0
        for index in order {
            let edit = all[index]
            if edit.start > place {
                result += source[place..<edit.start]
                place = edit.start
            }
            result += edit.text.utf8
            blank(source, from: place, to: edit.end, less: edit.text.utf8.count, into: &result)
            place = max(place, edit.end)
        }
        result += source[place...]
        return result
    }

    /// One blank for each scalar, line breaks as they are.
    private func blank(_ source: [UInt8], from: Int, to: Int, less: Int, into result: inout [UInt8]) {
        var left = less
        var place = from
        while place < to {
            let byte = source[place]
            if byte == 10 || byte == 13 {
                result.append(byte)
            } else if ScriptCharacters.isSeparator(source, place) {
                result += source[place..<place + 3]
                place += 2
            } else if byte & 0xC0 != 0x80 {
                if left > 0 { left -= 1 } else { result.append(32) }
            }
            place += 1
        }
    }
}

/// What ECMAScript says of single characters.
enum ScriptCharacters {
    /// U+2028 and U+2029 end lines.
    static func isSeparator(_ source: [UInt8], _ place: Int) -> Bool {
        place + 2 < source.count && source[place] == 0xE2 && source[place + 1] == 0x80
            && (source[place + 2] == 0xA8 || source[place + 2] == 0xA9)
    }

    static func hasLineBreak(_ source: [UInt8], _ start: Int, _ end: Int) -> Bool {
        var place = start
        while place < end {
            if source[place] == 10 || source[place] == 13 || isSeparator(source, place) { return true }
            place += 1
        }
        return false
    }

    /// Blanks beyond ASCII: how many bytes, 0 when it is none.
    static func wideBlank(_ source: [UInt8], _ place: Int) -> Int {
        switch source[place] {
        case 0xC2: place + 1 < source.count && source[place + 1] == 0xA0 ? 2 : 0
        case 0xE1: matches(source, place, 0x9A, 0x80...0x80) ? 3 : 0
        case 0xE2:
            matches(source, place, 0x80, 0x80...0x8A) || matches(source, place, 0x80, 0xAF...0xAF)
                || matches(source, place, 0x81, 0x9F...0x9F) ? 3 : 0
        case 0xE3: matches(source, place, 0x80, 0x80...0x80) ? 3 : 0
        case 0xEF: matches(source, place, 0xBB, 0xBF...0xBF) ? 3 : 0
        default: 0
        }
    }

    private static func matches(_ source: [UInt8], _ place: Int, _ second: UInt8, _ third: ClosedRange<UInt8>)
        -> Bool
    {
        place + 2 < source.count && source[place + 1] == second && third.contains(source[place + 2])
    }

    static func isNameStart(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 32) || byte == 95 || byte == 36 || byte >= 128 || byte == 92
    }

    static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
