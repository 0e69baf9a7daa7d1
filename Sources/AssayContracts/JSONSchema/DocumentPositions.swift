public import AssayCore
public import AssayFormats
import Synchronization

/// Where in a JSON or YAML file the values stand that JSON Pointers (RFC 6901) lead to.
///
/// ```swift
/// let positions = try DocumentPositions(parsing: bytes, file: "orders.schema.json")
/// positions.location(of: "/properties/id/type")   // orders.schema.json:12:15
/// ```
public struct DocumentPositions: Sendable {
    private enum Source: Sendable {
        /// Containers are known by their entries.
        case json(JSONTape, TextLines, MemberTables<Int>)
        /// Mappings are known by the pointers to them.
        case yaml(YAMLNode, SourceText, MemberTables<String>)
    }

    /// The file as messages name it.
    public let file: String
    private let source: Source

    /// The places of a YAML file that was read.
    public init(_ yaml: YAMLReading) {
        file = yaml.file
        source = .yaml(yaml.root, yaml.document.source, MemberTables())
    }

    /// The places of a JSON text.
    ///
    /// - Parameter file: what the file is called in messages.
    /// - Throws: where the text stops being JSON.
    public init(parsingJSON bytes: [UInt8], file: String) throws(JSONError) {
        var tape = JSONTape()
        try tape.parse(bytes)
        self.init(tape, file: file)
    }

    private init(_ tape: JSONTape, file: String) {
        self.file = file
        source = .json(tape, TextLines(tape.text[..<tape.textCount]), MemberTables())
    }

    /// Where the value begins that a pointer leads to; `nil` when there is none.
    ///
    /// - Parameter pointer: `/properties/id`; the empty pointer is the whole document.
    public func location(of pointer: String) -> SourceLocation? { find(pointer, name: false) }

    /// Where the name of a member begins, when the pointer leads to a member; else where the value begins.
    ///
    /// This is the place that people look for: in YAML a long value begins lines after its name.
    public func nameLocation(of pointer: String) -> SourceLocation? { find(pointer, name: true) }

    /// The nearest place on the way that exists: of a member that is missing, the object that lacks it.
    public func nearestLocation(of pointer: String) -> SourceLocation {
        var pointer = pointer
        while true {
            if let found = nameLocation(of: pointer) { return found }
            guard let slash = pointer.lastIndex(of: "/") else {
                return SourceLocation(file: file, line: 1, column: 1)
            }
            pointer = String(pointer[..<slash])
        }
    }

    /// The text of a line, 1-based, for showing it below a message.
    public func line(_ number: Int) -> String? {
        switch source {
        case .yaml(_, let text, _): return text.line(number)
        case .json(let tape, let lines, _):
            let starts = lines.starts
            guard starts.indices.contains(number - 1) else { return nil }
            let end = number < starts.count ? starts[number] - 1 : tape.textCount
            return String(decoding: tape.text[starts[number - 1]..<end], as: UTF8.self)
        }
    }

    private func find(_ pointer: String, name: Bool) -> SourceLocation? {
        let tokens = JSONPointer.tokens(pointer)
        switch source {
        case .yaml(let root, _, let tables): return Self.find(tokens, in: root, tables, name: name)
        case .json(let tape, let lines, let tables):
            return Self.find(tokens, in: tape, tables, name: name).map {
                location(of: tape.entries[$0], in: tape, lines)
            }
        }
    }

    private static func find(
        _ tokens: [String], in root: YAMLNode, _ tables: MemberTables<String>, name: Bool
    ) -> SourceLocation? {
        var node = root
        var place = root.location
        var pointer = ""
        for token in tokens {
            if let pairs = node.pairs {
                let found = tables.place(of: token, in: pointer) {
                    var members = MemberTables<String>.Members(minimumCapacity: pairs.count)
                    for (place, pair) in pairs.enumerated() { members[Array(pair.name.utf8)] = place }
                    return members
                }
                guard let pair = found.map({ pairs[$0] }) else { return nil }
                place = name ? pair.key.location : pair.value.location
                node = pair.value
            } else {
                guard let index = Int(token), token == String(index), let elements = node.elements,
                    elements.indices.contains(index)
                else { return nil }
                node = elements[index]
                place = node.location
            }
            pointer += "/" + JSONPointer.escaped(token)
        }
        return place
    }

