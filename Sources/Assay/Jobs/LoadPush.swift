internal import AssayCore
internal import AssayNet
internal import AssayReport

/// Tells a Pushgateway how a load run goes, from a thread of its own: making the text costs the load nothing.
///
/// What goes wrong is counted and never ends the run.
final class LoadPush: Sendable {
    private let engine: EngineThread
    private let pusher: ReactorBound<Pusher>
    private let target: PushTarget

    /// What became of the pushes.
    struct Tally: Sendable, Equatable {
        var made = 0
        var failed = 0
        /// Why the first of them failed.
        var reason: String?
    }

    init(_ target: PushTarget, header: RunHeader, plan: LoadPlan, series: [Series]) async throws(SystemError)
    {
        self.target = target
        let engine = try EngineThread(named: "assay-push")
        let reactor = engine.reactor
        self.engine = engine
        pusher = await Task(executorPreference: reactor) {
            ReactorBound(
                Pusher(target, PrometheusPush(header: header, plan: plan, series: series), on: reactor),
                on: reactor)
        }.value
    }

    /// Takes an interval in, and pushes when it is time. Returns at once.
    func take(_ interval: Interval, _ appeared: [Series], _ state: PrometheusPush.State) {
        let pusher = pusher
        Task(executorPreference: engine.reactor) {
            await pusher.value.take(interval, appeared, state)
        }
    }

    /// Pushes how the run ended; returns when that is done.
    func tell(_ state: PrometheusPush.State) async {
        let pusher = pusher
        _ = await engine.run { scope in await pusher.value.tell(state, scope) }
    }

    /// Ends the thread; call it once.
    func close() async -> Tally {
        let pusher = pusher
        let tally = await engine.run { _ in pusher.value.close() }
        await engine.close()
        return tally ?? Tally()
    }

    /// `3 of 12 pushes to http://127.0.0.1:9091 failed: connection refused`; `nil` when none did.
    func warning(_ tally: Tally) -> String? {
        guard tally.failed > 0 else { return nil }
        return
            "\(tally.failed) of \(tally.made) pushes to \(target.shown) failed: \(tally.reason ?? "no answer")"
    }
}

/// The work of ``LoadPush``; lives on its reactor's thread.
private final class Pusher {
    private let target: PushTarget
    private var page: PrometheusPush
    private let client: HTTPClient
    private let idle: Signal
    private var isPushing = false
    private var isEnding = false
    private var lastPush = Int64.min
    private var tally = LoadPush.Tally()
    private static let timeout: Int64 = 5_000_000_000

    init(_ target: PushTarget, _ page: PrometheusPush, on reactor: Reactor) {
        self.target = target
        self.page = page
        client = HTTPClient(
            on: reactor, limits: HTTPClientLimits(connectTimeout: .seconds(2), bodyBytes: 1 << 16))
        idle = reactor.makeSignal()
    }

    func take(_ interval: Interval, _ appeared: [Series], _ state: PrometheusPush.State) async {
        page.add(interval, appeared: appeared)
        let now = Reactor.monotonicNow()
        // A slow Pushgateway is not pushed to twice at once: what it misses is in the next push.
        guard !isPushing, !isEnding, lastPush == .min || now - lastPush >= target.every.nanoseconds else {
            return
        }
        lastPush = now
        await push(state, nil)
    }

    func tell(_ state: PrometheusPush.State, _ scope: CancelScope) async {
        isEnding = true
        while isPushing { await idle.wait() }
        await push(state, scope)
    }

    func close() -> LoadPush.Tally {
        client.closeAll()
        return tally
    }

    private func push(_ state: PrometheusPush.State, _ scope: CancelScope?) async {
        isPushing = true
        let body = page.text(state)
        let target = target
        await client.exchange(with: target.origin, timeout: Self.timeout, in: scope) { output in
            output.append("PUT \(target.path) HTTP/1.1\r\nHost: \(target.origin.authority)\r\n")
            if let authorization = target.authorization {
                output.append("Authorization: \(authorization)\r\n")
            }
            output.append(
                "Content-Type: text/plain; version=0.0.4\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
            output.append(body)
        }
        let exchange = client.last
        tally.made += 1
        if exchange.outcome != .answered || !(200..<300).contains(exchange.status) {
            tally.failed += 1
            tally.reason = tally.reason ?? reason(exchange)
        }
        isPushing = false
        idle.notifyAll()
    }

    private func reason(_ exchange: Exchange) -> String {
        guard exchange.outcome == .answered else { return exchange.note ?? exchange.outcome.name }
        let said = String(decoding: client.body.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline)
        return "it answered \(exchange.status)" + (said.first.map { ": \($0)" } ?? "")
    }
}
