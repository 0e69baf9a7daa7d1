internal import AssayCore
internal import AssayFormats

/// A pact's text while it is read: values with the names that lead to them, and the places of these in the file.
struct PactPart {
    enum Step: Equatable {
        case name(String)
        case index(Int)
    }

    var steps: [Step]
    var value: JSON

    subscript(name: String) -> PactPart? {
        value[name].map { PactPart(steps: steps + [.name(name)], value: $0) }
    }

    var members: [(name: String, part: PactPart)] {
        (value.objectValue ?? JSONObject()).map {
            ($0.key, PactPart(steps: steps + [.name($0.key)], value: $0.value))
        }
    }

    var elements: [PactPart] {
        (value.arrayValue ?? []).enumerated().map {
            PactPart(steps: steps + [.index($0.offset)], value: $0.element)
        }
    }
}

/// Collects what is wrong with one pact; it belongs to one reading.
final class PactSource {
    let file: String
    let root: PactPart
    private let tape: JSONTape
    private let bytes: [UInt8]
    private let bag: DiagnosticBag
    private(set) var hasErrors = false

    /// - Returns: `nil` when the text is no JSON; the bag then has AS470.
    init?(_ bytes: [UInt8], file: String, bag: DiagnosticBag) {
        var tape = JSONTape()
        // Some tools on other systems write a byte order mark.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        do {
            try tape.parse(bytes)
        } catch {
            let location = SourceLocation(file: file, line: error.line, column: error.column)
            bag.add(
                Diagnostic(
                    "AS470", "the pact is not JSON: expected \(error.expected), found \(error.actual)",
                    at: location, line: Self.line(at: error.offset, in: bytes)))
            return nil
        }
        guard let node = tape.root else { return nil }
        self.file = file
        self.bytes = bytes
        self.tape = tape
        self.bag = bag
        root = PactPart(steps: [], value: tape.json(node))
    }

    func error(_ code: DiagnosticCode, _ message: String, at part: PactPart, fix: String? = nil) {
        hasErrors = true
        add(code, message, part, fix, .error)
    }

    func warn(_ code: DiagnosticCode, _ message: String, at part: PactPart, fix: String? = nil) {
        add(code, message, part, fix, .warning)
    }

    private func add(
        _ code: DiagnosticCode, _ message: String, _ part: PactPart, _ fix: String?,
        _ severity: Diagnostic.Severity
    ) {
        let offset = self.offset(of: part)
        bag.add(
            Diagnostic(
                code, message, at: location(offset), line: Self.line(at: offset, in: bytes), fix: fix,
                severity: severity))
    }

    func location(of part: PactPart) -> SourceLocation { location(offset(of: part)) }

    private func offset(of part: PactPart) -> Int {
        guard var node = tape.root else { return 0 }
        for step in part.steps {
            let next: JSONTape.Node?
            switch step {
            case .name(let name): next = tape.member(name, of: node)
            case .index(let index):
                let elements = tape.elements(node)
                next = elements.indices.contains(index) ? elements[index] : nil
            }
            guard let next else { break }
            node = next
        }
        return tape.offset(of: node)
    }

    private func location(_ offset: Int) -> SourceLocation {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourceLocation(file: file, line: line, column: column)
    }

    /// The line around a place, when it is short enough for a person.
    private static func line(at offset: Int, in bytes: [UInt8]) -> String? {
        let start = bytes.prefix(offset).lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = bytes.dropFirst(offset).firstIndex(of: 0x0A) ?? bytes.count
        guard start <= end, end - start <= 2000 else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    // MARK: Values of a kind

    /// What stands there, for messages: `a list`, `the number 7`.
    static func kind(of value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int, .double: "the number \(value.rendered())"
        case .string(let text): "'\(text.prefix(60))'"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// A text, or the text of another scalar.
    func text(_ part: PactPart?, _ what: String) -> String? {
        guard let part else { return nil }
        switch part.value {
        case .string(let text): return text
        case .int, .double, .bool: return part.value.rendered()
        default:
            error("AS473", "\(what) is a text, found \(Self.kind(of: part.value))", at: part)
            return nil
        }
    }

    func object(_ part: PactPart?, _ what: String) -> PactPart? {
        guard let part, part.value != .null else { return nil }
        guard part.value.objectValue != nil else {
            error("AS473", "\(what) is an object, found \(Self.kind(of: part.value))", at: part)
            return nil
        }
        return part
    }

    func list(_ part: PactPart?, _ what: String) -> [PactPart] {
        guard let part, part.value != .null else { return [] }
        guard part.value.arrayValue != nil else {
            error("AS473", "\(what) are a list, found \(Self.kind(of: part.value))", at: part)
            return []
        }
        return part.elements
    }

    func count(_ part: PactPart?, _ what: String) -> Int? {
        guard let part else { return nil }
        let number = part.value.intValue ?? part.value.stringValue.flatMap { Int64($0) }
        guard let number, (0...1_000_000).contains(number) else {
            error(
                "AS473", "\(what) is a whole number from 0 to 1000000, found \(Self.kind(of: part.value))",
                at: part)
            return nil
        }
        return Int(number)
    }
}
