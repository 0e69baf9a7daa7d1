internal import AssayFormats

extension HandlebarsHelpers {
    static let jsonHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("jsonPath") { arguments, _ in jsonPath(arguments) },
        HandlebarsHelper("parseJson") { arguments, rendering throws(HandlebarsFailure) in
            let written =
                arguments.block == nil
                ? arguments[0] : .text(try rendering.text(of: arguments.block?.body ?? []))
            let name = arguments.block == nil ? arguments[1] : arguments[0]
            guard let value = json(written) else { return helperError("\(written.text) is not valid JSON") }
            if name.isMissing { return .json(value) }
            rendering.assign(name.text, .json(value))
            return .missing
        },
        HandlebarsHelper("toJson") { arguments, _ in
            .safe(arguments[0].json.rendered(pretty: true))
        },
        HandlebarsHelper("formatJson") { arguments, rendering throws(HandlebarsFailure) in
            let text = try rendering.subject(arguments)
            guard let value = json(text) else {
                return helperError("Input JSON string is not valid JSON ('\(text.text)')")
            }
            let format = arguments.options["format"]?.text ?? "pretty"
            guard ["pretty", "compact"].contains(format) else {
                return helperError("format must be 'pretty' or 'compact', got '\(format)'")
            }
            return .safe(value.rendered(pretty: format == "pretty"))
        },
        HandlebarsHelper("jsonArrayAdd") { arguments, rendering throws(HandlebarsFailure) in
            try jsonArrayAdd(arguments, &rendering)
        },
        HandlebarsHelper("jsonMerge") { arguments, rendering throws(HandlebarsFailure) in
            let other = try second(arguments, &rendering)
            guard case .object(let base)? = json(arguments[0]) else {
                return helperError("Base JSON is not a JSON object ('\(arguments[0].text)')")
            }
            guard case .object(let added)? = json(other) else {
                return helperError("JSON to merge is not a JSON object ('\(other.text)')")
            }
            return .safe(
                JSON.object(merged(base, added, removesNulls: arguments["removeNulls"].isTrue)).rendered())
        },
        HandlebarsHelper("jsonRemove") { arguments, _ in
            guard let value = json(arguments[0]) else {
                return helperError("Input JSON string is not valid JSON ('\(arguments[0].text)')")
            }
            guard let path = try? JaywayPath(arguments[1].text) else {
                return helperError("\(arguments[1].text) is not a valid JSONPath expression")
            }
            return .safe(value.removing(path.nodes(in: value).map(\.segments)).rendered())
        },
        HandlebarsHelper("jsonSort") { arguments, _ in jsonSort(arguments) },
    ]

    /// A value that is JSON, or a text that holds some.
    private static func json(_ value: HandlebarsValue) -> JSON? {
        switch value {
        case .json(.string(let text)), .safe(let text): try? JSON(parsing: text)
        case .missing: nil
        default: value.json
        }
    }

    private static func second(
        _ arguments: HandlebarsArguments, _ rendering: inout HandlebarsRendering
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        guard let block = arguments.block else { return arguments[1] }
        return .text(try rendering.text(of: block.body))
    }

    private static func jsonPath(_ arguments: HandlebarsArguments) -> HandlebarsValue {
        let input = arguments[0]
        if input.isMissing || input.text.isEmpty { return .text("") }
        let written = arguments[1].text
        guard !written.isEmpty else { return helperError("The JSONPath cannot be empty") }
        guard let document = json(input) else { return helperError("\(input.text) is not valid JSON") }
        let path: JaywayPath
        do {
            path = try JaywayPath(written)
        } catch {
            return helperError("\(written) is not a valid JSONPath expression")
        }
        if let found = path.read(document), found != .null { return .json(found) }
        return arguments.options["default"] ?? .text("")
    }

    private static func jsonArrayAdd(
        _ arguments: HandlebarsArguments, _ rendering: inout HandlebarsRendering
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        let written = try second(arguments, &rendering)
        guard let base = json(arguments[0]) else {
            return helperError("Base JSON is not valid JSON ('\(arguments[0].text)')")
        }
        guard let added = json(written) else {
            return helperError("Item-to-add JSON is not valid JSON ('\(written.text)')")
        }
        var places: [[CompiledPath.Segment]] = [[]]
        if let source = arguments.options["jsonPath"]?.text {
            guard let path = try? JaywayPath(source) else {
                return helperError("\(source) is not a valid JSONPath expression")
            }
            places = path.nodes(in: base).map(\.segments)
        }
        var most = Int.max
        if let option = arguments.options["maxItems"] {
            guard let number = option.integer, number >= 0 else {
                return helperError("maxItems option integer must be positive, but was '\(option.text)'")
            }
            most = number
        }
        var result = base
        for place in places {
            guard case .array(var elements)? = base.at(place) else {
                return helperError(
                    "Target JSON is not a JSON array ('\((base.at(place) ?? .null).rendered())')")
            }
            if arguments["flatten"].isTrue, case .array(let more) = added {
                elements += more
            } else {
                elements.append(added)
            }
            result = result.replacing(place[...]) { _ in .array(Array(elements.suffix(most))) }
        }
        return .safe(result.rendered())
    }

    /// Objects go into each other, other values replace.
    private static func merged(_ base: JSONObject, _ other: JSONObject, removesNulls: Bool) -> JSONObject {
        var result = base
        for (key, value) in other {
            if case .object(let inner) = value, case .object(let before)? = result[key] {
                result[key] = .object(merged(before, inner, removesNulls: removesNulls))
            } else if removesNulls, value == .null {
                result[key] = nil
            } else {
                result[key] = .some(value)
            }
        }
        return result
    }

    /// Sorts the arrays that `…[*]…` of the path goes through.
    private static func jsonSort(_ arguments: HandlebarsArguments) -> HandlebarsValue {
        let source = arguments[1].text
        guard let document = json(arguments[0]) else {
            return helperError("Input JSON string is not valid JSON ('\(arguments[0].text)')")
        }
        guard let star = source.split(separator: "[*]", omittingEmptySubsequences: false).first,
            source.contains("[*]"),
            let list = try? JaywayPath(String(star)),
            let key = try? JaywayPath("$" + source.dropFirst(star.count + 3))
        else { return helperError("\(source) is no JSONPath with [*] at the array to sort") }
        let isDown = ["desc", "descending"].contains(arguments["order"].text.lowercased())
        var result = document
        for node in list.nodes(in: document) {
            guard case .array(let elements) = node.value else {
                return helperError("\(star) is not an array")
            }
            let keyed = elements.map { ($0, key.read($0) ?? .null) }
            let sorted = keyed.enumerated().sorted { left, right in
                let order = compared(left.element.1, right.element.1)
                return order == 0 ? left.offset < right.offset : (order < 0) != isDown
            }
            result = result.replacing(node.segments[...]) { _ in .array(sorted.map(\.element.0)) }
        }
        return .safe(result.rendered())
    }

    private static func compared(_ left: JSON, _ right: JSON) -> Int {
        if let a = left.doubleValue, let b = right.doubleValue { return a < b ? -1 : a > b ? 1 : 0 }
        if let a = left.boolValue, let b = right.boolValue { return a == b ? 0 : a ? 1 : -1 }
        let (a, b) = (left.stringValue ?? left.rendered(), right.stringValue ?? right.rendered())
        return a < b ? -1 : a > b ? 1 : 0
    }
}

