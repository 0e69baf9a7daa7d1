public import AssayCore

/// Turns one YAML file into values, and collects everything that is wrong with it on the way.
///
/// Each method reads one node and gives `nil` after recording why it could not; a reader goes on with the next
/// node, so that all of a file's errors are shown at once.
///
/// ```swift
/// let retries = reading.mapping(node, "retries") { fields in
///     Retries(
///         times: fields.required("times") { reading.int($0, in: 1...10) },
///         pause: fields.optional("pause", reading.duration) ?? .zero)
/// }
/// ```
/// Not `Sendable`: it belongs to one reading, like its bag.
public struct YAMLReading {
    public let document: YAMLDocument
    public let bag: DiagnosticBag

    public init(_ document: YAMLDocument, bag: DiagnosticBag) {
        self.document = document
        self.bag = bag
    }

    /// Reads a file's text; what is wrong with it as YAML goes into the bag.
    ///
    /// - Returns: `nil` when the text cannot be read at all. Duplicate keys and the like are recorded, and the
    ///   rest is still there to be read.
    public init?(
        parsing bytes: [UInt8], file: String, bag: DiagnosticBag, limits: YAMLLimits = .standard
    ) {
        let (document, problems) = YAMLDocument.reading(bytes, file: file, limits: limits)
        bag.add(problems)
        guard let document else { return nil }
        self.init(document, bag: bag)
    }

    public var root: YAMLNode { document.root }
    public var file: String { document.source.file }

    /// Records an error at a node; its line is added here.
    public func error(_ code: DiagnosticCode, _ message: String, at node: YAMLNode, fix: String? = nil) {
        error(code, message, at: node.location, fix: fix)
    }

    public func error(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, fix: String? = nil
    ) {
        add(Diagnostic(code, message, at: location, fix: fix))
    }

    public func warning(_ code: DiagnosticCode, _ message: String, at node: YAMLNode, fix: String? = nil) {
        add(Diagnostic(code, message, at: node.location, fix: fix, severity: .warning))
    }

    /// Records a diagnostic made elsewhere (a template, a path, a pattern), with the line it speaks of.
    public func add(_ diagnostic: Diagnostic) { bag.add(document.source.completed(diagnostic)) }

    /// AS012, and `nil` for the caller to return.
    func wrongType<Value>(_ node: YAMLNode, expected: String, fix: String? = nil) -> Value? {
        error("AS012", "expected \(expected), found \(node.kindText)", at: node, fix: fix)
        return nil
    }
}

// MARK: Lists and mappings

extension YAMLReading {
    /// A list whose elements `read` turns into values.
    ///
    /// - Returns: `nil` when the node is no list; elements that could not be read are left out (and recorded).
    public func list<Value>(_ node: YAMLNode, of read: (YAMLNode) -> Value?) -> [Value]? {
        guard let elements = node.elements else {
            return wrongType(node, expected: "a list", fix: "write `[a, b]`, or one `- ` line each")
        }
        return elements.compactMap(read)
    }

    /// A list, or one element without the list around it.
    public func oneOrMore<Value>(_ node: YAMLNode, of read: (YAMLNode) -> Value?) -> [Value]? {
        node.elements == nil ? read(node).map { [$0] } : list(node, of: read)
    }

    /// A list of texts.
    public func strings(_ node: YAMLNode) -> [String]? { list(node, of: string) }

    /// A mapping with known keys; unknown ones are errors. See ``MappingReader``.
    ///
    /// - Parameter what: what the mapping is, for messages: `step`, `load profile`.
    public func mapping<Value>(
        _ node: YAMLNode, _ what: String, read: (inout MappingReader) -> Value?
    ) -> Value? {
        var fields = MappingReader(node, what: what, self)
        let value = read(&fields)
        fields.finish()
        return fields.isMapping ? value : nil
    }

    /// A mapping whose keys are the user's own names: variables, services, headers.
    ///
    /// - Returns: in the order written; empty and recorded when the node is no mapping.
    public func entries(_ node: YAMLNode, _ what: String) -> [YAMLNode.Pair] {
        guard let pairs = node.pairs else {
            let _: Never? = wrongType(
                node, expected: "a mapping for \(what)", fix: "write `name: value` lines")
            return []
        }
        return pairs
    }
}
