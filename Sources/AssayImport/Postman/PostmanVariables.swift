internal import AssayCore
internal import AssayFormats

/// `{{name}}` of Postman as `${name}`.
struct PostmanVariables {
    struct Variable {
        var key: String
        var value: String
        var isSecret: Bool
        var location: SourceLocation
    }

    /// Of the collection and the environment file, the latter winning.
    private(set) var known: [Variable] = []
    private var places: [String: Int] = [:]
    /// The name of each in Assay's files.
    private var written: [String: String] = [:]
    private var names = ImportedNames()
    /// Names that are read, in the order of their first use.
    private(set) var used: [String] = []
    private(set) var unknownDynamic: [(name: String, location: SourceLocation)] = []

    mutating func add(_ nodes: [YAMLNode]) {
        for node in nodes {
            guard let key = node["key"]?.scalarText ?? node["id"]?.scalarText, !key.isEmpty else { continue }
            if node["disabled"]?.scalarText == "true" || node["enabled"]?.scalarText == "false" { continue }
            let value = node["value"].flatMap { $0.isNull ? nil : $0.scalarText } ?? ""
            let variable = Variable(
                key: key, value: value,
                isSecret: node["type"]?.stringValue == "secret" || SecretNames.contains(key),
                location: node.location)
            if let place = places[key] {
                known[place] = variable
            } else {
                places[key] = known.count
                known.append(variable)
            }
        }
    }

    func variable(_ key: String) -> Variable? { places[key].map { known[$0] } }

    /// What Assay's files call a variable.
    mutating func name(of key: String) -> String {
        if let name = written[key] { return name }
        let name = names.unique(ImportedNames.variable(key, or: "variable"), joinedBy: "_")
        written[key] = name
        return name
    }

    /// A text as a template.
    mutating func template(_ text: String, at location: SourceLocation) -> Template {
        TemplateWriting.template(self.written(text, at: location), at: location)
    }

    /// The same as it is written.
    mutating func written(_ text: String, at location: SourceLocation) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { break }
            let name = String(rest[open.upperBound..<close.lowerBound].drop { $0 == " " }.trimmedEnd)
            result += TemplateText.escaped(String(rest[..<open.lowerBound]))
            result += name.isEmpty ? "{{}}" : expression(name, at: location)
            rest = rest[close.upperBound...]
        }
        return result + TemplateText.escaped(String(rest))
    }

    /// `${…}` of a name, which may be one of Postman's own.
    mutating func expression(_ name: String, at location: SourceLocation) -> String {
        if name.hasPrefix("$") {
            if let known = Self.dynamic[String(name.dropFirst())] { return "${\(known)}" }
            unknownDynamic.append((name, location))
            return "${random.string(8)}"
        }
        if !used.contains(name) { used.append(name) }
        return "${\(self.name(of: name))}"
    }

    /// What Postman makes up itself.
    private static let dynamic: [String: String] = [
        "guid": "uuid()", "randomUUID": "uuid()", "timestamp": "now.unix()", "isoTimestamp": "now()",
        "randomInt": "random.int(0, 1000)", "randomAlphaNumeric": "random.string(1)",
        "randomBoolean": "random.of([true, false])", "randomPassword": "random.string(15)",
        "randomFirstName": "random.of(['Ada', 'Grace', 'Linus', 'Barbara', 'Ken'])",
        "randomLastName": "random.of(['Lovelace', 'Hopper', 'Torvalds', 'Liskov', 'Thompson'])",
        "randomFullName": "random.of(['Ada Lovelace', 'Grace Hopper', 'Barbara Liskov', 'Ken Thompson'])",
        "randomUserName": "'user-' + random.string(8)",
        "randomEmail": "'user-' + random.string(8) + '@example.com'",
        "randomExampleEmail": "'user-' + random.string(8) + '@example.com'",
        "randomCity": "random.of(['Lisbon', 'Oslo', 'Kyoto', 'Lima', 'Accra'])",
        "randomCountry": "random.of(['Portugal', 'Norway', 'Japan', 'Peru', 'Ghana'])",
        "randomCountryCode": "random.of(['PT', 'NO', 'JP', 'PE', 'GH'])",
        "randomPrice": "random.int(0, 1000)",
        "randomColor": "random.of(['red', 'green', 'blue', 'teal', 'olive'])",
        "randomWord": "random.of(['amber', 'birch', 'cedar', 'delta', 'ember'])",
        "randomProductName": "random.of(['Oak Chair', 'Steel Lamp', 'Glass Desk', 'Wool Rug'])",
    ]
}

extension Substring {
    fileprivate var trimmedEnd: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
