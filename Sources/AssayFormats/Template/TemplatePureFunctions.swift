import AssayCore

extension TemplateArguments {
    /// The value of a function that needs nothing of the outside; `nil` for all others.
    func pureValue() throws(TemplateError) -> JSON? {
        switch function {
        case "base64": return .string(Base64.standard.encode(bytes(0)))
        case "base64url": return .string(Base64.url.encode(bytes(0)))
        case "base64.decode": return .string(try decoded())
        case "json": return .string(self[0].rendered())
        case "text": return .string(self[0].templateText)
        case "number": return try parsedNumber()
        case "round": return try rounded()
        case "length": return try length()
        case "upper": return .string(try text(0).uppercased())
        case "lower": return .string(try text(0).lowercased())
        case "trim": return .string(trimmed(try text(0)))
        case "join":
            let separator = count > 1 ? try text(1) : ","
            return .string(try list(0).map(\.templateText).joined(separator: separator))
        case "split": return try split()
        default: return nil
        }
    }

    private func decoded() throws(TemplateError) -> String {
        guard let bytes = Base64.decode(try text(0)) else { throw wrong(0, "Base64") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault("the bytes inside are not UTF-8 text")
        }
        return text
    }

    private func parsedNumber() throws(TemplateError) -> JSON {
        if self[0].doubleValue != nil { return self[0] }
        let text = trimmed(try text(0))
        if let value = Int64(text) { return .int(value) }
        let isPlain = text.utf8.allSatisfy { "+-.eE0123456789".utf8.contains($0) }
        guard isPlain, let value = Double(text), value.isFinite else { throw wrong(0, "a number") }
        return .double(value)
    }

    /// Half away from zero.
    private func rounded() throws(TemplateError) -> JSON {
        let places = count > 1 ? try int(1, in: 0...15) : 0
        if case .int = self[0] { return self[0] }
        let value = try number(0)
        if places == 0 { return Int64(exactly: value.rounded()).map { .int($0) } ?? .double(value) }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = (value * scale).rounded() / scale
        return .double(scaled.isFinite ? scaled : value)
    }

    private func length() throws(TemplateError) -> JSON {
        switch self[0] {
        case .string(let text): return .int(Int64(text.count))
        case .array(let elements): return .int(Int64(elements.count))
        case .object(let object): return .int(Int64(object.count))
        default: throw wrong(0, "a text, a list or an object")
        }
    }

    private func split() throws(TemplateError) -> JSON {
        let (text, separator) = (Array(try text(0).utf8), Array(try text(1).utf8))
        guard !separator.isEmpty else { throw wrong(1, "a separator that is not empty") }
        var parts: [JSON] = []
        var start = 0
        var place = 0
        while place + separator.count <= text.count {
            if text[place..<place + separator.count].elementsEqual(separator) {
                parts.append(.string(String(decoding: text[start..<place], as: UTF8.self)))
                place += separator.count
                start = place
            } else {
                place += 1
            }
        }
        parts.append(.string(String(decoding: text[start...], as: UTF8.self)))
        return .array(parts)
    }

    private func trimmed(_ text: String) -> String {
        var view = Substring(text)
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
