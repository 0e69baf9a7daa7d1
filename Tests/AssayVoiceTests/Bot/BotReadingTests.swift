import AssayAudio
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayVoice

@Suite("Reading a bot's script")
struct BotReadingTests {
    private static func errors(_ text: String) -> [String] {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: "bot.yml", bag: bag) else {
            return ["no YAML"]
        }
        _ = BotReader(yaml).script(yaml.root)
        return bag.all.map { "\($0.code) \($0.message)" + ($0.fix.map { "; \($0)" } ?? "") }
    }

    @Test("everything that can be written is read")
    func whole() throws {
        let script = try BotScript(
            parsing: """
                format: {rate: 16000, type: "10"}
                greeting: {say: [{marker: "1"}, {silence: 100ms}], after: {uniform: {from: 100ms, to: 300ms}}}
                end-of-speech: 700ms
                thinking: {lognormal: {median: 200ms, sigma: 0.3}}
                barge-in: {stops-after: 80ms, needs: 60ms}
                stt: {url: "${speech.url}", key: k, model: whisper-1, timeout: 2s}
                tts: {url: "${speech.url}", voice: nova}
                llm: {url: "${ai.url}", system: "You sell tyres to ${call.uuid}", memory: 10}
                transfer: {post: "${crm.url}/transfer", json: {to: operator}}
                failed: {say: {marker: "9"}, then: hangup}
                circuit-breaker: {failures: 2, open-for: 30s, say: {marker: "8"}}
                mode: {gappy: {every: 1s, for: 100ms}}
                strict: true
                limits: {calls: 10, call: 1m, utterance: 5s, memory: 10 MB}
                switches: {thinking: 50ms}
                states:
                  start:
                    - {heard: {marker: "1"}, say: {tone: 440, for: 1s}, then: order}
                  order:
                    - heard: {text: {contains: order}}
                      call: {put: "${shop.url}/orders", headers: {x-call: "${call.uuid}"}, json: {n: 1}, timeout: 1s, capture: {id: $.id}}
                      say: {text: "Your order is ${id}"}
                      failed: {marker: "7"}
                      after: 1s
                      times: 2
                      then: transfer
                    - {heard: {tool: weather}, description: Tells the weather, parameters: {type: object}}
                    - {heard: {dtmf: "1#"}, then: listen}
                    - {heard: {silence: 5s}, then: hangup}
                    - {heard: any, then: start}
                """)
        #expect(script.format == AudioSocketFormat(rate: 16_000, type: 0x10, encoding: .linear16))
        #expect(script.states.map(\.name) == ["start", "order"])
        #expect(
            script.states[1].turns.map(\.heard.name).suffix(4) == [
                "tool weather", "dtmf 1#", "silence", "any",
            ])
        #expect(script.states[1].turns[0].answer.then == .transfer)
        #expect(script.mode.kind == .gappy && script.mode.gapFor == .milliseconds(100))
        #expect(script.limits.memoryBytes == 10_000_000)
        #expect(script.bargeIn?.needs == .milliseconds(60))
        #expect(script.neededNames.map(\.name).sorted() == ["ai", "crm", "shop", "speech", "speech"])
    }

    @Test(
        "modes are words, or words with what they need",
        arguments: BotMode.Kind.allCases)
    func modes(kind: BotMode.Kind) throws {
        #expect(try BotScript(parsing: "mode: \(kind.rawValue)").mode.kind == kind)
        #expect(try BotScript(parsing: "mode: {\(kind.rawValue): {}}").mode.kind == kind)
    }

    @Test(
        "a burst of no frames is the whole answer, as it is without the word",
        arguments: ["{}", "{frames: 0}"])
    func wholeBurst(with: String) throws {
        #expect(try BotScript(parsing: "mode: {burst: \(with)}").mode.burstFrames == 0)
    }

    @Test(
        "formats are presets, or rate, type and encoding",
        arguments: [
            ("asterisk-chan16", 16_000, UInt8(0x12)), ("{rate: 48000}", 48_000, 0x16),
            ("{rate: 8000, encoding: mulaw, type: \"10\"}", 8000, 0x10),
        ])
    func formats(text: String, rate: Int, type: UInt8) throws {
        let format = try BotScript(parsing: "format: \(text)").format
        #expect(format.rate == rate && format.type == type)
    }

    @Test("a bot that has nothing to say greets with a tone and answers with another")
    func demonstration() throws {
        for text in ["{}", "mode: gappy"] {
            let script = try BotScript(parsing: text)
            #expect(script.greeting?.say.map(\.name) == ["marker 1"])
            #expect(script.states[0].turns.map(\.heard.name) == ["any"])
        }
        #expect(try BotScript(parsing: "turns: []").greeting == nil)
    }

    @Test(
        "what is wrong is said, with what to write",
        arguments: [
            (
                "greeting: {file: hello.wav}",
                "AS123 the sound cannot be read: open hello.wav: ENOENT (No such file or directory); name a WAV file, from the folder of this file"
            ),
            (
                "format: {rate: 8010}",
                "AS381 20 ms at 8010 Hz are no whole number of samples; take a rate that 50 divides, like 8000, 16000 or 44100"
            ),
            (
                "format: {rate: 11000}",
                "AS381 AudioSocket has no type for 11000 Hz; say which type byte its messages have: `type: \"10\"`"
            ),
            (
                "format: {rate: 8000, type: 3}",
                "AS381 a type of audio is two hexadecimal digits from 10 to fe, found '3'; write `type: \"10\"`, or leave it out"
            ),
            (
                "format: asterisk-ap",
                "AS013 expected `asterisk-app`, `asterisk-chan16`, `legacy-chan16` or `ulaw-legacy`, found 'asterisk-ap'; did you mean `asterisk-app`?"
            ),
            (
                "states: {start: [{heard: any, then: oder}], order: []}",
                "AS382 'then' goes to 'oder', and there is no such state; did you mean 'order'?"
            ),
            (
                "turns: [{heard: any, then: nowhere}]",
                "AS382 'then' goes to 'nowhere', and there is no such state; there are: start"
            ),
            (
                "turns: [{heard: any, say: {text: Hello}}]",
                "AS383 a text is said, but the bot has no 'tts'; add `tts: \"${speech.url}\"`, with a double `speech: {preset: speech}`"
            ),
            (
                "turns: [{heard: {text: tyres}}]",
                "AS383 a turn is heard by its text, but the bot has no 'stt'; add `stt: \"${speech.url}\"`, with a double `speech: {preset: speech}`"
            ),
            (
                "{stt: http://x, turns: [{heard: {tool: order}}]}",
                "AS383 a turn is heard as tool 'order', but the bot has no 'llm'; add `llm: \"${ai.url}\"`, with a double `ai: {preset: openai}`"
            ),
            (
                "turns: [{heard: any, call: {get: http://x/, capture: {call: $.id}}}]",
                "AS383 'call' is a name of the bot's own; capture it under another name"
            ),
            ("states: {}", "AS384 'states' is empty; write `states: {start: [{heard: any, say: …}]}`"),
            (
                "{turns: [], states: {start: []}}",
                "AS384 a bot has both 'turns' and 'states'; keep one of them"
            ),
            (
                "turns: [{heard: {alike: 50%}}]",
                "AS384 'heard' needs one of `like`, `marker`, `dtmf`, `silence`, `text` or `tool`"
            ),
            (
                "turns: [{heard: {marker: x}}]",
                "AS385 expected digits of a telephone (0–9, A–D, *, #), at most 16, found 'x'; write them in quotes: \"1\""
            ),
            (
                "mode: {dies-on-dtmf: {digit: \"12\"}}",
                "AS385 expected one digit, found '12'; write `digit: \"1\"`"
            ),
            (
                "mode: {gappy: {}, deaf: {}}",
                "AS386 a mode has both 'gappy' and 'deaf'; keep one of them"
            ),
            (
                "mode: {gappy: {after: 1s}}",
                "AS010 'after' is not known in a mode 'gappy'; known here: every, for"
            ),
            ("turns: [{say: {marker: \"1\"}}]", "AS011 a turn needs 'heard'; add `heard: …`"),
            (
                "{turns: [], greting: {marker: \"1\"}}",
                "AS010 'greting' is not known in a bot; did you mean 'greeting'?"
            ),
        ])
    func wrong(text: String, message: String) { #expect(Self.errors(text) == [message]) }

    @Test("a file that is no sound says why, at its byte")
    func noSound() throws {
        let folder = "/tmp/assay-bot-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(Array("not a sound at all".utf8), to: folder + "/x.wav")
        let bag = DiagnosticBag()
        let yaml = try #require(
            YAMLReading(parsing: Array("greeting: x.wav".utf8), file: folder + "/bot.yml", bag: bag))
        _ = BotReader(yaml).script(yaml.root)
        #expect(bag.all.map(\.code) == ["AS380"])
        #expect(bag.all.first?.message.hasPrefix("'x.wav' is no sound that can be said: ") == true)
        #expect(bag.all.first?.fix?.isEmpty == false)
    }

    @Test("a stand's double names a file, whose sounds are beside it, or holds the script")
    func asDouble() throws {
        VoiceDoubles.connect()
        let folder = "/tmp/assay-bot-file-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let tone = Sound.tone(hertz: 440, for: .milliseconds(100), dBFS: -16, rate: 8000)
        try Files.write(tone.wav(), to: folder + "/hello.wav")
        try Files.write(
            Array("assay: 1\ndouble: tyres\nbot:\n  greeting: hello.wav\n".utf8), to: folder + "/tyres.yml")
        func specs(_ text: String) -> ([DoubleSpec], [String]) {
            let bag = DiagnosticBag()
            guard let yaml = YAMLReading(parsing: Array(text.utf8), file: folder + "/assay.yml", bag: bag)
            else { return ([], []) }
            return (DoubleReader(yaml).read(yaml.root), bag.all.map { "\($0.code) \($0.message)" })
        }
        let (found, problems) = specs("a: {bot: tyres.yml}\nb: {bot: {greeting: hello.wav}}\nc: {bot: {}}\n")
        #expect(problems == [])
        #expect(
            found.map { ($0.kind as? BotDoubleKind)?.script.greeting?.say.map(\.name) } == [
                ["hello.wav"], ["hello.wav"], ["marker 1"],
            ])
        #expect(found[0].memberNames == ["url", "host", "port", "audiosocket"])
        #expect(
            specs("a: {bot: other.yml}").1.first?.hasPrefix("AS130 the double's file cannot be read: open ")
                == true)
        let bag = DiagnosticBag()
        let kind = DoubleReader.kind(ofFile: folder + "/tyres.yml", bag: bag) { Issue.record("\($0)") }
        #expect(kind is BotDoubleKind && bag.all.isEmpty)
        let preset = DoubleReader.preset("bot", options: ["mode: gappy"], bag: bag) as? BotDoubleKind
        #expect(preset?.script.mode.kind == .gappy)
    }

    @Test("a started double has an address, switches and a journal, and a log that cannot be written is told")
    func started() throws {
        let reactor = try Reactor()
        let seen = try #require(reactor.run { await Self.start(on: reactor) })
        #expect(seen.url.hasPrefix("audiosocket://127.0.0.1:"))
        #expect(seen.detail == "voice bot, 1 turn, 8 kHz linear16 as type 10")
        #expect(seen.switched == nil)
        #expect(
            seen.refused
                == "switch 'mode' takes one of paced, burst, gappy, deaf, early, silent, wrong-rate, no-close, dies-on-dtmf, found \"loud\""
        )
        #expect(
            seen.faults == "a bot goes wrong by its switch `mode`; faults are for doubles that speak HTTP")
        #expect(
            seen.log
                == "AS388 the log of bot 'agent' cannot be written: open /nowhere/log: ENOENT (No such file or directory)"
        )
        #expect(
            seen.journal.first?.hasPrefix("CALL /calls/00010203-0405-0607-0809-0a0b0c0d0e0f 200 ") == true)
    }

    private struct Started: Sendable {
        var url: String
        var detail: String
        var switched: String?
        var refused: String?
        var faults: String?
        var log: String
        var journal: [String]
    }

    private static func start(on reactor: Reactor) async -> Started? {
        let place = SourceLocation(file: "assay.yml", line: 1, column: 1)
        let environment = TemplateEnvironment(
            nowMilliseconds: { WallClock.milliseconds }, sha256: { Crypto.sha256($0) }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        guard var script = try? BotScript(parsing: "{}") else { return nil }
        func start() throws(Diagnostic) -> any StartedDouble {
            try DoubleSpec(name: "agent", location: place, kind: BotDoubleKind(script: script)).start(
                on: reactor, environment: environment, names: [:], seed: 1)
        }
        guard let double = try? start(), let bot = (double as? StartedBot)?.bot else { return nil }
        defer { double.stop() }
        let switched = await double.change(.switches(["mode": "burst", "gap-for": "1s"]))
        let refused = await double.change(.switches(["mode": "loud"]))
        let faults = await double.change(.faults([]))
        guard let caller = await Caller.call(bot, on: reactor) else { return nil }
        _ = await eventually(on: reactor) { caller.audio.count > 5 }
        caller.link?.hangUp(.fin)
        _ = await eventually(on: reactor) { bot.callCount == 0 }
        script.log = "/nowhere/log"
        var log = "none"
        do throws(Diagnostic) { _ = try start() } catch { log = "\(error.code) \(error.message)" }
        let journal = double.journal?.entries.map {
            "\($0.request.method) \($0.request.target) \($0.status) \(String(decoding: $0.request.body, as: UTF8.self))"
        }
        return Started(
            url: double.url, detail: double.detail, switched: switched, refused: refused, faults: faults,
            log: log,
            journal: journal ?? [])
    }
}
