internal import AssayDoubles

/// The doubles of this module.
public enum VoiceDoubles {
    /// Lets every file that is read from now on name them; once more does no harm.
    public static func connect() {
        AddedDouble.connect(
            AddedDouble(form: "bot", summary: "a voice bot that answers AudioSocket calls") {
                BotReader.kind($0, $1)
            })
        DoubleReader.connect(SpeechOptions.self)
    }
}
