import AssayFormats

/// Why a line of a record cannot be used: which member, what belongs there.
struct RecordFault: Error {
    var member: String
    var expected: String
}

/// The members of one object of the record, asked for by name and type.
struct RecordFields {
    private let object: JSONObject
    private let path: String

    init(_ json: JSON, path: String) throws(RecordFault) {
        guard let object = json.objectValue else { throw RecordFault(member: path, expected: "an object") }
        self.object = object
        self.path = path
    }

    func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func required<Value>(
        _ key: String, _ expected: String, _ take: (JSON) -> Value?
    ) throws(RecordFault) -> Value {
        guard let json = object[key], let value = take(json) else {
            throw RecordFault(member: place(key), expected: expected)
        }
        return value
    }

    func has(_ key: String) -> Bool { object[key].map { $0 != .null } ?? false }
    func string(_ key: String) throws(RecordFault) -> String {
        try required(key, "a string") { $0.stringValue }
    }
    func bool(_ key: String) throws(RecordFault) -> Bool {
        try required(key, "true or false") { $0.boolValue }
    }
    func int64(_ key: String) throws(RecordFault) -> Int64 {
        try required(key, "a whole number") { $0.intValue }
    }
    func int(_ key: String) throws(RecordFault) -> Int {
        try required(key, "a whole number") { $0.intValue.flatMap(Int.init(exactly:)) }
    }
    func uint64(_ key: String) throws(RecordFault) -> UInt64 {
        try required(key, "a whole number from 0 on") { $0.recordCount }
    }
    func double(_ key: String) throws(RecordFault) -> Double {
        try required(key, "a number") { $0.recordNumber }
    }
    func hexadecimal(_ key: String) throws(RecordFault) -> UInt64 {
        try required(key, "a hexadecimal number in quotes") {
            $0.stringValue.flatMap { UInt64($0, radix: 16) }
        }
    }

    /// A value of an enumeration by its name.
    func name<Value: RawRepresentable>(_ key: String) throws(RecordFault) -> Value
    where Value.RawValue == String {
        try required(key, "a known name of \(Value.self)") { $0.stringValue.flatMap(Value.init(rawValue:)) }
    }

    func optionalString(_ key: String) throws(RecordFault) -> String? { has(key) ? try string(key) : nil }
    func optionalInt64(_ key: String) throws(RecordFault) -> Int64? { has(key) ? try int64(key) : nil }
    func optionalDouble(_ key: String) throws(RecordFault) -> Double? { has(key) ? try double(key) : nil }
    func flag(_ key: String) throws(RecordFault) -> Bool { has(key) ? try bool(key) : false }

    func fields(_ key: String) throws(RecordFault) -> RecordFields {
        try RecordFields(try required(key, "an object") { $0 }, path: place(key))
    }

    func optional<Value>(
        _ key: String, _ read: (RecordFields) throws(RecordFault) -> Value
    ) throws(RecordFault) -> Value? {
        has(key) ? try read(try fields(key)) : nil
    }

    /// Elements of an array; an absent member is an empty array.
    func elements(_ key: String) throws(RecordFault) -> [JSON] {
        guard has(key) else { return [] }
        return try required(key, "an array") { $0.arrayValue }
    }

    func list<Value>(
        _ key: String, _ read: (RecordFields) throws(RecordFault) -> Value
    ) throws(RecordFault) -> [Value] {
        var values: [Value] = []
        for (index, json) in try elements(key).enumerated() {
            values.append(try read(try RecordFields(json, path: "\(place(key))[\(index)]")))
        }
        return values
    }

    func strings(_ key: String) throws(RecordFault) -> [String] {
        var values: [String] = []
        for json in try elements(key) {
            guard let text = json.stringValue else {
                throw RecordFault(member: place(key), expected: "an array of strings")
            }
            values.append(text)
        }
        return values
    }
}

extension JSON {
    /// A count; one that a signed number cannot hold is written in quotes.
    init(count: UInt64) { self = Int64(exactly: count).map(JSON.int) ?? .string(String(count)) }

    var recordCount: UInt64? {
        intValue.flatMap { UInt64(exactly: $0) } ?? stringValue.flatMap { UInt64($0) }
    }

    /// A number; infinities and not-a-number, which JSON lacks, are written in quotes.
    init(number: Double) { self = number.isFinite ? .double(number) : .string(number.description) }

    var recordNumber: Double? { doubleValue ?? stringValue.flatMap { Double($0) } }
}

extension JSONObject {
    /// Members without those that are absent or empty; a reader fills them in again.
    init(sparse members: [(String, JSON?)]) {
        self.init(
            members.compactMap { key, value -> (String, JSON)? in
                guard let value, value != .array([]) else { return nil }
                return (key, value)
            })
    }
}
