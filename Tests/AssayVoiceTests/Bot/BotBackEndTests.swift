import AssayAudio
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayVoice

@Suite("A bot and its back ends", .serialized)
struct BotBackEndTests {
    private struct Seen: Sendable {
        var markers: String
        var end: String
        var requests: [String]
        var events: [BotEvent]
        var spokeUntil: Int64
        var answeredAt: Int64

        func calls(_ key: String) -> [JSON?] { events.filter { $0.kind == .call }.map { $0.facts[key] } }
        var breaker: [String] {
            events.filter { $0.kind == .breaker }.compactMap { $0.facts["state"]?.stringValue }
        }
    }

    /// Runs a call in which the caller speaks once for each answer that is waited for.
    private static func call(
        _ yaml: @escaping @Sendable (_ url: String) -> String, _ answers: [BackEnd.Answer], times: Int = 1,
        toEnd: Bool = false, between: @escaping @Sendable (VoiceBot, Int) -> Void = { _, _ in }
    ) throws -> Seen {
        let reactor = try Reactor()
        let seen = reactor.run { () -> Seen? in
            guard let end = try? BackEnd(answers, on: reactor),
                let script = try? BotScript(parsing: yaml(end.url)),
                let bot = try? VoiceBot(script, on: reactor), let caller = await Caller.call(bot, on: reactor)
            else { return nil }
            defer {
                bot.stop()
                end.stop()
            }
            for round in 1...times {
                caller.speak(for: .milliseconds(300))
                _ = await eventually(on: reactor) {
                    bot.events.count { $0.kind == .said } >= round || caller.end != nil
                }
                between(bot, round)
            }
            _ = await eventually(within: .seconds(1), on: reactor) {
                toEnd ? caller.end != nil && bot.callCount == 0 : caller.markers.count >= times
            }
            return Seen(
                markers: caller.markers, end: caller.end?.name ?? "open",
                requests: end.requests.map {
                    "\($0.method) \($0.target) \(String(decoding: $0.body, as: UTF8.self))"
                },
                events: bot.events, spokeUntil: caller.spokeUntil, answeredAt: caller.voiced.first?.at ?? 0)
        }
        return try #require(seen)
    }

