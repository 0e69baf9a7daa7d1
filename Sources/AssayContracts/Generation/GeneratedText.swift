import AssayCore
import AssayFormats

/// Which characters a text may have where it is sent.
enum TextAlphabet: Sendable {
    /// A JSON text.
    case any
    /// One segment of a path: servers decode `%2F` before they look for a route, and clients drop dots.
    case pathSegment
    /// A query or form value.
    case query
    /// A header or a cookie: what every server takes as it is.
    case token

    func allows(_ text: String) -> Bool {
        switch self {
        case .any: true
        case .pathSegment:
            !text.isEmpty && text != "." && text != ".."
                && text.unicodeScalars.allSatisfy {
                    $0.value > 0x20 && $0 != "/" && $0 != "\\" && $0.value != 0x7F
                }
        case .query: text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        case .token:
            text.unicodeScalars.allSatisfy {
                (0x21..<0x7F).contains($0.value) && !"\",;\\".unicodeScalars.contains($0)
            }
        }
    }

    fileprivate var scalars: [Unicode.Scalar] {
        let plain = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".unicodeScalars)
        switch self {
        case .any:
            return plain + Array(" .,-_'\"<>&/\\%$#{}[]\u{E9}\u{DF}\u{4E2D}\u{1F600}\t\n".unicodeScalars)
        case .pathSegment: return plain + Array("-_.~ab%".unicodeScalars)
        case .query: return plain + Array(" -_.&=+%#'\u{E9}\u{4E2D}".unicodeScalars)
        case .token: return plain + Array("-_.".unicodeScalars)
        }
    }
}

/// Makes texts for a shape.
struct GeneratedText {
    let shape: ValueShape
    let alphabet: TextAlphabet
    /// Texts of this many characters are the longest that are made without need.
    static let lengthReach = 12
    static let lengthLimit = 20_000

    /// A text that has the shape's length, pattern and format.
    ///
    /// - Parameter reason: is set to why there is none.
    func text(_ random: inout SeededRandom?, reason: inout String?) -> String? {
        if let pattern = shape.patterns.first { return matching(pattern, &random, &reason) }
        for name in shape.formats {
            guard let made = FormatText.text(name, &random) else { continue }
            if fits(made) { return made }
            for seed in 0..<20 {
                var other: SeededRandom? = SeededRandom(seed: UInt64(seed))
                if let made = FormatText.text(name, &other), fits(made) { return made }
            }
            reason = "no text of format \(name) has the length asked for"
            return nil
        }
        guard shape.lengths.least <= Self.lengthLimit else {
            reason = "a text of at least \(shape.lengths.least) characters is asked for"
            return nil
        }
        let least = max(shape.lengths.least, alphabet == .pathSegment ? 1 : 0)
        let most = min(shape.lengths.most ?? least + Self.lengthReach, least + max(Self.lengthReach, 1))
        guard most >= least else { return nil }
        guard var drawn = random else { return String(repeating: "a", count: max(least, min(1, most))) }
        defer { random = drawn }
        let letters = alphabet.scalars
        for _ in 0..<8 {
            let count = drawn.integer(in: least...most)
            var text = String.UnicodeScalarView()
            for _ in 0..<count { text.append(drawn.pick(letters) ?? "a") }
            if alphabet.allows(String(text)) { return String(text) }
        }
        return String(repeating: "a", count: max(least, min(1, most)))
    }

    /// A text of exactly so many characters; `nil` where pattern or format say what stands in it.
    func text(ofLength count: Int) -> String? {
        guard shape.patterns.isEmpty, shape.formats.allSatisfy({ !FormatText.isKnown($0) }),
            count <= Self.lengthLimit
        else { return nil }
        return String(repeating: "a", count: count)
    }

    private func fits(_ text: String) -> Bool {
        let count = text.unicodeScalars.count
        return count >= shape.lengths.least && count <= shape.lengths.most ?? .max && alphabet.allows(text)
    }

