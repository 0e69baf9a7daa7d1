internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// A request of a bot to one of its back ends, whole.
struct BackEndRequest: Sendable {
    var method: String
    var url: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var timeout: Duration
    /// What is no failure.
    var statuses: ClosedRange<Int> = 200...299
}

/// What became of a request.
struct BackEndAnswer: Sendable {
    /// 0 when there is none.
    var status = 0
    var body: [UInt8] = []
    /// Why it is a failure, in a few words; `nil` when it is none.
    var failure: String?
    /// The circuit breaker was open: nothing was sent.
    var isRefused = false
    /// Nanoseconds.
    var took: Int64 = 0

    /// The body as JSON; null when it is none.
    var json: JSON { (try? JSON(parsing: body)) ?? .null }
}

/// Asks the back ends of one bot: kept connections, a circuit breaker for each host and port.
///
/// Not `Sendable`: it belongs to the bot's reactor.
final class BackEnds {
    /// A breaker opened, was tried or closed.
    typealias Notice = (_ origin: String, _ state: CircuitBreaker.State) -> Void

    private let reactor: Reactor
    private let breaker: BotScript.Breaker?
    private let clock: DoubleClock
    private var breakers: [HTTPOrigin: CircuitBreaker] = [:]
    /// By how long they may take to connect.
    private var idle: [Duration: [HTTPClient]] = [:]
    private static let idleLimit = 64
    private static let bodyLimit = 16 << 20

    /// - Parameter clock: by which breakers stay open, so that time travel closes them.
    init(_ breaker: BotScript.Breaker?, clock: DoubleClock, on reactor: Reactor) {
        self.reactor = reactor
        self.breaker = breaker
        self.clock = clock
    }

    func reset() { breakers.removeAll() }

    /// By the double's clock, nanoseconds.
    private var now: Int64 { clock.nowMilliseconds * 1_000_000 }

    func ask(_ request: BackEndRequest, in scope: CancelScope, notice: Notice) async -> BackEndAnswer {
        let origin: HTTPOrigin
        let bytes: [UInt8]
        do {
            (origin, bytes) = try Self.rendered(request)
        } catch {
            return BackEndAnswer(failure: error.reason)
        }
        guard admits(origin, notice) else {
            return BackEndAnswer(failure: "the circuit breaker is open", isRefused: true)
        }
        let client =
            idle[request.timeout]?.popLast()
            ?? HTTPClient(
                on: reactor,
                limits: HTTPClientLimits(connectTimeout: request.timeout, bodyBytes: Self.bodyLimit))
        let isIdempotent = HTTPMethod(request.method)?.isIdempotent ?? false
        let begun = Reactor.monotonicNow()
        await client.exchange(
            with: origin, isIdempotent: isIdempotent, timeout: request.timeout.nanoseconds, in: scope
        ) { $0.append(bytes) }
        let exchange = client.last
        var answer = BackEndAnswer(status: exchange.status, took: Reactor.monotonicNow() - begun)
        if exchange.outcome == .answered {
            answer.body = client.body
            if !request.statuses.contains(exchange.status) { answer.failure = "status \(exchange.status)" }
            if idle[request.timeout, default: []].count < Self.idleLimit {
                idle[request.timeout, default: []].append(client)
            }
        } else {
            answer.failure = exchange.outcome.name
            client.closeAll()
        }
        settle(origin, answer, wasCancelled: exchange.outcome == .cancelled, notice)
        return answer
    }

    // MARK: Breakers

    private func admits(_ origin: HTTPOrigin, _ notice: Notice) -> Bool {
        guard let breaker else { return true }
        var own = breakers[origin] ?? CircuitBreaker(failures: breaker.failures, openFor: breaker.openFor)
        let now = now
        let admits = own.admits(at: now)
        if admits, own.state(at: now) == .halfOpen { notice(origin.description, .halfOpen) }
        breakers[origin] = own
        return admits
    }

    private func settle(_ origin: HTTPOrigin, _ answer: BackEndAnswer, wasCancelled: Bool, _ notice: Notice) {
        guard var own = breakers[origin] else { return }
        let before = own.state(at: now)
        if wasCancelled {
            own.forgotten()
        } else if answer.failure == nil || (400..<500).contains(answer.status) {
            // A refusal shows that the back end is alive.
            own.succeeded()
            if before != .closed { notice(origin.description, .closed) }
        } else if own.failed(at: now) {
            notice(origin.description, .open)
        }
        breakers[origin] = own
    }

    // MARK: Requests

    private struct Refusal: Error { var reason: String }

    private static func rendered(_ request: BackEndRequest) throws(Refusal) -> (HTTPOrigin, [UInt8]) {
        let parts: URLParts
        do {
            parts = try URLParts(parsing: request.url)
        } catch {
            throw Refusal(reason: "\(error)")
        }
        let origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
        var headers = HTTPHeaders([("Host", origin.authority)])
        for (name, value) in request.headers { headers[name] = value }
        if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
            headers["Content-Length"] = String(request.body.count)
        }
        var bytes: [UInt8] = []
        do {
            try bytes.appendRequestLine(request.method, parts.target)
            try bytes.appendHeaders(headers)
        } catch {
            throw Refusal(reason: "\(error)")
        }
        bytes.appendHeadEnd()
        bytes.append(request.body)
        return (origin, bytes)
    }
}
