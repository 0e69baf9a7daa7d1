internal import AssayCore
internal import AssayFormats

/// Exchanges that were read from one source.
public struct ObservedTraffic: Sendable {
    /// One exchange with the host that it went to.
    public struct Entry: Sendable {
        public var exchange: ObservedExchange
        /// `127.0.0.1:40131`, or the name of a service; empty when the source does not say.
        public var host: String

        public init(_ exchange: ObservedExchange, host: String) {
            self.exchange = exchange
            self.host = host
        }
    }

    public var entries: [Entry] = []

    public init() {}
}

/// A JSON file of recorded traffic, read member by member; what is wrong is told with its place.
struct TrafficDocument {
    let root: JSON
    private let positions: DocumentPositions
    private let bag: DiagnosticBag
    /// What is told at most of one file.
    private static let limit = 20
    private let before: Int

    /// - Returns: `nil` after recording AS493 when the file is no JSON.
    init?(_ bytes: [UInt8], file: String, bag: DiagnosticBag) {
        do throws(JSONError) {
            root = try JSON(parsing: bytes)
            positions = try DocumentPositions(parsingJSON: bytes, file: file)
        } catch {
            bag.add(
                Diagnostic(
                    "AS493", "expected \(error.expected), found \(error.actual)",
                    at: SourceLocation(file: file, line: error.line, column: error.column)))
            return nil
        }
        self.bag = bag
        before = bag.all.count
    }

    /// A value of the document with the pointer that leads to it.
    struct Node {
        var value: JSON
        var pointer: String

        /// A member; `nil` when it is absent or null.
        subscript(name: String) -> Node? {
            guard let child = value[name], child != .null else { return nil }
            return Node(value: child, pointer: pointer + "/" + JSONPointer.escaped(name))
        }
    }

    var top: Node { Node(value: root, pointer: "") }

    /// AS494: what a place holds is not what stands there in such files.
    func tell(_ expected: String, _ node: Node) {
        let count = bag.all.count - before
        guard count < Self.limit else { return }
        let location = positions.nearestLocation(of: node.pointer)
        bag.add(
            Diagnostic(
                "AS494", "\(Self.path(node.pointer)): expected \(expected), found \(Self.found(node.value))",
                at: location, line: positions.line(location.line)))
    }

    /// A warning at a place.
    func warn(_ code: DiagnosticCode, _ message: String, at node: Node, fix: String) {
        let location = positions.nearestLocation(of: node.pointer)
        bag.add(
            Diagnostic(
                code, message, at: location, line: positions.line(location.line), fix: fix, severity: .warning
            ))
    }

    /// A required member; `nil` after telling that it is missing.
    func required(_ name: String, _ expected: String, in node: Node) -> Node? {
        if let child = node[name] { return child }
        tell(
            expected, Node(value: .null, pointer: node.pointer + "/" + JSONPointer.escaped(name)))
        return nil
    }

    func text(_ node: Node?) -> String? {
        guard let node else { return nil }
        guard let text = node.value.stringValue else {
            tell("a text", node)
            return nil
        }
        return text
    }

    func number(_ node: Node?) -> Int? {
        guard let node else { return nil }
        guard let number = node.value.intValue else {
            tell("a whole number", node)
            return nil
        }
        return Int(number)
    }

    func elements(_ node: Node?) -> [Node] {
        guard let node else { return [] }
        guard let elements = node.value.arrayValue else {
            tell("a list", node)
            return []
        }
        return elements.enumerated().map { Node(value: $1, pointer: node.pointer + "/\($0)") }
    }

    func members(_ node: Node?) -> [(name: String, node: Node)] {
        guard let node else { return [] }
        guard let object = node.value.objectValue else {
            tell("an object", node)
            return []
        }
        return object.compactMap { name, _ in node[name].map { (name, $0) } }
    }

    /// `/log/entries/3/request` as `log.entries[3].request`.
    private static func path(_ pointer: String) -> String {
        var text = ""
        for token in JSONPointer.tokens(pointer) {
            text += Int(token) != nil ? "[\(token)]" : (text.isEmpty ? "" : ".") + token
        }
        return text.isEmpty ? "the document" : text
    }

    private static func found(_ value: JSON) -> String {
        switch value {
        case .null: return "nothing"
        case .object: return "an object"
        case .array: return "a list"
        default:
            let text = value.rendered()
            return text.count > 40 ? String(text.prefix(39)) + "…" : text
        }
    }
}

/// The parts of an absolute URL that traffic files have.
struct TrafficURL {
    var host: String
    var path: String
    var query: String?

    /// - Returns: `nil` for what is no `http` or `https` URL and no path.
    init?(_ text: String) {
        var rest = text.prefix { $0 != "#" }
        host = ""
        if let scheme = rest.firstRange(of: "://") {
            guard ["http", "https"].contains(rest[..<scheme.lowerBound].lowercased()) else { return nil }
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            // A user's name and password are no part of where it went.
            host = String(authority.split(separator: "@").last ?? "")
            guard !host.isEmpty else { return nil }
            rest = rest.dropFirst(authority.count)
        } else if !rest.hasPrefix("/") {
            return nil
        }
        let target = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = target.first.map(String.init) ?? ""
        if path.isEmpty { path = "/" }
        query = target.count > 1 ? String(target[1]) : nil
    }
}
