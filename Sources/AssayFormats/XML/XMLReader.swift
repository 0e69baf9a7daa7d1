public import AssayCore

/// What an XML text may hold at most.
public struct XMLLimits: Sendable {
    public var bytes: Int
    public var depth: Int

    public init(bytes: Int = 512 << 20, depth: Int = 100) {
        self.bytes = bytes
        self.depth = depth
    }

    public static let standard = XMLLimits()
}

/// Reads an XML 1.0 text event by event, in memory that does not grow with the text.
///
/// UTF-8, UTF-16, ISO-8859-1 and US-ASCII are read. A DOCTYPE may stand there but is not followed; entities of the text's
/// own are refused, so no text grows while it is read and nothing outside it is loaded.
///
/// ```swift
/// var xml = try XMLReader(bytes, file: path)
/// while let event = try xml.next() { … }
/// ```
public struct XMLReader {
    public let file: String
    private let source: XMLEventSource

    /// - Parameters:
    ///   - bytes: the whole text.
    ///   - file: its path, for messages.
    /// - Throws: AS221 when it is larger than the limit.
    public init(_ bytes: [UInt8], file: String, limits: XMLLimits = .standard) throws(Diagnostic) {
        guard bytes.count <= min(limits.bytes, Int(Int32.max)) else {
            throw Diagnostic(
                "AS221",
                "the XML is too large: \(ByteCount(bytes.count).shortText), at most \(ByteCount(limits.bytes).shortText)",
                at: SourceLocation(file: file, line: 1, column: 1))
        }
        self.file = file
        source = XMLEventSource(bytes, file: file, maxDepth: limits.depth)
    }

    /// The next event; `nil` after the last one.
    ///
    /// - Throws: AS220 where the text stops being XML, AS221 for what is refused.
    public mutating func next() throws(Diagnostic) -> XMLEvent? { try source.next() }

    /// The text of the element whose start was read last, to its end; elements inside are passed over.
    ///
    /// - Parameter limitBytes: more than this is read and dropped.
    public mutating func text(limitBytes: Int = .max) throws(Diagnostic) -> String {
        var text = ""
        var depth = 1
        while depth > 0, let event = try next() {
            switch event.kind {
            case .start: depth += 1
            case .end: depth -= 1
            case .text(let piece):
                guard depth == 1, text.utf8.count < limitBytes else { continue }
                text += piece
            }
        }
        return text.utf8.count > limitBytes
            ? String(decoding: text.utf8.prefix(limitBytes), as: UTF8.self) : text
    }

    /// Passes over the rest of the element whose start was read last.
    public mutating func skip() throws(Diagnostic) { _ = try text(limitBytes: 0) }

    public func location(_ event: XMLEvent) -> SourceLocation {
        SourceLocation(file: file, line: event.line, column: event.column)
    }
}
