internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What the bot answers over HTTP.
///
/// Used on its reactor's thread only.
final class Pages {
    private let bot: Bot

    init(_ bot: Bot) { self.bot = bot }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let parts = request.path.split(separator: "/").map(String.init)
        switch (request.method, parts.first, parts.count) {
        case ("GET", "health"?, 1): return json(200, ["status": "ok"])
        case ("GET", "metrics"?, 1):
            return HTTPResponse(text: metrics, type: "text/plain; version=0.0.4; charset=utf-8")
        case ("GET", "calls"?, 1): return await kept { () async throws(Trouble) in try await self.calls() }
        case ("GET", "calls"?, 2):
            return await kept { () async throws(Trouble) in try await self.call(parts[1]) }
        case ("DELETE", "calls"?, 2):
            return await kept { () async throws(Trouble) in
                try await self.bot.store.forget(parts[1])
                    ? HTTPResponse(status: 204) : self.json(404, ["error": "no such call"])
            }
        default: return json(404, ["error": "not found"])
        }
    }

    private var metrics: String {
        bot.metrics.rendered(
            active: bot.activeCalls.count, waiting: bot.speech.workers.waiting,
            backEnds: bot.backEnds.map { .init(name: $0.name, state: $0.state, counts: $0.counts) })
    }

    private func calls() async throws(Trouble) -> HTTPResponse {
        json(
            200,
            [
                "active": .array(bot.activeCalls.map { .string($0.id) }),
                "calls": .array(try await bot.store.calls()),
            ])
    }

    private func call(_ id: String) async throws(Trouble) -> HTTPResponse {
        guard let call = try await bot.store.calls(of: id).first else {
            return json(404, ["error": "no such call"])
        }
        return json(200, call)
    }

    private func kept(_ work: () async throws(Trouble) -> HTTPResponse) async -> HTTPResponse {
        do throws(Trouble) { return try await work() } catch {
            bot.log.write(.error, "database", [("reason", .string(error.reason))])
            return json(503, ["error": "database_unavailable"])
        }
    }

    private func json(_ status: Int, _ body: JSON) -> HTTPResponse {
        HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }
}
