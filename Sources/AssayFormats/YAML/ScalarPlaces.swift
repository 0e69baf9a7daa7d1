import AssayCore

extension SourceText {
    /// Where each scalar of a node's text stands in the file, through quotes, escapes and folded lines.
    ///
    /// Exact for plain, quoted and `|` scalars; in `>` scalars the line is right and the column nearly always.
    func places(of node: YAMLNode) -> TextPlaces {
        let text = Array((node.scalarText ?? "").unicodeScalars)
        var walk = ScalarWalk(source: self, node: node, text: text)
        switch node.style {
        case .plain: walk.flow(quote: nil)
        case .singleQuoted: walk.flow(quote: "'")
        case .doubleQuoted: walk.flow(quote: "\"")
        case .literal, .folded: walk.block()
        }
        return TextPlaces(file: file, places: walk.places)
    }
}

/// Goes through a scalar as written and as read at once, noting a place for each scalar read, and one for the end.
private struct ScalarWalk {
    let source: SourceText
    let text: [Unicode.Scalar]
    let isFolded: Bool
    private(set) var places: [TextPlaces.Place] = []
    private var lineNumber: Int
    private var line: [Unicode.Scalar]
    /// Index into `line`, from 0.
    private var column: Int

    init(source: SourceText, node: YAMLNode, text: [Unicode.Scalar]) {
        self.source = source
        self.text = text
        isFolded = node.style == .folded
        lineNumber = node.location.line
        line = Array((source.line(lineNumber) ?? "").unicodeScalars)
        column = node.location.column - 1
    }

    private mutating func place() { places.append(.init(line: lineNumber, column: column + 1)) }

    private var isAtLineEnd: Bool { !line.dropFirst(column).contains { $0 != " " && $0 != "\t" } }

    /// - Returns: `false` at the end of the file.
    private mutating func nextLine() -> Bool {
        guard let next = source.line(lineNumber + 1) else { return false }
        lineNumber += 1
        line = Array(next.unicodeScalars)
        column = 0
        return true
    }

    private mutating func skipBlanks() {
        while column < line.count, line[column] == " " || line[column] == "\t" { column += 1 }
    }

    // MARK: Plain and quoted

    /// Source: YAML 1.2.2 §6.5 (folding), §7.3.
    mutating func flow(quote: Unicode.Scalar?) {
        if quote != nil { column += 1 }
        while places.count < text.count {
            if isAtLineEnd {
                foldLines()
            } else if quote == "\"", line[column] == "\\" {
                escape()
            } else {
                place()
                column += quote == "'" && line[column] == "'" ? 2 : 1
            }
        }
        place()
    }

    /// A line break is a space; with empty lines after it, those are the line breaks. Trailing blanks of a line
    /// were dropped, and before a quote they never come here because the text is not at its end.
    private mutating func foldLines() {
        let end = TextPlaces.Place(line: lineNumber, column: column + 1)
        var emptyLines = 0
        repeat {
            guard nextLine() else {
                while places.count < text.count { places.append(end) }
                return
            }
            emptyLines += 1
            skipBlanks()
        } while column == line.count
        for _ in 0..<max(1, emptyLines - 1) where places.count < text.count { places.append(end) }
    }

    private mutating func escape() {
        let sign = column + 1 < line.count ? line[column + 1] : nil
        switch sign {
        case nil:
            // An escaped line break is nothing at all.
            guard nextLine() else {
                place()
                return
            }
            skipBlanks()
        case "x":
            place()
            column += 4
        case "u":
            place()
            column += 6
        case "U":
            place()
            column += 10
        default:
            place()
            column += 2
        }
        column = min(column, line.count)
    }

    // MARK: Block scalars

    /// Source: YAML 1.2.2 §8.1.
    mutating func block() {
        let header = line.dropFirst(column).prefix { $0 != "#" }
        let stated = header.first { ("1"..."9").contains($0) } != nil
        guard nextLine() else {
            fill()
            return
        }
        // With an indentation indicator the text itself begins with blanks; count back from its first word.
        let firstText = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true).first ?? []
        let leading = stated ? firstText.prefix { $0 == " " }.count : 0
        let indent = max(0, indentOfFirstText() - leading)
        column = min(indent, line.count)
        while places.count < text.count {
            if column < line.count, text[places.count] != "\n" || !isFolded {
                place()
                column += 1
                continue
            }
            place()
            let wasBreak = text[places.count - 1] == "\n"
            repeat {
                guard nextLine() else {
                    fill()
                    return
                }
                column = min(indent, line.count)
                // A folded line break vanishes when empty lines follow it.
            } while isFolded && wasBreak && column == line.count && places.count < text.count
                && text[places.count] != "\n"
        }
        place()
    }

    private func indentOfFirstText() -> Int {
        var number = lineNumber
        while let candidate = source.line(number) {
            let blanks = candidate.unicodeScalars.prefix { $0 == " " }.count
            if blanks < candidate.unicodeScalars.count { return blanks }
            number += 1
        }
        return 0
    }

    private mutating func fill() {
        while places.count <= text.count { place() }
    }
}
