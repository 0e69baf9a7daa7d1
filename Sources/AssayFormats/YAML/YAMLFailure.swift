import AssayCore

extension YAMLFailure {
    /// libyaml's wording turned into what a person did, and what to do instead.
    func diagnostic(in source: SourceText) -> Diagnostic {
        if let byteOffset { return refusedCharacter(at: byteOffset, in: source) }
        let reported = place(mark, in: source)
        if let special = unquotedTemplate(before: reported, in: source) ?? badStart(at: reported, in: source)
        {
            return special
        }
        for rule in Self.rules where problem.contains(rule.problem) {
            let place =
                rule.isAtContext ? contextMark.map { self.place($0, in: source) } ?? reported : reported
            return Diagnostic(rule.code, rule.message, at: place, fix: rule.fix)
        }
        return Diagnostic("AS002", "this is not YAML: \(problem)", at: reported)
    }

    /// How one of libyaml's problems is told.
    private struct Rule {
        var problem: String
        var code: DiagnosticCode
        var message: String
        var fix: String
        /// The construct's beginning says more than where libyaml gave up.
        var isAtContext = false
    }

    private static let rules: [Rule] = [
        Rule(
            problem: "mapping values are not allowed", code: "AS002",
            message: "a second `: ` in one line, or a key where none may stand",
            fix: "put a value that contains `: ` in quotes, or indent the line like its neighbours"),
        Rule(
            problem: "did not find expected key", code: "AS004",
            message: "expected a key as deep as the mapping's other keys, found something else",
            fix: "indent the line like the keys above it"),
        Rule(
            problem: "did not find expected '-'", code: "AS004",
            message: "expected another `- ` of the list, found something else",
            fix: "indent the line like the list's other elements, or deeper to belong to the last one"),
        Rule(
            problem: "block sequence entries are not allowed", code: "AS004",
            message: "a list begins with `- ` where none may stand",
            fix: "begin the list on a line of its own"),
        Rule(
            problem: "could not find expected ':'", code: "AS002",
            message: "a key without `:`, or a text that goes on less indented than it began",
            fix: "write `key: value`", isAtContext: true),
        Rule(
            problem: "did not find expected ',' or '}'", code: "AS002",
            message: "this `{` has no `}`: expected `,` or `}` after a value",
            fix: "close it with `}`, and quote texts with `,` `{` `}` `[` or `]` in them", isAtContext: true),
        Rule(
            problem: "did not find expected ',' or ']'", code: "AS002",
            message: "this `[` has no `]`: expected `,` or `]` after a value",
            fix: "close it with `]`, and quote texts with `,` `{` `}` `[` or `]` in them", isAtContext: true),
        Rule(
            problem: "found unexpected end of stream", code: "AS002",
            message: "this quote is never closed", fix: "close it with the same quote", isAtContext: true),
        Rule(
            problem: "found unexpected document indicator", code: "AS002",
            message: "this quote is not closed before `---`", fix: "close it with the same quote",
            isAtContext: true),
        Rule(
            problem: "unknown escape character", code: "AS002",
            message: #"expected an escape like \n, \t, \" or \\, found another character after the `\`"#,
            fix: #"write `\\` for a backslash, or use single quotes"#),
        Rule(
            problem: "did not find expected hexdecimal number", code: "AS002",
            message: #"expected hexadecimal digits after the `\x`, `\u` or `\U`"#,
            fix: #"write \xHH, \uHHHH or \UHHHHHHHH"#),
        Rule(
            problem: "did not find expected <document start>", code: "AS004",
            message: "expected the end of the file, found more text at this depth",
            fix: "indent the line like the lines above it"),
        Rule(
            problem: "did not find expected node content", code: "AS002",
            message: "expected a value, found another sign", fix: "write a value, or put the text in quotes"),
        Rule(
            problem: "found undefined tag handle", code: "AS009",
            message: "a tag like `!x!y` is not known here", fix: "leave the tag out, or quote a text with `!`"
        ),
        Rule(
            problem: "nesting level", code: "AS008", message: "too many levels inside each other",
            fix: "split the file"),
    ]

    private func place(_ mark: YAMLMark, in source: SourceText, length: Int = 1) -> SourceLocation {
        SourceLocation(file: source.file, line: mark.line + 1, column: mark.column + 1, length: length)
    }

    /// `{get: ${x}}`: the commonest slip, told as what it is.
    private func unquotedTemplate(before place: SourceLocation, in source: SourceText) -> Diagnostic? {
        guard
            problem.contains("did not find expected ','") || problem.contains("did not find expected key")
                || problem.contains("did not find expected node content")
                || problem.contains("mapping values"),
            let line = source.line(place.line)
        else { return nil }
        let scalars = Array(line.unicodeScalars)
        var depth = 0
        var quote: Unicode.Scalar?
        for (index, scalar) in scalars.enumerated() {
            if let open = quote {
                if scalar == open { quote = nil }
                continue
            }
            switch scalar {
            case "\"", "'": quote = scalar
            case "{" where index > 0 && scalars[index - 1] == "$" && depth > 0:
                let end = scalars[index...].firstIndex(of: "}") ?? index
                let text = String(String.UnicodeScalarView(scalars[(index - 1)...end]))
                return Diagnostic(
                    "AS002",
                    "\(text) inside `{ }` or `[ ]` must be in quotes: YAML reads its `{` as a mapping",
                    at: SourceLocation(
                        file: source.file, line: place.line, column: index, length: end - index + 2),
                    fix: "put the whole value in double quotes: \"\(text)\"")
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            case "#" where index > 0 && scalars[index - 1] == " ": return nil
            default: break
            }
        }
        return nil
    }

    private func badStart(at place: SourceLocation, in source: SourceText) -> Diagnostic? {
        guard let line = source.line(place.line) else { return nil }
        let scalar = Array(line.unicodeScalars).dropFirst(place.column - 1).first
        if scalar == "\t" {
            return Diagnostic(
                "AS003", "a tab where YAML wants spaces", at: place, fix: "indent with spaces")
        }
        guard problem.contains("cannot start any token"), let scalar else { return nil }
        return Diagnostic(
            "AS002", "a value may not begin with `\(scalar)`", at: place, fix: "put the value in quotes")
    }

    private func refusedCharacter(at offset: Int, in source: SourceText) -> Diagnostic {
        for (index, line) in source.lines.enumerated() {
            for (column, scalar) in line.unicodeScalars.enumerated() where Self.isRefused(scalar) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                return Diagnostic(
                    "AS001",
                    "the control character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)",
                    at: SourceLocation(file: source.file, line: index + 1, column: column + 1),
                    fix: #"remove it, or write it as an escape like "\x07" in double quotes"#)
            }
        }
        return Diagnostic(
            "AS001", "byte \(offset) is not text: \(problem)",
            at: SourceLocation(file: source.file, line: 1, column: 1), fix: "save the file as UTF-8")
    }

    /// Source: YAML 1.2.2 §5.1, c-printable.
    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x85, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
            0x10000...0x10FFFF:
            false
        default: true
        }
    }
}
