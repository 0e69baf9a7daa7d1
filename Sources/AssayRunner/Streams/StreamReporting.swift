internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What went over a stream or a connection, for people: masked and bounded.
struct StreamReport {
    private let masker: Masker
    private let name: String

    /// Of what is shown each way; a report is read by people.
    private static let textLimit = 4096
    private static let hexLimit = 1024
    private static let rowBytes = 16

    init(_ name: String, masker: Masker) {
        self.name = name
        self.masker = masker
    }

    /// - Parameters:
    ///   - what: what the step did: `receive a line`.
    ///   - result: what came of it: `+PONG in 2 ms`.
    func report(
        _ what: String, _ result: String, sent: [UInt8] = [], received: some Collection<UInt8> = [UInt8](),
        outcome: Outcome = .answered, took: Int64
    ) -> ExchangeReport {
        ExchangeReport(
            summary: masker.mask("\(name): \(what) → \(result)"), request: dump(sent),
            response: dump(received), outcome: outcome.name, serviceNanoseconds: max(0, took))
    }

    /// The same of events.
    func report(
        _ what: String, _ result: String, events: some Sequence<ServerSentEvent>,
        outcome: Outcome = .answered,
        took: Int64
    ) -> ExchangeReport {
        let text = events.map(Self.text).joined(separator: "\n")
        let shown = text.utf8.count > Self.textLimit ? "\(text.prefix(Self.textLimit))…" : text
        return ExchangeReport(
            summary: masker.mask("\(name): \(what) → \(result)"), request: "", response: masker.mask(shown),
            outcome: outcome.name, serviceNanoseconds: max(0, took))
    }

    /// An event as it stands in the stream.
    static func text(_ event: ServerSentEvent) -> String {
        var text = event.type == "message" ? "" : "event: \(event.type)\n"
        if !event.lastID.isEmpty { text += "id: \(event.lastID)\n" }
        for line in event.data.split(separator: "\n", omittingEmptySubsequences: false) {
            text += "data: \(line)\n"
        }
        return text
    }

    /// Bytes as text with what cannot be seen escaped, or as rows of hexadecimal digits when little of them is text.
    func dump(_ bytes: some Collection<UInt8>) -> String {
        guard !bytes.isEmpty else { return "" }
        let sample = bytes.prefix(Self.textLimit)
        let odd = sample.count { $0 < 0x20 && ![9, 10, 13].contains($0) || $0 == 0x7F }
        let isText = odd * 8 <= sample.count && Self.isMostlyUTF8(Array(sample))
        let shown =
            isText
            ? masker.mask(Self.escaped(Array(sample)))
            : Self.rows(masker.masked(Array(bytes.prefix(Self.hexLimit))))
        let limit = isText ? Self.textLimit : Self.hexLimit
        guard bytes.count > limit else { return shown }
        return masker.mask(shown + "… (\(ByteCount(bytes.count).shortText) in all)")
    }

    /// Whether the bytes are UTF-8, but for a character that may be cut off at the end.
    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        (0..<4).contains { cut in
            cut < bytes.count && String(validating: bytes.dropLast(cut), as: UTF8.self) != nil
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\r": text += "\\r"
            case "\n": text += "\\n\n"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}": text += "\\x" + hexadecimal([UInt8(scalar.value)])
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// `0000  48 65 6c 6c 6f  Hello`
    private static func rows(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: rowBytes).map { start in
            let row = bytes[start..<min(start + rowBytes, bytes.count)]
            let digits = row.map { hexadecimal([$0]) }.joined(separator: " ")
            let text = String(decoding: row.map { (0x20..<0x7F).contains($0) ? $0 : 0x2E }, as: UTF8.self)
            let offset = hexadecimal([
                UInt8(truncatingIfNeeded: start >> 8), UInt8(truncatingIfNeeded: start),
            ])
            let gap = String(repeating: " ", count: 3 * rowBytes - 1 - digits.utf8.count)
            return "\(offset)  \(digits)\(gap)  \(text)"
        }.joined(separator: "\n")
    }
}
