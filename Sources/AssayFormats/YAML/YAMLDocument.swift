public import AssayCore

/// What a YAML file may hold at most.
public struct YAMLLimits: Sendable {
    public var bytes: Int
    public var depth: Int
    /// Values, where an alias counts as everything it stands for.
    public var nodes: Int

    public init(bytes: Int = 8 << 20, depth: Int = 100, nodes: Int = 1_000_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }

    public static let standard = YAMLLimits()
}

/// A YAML file as a value with places, and its lines for showing what a diagnostic speaks of.
///
/// YAML 1.2 core schema, one document, keys unique; anchors, aliases and `<<` are filled in.
public struct YAMLDocument: Sendable {
    public var root: YAMLNode
    public var source: SourceText

    /// - Parameters:
    ///   - bytes: the file, UTF-8; a byte order mark is skipped.
    ///   - file: its path as the person gave it, for messages.
    /// - Throws: AS001–AS009, each with its line; never empty.
    public init(
        parsing bytes: [UInt8], file: String, limits: YAMLLimits = .standard
    ) throws(Diagnostics) {
        let (document, problems) = Self.reading(bytes, file: file, limits: limits)
        guard problems.isEmpty, let document else { throw Diagnostics(problems) }
        self = document
    }

    /// - Throws: as ``init(parsing:file:limits:)-(Array<UInt8>,_,_)``.
    public init(parsing text: String, file: String, limits: YAMLLimits = .standard) throws(Diagnostics) {
        try self.init(parsing: Array(text.utf8), file: file, limits: limits)
    }

    /// Reads as far as the text allows: a duplicate key is a problem and still gives a document, an unclosed
    /// quote gives none.
    static func reading(
        _ bytes: [UInt8], file: String, limits: YAMLLimits
    ) -> (document: YAMLDocument?, problems: [Diagnostic]) {
        guard bytes.count <= limits.bytes else {
            let sizes = "\(ByteCount(bytes.count).shortText), at most \(ByteCount(limits.bytes).shortText)"
            return (nil, [Diagnostic("AS008", "the file is too large: \(sizes)", at: start(of: file))])
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            return (nil, [invalidUTF8(bytes, at: error.byteOffsets.lowerBound, file: file)])
        }
        let source = SourceText(String(decoding: bytes, as: UTF8.self), file: file)
        // libyaml would count a byte order mark as the first column.
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        var composer = YAMLComposer(events: YAMLEventSource(content), source: source, limits: limits)
        var document: YAMLDocument?
        var problems: [Diagnostic] = []
        do {
            document = YAMLDocument(root: try composer.root(), source: source)
        } catch {
            if let root = JSONNodes.root(of: content, file: file, limits: limits) {
                return (YAMLDocument(root: root, source: source), [])
            }
            problems = [error]
        }
        return (document, (composer.problems + problems).map(source.completed))
    }

    /// - Returns: `nil` when the text is no JSON, or says a name twice in one object.
    init?(json bytes: [UInt8], file: String, limits: YAMLLimits) {
        guard let root = JSONNodes.root(of: bytes, file: file, limits: limits) else { return nil }
        self.init(root: root, source: SourceText(String(decoding: bytes, as: UTF8.self), file: file))
    }

    private init(root: YAMLNode, source: SourceText) {
        self.root = root
        self.source = source
    }

    private static func start(of file: String) -> SourceLocation {
        SourceLocation(file: file, line: 1, column: 1)
    }

    private static func invalidUTF8(_ bytes: [UInt8], at offset: Int, file: String) -> Diagnostic {
        // The valid part in front of the fault says which line and column it is.
        let before = SourceText(String(decoding: bytes[..<offset], as: UTF8.self), file: file)
        let column = (before.lines.last ?? "").unicodeScalars.count + 1
        let rest = bytes[offset...].prefix { $0 != 0x0A && $0 != 0x0D }
        let byte = String(bytes[offset], radix: 16, uppercase: true)
        return Diagnostic(
            "AS001", "the file is not UTF-8: byte \(offset) is 0x\(byte.count < 2 ? "0" : "")\(byte)",
            at: SourceLocation(file: file, line: before.lines.count, column: column),
            line: (before.lines.last ?? "") + String(decoding: rest.prefix(200), as: UTF8.self),
            fix: "save the file as UTF-8")
    }
}
