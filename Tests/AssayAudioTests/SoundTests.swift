import AssayAudio
import Testing

struct SoundTests {
    @Test("a sound lasts as long as its samples")
    func length() {
        #expect(Sound(samples: [Int16](repeating: 0, count: 160), rate: 8000).nanoseconds == 20_000_000)
    }
}
