internal import AssayFormats

extension PactRules {
    /// As versions 3 and 4 write them.
    var json: JSON {
        var json = JSONObject()
        for category in Category.allCases where !self[category].isEmpty {
            json[category.rawValue] = self[category].json(of: category)
        }
        return .object(json)
    }
}

extension PactRuleSet {
    func json(of category: PactRules.Category) -> JSON {
        if entries.count == 1, entries[0].path == .whole { return entries[0].list.json }
        var json = JSONObject()
        for entry in entries {
            let isNamed = [.header, .query, .metadata].contains(category) && entry.path.tokens.count == 2
            json[isNamed ? entry.path.firstName ?? entry.path.description : entry.path.description] =
                entry.list.json
        }
        return .object(json)
    }
}

extension PactRuleList {
    var json: JSON {
        ["combine": .string(combination.rawValue), "matchers": .array(rules.map(\.json))]
    }
}

extension PactRule {
    var json: JSON {
        func rule(_ name: String, _ members: (String, JSON)...) -> JSON {
            .object(JSONObject([("match", .string(name))] + members))
        }
        switch self {
        case .equality: return rule("equality")
        case .regex(let pattern): return rule("regex", ("regex", .string(pattern.source)))
        case .type(let min, let max):
            var members: [(String, JSON)] = [("match", "type")]
            if let min { members.append(("min", .int(Int64(min)))) }
            if let max { members.append(("max", .int(Int64(max)))) }
            return .object(JSONObject(members))
        case .include(let text): return rule("include", ("value", .string(text)))
        case .number: return rule("number")
        case .integer: return rule("integer")
        case .decimal: return rule("decimal")
        case .boolean: return rule("boolean")
        case .null: return rule("null")
        case .date(let format): return rule("date", ("format", .string(format)))
        case .time(let format): return rule("time", ("format", .string(format)))
        case .datetime(let format): return rule("datetime", ("format", .string(format)))
        case .contentType(let type): return rule("contentType", ("value", .string(type)))
        case .arrayContains(let variants):
            return rule("arrayContains", ("variants", .array(variants.map(\.json))))
        case .eachKey(let rules): return rule("eachKey", ("rules", .array(rules.map(\.json))))
        case .eachValue(let rules): return rule("eachValue", ("rules", .array(rules.map(\.json))))
        case .values: return rule("values")
        case .semver: return rule("semver")
        case .statusCode(let status): return rule("statusCode", ("status", status.json))
        case .notEmpty: return rule("notEmpty")
        case .unknown(let name, let values):
            return .object(JSONObject([("match", .string(name))] + values.map { ($0.key, $0.value) }))
        }
    }
}

extension PactStatusClass {
    fileprivate var json: JSON {
        if case .codes(let codes) = self { return .array(codes.map { .int(Int64($0)) }) }
        return Self.names.first { $0.value == self }.map { .string($0.name) } ?? "success"
    }
}

extension PactVariant {
    fileprivate var json: JSON {
        var json: JSONObject = ["index": .int(Int64(index))]
        // An empty path is written as one: without a name the rules would be for all of the body.
        json["rules"] = .object(JSONObject(rules.entries.map { ($0.path.description, $0.list.json) }))
        if !generators.isEmpty {
            json["generators"] = .object(
                JSONObject(generators.map { ($0.path.description, $0.generator.json) }))
        }
        return .object(json)
    }
}

extension PactGeneratorPlace {
    static func json(_ places: [PactGeneratorPlace]) -> JSON {
        var json = JSONObject()
        for place in places {
            let category = place.category.rawValue
            if place.path == .whole {
                json[category] = place.generator.json
                continue
            }
            var members = json[category]?.objectValue ?? JSONObject()
            let isNamed =
                [.header, .query, .metadata].contains(place.category) && place.path.tokens.count == 2
            members[isNamed ? place.path.firstName ?? "" : place.path.description] = place.generator.json
            json[category] = .object(members)
        }
        return .object(json)
    }
}

extension PactGenerator {
    var json: JSON {
        var json = JSONObject()
        func dated(_ name: String, _ format: String?, _ expression: String?) {
            json["type"] = .string(name)
            if let format { json["format"] = .string(format) }
            if let expression { json["expression"] = .string(expression) }
        }
        switch self {
        case .randomInt(let min, let max): json = ["type": "RandomInt", "min": .int(min), "max": .int(max)]
        case .randomDecimal(let digits): json = ["type": "RandomDecimal", "digits": .int(Int64(digits))]
        case .randomHexadecimal(let digits):
            json = ["type": "RandomHexadecimal", "digits": .int(Int64(digits))]
        case .randomString(let size): json = ["type": "RandomString", "size": .int(Int64(size))]
        case .randomBoolean: json = ["type": "RandomBoolean"]
        case .uuid(let format):
            json["type"] = "Uuid"
            if let format { json["format"] = .string(format) }
        case .regex(let pattern): json = ["type": "Regex", "regex": .string(pattern)]
        case .date(let format, let expression): dated("Date", format, expression)
        case .time(let format, let expression): dated("Time", format, expression)
        case .dateTime(let format, let expression): dated("DateTime", format, expression)
        case .providerState(let expression, let type):
            json = ["type": "ProviderState", "expression": .string(expression)]
            if let type { json["dataType"] = .string(type) }
        case .mockServerURL(let example, let pattern):
            json = ["type": "MockServerURL", "example": .string(example), "regex": .string(pattern)]
        case .unknown(let name, let values):
            json["type"] = .string(name)
            for (name, value) in values { json[name] = value }
        }
        return .object(json)
    }
}
