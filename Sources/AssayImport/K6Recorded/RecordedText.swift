internal import AssayCore
internal import AssayFormats

/// Texts of a recorded script: what differs between two passes is random, what a third one marks is of the environment,
/// and placeholders stand for values of answers.
struct RecordedText {
    /// A piece of a text: as it is, or an expression, or a placeholder whose name is found later.
    enum Piece: Equatable {
        case text(String)
        case expression(String)
        case symbol(JSON)
    }

    /// One text of each pass.
    struct Versions {
        /// The one that is kept.
        var plain: String
        /// With other random numbers; `nil` when the pass went another way.
        var random: String?
        /// With marks in place of variables of the environment.
        var marked: String?
    }

    static let mark: Character = "\u{1}"

    /// The pieces of a text, and whether something random in it has no words.
    static func pieces(
        _ versions: Versions, symbols: [JSON], markedSymbols: [JSON]
    ) -> (pieces: [Piece], isUnclear: Bool) {
        let tokens = split(versions.plain, symbols)
        var ranges: [(range: Range<Int>, text: String)] = []
        let flat = tokens.flat
        if let marked = versions.marked, marked != versions.plain {
            ranges += environment(flat, split(marked, markedSymbols).flat)
        }
        var isUnclear = false
        if let random = versions.random {
            let other = split(random, symbols).flat
            if other != flat {
                if let found = differences(flat, other) {
                    ranges += found.filter { one in !ranges.contains { $0.range.overlaps(one.range) } }
                } else {
                    isUnclear = true
                }
            }
        }
        ranges += times(flat).filter { one in !ranges.contains { $0.range.overlaps(one.range) } }
        ranges.sort { $0.range.lowerBound < $1.range.lowerBound }
        var pieces: [Piece] = []
        func add(_ slice: ArraySlice<Element>) {
            for element in slice {
                switch element {
                case .symbol(let about): pieces.append(.symbol(about))
                case .character(let character):
                    if case .text(let text)? = pieces.last {
                        pieces[pieces.count - 1] = .text(text + String(character))
                    } else {
                        pieces.append(.text(String(character)))
                    }
                }
            }
        }
        var place = 0
        for (range, text) in ranges where range.lowerBound >= place {
            add(flat[place..<range.lowerBound])
            pieces.append(.expression(text))
            place = range.upperBound
        }
        add(flat[place...])
        return (pieces, isUnclear)
    }

    // MARK: placeholders

    enum Element: Equatable {
        case character(Character)
        case symbol(JSON)
    }

    private struct Tokens { var flat: [Element] }

    private static func split(_ given: String, _ symbols: [JSON]) -> Tokens {
        // JSON that the script wrote has the mark as an escape.
        let text = given.replacing("\\u0001", with: String(mark))
        guard text.contains(mark) else { return Tokens(flat: text.map { .character($0) }) }
        var flat: [Element] = []
        for (place, part) in text.split(separator: mark, omittingEmptySubsequences: false).enumerated() {
            if place % 2 == 1, let number = Int(part), symbols.indices.contains(number) {
                flat.append(.symbol(symbols[number]))
            } else {
                flat += part.map { .character($0) }
            }
        }
        return Tokens(flat: flat)
    }

    // MARK: the environment

    /// Which parts of a text are variables: the texts between the marks of the other one are found in it, in order.
    private static func environment(_ plain: [Element], _ marked: [Element]) -> [(
        range: Range<Int>, text: String
    )] {
        var literals: [[Element]] = [[]]
        var names: [String] = []
        for element in marked {
            if case .symbol(let about) = element, about["kind"]?.stringValue == "env" {
                names.append(about["text"]?.stringValue ?? "")
                literals.append([])
            } else {
                literals[literals.count - 1].append(element)
            }
        }
        guard !names.isEmpty, plain.starts(with: literals[0]) else { return [] }
        var result: [(range: Range<Int>, text: String)] = []
        var place = literals[0].count
        for (number, name) in names.enumerated() {
            let next = literals[number + 1]
            var end: Int?
            if number == names.count - 1 {
                let start = plain.count - next.count
                if start >= place, plain[start...].elementsEqual(next) { end = start }
            } else if !next.isEmpty {
                end = (place...max(place, plain.count)).first { plain[$0...].starts(with: next) }
            }
            guard let end, TemplateWriting.isName(name) else { return [] }
            var text = ""
            for element in plain[place..<end] {
                guard case .character(let character) = element else { return [] }
                text.append(character)
            }
            let isUnset = text == "undefined" || text.isEmpty
            result.append(
                (place..<end, isUnset ? "env.\(name)" : "env.\(name) || \(TemplateText.literal(text))"))
            place = end + next.count
        }
        return result
    }

