public import AssayCore
internal import AssayRunner
internal import AssayStand

/// Why a stand, or something on it, cannot be used; reads like Assay's own words on a terminal.
public struct StandError: Error, Sendable, CustomStringConvertible {
    /// At least one.
    public let diagnostics: [Diagnostic]
    /// The member whose log says more.
    public let member: String?
    /// The end of that log, secrets masked.
    public let lastLines: [String]

    public init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
        member = nil
        lastLines = []
    }

    public init(_ code: DiagnosticCode, _ message: String, fix: String? = nil) {
        self.init([Diagnostic(code, message, fix: fix)])
    }

    init(_ failure: StandFailure, masker: Masker) {
        var diagnostic = failure.diagnostic
        diagnostic.message = masker.mask(diagnostic.message)
        diagnostics = [diagnostic]
        member = failure.member
        lastLines = failure.lastLines.suffix(20).map(masker.mask)
    }

    public var description: String {
        var lines = diagnostics.map { $0.rendered() }
        if let member, !lastLines.isEmpty {
            lines.append("  log of \(member), last lines")
            lines += lastLines.map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

/// A statement that a database of the stand refused.
public struct SQLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database's own words.
    public let message: String
    public let statement: String
    public var description: String { "\(message), in: \(statement.prefix(200))" }
}