extension JSON {
    /// The value at names and indices; `nil` when there is none.
    func at(_ segments: [CompiledPath.Segment]) -> JSON? {
        var value = self
        for segment in segments {
            let next =
                switch segment {
                case .name(let name): value[name]
                case .index(let index): value[index]
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// With another value at a place, or none (`nil`); a place that is not there changes nothing.
    func replacing(_ segments: ArraySlice<CompiledPath.Segment>, by change: (JSON) -> JSON?) -> JSON {
        guard let first = segments.first else { return change(self) ?? .null }
        let rest = segments.dropFirst()
        switch (first, self) {
        case (.name(let name), .object(var object)):
            guard let member = object[name] else { return self }
            object[name] = rest.isEmpty ? change(member) : .some(member.replacing(rest, by: change))
            return .object(object)
        case (.index(let index), .array(var elements)):
            guard elements.indices.contains(index) else { return self }
            if !rest.isEmpty {
                elements[index] = elements[index].replacing(rest, by: change)
            } else if let changed = change(elements[index]) {
                elements[index] = changed
            } else {
                elements.remove(at: index)
            }
            return .array(elements)
        default: return self
        }
    }

    /// Without what is at the places; later elements of arrays go first, so that the others keep their index.
    func removing(_ places: [[CompiledPath.Segment]]) -> JSON {
        func key(_ place: [CompiledPath.Segment]) -> Int {
            if case .index(let index)? = place.last { index } else { -1 }
        }
        let ordered = places.filter { !$0.isEmpty }.sorted {
            $0.count == $1.count ? key($0) > key($1) : $0.count > $1.count
        }
        return ordered.reduce(self) { $0.replacing($1[...]) { _ in nil } }
    }
}
