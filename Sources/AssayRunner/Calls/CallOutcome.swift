internal import AssayCore
internal import AssayFormats

/// What one call step came to.
struct CallOutcome {
    /// What it measured, for expectations, captures and the report: milliseconds, and what was heard.
    var facts = JSONObject()
    /// What `within` and `latency` look at.
    var latency: Int64?
    /// What was done or awaited: `say tire-search.wav (2.41 s)`.
    var said = ""
    /// What came of it: `answered 812 ms after the end of speech`.
    var heard = ""
    var mismatch: Mismatch?
    var isCancelled = false

    static let cancelled = CallOutcome(isCancelled: true)

    /// Milliseconds with their microseconds.
    static func milliseconds(_ nanoseconds: Int64) -> JSON {
        .double((Double(nanoseconds) / 1000).rounded() / 1000)
    }

    mutating func measured(_ name: String, _ nanoseconds: Int64) {
        facts[name] = Self.milliseconds(nanoseconds)
    }
}
