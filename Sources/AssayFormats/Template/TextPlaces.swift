import AssayCore

/// Where each scalar of a text stands in its file.
struct TextPlaces {
    private enum Form {
        /// The text is written as it is, from here on.
        case verbatim(SourceLocation, lineStarts: [Int])
        /// Escapes, quotes or folding lie between text and file: one place a scalar, and one for the end.
        case table(file: String, places: [Place])
    }

    struct Place {
        var line: Int
        var column: Int
    }

    private var form: Form

    init(of text: [Unicode.Scalar], from origin: SourceLocation) {
        var lineStarts = [0]
        for (index, scalar) in text.enumerated() where scalar == "\n" { lineStarts.append(index + 1) }
        form = .verbatim(origin, lineStarts: lineStarts)
    }

    /// - Parameter places: one more than the text has scalars.
    init(file: String, places: [Place]) { form = .table(file: file, places: places) }

    /// The place of a range; its length stays on the first line.
    func location(_ range: Range<Int>) -> SourceLocation {
        switch form {
        case .verbatim(let origin, let lineStarts):
            let line = (lineStarts.firstIndex { $0 > range.lowerBound } ?? lineStarts.count) - 1
            let start = lineStarts[line]
            let column = range.lowerBound - start + (line == 0 ? origin.column : 1)
            let end =
                line + 1 < lineStarts.count
                ? min(range.upperBound, lineStarts[line + 1] - 1) : range.upperBound
            return SourceLocation(
                file: origin.file, line: origin.line + line, column: column, length: end - range.lowerBound)
        case .table(let file, let places):
            let start = places[min(range.lowerBound, places.count - 1)]
            let end = places[min(range.upperBound, places.count - 1)]
            let length = end.line == start.line ? end.column - start.column : range.count
            return SourceLocation(file: file, line: start.line, column: start.column, length: length)
        }
    }
}
