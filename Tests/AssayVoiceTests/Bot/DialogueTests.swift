import AssayAudio
import AssayCore
import AssayFormats
import Testing

@testable import AssayVoice

@Suite("A bot's dialogue, without a call")
struct DialogueTests {
    private static let millisecond: Int64 = 1_000_000

    private static func dialogue(_ yaml: String, mode: BotMode = BotMode()) throws -> Dialogue {
        Dialogue(try BotScript(parsing: yaml), mode: mode, random: SeededRandom(seed: 1))
    }

    /// What actions do, in short: `say answer 2`, `hangup`, `note turn any`.
    private static func told(_ actions: [DialogueAction]) -> [String] {
        actions.map { action in
            switch action {
            case .speak(let phrases, let purpose):
                "say \(purpose) " + phrases.map(\.name).joined(separator: " ")
            case .stopSpeaking: "stop"
            case .hurry: "hurry"
            case .understand(.likeness): "likeness"
            case .understand(.text): "text"
            case .understand(.chat): "chat"
            case .work(let work): "work \(work.name)"
            case .hangUp: "hangup"
            case .resetConnection: "reset"
            case .note(let kind, let facts):
                "note \(kind.rawValue)" + (facts["heard"]?.stringValue.map { " \($0)" } ?? "")
            }
        }
    }

    private static func ms(_ count: Int) -> Int64 { Int64(count) * millisecond }

    @Test("greets after its time and listens when that has been said")
    func greets() throws {
        var dialogue = try Self.dialogue("{greeting: {say: {marker: \"1\"}, after: 200ms}}")
        #expect(dialogue.begin(at: 0).isEmpty)
        #expect(dialogue.tick(at: Self.ms(199)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(200))) == ["say greeting marker 1"])
        #expect(!dialogue.isListening)
        #expect(dialogue.spoken(at: Self.ms(500)).isEmpty)
        #expect(dialogue.isListening)
    }

    @Test("a greeting that is a text is spoken by the back end first, and begins no earlier than its time")
    func spokenGreeting() throws {
        var dialogue = try Self.dialogue("{tts: http://x, greeting: {say: {text: Hello}, after: 200ms}}")
        #expect(Self.told(dialogue.begin(at: 0)) == ["work greeting"])
        #expect(dialogue.worked([.marker("1")], at: Self.ms(50)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(200))) == ["say greeting marker 1"])
    }

    @Test("answers what fits first, after its thinking time")
    func answers() throws {
        var dialogue = try Self.dialogue(
            """
            thinking: 100ms
            turns:
              - {heard: {marker: "3"}, say: {marker: "7"}}
              - {heard: any, say: {marker: "8"}, then: hangup}
            """)
        _ = dialogue.begin(at: 0)
        let heard = dialogue.wordsEnded(Words(digits: "13", endedAt: 0), at: 0)
        #expect(Self.told(heard) == ["note turn marker 3"])
        #expect(dialogue.tick(at: Self.ms(99)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(100))) == ["say answer marker 7"])
        _ = dialogue.spoken(at: Self.ms(300))
        _ = dialogue.wordsEnded(Words(endedAt: Self.ms(400)), at: Self.ms(400))
        #expect(Self.told(dialogue.tick(at: Self.ms(500))) == ["say answer marker 8"])
        #expect(Self.told(dialogue.spoken(at: Self.ms(700))) == ["hangup"])
        #expect(dialogue.tick(at: Self.ms(720)).isEmpty)
    }