    @Test("a tool is called with what is known, before the answer, and its answer is captured")
    func tool() throws {
        let seen = try Self.call(
            {
                """
                end-of-speech: 200ms
                states:
                  start:
                    - heard: any
                      call: {post: "\($0)/search", json: {size: 205/55 R16, call: "${call.uuid}"}, capture: {id: "$.items[0].id"}}
                      say: {marker: "1"}
                      then: order
                  order:
                    - {heard: any, call: {get: "\($0)/items/${id}"}, say: {marker: "2"}}
                """
            }, [.json(["items": [["id": 7]]])], times: 2)
        #expect(seen.markers == "12")
        #expect(
            seen.requests == [
                #"POST /search {"size":"205/55 R16","call":"00010203-0405-0607-0809-0a0b0c0d0e0f"}"#,
                "GET /items/7 ",
            ])
        #expect(seen.calls("status") == [200, 200])
    }

    @Test("a transfer is a tool call, the words, and a hang-up by message")
    func transfer() throws {
        let seen = try Self.call(
            {
                """
                end-of-speech: 200ms
                transfer: {post: "\($0)/transfer", json: {to: operator}}
                turns: [{heard: any, say: {marker: "4"}, then: transfer}]
                """
            }, [.json([:])], toEnd: true)
        #expect(seen.markers == "4")
        #expect(seen.end == "hangup")
        #expect(seen.requests == [#"POST /transfer {"to":"operator"}"#])
        #expect(seen.events.map(\.kind).suffix(3) == [.transfer, .hangUp, .ended])
    }

    @Test(
        "a back end that fails or is too slow has words of its own",
        arguments: [
            (BackEnd.Answer.json([:], status: 500), "status 500"), (.silence, "timeout"),
            (.json(["other": 1]), "the answer has nothing at $.id for 'id'"),
        ])
    private func failing(answer: BackEnd.Answer, failure: String) throws {
        let seen = try Self.call(
            {
                """
                end-of-speech: 200ms
                turns:
                  - heard: any
                    call: {get: "\($0)/", timeout: 300ms, capture: {id: $.id}}
                    say: {marker: "1"}
                    failed: {marker: "9"}
                """
            }, [answer])
        #expect(seen.markers == "9")
        #expect(seen.calls("failure").compactMap(\.self) == [.string(failure)])
        if failure == "timeout" { #expect(seen.answeredAt - seen.spokeUntil >= 480_000_000) }
    }

    @Test(
        "the circuit breaker opens after failures, asks nobody while it is open, and tries again after its time"
    )
    func breaker() throws {
        let seen = try Self.call(
            {
                """
                end-of-speech: 200ms
                failed: {marker: "8"}
                circuit-breaker: {failures: 2, open-for: 10m, say: {marker: "9"}}
                turns: [{heard: any, call: {get: "\($0)/"}, say: {marker: "1"}}]
                """
            }, [.json([:], status: 503), .json([:], status: 503), .json([:])], times: 5
        ) { bot, round in
            if round == 3 { bot.travel(.seconds(601)) }
        }
        #expect(seen.markers == "88911")
        #expect(seen.requests.count == 4)
        #expect(seen.breaker == ["open", "half-open", "closed"])
    }

    @Test("a digit goes on while words are being understood, and what they meant comes too late")
    func overtaken() throws {
        let reactor = try Reactor()
        let seen = reactor.run { () -> (markers: String, turns: [String])? in
            guard let end = try? BackEnd([.slow(["text": "one"], .milliseconds(600))], on: reactor),
                let script = try? BotScript(
                    parsing: """
                        end-of-speech: 200ms
                        stt: "\(end.url)"
                        turns:
                          - {heard: {dtmf: "5"}, say: {marker: "5"}}
                          - {heard: {text: one}, say: {marker: "1"}}
                        """),
                let bot = try? VoiceBot(script, on: reactor), let caller = await Caller.call(bot, on: reactor)
            else { return nil }
            defer {
                bot.stop()
                end.stop()
            }
            caller.speak(for: .milliseconds(300))
            _ = await eventually(on: reactor) { bot.events.contains { $0.kind == .heard } }
            caller.press("5")
            _ = await eventually(on: reactor) { bot.events.contains { $0.kind == .call } }
            await reactor.sleep(for: .milliseconds(200))
            return (
                caller.markers,
                bot.events.filter { $0.kind == .turn }.compactMap { $0.facts["heard"]?.stringValue }
            )
        }
        let call = try #require(seen)
        #expect(call.markers == "5")
        #expect(call.turns == ["dtmf 5"])
    }

    @Test("speech, a model with tools and a voice are back ends over HTTP")
    func pipeline() throws {
        let reactor = try Reactor()
        let seen = reactor.run { await Self.pipeline(on: reactor) }
        let call = try #require(seen)
        #expect(call.texts == ["шукаю шини", "покличте оператора"])
        #expect(call.tools == ["transfer_to_operator"])
        #expect(call.names == ["stt", "llm", "tts", "stt", "llm", "tts", "transfer"].sorted())
        #expect(call.end == "hangup")
        #expect(call.transfer == ["POST /transfer"])
        #expect(call.seconds > 0.5)
    }

    private struct Pipeline: Sendable {
        var texts: [String]
        var tools: [String]
        var names: [String]
        var end: String
        var transfer: [String]
        var seconds: Double
    }

    private static func phrase(_ text: String) -> SpokenPhrase {
        let sound = SpokenPattern.sound(of: text, voice: "caller", seed: 1, rate: 8000)
        return SpokenPhrase(name: text, text: text, file: sound.wav(), sound: sound)
    }

    private static func pipeline(on reactor: Reactor) async -> Pipeline? {
        let place = SourceLocation(file: "assay.yml", line: 1, column: 1)
        let environment = TemplateEnvironment(
            nowMilliseconds: { WallClock.milliseconds }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var options = SpeechOptions()
        let phrases = [phrase("шукаю шини"), phrase("покличте оператора")]
        options.phrases = phrases
        let bag = DiagnosticBag()
        let answers = """
            ai:
              preset: openai
              tools: ignore
              answers:
                - {when: {contains: оператора, tool: transfer_to_operator}, tool: transfer_to_operator}
                - {when: {contains: шини}, say: Є три пропозиції}
            """
        guard let yaml = YAMLReading(parsing: Array(answers.utf8), file: "a.yml", bag: bag),
            let ai = DoubleReader(yaml).read(yaml.root).first,
            let llm = try? ai.start(on: reactor, environment: environment, names: [:], seed: 1),
            let speech = try? DoubleSpec(name: "speech", location: place, options: options).start(
                on: reactor, environment: environment, names: [:], seed: 1),
            let crm = try? BackEnd([.json([:])], on: reactor),
            let script = try? BotScript(
                parsing: """
                    end-of-speech: 300ms
                    stt: "\(speech.url)"
                    tts: "\(speech.url)"
                    llm: {url: "\(llm.url)", system: You sell tyres.}
                    transfer: {post: "\(crm.url)/transfer"}
                    turns:
                      - {heard: {tool: transfer_to_operator}, say: {text: Переводжу}, then: transfer}
                    """),
            let bot = try? VoiceBot(script, on: reactor), let caller = await Caller.call(bot, on: reactor)
        else { return nil }
        for (round, phrase) in phrases.enumerated() {
            caller.say(phrase.sound)
            _ = await eventually(on: reactor) {
                bot.events.count { $0.kind == .said } > round || caller.end != nil
            }
        }
        _ = await eventually(on: reactor) { caller.end != nil }
        defer {
            bot.stop()
            llm.stop()
            speech.stop()
            crm.stop()
        }
        let turns = bot.events.filter { $0.kind == .turn }
        return Pipeline(
            texts: turns.compactMap {
                $0.facts["text"]?.stringValue == "Є три пропозиції"
                    ? "шукаю шини" : $0.facts["text"]?.stringValue
            },
            tools: turns.compactMap { $0.facts["tool"]?.stringValue },
            names: bot.events.filter { $0.kind == .call }.compactMap { $0.facts["name"]?.stringValue }
                .sorted(),
            end: caller.end?.name ?? "open", transfer: crm.requests.map { "\($0.method) \($0.target)" },
            seconds: Double(caller.voiced.count) * 0.02)
    }
}
