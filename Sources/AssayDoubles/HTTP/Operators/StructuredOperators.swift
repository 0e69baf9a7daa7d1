internal import AssayCore
internal import AssayFormats

extension MatcherTable {
    /// Operators that look into JSON, XML, dates and numbers.
    static let structuredOperators: [MatcherOperator] =
        [
            MatcherOperator(
                "equalToJson", options: ["ignoreArrayOrder", "ignoreExtraElements"], read: equalToJSON),
            MatcherOperator("matchesJsonPath", read: matchesJSONPath),
            jsonSchema(),
            MatcherOperator("equalToXml", options: xmlOptions, read: equalToXML),
            MatcherOperator("matchesXPath", options: ["xPathNamespaces"], read: matchesXPath),
        ] + MatchesDate.Relation.allCases.map(dateOperator)
        + MatchesNumber.Relation.allCases.map { relation in
            MatcherOperator(relation.rawValue) { _, value, reading in
                MatchesNumber(relation, value.value) ?? reading.wrong(value, expected: "a number")
            }
        }

    // MARK: JSON

    private static func equalToJSON(
        _ matcher: MappingNode, _ value: MappingNode, _ reading: MappingReading
    ) -> (any ValueMatcher)? {
        var expected = value.value
        if case .string(let text) = expected {
            do {
                expected = try JSON(parsing: text)
            } catch {
                // A placeholder alone is a value, too.
                guard JSONPlaceholder(text) != nil else {
                    reading.error("equalToJson holds no JSON: \(error)", at: value)
                    return nil
                }
            }
        }
        if let problem = placeholderProblem(expected) {
            reading.error(problem, at: value)
            return nil
        }
        let order = matcher["ignoreArrayOrder"].map { reading.flag($0) ?? false } ?? false
        let extra = matcher["ignoreExtraElements"].map { reading.flag($0) ?? false } ?? false
        return EqualToJSON(
            expected, ignoringArrayOrder: order, ignoringExtraElements: extra, written: .some(value.value))
    }

    private static func placeholderProblem(_ value: JSON) -> String? {
        switch value {
        case .string(let text): JSONPlaceholder.problem(in: text)
        case .array(let values): values.lazy.compactMap(placeholderProblem).first
        case .object(let object): object.values.lazy.compactMap(placeholderProblem).first
        default: nil
        }
    }

    private static func matchesJSONPath(
        _ matcher: MappingNode, _ value: MappingNode, _ reading: MappingReading
    ) -> (any ValueMatcher)? {
        guard let (expression, inner) = expression(value, reading) else { return nil }
        do {
            return MatchesJSONPath(try JaywayPath(expression.text), inner)
        } catch {
            reading.error(
                "\(quoted(expression.text)) is no JSONPath: \(error)", at: expression.node, fix: error.fix)
            return nil
        }
    }

    /// A text, or `{expression: …, OPERATOR: …}`.
    private static func expression(
        _ value: MappingNode, _ reading: MappingReading
    ) -> (expression: (text: String, node: MappingNode), matcher: (any ValueMatcher)?)? {
        if let text = value.value.stringValue { return ((text, value), nil) }
        guard let members = value.members else {
            return reading.wrong(value, expected: "a path, or an object with 'expression'")
        }
        guard let node = value["expression"], let text = reading.text(node) else {
            return reading.wrong(value, expected: "an object with 'expression'")
        }
        if members.count == 1 { return ((text, node), nil) }
        guard let matcher = reading.matcher(value, knowing: ["expression"]) else { return nil }
        return ((text, node), matcher)
    }

    /// `matchesJsonSchema`.
    ///
    /// - Parameter given: what judges; what is connected when `nil`.
    public static func jsonSchema(_ given: StubSchemas? = nil) -> MatcherOperator {
        MatcherOperator("matchesJsonSchema", options: ["schemaVersion"]) { matcher, value, reading in
            guard let schemas = given ?? StubSchemas.connected else {
                reading.error("matchesJsonSchema is not connected to a schema library here", at: value)
                return nil
            }
            var schema = value.value
            if case .string(let text) = schema {
                guard let parsed = try? JSON(parsing: text) else {
                    return reading.wrong(value, expected: "a JSON Schema, as a value or as its text")
                }
                schema = parsed
            }
            let version = matcher["schemaVersion"].flatMap { reading.text($0) }
            do {
                return MatchesJSONSchema(
                    try schemas.compile(schema, version), written: value.value, version: version)
            } catch {
                reading.error("the schema cannot be used: \(error)", at: value)
                return nil
            }
        }
    }

    // MARK: XML

    private static let xmlOptions = [
        "enablePlaceholders", "placeholderOpeningDelimiterRegex", "placeholderClosingDelimiterRegex",
        "exemptedComparisons", "ignoreOrderOfSameNode", "namespaceAwareness",
    ]

    private static func equalToXML(
        _ matcher: MappingNode, _ value: MappingNode, _ reading: MappingReading
    ) -> (any ValueMatcher)? {
        guard let text = reading.text(value), let comparison = xmlComparison(matcher, reading) else {
            return nil
        }
        do {
            let tree = try XMLTree(parsing: text, bindsPrefixes: comparison.namespaces == .strict)
            return EqualToXML(tree.root, comparison, written: written(matcher, "equalToXml", xmlOptions))
        } catch {
            let place = error.location.map { "line \($0.line), column \($0.column): " } ?? ""
            reading.error("equalToXml: \(place)\(error.message)", at: value, fix: error.fix)
            return nil
        }
    }

