internal import Glibc

/// libxml2, loaded when the first XPath is asked; a machine without it runs everything else.
///
/// Names, types and layouts are those of libxml/parser.h and libxml/xpath.h; the library keeps them over its versions.
/// What it is given was parsed and written anew by Assay, so it sees no DOCTYPE, no entity and nothing from outside.
enum XPathLibrary {
    typealias Document = OpaquePointer
    typealias Context = OpaquePointer

    // SAFETY: opened once and never unloaded.
    private static let handle: UInt = {
        for name in ["libxml2.so.2", "libxml2.so.16"] {
            let opened = unsafe UInt(bitPattern: dlopen(name, RTLD_NOW | RTLD_LOCAL))
            if opened != 0 { return opened }
        }
        return 0
    }()

    /// Whether it is installed; without it none of the functions may be called.
    static var isThere: Bool { handle != 0 }

    /// What to do where it is not.
    static let advice = "XPath needs libxml2; install it: apt-get install libxml2"

    fileprivate static func function<Signature>(
        _ name: String, as type: Signature.Type = Signature.self
    ) -> Signature {
        // SAFETY: the library is never unloaded, and the signature is that of its header.
        guard isThere, let symbol = unsafe dlsym(UnsafeMutableRawPointer(bitPattern: handle), name) else {
            preconditionFailure("libxml2 has no \(name)")
        }
        return unsafe unsafeBitCast(symbol, to: type)
    }

    /// `XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_HUGE`: nothing is printed, nothing is
    /// fetched, and a long text is no error.
    static let options: Int32 = 32 | 64 | 2048 | 524_288

    /// The kinds of results that are looked at: `xmlXPathObjectType`.
    static let nodeSet: Int32 = 1
}

// SAFETY: each is written once, at its first use, and never changed.
private nonisolated(unsafe) let xmlReadMemory:
    @convention(c) (UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, Int32) ->
        OpaquePointer? = unsafe XPathLibrary.function("xmlReadMemory")
private nonisolated(unsafe) let xmlFreeDoc: @convention(c) (OpaquePointer) -> Void =
    unsafe XPathLibrary.function("xmlFreeDoc")
private nonisolated(unsafe) let xmlXPathNewContext: @convention(c) (OpaquePointer?) -> OpaquePointer? =
    unsafe XPathLibrary.function("xmlXPathNewContext")
private nonisolated(unsafe) let xmlXPathFreeContext: @convention(c) (OpaquePointer) -> Void =
    unsafe XPathLibrary.function("xmlXPathFreeContext")
private nonisolated(unsafe) let xmlXPathRegisterNs:
    @convention(c) (OpaquePointer, UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32 =
        unsafe XPathLibrary.function("xmlXPathRegisterNs")
private nonisolated(unsafe) let xmlXPathCompile: @convention(c) (UnsafePointer<CChar>) -> OpaquePointer? =
    unsafe XPathLibrary.function("xmlXPathCompile")
private nonisolated(unsafe) let xmlXPathFreeCompExpr: @convention(c) (OpaquePointer) -> Void =
    unsafe XPathLibrary.function("xmlXPathFreeCompExpr")
private nonisolated(unsafe) let xmlXPathEval:
    @convention(c) (UnsafePointer<CChar>, OpaquePointer) -> UnsafeMutableRawPointer? =
        unsafe XPathLibrary.function("xmlXPathEval")
private nonisolated(unsafe) let xmlXPathNodeEval:
    @convention(c) (OpaquePointer, UnsafePointer<CChar>, OpaquePointer) -> UnsafeMutableRawPointer? =
        unsafe XPathLibrary.function("xmlXPathNodeEval")
private nonisolated(unsafe) let xmlXPathCastToString:
    @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutablePointer<CChar>? =
        unsafe XPathLibrary.function("xmlXPathCastToString")
private nonisolated(unsafe) let xmlXPathCastToNumber: @convention(c) (UnsafeMutableRawPointer) -> Double =
    unsafe XPathLibrary.function("xmlXPathCastToNumber")
private nonisolated(unsafe) let xmlXPathCastNodeToString:
    @convention(c) (OpaquePointer) -> UnsafeMutablePointer<CChar>? =
        unsafe XPathLibrary.function("xmlXPathCastNodeToString")
private nonisolated(unsafe) let xmlXPathFreeObject: @convention(c) (UnsafeMutableRawPointer) -> Void =
    unsafe XPathLibrary.function("xmlXPathFreeObject")
private nonisolated(unsafe) let xmlSetStructuredErrorFunc:
    @convention(c) (
        UnsafeMutableRawPointer?,
        (@convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?) -> Void)?
    ) -> Void = unsafe XPathLibrary.function("xmlSetStructuredErrorFunc")

