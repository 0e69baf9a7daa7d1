/// One thing a person must know: what is wrong, where, and how to mend it.
///
/// Every error that reaches a person is one of these; see Documentation/diagnostics.md for the codes.
public struct Diagnostic: Error, Sendable, Equatable {
    public enum Severity: String, Sendable { case error, warning }

    /// Stable name of the kind of problem, like `AS041`.
    public var code: DiagnosticCode
    public var severity: Severity
    /// One sentence: expected *and* actual, no trailing full stop.
    public var message: String
    /// Where; `nil` when the problem has no place in a file.
    public var location: SourceLocation?
    /// The text of the line at ``location``, without its line break.
    public var line: String?
    /// How to mend it, as an instruction; `nil` when there is no one way.
    public var fix: String?

    public init(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation? = nil, line: String? = nil,
        fix: String? = nil, severity: Severity = .error
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.location = location
        self.line = line
        self.fix = fix
    }
}

/// The stable code of a kind of problem.
///
/// Ranges: AS001–019 YAML, JSON and files · AS020–059 scenarios, steps and templates · AS060–089 project, stand and
/// services · AS090–119 load profiles and thresholds · AS120–139 doubles · AS140–159 contracts · AS160–179 command line
/// · AS180–199 run time · from AS200 on by capability: Documentation/diagnostics.md.
public struct DiagnosticCode: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    public var description: String
    public init(stringLiteral value: String) { description = value }
}

/// A place in a text that a person wrote.
public struct SourceLocation: Sendable, Hashable, Comparable {
    /// Path as the person gave it, relative where possible.
    public var file: String
    /// 1-based.
    public var line: Int
    /// 1-based, counted in Unicode scalars.
    public var column: Int
    /// How many scalars the caret line underlines; at least 1.
    public var length: Int

    public init(file: String, line: Int, column: Int, length: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.length = max(1, length)
    }

    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:column`, as editors and terminals make it a link.
    public var description: String { "\(file):\(line):\(column)" }
}

/// Several problems found in one reading; never empty when thrown.
public struct Diagnostics: Error, Sendable {
    public var all: [Diagnostic]
    public init(_ all: [Diagnostic]) { self.all = all }
}
