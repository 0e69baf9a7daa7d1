public import AssayCore
public import AssayFormats

/// Steps with expectations, captures and cleanup: a value, whatever file or Swift code it came from.
public struct Scenario: Sendable {
    /// The name people see.
    public var name: String
    public var location: SourceLocation
    public var tags: [String]
    /// Names that `use … with` may set, with their defaults; a parameter without default must be given.
    public var parameters: [Parameter]
    /// Evaluated once, in order, before the first step.
    public var variables: [Variable]
    /// One run per row; empty means one run without a row.
    public var cases: [Case]
    /// Steps that `parallel` and `repeat` name by `of:`.
    public var blocks: [Block]
    public var steps: [Step]
    /// Bound for the whole scenario; `nil` takes the runner's.
    public var timeout: Duration?
    /// Files whose change concerns it; `nil` when it declares none.
    public var paths: PathPatterns?
    /// How its requests are made, where they do not say it themselves.
    public var http = HTTPSettings()
    /// On the series of all its steps; what selects tests is ``tags``.
    public var seriesTags: [SeriesTag] = []

    public struct Parameter: Sendable {
        public var name: String
        public var standard: ValueTemplate?
        public var location: SourceLocation
        public init(name: String, standard: ValueTemplate?, location: SourceLocation) {
            self.name = name
            self.standard = standard
            self.location = location
        }
    }

    public struct Variable: Sendable {
        public var name: String
        public var value: ValueTemplate
        public var location: SourceLocation
        public init(name: String, value: ValueTemplate, location: SourceLocation) {
            self.name = name
            self.value = value
            self.location = location
        }
    }

    /// A row of `cases`; read as `${case.…}`.
    public struct Case: Sendable {
        public var name: String
        public var values: ValueTemplate
        public var location: SourceLocation
        public init(name: String, values: ValueTemplate, location: SourceLocation) {
            self.name = name
            self.values = values
            self.location = location
        }
    }

    public struct Block: Sendable {
        public var name: String
        public var steps: [Step]
        public init(name: String, steps: [Step]) {
            self.name = name
            self.steps = steps
        }
    }

    public init(
        name: String, location: SourceLocation, tags: [String] = [], parameters: [Parameter] = [],
        variables: [Variable] = [], cases: [Case] = [], blocks: [Block] = [], steps: [Step],
        timeout: Duration? = nil, paths: PathPatterns? = nil
    ) {
        self.name = name
        self.location = location
        self.tags = tags
        self.parameters = parameters
        self.variables = variables
        self.cases = cases
        self.blocks = blocks
        self.steps = steps
        self.timeout = timeout
        self.paths = paths
    }
}

/// One thing a scenario does, with what must hold afterwards.
public struct Step: Sendable {
    /// As written; unique within a scenario.
    public var id: String?
    /// For people and for the tag `name`: the id, else what the action says of itself (`GET /inventory`).
    public var name: String
    public var location: SourceLocation
    public var action: Action
    public var expectation: Expectation
    public var captures: [Capture]
    /// Cleanup, registered when the step succeeds; runs in reverse order, always.
    public var cleanup: [Step]
    public var eventually: Eventually?
    /// The user's own metrics that are recorded when it was answered.
    public var metrics: [OwnMetric] = []
    /// On its series, and on those of the steps inside it.
    public var seriesTags: [SeriesTag] = []

    /// Tries again until the expectation holds.
    public struct Eventually: Sendable {
        public var within: Duration
        public var every: Duration
        public init(within: Duration, every: Duration) {
            self.within = within
            self.every = every
        }
    }

    public init(
        id: String? = nil, name: String, location: SourceLocation, action: Action,
        expectation: Expectation = Expectation(), captures: [Capture] = [], cleanup: [Step] = [],
        eventually: Eventually? = nil
    ) {
        self.id = id
        self.name = name
        self.location = location
        self.action = action
        self.expectation = expectation
        self.captures = captures
        self.cleanup = cleanup
        self.eventually = eventually
    }
}

/// What a step does; one case a step kind.
public indirect enum Action: Sendable {
    case http(HTTPAction)
    case sql(SQLAction)
    case redis(RedisAction)
    case call(CallAction)
    case ws(WebSocketAction)
    case sse(SSEAction)
    case tcp(TCPAction)
    /// `create` and `build`.
    case factory(FactoryAction)
    case fixture(FixtureAction)
    case truncate(TruncateAction)
    case run(RunAction)
    case log(LogAction)
    case double(DoubleAction)
    case think(ThinkAction)
    case `repeat`(RepeatAction)
    case parallel(ParallelAction)
    case `if`(IfAction)
    case group(GroupAction)
    /// Nothing but its own metrics.
    case metric
    /// A function of a script of another tool.
    case script(ScriptAction)
    case use(UseAction)
    /// A line for the person who runs it; other tools' `log`, with no word of its own.
    case print(Template)
    /// A function of a script of another tool, between its requests.
    case hook(HookAction)

    /// The word users write.
    public var keyword: String {
        switch self {
        case .http: "http"
        case .sql: "sql"
        case .redis: "redis"
        case .call: "call"
        case .ws: "ws"
        case .sse: "sse"
        case .tcp: "tcp"
        case .factory(let action): action.strategy == .create ? "create" : "build"
        case .fixture: "fixture"
        case .truncate: "truncate"
        case .run: "run"
        case .log: "log"
        case .double: "double"
        case .think: "think"
        case .repeat: "repeat"
        case .parallel: "parallel"
        case .if: "if"
        case .group: "group"
        case .metric: "metric"
        case .script: "script"
        case .use: "use"
        case .print: "print"
        case .hook: "function"
        }
    }
}

/// A value taken out of what a step answered.
public struct Capture: Sendable {
    public var name: String
    public var source: Source
    public var location: SourceLocation
    /// What becomes of a capture that finds nothing.
    public var whenAbsent = Absence.breaksOff
    /// An empty text counts as nothing.
    public var refusesEmpty = false
    /// What is taken of several nodes of a path.
    public var several = Several.list

    public enum Absence: Sendable, Equatable {
        /// The step fails, and with it the pass.
        case breaksOff
        /// The name has this value from then on; `nil` for none.
        case takes(JSON?)
    }

    public enum Several: Sendable { case list, oneAtRandom }

    public enum Source: Sendable {
        /// Of the response body (http), the rows (sql), the reply (redis), or standard output read as JSON (run).
        case jsonPath(TemplatedPath)
        case status
        /// The whole text: response body or standard output.
        case body
        case header(String)
        case cookie(String)
        /// First match in the text; the first group when the pattern has one.
        case pattern(Pattern)
        /// A group of the first match, by its number; 0, and a group that there is not, for the whole match.
        case group(Pattern, Int)
        /// An attribute of an element of the body, read as HTML.
        case selector(SelectorCapture)
        /// The text, or the attribute, that an XPath finds in the body, read as XML.
        case xpath(XPath)
        /// Value of a variable of the used scenario (`use` only).
        case variable(String)
    }

    public init(name: String, source: Source, location: SourceLocation) {
        self.name = name
        self.source = source
        self.location = location
    }
}
