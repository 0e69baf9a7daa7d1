internal import AssayFormats

/// Compares XML documents as WireMock's `equalToXml` does, and says where they differ.
///
/// Blanks around texts, comments, the order of attributes, prefixes, and the order of children with different names do
/// not count.
struct XMLComparison: Sendable {
    /// What is compared, by the names that mappings exempt.
    enum Aspect: String, Sendable, CaseIterable {
        case tag = "ELEMENT_TAG_NAME"
        case namespace = "NAMESPACE_URI"
        case prefix = "NAMESPACE_PREFIX"
        case text = "TEXT_VALUE"
        case attributeCount = "ELEMENT_NUM_ATTRIBUTES"
        case attributeValue = "ATTR_VALUE"
        case attributeName = "ATTR_NAME_LOOKUP"
        case childCount = "CHILD_NODELIST_LENGTH"
        case child = "CHILD_LOOKUP"
        case schemaLocation = "SCHEMA_LOCATION"
        case noNamespaceSchemaLocation = "NO_NAMESPACE_SCHEMA_LOCATION"
        case nodeType = "NODE_TYPE"
        case instructionTarget = "PROCESSING_INSTRUCTION_TARGET"
        case instructionData = "PROCESSING_INSTRUCTION_DATA"
    }

    enum Namespaces: String, Sendable, CaseIterable {
        /// Their addresses count, their prefixes do not.
        case strict = "STRICT"
        /// Names count as written, declarations are attributes.
        case none = "NONE"
        /// Prefixes of elements are cut off; only default namespaces count.
        case legacy = "LEGACY"
    }

    var exempted: Set<Aspect> = []
    var namespaces = Namespaces.strict
    /// Children of the same name may stand in any order, too.
    var ignoresOrderOfSame = false
    /// Reads placeholders in texts and attributes; `nil` for none.
    var placeholders: XMLPlaceholders?

    struct Difference: Sendable, Equatable {
        /// `/order/item[2]/@id`
        var path: String
        var message: String
        var weight: Int
    }

    private static let schemaNamespace = "http://www.w3.org/2001/XMLSchema-instance"

    func differences(_ expected: XMLElement, _ actual: XMLElement) -> [Difference] {
        var found: [Difference] = []
        compare(expected, actual, "/" + name(expected), &found)
        return found
    }

    private func counts(_ aspect: Aspect) -> Bool { !exempted.contains(aspect) }

    private func name(_ element: XMLElement) -> String { namespaces == .none ? element.name : element.local }

    private func compare(
        _ expected: XMLElement, _ actual: XMLElement, _ path: String, _ found: inout [Difference]
    ) {
        if counts(.tag), name(expected) != name(actual) {
            found.append(
                Difference(
                    path: path, message: "expected <\(name(expected))>, got <\(name(actual))>",
                    weight: expected.size))
            return
        }
        if namespaces != .none, counts(.namespace) {
            let (wanted, given) = (namespace(expected), namespace(actual))
            if wanted != given {
                found.append(
                    Difference(
                        path: path, message: "expected namespace '\(wanted)', got '\(given)'", weight: 1))
            }
        }
        compareAttributes(expected, actual, path, &found)
        compareTexts(expected, actual, path, &found)
        compareChildren(expected, actual, path, &found)
    }

    private func namespace(_ element: XMLElement) -> String {
        namespaces == .legacy && element.name.contains(":") ? "" : element.namespace
    }

    // MARK: attributes and texts

    private func attributes(_ element: XMLElement) -> [(key: String, name: String, value: String)] {
        let all = element.attributes.filter {
            $0.namespace != Self.schemaNamespace
                || !($0.local == "schemaLocation" && !counts(.schemaLocation)
                    || $0.local == "noNamespaceSchemaLocation" && !counts(.noNamespaceSchemaLocation))
        }
        let named = all.map { attribute in
            let key = namespaces == .strict ? "{\(attribute.namespace)}\(attribute.local)" : attribute.name
            return (key, attribute.name, attribute.value)
        }
        return namespaces == .none ? named + element.declarations.map { ($0.name, $0.name, $0.value) } : named
    }

