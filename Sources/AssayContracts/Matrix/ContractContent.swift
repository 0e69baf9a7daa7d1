public import AssayFormats

/// What a contract says, free of how it is written: its bytes are hashed to recognise it in another version.
public enum ContractContent {
    /// The bytes to hash of a contract that is one JSON value, like a pact or an OpenAPI document.
    ///
    /// Order of members, white space and the writing of numbers do not count; order of array elements does.
    public static func canonical(_ contract: JSON) -> [UInt8] {
        var bytes: [UInt8] = []
        ordered(contract).write(into: &bytes)
        return bytes
    }

    /// The bytes to hash of a contract of several files.
    ///
    /// - Parameter parts: each file by its path in the contracts folder; their order does not count.
    public static func canonical(parts: [(path: String, value: JSON)]) -> [UInt8] {
        let sorted = parts.sorted { $0.path < $1.path }
        return canonical(.array(sorted.map { .array([.string($0.path), $0.value]) }))
    }

    private static func ordered(_ value: JSON) -> JSON {
        switch value {
        case .object(let object):
            return .object(
                JSONObject(object.keys.sorted().map { ($0, ordered(object[$0] ?? .null)) }))
        case .array(let elements): return .array(elements.map(ordered))
        case .double(let number):
            // 1.0 and 1 are one number (JSON Schema 2020-12 §4.2.2).
            return Int64(exactly: number).map(JSON.int) ?? value
        default: return value
        }
    }
}
