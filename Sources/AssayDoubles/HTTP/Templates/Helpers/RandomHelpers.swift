internal import AssayCore
internal import AssayFormats

extension HandlebarsHelpers {
    /// Made up, and the same for the same seed of a run.
    static let randomHelpers: [HandlebarsHelper] = [
        HandlebarsHelper("randomValue") { arguments, rendering throws(HandlebarsFailure) in
            try randomValue(arguments, &rendering)
        },
        HandlebarsHelper("randomInt") { arguments, rendering in
            let lower = arguments["lower"].integer ?? Int(Int32.min)
            let upper = arguments["upper"].integer ?? Int(Int32.max)
            guard lower < upper else {
                return lower == upper
                    ? .int(lower) : helperError("randomInt: lower \(lower) is above upper \(upper)")
            }
            // As in Java, the upper bound is left out.
            return .int(rendering.random.integer(in: lower...(upper - 1)))
        },
        HandlebarsHelper("randomDecimal") { arguments, rendering in
            let bound = Double(Int32.max)
            let lower = arguments["lower"].number ?? -bound
            let upper = arguments["upper"].number ?? bound
            guard lower <= upper else {
                return helperError("randomDecimal: lower \(lower) is above upper \(upper)")
            }
            return .json(.double(rendering.random.double(in: lower..<upper)))
        },
        HandlebarsHelper("pickRandom") { arguments, rendering throws(HandlebarsFailure) in
            let elements = arguments.count == 1 ? arguments[0].elements ?? arguments.values : arguments.values
            guard !elements.isEmpty else {
                return helperError(
                    "Must specify either a single list argument or a set of single value arguments.")
            }
            try rendering.step(elements.count)
            guard let written = arguments.options["count"] else {
                return rendering.random.pick(elements) ?? .missing
            }
            guard let count = written.integer, count >= 0 else {
                return helperError("count must be a whole number, got '\(written.text)'")
            }
            return .list(Array(rendering.random.shuffled(elements).prefix(count)))
        },
        HandlebarsHelper("hostname") { _, rendering in .text(rendering.environment.hostname) },
        HandlebarsHelper("systemValue") { arguments, rendering in
            systemValue(arguments, rendering.environment)
        },
    ]

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz")
    private static let digits = Array("0123456789")
    private static let symbols = Array("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")

    private static func randomValue(
        _ arguments: HandlebarsArguments, _ rendering: inout HandlebarsRendering
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        let isUpper = arguments["uppercase"].isTrue
        let length = arguments.options["length"]?.integer ?? 36
        guard length >= 0 else { return helperError("length must not be below 0, got \(length)") }
        try rendering.check(length)
        try rendering.step(length / 16)
        let alphabet: [Character]
        let type = arguments.options["type"]?.text ?? "ALPHANUMERIC"
        switch type {
        case "ALPHANUMERIC": alphabet = letters + digits
        case "ALPHABETIC": alphabet = letters
        case "NUMERIC": alphabet = digits
        case "ALPHANUMERIC_AND_SYMBOLS": alphabet = letters + digits + symbols
        case "HEXADECIMAL": alphabet = digits + letters.prefix(6)
        case "UUID":
            let uuid = randomUUID(using: &rendering.random)
            return .text(isUpper ? uuid.uppercased() : uuid)
        default:
            return helperError(
                "there is no type '\(type)'; known: ALPHANUMERIC, ALPHABETIC, NUMERIC, ALPHANUMERIC_AND_SYMBOLS, HEXADECIMAL, UUID"
            )
        }
        var text = ""
        for _ in 0..<length { text.append(alphabet[rendering.random.integer(in: 0...(alphabet.count - 1))]) }
        return .text(isUpper ? text.uppercased() : text)
    }

    private static func systemValue(
        _ arguments: HandlebarsArguments, _ environment: HandlebarsEnvironment
    ) -> HandlebarsValue {
        let key = arguments["key"].text
        guard !key.isEmpty else { return helperError("The key cannot be empty") }
        let type = arguments.options["type"]?.text ?? "ENVIRONMENT"
        guard type == "ENVIRONMENT" else {
            return arguments.options["default"]
                ?? helperError("type \(type): Assay has no system properties; only ENVIRONMENT is read")
        }
        switch environment.systemValue(key) {
        case .refused: return helperError("Access to \(key) is denied")
        case .unset: return arguments["default"]
        case .value(let value): return .text(value)
        }
    }
}
