/// The YAML 1.2 core schema: what a plain scalar is. Source: YAML 1.2.2 §10.3.2.
enum YAMLSchema {
    static func content(ofPlain text: String) -> YAMLNode.Content {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        default: break
        }
        guard let first = text.utf8.first, couldBeNumber(first) else { return .string(text) }
        return integer(text) ?? float(text) ?? .string(text)
    }

    /// What an explicit `!!…` tag makes of a scalar; `nil` when the text does not fit the tag or the tag is unknown.
    static func content(of text: String, tag: String) -> YAMLNode.Content? {
        let plain = content(ofPlain: text)
        switch (tag, plain) {
        case ("!", _), ("tag:yaml.org,2002:str", _): return .string(text)
        case ("tag:yaml.org,2002:int", .int), ("tag:yaml.org,2002:bool", .bool),
            ("tag:yaml.org,2002:null", .null), ("tag:yaml.org,2002:float", .double):
            return plain
        case ("tag:yaml.org,2002:float", .int(let value)): return .double(Double(value))
        default: return nil
        }
    }

    private static func couldBeNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".")
    }

    private static func integer(_ text: String) -> YAMLNode.Content? {
        if text.hasPrefix("0x") { return prefixed(text, radix: 16) }
        if text.hasPrefix("0o") { return prefixed(text, radix: 8) }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text).map { .int($0) } ?? Double(text).map { .double($0) }
    }

    private static func prefixed(_ text: String, radix: Int) -> YAMLNode.Content? {
        let digits = text.dropFirst(2)
        guard let first = digits.first, first != "-", first != "+" else { return nil }
        return Int64(digits, radix: radix).map { .int($0) }
    }

    private static func float(_ text: String) -> YAMLNode.Content? {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if let word = String(rest), [".inf", ".Inf", ".INF"].contains(word) {
            return .double(isNegative ? -.infinity : .infinity)
        }
        func digits() -> Int {
            let run = rest.prefix { (0x30...0x39).contains($0) }
            rest.removeFirst(run.count)
            return run.count
        }
        var count = digits()
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            count += digits()
        }
        guard count > 0 else { return nil }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            guard digits() > 0 else { return nil }
        }
        guard rest.isEmpty else { return nil }
        return Double(text.hasSuffix(".") ? text + "0" : text).map { .double($0) }
    }
}