    @Test("a turn may be taken so many times, and states have turns of their own")
    func states() throws {
        var dialogue = try Self.dialogue(
            """
            states:
              start:
                - {heard: any, times: 1, say: {marker: "1"}}
                - {heard: any, say: {marker: "2"}, then: next}
              next: [{heard: any, say: {marker: "3"}, then: start}]
            """)
        _ = dialogue.begin(at: 0)
        var said: [String] = []
        for round in 1...4 {
            let at = Self.ms(round)
            said += Self.told(dialogue.wordsEnded(Words(endedAt: at), at: at)).filter { $0.hasPrefix("say") }
            _ = dialogue.spoken(at: at)
        }
        #expect(
            said == [
                "say answer marker 1", "say answer marker 2", "say answer marker 3", "say answer marker 2",
            ])
    }

    @Test("of several references only the most alike counts, and only when it is alike enough")
    func likeness() throws {
        var script = try BotScript(parsing: "{turns: [{heard: any, say: {marker: \"0\"}}]}")
        let sound = Sound.tone(hertz: 400, for: .seconds(1), dBFS: -20, rate: 8000)
        func turn(_ name: String) -> BotTurn {
            BotTurn(.like(.init(name: name, sound: sound, threshold: 0.7)), say: [.marker("1")])
        }
        script.states[0].turns = [turn("a"), turn("b"), BotTurn(.anything, say: [.marker("0")])]
        func chosen(_ likeness: [Int: Double]) -> [String] {
            var dialogue = Dialogue(script, mode: BotMode(), random: SeededRandom(seed: 1))
            _ = dialogue.begin(at: 0)
            #expect(Self.told(dialogue.wordsEnded(Words(endedAt: 0), at: 0)) == ["likeness"])
            return Self.told(dialogue.understood(Meaning(likeness: likeness), at: 0)).filter {
                $0.hasPrefix("note")
            }
        }
        #expect(chosen([0: 0.8, 1: 0.9]) == ["note turn b"])
        #expect(chosen([0: 0.9, 1: 0.9]) == ["note turn a"])
        #expect(chosen([0: 0.69, 1: 0.5]) == ["note turn any"])
    }

    @Test("text is asked for when a turn needs it, and a model when no turn fits")
    func texts() throws {
        let yaml = """
            stt: http://x
            llm: http://x
            tts: http://x
            turns:
              - {heard: {text: {contains: tyres}}, say: {marker: "1"}}
              - {heard: {tool: order}, say: {marker: "2"}}
            """
        var dialogue = try Self.dialogue(yaml)
        _ = dialogue.begin(at: 0)
        #expect(Self.told(dialogue.wordsEnded(Words(endedAt: 0), at: 0)) == ["text"])
        #expect(
            Self.told(dialogue.understood(Meaning(text: "new tyres"), at: 0)).first?.hasPrefix(
                "note turn text") == true)
        _ = dialogue.spoken(at: 0)
        _ = dialogue.wordsEnded(Words(endedAt: 0), at: 0)
        #expect(Self.told(dialogue.understood(Meaning(text: "wheels"), at: 0)) == ["chat"])
        #expect(
            Self.told(dialogue.understood(Meaning(chat: ChatReply(tool: "order")), at: 0))
                == ["note turn tool order", "say answer marker 2"])
        _ = dialogue.spoken(at: 0)
        _ = dialogue.wordsEnded(Words(endedAt: 0), at: 0)
        _ = dialogue.understood(Meaning(text: "wheels"), at: 0)
        #expect(
            Self.told(dialogue.understood(Meaning(chat: ChatReply(text: "Hello")), at: 0))
                == ["note turn words of the model", "work say"])
    }

    @Test(
        "stops so long after the caller's voice began, unless it is deaf or the answer ends the call",
        arguments: [
            ("listen", BotMode.Kind.paced, true), ("listen", .deaf, false), ("hangup", .paced, false),
        ])
    func bargeIn(then: String, mode: BotMode.Kind, stops: Bool) throws {
        var dialogue = try Self.dialogue(
            "{barge-in: {stops-after: 100ms}, turns: [{heard: any, say: {marker: \"1\"}, then: \(then)}]}",
            mode: BotMode(mode))
        _ = dialogue.begin(at: 0)
        _ = dialogue.wordsEnded(Words(endedAt: 0), at: 0)
        dialogue.voiceBegan(at: Self.ms(500))
        #expect(Self.told(dialogue.tick(at: Self.ms(520))) == (stops ? ["note barge-in"] : []))
        #expect(dialogue.tick(at: Self.ms(599)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(600))) == (stops ? ["stop"] : []))
        #expect(dialogue.isListening == stops)
    }

    @Test("a cough is no barge-in")
    func cough() throws {
        var dialogue = try Self.dialogue(
            "{barge-in: {needs: 200ms}, turns: [{heard: any, say: {marker: \"1\"}}]}")
        _ = dialogue.begin(at: 0)
        _ = dialogue.wordsEnded(Words(endedAt: 0), at: 0)
        dialogue.voiceBegan(at: Self.ms(500))
        #expect(dialogue.tick(at: Self.ms(600)).isEmpty)
        dialogue.voiceEnded(at: Self.ms(610))
        #expect(dialogue.tick(at: Self.ms(900)).isEmpty)
    }

    @Test("voice that began before the bot did is none either")
    func voiceBefore() throws {
        var dialogue = try Self.dialogue("{turns: [{heard: any, say: {marker: \"1\"}}]}")
        _ = dialogue.begin(at: 0)
        dialogue.voiceBegan(at: Self.ms(1))
        _ = dialogue.wordsEnded(Words(endedAt: 0), at: Self.ms(2))
        #expect(dialogue.tick(at: Self.ms(900)).isEmpty)
    }

    @Test("silence has turns too, counted from when the bot began to listen or the caller fell silent")
    func silence() throws {
        var dialogue = try Self.dialogue("{turns: [{heard: {silence: 2s}, times: 1, say: {marker: \"1\"}}]}")
        _ = dialogue.begin(at: 0)
        dialogue.voiceBegan(at: Self.ms(1000))
        #expect(dialogue.tick(at: Self.ms(2500)).isEmpty)
        dialogue.voiceEnded(at: Self.ms(3000))
        #expect(dialogue.tick(at: Self.ms(4999)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(5000))) == ["note turn silence", "say answer marker 1"])
    }

    @Test("digits interrupt what is said and are matched by their end")
    func digits() throws {
        var dialogue = try Self.dialogue(
            "{greeting: {marker: \"1\"}, turns: [{heard: {dtmf: \"12\"}, say: {marker: \"5\"}}]}")
        #expect(Self.told(dialogue.begin(at: 0)) == ["say greeting marker 1"])
        #expect(dialogue.digit("0", at: 1).isEmpty)
        #expect(dialogue.digit("1", at: 2).isEmpty)
        #expect(
            Self.told(dialogue.digit("2", at: 3)) == ["stop", "note turn dtmf 12", "say answer marker 5"])
    }

    @Test("an early bot answers words that have not ended, once")
    func early() throws {
        var mode = BotMode(.early)
        mode.earlyAfter = .milliseconds(300)
        var dialogue = try Self.dialogue(
            "{turns: [{heard: {marker: \"9\"}, say: {marker: \"1\"}}]}", mode: mode)
        _ = dialogue.begin(at: 0)
        dialogue.voiceBegan(at: Self.ms(100))
        #expect(dialogue.tick(at: Self.ms(380)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(400))) == ["hurry"])
        let hurried = dialogue.wordsEnded(Words(endedAt: Self.ms(400)), isHurried: true, at: Self.ms(400))
        #expect(Self.told(hurried) == ["note turn marker 9", "say answer marker 1"])
        _ = dialogue.spoken(at: Self.ms(600))
        #expect(dialogue.tick(at: Self.ms(620)).isEmpty)
        #expect(dialogue.wordsEnded(Words(endedAt: Self.ms(900)), at: Self.ms(900)).isEmpty)
        #expect(dialogue.isListening)
    }

    @Test("a silent bot says as much as it is told to and goes on hearing")
    func silent() throws {
        var mode = BotMode(.silent)
        mode.silentAfter = 1
        var dialogue = try Self.dialogue(
            "{greeting: {marker: \"1\"}, turns: [{heard: any, say: {marker: \"2\"}, then: hangup}]}",
            mode: mode)
        #expect(Self.told(dialogue.begin(at: 0)) == ["say greeting marker 1"])
        _ = dialogue.spoken(at: 1)
        #expect(Self.told(dialogue.wordsEnded(Words(endedAt: 2), at: 2)) == ["note turn any", "hangup"])
    }

    @Test(
        "a call is made before the answer, and a failure says what the turn, the bot or the breaker has for it"
    )
    func failures() throws {
        func yaml(_ own: String, _ more: String) -> String {
            "{turns: [{heard: any, call: {get: http://x/}, say: {marker: \"1\"}\(own)}]\(more)}"
        }
        func said(_ yaml: String, _ outcome: BackEndOutcome) throws -> [String] {
            var dialogue = try Self.dialogue(yaml)
            _ = dialogue.begin(at: 0)
            #expect(
                Self.told(dialogue.wordsEnded(Words(endedAt: 0), at: 0)) == ["note turn any", "work any"])
            return Self.told(dialogue.failed(outcome, at: 5))
        }
        let bots = ", failed: {marker: \"8\"}", breakers = ", circuit-breaker: {say: {marker: \"7\"}}"
        #expect(try said(yaml("", ""), .failed) == [])
        #expect(try said(yaml("", bots), .failed) == ["say answer marker 8"])
        #expect(try said(yaml(", failed: {marker: \"9\"}", bots), .failed) == ["say answer marker 9"])
        #expect(try said(yaml("", bots + breakers), .failed) == ["say answer marker 8"])
        #expect(try said(yaml("", bots + breakers), .refused) == ["say answer marker 7"])
        #expect(try said(yaml("", bots), .refused) == ["say answer marker 8"])
    }

    @Test("an answer that is known late is not delayed further")
    func lateAnswer() throws {
        var dialogue = try Self.dialogue(
            "{thinking: 100ms, turns: [{heard: any, call: {get: http://x/}, say: {marker: \"1\"}}]}")
        _ = dialogue.begin(at: 0)
        _ = dialogue.wordsEnded(Words(endedAt: 0), at: 0)
        #expect(dialogue.worked([.marker("1")], at: Self.ms(50)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(100))) == ["say answer marker 1"])
        _ = dialogue.spoken(at: Self.ms(200))
        _ = dialogue.wordsEnded(Words(endedAt: Self.ms(300)), at: Self.ms(300))
        #expect(Self.told(dialogue.worked([.marker("1")], at: Self.ms(900))) == ["say answer marker 1"])
    }

    @Test("a transfer makes its call, says its words and hangs up")
    func transfer() throws {
        var dialogue = try Self.dialogue(
            """
            transfer: {post: "http://crm/transfer", json: {to: operator}}
            turns: [{heard: any, say: {marker: "1"}, then: transfer}]
            """)
        _ = dialogue.begin(at: 0)
        #expect(
            Self.told(dialogue.wordsEnded(Words(endedAt: 0), at: 0)) == ["note turn any", "work any"])
        #expect(Self.told(dialogue.worked([.marker("1")], at: 1)) == ["say answer marker 1"])
        #expect(Self.told(dialogue.spoken(at: 2)) == ["note transfer", "hangup"])
    }

    @Test(
        "a digit that kills is the one that was named, or any",
        arguments: [("", true), ("5", true), ("6", false)])
    func deadlyDigit(named: String, dies: Bool) throws {
        var mode = BotMode(.diesOnDTMF)
        mode.fatalDigit = named
        var dialogue = try Self.dialogue("{greeting: {marker: \"1\"}}", mode: mode)
        _ = dialogue.begin(at: 0)
        #expect(Self.told(dialogue.digit("5", at: 1)) == (dies ? ["reset"] : []))
    }

    @Test("thinking times are drawn: the same for the same seed, others for another")
    func seeded() throws {
        func begins(_ seed: UInt64) throws -> [Int] {
            let script = try BotScript(
                parsing:
                    "{thinking: {uniform: {from: 10ms, to: 900ms}}, turns: [{heard: any, say: {marker: \"1\"}}]}"
            )
            var dialogue = Dialogue(script, mode: BotMode(), random: SeededRandom(seed: seed))
            _ = dialogue.begin(at: 0)
            return (0..<5).map { round in
                let start = Self.ms(round * 2000)
                _ = dialogue.wordsEnded(Words(endedAt: start), at: start)
                let waited = (0...1000).first { !dialogue.tick(at: start + Self.ms($0)).isEmpty } ?? -1
                _ = dialogue.spoken(at: start + Self.ms(1500))
                return waited
            }
        }
        let first = try begins(1)
        #expect(Set(first).count == 5 && first.allSatisfy { (10...900).contains($0) })
        #expect(try begins(1) == first)
        #expect(try begins(2) != first)
    }

    @Test("a call that lasts too long is hung up")
    func longCall() throws {
        var dialogue = try Self.dialogue("{limits: {call: 1s}, greeting: {marker: \"1\"}}")
        _ = dialogue.begin(at: 0)
        #expect(dialogue.tick(at: Self.ms(999)).isEmpty)
        #expect(Self.told(dialogue.tick(at: Self.ms(1000))) == ["hangup"])
    }
}
