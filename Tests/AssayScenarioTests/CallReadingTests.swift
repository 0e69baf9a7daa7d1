import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Reading call steps")
struct CallReadingTests {
    /// The calls of a scenario's steps, in order.
    static func calls(_ steps: String) throws -> [(step: Step, action: CallAction)] {
        try ReadingTests.read("assay: 1\nscenario: s\nsteps:\n" + steps).steps.compactMap { step in
            if case .call(let action) = step.action { (step, action) } else { nil }
        }
    }

    static let begun = "  - call: {to: \"${auth.url}\", as: c1}\n"

    /// The one wish behind a step that begins the call.
    static func wish(_ keys: String) throws -> CallAction.Wish {
        try #require(try calls(begun + "  - call: {on: c1, \(keys)}\n").last).action.wish
    }

    @Test("The steps of a conversation read, each with a name that tells what it does") func conversation()
        throws
    {
        let found = try Self.calls(
            """
              - call: {to: "${auth.url}", preset: asterisk-chan16, as: c1}
              - call: {on: c1, expect-greeting: {within: 2s}}
              - call: {on: c1, say: hello.wav}
              - call: {on: c1, expect-response: {within: 3s, like: hello.wav}}
              - call: {on: c1, barge-in: {after: 500ms, say: hello.wav}, expect-stop: {within: 400ms}}
              - call: {on: c1, dtmf: "1"}
              - call: {on: c1, expect-hangup: {within: 1s}}
            """)
        #expect(
            found.map(\.step.name) == [
                "c1: to ${auth.url}", "c1: expect greeting", "c1: say hello.wav",
                "c1: expect response like hello.wav", "c1: barge in with hello.wav", "c1: press 1",
                "c1: expect hangup",
            ])
        #expect(found.allSatisfy { $0.action.call == "c1" })
    }

    @Test("A call that is given no name is named call, and `on` may be left out then") func usualName() throws
    {
        let found = try Self.calls("  - call: {to: \"127.0.0.1:9\"}\n  - call: {hangup: fin}\n")
        #expect(found.map(\.action.call) == ["call", "call"])
    }

    @Test("What a connection leaves out has its usual value") func connecting() throws {
        let action = try #require(try Self.calls("  - call: {to: \"127.0.0.1:9092\"}\n").first).action
        guard case .connect(let connect) = action.wish else {
            Issue.record("no connection")
            return
        }
        #expect(connect.preset == .asteriskApp)
        #expect(connect.fillsSilence)
        #expect(connect.isStrict)
        #expect(connect.within == .seconds(5))
        #expect(connect.turnPause == .milliseconds(600))
        #expect(connect.uuid == nil)
    }

    @Test(
        "Only servers that a current Asterisk would call are judged as it would, unless the step says otherwise",
        arguments: [
            ("preset: asterisk-app", true), ("preset: asterisk-chan16", true),
            ("preset: legacy-chan16", false),
            ("preset: ulaw-legacy", false), ("preset: ulaw-legacy, strict: true", true),
            ("preset: asterisk-app, strict: false", false),
        ])
    func strictness(keys: String, isStrict: Bool) throws {
        let action = try #require(try Self.calls("  - call: {to: \"127.0.0.1:9\", \(keys)}\n").first).action
        guard case .connect(let connect) = action.wish else {
            Issue.record("no connection")
            return
        }
        #expect(connect.isStrict == isStrict)
    }

    @Test("Rate, type and encoding are said apart from the preset") func format() throws {
        let action = try #require(
            try Self.calls(
                "  - call: {to: \"[::1]:9\", rate: 16000, type: 12, encoding: mulaw, between: none, within: 1s}\n"
            ).first
        ).action
        guard case .connect(let connect) = action.wish else {
            Issue.record("no connection")
            return
        }
        #expect(connect.rate == 16000)
        #expect(connect.type == 0x12)
        #expect(connect.encoding == .mulaw)
        #expect(!connect.fillsSilence)
        #expect(connect.within == .seconds(1))
    }

    @Test("What is said is one file or several, and waits for the other side's turn unless told not to")
    func speech() throws {
        guard case .say(let one) = try Self.wish("say: hello.wav"),
            case .say(let two) = try Self.wish("say: {file: [hello.wav, hello.wav], waits: false}"),
            case .say(let patient) = try Self.wish("say: {file: hello.wav, waits: 5s}")
        else {
            Issue.record("no speech")
            return
        }
        #expect(one.sounds.map(\.constantPlace) == ["hello.wav"])
        #expect(one.waits == .seconds(30))
        #expect(two.sounds.count == 2)
        #expect(two.waits == nil)
        #expect(patient.waits == .seconds(5))
    }

    @Test("A file is named from the scenario's folder") func places() {
        let sound = CallSound(
            path: Template(
                constant: "../audio/a.wav", at: SourceLocation(file: "t/e2e/x.yml", line: 1, column: 1)),
            scenarioFile: "t/e2e/x.yml")
        #expect(sound.constantPlace == "t/audio/a.wav")
    }

    @Test("A response may be like a file, marked by a tone, and not too early") func response() throws {
        guard
            case .response(let response) = try Self.wish(
                "expect-response: {within: 3s, like: hello.wav, likeness: 0.9, marker: 1, not-early: true}"),
            case .response(let plain) = try Self.wish("expect-response: 2s")
        else {
            Issue.record("no response")
            return
        }
        #expect(response.within == .seconds(3))
        #expect(response.like?.constantPlace == "hello.wav")
        #expect(response.likeness == 0.9)
        #expect(response.marker?.constantText == "1")
        #expect(response.notEarly)
        #expect(plain.within == .seconds(2))
        #expect(plain.like == nil)
    }

    @Test("Ends are told apart by name, 00 among them") func ends() throws {
        guard case .ended(let within, let how) = try Self.wish("expect-hangup: {within: 1s, how: 00}"),
            case .ended(_, let any) = try Self.wish("expect-hangup: 2s"),
            case .hangUp(let own, let bound) = try Self.wish("hangup: 00"),
            case .hangUp(let slow, let longer) = try Self.wish("hangup: {how: mid-frame, within: 3s}")
        else {
            Issue.record("no end")
            return
        }
        #expect(within == .seconds(1))
        #expect(how == .hangup)
        #expect(any == nil)
        #expect(own == .frame)
        #expect(bound == .seconds(1))
        #expect(slow == .midFrame)
        #expect(longer == .seconds(3))
    }

    @Test("Pauses, noise and disturbances read in their short and their long form") func disturbing() throws {
        guard case .silence(.seconds(2), frames: true) = try Self.wish("silence: 2s"),
            case .silence(.seconds(2), frames: false) = try Self.wish("silence: {for: 2s, frames: none}"),
            case .noise(.seconds(1), level: -30) = try Self.wish("noise: {for: 1s}"),
            case .quiet(.seconds(1)) = try Self.wish("expect-silence: {for: 1s}"),
            case .stallReading(.seconds(1)) = try Self.wish("stall-reading: 1s"),
            case .splitHeader(at: 1, pause: .milliseconds(5)) = try Self.wish("split-header: {pause: 5ms}"),
            case .splitHeader(at: 2, pause: .milliseconds(5)) = try Self.wish(
                "split-header: {at: 2, pause: 5ms}"),
            case .burst(let sound) = try Self.wish("play-burst: hello.wav"),
            case .digits(let keys) = try Self.wish("dtmf: {digits: \"12#\", by: tones}")
        else {
            Issue.record("one reads otherwise")
            return
        }
        #expect(sound.constantPlace == "hello.wav")
        #expect(keys.digits.constantText == "12#")
        #expect(keys.means == .tones)
    }

    @Test("What a step measured is expected and captured like any answer") func expectations() throws {
        let found = try Self.calls(
            Self.begun
                + """
                  - call: {on: c1, expect-response: {within: 3s}}
                    expect: {latency: {less: 1500ms}, likeness: {at-least: 0.9}, json: {$.early: {absent: true}}}
                    capture: {took: $.latency}
                """)
        let step = try #require(found.last).step
        #expect(
            step.expectation.checks.map(\.name) == [
                "latency is less than 1.50 s", "likeness is at least 0.9", "$.early is absent",
            ])
        #expect(step.captures.map(\.name) == ["took"])
    }

    @Test("A scenario with parameters may go on with a call that its user has begun") func usedScenario()
        throws
    {
        let used =
            "assay: 1\nscenario: u\nparams: {wait: 1}\nsteps:\n  - call: {on: c1, hangup: fin}\n"
        let text =
            "assay: 1\nscenario: s\nsteps:\n  - call: {to: \"127.0.0.1:9\", as: c1}\n  - use: used.yml\n"
        #expect(try ReadingTests.read(text, also: ["used.yml": used]).hasCalls)
    }

    @Test("A scenario goes on with a call that a scenario it uses has begun") func begunElsewhere() throws {
        let used = "assay: 1\nscenario: u\nsteps:\n  - call: {to: \"127.0.0.1:9\", as: c1}\n"
        let text = "assay: 1\nscenario: s\nsteps:\n  - use: used.yml\n  - call: {on: c1, hangup: fin}\n"
        #expect(try ReadingTests.read(text, also: ["used.yml": used]).hasCalls)
    }

    @Test("Calls count as writing to what they reach") func writes() throws {
        let scenario = try ReadingTests.read("assay: 1\nscenario: s\nsteps:\n" + Self.begun)
        #expect(scenario.writes.map(\.what) == ["calls ${auth.url}"])
    }

    @Test("A profile says how late its own frames may be") func lateness() throws {
        let files = FileReader(texts: [
            "p.yml":
                "assay: 1\nload: p\nscenarios: [s.yml]\nusers: {stages: [{for: 1s, to: 1}]}\nlateness-bound: 5ms\n",
            "s.yml": "assay: 1\nscenario: s\nsteps: [{think: 1s}]\n",
        ])
        #expect(try ScenarioReader(files: files).profile("p.yml").get().latenessBound == .milliseconds(5))
    }

    @Test(
        "Addresses are a host and a port",
        arguments: [
            ("audiosocket://127.0.0.1:9092", "127.0.0.1", 9092), ("bot:1", "bot", 1),
            ("tcp://[::1]:9092/", "::1", 9092),
        ] as [(String, String, UInt16)])
    func addresses(text: String, host: String, port: UInt16) throws {
        let found = try #require(CallAddress.parse(text))
        #expect(found.host == host)
        #expect(found.port == port)
    }
}
