public import AssayCore
internal import AssayFormats
internal import AssayScenario

/// A scenario made ready to run: names are slots, the stand's addresses are constants, requests are segments.
///
/// Made once after the stand is up, shared by every user on every reactor.
public final class PlannedScenario: Sendable {
    public let name: String
    public let location: SourceLocation
    public let tags: [String]
    let timeout: Duration?
    /// How many variables one pass needs.
    let slotCount: Int
    let names: NameTable
    /// Set in order before the first step.
    let variables: [SlotValue]
    let cases: [PlannedCase]
    let steps: [PlannedStep]
    let caseSlot: Int
    let feedSlot: Int

    init(
        name: String, location: SourceLocation, tags: [String], timeout: Duration?, slotCount: Int, names: NameTable,
        variables: [SlotValue], cases: [PlannedCase], steps: [PlannedStep], caseSlot: Int, feedSlot: Int
    ) {
        self.name = name
        self.location = location
        self.tags = tags
        self.timeout = timeout
        self.slotCount = slotCount
        self.names = names
        self.variables = variables
        self.cases = cases
        self.steps = steps
        self.caseSlot = caseSlot
        self.feedSlot = feedSlot
    }

    public var caseNames: [String] { cases.map(\.name) }
}

/// A variable and how its value is made.
struct SlotValue: Sendable {
    var name: String
    var slot: Int
    var value: BoundValue
    var location: SourceLocation
}

struct PlannedCase: Sendable {
    var name: String
    var values: BoundValue
    var location: SourceLocation
}

/// One step made ready.
final class PlannedStep: Sendable {
    let name: String
    let location: SourceLocation
    /// Row of the per-step table, counted over all scenarios of a run; metrics are kept by it.
    let index: Int
    let keyword: String
    let action: PlannedAction
    let checks: [PlannedCheck]
    let captures: [PlannedCapture]
    let cleanup: [PlannedStep]
    let eventually: Eventually?
    let names: NameTable

    struct Eventually: Sendable {
        var within: Int64
        var every: Int64
    }

    init(
        name: String, location: SourceLocation, index: Int, keyword: String, action: PlannedAction,
        checks: [PlannedCheck], captures: [PlannedCapture], cleanup: [PlannedStep], eventually: Eventually?,
        names: NameTable
    ) {
        self.name = name
        self.location = location
        self.index = index
        self.keyword = keyword
        self.action = action
        self.checks = checks
        self.captures = captures
        self.cleanup = cleanup
        self.eventually = eventually
        self.names = names
    }
}

enum PlannedAction: Sendable {
    case http(PlannedHTTP)
    case sql(PlannedSQL)
    case run(PlannedRun)
    case log(PlannedLog)
    case think(ThinkAction)
    case `repeat`(PlannedRepeat)
    case parallel(PlannedParallel)
    case `if`(PlannedIf)
    case use(PlannedUse)
}

struct PlannedSQL: Sendable {
    var database: String
    var statement: BoundTemplate
    var returnsRows: Bool
    var arguments: [BoundValue]
}

struct PlannedRun: Sendable {
    var words: [BoundTemplate]
    var environment: [(name: String, value: BoundTemplate)]
    var folder: BoundTemplate?
    var input: BoundTemplate?
    var timeout: Duration
}

struct PlannedLog: Sendable {
    enum Wanted: Sendable {
        case contains(BoundTemplate)
        case matches(BoundTemplate)
        case json(PlannedMatcher)
    }
    var service: String
    var wanted: Wanted
    var within: Duration
}

struct PlannedRepeat: Sendable {
    enum Count: Sendable {
        case times(BoundValue)
        case whileTrue(BoundExpression, limit: Int)
        case over(BoundValue, slot: Int)
    }
    var count: Count
    /// Slot of `${index}`.
    var indexSlot: Int
    var pause: Duration?
    var steps: [PlannedStep]
}

struct PlannedParallel: Sendable {
    var times: BoundValue
    var indexSlot: Int
    var steps: [PlannedStep]
    var checks: [PlannedCheck]
}

struct PlannedIf: Sendable {
    var condition: BoundExpression
    var then: [PlannedStep]
    var otherwise: [PlannedStep]
}

struct PlannedUse: Sendable {
    /// Parameters and then variables of the used scenario, in the order they are set.
    var values: [SlotValue]
    var steps: [PlannedStep]
    /// Slot in the used scenario → slot here.
    var captures: [(name: String, from: Int, to: Int)]
}

struct PlannedCapture: Sendable {
    enum Source: Sendable {
        case path(PlannedPath)
        case status
        case body
        case header(String)
        case pattern(Pattern)
    }
    var name: String
    var slot: Int
    var source: Source
    var location: SourceLocation
}

/// One check made ready; `index` counts over all checks of a run.
struct PlannedCheck: Sendable {
    var subject: PlannedSubject
    var matcher: PlannedMatcher
    var name: String
    var location: SourceLocation
    var index: Int
}

enum PlannedSubject: Sendable {
    case status
    case header(String)
    case body
    case json(PlannedPath)
    case duration
    case rows, rowCount
    case exit, output, errorOutput
    case succeeded, failed

    /// As failures name it.
    var text: String {
        switch self {
        case .status: "status"
        case .header(let name): "header \(name)"
        case .body: "body"
        case .json(let path): path.source
        case .duration: "duration"
        case .rows: "rows"
        case .rowCount: "row-count"
        case .exit: "exit"
        case .output: "stdout"
        case .errorOutput: "stderr"
        case .succeeded: "succeeded"
        case .failed: "failed"
        }
    }
}
