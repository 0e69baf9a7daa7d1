internal import AssayAudio
public import AssayCore
public import AssayDoubles
public import AssayFormats
public import AssayNet

/// Options of the preset `speech`: speech to text and text to speech, in the form of OpenAI's audio API.
public struct SpeechOptions: Sendable {
    /// What counts as a key; any does when absent.
    public var key: Template?
    public var phrases: [SpokenPhrase] = []
    /// How alike a sound must be to a phrase, 0…1.
    public var alike = SpokenPhrase.defaultLikeness
    /// The text of sounds that are like no phrase.
    public var unknown = ""
    /// Of sounds that are made up, samples a second.
    public var rate = 24_000
    /// How long an answer takes.
    public var transcribing = DelayDistribution.fixed(.zero)
    public var speaking = DelayDistribution.fixed(.zero)
    public var switches = SwitchOptions()

    public init() {}
}

/// Something said, recorded and written down.
public struct SpokenPhrase: Sendable {
    /// Of its file.
    public var name: String
    public var text: String
    /// The WAV file.
    public var file: [UInt8]
    let sound: Sound

    /// From here on a sound counts as a phrase.
    public static let defaultLikeness = SoundMatcher.threshold

    init(name: String, text: String, file: [UInt8], sound: Sound) {
        self.name = name
        self.text = text
        self.file = file
        self.sound = sound
    }
}

extension SpeechOptions: Preset {
    public static let name = "speech"
    public static let summary = "speech to text and text to speech, in the form of OpenAI's audio API"
    public var memberNames: [String] { SpeechDouble.members }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let key = try start.key(key)
        return SpeechDouble(self, key: key, start)
    }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> SpeechOptions? {
        yaml.mapping(node, "speech double") { fields in
            fields.allow("preset")
            var options = SpeechOptions()
            options.key = fields.optional("key", yaml.template)
            if let node = fields.value("phrases") {
                options.phrases = PhraseReading(yaml: yaml).read(node, readFile)
            }
            if let share = fields.optional("alike", yaml.percent) { options.alike = min(1, share) }
            options.unknown = fields.optional("unknown", yaml.text) ?? options.unknown
            options.rate = fields.optional("rate") { yaml.int($0, in: 8000...48_000) } ?? options.rate
            options.transcribing = fields.optional("transcribing", yaml.delay) ?? options.transcribing
            options.speaking = fields.optional("speaking", yaml.delay) ?? options.speaking
            options.switches = SwitchOptions(reading: &fields, yaml, of: SpeechDouble.switches)
            return options
        }
    }
}
