internal import AssayDoubles
internal import AssayVoice

/// Everything that modules above the doubles bring to them.
enum KnownDoubles {
    /// Lets every file that is read from now on name all of it; once more does no harm.
    static func connect() {
        DoubleSchemas.connect()
        OpenAPIDoubles.connect()
        PactDoubles.connect()
        VoiceDoubles.connect()
    }
}
