internal import AssayCore
internal import AssayDoubles
public import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayStand
internal import AssayWire
internal import Synchronization

extension LiveStand {
    /// One test's part of a stand: its own databases and services, and those of all below.
    public final class Layer: Sendable {
        private let engine: EngineThread
        private let shared: ReactorBound<Stand>
        private let own: ReactorBound<Stand?>
        private let clients: ReactorBound<IdleClients>
        private let databases: [String: any Database]
        private let logs: [String: (book: LogBook, mark: Int)]
        private let journals: [String: (journal: RequestJournal, mark: Int)]
        private let earlierDeaths: Int
        /// `nil` where the policy does not deny external calls.
        private let outside: OutsideWatch?
        private let begin: Int64
        /// `nil` where the project has no contracts.
        private let contracts: LayerContracts?
        private let isStopped = Atomic<Bool>(false)
        /// What `${name.…}` gives in the project file, by name; besides members there are `env` and `secret`.
        public let bindings: [String: JSON]
        /// Members that are not there, with the reason: their programs are not installed.
        public let absent: [String: String]

        /// - Parameter begin: from when on external calls are told, CLOCK_MONOTONIC nanoseconds.
        init(_ running: RunningStand, _ own: Stand?, since begin: Int64, on engine: EngineThread) {
            outside = running.outside?.policy == .deny ? running.outside : nil
            self.begin = begin
            let contracts = running.contracts
            let top = own ?? running.stand
            let reactor = engine.reactor
            self.engine = engine
            shared = ReactorBound(running.stand, on: reactor)
            self.own = ReactorBound(own, on: reactor)
            clients = ReactorBound(IdleClients(), on: reactor)
            self.contracts = contracts.map { LayerContracts($0, on: top.bindings, masked: running.masker) }
            databases = top.databases
            logs = top.logs.mapValues { book in
                // A service of its own has written only for this test, starting included.
                let isShared = running.stand.logs.values.contains { $0 === book }
                return (book, isShared ? book.position : 0)
            }
            journals = Dictionary(
                running.doubles.compactMap { double in double.journal.map { (double.name, ($0, $0.count)) } },
                uniquingKeysWith: { first, _ in first })
            earlierDeaths = running.stand.deaths.count
            bindings = top.bindings
            absent = top.absent
        }

        public var members: [String] { bindings.keys.filter { $0 != "env" && $0 != "secret" }.sorted() }
        public var databaseNames: [String] { databases.keys.sorted() }
        public var doubleNames: [String] { journals.keys.sorted() }
        public var logNames: [String] { logs.keys.sorted() }

        /// Takes down what is this test's own. Again and again is fine.
        ///
        /// - Returns: a sentence for each member that ended by itself meanwhile, for each external call that the project's
        ///   policy denies, and for each departure from a contract.
        @discardableResult
        public func stop() async -> [String] {
            guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return [] }
            let (shared, own, clients, earlier) = (shared, own, clients, earlierDeaths)
            let (outside, begin, contracts) = (outside, begin, contracts)
            defer { Turns.ofLayers.give() }
            return await engine.run { _ in
                clients.value.close()
                let deaths = (own.value?.deaths ?? []) + shared.value.deaths.dropFirst(earlier)
                await own.value?.stop()
                let calls = (outside?.calls(since: begin) ?? []).filter {
                    $0.atNanoseconds.contains { $0 >= 0 }
                }
                return deaths.map(\.text) + calls.map { "external-calls: \($0.text)" }
                    + (contracts?.sentences(since: begin) ?? [])
            } ?? []
        }

        /// Runs one statement; `$1`, `$2`… stand for the arguments.
        ///
        /// - Returns: the rows, and how many the statement changed.
        public func execute(
            _ statement: String, arguments: [JSON], on name: String
        ) async throws(SQLError) -> (rows: [JSONObject], changedRows: Int) {
            guard let database = databases[name] else {
                throw SQLError(message: "the stand has no database '\(name)'", statement: statement)
            }
            let reactor = engine.reactor
            let result = await perform { scope in
                await database.execute(statement, arguments: arguments, on: reactor, in: scope)
            }
            switch result {
            case .success(let answer)?: return (answer.rows, answer.changedRows)
            case .failure(let error)?: throw SQLError(message: error.message, statement: error.statement)
            case nil: throw SQLError(message: LiveStand.isDown.diagnostics[0].message, statement: statement)
            }
        }

        /// One request and its response.
        ///
        /// - Throws: AS284 when there is no response, with the reason.
        public func send(_ request: StandRequest) async throws(StandError) -> StandResponse {
            let (clients, reactor) = (clients, engine.reactor)
            let message = try request.rendered()
            let result = await perform { scope -> Result<StandResponse, StandError> in
                let idle = clients.value
                let client = idle.take() ?? HTTPClient(on: reactor)
                await client.exchange(
                    with: message.origin, toHead: request.method == "HEAD",
                    isIdempotent: request.isIdempotent, timeout: request.timeout.nanoseconds, in: scope
                ) { $0.append(message.bytes) }
                let exchange = client.last
                guard exchange.outcome == .answered else {
                    client.closeAll()
                    return .failure(request.unanswered(exchange))
                }
                let response = StandResponse(
                    status: exchange.status,
                    headers: client.headers.fields.map { (name: $0.name, value: $0.value) },
                    body: client.body)
                idle.give(client)
                return .success(response)
            }
            guard let result else { throw LiveStand.isDown }
            let response = try result.get()
            contracts?.judge(request, message.target, to: message.origin, response)
            return response
        }

        /// What a member has written since the test began, its latest 4 MiB.
        public func logLines(of name: String) -> [String] {
            logs[name].map { $0.book.lines(from: $0.mark).lines } ?? []
        }

        /// Suspends until a member has written a line with a text since the test began.
        ///
        /// - Returns: the line; `nil` when there was none in time or the task was cancelled.
        public func logLine(of name: String, containing text: String, within limit: Duration) async -> String?
        {
            guard let (book, mark) = logs[name] else { return nil }
            let reactor = engine.reactor
            return await perform { scope -> String? in
                let deadline = Reactor.monotonicNow() &+ limit.nanoseconds
                var position = mark
                while true {
                    let (lines, next) = book.lines(from: position)
                    if let line = lines.first(where: { $0.contains(text) }) { return line }
                    position = next
                    let now = Reactor.monotonicNow()
                    guard now < deadline else { return nil }
                    let wake = await reactor.sleep(until: min(deadline, now &+ 10_000_000), in: scope)
                    if wake == .cancelled { return nil }
                }
            } ?? nil
        }

        /// What a double was asked since the test began, in order; tests beside it may have asked some of it.
        public func requests(to name: String) -> [RecordedRequest] {
            guard let (journal, mark) = journals[name] else { return [] }
            return journal.entries.filter { $0.number > mark }.map { RecordedRequest($0) }
        }

        private func perform<Value: Sendable>(
            _ work: @escaping @Sendable (CancelScope) async -> Value
        ) async -> Value? {
            guard !isStopped.load(ordering: .acquiring) else { return nil }
            return await engine.run(work)
        }
    }
}

/// Clients with connections that are kept between a test's requests; lives on the reactor's thread.
private final class IdleClients {
    private var clients: [HTTPClient] = []
    private var isClosed = false

    func take() -> HTTPClient? { clients.popLast() }

    func give(_ client: HTTPClient) {
        if isClosed { client.closeAll() } else { clients.append(client) }
    }

    func close() {
        isClosed = true
        for client in clients { client.closeAll() }
        clients.removeAll()
    }
}
