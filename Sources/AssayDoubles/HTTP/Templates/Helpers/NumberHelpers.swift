internal import AssayFormats

extension HandlebarsHelpers {
    static let numberHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("math") { arguments, _ in math(arguments) },
        HandlebarsHelper("maths") { arguments, _ in math(arguments) },
        HandlebarsHelper("isEven") { arguments, _ in parity(arguments, 0, "even") },
        HandlebarsHelper("isOdd") { arguments, _ in parity(arguments, 1, "odd") },
        HandlebarsHelper("stripes") { arguments, _ in
            guard let number = arguments[0].integer else {
                return helperError("stripes needs a whole number")
            }
            return number % 2 == 0 ? arguments[1] : arguments[2]
        },
        HandlebarsHelper("numberFormat") { arguments, _ in numberFormat(arguments) },
        HandlebarsHelper("range") { arguments, rendering throws(HandlebarsFailure) in
            guard let lower = arguments[0].integer, let upper = arguments[1].integer else {
                return helperError(
                    "The range helper requires both lower and upper bounds as integer parameters")
            }
            guard lower <= upper else { return .list([]) }
            let (count, overflow) = upper.subtractingReportingOverflow(lower)
            try rendering.step(overflow ? .max : count)
            return .list((lower...upper).map { .int($0) })
        },
    ]

    private static func parity(
        _ arguments: HandlebarsArguments, _ remainder: Int, _ word: String
    ) -> HandlebarsValue {
        guard let number = arguments[0].integer else {
            return helperError("'\(arguments[0].text)' is no whole number")
        }
        guard abs(number % 2) == remainder else { return .missing }
        return arguments.count > 1 ? arguments[1] : .text(word)
    }

    /// Whole numbers stay whole as long as the result is.
    private static func math(_ arguments: HandlebarsArguments) -> HandlebarsValue {
        guard arguments.count == 3 else {
            return helperError(
                "All maths functions require two operands and an operator as parameters e.g. 3 '+' 2")
        }
        let sign = arguments[1].text
        if let left = arguments[0].integer, let right = arguments[2].integer,
            arguments[0].number == Double(left), arguments[2].number == Double(right)
        {
            let result: (partialValue: Int, overflow: Bool)? =
                switch sign {
                case "+": left.addingReportingOverflow(right)
                case "-": left.subtractingReportingOverflow(right)
                case "*", "x": left.multipliedReportingOverflow(by: right)
                case "/": right != 0 && left % right == 0 ? left.dividedReportingOverflow(by: right) : nil
                case "%": right != 0 ? left.remainderReportingOverflow(dividingBy: right) : nil
                default: nil
                }
            if let result, !result.overflow { return .int(result.partialValue) }
            if right == 0, sign == "/" || sign == "%" { return helperError("division by zero") }
        }
        guard let left = arguments[0].number, let right = arguments[2].number else {
            return helperError("math needs numbers, got '\(arguments[0].text)' and '\(arguments[2].text)'")
        }
        switch sign {
        case "+": return .json(.double(left + right))
        case "-": return .json(.double(left - right))
        case "*", "x": return .json(.double(left * right))
        case "/": return right == 0 ? helperError("division by zero") : .json(.double(left / right))
        case "%":
            return right == 0
                ? helperError("division by zero")
                : .json(.double(left.truncatingRemainder(dividingBy: right)))
        default: return helperError("\(sign) is not a valid mathematical operator")
        }
    }

    private static func numberFormat(_ arguments: HandlebarsArguments) -> HandlebarsValue {
        guard let number = arguments[0].number else {
            return helperError("found '\(arguments[0].text)', expected a number")
        }
        let kind = arguments.count > 1 ? arguments[1].text : ""
        let place = NumberFormat.Place(arguments.count > 2 ? arguments[2].text : "en")
        var format: NumberFormat
        switch kind {
        case "", "number": format = NumberFormat()
        case "integer":
            format = NumberFormat()
            format.maximumFraction = 0
        case "percent":
            format = NumberFormat()
            format.maximumFraction = 0
            format.factor = 100
            format.suffix = place.currencyIsBehind ? "\u{A0}%" : "%"
        case "currency":
            format = NumberFormat()
            (format.minimumFraction, format.maximumFraction) = (2, 2)
            if place.currencyIsBehind {
                format.suffix = "\u{A0}" + place.currency
            } else {
                format.prefix = place.currency
            }
        default: format = NumberFormat(pattern: kind)
        }
        format.place = place
        if arguments.options["groupingUsed"]?.isTrue == false { format.groupsBy = nil }
        func bound(_ name: String, _ set: (inout NumberFormat, Int) -> Void) {
            guard let value = arguments[name].integer, (0...340).contains(value) else { return }
            set(&format, value)
        }
        bound("maximumFractionDigits") {
            $0.maximumFraction = $1
            $0.minimumFraction = min($0.minimumFraction, $1)
        }
        bound("minimumFractionDigits") {
            $0.minimumFraction = $1
            $0.maximumFraction = max($0.maximumFraction, $1)
        }
        bound("maximumIntegerDigits") { $0.maximumInteger = $1 }
        bound("minimumIntegerDigits") { $0.minimumInteger = $1 }
        if let written = arguments.options["roundingMode"]?.text.lowercased() {
            guard let rounding = NumberFormat.Rounding(rawValue: written) else {
                return helperError("there is no rounding mode '\(written)'")
            }
            format.rounding = rounding
        }
        return .text(format.render(number))
    }
}
