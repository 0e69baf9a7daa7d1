import AssayFormats

extension SchemaKeyword.Bound {
    var words: String {
        switch self {
        case .less: "less than"
        case .atMost: "at most"
        case .greater: "more than"
        case .atLeast: "at least"
        }
    }

    /// Whether a value that is less than the bound, or the other way round, holds.
    func allows(isLess: Bool, isMore: Bool) -> Bool {
        switch self {
        case .less: isLess
        case .atMost: !isMore
        case .greater: isMore
        case .atLeast: !isLess
        }
    }

    func allows(_ count: Int, _ bound: Int) -> Bool { allows(isLess: count < bound, isMore: count > bound) }
}

extension SchemaJudge {
    /// Keywords that look at the value alone.
    mutating func judgeAssertion(_ keyword: SchemaKeyword, _ node: SchemaNode, _ value: JSON) -> Bool {
        switch keyword.rule {
        case .never: return fail(keyword, node, "nothing: no value is accepted here", Shortened.value(value))
        case .type(let names, let isWritten):
            let isInteger = isWritten ? value.isWrittenWhole : value.isWhole
            if names.contains(where: { $0 == "integer" ? isInteger : value.isOfType($0) }) { return true }
            return fail(
                keyword, node, names.joined(separator: " or "), "\(value.typeName) \(Shortened.value(value))")
        case .oneOfValues(let values):
            if values.contains(value) { return true }
            return fail(
                keyword, node, "one of \(Shortened.value(.array(values.values)))", Shortened.value(value))
        case .constant(let wanted):
            return value == wanted
                || fail(keyword, node, Shortened.value(wanted), Shortened.value(value))
        case .multipleOf(let written, let divisor):
            guard let number = DecimalNumber(value) else { return true }
            return number.isMultiple(of: divisor)
                || fail(keyword, node, "a multiple of \(written.rendered())", Shortened.value(value))
        case .bound(let bound, let limit):
            guard let isLess = value.isLess(than: limit), let isMore = limit.isLess(than: value) else {
                return true
            }
            return bound.allows(isLess: isLess, isMore: isMore)
                || fail(keyword, node, "\(bound.words) \(limit.rendered())", Shortened.value(value))
        case .format(let name, let check):
            switch value {
            case .string(let text):
                guard let accepts = check.text else { return true }
                return accepts(Array(text.utf8)[...])
                    || fail(keyword, node, "a text of the format \(name)", Shortened.value(value))
            case .int, .double:
                guard let accepts = check.number else { return true }
                return accepts(value)
                    || fail(keyword, node, "a number of the format \(name)", Shortened.value(value))
            default: return true
            }
        case .length, .pattern, .content:
            guard case .string(let text) = value else { return true }
            return judgeText(keyword, node, text, value)
        case .itemCount, .unique:
            guard case .array(let elements) = value else { return true }
            return judgeElements(keyword, node, elements)
        case .memberCount, .required, .dependentRequired, .hidden:
            guard case .object(let object) = value else { return true }
            return judgeNames(keyword, node, object)
        default: return true
        }
    }

    private mutating func judgeText(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ text: String, _ value: JSON
    ) -> Bool {
        switch keyword.rule {
        case .length(let bound, let limit):
            let count = text.unicodeScalars.count
            return bound.allows(count, limit)
                || fail(
                    keyword, node, "\(bound.words) \(limit) characters", "\(count): \(Shortened.value(value))"
                )
        case .pattern(let pattern):
            do {
                return try pattern.matches(in: text)
                    || fail(keyword, node, "a text that matches \(pattern)", Shortened.value(value))
            } catch {
                // The next text would take as long.
                return giveUp(
                    node, keyword: keyword.name, expected: "a text that matches \(pattern)",
                    actual: "\(Shortened.value(value)) (\(error))")
            }
        case .content(let check):
            return check.accepts(text) || fail(keyword, node, check.words, Shortened.value(value))
        default: return true
        }
    }

    private mutating func judgeElements(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ elements: [JSON]
    ) -> Bool {
        if case .itemCount(let bound, let limit) = keyword.rule {
            return bound.allows(elements.count, limit)
                || fail(keyword, node, "\(bound.words) \(limit) elements", "\(elements.count)")
        }
        var places: [JSON: Int] = [:]
        for (index, element) in elements.enumerated() {
            if let earlier = places.updateValue(index, forKey: element) {
                return fail(
                    keyword, node, "elements that all differ",
                    "\(Shortened.value(element)) at [\(earlier)] and [\(index)]")
            }
        }
        return true
    }

    private mutating func judgeNames(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ object: JSONObject
    ) -> Bool {
        var holds = true
        switch keyword.rule {
        case .memberCount(let bound, let limit):
            return bound.allows(object.count, limit)
                || fail(keyword, node, "\(bound.words) \(limit) members", "\(object.count)")
        case .required(let names):
            for name in names where object[name] == nil {
                holds = fail(keyword, node, "a member '\(name)'", Self.names(of: object))
            }
        case .hidden(let names):
            for name in names where object[name] != nil {
                holds = fail(
                    keyword, node, "no member '\(name)', which is write-only", Self.names(of: object))
            }
        case .dependentRequired(let rules):
            for (name, others) in rules where object[name] != nil {
                for other in others where object[other] == nil {
                    holds = fail(
                        keyword, node, "a member '\(other)' beside '\(name)'", Self.names(of: object))
                }
            }
        default: break
        }
        return holds
    }

    private static func names(of object: JSONObject) -> String {
        if object.isEmpty { return "an object without members" }
        let shown = object.keys.prefix(8).joined(separator: ", ")
        return Shortened.bounded(
            "an object with \(shown)\(object.count > 8 ? " and \(object.count - 8) more" : "")")
    }
}

extension JSON {
    func isOfType(_ name: String) -> Bool {
        switch self {
        case .null: name == "null"
        case .bool: name == "boolean"
        case .int, .double: name == "number"
        case .string: name == "string"
        case .array: name == "array"
        case .object: name == "object"
        }
    }
}
