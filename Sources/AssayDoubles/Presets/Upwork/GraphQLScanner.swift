internal import AssayFormats

/// Cuts a GraphQL document into tokens. Source: GraphQL October 2021, §2.1.
struct GraphQLScanner {
    enum Word { case sign(String), name(String), value(JSON) }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Of the next token; columns count bytes.
    var place: GraphQLDocument.Place { .init(line: line, column: position - lineStart + 1) }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    private mutating func skip() {
        while let byte = peek() {
            switch byte {
            case 0x0A:
                position += 1
                (line, lineStart) = (line + 1, position)
            // Blanks, commas and the byte order mark's bytes mean nothing.
            case 0x20, 0x09, 0x0D, 0x2C, 0xEF, 0xBB, 0xBF: position += 1
            case 0x23: while let byte = peek(), byte != 0x0A { _ = byte; position += 1 }
            default: return
            }
        }
    }

    mutating func next() throws(GraphQLError) -> (Word, GraphQLDocument.Place)? {
        skip()
        guard let byte = peek() else { return nil }
        let place = place
        switch byte {
        case 0x2E:  // ...
            guard peek(1) == 0x2E, peek(2) == 0x2E else { throw unexpected(byte) }
            position += 3
            return (.sign("..."), place)
        case 0x21, 0x24, 0x26, 0x28, 0x29, 0x3A, 0x3D, 0x40, 0x5B, 0x5D, 0x7B, 0x7C, 0x7D:
            position += 1
            return (.sign(String(UnicodeScalar(byte))), place)
        case 0x22: return (.value(.string(try string())), place)
        case 0x2D, 0x30...0x39: return (.value(try number()), place)
        case _ where Self.isNameByte(byte):
            let start = position
            while let byte = peek(), Self.isNameByte(byte) { position += 1 }
            return (.name(String(decoding: bytes[start..<position], as: UTF8.self)), place)
        default: throw unexpected(byte)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F
    }

    private func unexpected(_ byte: UInt8) -> GraphQLError {
        let shown = byte >= 0x20 && byte < 0x7F ? String(UnicodeScalar(byte)) : "byte \(byte)"
        return GraphQLError("Invalid Syntax : offending token '\(shown)'", at: place)
    }

    private mutating func number() throws(GraphQLError) -> JSON {
        let (start, begun) = (position, place)
        while let byte = peek(), byte &- 0x30 < 10 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = try? JSON(parsing: text), value.doubleValue != nil else {
            throw GraphQLError("Invalid Syntax : offending token '\(text.prefix(40))'", at: begun)
        }
        return value
    }

    private mutating func string() throws(GraphQLError) -> String {
        if peek(1) == 0x22, peek(2) == 0x22 { return try block() }
        let (start, begun) = (position, place)
        position += 1
        while let byte = peek() {
            switch byte {
            case 0x5C: position += 2
            case 0x22:
                position += 1
                // Escapes are those of JSON.
                guard let value = try? JSON(parsing: bytes[start..<position]), let text = value.stringValue
                else {
                    throw GraphQLError("Invalid Syntax : a string with an escape that is none", at: begun)
                }
                return text
            case 0x0A: throw GraphQLError("Invalid Syntax : a string without its end", at: begun)
            default: position += 1
            }
        }
        throw GraphQLError("Invalid Syntax : a string without its end", at: begun)
    }

    /// `"""`: as written, the lines' common indentation and empty first and last lines taken away.
    private mutating func block() throws(GraphQLError) -> String {
        let begun = place
        position += 3
        var raw: [UInt8] = []
        while let byte = peek() {
            if byte == 0x22, peek(1) == 0x22, peek(2) == 0x22 {
                position += 3
                return Self.dedented(String(decoding: raw, as: UTF8.self))
            }
            if byte == 0x5C, peek(1) == 0x22, peek(2) == 0x22, peek(3) == 0x22 {
                raw += [0x22, 0x22, 0x22]
                position += 4
                continue
            }
            position += 1
            if byte == 0x0A { (line, lineStart) = (line + 1, position) }
            raw.append(byte)
        }
        throw GraphQLError("Invalid Syntax : a block string without its end", at: begun)
    }

    private static func dedented(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func isBlank(_ line: Substring) -> Bool { line.allSatisfy { $0 == " " || $0 == "\t" || $0 == "\r" } }
        let indents = lines.dropFirst().filter { !isBlank($0) }.map {
            $0.prefix { $0 == " " || $0 == "\t" }.count
        }
        if let indent = indents.min() {
            for place in lines.indices.dropFirst() { lines[place] = lines[place].dropFirst(indent) }
        }
        while let first = lines.first, isBlank(first) { lines.removeFirst() }
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
