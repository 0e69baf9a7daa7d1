internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// What logs people in by Telegram, and a bot's API; ``TelegramCore`` has what it answers.
final class Telegram: DoubleService {
    /// What its bindings have besides the address.
    static let members = ["token", "bot_id", "bot_name", "api_url", "login_url", "widget_url"]
    /// As long as Telegram holds a request for updates.
    private static let longestPoll: Int64 = 50

    private let core: Mutex<TelegramCore>
    /// Updates have come.
    private let arrived: Signal
    private let nowMilliseconds: @Sendable () -> Int64
    private let token: String

    init(_ core: sending TelegramCore, arrived: Signal, nowMilliseconds: @escaping @Sendable () -> Int64) {
        token = core.token
        self.core = Mutex(core)
        self.arrived = arrived
        self.nowMilliseconds = nowMilliseconds
    }

    var bindings: JSONObject {
        core.withLock { core in
            [
                "token": .string(core.token), "bot_id": .int(core.botID),
                "bot_name": .string(core.options.botName), "api_url": .string(core.url),
                "login_url": .string(core.url + "/login"),
                "widget_url": .string(core.url + "/js/telegram-widget.js"),
            ]
        }
    }

    var secrets: [String] { [token] }

    var detail: String {
        let users = core.withLock { $0.users.count }
        return "Telegram login, \(users) user\(users == 1 ? "" : "s")"
    }

    func begin(url: String) { core.withLock { $0.url = url } }

    func reset() { core.withLock { $0.reset() } }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        var deadline: Int64?
        while true {
            let now = nowMilliseconds()
            let (answer, wait) = core.withLock { core -> (IdentityAnswer, Int64) in
                let answer = core.answer(request, at: now)
                return (answer, core.pollSeconds)
            }
            if request.path == "/__assay/updates" { arrived.notifyAll() }
            guard wait > 0 else { return answer.response }
            let end =
                deadline ?? Reactor.monotonicNow() + min(wait, Self.longestPoll) * 1_000_000_000
            deadline = end
            if Reactor.monotonicNow() >= end { return answer.response }
            await arrived.wait(until: end)
        }
    }
}
