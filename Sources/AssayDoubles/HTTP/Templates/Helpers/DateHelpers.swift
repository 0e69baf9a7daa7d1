internal import AssayFormats

extension HandlebarsHelpers {
    static let dateHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("now") { arguments, rendering in
            shown(HandlebarsDate(milliseconds: rendering.environment.nowMilliseconds()), arguments)
        },
        HandlebarsHelper("date") { arguments, rendering in
            guard case .date(let date) = arguments[0] else {
                return shown(HandlebarsDate(milliseconds: rendering.environment.nowMilliseconds()), arguments)
            }
            return shown(date, arguments)
        },
        HandlebarsHelper("dateFormat") { arguments, _ in
            guard case .date(var date) = arguments[0] else {
                return helperError("dateFormat needs a date, got '\(arguments[0].text)'")
            }
            let pattern = arguments.options["format"] ?? arguments[1]
            guard !pattern.isMissing else { return .date(date) }
            do {
                date.unit = nil
                date.format = try JavaDateFormat(pattern.text)
                return .text(date.text)
            } catch {
                return helperError("\(error)")
            }
        },
        HandlebarsHelper("parseDate") { arguments, _ in
            let text = arguments[0].text
            do {
                let parsed =
                    if let pattern = arguments.options["format"] {
                        try ParsedDate(parsing: text, pattern: pattern.text)
                    } else {
                        ParsedDate(parsing: text)
                    }
                return parsed.map { .date(HandlebarsDate(milliseconds: $0.milliseconds)) } ?? .missing
            } catch {
                return helperError("\(error)")
            }
        },
        HandlebarsHelper("truncateDate") { arguments, _ in
            guard case .date(let date) = arguments[0] else {
                return helperError("truncateDate needs a date, got '\(arguments[0].text)'")
            }
            guard let truncation = DateTruncation(parsing: arguments[1].text) else {
                let known = DateTruncation.allCases.map(\.rawValue).joined(separator: ", ")
                return helperError("there is no truncation '\(arguments[1].text)'; known: \(known)")
            }
            let zone = date.zone ?? .utc
            let time = truncation.truncate(zone.civil(date.milliseconds))
            return .date(HandlebarsDate(milliseconds: zone.moment(time), zone: date.zone))
        },
    ]

    /// A date with the options `offset`, `timezone` and `format`.
    private static func shown(_ date: HandlebarsDate, _ arguments: HandlebarsArguments) -> HandlebarsValue {
        var date = date
        if let name = arguments.options["timezone"]?.text {
            guard let zone = TimeZoneRules(name) else {
                return helperError("there is no time zone '\(name)'")
            }
            date.zone = zone
        }
        if let written = arguments.options["offset"]?.text {
            guard let offset = DateOffset(parsing: written) else {
                return helperError("'\(written)' is no offset; write a number and a unit, like '3 days'")
            }
            date.milliseconds = offset.shift(CivilTime(milliseconds: date.milliseconds)).milliseconds
        }
        switch arguments.options["format"]?.text {
        case nil: break
        case "epoch": date.unit = 1
        case "unix": date.unit = 1000
        case let pattern?:
            do {
                date.format = try JavaDateFormat(pattern)
            } catch {
                return helperError("\(error)")
            }
        }
        return .date(date)
    }
}
