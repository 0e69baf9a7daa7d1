public import AssayCore
public import AssayFormats

/// Replaces examples by what generators make: the same for the same seed and time.
public struct PactGenerating: Sendable {
    /// What setting up the provider's states gave, by name.
    public var stateValues: JSONObject
    /// Where the stand-in for the provider is reached; `nil` where none is, and then addresses stay.
    public var serverURL: String?
    /// The moment that dates are made from, milliseconds since 1970 UTC.
    public var nowMilliseconds: Int64
    var random: SeededRandom

    public init(
        random: SeededRandom, nowMilliseconds: Int64, stateValues: JSONObject = JSONObject(),
        serverURL: String? = nil
    ) {
        self.random = random
        self.nowMilliseconds = nowMilliseconds
        self.stateValues = stateValues
        self.serverURL = serverURL
    }

    /// The request as it is sent.
    public mutating func fill(_ request: PactRequest) -> PactRequest {
        var filled = request
        for place in request.generators {
            switch place.category {
            case .path: filled.path = text(place.generator, request.path)
            case .method: filled.method = text(place.generator, request.method)
            case .header: fill(&filled.headers, place, ignoringCase: true)
            case .query:
                var query = filled.query ?? []
                fill(&query, place, ignoringCase: false)
                filled.query = query.isEmpty ? nil : query
            default: break
            }
        }
        filled.body = fill(request.body, bodyPlaces(request.generators, request.rules))
        return filled
    }

    /// The response as it is answered.
    public mutating func fill(_ response: PactResponse) -> PactResponse {
        var filled = response
        for place in response.generators {
            switch place.category {
            case .status:
                let made =
                    value(place.generator, .int(Int64(response.status))).intValue ?? Int64(response.status)
                if (200...599).contains(made) { filled.status = Int(made) }
            case .header: fill(&filled.headers, place, ignoringCase: true)
            default: break
            }
        }
        filled.body = fill(response.body, bodyPlaces(response.generators, response.rules))
        return filled
    }

    /// The message as it is sent.
    public mutating func fill(_ message: PactMessage) -> PactMessage {
        var filled = message
        for place in message.generators where place.category == .metadata {
            guard let name = place.path.firstName, let example = message.metadata[name] else { continue }
            filled.metadata[name] = value(place.generator, example)
        }
        filled.contents = fill(message.contents, bodyPlaces(message.generators, message.rules))
        return filled
    }

    private mutating func fill(_ fields: inout [PactField], _ place: PactGeneratorPlace, ignoringCase: Bool) {
        guard let name = place.path.firstName else { return }
        let found = fields.firstIndex {
            ignoringCase ? $0.name.lowercased() == name.lowercased() : $0.name == name
        }
        guard let found else { return }
        let values = fields[found].values
        var index: Int?
        if case .index(let number)? = place.path.tokens.last { index = number }
        for position in values.indices where index == nil || index == position {
            fields[found].values[position] = text(place.generator, values[position])
        }
    }

    // MARK: Bodies

    /// Those of the body, and those of the variants of a list.
    private func bodyPlaces(_ places: [PactGeneratorPlace], _ rules: PactRules) -> [PactGeneratorPlace] {
        var all = places.filter { $0.category == .body || $0.category == .content }
        for entry in rules[.body].entries + rules[.content].entries {
            for case .arrayContains(let variants) in entry.list.rules {
                for variant in variants {
                    let base = entry.path.tokens + [.index(variant.index)]
                    all += variant.generators.map {
                        PactGeneratorPlace(
                            .body, PactPath(tokens: base + $0.path.tokens.filter { $0 != .root }),
                            $0.generator)
                    }
                }
            }
        }
        return all
    }

    private mutating func fill(_ body: PactBody, _ places: [PactGeneratorPlace]) -> PactBody {
        guard !places.isEmpty, case .bytes(let bytes, let type) = body else { return body }
        guard var json = try? JSON(parsing: bytes) else {
            guard let place = places.first(where: { $0.path.tokens.count <= 1 }) else { return body }
            return .bytes(
                Array(text(place.generator, String(decoding: bytes, as: UTF8.self)).utf8), type: type)
        }
        for place in places {
            json = replaced(json, place.path.tokens.filter { $0 != .root }[...], place.generator)
        }
        return .bytes(Array(json.rendered().utf8), type: type)
    }

    private mutating func replaced(
        _ json: JSON, _ tokens: ArraySlice<PactPath.Token>, _ generator: PactGenerator
    ) -> JSON {
        guard let token = tokens.first else { return value(generator, json) }
        switch json {
        case .object(var members):
            for name in members.keys where token.weight(of: name) > 0 {
                if let value = members[name] {
                    members[name] = replaced(value, tokens.dropFirst(), generator)
                }
            }
            return .object(members)
        case .array(var elements):
            for index in elements.indices where token.weight(of: "\(index)") > 0 {
                elements[index] = replaced(elements[index], tokens.dropFirst(), generator)
            }
            return .array(elements)
        default: return json
        }
    }

