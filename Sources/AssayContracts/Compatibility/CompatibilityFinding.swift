public import AssayCore

/// How much a change between two versions of a contract breaks.
public enum CompatibilityLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Told so that the list of changes is complete; breaks nobody.
    case info
    /// Breaks those who are stricter or rely on more than the contract promises.
    case warning
    /// Breaks somebody who keeps to the old contract.
    case error

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .error: 2
        }
    }

    public static func < (left: CompatibilityLevel, right: CompatibilityLevel) -> Bool {
        left.rank < right.rank
    }
}

/// Which data must go on being readable when a schema changes, by the names that schema registries use.
public enum CompatibilityMode: String, Sendable, Hashable, CaseIterable {
    /// Readers with the new schema read what was written with the one before.
    case backward = "BACKWARD"
    /// Readers with the schema before read what is written with the new one.
    case forward = "FORWARD"
    /// Both.
    case full = "FULL"
    /// As ``backward``, with all schemas before.
    case backwardTransitive = "BACKWARD_TRANSITIVE"
    /// As ``forward``, with all schemas before.
    case forwardTransitive = "FORWARD_TRANSITIVE"
    /// As ``full``, with all schemas before.
    case fullTransitive = "FULL_TRANSITIVE"
    /// Anything may change; everything is told as information.
    case none = "NONE"

    /// Whether a version is compared with all versions before it, not only with the last.
    public var isTransitive: Bool { rawValue.hasSuffix("_TRANSITIVE") }
    /// Whether new readers must read old data.
    public var readsOld: Bool {
        switch self {
        case .backward, .backwardTransitive, .full, .fullTransitive: true
        case .forward, .forwardTransitive, .none: false
        }
    }
    /// Whether old readers must read new data.
    public var readsNew: Bool {
        switch self {
        case .forward, .forwardTransitive, .full, .fullTransitive: true
        case .backward, .backwardTransitive, .none: false
        }
    }
}

/// Who writes the values that a schema describes, and who reads them: it decides which changes break.
public enum SchemaDirection: Sendable, Hashable {
    /// Consumers write, the provider reads: what was accepted must stay accepted.
    case request
    /// The provider writes, consumers read: nothing may come that the old schema did not promise.
    case response
    /// Events and stored data: readers and writers change at different times.
    case stored(CompatibilityMode)
}

/// One change between two versions of a contract, and what it breaks.
public struct CompatibilityFinding: Sendable, Hashable {
    /// Whose message changes; ``none`` for whole operations and for schemas alone.
    public enum Side: String, Sendable, Hashable { case request, response, none }

    /// Stable id of the kind of change, like `request-property-became-required`; see ``CompatibilityRules/all``.
    public var rule: String
    public var level: CompatibilityLevel
    public var side: Side
    /// `POST /orders/{id}` as the new document writes it; `nil` for schemas alone and for whole documents.
    public var operation: String?
    /// `request body $.items[].price`, `response 200 $.status`, `query limit`; `$.price` for schemas alone.
    public var path: String
    /// What changed and why that breaks whom: one sentence without a full stop.
    public var message: String
    /// Where the old version says it, or what there lacks it; `nil` when there is nothing near, or positions are not known.
    public var old: SourceLocation?
    /// Where the new version says it, or what there lacks it.
    public var new: SourceLocation?

    public init(
        rule: String, level: CompatibilityLevel, side: Side = .none, operation: String? = nil, path: String,
        message: String, old: SourceLocation? = nil, new: SourceLocation? = nil
    ) {
        self.rule = rule
        self.level = level
        self.side = side
        self.operation = operation
        self.path = path
        self.message = message
        self.old = old
        self.new = new
    }
}
