import AssayAudio
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import Testing

@testable import AssayVoice

@Suite("Reading the phrases of a speech double")
struct PhraseReadingTests {
    private static func read(
        _ options: String, _ files: [(String, [UInt8])]
    ) throws -> (options: SpeechOptions?, problems: [String]) {
        VoiceDoubles.connect()
        let folder = "/tmp/assay-phrases-\(Host.processID)-\(Reactor.monotonicNow())"
        try Files.makeFolder(folder + "/audio")
        defer { try? Files.remove(folder) }
        for (name, bytes) in files { try Files.write(bytes, to: folder + "/" + name) }
        let bag = DiagnosticBag()
        let text = "speech: {preset: speech, \(options)}"
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: folder + "/assay.yml", bag: bag))
        let kind = DoubleReader(yaml).read(yaml.root).first?.kind as? HTTPDoubleKind
        return (
            kind?.options as? SpeechOptions, bag.all.map { "\($0.code) \($0.message)" }
        )
    }

    private static let wav = Sound.tone(hertz: 440, for: .milliseconds(200), dBFS: -20, rate: 8000).wav()
    private static func bounds(_ text: String) -> [UInt8] {
        Array("{\"start-ms\": 0, \"end-ms\": 200, \"transcript\": \"\(text)\"}".utf8)
    }

    @Test(
        "a folder, an index as object or list, or a mapping in place",
        arguments: [
            "phrases: audio/", "phrases: audio", "phrases: audio/a.json", "phrases: audio/b.json",
            "phrases: audio/c.json",
            "phrases: {audio/hello.wav: Hello, audio/bye.wav: Bye}",
        ])
    func forms(options: String) throws {
        let files: [(String, [UInt8])] = [
            ("audio/hello.wav", Self.wav), ("audio/hello.json", Self.bounds("Hello")),
            ("audio/bye.wav", Self.wav),
            ("audio/bye.json", Self.bounds("Bye")), ("audio/noise.wav", Self.wav),
            ("audio/a.json", Array(#"{"hello.wav": "Hello", "bye.wav": "Bye"}"#.utf8)),
            (
                "audio/c.json",
                Array(
                    #"{"made-with": "x", "phrases": [{"file": "hello.wav", "transcript": "Hello"}, {"file": "bye.wav", "text": "Bye"}]}"#
                        .utf8)
            ),
            (
                "audio/b.json",
                Array(#"[{"file": "hello.wav", "text": "Hello"}, {"file": "bye.wav", "text": "Bye"}]"#.utf8)
            ),
        ]
        let read = try Self.read(options, files)
        #expect(read.problems == [])
        #expect(read.options?.phrases.map(\.text).sorted() == ["Bye", "Hello"])
        #expect(read.options?.phrases.map(\.name).sorted() == ["audio/bye.wav", "audio/hello.wav"])
    }

    @Test("all other options")
    func options() throws {
        let read = try Self.read(
            "alike: 80%, unknown: what?, rate: 16000, transcribing: 200ms, speaking: {uniform: {from: 1s, to: 2s}}, switches: {slow: 1s}, plan: [{every: 2, garbage-text: true}]",
            [])
        #expect(read.problems == [])
        #expect(
            read.options?.alike == 0.8 && read.options?.unknown == "what?" && read.options?.rate == 16_000)
    }

    @Test(
        "what is wrong is said",
        arguments: [
            ("phrases: none/", "AS123 the folder of phrases cannot be read: open"),
            ("phrases: audio/", "AS396 there is no WAV file with a transcript in 'audio/'"),
            ("phrases: audio/none.json", "AS123 the index of phrases cannot be read: open"),
            ("phrases: audio/list.json", "AS395 'audio/list.json' is no index of phrases"),
            ("phrases: {audio/none.wav: Hello}", "AS123 the phrase's sound cannot be read: open"),
            ("phrases: {audio/list.json: Hello}", "AS380 'audio/list.json' is no sound that can be said: "),
            ("phrase: audio/", "AS010 'phrase' is not known in a speech double"),
        ])
    func wrong(options: String, message: String) throws {
        let problems = try Self.read(options, [("audio/list.json", Array("[1]".utf8))]).problems
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(message) == true, "\(problems)")
    }

    @Test("a file that should say what is spoken and does not is told")
    func badBounds() throws {
        let files: [(String, [UInt8])] = [("audio/a.wav", Self.wav), ("audio/a.json", Array("{}".utf8))]
        let problems = try Self.read("phrases: audio/", files).problems
        #expect(problems == ["AS395 'audio/a.json' does not say what is spoken: 'start-ms' is missing"])
    }
}
