import AssayCore
import AssayFormats

/// Compares a document with OpenAPI's grammar: kinds of values, what has to be there, misspelt names, references.
struct APIStructure {
    let reading: APIReading
    /// Schemas that were met, each once, in the order met.
    private(set) var schemas: [APIPart] = []
    /// Parts that were looked at, so that circles end.
    private var visited: Set<Visit> = []

    private struct Visit: Hashable {
        var place: String
        var kind: APIGrammar.Kind?
    }

    init(_ reading: APIReading) { self.reading = reading }

    mutating func check(_ document: APIPart) { check(document, is: .document) }

    private mutating func check(_ part: APIPart, is kind: APIGrammar.Kind) {
        guard visited.insert(Visit(place: part.place, kind: kind)).inserted else { return }
        guard case .object(let object) = part.value else {
            wrongKind(part, "a mapping for \(APIGrammar.name(of: kind))")
            return
        }
        let fields = APIGrammar.fields(of: kind)
        let misspelt = tellMisspelt(part, object, fields, kind)
        for field in fields {
            guard let value = part[field.name], value.value != .null || field.isAnything else {
                if !misspelt.contains(field.name) { missing(field, in: part, kind) }
                continue
            }
            check(value, field.name, field.rule)
        }
        APIPartChecks(reading: reading).check(part, is: kind)
    }

    /// Tells names that are close to one that is not there; others are left to those who write them.
    ///
    /// - Returns: what was meant.
    private func tellMisspelt(
        _ part: APIPart, _ object: JSONObject, _ fields: [APIGrammar.Field], _ kind: APIGrammar.Kind
    ) -> [String] {
        let known = fields.map(\.name)
        let free = known.filter { object[$0] == nil }
        var meant: [String] = []
        for name in object.keys where !name.hasPrefix("x-") && !known.contains(name) && name != "$ref" {
            guard name.utf8.count > 3, let near = nearestName(to: name, among: free) else { continue }
            meant.append(near)
            let isError = fields.contains { $0.name == near && isNeeded($0) }
            reading.tell(
                Diagnostic(
                    "AS159", "'\(name)' is not known in \(APIGrammar.name(of: kind))",
                    at: part.location(ofName: name) ?? part.location, fix: "did you mean '\(near)'?",
                    severity: isError ? .error : .warning), in: part.document)
        }
        return meant
    }

    private func missing(_ field: APIGrammar.Field, in part: APIPart, _ kind: APIGrammar.Kind) {
        let message = "\(APIGrammar.name(of: kind)) needs '\(field.name)'"
        switch field.need {
        case .optional: break
        case .required where isNeeded(field):
            reading.error("AS147", message, at: part, fix: "add `\(field.name): …`")
        case .recommended, .required: reading.warn("AS147", message, at: part)
        }
    }

    /// From 3.1 on an operation may have no responses.
    private func isNeeded(_ field: APIGrammar.Field) -> Bool {
        field.need == .required && (field.name != "responses" || reading.isThreeZero)
    }

    private mutating func check(_ part: APIPart, _ name: String, _ rule: APIGrammar.Rule) {
        switch rule {
        case .any: break
        case .text:
            if case .string = part.value { return }
            wrongKind(part, "a text for '\(name)'")
        case .note:
            switch part.value {
            case .array, .object:
                reading.warn("AS146", "expected a text for '\(name)', found \(part.kindText)", at: part)
            default: break
            }
        case .flag:
            if case .bool = part.value { return }
            wrongKind(part, "true or false for '\(name)'")
        case .schema:
            guard visited.insert(Visit(place: part.place)).inserted else { return }
            schemas.append(part)
        case .object(let kind): check(part, is: kind)
        case .reference(let kind):
            guard part.value["$ref"] != nil else { return check(part, is: kind) }
            reading.tellReference(part)
            // Beside its `$ref`, a path may have operations of its own.
            if kind == .pathItem { check(part, is: kind) }
            if let target = reading.resolve(part) { check(target, is: kind) }
        case .list(let element):
            guard case .array = part.value else { return wrongKind(part, "a list for '\(name)'") }
            for value in part.elements { check(value, name, element) }
        case .map(let value): checkMap(part, name, value, isOpen: false)
        case .openMap(let value): checkMap(part, name, value, isOpen: true)
        }
    }

    private mutating func checkMap(
        _ part: APIPart, _ name: String, _ rule: APIGrammar.Rule, isOpen: Bool
    ) {
        guard case .object = part.value else {
            // Older FastAPI passes on what it was given, and nothing depends on it.
            guard name == "examples", case .array = part.value else {
                return wrongKind(part, "a mapping for '\(name)'")
            }
            return reading.warn("AS146", "expected a mapping for 'examples', found a list", at: part)
        }
        for (key, value) in part.members where !(isOpen && key.hasPrefix("x-")) { check(value, key, rule) }
    }

    private func wrongKind(_ part: APIPart, _ expected: String) {
        reading.error("AS146", "expected \(expected), found \(part.kindText)", at: part)
    }
}

extension APIGrammar.Field {
    /// Whether `null` is a value there.
    fileprivate var isAnything: Bool { if case .any = rule { true } else { false } }
}
