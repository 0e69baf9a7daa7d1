internal import AssayFormats

extension HandlebarsHelpers {
    /// What Handlebars itself has, and assignment.
    static let blockHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("if") { arguments, rendering throws(HandlebarsFailure) in
            let value = arguments[0]
            var holds = value.isTrue
            if arguments["includeZero"].isTrue, value.number == 0 { holds = true }
            return try rendering.answer(holds, arguments)
        },
        HandlebarsHelper("unless") { arguments, rendering throws(HandlebarsFailure) in
            try rendering.answer(!arguments[0].isTrue, arguments)
        },
        HandlebarsHelper("each") { arguments, rendering throws(HandlebarsFailure) in
            guard let block = arguments.block else { return helperError("each is a block helper") }
            let value = arguments.values.isEmpty ? rendering.current : arguments[0]
            if let elements = value.elements { return .safe(try rendering.each(elements, block)) }
            let members = value.members ?? []
            return .safe(try rendering.each(members.map(\.value), names: members.map(\.name), block))
        },
        HandlebarsHelper("with") { arguments, rendering throws(HandlebarsFailure) in
            guard let block = arguments.block else { return helperError("with is a block helper") }
            let value = arguments[0]
            guard value.isTrue else { return .safe(try rendering.text(of: block.otherwise)) }
            var scope = HandlebarsRendering.Scope(value: value)
            if let name = block.parameters.first { scope.parameters[name] = value }
            return .safe(try rendering.text(of: block.body, in: scope))
        },
        HandlebarsHelper("lookup") { arguments, _ in
            let value = arguments[0]
            let name = arguments[1].text
            let member = value.member(name)
            if !member.isMissing || !name.contains(".") { return member }
            // `ids[].1`: the last segment chooses among the values of the name before it.
            guard let dot = name.lastIndex(of: ".") else { return .missing }
            return value.member(String(name[..<dot])).member(String(name[name.index(after: dot)...]))
        },
        HandlebarsHelper("log") { _, _ in .missing },
        HandlebarsHelper("assign") { arguments, rendering throws(HandlebarsFailure) in
            let value: HandlebarsValue
            if let block = arguments.block {
                value = .text(try rendering.text(of: block.body))
            } else {
                value = .text(arguments[1].text)
            }
            rendering.assign(arguments[0].text, value)
            return .missing
        },
        HandlebarsHelper("val") { arguments, rendering in
            var value = arguments[0]
            if value.isMissing { value = arguments.options["or"] ?? arguments["default"] }
            guard let name = arguments.options["assign"] else { return value }
            rendering.assign(name.text, value)
            return .missing
        },
    ]

    /// Comparisons; blocks with an `else`, or values in tags and parentheses.
    static let conditionHelpers: [HandlebarsHelper] = [
        condition("eq") { $0[0].isEqual(to: $0[1]) },
        condition("neq") { !$0[0].isEqual(to: $0[1]) },
        condition("gt") { order($0[0], $0[1]).map { $0 > 0 } ?? false },
        condition("gte") { order($0[0], $0[1]).map { $0 >= 0 } ?? false },
        condition("lt") { order($0[0], $0[1]).map { $0 < 0 } ?? false },
        condition("lte") { order($0[0], $0[1]).map { $0 <= 0 } ?? false },
        condition("and") { $0.values.allSatisfy(\.isTrue) },
        condition("or") { $0.values.contains(where: \.isTrue) },
        condition("not") { !$0[0].isTrue },
        condition("contains") { arguments in
            if let elements = arguments[0].elements {
                return elements.contains { $0.isEqual(to: arguments[1]) }
            }
            return !arguments[1].isMissing && arguments[0].text.contains(arguments[1].text)
        },
        HandlebarsHelper("matches") { arguments, rendering throws(HandlebarsFailure) in
            let written = arguments[1].text
            do {
                let holds = try Pattern(written).matches(whole: arguments[0].text)
                return try rendering.answer(holds, arguments)
            } catch let error as PatternError {
                return helperError("Invalid regex string \(written): \(error)")
            } catch let failure as HandlebarsFailure {
                throw failure
            } catch {
                return .missing
            }
        },
    ]

    private static func condition(
        _ name: String, _ holds: @escaping @Sendable (HandlebarsArguments) -> Bool
    ) -> HandlebarsHelper {
        HandlebarsHelper(name) { arguments, rendering throws(HandlebarsFailure) in
            try rendering.answer(holds(arguments), arguments)
        }
    }

    /// Numbers by size, also where one is written as text; dates by time; other values as text. `nil` for nothing.
    private static func order(_ left: HandlebarsValue, _ right: HandlebarsValue) -> Int? {
        if left.isMissing || right.isMissing { return nil }
        if case .date(let a) = left, case .date(let b) = right {
            return (a.milliseconds - b.milliseconds).signum().asInt
        }
        if let a = left.number, let b = right.number { return a < b ? -1 : a > b ? 1 : 0 }
        let (a, b) = (left.text, right.text)
        return a < b ? -1 : a > b ? 1 : 0
    }
}

extension Int64 {
    fileprivate var asInt: Int { Int(self) }
}
