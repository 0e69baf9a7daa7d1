public import AssayCore

/// JSON objects, one a line, kept as their file wrote them: a line is made into an object when it is asked for.
///
/// Empty lines are no objects. Memory: the file's bytes and eight more a line. Copies share them. Source: ndjson.org.
public struct JSONLines: Sendable, RandomAccessCollection {
    /// Lines that are no JSON objects; such lines are left out. At most ``CSVTable/maxProblems``.
    public let problems: [Diagnostic]
    private let bytes: [UInt8]
    private let starts: [Int]

    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - file: how problems name the text.
    /// - Complexity: O(bytes): each line is parsed once, to know that it can be.
    public init(parsing bytes: [UInt8], file: String) {
        var problems: [Diagnostic] = []
        var starts: [Int] = []
        var (at, line) = (bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, 0)
        while at < bytes.count, problems.count < CSVTable.maxProblems {
            let end = Self.end(of: at, bytes)
            line += 1
            if let problem = Self.problem(bytes[at..<end], file, line) {
                problems.append(problem)
            } else if !Self.isEmpty(bytes[at..<end]) {
                starts.append(at)
            }
            at = end + 1
        }
        self.bytes = bytes
        self.starts = starts
        self.problems = problems
    }

    private static func problem(_ text: ArraySlice<UInt8>, _ file: String, _ line: Int) -> Diagnostic? {
        guard !isEmpty(text) else { return nil }
        do {
            let value = try JSON(parsing: text)
            guard value.objectValue == nil else { return nil }
            return Diagnostic(
                "AS572", "expected an object on the line, found \(value.typeName)",
                at: SourceLocation(file: file, line: line, column: 1),
                fix: "write one object a line: {\"name\": \"a\"}")
        } catch {
            return Diagnostic(
                "AS572", "the line is no JSON: expected \(error.expected), found \(error.actual)",
                at: SourceLocation(file: file, line: line, column: error.column),
                fix: "write one object a line: {\"name\": \"a\"}")
        }
    }

    private static func end(of start: Int, _ bytes: [UInt8]) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        return end
    }

    private static func isEmpty(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { starts.count }

    public subscript(line: Int) -> JSONObject {
        let start = starts[line]
        // The line was an object when the file was read.
        return (try? JSON(parsing: bytes[start..<Self.end(of: start, bytes)]))?.objectValue ?? JSONObject()
    }
}
