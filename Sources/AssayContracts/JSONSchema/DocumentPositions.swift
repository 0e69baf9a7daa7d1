public import AssayCore
public import AssayFormats

/// Where in a JSON or YAML file the values stand that JSON Pointers (RFC 6901) lead to.
///
/// ```swift
/// let positions = try DocumentPositions(parsing: bytes, file: "orders.schema.json")
/// positions.location(of: "/properties/id/type")   // orders.schema.json:12:15
/// ```
public struct DocumentPositions: Sendable {
    private enum Source: Sendable {
        case json(JSONTape, lineStarts: [Int])
        case yaml(YAMLNode, SourceText)
    }

    /// The file as messages name it.
    public let file: String
    private let source: Source

    /// The places of a YAML file that was read.
    public init(_ yaml: YAMLReading) {
        file = yaml.file
        source = .yaml(yaml.root, yaml.document.source)
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
        var starts = [0]
        for place in 0..<tape.textCount where tape.text[place] == UInt8(ascii: "\n") {
            starts.append(place + 1)
        }
        self.file = file
        source = .json(tape, lineStarts: starts)
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
        case .yaml(_, let text): return text.line(number)
        case .json(let tape, let starts):
            guard starts.indices.contains(number - 1) else { return nil }
            let end = number < starts.count ? starts[number] - 1 : tape.textCount
            return String(decoding: tape.text[starts[number - 1]..<end], as: UTF8.self)
        }
    }

    private func find(_ pointer: String, name: Bool) -> SourceLocation? {
        let tokens = JSONPointer.tokens(pointer)
        switch source {
        case .yaml(let root, _): return Self.find(tokens[...], in: root, name: name)
        case .json(let tape, let starts): return find(tokens, in: tape, starts, name: name)
        }
    }

    private static func find(
        _ tokens: ArraySlice<String>, in root: YAMLNode, name: Bool
    ) -> SourceLocation? {
        var node = root
        var place = root.location
        for token in tokens {
            if let pairs = node.pairs {
                guard let pair = pairs.last(where: { $0.name.utf8.elementsEqual(token.utf8) }) else {
                    return nil
                }
                place = name ? pair.key.location : pair.value.location
                node = pair.value
            } else {
                guard let index = Int(token), token == String(index), let elements = node.elements,
                    elements.indices.contains(index)
                else { return nil }
                node = elements[index]
                place = node.location
            }
        }
        return place
    }

    private func find(
        _ tokens: [String], in tape: JSONTape, _ starts: [Int], name: Bool
    ) -> SourceLocation? {
        guard tape.entryCount > 0 else { return nil }
        var place = 0
        var shown = 0
        for token in tokens {
            let container = tape.entries[place]
            var child = place + 1
            let end = Int(container.next)
            var found: Int?
            switch container.kind {
            case .object:
                while child < end {
                    if tape.decodedBytes(tape.entries[child]).elementsEqual(token.utf8) { found = child }
                    child = Int(tape.entries[child + 1].next)
                }
                guard let found else { return nil }
                place = found + 1
                shown = name ? found : place
            case .array:
                guard var left = Int(token), left >= 0, token == String(left) else { return nil }
                while child < end, left > 0 {
                    left -= 1
                    child = Int(tape.entries[child].next)
                }
                guard child < end else { return nil }
                place = child
                shown = place
            default: return nil
            }
        }
        return location(of: tape.entries[shown], in: tape, starts)
    }

    private func location(of entry: JSONTape.Entry, in tape: JSONTape, _ starts: [Int]) -> SourceLocation {
        // A string's entry begins behind its quote.
        let isText = entry.kind == .string
        let offset = Int(entry.start) - (isText ? 1 : 0)
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = 1 + tape.text[starts[low]..<offset].count { $0 & 0xC0 != 0x80 }
        let isContainer = entry.kind == .object || entry.kind == .array
        let end = Int(entry.end) + (isText ? 1 : 0)
        let length = isContainer ? 1 : tape.text[offset..<end].count { $0 & 0xC0 != 0x80 }
        return SourceLocation(file: file, line: low + 1, column: column, length: length)
    }
}