    /// The entry of a value, or of its name.
    private static func find(
        _ tokens: [String], in tape: JSONTape, _ tables: MemberTables<Int>, name: Bool
    ) -> Int? {
        guard tape.entryCount > 0 else { return nil }
        var place = 0
        var shown = 0
        for token in tokens {
            let kind = tape.entries[place].kind
            guard kind == .object || kind == .array,
                let found = tables.place(of: token, in: place, members: { members(of: place, in: tape) })
            else { return nil }
            place = kind == .object ? found + 1 : found
            shown = name ? found : place
        }
        return shown
    }

    /// Entries of the names in an object, of repeated ones the last; those of an array's elements by their numbers.
    private static func members(of container: Int, in tape: JSONTape) -> MemberTables<Int>.Members {
        let isObject = tape.entries[container].kind == .object
        var members: MemberTables<Int>.Members = [:]
        var child = container + 1
        var number = 0
        while child < Int(tape.entries[container].next) {
            members[isObject ? tape.decodedBytes(tape.entries[child]) : Array("\(number)".utf8)] = child
            child = Int(tape.entries[isObject ? child + 1 : child].next)
            number += 1
        }
        return members
    }

    private func location(of entry: JSONTape.Entry, in tape: JSONTape, _ lines: TextLines) -> SourceLocation {
        // A string's entry begins behind its quote.
        let isText = entry.kind == .string
        let offset = Int(entry.start) - (isText ? 1 : 0)
        let (line, column) = lines.place(of: offset, in: tape.text)
        let isContainer = entry.kind == .object || entry.kind == .array
        let end = Int(entry.end) + (isText ? 1 : 0)
        let length = isContainer ? 1 : tape.text[offset..<end].count { $0 & 0xC0 != 0x80 }
        return SourceLocation(file: file, line: line, column: column, length: length)
    }
}

/// Where members stand in the containers that were asked for.
///
/// Each container is read once, however many of its members are looked for. Copies of the positions share it.
private final class MemberTables<Container: Hashable & Sendable>: Sendable {
    /// By names as bytes: texts that are equal to Unicode are two names to JSON.
    typealias Members = [[UInt8]: Int]

    private let tables = Mutex<[Container: Members]>([:])

    /// - Parameter members: reads a container that is not known yet.
    func place(of name: String, in container: Container, members: () -> Members) -> Int? {
        let bytes = Array(name.utf8)
        return tables.withLock { tables in
            if let known = tables[container] { return known[bytes] }
            let read = members()
            tables[container] = read
            return read[bytes]
        }
    }
}

/// Where the lines of a text begin, and how many characters lie before places of long ones.
private struct TextLines: Sendable {
    /// Offsets of the lines.
    private(set) var starts = [0]
    /// Column, from zero, at every ``span``-th byte: a text may be one long line.
    private var columns: [Int] = []
    private static let span = 256

    init(_ text: ArraySlice<UInt8>) {
        var column = 0
        for (offset, byte) in text.enumerated() {
            if offset % Self.span == 0 { columns.append(column) }
            if byte & 0xC0 != 0x80 { column += 1 }
            if byte == UInt8(ascii: "\n") {
                starts.append(offset + 1)
                column = 0
            }
        }
    }

    /// Line and column of a byte, both from one.
    func place(of offset: Int, in text: [UInt8]) -> (line: Int, column: Int) {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let known = offset - offset % Self.span
        let isAhead = known > starts[low]
        let before = isAhead ? columns[known / Self.span] : 0
        let rest = text[(isAhead ? known : starts[low])..<offset].count { $0 & 0xC0 != 0x80 }
        return (low + 1, 1 + before + rest)
    }
}
