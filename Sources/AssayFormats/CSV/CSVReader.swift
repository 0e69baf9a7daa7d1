import AssayCore

/// Walks through comma-separated text (RFC 4180), field by field.
struct CSVReader {
    let bytes: [UInt8]
    let file: String
    let separator: UInt8
    let quote: UInt8
    /// Of the next byte.
    private(set) var at = 0
    private(set) var line = 1
    private var lineStart = 0
    private(set) var problems: [Diagnostic] = []
    private var unsaidProblems = 0

    init(bytes: [UInt8], file: String, separator: UInt8, quote: UInt8 = UInt8(ascii: "\"")) {
        self.bytes = bytes
        self.file = file
        self.separator = separator
        self.quote = quote
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            at = 3
            lineStart = 3
        }
    }

    /// Stands where a row begins, to read that one again.
    init(bytes: [UInt8], rowAt start: Int, separator: UInt8, quote: UInt8) {
        self.bytes = bytes
        self.separator = separator
        self.quote = quote
        file = ""
        (at, lineStart) = (start, start)
    }

    mutating func table() -> (columns: [String], rows: [JSONObject], problems: [Diagnostic]) {
        guard let columns = header() else { return ([], [], problems) }
        guard problems.isEmpty else { return (columns, [], problems) }
        var rows: [JSONObject] = []
        while let row = nextWholeRow(of: columns) {
            rows.append(JSONObject(distinctKeys: columns, values: row.fields.map { .string($0) }))
        }
        endProblems()
        return (columns, rows, problems)
    }

    /// The names in the first row; `nil`, and told, when there is none.
    mutating func header() -> [String]? {
        guard let columns = nextRow() else {
            report(
                "AS017", "expected a header row, found an empty file",
                fix: "name the columns in the first line")
            return nil
        }
        var seen = Set<String>()
        for column in columns where !seen.insert(column).inserted {
            report(
                "AS017", "column '\(column)' is named twice in the header",
                fix: "give each column its own name", line: 1)
        }
        return columns
    }

    /// The next row that fits the header, with where it begins; those that do not are told and passed over.
    ///
    /// - Parameter keepsFields: `false` saves making texts that nobody reads; the fields are then empty.
    mutating func nextWholeRow(
        of columns: [String], keepsFields: Bool = true
    ) -> (at: Int, line: Int, fields: [String])? {
        while true {
            let problemsBefore = problems.count + unsaidProblems
            guard let count = nextFields(keepsFields) else { return nil }
            guard problems.count + unsaidProblems == problemsBefore else { continue }
            guard count == columns.count else {
                report(
                    "AS018", "expected \(columns.count) fields as in the header, found \(count)",
                    fix: count < columns.count
                        ? "add the missing fields: \(columns[count...].joined(separator: ", "))"
                        : "quote fields that hold a separator", line: rowLine)
                continue
            }
            return (rowStart, rowLine, fields)
        }
    }

    /// Says how many problems were too many to be told one by one.
    mutating func endProblems() {
        guard unsaidProblems > 0 else { return }
        problems.append(
            Diagnostic("AS019", "\(unsaidProblems) more rows have problems", at: location(line, 1)))
    }

    /// Where the row that was read last begins.
    private var rowLine = 1
    private var rowStart = 0
    /// Of the row that was read last; one array for all of them.
    private var fields: [String] = []

    /// The fields of the next line that is not empty; `nil` at the end.
    mutating func nextRow() -> [String]? { nextFields(true).map { _ in fields } }

    /// - Returns: how many fields the next row has.
    private mutating func nextFields(_ keeping: Bool) -> Int? {
        while at < bytes.count, endsLine(at) { takeLineBreak() }
        guard at < bytes.count else { return nil }
        (rowLine, rowStart) = (line, at)
        fields.removeAll(keepingCapacity: true)
        var count = 0
        while true {
            let text = field(keeping)
            if keeping { fields.append(text) }
            count += 1
            guard at < bytes.count, bytes[at] == separator else { break }
            at += 1
        }
        takeLineBreak()
        return count
    }

    private func endsLine(_ place: Int) -> Bool {
        bytes[place] == 0x0A
            || (bytes[place] == 0x0D && (place + 1 == bytes.count || bytes[place + 1] == 0x0A))
    }

    private mutating func takeLineBreak() {
        guard at < bytes.count else { return }
        at += bytes[at] == 0x0D && at + 1 < bytes.count ? 2 : 1
        line += 1
        lineStart = at
    }

    private mutating func field(_ keeping: Bool) -> String {
        guard at < bytes.count, bytes[at] == quote else {
            let start = at
            skipPlainText()
            return keeping ? String(decoding: bytes[start..<at], as: UTF8.self) : ""
        }
        let (openLine, openColumn) = (line, column)
        at += 1
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == quote {
                guard at < bytes.count, bytes[at] == byte else {
                    if at < bytes.count, bytes[at] != separator, !endsLine(at) {
                        report(
                            "AS017", "expected a separator or the end of the line after the closing quote",
                            fix: "double a quote that belongs to the field: \(shownQuote)\(shownQuote)",
                            line: line, column: column)
                        skipPlainText()
                    }
                    return String(decoding: text, as: UTF8.self)
                }
                at += 1
            } else if byte == 0x0A {
                line += 1
                lineStart = at
            }
            if keeping { text.append(byte) }
        }
        report(
            "AS017", "expected a closing quote, found the end of the file",
            fix: "close the field with '\(shownQuote)'",
            line: openLine, column: openColumn)
        return String(decoding: text, as: UTF8.self)
    }

    private var shownQuote: Character { Character(Unicode.Scalar(quote)) }

    private mutating func skipPlainText() {
        while at < bytes.count, bytes[at] != separator, !endsLine(at) { at += 1 }
    }

    /// Of ``at``, 1-based, in Unicode scalars.
    private var column: Int { 1 + bytes[lineStart..<at].count { $0 & 0xC0 != 0x80 } }

    private func location(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: file, line: line, column: column)
    }

    mutating func report(
        _ code: DiagnosticCode, _ message: String, fix: String?, line: Int? = nil, column: Int = 1
    ) {
        guard problems.count < CSVTable.maxProblems else {
            unsaidProblems += 1
            return
        }
        problems.append(Diagnostic(code, message, at: location(line ?? self.line, column), fix: fix))
    }
}
