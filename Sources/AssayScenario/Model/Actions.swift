public import AssayCore
public import AssayFormats

/// An HTTP request.
public struct HTTPAction: Sendable {
    /// Upper case.
    public var method: String
    public var url: Template
    public var headers: [Field]
    public var query: [Field]
    /// Value of `Authorization: Bearer …`.
    public var bearer: Template?
    public var body: Body
    /// Cookies of this request, beside those that were set.
    public var cookies: [Field] = []
    /// What the step says of how it is made.
    public var settings = HTTPSettings()
    /// Stands before an address that begins with `/` once it is computed.
    public var base: Template?
    /// Functions of a script's own code around it.
    public var hooks: RequestHooks?

    public struct Field: Sendable {
        public var name: String
        public var value: Template
        public init(name: String, value: Template) {
            self.name = name
            self.value = value
        }
    }

    public enum Body: Sendable {
        case none
        case json(ValueTemplate)
        /// Sent as it is; `text/plain` unless a header says otherwise.
        case text(Template)
        /// `application/x-www-form-urlencoded`.
        case form([Field])
        /// Bytes of a file, path relative to the project's folder; a large one is read while it is sent.
        case file(Template)
        /// `multipart/form-data` (RFC 7578); files are read while they are sent.
        case multipart([Part])
    }

    /// A part of a multipart body.
    public struct Part: Sendable {
        public enum Content: Sendable {
            case text(Template)
            /// Path relative to the project's folder.
            case file(Template)
        }
        /// Of the form's field.
        public var name: Template
        public var content: Content
        /// As the server is told; that of the path unless said.
        public var fileName: Template?
        /// `Content-Type`; by the file's ending unless said.
        public var type: Template?
        public init(name: Template, content: Content, fileName: Template? = nil, type: Template? = nil) {
            self.name = name
            self.content = content
            self.fileName = fileName
            self.type = type
        }
    }

    public init(
        method: String, url: Template, headers: [Field] = [], query: [Field] = [], bearer: Template? = nil,
        body: Body = .none, timeout: Duration? = nil
    ) {
        settings.timeouts.whole = timeout
        self.method = method
        self.url = url
        self.headers = headers
        self.query = query
        self.bearer = bearer
        self.body = body
    }
}

/// A statement on a database of the stand.
public struct SQLAction: Sendable {
    /// Name of the dependency.
    public var on: String
    public var onLocation: SourceLocation
    public var statement: Template
    /// `query` gives rows; `run` gives the number of rows changed.
    public var returnsRows: Bool
    /// Bound to `$1`, `$2`, …, never pasted into the text.
    public var arguments: [ValueTemplate]
    /// Set where the case says which dependency it is.
    public var choice: PartChoice?
    public init(
        on: String, onLocation: SourceLocation, statement: Template, returnsRows: Bool,
        arguments: [ValueTemplate]
    ) {
        self.on = on
        self.onLocation = onLocation
        self.statement = statement
        self.returnsRows = returnsRows
        self.arguments = arguments
    }
}

/// One command to a Redis of the stand, or several at once.
public struct RedisAction: Sendable {
    /// Name of the dependency.
    public var on: String
    public var onLocation: SourceLocation
    /// Words of each command.
    public var commands: [[ValueTemplate]]
    /// Whether the value is an array of replies, also when there is one command.
    public var isPipeline: Bool
    /// Bound from sending to the last reply; `nil` takes the runner's.
    public var timeout: Duration?
    /// Set where the case says which dependency it is.
    public var choice: PartChoice?
    public init(
        on: String, onLocation: SourceLocation, commands: [[ValueTemplate]], isPipeline: Bool = false,
        timeout: Duration? = nil
    ) {
        self.on = on
        self.onLocation = onLocation
        self.commands = commands
        self.isPipeline = isPipeline
        self.timeout = timeout
    }
}

/// Records of a factory, as rows of the database or as plain objects.
public struct FactoryAction: Sendable {
    public var call: FactoryCall
    public var strategy: FactoryBuilder.Strategy
    /// Whether rows are taken out again when the scenario ends; `nil`: unless the database is put back anyway.
    public var removes: Bool?
    public init(call: FactoryCall, strategy: FactoryBuilder.Strategy, removes: Bool? = nil) {
        self.call = call
        self.strategy = strategy
        self.removes = removes
    }
}

/// Fixtures that must be there.
public struct FixtureAction: Sendable {
    public struct Name: Sendable {
        public var name: String
        public var location: SourceLocation
        public init(name: String, location: SourceLocation) {
            self.name = name
            self.location = location
        }
    }
    /// In the order in which they are loaded.
    public var names: [Name]
    /// Whether rows are taken out again when the scenario ends; `nil`: unless the database is put back anyway.
    public var removes: Bool?
    public init(names: [Name], removes: Bool? = nil) {
        self.names = names
        self.removes = removes
    }
}

/// Tables that are emptied.
public struct TruncateAction: Sendable {
    /// Name of the dependency; `nil` when the step names none and the stand is not known.
    public var on: String?
    public var emptying: Emptying
    public init(on: String?, emptying: Emptying) {
        self.on = on
        self.emptying = emptying
    }
}

