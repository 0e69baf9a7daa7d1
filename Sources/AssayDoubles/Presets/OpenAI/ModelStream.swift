internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// An answer as server-sent events: what comes, how fast, and what goes wrong.
struct ModelStream: Sendable {
    enum Part: Sendable {
        case event(ServerSentEvent)
        /// An event a token, each after its time; `offset` counts the tokens before it in the part.
        case tokens([String], @Sendable (_ token: String, _ offset: Int) -> ServerSentEvent)
    }

    var parts: [Part]
    var pace: ModelPace
    /// Events after which the connection ends; whole when `nil`.
    var cutAfter: Int?
    var cutResets = false
    /// The number of the event that is no JSON, 1 for the first; none when `nil`.
    var malformedAt: Int?

    func write(to writer: HTTPBodyWriter) async {
        let begun = Reactor.monotonicNow()
        var sent = 0
        var tokens = 0
        if pace.firstTokenAfter > .zero {
            guard await writer.pause(pace.firstTokenAfter) else { return }
        }
        for part in parts {
            switch part {
            case .event(let event):
                guard await put(event, writer, &sent) else { return }
            case .tokens(let all, let event):
                for (offset, token) in all.enumerated() {
                    // From the plan, not from the last token: late timers do not add up.
                    let due = begun &+ pace.offset(ofToken: tokens).nanoseconds
                    let left = due &- Reactor.monotonicNow()
                    if left > 0, !(await writer.pause(.nanoseconds(left))) { return }
                    tokens += 1
                    guard await put(event(token, offset), writer, &sent) else { return }
                }
            }
        }
    }

    private func put(_ event: ServerSentEvent, _ writer: HTTPBodyWriter, _ sent: inout Int) async -> Bool {
        if let cutAfter, sent >= cutAfter {
            writer.cut(resets: cutResets)
            return false
        }
        sent += 1
        guard sent == malformedAt else { return await writer.write(event.bytes) }
        var broken = event
        broken.data = String(event.data.prefix(event.data.count / 2))
        return await writer.write(broken.bytes)
    }
}

/// How fast a model is.
struct ModelPace: Sendable, Equatable {
    var firstTokenAfter = Duration.zero
    /// 0 for all at once.
    var tokensPerSecond = 0

    /// When a token comes, counted from the request; 0 for the first.
    func offset(ofToken index: Int) -> Duration {
        guard tokensPerSecond > 0 else { return firstTokenAfter }
        return firstTokenAfter + .nanoseconds(Int64(index) * 1_000_000_000 / Int64(tokensPerSecond))
    }

    /// How long an answer of so many tokens takes as a whole.
    func whole(_ tokens: Int) -> Duration { offset(ofToken: max(0, tokens - 1)) }
}
