import AssayCore

/// The nodes of a JSON text that YAML cannot read: 1.1 has no surrogate pairs in escapes, which JSON's writers like.
struct JSONNodes {
    private let tape: JSONTape
    private let file: String
    private var left: Int
    // The place reached so far; entries come in the text's order.
    private var offset = 0
    private var line = 1
    private var column = 1

    /// - Returns: `nil` when the text is no JSON, or too deep or large, or has a name twice in one object: YAML's own
    ///   reading says it.
    static func root(of bytes: [UInt8], file: String, limits: YAMLLimits) -> YAMLNode? {
        let first = bytes.first { !($0 == 0x20 || (0x09...0x0D).contains($0)) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
        var tape = JSONTape()
        do {
            try tape.parse(bytes, maxDepth: limits.depth)
        } catch {
            return nil
        }
        var nodes = JSONNodes(tape: tape, file: file, left: limits.nodes)
        return nodes.node(at: 0)
    }

    private init(tape: JSONTape, file: String, left: Int) {
        self.tape = tape
        self.file = file
        self.left = left
    }

    private mutating func node(at index: Int) -> YAMLNode? {
        let entry = tape.entries[index]
        let end = Int(entry.next)
        var child = index + 1
        left -= 1
        guard left > 0 else { return nil }
        let location = location(of: entry)
        switch entry.kind {
        case .null: return YAMLNode(.null, at: location, scalarText: "null")
        case .true: return YAMLNode(.bool(true), at: location, scalarText: "true")
        case .false: return YAMLNode(.bool(false), at: location, scalarText: "false")
        case .integer, .number: return number(entry, at: location)
        case .string:
            let text = tape.decodedString(entry)
            return YAMLNode(.string(text), at: location, scalarText: text, style: .doubleQuoted)
        case .array:
            var elements: [YAMLNode] = []
            while child < end {
                guard let element = node(at: child) else { return nil }
                elements.append(element)
                child = Int(tape.entries[child].next)
            }
            return YAMLNode(.sequence(elements), at: location)
        case .object:
            var pairs: [YAMLNode.Pair] = []
            var names: Set<[UInt8]> = []
            while child < end {
                guard names.insert(tape.decodedBytes(tape.entries[child])).inserted,
                    let key = node(at: child), let value = node(at: child + 1)
                else { return nil }
                pairs.append(YAMLNode.Pair(key: key, value: value))
                child = Int(tape.entries[child + 1].next)
            }
            return YAMLNode(.mapping(pairs), at: location)
        }
    }

    private func number(_ entry: JSONTape.Entry, at location: SourceLocation) -> YAMLNode {
        let text = String(decoding: tape.text[Int(entry.start)..<Int(entry.end)], as: UTF8.self)
        switch tape.number(entry) {
        case .int(let value): return YAMLNode(.int(value), at: location, scalarText: text)
        case let value: return YAMLNode(.double(value.doubleValue ?? 0), at: location, scalarText: text)
        }
    }

    private mutating func location(of entry: JSONTape.Entry) -> SourceLocation {
        let quote = entry.kind == .string ? 1 : 0
        advance(to: Int(entry.start) - quote)
        let start = (line, column)
        let isContainer = entry.kind == .array || entry.kind == .object
        let end = min(Int(entry.end) + quote, tape.textCount)
        let length = isContainer ? 1 : tape.text[offset..<max(offset, end)].count { $0 & 0xC0 != 0x80 }
        return SourceLocation(file: file, line: start.0, column: start.1, length: length)
    }

    /// Counts lines as ``SourceText`` has them.
    private mutating func advance(to target: Int) {
        while offset < target {
            let byte = tape.text[offset]
            let next = (tape.text[offset + 1], tape.text[offset + 2])
            switch (byte, next) {
            // Of CR LF the second one ends the line.
            case (0x0D, (0x0A, _)): break
            case (0x0A, _), (0x0D, _), (0xC2, (0x85, _)), (0xE2, (0x80, 0xA8)), (0xE2, (0x80, 0xA9)):
                offset += byte == 0xC2 ? 1 : byte == 0xE2 ? 2 : 0
                line += 1
                column = 0
            default: break
            }
            offset += 1
            if byte & 0xC0 != 0x80 { column += 1 }
        }
    }
}
