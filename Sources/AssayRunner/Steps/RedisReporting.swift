internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// An exchange with a Redis for people: masked, bounded.
struct RedisReport {
    private let name: String
    private let commands: [[[UInt8]]]
    private let exchange: Exchange
    private let masker: Masker

    /// Of commands and replies; a report is read by people.
    private static let limit = 4096
    private static let wordLimit = 200

    init(_ name: String, _ commands: [[[UInt8]]], _ exchange: Exchange, masker: Masker) {
        self.name = name
        self.commands = commands
        self.exchange = exchange
        self.masker = masker
    }

    func answered(by value: RESPValue) -> ExchangeReport {
        let error = value.errorText.map { "(error) \($0)" }
        let whole = error ?? Self.bounded(value.json.rendered(pretty: true), Self.limit)
        let short = error ?? value.json.rendered()
        return report(Self.bounded(short, 80) + " in \(took)", response: whole)
    }

    func failed(_ failure: RedisFailure) -> ExchangeReport {
        let note = failure.note.isEmpty ? "" : " (\(failure.note))"
        return report("\(failure.outcome.name) after \(took)\(note)", response: "")
    }

    private var took: String { shortText(nanoseconds: Double(exchange.serviceNanoseconds)) }

    private func report(_ result: String, response: String) -> ExchangeReport {
        let first = Self.bounded(commands.first.map(Self.line) ?? "", 120)
        let more = commands.count > 1 ? " and \(commands.count - 1) more" : ""
        var lines = ""
        for words in commands where lines.utf8.count <= Self.limit { lines += Self.line(words) + "\n" }
        return ExchangeReport(
            summary: masker.mask("\(name): \(first)\(more) → \(result)"),
            request: masker.mask(Self.bounded(String(lines.dropLast()), Self.limit)),
            response: masker.mask(response),
            outcome: exchange.outcome.name, serviceNanoseconds: exchange.serviceNanoseconds)
    }

    private static func bounded(_ text: String, _ limit: Int) -> String {
        text.count > limit ? text.prefix(limit) + "… (\(ByteCount(text.utf8.count).shortText) in all)" : text
    }

    /// A command as one would type it into redis-cli, passwords hidden.
    static func line(_ words: [[UInt8]]) -> String {
        let names = words.prefix(3).map { String(decoding: $0, as: UTF8.self).uppercased() }
        return words.enumerated().map { place, word in
            isPassword(at: place, of: words, names) ? "•••" : shown(word)
        }.joined(separator: " ")
    }

    private static func isPassword(at place: Int, of words: [[UInt8]], _ names: [String]) -> Bool {
        switch names.first {
        case "AUTH": place == words.count - 1 && place > 0
        case "HELLO":
            place >= 3 && String(decoding: words[place - 2], as: UTF8.self).uppercased() == "AUTH"
        case "CONFIG": names.count == 3 && place == 3 && ["REQUIREPASS", "MASTERAUTH"].contains(names[2])
        case "ACL":
            names.count > 1 && names[1] == "SETUSER" && place > 2
                && [0x3E, 0x3C, 0x23, 0x21].contains(words[place].first)
        default: false
        }
    }

    /// A word, in quotes where it is more than visible ASCII.
    private static func shown(_ word: [UInt8]) -> String {
        let text = String(validating: word, as: UTF8.self)
        let isPlain =
            !word.isEmpty
            && word.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x27 && $0 != 0x5C }
        let cut = word.count > wordLimit ? "… (\(ByteCount(word.count).shortText))" : ""
        if isPlain, let text { return text.prefix(wordLimit) + cut }
        var quoted = "\""
        if let text {
            for scalar in text.unicodeScalars.prefix(wordLimit) { quoted += escaped(scalar) }
        } else {
            for byte in word.prefix(wordLimit) {
                quoted += byte < 0x80 ? escaped(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16)
            }
        }
        return quoted + "\"" + cut
    }

    private static func escaped(_ scalar: UnicodeScalar) -> String {
        switch scalar {
        case "\"", "\\": return "\\\(scalar)"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{0}"..."\u{1F}", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        default: return String(scalar)
        }
    }
}

extension RESPValue {
    /// The reply as steps look at it.
    ///
    /// Maps become objects (other names than texts as their JSON), sets and arrays arrays; texts that are not UTF-8 are
    /// Base64, as `sql` has them; big numbers are texts, and so are doubles that JSON cannot write. An error inside
    /// another value is `{"error": "…"}`.
    var json: JSON {
        switch self {
        case .simple(let bytes), .bulk(let bytes), .verbatim(_, let bytes): return .string(Self.text(bytes))
        case .error(let bytes), .bulkError(let bytes):
            return .object(JSONObject([("error", .string(String(decoding: bytes, as: UTF8.self)))]))
        case .integer(let number): return .int(number)
        case .null, .nullArray: return .null
        case .boolean(let isTrue): return .bool(isTrue)
        case .double(let number):
            return number.isFinite ? .double(number) : .string(RESPValue.text(of: number))
        case .bigNumber(let digits): return .string(digits)
        case .array(let elements), .set(let elements), .push(let elements):
            return .array(elements.map(\.json))
        case .map(let pairs):
            return .object(JSONObject(pairs.map { ($0.key.json.templateText, $0.value.json) }))
        case .attributed(_, let value): return value.json
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? Base64.standard.encode(bytes)
    }

    /// The words of the first error in the value or inside it, as EXEC's reply may have one.
    var firstError: String? {
        switch self {
        case .attributed(_, let value): return value.firstError
        case .array(let elements), .set(let elements), .push(let elements):
            for element in elements { if let error = element.firstError { return error } }
            return nil
        case .map(let pairs):
            for pair in pairs { if let error = pair.value.firstError { return error } }
            return nil
        default: return errorText
        }
    }
}
