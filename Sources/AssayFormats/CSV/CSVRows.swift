public import AssayCore

/// How the text of a table is to be read.
public struct CSVForm: Sendable, Equatable {
    /// What the values of a column are; a value that is none is a problem of its row.
    public enum Cell: String, Sendable, CaseIterable {
        case text, int, number, bool
        /// A JSON value of any kind.
        case json
        /// A number or `true` or `false` where it reads as one, text otherwise.
        case auto
    }

    /// One ASCII character that is no line break.
    public var separator = UInt8(ascii: ",")
    public var quote = UInt8(ascii: "\"")
    /// Names of the columns, when the file does not say them; `nil` takes the first line's.
    public var columns: [String]?
    /// The first line holds names, and is no row.
    public var hasHeader = true
    /// Of the columns named; the others are ``standardCell``.
    public var cells: [String: Cell] = [:]
    public var standardCell = Cell.text
    public init() {}
}

/// A table that is kept as its file wrote it: a row is made into an object when it is asked for.
///
/// Memory: the file's bytes and eight more a row. Copies share them.
public struct CSVRows: Sendable, RandomAccessCollection {
    public let columns: [String]
    /// What is wrong with the text, row by row, as in ``CSVTable/problems``; such rows are left out.
    public let problems: [Diagnostic]
    private let bytes: [UInt8]
    private let starts: [Int]
    private let cells: [CSVForm.Cell]
    private let form: CSVForm

    /// - Parameters:
    ///   - bytes: UTF-8; broken sequences become U+FFFD.
    ///   - file: how problems name the text.
    /// - Complexity: O(bytes); values are looked at only where the form says what they are.
    public init(parsing bytes: [UInt8], file: String, form: CSVForm = CSVForm()) {
        var reader = CSVReader(bytes: bytes, file: file, separator: form.separator, quote: form.quote)
        self.bytes = bytes
        self.form = form
        let named = form.hasHeader ? reader.header() : []
        let columns = form.columns ?? named ?? []
        for name in form.cells.keys.sorted() where !columns.contains(name) && reader.problems.isEmpty {
            reader.report(
                "AS017", "there is no column '\(name)' to have a type",
                fix: nearestName(to: name, among: columns).map { "did you mean '\($0)'?" }
                    ?? "there are: " + columns.joined(separator: ", "), line: 1)
        }
        let cells = columns.map { form.cells[$0] ?? form.standardCell }
        self.columns = columns
        self.cells = cells
        var starts: [Int] = []
        if named != nil, reader.problems.isEmpty {
            let isChecked = cells.contains { $0 != .text && $0 != .auto }
            while let row = reader.nextWholeRow(of: columns, keepsFields: isChecked) {
                if isChecked, let wrong = Self.wrong(row.fields, cells) {
                    reader.report(
                        "AS573",
                        "expected \(cells[wrong].expected) in column '\(columns[wrong])', found '\(row.fields[wrong].prefix(40))'",
                        fix: "correct it, or leave the column's type out", line: row.line)
                    continue
                }
                starts.append(row.at)
            }
            reader.endProblems()
        }
        self.starts = starts
        problems = reader.problems
    }

    private static func wrong(_ fields: [String], _ cells: [CSVForm.Cell]) -> Int? {
        fields.indices.first { cells[$0].value(of: fields[$0]) == nil }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { starts.count }

    /// The row as an object, in the order of the columns.
    public subscript(row: Int) -> JSONObject {
        var reader = CSVReader(
            bytes: bytes, rowAt: starts[row], separator: form.separator, quote: form.quote)
        let fields = reader.nextRow() ?? []
        return JSONObject(
            distinctKeys: columns, values: zip(fields, cells).map { $1.value(of: $0) ?? .string($0) })
    }
}

extension CSVForm.Cell {
    /// `nil` when the text is no such value.
    func value(of text: String) -> JSON? {
        switch self {
        case .text: return .string(text)
        case .int: return Int64(text).map { .int($0) }
        case .number: return Self.number(text)
        case .bool: return text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        case .json: return try? JSON(parsing: text)
        case .auto:
            if text == "true" || text == "false" { return .bool(text == "true") }
            return Self.number(text) ?? .string(text)
        }
    }

    /// As JSON writes numbers, so that `007`, `1e3x` and `nan` stay texts.
    private static func number(_ text: String) -> JSON? {
        guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
            let value = try? JSON(parsing: text)
        else { return nil }
        switch value {
        case .int, .double: return value
        default: return nil
        }
    }

    fileprivate var expected: String {
        switch self {
        case .int: "a whole number"
        case .number: "a number"
        case .bool: "true or false"
        case .json: "a JSON value"
        case .text, .auto: "a text"
        }
    }
}