    // MARK: chance and time

    /// Whole numbers that differ between two texts that are the same otherwise, else one part of letters and digits.
    private static func differences(_ first: [Element], _ second: [Element]) -> [(
        range: Range<Int>, text: String
    )]? {
        let (a, b) = (runs(first), runs(second))
        if a.count == b.count, zip(a, b).allSatisfy({ $0.isNumber == $1.isNumber }) {
            var result: [(range: Range<Int>, text: String)] = []
            for (one, other) in zip(a, b) {
                let (left, right) = (Array(first[one.range]), Array(second[other.range]))
                if left == right { continue }
                guard one.isNumber, let low = number(left), let high = number(right) else {
                    return part(first, second)
                }
                result.append((one.range, "random.int(\(min(low, high)), \(max(low, high)))"))
            }
            return result
        }
        return part(first, second)
    }

    private static func part(_ first: [Element], _ second: [Element]) -> [(range: Range<Int>, text: String)]?
    {
        let start = zip(first, second).prefix { $0 == $1 }.count
        let end = zip(first.reversed(), second.reversed()).prefix { $0 == $1 }.count
        let last = min(end, first.count - start, second.count - start)
        let (left, right) = (first[start..<first.count - last], second[start..<second.count - last])
        let isPlain = (left + right).allSatisfy { element in
            if case .character(let character) = element {
                character.isASCII && (character.isLetter || character.isNumber)
            } else {
                false
            }
        }
        guard isPlain, max(left.count, right.count) >= 3 else { return nil }
        return [(left.indices, "random.string(\(max(8, left.count, right.count)))")]
    }

    private static func runs(_ elements: [Element]) -> [(isNumber: Bool, range: Range<Int>)] {
        var result: [(isNumber: Bool, range: Range<Int>)] = []
        for (place, element) in elements.enumerated() {
            let isNumber =
                if case .character(let character) = element { character.isASCII && character.isNumber } else {
                    false
                }
            if let last = result.last, last.isNumber == isNumber {
                result[result.count - 1].range = last.range.lowerBound..<place + 1
            } else {
                result.append((isNumber, place..<place + 1))
            }
        }
        return result
    }

    private static func number(_ elements: [Element]) -> Int64? {
        let text = String(
            elements.compactMap { if case .character(let character) = $0 { character } else { nil } })
        return text.count > 1 && text.hasPrefix("0") ? nil : Int64(text)
    }

    /// The recording's own time, as texts show it.
    private static let clock: [(String, String)] = [
        ("2023-11-14T22:13:20.123Z", "now()"), ("1700000000123", "now.ms()"), ("1700000000", "now.unix()"),
        ("2023-11-14", "now.date()"),
    ]

    private static func times(_ elements: [Element]) -> [(range: Range<Int>, text: String)] {
        var result: [(range: Range<Int>, text: String)] = []
        for (shown, expression) in clock {
            let wanted = shown.map { Element.character($0) }
            var place = 0
            while place + wanted.count <= elements.count {
                if elements[place..<place + wanted.count].elementsEqual(wanted),
                    !result.contains(where: { $0.range.overlaps(place..<place + wanted.count) })
                {
                    result.append((place..<place + wanted.count, expression))
                    place += wanted.count
                } else {
                    place += 1
                }
            }
        }
        return result
    }
}
