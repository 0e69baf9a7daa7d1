import AssayCore
import CExpat

/// Something that an XML text holds, in the order of the text.
public struct XMLEvent: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// A start tag; an empty element gives a start and an end.
        case start(name: String, attributes: [XMLAttribute])
        case end(name: String)
        /// Characters with references resolved; a long text comes in several pieces.
        case text(String)
    }

    public var kind: Kind
    /// Where it begins.
    public var line: Int
    /// 1-based, in characters.
    public var column: Int

    public init(_ kind: Kind, line: Int, column: Int) {
        self.kind = kind
        self.line = line
        self.column = column
    }
}

/// `name="value"`, the value with references resolved.
public struct XMLAttribute: Sendable, Equatable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// expat's parser over one text: the only place that touches it.
///
/// Entities that the text declares are refused, whatever they stand for, and nothing outside the text is ever read: a
/// DOCTYPE that names a file or an address is passed over.
@safe final class XMLEventSource {
    /// Why the text is refused, besides expat's own reasons.
    enum Refusal { case entity, depth }

    private let parser: XML_Parser
    private let bytes: [UInt8]
    private let file: String
    private let maxDepth: Int
    private var offset = 0
    private var depth = 0
    private var events: [XMLEvent] = []
    private var taken = 0
    private var refusal: (reason: Refusal, line: Int, column: Int)?
    private var isAtEnd = false
    private static let chunkBytes = 16 << 10

    /// - Parameter bytes: below 2 GiB.
    init(_ bytes: [UInt8], file: String, maxDepth: Int) {
        self.bytes = bytes
        self.file = file
        self.maxDepth = maxDepth
        // SAFETY: freed in deinit only. expat gives no parser only when there is no memory at all.
        guard let made = unsafe XML_ParserCreate(nil) else {
            preconditionFailure("no memory for an XML parser")
        }
        unsafe parser = made
        // SAFETY: the callbacks run inside `XML_Parse`, which `fill` calls while `self` is alive; it is not retained.
        unsafe XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        unsafe XML_SetElementHandler(
            parser,
            { context, name, attributes in
                // SAFETY: expat hands over terminated texts that live for the call.
                unsafe XMLEventSource.of(context)?.begin(name, attributes)
            },
            { context, name in
                // SAFETY: as above.
                unsafe XMLEventSource.of(context)?.end(name)
            })
        unsafe XML_SetCharacterDataHandler(parser) { context, text, count in
            // SAFETY: `text` holds `count` bytes for the call.
            unsafe XMLEventSource.of(context)?.characters(text, Int(count))
        }
        // Without declared entities nothing can multiply itself.
        unsafe XML_SetEntityDeclHandler(parser) { context, _, _, _, _, _, _, _, _ in
            // SAFETY: only the context is used.
            unsafe XMLEventSource.of(context)?.refuse(.entity)
        }
        unsafe XML_SetSkippedEntityHandler(parser) { context, _, _ in
            // SAFETY: only the context is used.
            unsafe XMLEventSource.of(context)?.refuse(.entity)
        }
    }

    deinit {
        // SAFETY: made in init, never handed out.
        unsafe XML_ParserFree(parser)
    }

    /// The next event; `nil` after the last one.
    func next() throws(Diagnostic) -> XMLEvent? {
        while taken == events.count {
            if isAtEnd { return nil }
            try fill()
        }
        taken += 1
        return events[taken - 1]
    }

    private func fill() throws(Diagnostic) {
        events.removeAll(keepingCapacity: true)
        taken = 0
        let count = min(Self.chunkBytes, bytes.count - offset)
        let isLast = offset + count == bytes.count
        // SAFETY: `count` bytes from `offset` are inside the array, which expat reads during the call only.
        let status = unsafe bytes.withUnsafeBytes { buffer in
            unsafe XML_Parse(
                parser, buffer.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self),
                CInt(count),
                isLast ? 1 : 0)
        }
        offset += count
        isAtEnd = isLast
        guard status == XML_STATUS_OK else { throw failure() }
    }

    /// The source that a callback belongs to.
    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLEventSource? {
        // SAFETY: the context is the one that init set, of an object that is alive while `fill` runs.
        unsafe context.map { unsafe Unmanaged<XMLEventSource>.fromOpaque($0).takeUnretainedValue() }
    }

    private func begin(_ name: UnsafePointer<CChar>?, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        depth += 1
        guard depth <= maxDepth else { return refuse(.depth) }
        var attributes: [XMLAttribute] = []
        // SAFETY: names and values alternate up to a null pointer; all are terminated.
        var place = unsafe list
        while let next = unsafe place, let key = unsafe next[0], let value = unsafe next[1] {
            attributes.append(unsafe XMLAttribute(String(cString: key), String(cString: value)))
            unsafe place = next + 2
        }
        add(.start(name: unsafe Self.text(name), attributes: attributes))
    }

    private func end(_ name: UnsafePointer<CChar>?) {
        depth -= 1
        add(.end(name: unsafe Self.text(name)))
    }

    private func characters(_ text: UnsafePointer<CChar>?, _ count: Int) {
        // SAFETY: `count` bytes are there, well-formed UTF-8 as expat promises.
        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
        let piece = unsafe String(decoding: bytes, as: UTF8.self)
        // expat cuts at every line break; one text is one event as far as the chunk goes.
        if case .text(var text)? = events.last?.kind {
            // Let go of, so that it grows in place.
            events[events.count - 1].kind = .text("")
            text += piece
            events[events.count - 1].kind = .text(text)
        } else {
            add(.text(piece))
        }
    }

    private func refuse(_ reason: Refusal) {
        guard refusal == nil else { return }
        refusal = (reason, place.line, place.column)
        // SAFETY: called inside a callback of this parser, as expat wants it.
        unsafe XML_StopParser(parser, 0)
    }

    private func add(_ kind: XMLEvent.Kind) {
        let (line, column) = place
        events.append(XMLEvent(kind, line: line, column: column))
    }

    private var place: (line: Int, column: Int) {
        // SAFETY: reads numbers of a live parser.
        unsafe (Int(XML_GetCurrentLineNumber(parser)), Int(XML_GetCurrentColumnNumber(parser)) + 1)
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        // SAFETY: terminated, and alive for the callback that it came with.
        unsafe pointer.map { unsafe String(cString: $0) } ?? ""
    }

    private func failure() -> Diagnostic {
        isAtEnd = true
        let (line, column) = refusal.map { ($0.line, $0.column) } ?? place
        let location = SourceLocation(file: file, line: max(1, line), column: column)
        switch refusal?.reason {
        case .entity?:
            return Diagnostic(
                "AS221", "the XML declares or uses entities of its own, which are not read", at: location,
                fix: "write the characters themselves, or references like &#38;")
        case .depth?:
            return Diagnostic("AS221", "more than \(maxDepth) elements inside each other", at: location)
        case nil:
            // SAFETY: a static text of expat's.
            let reason = unsafe Self.text(XML_ErrorString(XML_GetErrorCode(parser)))
            return Diagnostic("AS220", "this is not XML: \(reason)", at: location)
        }
    }
}
