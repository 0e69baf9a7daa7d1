import AssayVoice
import Testing

struct VoiceDoublesTests {
    @Test("doubles of this module may be connected more than once")
    func connecting() {
        VoiceDoubles.connect()
        VoiceDoubles.connect()
    }
}
