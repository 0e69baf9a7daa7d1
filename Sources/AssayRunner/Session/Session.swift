internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario

/// One user: its variables, connections and random numbers, and the steps of one pass after another.
///
/// Lives in one task of one reactor. With a ``Journal`` every step is told in full (a test); with a ``Meter`` steps are
/// measured and only failures are told (load). The steps are the same code.
final class Session {
    let reactor: Reactor
    let context: RunContext
    var scope: CancelScope
    var variables: [JSON?] = []
    var random: SeededRandom
    let http: HTTPClient
    /// Clients of the Redis servers that steps named, by that name; few, so searched one by one.
    var redis: [(name: String, client: RedisClient)] = []
    let journal: Journal?
    let meter: Meter?
    let scratch: Scratch
    /// Calls that were begun in this pass, in order, and those of the session that this one is a branch of.
    var calls: [CallSession] = []
    /// A call was placed in this pass, or was to be.
    var hasTriedCall = false
    /// One of them could not be placed.
    var callRefused = false
    var inheritedCalls: [CallSession] = []
    /// Streams and connections that were opened in this pass, and those of the session that this one is a branch of.
    var streams: [StreamSession] = []
    var inheritedStreams: [StreamSession] = []
    /// What recordings of its calls are called after.
    var title = "call"
    /// Recordings that were written.
    var recordings: [CallRecordingReport] = []
    /// Cleanup steps of the pass, in the order they were registered.
    var cleanup: [PlannedStep] = []
    /// Where a `log` step begins to look: the number of lines each service had logged when the pass began.
    var logMarks: [String: Int] = [:]
    /// Where a `double` step begins to look: how many requests each double had been sent when the pass began.
    var requestMarks: [String: Int] = [:]
    /// How far the sequences of factories are, and which fixtures are loaded.
    var factoryState: FactoryState
    /// When the next exchange should have been sent; 0 when nothing but the step before decides.
    var intendedAt: Int64 = 0
    /// The last request as sent.
    var requestBytes: [UInt8] = []
    /// Whose JavaScript its passes run, where they are a script's.
    var script: ScriptUser?
    /// Functions of its script's own code; `nil` when there are none.
    var hooks: SessionHooks?
    /// What it remembers of servers; `nil` until there is something.
    var web: WebMemory?
    /// Where it went, when that is computed.
    var requestOrigin = HTTPOrigin(host: "", port: 80)

    init(
        on reactor: Reactor, context: RunContext, scope: CancelScope, random: SeededRandom, scratch: Scratch,
        journal: Journal? = nil, meter: Meter? = nil, branchOf parent: HTTPClient? = nil
    ) {
        self.reactor = reactor
        self.context = context
        self.scope = scope
        self.random = random
        self.scratch = scratch
        self.journal = journal
        self.meter = meter
        factoryState = FactoryState(fixtures: context.fixtures)
        http = HTTPClient(on: reactor, sharing: scratch.connections(on: reactor), branchOf: parent)
    }

    /// Makes ready for a pass: forgets what the one before captured.
    func begin(_ scenario: PlannedScenario) {
        if variables.count != scenario.slotCount {
            variables = [JSON?](repeating: nil, count: scenario.slotCount)
        } else {
            for slot in variables.indices { variables[slot] = nil }
        }
        cleanup.removeAll(keepingCapacity: true)
        web?.beginPass()
        hasTriedCall = false
        callRefused = false
        factoryState.forgetOwnFixtures()
    }

    /// Closes every connection; call it when the session is over.
    func closeConnections() {
        http.closeAll()
        for stream in streams { stream.close() }
        streams.removeAll()
        for entry in redis { entry.client.close() }
        redis.removeAll()
    }

    /// Evaluates the scenario's variables, in order.
    func setVariables(_ values: [SlotValue], names: NameTable) throws(TemplateError) {
        for value in values { variables[value.slot] = try evaluate(value.value, names) }
    }
}

/// What all users of a reactor share: buffers, in which no one keeps anything over a suspension, and connections.
final class Scratch {
    var tape = JSONTape()
    private var pool: HTTPPool?

    /// The connections that users of the reactor share who are told to; closed with the last of the users.
    func connections(on reactor: Reactor) -> HTTPPool {
        if let pool { return pool }
        let made = HTTPPool(on: reactor)
        pool = made
        return made
    }
}

/// How a list of steps ended.
enum Flow {
    /// All steps ran; the pass goes on.
    case finished
    /// A step failed in a way that ends the pass.
    case failed
    case cancelled
}

// MARK: templates

/// Names and functions as a session's templates see them.
private struct SessionScope: TemplateContext {
    unowned let session: Session
    let names: NameTable

    func value(of name: String) -> JSON? {
        if let slot = names[name] { return session.variables[slot] }
        return session.context.constants[name]
    }

    mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
        try session.context.environment.call(function, arguments, random: &session.random)
    }

    var knownNames: [String] {
        names.all.filter { session.variables[$0.slot] != nil }.map(\.name) + session.context.constants.keys
    }
}

extension Session {
    func evaluate(_ value: ValueTemplate, _ names: NameTable) throws(TemplateError) -> JSON {
        var scope = SessionScope(session: self, names: names)
        return try value.evaluate(in: &scope)
    }

    func evaluate(_ expression: Expression, _ names: NameTable) throws(TemplateError) -> JSON {
        var scope = SessionScope(session: self, names: names)
        return try expression.evaluate(in: &scope)
    }

    func text(_ template: Template, _ names: NameTable) throws(TemplateError) -> String {
        var scope = SessionScope(session: self, names: names)
        return try template.text(in: &scope)
    }

    func filling(_ names: NameTable) -> TemplateFilling {
        TemplateFilling(
            value: { [unowned self] in try self.evaluate($0, names) },
            text: { [unowned self] in try self.text($0, names) })
    }
}
