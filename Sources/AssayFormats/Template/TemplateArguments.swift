import AssayCore

/// A call's arguments, taken by the type a function needs; errors name function, place and what was found.
struct TemplateArguments {
    let function: String
    private let values: [JSON]

    init(_ function: String, _ values: [JSON]) {
        self.function = function
        self.values = values
    }

    var count: Int { values.count }
    subscript(place: Int) -> JSON { values.indices.contains(place) ? values[place] : .null }

    /// A scalar as text.
    func text(_ place: Int) throws(TemplateError) -> String {
        switch self[place] {
        case .string(let text): return text
        case .int, .double, .bool: return self[place].templateText
        default: throw wrong(place, "a text")
        }
    }

    /// Text as UTF-8; anything that is no text as its JSON.
    func bytes(_ place: Int) -> [UInt8] { Array(self[place].templateText.utf8) }

    func int(_ place: Int, in range: ClosedRange<Int64> = .min ... .max) throws(TemplateError) -> Int64 {
        guard let value = self[place].intValue else { throw wrong(place, "a whole number") }
        guard range.contains(value) else {
            throw wrong(place, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func number(_ place: Int) throws(TemplateError) -> Double {
        guard let value = self[place].doubleValue else { throw wrong(place, "a number") }
        return value
    }

    func list(_ place: Int) throws(TemplateError) -> [JSON] {
        guard let list = self[place].arrayValue else { throw wrong(place, "a list") }
        return list
    }

    func object(_ place: Int) throws(TemplateError) -> JSONObject {
        guard let object = self[place].objectValue else { throw wrong(place, "an object") }
        return object
    }

    /// Milliseconds of an offset like `'+1h'` or `'-30m'`; 0 when it is not given.
    func offsetMilliseconds(_ place: Int) throws(TemplateError) -> Int64 {
        guard place < count else { return 0 }
        let text = self[place].stringValue ?? ""
        let isNegative = text.hasPrefix("-")
        let size = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
        guard !size.hasPrefix("-"), let duration = Duration(unitText: size) else {
            throw wrong(place, "an offset like '+1h' or '-30m'")
        }
        return duration.nanoseconds / 1_000_000 * (isNegative ? -1 : 1)
    }

    func wrong(_ place: Int, _ expected: String) -> TemplateError {
        let found = self[place].stringValue.map { "the text '\(shortened($0))'" } ?? self[place].kindText
        let ordinals = ["first", "second", "third"]
        let which = count > 1 && place < ordinals.count ? " as \(ordinals[place]) argument" : ""
        return TemplateError(
            "AS058", "\(function)() needs \(expected)\(which), found \(found)",
            fix: TemplateFunction.named(function).map { "write `\($0.signature)`" })
    }

    func fault(_ message: String) -> TemplateError { TemplateError("AS058", "\(function)(): \(message)") }
}
