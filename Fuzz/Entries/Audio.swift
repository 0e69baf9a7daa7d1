import AssayAudio

/// Any bytes as a WAV file give a sound or say what is wrong; a sound that is written reads the same.
public func fuzzWAV(_ bytes: [UInt8]) {
    do throws(SoundError) {
        let sound = try Sound(wav: bytes)
        precondition(sound.samples.count <= bytes.count, "more samples than bytes")
        precondition(sound.rate > 0, "no rate")
        let again = try Sound(wav: sound.wav())
        precondition(again == sound, "what was written does not read the same")
        for range in VoicedDetector.ranges(in: sound) {
            precondition(
                !range.isEmpty && range.upperBound <= sound.samples.count, "voiced outside the sound")
        }
    } catch {
        precondition(!error.message.isEmpty && !error.fix.isEmpty, "an error says nothing")
        if let offset = error.offset {
            precondition((0...bytes.count).contains(offset), "an error points outside")
        }
    }
}

/// Any bytes as bounds of speech give bounds or say what is wrong; bounds that are written read the same.
public func fuzzSpeechBounds(_ bytes: [UInt8]) {
    do throws(SoundError) {
        let bounds = try SpeechBounds(parsing: bytes)
        precondition(
            bounds.startNanoseconds >= 0 && bounds.startNanoseconds < bounds.endNanoseconds, "no bounds")
        let again = try SpeechBounds(parsing: Array(bounds.rendered().utf8))
        precondition(again == bounds, "what was written does not read the same")
    } catch {
        precondition(!error.message.isEmpty && !error.fix.isEmpty, "an error says nothing")
    }
}
