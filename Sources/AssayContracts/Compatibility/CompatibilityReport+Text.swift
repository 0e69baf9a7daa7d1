public import AssayCore

extension CompatibilityReport {
    /// The report for a terminal: by document and operation, the worst first.
    ///
    /// ```
    /// contracts/shop.yml
    ///   POST /orders
    ///     ERROR  request-property-became-required   request body $.price
    ///            property 'price' became required: consumers that leave it out are refused
    ///            main:contracts/shop.yml:12:9 → contracts/shop.yml:14:9
    /// ```
    /// - Parameter showsAll: changes that break nobody too.
    public func text(style: Style = .plain, showsAll: Bool = true) -> String {
        var lines: [String] = []
        for part in parts {
            let shown = part.entries.filter { showsAll || $0.finding.level > .info }
            if shown.isEmpty { continue }
            if !lines.isEmpty { lines.append("") }
            lines.append(style.paint(part.name, .cyan, bold: true))
            for (operation, entries) in Self.grouped(shown) {
                if let operation { lines.append("  " + style.paint(operation, .blue, bold: true)) }
                for entry in entries { lines += Self.lines(of: entry, style) }
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func lines(of entry: Entry, _ style: Style) -> [String] {
        let finding = entry.finding
        let level =
            switch finding.level {
            case .error: style.paint("ERROR  ", .red, bold: true)
            case .warning: style.paint("WARNING", .yellow, bold: true)
            case .info: style.paint("INFO   ", .grey)
            }
        let indent = "            "
        var lines = ["    \(level) \(finding.rule)" + (finding.path.isEmpty ? "" : "   \(finding.path)")]
        lines.append(indent + finding.message)
        if let places = finding.places { lines.append(indent + style.paint(places, .grey)) }
        if let waiver = entry.waiver {
            lines.append(
                indent + style.paint("waived until \(waiver.until):", .green) + " \(waiver.reason)")
        }
        return lines
    }

    /// A changelog in Markdown: what breaks, what may break, what is new, by document and operation.
    public func markdown(title: String) -> String {
        var text = "# \(title.asMarkdown)\n\n\(summary.asMarkdown).\n"
        let sections: [(String, (Entry) -> Bool)] = [
            ("Breaks", { $0.finding.level == .error && $0.waiver == nil }),
            ("May break", { $0.finding.level == .warning && $0.waiver == nil }),
            ("Agreed on", { $0.finding.level > .info && $0.waiver != nil }),
            ("Other changes", { $0.finding.level == .info }),
        ]
        for (heading, isWanted) in sections {
            let parts = parts.map { ($0.name, $0.entries.filter(isWanted)) }.filter { !$0.1.isEmpty }
            if parts.isEmpty { continue }
            text += "\n## \(heading)\n"
            for (name, entries) in parts {
                if self.parts.count > 1 { text += "\n### \(name.asMarkdown)\n" }
                for (operation, entries) in Self.grouped(entries) {
                    text += "\n"
                    if let operation { text += "**\(operation.asMarkdown)**\n\n" }
                    for entry in entries { text += Self.item(entry) }
                }
            }
        }
        return text
    }

    private static func item(_ entry: Entry) -> String {
        let finding = entry.finding
        let path = finding.path.isEmpty ? "" : "\(finding.path.asMarkdownCode): "
        var text = "- \(path)\(finding.message.asMarkdown) (\(finding.rule.asMarkdownCode))"
        if let places = finding.places { text += "<br>\(places.asMarkdown)" }
        if let waiver = entry.waiver {
            text += "<br>waived until \(waiver.until): \(waiver.reason.asMarkdown)"
        }
        return text + "\n"
    }
}

extension CompatibilityFinding {
    /// `old.yml:3:5 → new.yml:4:5`.
    public var places: String? {
        switch (old, new) {
        case (nil, nil): nil
        case (let old?, nil): "\(old) → –"
        case (nil, let new?): "– → \(new)"
        case (let old?, let new?): "\(old) → \(new)"
        }
    }
}

extension String {
    /// Text from outside, so that Markdown shows it as it is.
    fileprivate var asMarkdown: String {
        var text = ""
        for character in self {
            if character.isNewline {
                text += " "
            } else {
                if "\\`*_{}[]<>#|&~".contains(character) { text += "\\" }
                text.append(character)
            }
        }
        return text
    }

    /// Text from outside as code.
    fileprivate var asMarkdownCode: String {
        let line = String(map { $0.isNewline ? " " : $0 })
        // A fence longer than any in the text.
        var longest = 0
        var run = 0
        for character in line {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        let space = longest > 0 ? " " : ""
        return fence + space + line + space + fence
    }
}
