// How Go, in which k6 is written, shows and reads a script's values: its messages and forms hold them.

/// The name of the type that a value is exported to.
func goTypeName(_ value: ScriptValue, _ runtime: ScriptRuntime) -> String {
    if value.isNullish { return "<nil>" }
    if value.isString { return "string" }
    if value.isBool { return "bool" }
    if let number = runtime.number(value) { return number.rounded() == number ? "int64" : "float64" }
    if runtime.isArray(value) { return "[]interface {}" }
    if runtime.isDate(value) { return "time.Time" }
    if runtime.isFunction(value) { return "func(sobek.FunctionCall) sobek.Value" }
    if runtime.isBuffer(value) { return "sobek.ArrayBuffer" }
    if runtime.held(value, as: HTTPFile.self) != nil { return "*http.FileData" }
    return "map[string]interface {}"
}

/// A value as Go's `%v` shows it, for messages.
func exported(_ value: ScriptValue, _ runtime: ScriptRuntime, depth: Int = 0) throws(ScriptThrow) -> String {
    if value.isNullish { return "<nil>" }
    if let number = runtime.number(value) { return formNumber(number) }
    guard value.isObject, depth < 4, !runtime.isFunction(value) else { return try runtime.text(value) }
    var parts: [String] = []
    if runtime.isArray(value) {
        try runtime.forEachElement(of: value) { element throws(ScriptThrow) in
            parts.append(try exported(element, runtime, depth: depth + 1))
        }
        return "[\(parts.joined(separator: " "))]"
    }
    try runtime.forEachProperty(of: value) { name, value throws(ScriptThrow) in
        parts.append("\(name):\(try exported(value, runtime, depth: depth + 1))")
    }
    return "map[\(parts.sorted().joined(separator: " "))]"
}

/// Whole and bounded: what is over the range of time is its end.
func nanoseconds(milliseconds: Double) -> Int64 {
    Int64(exactly: (milliseconds * 1e6).rounded(.towardZero))
        ?? (milliseconds > 0 ? .max : milliseconds < 0 ? .min : 0)
}

/// Reads `1m30s`, `500ms`, `2d`, or a number of milliseconds.
///
/// - Returns: nanoseconds; `nil` for what is no duration.
func durationNanoseconds(_ text: String) -> Int64? {
    if let number = Double(text), number.isFinite { return nanoseconds(milliseconds: number) }
    var total = 0.0
    var rest = text[...]
    var sign = 1.0
    if rest.first == "-" || rest.first == "+" {
        sign = rest.first == "-" ? -1 : 1
        rest = rest.dropFirst()
    }
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        rest = rest[digits.endIndex...]
        let unit = rest.prefix { !($0.isASCII && $0.isNumber || $0 == ".") }
        rest = rest[unit.endIndex...]
        guard let number = Double(digits.hasPrefix(".") ? "0" + digits : String(digits)),
            let size = unitNanoseconds[String(unit)]
        else { return nil }
        total += number * size
    }
    return nanoseconds(milliseconds: sign * total / 1e6)
}

private let unitNanoseconds: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9, "d": 86_400e9,
]

extension StringProtocol {
    /// Without white space at either end.
    var trimmedBlanks: String {
        let start = drop { $0.isWhitespace }
        return String(
            start[
                ..<(start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex)])
    }
}
