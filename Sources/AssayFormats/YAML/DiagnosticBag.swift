public import AssayCore

/// Collects what is wrong while one file, or several that belong together, are read, so that a person sees
/// everything at once.
///
/// Not `Sendable`: one reading owns it.
public final class DiagnosticBag {
    /// More than this many are counted, not kept.
    public static let limit = 200

    private var kept: [Diagnostic] = []
    /// How many there were beyond ``limit``.
    public private(set) var omitted = 0

    public init() {}

    /// Something found twice (a file that two others use) is kept once.
    public func add(_ diagnostic: Diagnostic) {
        guard !kept.contains(diagnostic) else { return }
        if kept.count < Self.limit { kept.append(diagnostic) } else { omitted += 1 }
    }

    public func add(_ diagnostics: some Sequence<Diagnostic>) {
        for diagnostic in diagnostics { add(diagnostic) }
    }

    /// Sorted by file, line and column; what has no place comes first.
    public var all: [Diagnostic] {
        let sorted = kept.enumerated().sorted { left, right in
            switch (left.element.location, right.element.location) {
            case (nil, .some): true
            case (.some, nil): false
            case (let a?, let b?) where a != b && (a < b || b < a): a < b
            default: left.offset < right.offset
            }
        }
        return sorted.map(\.element)
    }

    public var errors: [Diagnostic] { all.filter { $0.severity == .error } }
    public var hasErrors: Bool { kept.contains { $0.severity == .error } || omitted > 0 }

    /// - Throws: everything collected, warnings too, when there is at least one error.
    public func throwIfErrors() throws(Diagnostics) {
        guard hasErrors else { return }
        var diagnostics = all
        if omitted > 0 {
            diagnostics.append(
                Diagnostic("AS019", "\(omitted) more problems are not shown", fix: "mend those above first"))
        }
        throw Diagnostics(diagnostics)
    }
}
