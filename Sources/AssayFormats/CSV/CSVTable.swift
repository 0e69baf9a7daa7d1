public import AssayCore

/// A table read from comma-separated text (RFC 4180).
public struct CSVTable: Sendable {
    /// The names in the first row.
    public var columns: [String]
    /// One object a row, every value a string, in the order of the columns.
    public var rows: [JSONObject]
    /// Rows that do not fit the header and quotes that do not close; such rows are not in ``rows``. At most
    /// ``maxProblems``; the last then says how many more there are.
    public var problems: [Diagnostic]

    /// Problems told one by one.
    public static let maxProblems = 50

    /// Reads a table: quoted fields may hold separators, line breaks and doubled quotes; lines end with LF or CRLF;
    /// a byte order mark is skipped; empty lines are no rows.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8; broken sequences become U+FFFD.
    ///   - file: how problems name the text.
    ///   - separator: `,` unless said otherwise; one ASCII character that is no quote and no line break.
    /// - Complexity: O(bytes).
    public init(parsing bytes: [UInt8], file: String, separator: UInt8 = UInt8(ascii: ",")) {
        var reader = CSVReader(bytes: bytes, file: file, separator: separator)
        (columns, rows, problems) = reader.table()
    }

    public init(parsing text: String, file: String, separator: UInt8 = UInt8(ascii: ",")) {
        self.init(parsing: Array(text.utf8), file: file, separator: separator)
    }
}

struct CSVReader {
    let bytes: [UInt8]
    let file: String
    let separator: UInt8
    private var at = 0
    private var line = 1
    private var lineStart = 0
    private var problems: [Diagnostic] = []
    private var unsaidProblems = 0

    init(bytes: [UInt8], file: String, separator: UInt8) {
        self.bytes = bytes
        self.file = file
        self.separator = separator
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            at = 3
            lineStart = 3
        }
    }

    mutating func table() -> (columns: [String], rows: [JSONObject], problems: [Diagnostic]) {
        guard let columns = nextRow() else {
            report(
                "AS017", "expected a header row, found an empty file",
                fix: "name the columns in the first line")
            return ([], [], problems)
        }
        var seen = Set<String>()
        for column in columns where !seen.insert(column).inserted {
            report(
                "AS017", "column '\(column)' is named twice in the header",
                fix: "give each column its own name", line: 1)
        }
        guard problems.isEmpty else { return (columns, [], problems) }
        var rows: [JSONObject] = []
        while true {
            let problemsBefore = problems.count + unsaidProblems
            guard let fields = nextRow() else { break }
            guard problems.count + unsaidProblems == problemsBefore else { continue }
            guard fields.count == columns.count else {
                report(
                    "AS018", "expected \(columns.count) fields as in the header, found \(fields.count)",
                    fix: fields.count < columns.count
                        ? "add the missing fields: \(columns[fields.count...].joined(separator: ", "))"
                        : "quote fields that hold a separator", line: rowLine)
                continue
            }
            rows.append(JSONObject(distinctKeys: columns, values: fields.map { .string($0) }))
        }
        if unsaidProblems > 0 {
            problems.append(
                Diagnostic("AS019", "\(unsaidProblems) more rows have problems", at: location(line, 1)))
        }
        return (columns, rows, problems)
    }

    /// Line where the row that was read last begins.
    private var rowLine = 1

    /// The fields of the next line that is not empty; `nil` at the end.
    private mutating func nextRow() -> [String]? {
        while at < bytes.count, endsLine(at) { takeLineBreak() }
        guard at < bytes.count else { return nil }
        rowLine = line
        var fields: [String] = []
        while true {
            fields.append(field())
            guard at < bytes.count, bytes[at] == separator else { break }
            at += 1
        }
        takeLineBreak()
        return fields
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

    private mutating func field() -> String {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            let start = at
            skipPlainText()
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        let (openLine, openColumn) = (line, column)
        at += 1
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") {
                guard at < bytes.count, bytes[at] == byte else {
                    if at < bytes.count, bytes[at] != separator, !endsLine(at) {
                        report(
                            "AS017", "expected a separator or the end of the line after the closing quote",
                            fix: "double a quote that belongs to the field: \"\"", line: line, column: column)
                        skipPlainText()
                    }
                    return String(decoding: text, as: UTF8.self)
                }
                at += 1
            } else if byte == 0x0A {
                line += 1
                lineStart = at
            }
            text.append(byte)
        }
        report(
            "AS017", "expected a closing quote, found the end of the file", fix: "close the field with '\"'",
            line: openLine, column: openColumn)
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func skipPlainText() {
        while at < bytes.count, bytes[at] != separator, !endsLine(at) { at += 1 }
    }

    /// Of ``at``, 1-based, in Unicode scalars.
    private var column: Int { 1 + bytes[lineStart..<at].count { $0 & 0xC0 != 0x80 } }

    private func location(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: file, line: line, column: column)
    }

    private mutating func report(
        _ code: DiagnosticCode, _ message: String, fix: String, line: Int? = nil, column: Int = 1
    ) {
        guard problems.count < CSVTable.maxProblems else {
            unsaidProblems += 1
            return
        }
        problems.append(Diagnostic(code, message, at: location(line ?? self.line, column), fix: fix))
    }
}