    // MARK: Values

    private mutating func text(_ generator: PactGenerator, _ example: String) -> String {
        PactValues.text(value(generator, .string(example)))
    }

    /// A new value; the example where none can be made. Numbers become texts where the example is one.
    mutating func value(_ generator: PactGenerator, _ example: JSON) -> JSON {
        switch generator {
        case .randomInt(let min, let max):
            return scalar(.int(Int64.random(in: min...max, using: &random)), like: example)
        case .randomDecimal(let digits): return decimal(max(2, min(digits, 15)), like: example)
        case .randomHexadecimal(let digits): return .string(characters(digits, of: "0123456789ABCDEF"))
        case .randomString(let size):
            return .string(
                characters(size, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))
        case .randomBoolean: return scalar(.bool(random.chance(0.5)), like: example)
        case .uuid(let format): return .string(uuid(format))
        case .regex(let pattern):
            var sample = PatternSample(random: random)
            let made = sample.text(of: pattern)
            random = sample.random
            return made.map { .string($0) } ?? example
        case .date(let format, let expression):
            return .string(moment(format ?? "yyyy-MM-dd", expression))
        case .time(let format, let expression): return .string(moment(format ?? "HH:mm:ss", expression))
        case .dateTime(let format, let expression):
            return .string(moment(format ?? "yyyy-MM-dd'T'HH:mm:ssXXX", expression))
        case .providerState(let expression, let type): return stateValue(expression, type, example)
        case .mockServerURL(let written, let pattern):
            guard let serverURL, let path = (try? Pattern(pattern).firstMatch(in: written))??.firstCapture
            else {
                return example
            }
            return .string(serverURL + path)
        case .unknown: return example
        }
    }

    private func scalar(_ value: JSON, like example: JSON) -> JSON {
        example.stringValue == nil ? value : .string(value.rendered())
    }

    private mutating func characters(_ count: Int, of set: String) -> String {
        let set = Array(set)
        return String((0..<count).map { _ in set[random.integer(in: 0...(set.count - 1))] })
    }

    /// So many digits with a point among them; the last is no zero, which a number would lose.
    private mutating func decimal(_ digits: Int, like example: JSON) -> JSON {
        var text = characters(1, of: "123456789") + characters(max(0, digits - 2), of: "0123456789")
        let point = random.integer(in: 1...(digits - 1))
        text += characters(1, of: "123456789")
        text.insert(".", at: text.index(text.startIndex, offsetBy: point))
        return example.stringValue == nil ? Double(text).map { .double($0) } ?? example : .string(text)
    }

    private mutating func uuid(_ format: String?) -> String {
        let uuid = randomUUID(using: &random)
        switch format {
        case "simple"?: return uuid.filter { $0 != "-" }
        case "upper-case-hyphenated"?: return uuid.uppercased()
        case "URN"?: return "urn:uuid:" + uuid
        default: return uuid
        }
    }

    private func moment(_ format: String, _ expression: String?) -> String {
        let moment = PactDateExpression.moment(expression ?? "", from: nowMilliseconds)
        return PactDateFormat(format)?.text(of: moment) ?? ""
    }

    private func stateValue(_ expression: String, _ type: String?, _ example: JSON) -> JSON {
        let value: JSON
        if expression.contains("${") {
            guard let text = filledIn(expression) else { return example }
            value = .string(text)
        } else {
            guard let found = stateValues[expression] else { return example }
            value = found
        }
        switch type {
        case "STRING"?: return .string(PactValues.text(value))
        case "INTEGER"?:
            return value.intValue.map { .int($0) } ?? value.stringValue.flatMap { Int64($0) }.map { .int($0) }
                ?? value
        case "DECIMAL"?, "FLOAT"?:
            return value.doubleValue.map { .double($0) } ?? value.stringValue.flatMap { Double($0) }.map {
                .double($0)
            } ?? value
        case "BOOLEAN"?:
            return value.boolValue.map { .bool($0) }
                ?? (value.stringValue == "true" ? true : value.stringValue == "false" ? false : value)
        default:
            // A whole text of a template becomes what the example is.
            guard expression.contains("${"), let text = value.stringValue, example.stringValue == nil,
                let read = try? JSON(parsing: text)
            else { return value }
            return read
        }
    }

    /// `/orders/${id}` with the values; `nil` when one is not there.
    private func filledIn(_ template: String) -> String? {
        var text = ""
        var rest = template[...]
        while let start = rest.firstRange(of: "${") {
            text += rest[..<start.lowerBound]
            let inner = rest[start.upperBound...]
            guard let end = inner.firstIndex(of: "}"), let value = stateValues[String(inner[..<end])] else {
                return nil
            }
            text += PactValues.text(value)
            rest = inner[inner.index(after: end)...]
        }
        return text + rest
    }
}
