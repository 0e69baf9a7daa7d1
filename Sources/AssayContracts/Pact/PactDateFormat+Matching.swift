extension PactDateFormat {
    /// Whether the whole text is written as the pattern says, with a date that there is.
    func matches(_ text: String) -> Bool {
        guard text.utf8.count <= 200 else { return false }
        var reading = Reading(text: Array(text))
        return reading.read(items[...], [], at: 0, Found())
    }

    /// What was read so far that must fit together.
    private struct Found: Hashable {
        var year: Int?
        var month: Int?
        var day: Int?

        var isDate: Bool {
            guard let month, let day else { return true }
            // Without a year any February may have 29 days.
            return day <= PactDateFormat.days(in: month, of: year ?? 2000)
        }
    }

    /// Tries what a field can be, the longest first; remembers what led nowhere, so that no pattern takes long.
    private struct Reading {
        let text: [Character]
        private var failed: Set<Key> = []
        private struct Key: Hashable {
            var items: Int
            var rest: Int
            var place: Int
            var found: Found
        }

        init(text: [Character]) { self.text = text }

        mutating func read(
            _ items: ArraySlice<Item>, _ rest: [ArraySlice<Item>], at place: Int, _ found: Found
        ) -> Bool {
            guard let item = items.first else {
                guard let outer = rest.last else { return place == text.count && found.isDate }
                return read(outer, rest.dropLast(), at: place, found)
            }
            let key = Key(
                items: items.count, rest: rest.reduce(rest.count) { $0 * 31 + $1.count }, place: place,
                found: found)
            guard !failed.contains(key) else { return false }
            let after = items.dropFirst()
            var succeeds = false
            switch item {
            case .literal(let literal):
                let characters = Array(literal)
                if text.dropFirst(place).starts(with: characters) {
                    succeeds = read(after, rest, at: place + characters.count, found)
                }
            case .optional(let inner):
                succeeds =
                    read(inner[...], rest + [after], at: place, found) || read(after, rest, at: place, found)
            case .field(let letter, let count):
                for (length, value) in choices(letter, count, at: place) {
                    var found = found
                    switch letter {
                    case "y", "u": found.year = count == 2 ? 2000 + (value ?? 0) : value
                    case "M", "L": found.month = value
                    case "d": found.day = value
                    default: break
                    }
                    succeeds = read(after, rest, at: place + length, found)
                    if succeeds { break }
                }
            }
            if !succeeds { failed.insert(key) }
            return succeeds
        }

        /// Lengths that the field can have here, with its number where that matters.
        private func choices(_ letter: Character, _ count: Int, at place: Int) -> [(length: Int, value: Int?)]
        {
            switch letter {
            case "y", "u", "Y":
                return numbers(
                    count == 2 ? 2...2 : count == 1 ? 1...9 : count...max(count, 9), 0...999_999_999, place)
            case "M", "L":
                return count > 2
                    ? names(PactDateFormat.months, count, place) : numbers(count...2, 1...12, place)
            case "E": return names(PactDateFormat.weekdays, count, place)
            case "e", "c":
                return count > 2
                    ? names(PactDateFormat.weekdays, count, place) : numbers(count...2, 1...7, place)
            case "G": return words(["AD", "BC", "Anno Domini", "Before Christ", "A", "B"], place)
            case "a": return words(["AM", "PM", "am", "pm"], place)
            case "S": return numbers(count...count, 0...Int.max, place)
            case "A", "n", "N": return numbers(count...19, 0...Int.max, place)
            case "X", "x", "Z", "O": return offsets(letter, count, place)
            case "z", "v", "V": return zones(place)
            default:
                let (digits, range) = Self.ranges[letter] ?? (2, 0...99)
                guard count <= digits else { return numbers(count...count, range, place) }
                return numbers(count...digits, range, place)
            }
        }

        private static let ranges: [Character: (digits: Int, range: ClosedRange<Int>)] = [
            "d": (2, 1...31), "D": (3, 1...366), "Q": (1, 1...4), "q": (1, 1...4), "w": (2, 1...53),
            "W": (1, 0...6),
            "F": (1, 1...5), "h": (2, 1...12), "K": (2, 0...11), "k": (2, 1...24), "H": (2, 0...23),
            "m": (2, 0...59), "s": (2, 0...59),
        ]

        private func numbers(
            _ lengths: ClosedRange<Int>, _ range: ClosedRange<Int>, _ place: Int
        ) -> [(length: Int, value: Int?)] {
            let digits = text.dropFirst(place).prefix(lengths.upperBound).prefix { $0.isASCII && $0.isNumber }
            guard digits.count >= lengths.lowerBound else { return [] }
            return (lengths.lowerBound...digits.count).reversed().compactMap { length in
                // Digits that no number holds are those of a fraction.
                let value = Int(String(digits.prefix(length))) ?? Int.max
                return range.contains(value) ? (length, value) : nil
            }
        }

        private func names(_ names: [String], _ count: Int, _ place: Int) -> [(length: Int, value: Int?)] {
            names.enumerated().compactMap { index, name in
                let name = count >= 4 ? name : String(name.prefix(3))
                let seen = String(text.dropFirst(place).prefix(name.count))
                return seen.lowercased() == name.lowercased() ? (name.count, index + 1) : nil
            }
        }

        private func words(_ words: [String], _ place: Int) -> [(length: Int, value: Int?)] {
            words.compactMap { text.dropFirst(place).starts(with: Array($0)) ? ($0.count, nil) : nil }
        }

        /// `Z`, `+01`, `+0130`, `+01:30`, `GMT+1`, as the letter and its count say.
        private func offsets(_ letter: Character, _ count: Int, _ place: Int) -> [(length: Int, value: Int?)]
        {
            var found: [(length: Int, value: Int?)] = []
            var start = place
            if letter == "O" || (letter == "Z" && count == 4) {
                let words = words(["GMT", "UTC"], place)
                guard !words.isEmpty else { return [] }
                found += words
                start += 3
            } else if letter == "X" || (letter == "Z" && count == 5) {
                found += words(["Z"], place)
            }
            let rest = Array(text.dropFirst(start))
            guard let sign = rest.first, sign == "+" || sign == "-" else { return found }
            let shapes: [String]
            switch (letter, count) {
            case ("O", 1): shapes = ["d", "dd", "d:dd", "dd:dd"]
            case ("O", _), ("Z", 4): shapes = ["dd:dd"]
            case ("Z", 1...3): shapes = ["dddd"]
            case (_, 1): shapes = ["dd", "dddd"]
            case (_, 2): shapes = ["dddd"]
            case (_, 4): shapes = ["dddd", "dddddd"]
            case (_, 5): shapes = ["dd:dd", "dd:dd:dd"]
            default: shapes = ["dd:dd"]
            }
            for shape in shapes.reversed() where rest.count > shape.count {
                let fits = zip(shape, rest.dropFirst()).allSatisfy {
                    $0 == "d" ? $1.isASCII && $1.isNumber : $0 == $1
                }
                if fits { found.append((start - place + 1 + shape.count, nil)) }
            }
            return found
        }

        /// `UTC`, `CEST`, `Europe/Paris`, `Z`.
        private func zones(_ place: Int) -> [(length: Int, value: Int?)] {
            let letters = text.dropFirst(place).prefix { $0.isLetter || "/_+-:".contains($0) || $0.isNumber }
            guard letters.first?.isLetter == true else { return [] }
            return (1...letters.count).reversed().map { ($0, nil) }
        }
    }
}