    private func compareAttributes(
        _ expected: XMLElement, _ actual: XMLElement, _ path: String, _ found: inout [Difference]
    ) {
        let (wanted, given) = (attributes(expected), attributes(actual))
        for attribute in wanted {
            let place = "\(path)/@\(attribute.name)"
            guard let other = given.first(where: { $0.key == attribute.key }) else {
                if counts(.attributeName) || counts(.attributeCount) {
                    found.append(Difference(path: place, message: "is absent", weight: 1))
                }
                continue
            }
            if counts(.attributeValue), !accepts(attribute.value, other.value) {
                found.append(
                    Difference(
                        path: place, message: "expected '\(attribute.value)', got '\(other.value)'", weight: 1
                    ))
            }
        }
        guard counts(.attributeName) || counts(.attributeCount) else { return }
        for attribute in given where !wanted.contains(where: { $0.key == attribute.key }) {
            found.append(
                Difference(path: "\(path)/@\(attribute.name)", message: "is not expected", weight: 1))
        }
    }

    private func compareTexts(
        _ expected: XMLElement, _ actual: XMLElement, _ path: String, _ found: inout [Difference]
    ) {
        guard counts(.text) else { return }
        let (wanted, given) = (text(expected), text(actual))
        guard !accepts(wanted, given) else { return }
        found.append(Difference(path: path, message: "expected text '\(wanted)', got '\(given)'", weight: 1))
    }

    private func text(_ element: XMLElement) -> String {
        element.significant.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(
            separator: " ")
    }

    private func accepts(_ wanted: String, _ given: String) -> Bool {
        if let answer = placeholders?.accepts(wanted, given) { return answer }
        return wanted == given
    }

    // MARK: children

    private func compareChildren(
        _ expected: XMLElement, _ actual: XMLElement, _ path: String, _ found: inout [Difference]
    ) {
        // An ignored element ignores what is in it.
        if let placeholders, placeholders.accepts(text(expected), "") == true, expected.elements.isEmpty {
            return
        }
        let (wanted, given) = (expected.elements, actual.elements)
        var free = Array(repeating: true, count: given.count)
        var lonely: [(element: XMLElement, path: String)] = []
        var counts: [String: Int] = [:]
        for element in wanted {
            counts[name(element), default: 0] += 1
            let place = "\(path)/\(name(element))[\(counts[name(element)] ?? 1)]"
            let candidates = given.indices.filter { free[$0] && name(given[$0]) == name(element) }
            let chosen =
                ignoresOrderOfSame
                ? candidates.first { differences(element, given[$0]).isEmpty } : candidates.first
            if let chosen {
                free[chosen] = false
                compare(element, given[chosen], place, &found)
            } else {
                lonely.append((element, place))
            }
        }
        compareRest(lonely, given.indices.filter { free[$0] }.map { given[$0] }, path, &found)
    }

    /// What found no partner of its name.
    private func compareRest(
        _ lonely: [(element: XMLElement, path: String)], _ left: [XMLElement], _ path: String,
        _ found: inout [Difference]
    ) {
        for ((element, place), other) in zip(lonely, left)
        where name(element) == name(other) || counts(.child) || !counts(.tag) {
            compare(element, other, place, &found)
        }
        guard counts(.child) || counts(.childCount) else { return }
        for (element, place) in lonely.dropFirst(left.count) {
            found.append(Difference(path: place, message: "is absent", weight: element.size))
        }
        for element in left.dropFirst(lonely.count) {
            found.append(
                Difference(path: "\(path)/\(name(element))", message: "is not expected", weight: element.size)
            )
        }
    }
}

/// `${xmlunit.ignore}` and its like. Source: XMLUnit's documentation.
struct XMLPlaceholders: Sendable {
    private let form: Pattern

    /// - Parameters: what stands before and behind a placeholder, as regular expressions.
    init(opening: String = #"\$\{"#, closing: String = #"\}"#) throws(PatternError) {
        form = try Pattern("\\A(?:\(opening))xmlunit\\.(\\w+)(?:\\((.*)\\))?(?:\(closing))\\z")
    }

    /// Whether a text is what a placeholder asks for; `nil` when there is no placeholder.
    func accepts(_ wanted: String, _ given: String) -> Bool? {
        guard let match = try? form.firstMatch(in: wanted), let name = match.captures[1] else { return nil }
        let argument = match.captures.count > 2 ? match.captures[2] : nil
        switch name {
        case "ignore": return true
        case "isNumber": return Double(given.trimmed) != nil
        case "matchesRegex": return (try? Pattern(argument ?? "").matches(whole: given)) ?? false
        case "isDateTime":
            if let argument { return (try? ParsedDate(parsing: given, pattern: argument)) != nil }
            return ParsedDate(parsing: given) != nil
        default: return nil
        }
    }
}
