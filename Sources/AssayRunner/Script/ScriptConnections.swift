internal import AssayNet
internal import AssayScript
internal import Synchronization

/// What the requests of all users of a script share: how connections are opened, and the pace of them all.
final class ScriptConnections: Sendable {
    private let made = Mutex<Ways?>(nil)
    /// When the next request may go, CLOCK_MONOTONIC nanoseconds.
    private let next = Atomic<Int64>(0)

    /// Opened with these; kept connections are told apart by them. An object, for every user holds them.
    final class Ways: Sendable {
        let settings: ScriptHTTPSettings
        /// Without TLS nobody agrees on HTTP/2.
        let plain: ConnectOptions
        let secure: ConnectOptions

        init(_ settings: ScriptHTTPSettings, plain: ConnectOptions, secure: ConnectOptions) {
            self.settings = settings
            self.plain = plain
            self.secure = secure
        }
    }

    init() {}

    /// - Parameter settings: the same for all users of a load; what read the options before had others.
    func ways(_ settings: ScriptHTTPSettings) -> Ways {
        made.withLock { made in
            if let made, made.settings == settings { return made }
            var values = settings.connect
            // k6's dialer gives up after as long.
            values.connectTimeout = values.connectTimeout ?? .seconds(30)
            values.reuse = settings.noConnectionReuse ? .none : .perUser
            values.version = .http1
            let plain = ConnectOptions(values)
            values.version = .any
            let ways = Ways(settings, plain: plain, secure: ConnectOptions(values))
            made = ways
            return ways
        }
    }

    /// When the next request may go, so that no more than so many do in a second.
    func turn(_ perSecond: Int) -> Int64 {
        let interval = 1_000_000_000 / Int64(max(1, perSecond))
        let now = Reactor.monotonicNow()
        var seen = next.load(ordering: .relaxed)
        while true {
            let mine = max(now, seen)
            let (isDone, current) = next.compareExchange(
                expected: seen, desired: mine + interval, ordering: .relaxed)
            if isDone { return mine }
            seen = current
        }
    }
}