extension XPathLibrary {
    /// What an expression gave, as far as Assay needs it.
    enum Found: Equatable {
        /// For each node: its place among all elements in document order, or its text when it is no element.
        case nodes([Node])
        case text(String)
    }

    enum Node: Equatable {
        case element(Int)
        case text(String)
    }

    /// Whether a text is an XPath 1.0 expression.
    static func accepts(_ path: String) -> Bool {
        silence()
        // SAFETY: the expression is freed here and goes nowhere else.
        guard let compiled = unsafe xmlXPathCompile(path) else { return false }
        unsafe xmlXPathFreeCompExpr(compiled)
        return true
    }

    /// Asks one document; `nil` when the path is none or names an unknown prefix or function.
    static func evaluate(
        _ path: String, in markup: String, namespaces: [(prefix: String, uri: String)], limit: Int
    ) -> Found? {
        silence()
        var markup = markup
        // SAFETY: the text is read during the call only; document, context and result are freed below, in reverse
        // order of their making, and nothing of theirs is kept.
        let parsed = markup.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                unsafe xmlReadMemory(bytes.baseAddress, Int32(clamping: bytes.count), nil, "UTF-8", options)
            }
        }
        guard let document = unsafe parsed else { return nil }
        defer { unsafe xmlFreeDoc(document) }
        guard let context = unsafe xmlXPathNewContext(document) else { return nil }
        defer { unsafe xmlXPathFreeContext(context) }
        for (prefix, uri) in namespaces { _ = unsafe xmlXPathRegisterNs(context, prefix, uri) }
        guard let result = unsafe xmlXPathEval(path, context) else { return nil }
        defer { unsafe xmlXPathFreeObject(result) }
        // SAFETY: `struct _xmlXPathObject { int type; xmlNodeSetPtr nodesetval; … }`.
        guard unsafe result.load(as: Int32.self) == nodeSet else {
            return unsafe .text(taken(xmlXPathCastToString(result)))
        }
        guard let set = unsafe result.load(fromByteOffset: 8, as: UnsafeRawPointer?.self) else {
            return .nodes([])
        }
        // SAFETY: `struct _xmlNodeSet { int nodeNr; int nodeMax; xmlNodePtr *nodeTab; }` with `nodeNr` pointers.
        let count = unsafe Int(set.load(as: Int32.self))
        guard count > 0,
            let table = unsafe set.load(fromByteOffset: 8, as: UnsafePointer<OpaquePointer>?.self)
        else { return .nodes([]) }
        var nodes: [Node] = []
        for index in 0..<min(count, limit) { nodes.append(unsafe node(table[index], context)) }
        return .nodes(nodes)
    }

    private static func node(_ node: OpaquePointer, _ context: Context) -> Node {
        // SAFETY: the node lives as long as its document; both results are freed here.
        if let place = unsafe xmlXPathNodeEval(
            node, "count(self::*) * (1 + count(ancestor::*) + count(preceding::*))", context)
        {
            defer { unsafe xmlXPathFreeObject(place) }
            let number = unsafe xmlXPathCastToNumber(place)
            if number >= 1, let index = Int(exactly: number) { return .element(index - 1) }
        }
        return unsafe .text(taken(xmlXPathCastNodeToString(node)))
    }

    /// A text that libxml2 allocated, which is freed.
    private static func taken(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "" }
        // SAFETY: terminated, and ours to free: libxml2's xmlFree is malloc's free unless somebody replaces it.
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// Keeps libxml2 from writing to the terminal; per thread, as its header says.
    private static func silence() {
        // SAFETY: a function that does nothing with what it is given.
        unsafe xmlSetStructuredErrorFunc(nil) { _, _ in }
    }
}