    private func matching(_ pattern: String, _ random: inout SeededRandom?, _ reason: inout String?)
        -> String?
    {
        // An example that somebody wrote is better than none.
        let examples = shape.examples.compactMap(\.stringValue)
        let judges = shape.patterns.compactMap { try? Pattern(ECMAPattern.translated($0)) }
        func holds(_ text: String) -> Bool {
            fits(text) && judges.allSatisfy { (try? $0.matches(in: text)) ?? false }
        }
        do {
            let maker = try PatternText(pattern)
            let reach = max(4, min(shape.lengths.least, Self.lengthLimit))
            for (attempt, fullness) in [0.3, 0, 0.6, 1, 0.1, 0.5, 0.8, 1].enumerated() {
                var text = maker.text(
                    fullness: random == nil && attempt == 0 ? 0 : fullness, reach: reach, random: &random)
                if holds(text) { return text }
                // Where the end is open, length can be had for nothing.
                let missing = shape.lengths.least - text.unicodeScalars.count
                if missing > 0, missing <= Self.lengthLimit {
                    text += String(repeating: "a", count: missing)
                    if holds(text) { return text }
                }
            }
            for seed in 0..<40 {
                var other: SeededRandom? = random?.split(UInt64(seed)) ?? SeededRandom(seed: UInt64(seed))
                let text = maker.text(fullness: Double(seed % 5) / 4, reach: reach, random: &other)
                if holds(text) { return text }
            }
            reason = "no text was found that matches \(pattern)"
        } catch {
            reason = "the pattern \(pattern) has \(error.what)"
        }
        return examples.first(where: holds)
    }
}

/// Texts of the formats that are known.
enum FormatText {
    static func isKnown(_ name: String) -> Bool {
        var none: SeededRandom?
        return text(name, &none) != nil
    }

    static func text(_ name: String, _ random: inout SeededRandom?) -> String? {
        var drawn = random ?? SeededRandom(seed: 7)
        let isPlain = random == nil
        defer { if !isPlain { random = drawn } }
        func number(_ range: ClosedRange<Int>, plain: Int) -> Int {
            isPlain ? plain : drawn.integer(in: range)
        }
        func padded(_ number: Int, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        func letters(_ count: ClosedRange<Int>) -> String {
            let count = number(count, plain: count.lowerBound)
            return String(
                (0..<count).map { _ in Character(Unicode.Scalar(UInt8(97 + number(0...25, plain: 0)))) })
        }
        func date() -> String {
            padded(number(1970...2099, plain: 2024), 4) + "-" + padded(number(1...12, plain: 1)) + "-"
                + padded(number(1...28, plain: 15))
        }
        func time() -> String {
            padded(number(0...23, plain: 12)) + ":" + padded(number(0...59, plain: 0)) + ":"
                + padded(number(0...59, plain: 0)) + "Z"
        }
        func hexadecimal(_ count: Int) -> String {
            (0..<count).map { _ in String(number(0...15, plain: 1), radix: 16) }.joined()
        }
        switch name {
        case "date": return date()
        case "time": return time()
        case "date-time": return date() + "T" + time()
        case "duration": return "P\(number(1...30, plain: 1))DT\(number(0...23, plain: 1))H"
        case "email", "idn-email": return letters(3...8) + "@" + letters(3...8) + ".org"
        case "hostname", "idn-hostname": return letters(3...8) + ".org"
        case "ipv4": return (0..<4).map { _ in "\(number(1...254, plain: 10))" }.joined(separator: ".")
        case "ipv6": return "2001:db8::" + hexadecimal(number(1...4, plain: 1))
        case "uuid":
            return hexadecimal(8) + "-" + hexadecimal(4) + "-4" + hexadecimal(3) + "-8" + hexadecimal(3) + "-"
                + hexadecimal(12)
        case "uri", "iri", "url": return "https://" + letters(3...8) + ".org/" + letters(1...8)
        case "uri-reference", "iri-reference": return "/" + letters(1...8)
        case "json-pointer": return "/" + letters(1...4) + "/\(number(0...9, plain: 0))"
        case "relative-json-pointer": return "\(number(0...9, plain: 1))/" + letters(1...4)
        case "regex": return "^" + letters(1...4) + "$"
        case "byte": return Base64.standard.encode(letters(1...12).utf8)
        default: return nil
        }
    }

    /// A text that is surely not of this format; `nil` for formats that nobody judges.
    static func broken(_ name: String) -> String? {
        switch name {
        case "date", "time", "date-time", "duration", "uuid", "ipv4", "ipv6": "not a \(name)"
        case "email", "idn-email": "no-at-sign"
        default: nil
        }
    }
}
