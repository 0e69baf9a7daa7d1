internal import AssayCore
internal import AssayFormats

/// Members of an object of options, read by type as k6 reads them; what is wrong is gathered.
struct K6Fields {
    let object: JSONObject
    /// Whose members they are, for people: `` or `scenario 'a': `.
    let owner: String
    private(set) var problems: [String] = []
    private var asked: Set<String> = []

    init(_ object: JSONObject, owner: String = "") {
        self.object = object
        self.owner = owner
    }

    /// Members that nobody asked for, in their order.
    var unknown: [String] { object.keys.filter { !asked.contains($0) } }
    var known: [String] { asked.sorted() }

    /// The member, unless it is absent or `null`.
    mutating func value(_ key: String) -> JSON? {
        asked.insert(key)
        guard let value = object[key] else { return nil }
        if case .null = value { return Optional.none }
        return value
    }

    mutating func refuse(_ key: String, _ expected: String, _ found: JSON) {
        problems.append("\(owner)`\(key)` is \(expected), found \(Self.told(found))")
    }

    mutating func say(_ problem: String) { problems.append(owner + problem) }

    /// A whole number, or a text of one; an empty text says nothing.
    mutating func int(_ key: String) -> Int? {
        guard let value = value(key) else { return nil }
        if let text = value.stringValue {
            if text.isEmpty { return nil }
            if let number = Int(text) { return number }
        } else if let number = value.intValue {
            return Int(number)
        }
        refuse(key, "a whole number", value)
        return nil
    }

    mutating func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        if let flag = value.boolValue { return flag }
        refuse(key, "true or false", value)
        return nil
    }

    mutating func text(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        if let text = value.stringValue { return text }
        refuse(key, "a text", value)
        return nil
    }

    mutating func duration(_ key: String) -> Duration? {
        guard let value = value(key) else { return nil }
        let found =
            value.stringValue.map(K6Duration.extended) ?? value.doubleValue.map(K6Duration.milliseconds)
        if let duration = found ?? nil { return duration }
        refuse(key, "a time like '1m30s' or a number of milliseconds", value)
        return nil
    }

    mutating func texts(_ key: String) -> [String]? {
        guard let value = value(key) else { return nil }
        let texts = value.arrayValue?.compactMap(\.stringValue)
        if let texts, texts.count == value.arrayValue?.count { return texts }
        refuse(key, "a list of texts", value)
        return nil
    }

    mutating func textMap(_ key: String) -> [String: String]? {
        guard let value = value(key) else { return nil }
        guard let object = value.objectValue else {
            refuse(key, "an object of texts", value)
            return nil
        }
        var map: [String: String] = [:]
        for (name, value) in object {
            guard let text = value.stringValue else {
                refuse("\(key).\(name)", "a text", value)
                continue
            }
            map[name] = text
        }
        return map
    }

    /// `[{duration: '1m', target: 10}]`.
    mutating func stages(_ key: String, strict: Bool) -> [K6Layer.Stage]? {
        guard let value = value(key) else { return nil }
        guard let list = value.arrayValue else {
            refuse(key, "a list of stages", value)
            return nil
        }
        return list.enumerated().map { place, item in
            guard let object = item.objectValue else {
                refuse(key, "a list of objects with `duration` and `target`", item)
                return K6Layer.Stage()
            }
            var fields = K6Fields(object, owner: "\(owner)stage \(place + 1): ")
            let stage = K6Layer.Stage(duration: fields.duration("duration"), target: fields.int("target"))
            problems += fields.problems
            if strict {
                for name in fields.unknown { problems.append("\(fields.owner)there is no field '\(name)'") }
            }
            return stage
        }
    }

    /// A value for people.
    static func told(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .int, .double: "the number \(value.rendered())"
        case .string(let text): "the text '\(text)'"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
