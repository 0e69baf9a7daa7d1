import AssayFormats

/// Which of several schemas a member's value names (OpenAPI 3.1 §4.8.25); violations are then those of that schema.
struct Discriminator: Sendable {
    /// The member's name.
    var property: String
    /// The place among the schemas by the member's value.
    var parts: [String: Int] = [:]

    /// - Parameters:
    ///   - value: what stands under `discriminator`.
    ///   - parts: the schemas of `oneOf` or `anyOf`.
    /// - Returns: `nil` when it names none of them.
    init?(_ value: JSON?, parts: [JSON]) {
        guard let value, let property = value["propertyName"]?.stringValue else { return nil }
        self.property = property
        let references = parts.map { $0["$ref"]?.stringValue }
        for (place, reference) in references.enumerated() {
            guard let last = reference?.split(separator: "/").last else { continue }
            self.parts[String(last)] = place
        }
        for (name, target) in value["mapping"]?.objectValue ?? JSONObject() {
            guard let target = target.stringValue else { continue }
            self.parts[name] = references.firstIndex { $0 == target } ?? self.parts[target]
        }
        if self.parts.isEmpty { return nil }
    }
}
