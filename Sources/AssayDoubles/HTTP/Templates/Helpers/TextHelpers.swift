internal import AssayFormats

extension HandlebarsHelpers {
    /// Texts: those of handlebars.java and WireMock's.
    static let textHelpers: [HandlebarsHelper] =
        [
            text("lower") { $0.lowercased() },
            text("upper") { $0.uppercased() },
            text("trim") { $0.trimmed },
            text("capitalizeFirst") { $0.prefix(1).uppercased() + $0.dropFirst() },
            text("stripTags", withoutTags),
            text("slugify") { text in
                let kept = withoutTags(text).lowercased().unicodeScalars.filter {
                    $0.properties.isAlphabetic && $0.isASCII || $0.properties.numericType != nil || $0 == " "
                        || $0 == "-"
                        || $0 == "_"
                }
                return String(String.UnicodeScalarView(kept)).split { $0 == " " || $0 == "-" || $0 == "_" }
                    .joined(separator: "-")
            },
            HandlebarsHelper("capitalize") { arguments, rendering throws(HandlebarsFailure) in
                let isFully = arguments["fully"].isTrue
                let words = try rendering.subject(arguments).text.split(
                    separator: " ", omittingEmptySubsequences: false)
                return .text(
                    words.map {
                        $0.prefix(1).uppercased()
                            + (isFully ? $0.dropFirst().lowercased() : String($0.dropFirst()))
                    }
                    .joined(separator: " "))
            },
            HandlebarsHelper("defaultIfEmpty") { arguments, _ in
                let value = arguments[0]
                return value.isTrue ? value : arguments[1]
            },
            HandlebarsHelper("abbreviate") { arguments, _ in
                let text = arguments[0].text
                guard let width = arguments[1].integer, width >= 4 else {
                    return helperError("abbreviate needs a width of at least 4")
                }
                return .text(text.count <= width ? text : text.prefix(width - 3) + "...")
            },
            HandlebarsHelper("replace") { arguments, _ in
                let target = arguments[1].text
                guard !target.isEmpty else { return .text(arguments[0].text) }
                return .text(replacing(arguments[0].text, target, by: arguments[2].text))
            },
            HandlebarsHelper("cut") { arguments, _ in
                let target = arguments.count > 1 ? arguments[1].text : " "
                return .text(
                    target.isEmpty ? arguments[0].text : replacing(arguments[0].text, target, by: ""))
            },
            HandlebarsHelper("substring") { arguments, _ in
                let text = Array(arguments[0].text)
                guard let start = arguments[1].integer else { return helperError("substring needs a start") }
                let end = arguments.count > 2 ? arguments[2].integer ?? -1 : text.count
                guard start >= 0, start <= end, end <= text.count else {
                    return helperError("substring \(start) to \(end) of a text of \(text.count) characters")
                }
                return .text(String(text[start..<end]))
            },
            HandlebarsHelper("split") { arguments, rendering throws(HandlebarsFailure) in
                let separator = arguments.count > 1 ? arguments[1].text : ","
                let text = arguments[0].text
                guard !separator.isEmpty else { return .list(text.map { .text(String($0)) }) }
                let parts = text.split(separator: separator, omittingEmptySubsequences: false)
                try rendering.step(parts.count)
                return .list(parts.map { .text(String($0)) })
            },
            HandlebarsHelper("join") { arguments, _ in
                var values = arguments.values
                let separator: String
                if let elements = arguments[0].elements, arguments.count <= 2 {
                    separator = arguments[1].text
                    values = elements
                } else {
                    separator = values.popLast()?.text ?? ""
                }
                let joined = values.map(\.text).joined(separator: separator)
                return .text(arguments["prefix"].text + joined + arguments["suffix"].text)
            },
            HandlebarsHelper("yesno") { arguments, _ in
                let value = arguments[0]
                if value.isMissing { return arguments.options["maybe"] ?? "maybe".value }
                return value.isTrue
                    ? arguments.options["yes"] ?? "yes".value : arguments.options["no"] ?? "no".value
            },
            HandlebarsHelper("wordWrap") { arguments, _ in
                guard let width = arguments[1].integer, width > 0 else {
                    return helperError("wordWrap needs a width")
                }
                return .text(wrapped(arguments[0].text, at: width))
            },
            HandlebarsHelper("stringFormat") { arguments, _ in
                javaFormatted(arguments[0].text, arguments.values.dropFirst())
            },
            HandlebarsHelper("regexExtract") { arguments, rendering throws(HandlebarsFailure) in
                try regexExtract(arguments, &rendering)
            },
        ] + ["center", "ljust", "rjust"].map(aligned)

    /// A helper from text to text; the text is its argument or its block.
    private static func text(
        _ name: String, _ apply: @escaping @Sendable (String) -> String
    ) -> HandlebarsHelper {
        HandlebarsHelper(name) { arguments, rendering throws(HandlebarsFailure) in
            .text(apply(try rendering.subject(arguments).text))
        }
    }