/// A program that is run to its end.
public struct RunAction: Sendable {
    public enum Command: Sendable {
        /// Through `/bin/sh -c`.
        case shell(Template)
        case words([Template])
    }
    public var command: Command
    public var environment: [HTTPAction.Field]
    /// Relative to the project folder, which is the default.
    public var folder: Template?
    public var input: Template?
    public var timeout: Duration?
    public init(
        command: Command, environment: [HTTPAction.Field] = [], folder: Template? = nil,
        input: Template? = nil,
        timeout: Duration? = nil
    ) {
        self.command = command
        self.environment = environment
        self.folder = folder
        self.input = input
        self.timeout = timeout
    }
}

/// A line that a service must have logged since the scenario began.
public struct LogAction: Sendable {
    public enum Wanted: Sendable {
        case contains(Template)
        case matches(Template)
        /// Members of a structured (JSON) line.
        case json(Matcher<ValueTemplate>)
    }
    public var of: String
    public var ofLocation: SourceLocation
    public var wanted: Wanted
    /// How long to wait for it.
    public var within: Duration
    public init(of: String, ofLocation: SourceLocation, wanted: Wanted, within: Duration) {
        self.of = of
        self.ofLocation = ofLocation
        self.wanted = wanted
        self.within = within
    }
}

/// A pause, as a person between two clicks.
public enum ThinkAction: Sendable {
    case fixed(Duration)
    /// Evenly between the two.
    case between(Duration, Duration)
    /// As between events that do not wait for each other.
    case exponential(mean: Duration, atMost: Duration?)
    /// Never less than nothing.
    case normal(mean: Duration, deviation: Duration, atMost: Duration?)
    /// Half of them shorter than the median; sigma is the deviation of their logarithm.
    case lognormal(median: Duration, sigma: Double, atMost: Duration?)
    /// Seconds, computed when the step runs, and how far they may depart from that, as a part of them.
    case computed(ValueTemplate, spread: Double)

    /// One of them, at least zero; nothing of what is computed.
    public func length(using random: inout SeededRandom) -> Duration {
        func bounded(_ nanoseconds: Double, _ most: Duration?) -> Duration {
            let drawn = Duration.nanoseconds(Int64(min(max(0, nanoseconds), 9e18)))
            return most.map { min($0, drawn) } ?? drawn
        }
        switch self {
        case .fixed(let duration): return duration
        case .between(let least, let most):
            let range = least.nanoseconds...max(least.nanoseconds, most.nanoseconds)
            return .nanoseconds(Int64.random(in: range, using: &random))
        case .exponential(let mean, let most):
            return bounded(random.exponential(mean: Double(mean.nanoseconds)), most)
        case .normal(let mean, let deviation, let most):
            return bounded(
                Double(mean.nanoseconds) + Double(deviation.nanoseconds) * random.normal(), most)
        case .lognormal(let median, let sigma, let most):
            return bounded(random.lognormal(median: Double(median.nanoseconds), sigma: sigma), most)
        case .computed: return .zero
        }
    }
}

/// Steps again and again.
public struct RepeatAction: Sendable {
    public enum Count: Sendable {
        case times(ValueTemplate)
        /// Checked before each round; `limit` rounds at most.
        case whileTrue(Expression, limit: Int)
        /// One round an element, read as `${<name>}`.
        case over(ValueTemplate, name: String)
    }
    public var count: Count
    /// Between rounds.
    public var pause: Duration?
    /// What the round's number is read as.
    public var indexName = "index"
    /// The number of the first round.
    public var first = 0
    /// A function of a script's own code that is asked after each round whether there is another.
    public var whileHook: String?
    public var steps: [Step]
    public init(count: Count, pause: Duration? = nil, steps: [Step]) {
        self.count = count
        self.pause = pause
        self.steps = steps
    }
}

/// Steps by several at once; a branch succeeds when all its steps do. `${index}` is the branch, from 0.
public struct ParallelAction: Sendable {
    public var times: ValueTemplate
    public var steps: [Step]
    /// In place of ``steps`` so many times: branches that differ. What they capture is there for the steps behind,
    /// and one that is broken off breaks off the pass.
    public var branches: [[Step]] = []
    /// Most branches at once; `nil` for all.
    public var limit: Int?
    /// Subjects `succeeded` and `failed`; when empty, every branch must succeed.
    public var expectation: Expectation
    public init(times: ValueTemplate, steps: [Step], expectation: Expectation) {
        self.times = times
        self.steps = steps
        self.expectation = expectation
    }
}

public struct IfAction: Sendable {
    public var condition: Expression
    /// A function of a script's own code that must hold as well.
    public var hook: String?
    public var then: [Step]
    public var otherwise: [Step]
    public init(condition: Expression, then: [Step], otherwise: [Step]) {
        self.condition = condition
        self.then = then
        self.otherwise = otherwise
    }
}

/// Steps that are measured together, under a name.
public struct GroupAction: Sendable {
    public var name: String
    public var steps: [Step]
    public init(name: String, steps: [Step]) {
        self.name = name
        self.steps = steps
    }
}

/// Another scenario's steps, with values for its parameters.
public struct UseAction: Sendable {
    public var scenario: Scenario
    public var with: [Scenario.Variable]
    public init(scenario: Scenario, with: [Scenario.Variable]) {
        self.scenario = scenario
        self.with = with
    }
}
