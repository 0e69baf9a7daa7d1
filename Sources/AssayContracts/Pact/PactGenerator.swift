public import AssayFormats
internal import AssayCore

/// Makes a value in place of an example.
///
/// Source: the Pact specification, versions 3 and 4.
public enum PactGenerator: Sendable, Hashable {
    case randomInt(min: Int64, max: Int64)
    case randomDecimal(digits: Int)
    case randomHexadecimal(digits: Int)
    case randomString(size: Int)
    case randomBoolean
    /// - Parameter format: `simple`, `lower-case-hyphenated`, `upper-case-hyphenated` or `URN`.
    case uuid(format: String?)
    /// A text that the expression matches.
    case regex(String)
    case date(format: String?, expression: String?)
    case time(format: String?, expression: String?)
    case dateTime(format: String?, expression: String?)
    /// A value that setting up a provider state gave, or a text with such in it: `/orders/${id}`.
    case providerState(expression: String, dataType: String?)
    /// The address of whatever stands in for the provider, before what the pattern finds in the example.
    case mockServerURL(example: String, regex: String)
    /// Of a plugin; the example stays.
    case unknown(String, JSONObject)
}

/// A generator and what it is for.
public struct PactGeneratorPlace: Sendable, Hashable {
    public var category: PactRules.Category
    public var path: PactPath
    public var generator: PactGenerator

    public init(_ category: PactRules.Category, _ path: PactPath, _ generator: PactGenerator) {
        self.category = category
        self.path = path
        self.generator = generator
    }
}

extension PactRuleReader {
    /// The `generators` of a request, response or message.
    func generators(_ part: PactPart) -> [PactGeneratorPlace] {
        guard let written = source.object(part["generators"], "'generators'") else { return [] }
        return written.members.flatMap { name, member -> [PactGeneratorPlace] in
            let category: PactRules.Category?
            switch name.lowercased() {
            case "headers": category = .header
            case "contents", "content": category = .body
            default: category = PactRules.Category(rawValue: name.lowercased())
            }
            guard let category, let member = source.object(member, "generators") else {
                if category == nil {
                    source.error("AS477", "there are no generators for '\(name.prefix(60))'", at: member)
                }
                return []
            }
            return generators(member, of: category)
        }
    }

    /// Generators of one part: one for all of it, or by path or name.
    func generators(_ part: PactPart, of category: PactRules.Category) -> [PactGeneratorPlace] {
        if part.value["type"]?.stringValue != nil {
            return generator(part).map { [PactGeneratorPlace(category, .whole, $0)] } ?? []
        }
        return part.members.compactMap { name, member in
            let path: PactPath?
            switch category {
            case .header, .query, .metadata:
                path = name.hasPrefix("$") ? self.path(name, at: member) : .name(name)
            default: path = self.path(name, at: member)
            }
            guard let path, let member = source.object(member, "a generator"), let found = generator(member)
            else {
                return nil
            }
            return PactGeneratorPlace(category, path, found)
        }
    }

    private static let generatorNames = [
        "RandomInt", "RandomDecimal", "RandomHexadecimal", "RandomString", "RandomBoolean", "Uuid", "Regex",
        "Date",
        "Time", "DateTime", "ProviderState", "MockServerURL",
    ]

    private func generator(_ part: PactPart) -> PactGenerator? {
        guard let type = source.text(part["type"], "'type'") else {
            if part["type"] == nil {
                source.error(
                    "AS477", "a generator has 'type', found \(String(part.value.rendered().prefix(80)))",
                    at: part,
                    fix: "the generators are: " + Self.generatorNames.joined(separator: ", "))
            }
            return nil
        }
        func text(_ name: String) -> String? { source.text(part[name], "'\(name)'") }
        switch type {
        case "RandomInt":
            let (min, max) = (
                part["min"]?.value.intValue ?? 0, part["max"]?.value.intValue ?? Int64(Int32.max)
            )
            guard min <= max else {
                source.error("AS477", "'min' is not above 'max', found \(min) and \(max)", at: part)
                return nil
            }
            return .randomInt(min: min, max: max)
        case "RandomDecimal": return size(part["digits"], "'digits'").map { .randomDecimal(digits: $0) }
        case "RandomHexadecimal":
            return size(part["digits"], "'digits'").map { .randomHexadecimal(digits: $0) }
        case "RandomString": return size(part["size"], "'size'").map { .randomString(size: $0) }
        case "RandomBoolean": return .randomBoolean
        case "Uuid": return .uuid(format: text("format"))
        case "Regex": return text("regex").map { .regex($0) }
        case "Date": return .date(format: format(part["format"]), expression: text("expression"))
        case "Time": return .time(format: format(part["format"]), expression: text("expression"))
        case "DateTime": return .dateTime(format: format(part["format"]), expression: text("expression"))
        case "ProviderState":
            return text("expression").map { .providerState(expression: $0, dataType: text("dataType")) }
        case "MockServerURL":
            return .mockServerURL(example: text("example") ?? "", regex: text("regex") ?? "")
        default:
            var values = part.value.objectValue ?? JSONObject()
            values["type"] = nil
            let near = nearestName(to: type, among: Self.generatorNames).map { "did you mean '\($0)'?" }
            source.warn(
                "AS477", "there is no generator '\(type.prefix(60))' without a plugin; the example stays",
                at: part,
                fix: near)
            return .unknown(type, values)
        }
    }

    /// 10 unless said; bounded, for a file is not trusted with memory.
    private func size(_ part: PactPart?, _ what: String) -> Int? {
        guard let part else { return 10 }
        guard let size = source.count(part, what) else { return nil }
        guard size <= 10_000 else {
            source.error("AS477", "\(what) is at most 10000, found \(size)", at: part)
            return nil
        }
        return size
    }

    private func format(_ part: PactPart?) -> String? {
        guard let part, let text = source.text(part, "'format'"), !text.isEmpty else { return nil }
        if let problem = PactDateFormat.problem(with: text) {
            source.error("AS477", "the format '\(text.prefix(60))' cannot be read: \(problem)", at: part)
            return nil
        }
        return text
    }
}
