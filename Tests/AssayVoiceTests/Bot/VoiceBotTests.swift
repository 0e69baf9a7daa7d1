import AssayAudio
import AssayCore
import AssayFormats
import AssayNet
import AssayVoice
import AssayWire
import Testing

@Suite("A voice bot on a port")
struct VoiceBotTests {
    @Test("greets, waits for the end of the caller's words, answers and hangs up")
    func wholeCall() throws {
        let reactor = try Reactor()
        let script = try BotScript(
            parsing: """
                greeting: {say: {marker: "1"}, after: 100ms}
                end-of-speech: 200ms
                thinking: 50ms
                turns:
                  - {heard: any, say: {marker: "2"}, then: hangup}
                """)
        let seen = reactor.run { () -> Seen? in
            guard let bot = try? VoiceBot(script, on: reactor),
                let caller = await Caller.call(bot, on: reactor)
            else {
                return nil
            }
            defer { bot.stop() }
            _ = await eventually(on: reactor) { bot.events.contains { $0.kind == .said } }
            caller.speak(for: .milliseconds(400))
            _ = await eventually(on: reactor) { caller.end != nil }
            return Seen(bot, caller)
        }
        let call = try #require(seen)
        #expect(call.markers == "12")
        #expect(call.end == "hangup")
        let kinds = call.events.map(\.kind)
        #expect(
            kinds == [.connected, .uuid, .greeting, .said, .heard, .turn, .answer, .said, .hangUp, .ended])
        let at = Dictionary(call.events.map { ($0.kind, $0.at) }, uniquingKeysWith: { first, _ in first })
        let connected = at[.connected] ?? 0
        #expect((100_000_000...125_000_000).contains((at[.greeting] ?? 0) - connected))
        // The log is the truth: what it says was written came at once.
        let greeting = try #require(call.voiced.first)
        #expect(abs(greeting - (at[.greeting] ?? 0)) < 5_000_000)
        #expect((at[.heard] ?? 0) - call.spokeUntil > 180_000_000)
        #expect((at[.answer] ?? 0) - (at[.heard] ?? 0) >= 50_000_000)
    }

    struct Seen: Sendable {
        var events: [BotEvent]
        var markers: String
        var end: String
        var voiced: [Int64]
        var spokeUntil: Int64

        init(_ bot: VoiceBot, _ caller: Caller) {
            events = bot.events
            markers = caller.markers
            end = caller.end?.name ?? "open"
            voiced = caller.voiced.map(\.at)
            spokeUntil = caller.spokeUntil
        }
    }
}