    private static func xmlComparison(_ matcher: MappingNode, _ reading: MappingReading) -> XMLComparison? {
        var comparison = XMLComparison()
        if let node = matcher["ignoreOrderOfSameNode"] {
            comparison.ignoresOrderOfSame = reading.flag(node) ?? false
        }
        if let node = matcher["namespaceAwareness"] {
            guard let awareness = XMLComparison.Namespaces(rawValue: reading.text(node) ?? "") else {
                return reading.wrong(node, expected: "STRICT, NONE or LEGACY")
            }
            comparison.namespaces = awareness
        }
        for node in matcher["exemptedComparisons"]?.elements ?? [] {
            guard let aspect = XMLComparison.Aspect(rawValue: node.value.stringValue ?? "") else {
                let known = XMLComparison.Aspect.allCases.map(\.rawValue)
                return reading.wrong(
                    node, expected: "a kind of comparison",
                    fix: nearestName(to: node.value.stringValue ?? "", among: known).map {
                        "did you mean '\($0)'?"
                    }
                        ?? "known: " + known.joined(separator: ", "))
            }
            comparison.exempted.insert(aspect)
        }
        guard let node = matcher["enablePlaceholders"], reading.flag(node) == true else { return comparison }
        do {
            comparison.placeholders = try XMLPlaceholders(
                opening: matcher["placeholderOpeningDelimiterRegex"].flatMap { reading.text($0) } ?? #"\$\{"#,
                closing: matcher["placeholderClosingDelimiterRegex"].flatMap { reading.text($0) } ?? #"\}"#)
        } catch {
            reading.error("the delimiters of placeholders are no regular expressions: \(error)", at: node)
            return nil
        }
        return comparison
    }

    private static func matchesXPath(
        _ matcher: MappingNode, _ value: MappingNode, _ reading: MappingReading
    ) -> (any ValueMatcher)? {
        guard let (expression, inner) = expression(value, reading) else { return nil }
        guard XPathLibrary.isThere else {
            reading.error("matchesXPath: \(XPathLibrary.advice)", at: value)
            return nil
        }
        guard XPathLibrary.accepts(expression.text) else {
            reading.error("\(quoted(expression.text)) is no XPath 1.0 expression", at: expression.node)
            return nil
        }
        var namespaces: [(prefix: String, uri: String)] = []
        for (prefix, node) in matcher["xPathNamespaces"]?.members ?? [] {
            guard let uri = reading.text(node) else { return nil }
            namespaces.append((prefix, uri))
        }
        return MatchesXPath(
            expression.text, namespaces: namespaces, inner,
            written: written(matcher, "matchesXPath", ["xPathNamespaces"]))
    }

    // MARK: dates

    private static let dateOptions = [
        "actualFormat", "truncateExpected", "truncateActual", "applyTruncationLast", "expectedOffset",
        "expectedOffsetUnit",
    ]

    private static func dateOperator(_ relation: MatchesDate.Relation) -> MatcherOperator {
        MatcherOperator(relation.rawValue, options: dateOptions) { matcher, value, reading in
            guard let text = reading.text(value), let expected = expectedDate(text, matcher, value, reading)
            else {
                return nil
            }
            var date = MatchesDate(
                relation, expected, clock: reading.clock,
                written: written(matcher, relation.rawValue, dateOptions))
            if let node = matcher["applyTruncationLast"] { date.truncatesLast = reading.flag(node) ?? false }
            guard truncation("truncateExpected", matcher, reading, &date.truncatesExpected),
                truncation("truncateActual", matcher, reading, &date.truncatesActual)
            else { return nil }
            guard let node = matcher["actualFormat"], let pattern = reading.text(node) else { return date }
            switch pattern {
            case "unix": date.actualUnit = 1000
            case "epoch": date.actualUnit = 1
            default:
                do {
                    date.actualFormat = try JavaDateFormat(pattern)
                } catch {
                    reading.error("\(quoted(pattern)) is no date pattern: \(error)", at: node)
                    return nil
                }
            }
            return date
        }
    }

    private static func expectedDate(
        _ text: String, _ matcher: MappingNode, _ value: MappingNode, _ reading: MappingReading
    ) -> MatchesDate.Expected? {
        guard var offset = DateOffset(parsing: text) else {
            guard let date = ParsedDate(parsing: text) else {
                return reading.wrong(
                    value, expected: "a date and time like 2021-05-01T00:00:00Z, or 'now +3 days'")
            }
            return .fixed(date)
        }
        if let node = matcher["expectedOffset"] {
            guard let amount = reading.whole(node, in: -1_000_000_000...1_000_000_000) else { return nil }
            offset.amount = amount
        }
        if let node = matcher["expectedOffsetUnit"] {
            guard let unit = DateOffset.unit(reading.text(node) ?? "") else {
                return reading.wrong(
                    node, expected: DateOffset.Unit.allCases.map(\.rawValue).joined(separator: ", "))
            }
            offset.unit = unit
        }
        return .now(offset)
    }

    private static func truncation(
        _ key: String, _ matcher: MappingNode, _ reading: MappingReading, _ into: inout DateTruncation?
    ) -> Bool {
        guard let node = matcher[key] else { return true }
        guard let text = reading.text(node) else { return false }
        into = DateTruncation(parsing: text)
        if into == nil {
            reading.error(
                "there is no truncation \(quoted(text))", at: node,
                fix: "known: " + DateTruncation.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return into != nil
    }

    /// The operator and its options as they were written.
    private static func written(_ matcher: MappingNode, _ key: String, _ options: [String]) -> JSONObject {
        JSONObject(([key] + options).compactMap { name in matcher[name].map { (name, $0.value) } })
    }
}
