internal import AssayFormats

/// Reads the members of a request's JSON body, with refusals in OpenAI's words.
struct OpenAIBody {
    let object: JSONObject
    /// `tools[0].function` for members of members; empty at the top.
    var path = ""

    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    init(parsing bytes: [UInt8]) throws(OpenAIError) {
        guard let object = (try? JSON(parsing: bytes, maxDepth: 128))?.objectValue else {
            throw .invalid(
                "We could not parse the JSON body of your request. The body must be a JSON object like "
                    + "{\"model\": \"gpt-4o-mini\"}.")
        }
        self.object = object
    }

    func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The member's value; null counts as absent.
    subscript(key: String) -> JSON? { object[key].flatMap { $0 == .null ? Optional<JSON>.none : $0 } }

    func required(_ key: String) throws(OpenAIError) -> JSON {
        guard let value = self[key] else {
            throw .invalid(
                "Missing required parameter: '\(place(key))'.", param: place(key),
                code: "missing_required_parameter")
        }
        return value
    }

    func text(_ key: String) throws(OpenAIError) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.stringValue else { throw wrongType(key, "a string", value) }
        return text
    }

    func requiredText(_ key: String) throws(OpenAIError) -> String {
        _ = try required(key)
        return try text(key) ?? ""
    }

    func flag(_ key: String) throws(OpenAIError) -> Bool? {
        guard let value = self[key] else { return nil }
        guard let flag = value.boolValue else { throw wrongType(key, "a boolean", value) }
        return flag
    }

    func int(_ key: String, in range: ClosedRange<Int>) throws(OpenAIError) -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = value.intValue.flatMap({ Int(exactly: $0) }) else {
            throw wrongType(key, "an integer", value)
        }
        guard range.contains(number) else {
            let (bound, word) =
                number < range.lowerBound ? (range.lowerBound, ">=") : (range.upperBound, "<=")
            throw .invalid(
                "Invalid '\(place(key))': expected a value \(word) \(bound), but got \(number) instead.",
                param: place(key),
                code: number < range.lowerBound ? "integer_below_min_value" : "integer_above_max_value")
        }
        return number
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(OpenAIError) -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.doubleValue else { throw wrongType(key, "a number", value) }
        guard range.contains(number) else {
            throw .invalid(
                "Invalid '\(place(key))': expected a value from \(range.lowerBound) to \(range.upperBound), "
                    + "but got \(number) instead.", param: place(key), code: "decimal_out_of_range")
        }
        return number
    }

    func list(_ key: String) throws(OpenAIError) -> [JSON]? {
        guard let value = self[key] else { return nil }
        guard let list = value.arrayValue else { throw wrongType(key, "an array", value) }
        return list
    }

    func object(_ key: String) throws(OpenAIError) -> OpenAIBody? {
        guard let value = self[key] else { return nil }
        guard let object = value.objectValue else { throw wrongType(key, "an object", value) }
        return OpenAIBody(object, path: place(key))
    }

    /// The objects of a list.
    func objects(_ key: String) throws(OpenAIError) -> [OpenAIBody]? {
        guard let list = try list(key) else { return nil }
        var bodies: [OpenAIBody] = []
        for (index, element) in list.enumerated() {
            guard let object = element.objectValue else {
                throw wrongType("\(key)[\(index)]", "an object", element)
            }
            bodies.append(OpenAIBody(object, path: "\(place(key))[\(index)]"))
        }
        return bodies
    }

    func wrongType(_ key: String, _ expected: String, _ value: JSON) -> OpenAIError {
        .invalid(
            "Invalid type for '\(place(key))': expected \(expected), but got \(value.typeName) instead.",
            param: place(key), code: "invalid_type")
    }

    func invalidValue(_ key: String, _ value: String, of words: [String]) -> OpenAIError {
        let listed = words.map { "'\($0)'" }.joined(separator: ", ")
        return .invalid(
            "Invalid value: '\(value.prefix(100))'. Supported values are: \(listed).", param: place(key),
            code: "invalid_value")
    }
}
