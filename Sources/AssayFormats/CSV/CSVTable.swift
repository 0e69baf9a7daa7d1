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
