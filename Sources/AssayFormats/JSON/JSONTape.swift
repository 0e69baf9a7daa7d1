/// A JSON text, validated and indexed in one pass, that can be asked without building values.
///
/// Keep one and parse every document into it: after the first few it allocates nothing. It holds a copy of the
/// text, so the caller's buffer may be used again at once.
///
/// ```swift
/// var tape = JSONTape()
/// try tape.parse(body.bytes)
/// if let node = tape.node(at: statusPath), tape.equals(node, "paid") { … }
/// ```
///
/// - Complexity: parsing is O(text); finding a node is O(members and elements passed over on the way).
public struct JSONTape: Sendable {
    /// A value on the tape; belongs to the document that was parsed last.
    public struct Node: Sendable, Hashable {
        let index: Int
    }

    package enum Kind: UInt8 { case null, `false`, `true`, integer, number, string, array, object }

    /// One value or member name, in document order. A member is two entries: its name, then its value.
    package struct Entry {
        package var kind: Kind
        /// A string with backslashes in it.
        package var isEscaped: Bool
        /// Where its text begins; for strings after the quote.
        package var start: UInt32
        /// Where its text ends; for strings before the quote.
        package var end: UInt32
        /// Index of the entry after this one and everything in it. While a container is open: that of its parent.
        package var next: UInt32

        init(kind: Kind, start: Int, end: Int, next: Int, isEscaped: Bool = false) {
            self.kind = kind
            self.isEscaped = isEscaped
            self.start = UInt32(truncatingIfNeeded: start)
            self.end = UInt32(truncatingIfNeeded: end)
            self.next = UInt32(truncatingIfNeeded: next)
        }
    }

    /// How deep arrays and objects may be nested unless the caller says otherwise.
    public static let defaultMaxDepth = 512
    /// Buffers above this are given back when the documents become small again.
    static let retainedBytes = 1 << 20

    /// The text and at least eight zero bytes.
    package var text: [UInt8] = []
    package var textCount = 0
    /// Only the first ``entryCount`` are of the document.
    package var entries: [Entry] = []
    package var entryCount = 0

    public init() {}

    /// The document's value; `nil` before the first parse and after one that failed.
    public var root: Node? { entryCount > 0 ? Node(index: 0) : nil }

    /// The text of the document that was parsed last.
    public var source: String { String(decoding: text.prefix(textCount), as: UTF8.self) }

    /// The value at `path`, built; `nil` when there is none.
    public func value(at path: CompiledPath) -> JSON? { node(at: path).map(json) }

    /// The kind of value as JSON Schema names it; see ``JSON/typeName``.
    public func typeName(_ node: Node) -> String {
        switch entry(node).kind {
        case .null: "null"
        case .false, .true: "boolean"
        case .integer, .number: number(entry(node)).typeName
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    public func isNull(_ node: Node) -> Bool { entry(node).kind == .null }

    public func bool(_ node: Node) -> Bool? {
        switch entry(node).kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The whole number, also when it was written as `1.0`; `nil` for other values.
    public func int(_ node: Node) -> Int64? { isNumber(node) ? number(entry(node)).intValue : nil }

    /// The number; `nil` for other values.
    public func double(_ node: Node) -> Double? { isNumber(node) ? number(entry(node)).doubleValue : nil }

    /// The string with its escapes resolved; `nil` for other values.
    public func string(_ node: Node) -> String? {
        entry(node).kind == .string ? decodedString(entry(node)) : nil
    }

    /// How many elements or members, repeated names counted once; `nil` for values without any such.
    public func count(_ node: Node) -> Int? {
        switch entry(node).kind {
        case .array: children(node.index)
        case .object: hasRepeatedNames(node.index) ? json(node).objectValue?.count : children(node.index) / 2
        default: nil
        }
    }

    /// The value, built with everything in it.
    public func json(_ node: Node) -> JSON { build(node.index) }

    private func isNumber(_ node: Node) -> Bool {
        let kind = entry(node).kind
        return kind == .integer || kind == .number
    }

    func entry(_ node: Node) -> Entry {
        precondition(node.index < entryCount, "a node of another document")
        return entries[node.index]
    }

    /// Entries directly below a container.
    private func children(_ index: Int) -> Int {
        var count = 0
        var child = index + 1
        let end = Int(entries[index].next)
        while child < end {
            count += 1
            child = Int(entries[child].next)
        }
        return count
    }

    private func hasRepeatedNames(_ index: Int) -> Bool {
        var seen = Set<[UInt8]>()
        var child = index + 1
        let end = Int(entries[index].next)
        while child < end {
            guard seen.insert(decodedBytes(entries[child])).inserted else { return true }
            child = Int(entries[child + 1].next)
        }
        return false
    }

    /// Recursion is as deep as the document, which the depth limit bounds.
    package func build(_ index: Int) -> JSON {
        let entry = entries[index]
        let end = Int(entry.next)
        var child = index + 1
        switch entry.kind {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .integer, .number: return number(entry)
        case .string: return .string(decodedString(entry))
        case .array:
            var elements: [JSON] = []
            while child < end {
                elements.append(build(child))
                child = Int(entries[child].next)
            }
            return .array(elements)
        case .object:
            var members = JSONObject()
            while child < end {
                members[decodedString(entries[child])] = build(child + 1)
                child = Int(entries[child + 1].next)
            }
            return .object(members)
        }
    }
}