    private static func aligned(_ name: String) -> HandlebarsHelper {
        HandlebarsHelper(name) { arguments, rendering throws(HandlebarsFailure) in
            let text = arguments[0].text
            guard let size = arguments["size"].integer, size >= 0 else {
                return helperError("\(name) needs size=…")
            }
            try rendering.check(size)
            let sign = arguments.options["pad"].map { String($0.text.prefix(1)) } ?? " "
            let room = max(0, size - text.count)
            func pad(_ count: Int) -> String { String(repeating: sign, count: count) }
            return switch name {
            case "ljust": .text(text + pad(room))
            case "rjust": .text(pad(room) + text)
            default: .text(pad(room / 2) + text + pad(room - room / 2))
            }
        }
    }

    static func replacing(_ text: String, _ target: String, by replacement: String) -> String {
        text.split(separator: target, omittingEmptySubsequences: false).joined(separator: replacement)
    }

    private static func withoutTags(_ text: String) -> String {
        var result = ""
        var isInTag = false
        for sign in text {
            if sign == "<" {
                isInTag = true
            } else if sign == ">", isInTag {
                isInTag = false
            } else if !isInTag {
                result.append(sign)
            }
        }
        return result
    }

    private static func wrapped(_ text: String, at width: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// All groups of all matches as a variable, or the first match itself.
    private static func regexExtract(
        _ arguments: HandlebarsArguments, _ rendering: inout HandlebarsRendering
    ) throws(HandlebarsFailure) -> HandlebarsValue {
        let written = arguments[1].text
        guard let pattern = try? Pattern(written) else {
            return helperError("Invalid regex string \(written)")
        }
        var rest = arguments[0].text[...]
        var groups: [HandlebarsValue] = []
        do {
            while let match = try pattern.firstMatch(in: String(rest)) {
                try rendering.step(1 + rest.utf8.count / 64)
                if arguments.count < 3 { return .text(match.captures[0] ?? "") }
                groups += match.captures.dropFirst().map { $0.map { .text($0) } ?? .missing }
                let end = rest.utf8.index(rest.startIndex, offsetBy: match.range.upperBound)
                guard end < rest.endIndex else { break }
                rest = rest[(match.range.isEmpty ? rest.index(after: end) : end)...]
            }
        } catch let failure as HandlebarsFailure {
            throw failure
        } catch {
            return helperError("\(written): \(error)")
        }
        if groups.isEmpty {
            return arguments.options["default"] ?? helperError("Nothing matched \(written)")
        }
        rendering.assign(arguments[2].text, .list(groups))
        return .missing
    }
}

/// Java's `String.format` for `%s %d %x %f %e %b %c %n %%` with flags, width and precision.
func javaFormatted(_ format: String, _ values: ArraySlice<HandlebarsValue>) -> HandlebarsValue {
    var result = ""
    var values = values
    var rest = format[...]
    while let next = rest.popFirst() {
        guard next == "%" else {
            result.append(next)
            continue
        }
        let flags = rest.prefix { "-+ 0,#".contains($0) }
        rest = rest.dropFirst(flags.count)
        let width = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(width.count)
        var precision: Int?
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            precision = Int(digits)
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let kind = rest.popFirst() else { return helperError("the format '\(format)' ends after %") }
        if kind == "%" || kind == "n" {
            result += kind == "n" ? "\n" : "%"
            continue
        }
        guard let value = values.popFirst() else {
            return helperError("the format '\(format)' has no value for %\(kind)")
        }
        guard precision ?? 0 <= 1000, Int(width) ?? 0 <= 10_000,
            var text = formatted(value, kind, flags, precision)
        else { return helperError("'\(value.text)' does not fit %\(kind)") }
        let room = max(0, (Int(width) ?? 0) - text.count)
        if flags.contains("-") {
            text += String(repeating: " ", count: room)
        } else if flags.contains("0"), "dfxXeo".contains(kind) {
            let sign = text.prefix { $0 == "-" || $0 == "+" }
            text = sign + String(repeating: "0", count: room) + text.dropFirst(sign.count)
        } else {
            text = String(repeating: " ", count: room) + text
        }
        result += text
    }
    return .text(result)
}

private func formatted(
    _ value: HandlebarsValue, _ kind: Character, _ flags: Substring, _ precision: Int?
) -> String? {
    func signed(_ text: String) -> String { flags.contains("+") && !text.hasPrefix("-") ? "+" + text : text }
    switch kind {
    case "s", "S":
        let text = value.isMissing ? "null" : precision.map { String(value.text.prefix($0)) } ?? value.text
        return kind == "S" ? text.uppercased() : text
    case "b": return value.isTrue ? "true" : "false"
    case "c": return String(value.text.prefix(1))
    case "d":
        guard let whole = value.integer else { return nil }
        return signed(flags.contains(",") ? NumberFormat.grouped(String(whole), by: ",") : String(whole))
    case "x", "X", "o":
        guard let whole = value.integer else { return nil }
        let bits = UInt64(bitPattern: Int64(whole))
        return String(bits, radix: kind == "o" ? 8 : 16, uppercase: kind == "X")
    case "f":
        guard let number = value.number else { return nil }
        let text = NumberFormat.fixed(number, digits: precision ?? 6)
        return signed(flags.contains(",") ? NumberFormat.grouped(text, by: ",") : text)
    default: return nil
    }
}
