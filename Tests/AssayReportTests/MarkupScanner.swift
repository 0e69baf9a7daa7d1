/// A strict scanner for the markup that reports write: balanced elements, quoted attributes, no stray `<` or `&`,
/// no character that XML 1.0 forbids. For HTML it knows void elements and raw script and style content.
struct MarkupScanner {
    struct Fault: Error { var message: String }

    private let scalars: [Unicode.Scalar]
    private var at = 0
    private let isHTML: Bool
    private(set) var elements: [String] = []
    private(set) var attributes: [(name: String, value: String)] = []
    private static let void: Set<String> = ["meta", "br", "link", "img", "hr", "input"]

    init(_ text: String, html: Bool = false) {
        scalars = Array(text.unicodeScalars)
        isHTML = html
    }

    mutating func scan() throws {
        var open: [String] = []
        if looking("<?xml") { try skip(through: "?>") }
        if looking("<!DOCTYPE html>") { at += 15 }
        while at < scalars.count {
            if looking("</") {
                at += 2
                let name = name()
                guard open.popLast() == name, take(">") else { throw fault("unexpected end of \(name)") }
            } else if looking("<") {
                at += 1
                let name = name()
                guard !name.isEmpty else { throw fault("'<' without a name") }
                elements.append(name)
                let isEmpty = try tagRest()
                guard !isEmpty, !(isHTML && Self.void.contains(name)) else { continue }
                if isHTML, name == "script" || name == "style" {
                    try skip(through: "</\(name)>")
                } else {
                    open.append(name)
                }
            } else {
                try character()
            }
        }
        guard open.isEmpty else { throw fault("never closed: \(open)") }
    }

    /// - Returns: whether the element ended with `/>`.
    private mutating func tagRest() throws -> Bool {
        while true {
            while at < scalars.count, scalars[at] == " " || scalars[at] == "\n" { at += 1 }
            if take("/>") { return true }
            if take(">") { return false }
            let key = name()
            guard !key.isEmpty else { throw fault("expected an attribute") }
            guard take("=") else {
                if isHTML { continue }
                throw fault("attribute \(key) without value")
            }
            guard take("\"") else { throw fault("attribute \(key) without quotes") }
            let start = at
            while at < scalars.count, scalars[at] != "\"" { try character() }
            attributes.append((key, String(String.UnicodeScalarView(scalars[start..<at]))))
            guard take("\"") else { throw fault("attribute \(key) never ends") }
        }
    }

    private mutating func character() throws {
        let scalar = scalars[at]
        switch scalar.value {
        case 0x3C: throw fault("stray '<'")
        case 0..<0x09, 0x0B, 0x0C, 0x0E..<0x20, 0xFFFE, 0xFFFF:
            throw fault("forbidden character \(scalar.value)")
        case 0x26:
            let entity = scalars[at...].prefix(10).prefix { $0 != ";" }
            let text = String(String.UnicodeScalarView(entity))
            let isNumber = text.hasPrefix("&#") && UInt32(text.dropFirst(2)) != nil
            guard isNumber || ["&amp", "&lt", "&gt", "&quot"].contains(text) else { throw fault("stray '&'") }
            at += entity.count
        case 0x3E where !isHTML && at >= 2 && scalars[at - 1] == "]" && scalars[at - 2] == "]":
            throw fault("']]>' in text")
        default: break
        }
        at += 1
    }

    private func looking(_ text: String) -> Bool { scalars[at...].starts(with: text.unicodeScalars) }

    private mutating func take(_ text: String) -> Bool {
        guard looking(text) else { return false }
        at += text.unicodeScalars.count
        return true
    }

    private mutating func name() -> String {
        let name = scalars[at...].prefix {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == ":"
        }
        at += name.count
        return String(String.UnicodeScalarView(name))
    }

    private mutating func skip(through end: String) throws {
        while at < scalars.count { if take(end) { return } else { at += 1 } }
        throw fault("no \(end)")
    }

    private func fault(_ message: String) -> Fault {
        let near = scalars[max(0, at - 40)..<min(scalars.count, at + 20)]
        return Fault(message: "\(message) near: \(String(String.UnicodeScalarView(near)))")
    }
}
