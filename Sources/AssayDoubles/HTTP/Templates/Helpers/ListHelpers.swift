internal import AssayFormats

extension HandlebarsHelpers {
    static let listHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("array") { arguments, _ in .list(arguments.values) },
        HandlebarsHelper("arrayAdd") { arguments, rendering throws(HandlebarsFailure) in
            guard var elements = arguments[0].elements else {
                return helperError("The first parameter is not a list")
            }
            guard arguments.count > 1 else {
                return helperError("Missing required parameter: additional value to add to list")
            }
            guard let place = place(arguments["position"], count: elements.count, last: elements.count) else {
                return helperError("position must be 'start', 'end' or a number from 0 to \(elements.count)")
            }
            try rendering.step(elements.count)
            elements.insert(arguments[1], at: place)
            return .list(elements)
        },
        HandlebarsHelper("arrayRemove") { arguments, rendering throws(HandlebarsFailure) in
            guard var elements = arguments[0].elements else {
                return helperError("The first parameter is not a list")
            }
            guard !elements.isEmpty else { return .list([]) }
            guard let place = place(arguments["position"], count: elements.count, last: elements.count - 1)
            else {
                return helperError(
                    "position must be 'start', 'end' or a number from 0 to \(elements.count - 1)")
            }
            try rendering.step(elements.count)
            elements.remove(at: place)
            return .list(elements)
        },
        HandlebarsHelper("arrayJoin") { arguments, rendering throws(HandlebarsFailure) in
            guard arguments.count > 0 else { return helperError("Separator parameter must be a String") }
            let elements =
                arguments.count == 2
                ? arguments[1].elements ?? [arguments[1]] : Array(arguments.values.dropFirst())
            let joined: String
            if let block = arguments.block {
                joined =
                    elements.isEmpty ? "" : try rendering.each(elements, block, separator: arguments[0].text)
            } else {
                joined = elements.map(\.text).joined(separator: arguments[0].text)
            }
            return .text(arguments["prefix"].text + joined + arguments["suffix"].text)
        },
        HandlebarsHelper("size") { arguments, _ in
            let value = arguments[0]
            if value.isMissing { return .int(0) }
            if let elements = value.elements { return .int(elements.count) }
            if let members = value.members { return .int(members.count) }
            if case .json(.string(let text)) = value { return .int(text.utf16.count) }
            return .int(value.text.utf16.count)
        },
    ]

    /// Where to add or remove; the end when nothing is said.
    private static func place(_ position: HandlebarsValue, count: Int, last: Int) -> Int? {
        if position.isMissing { return last }
        if let index = position.integer { return (0...last).contains(index) ? index : nil }
        switch position.text {
        case "start": return 0
        case "end": return last
        default: return nil
        }
    }
}
