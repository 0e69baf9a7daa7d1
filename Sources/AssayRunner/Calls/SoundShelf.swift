internal import AssayAudio
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// The sounds of a run: each file is read once and made ready once for each way of sending audio.
public final class SoundShelf: Sendable {
    /// Reads a file; replaced in tests.
    typealias Reading = @Sendable (_ path: String) -> Result<[UInt8], StepError>

    private struct Key: Hashable {
        var path: String
        var format: AudioSocketFormat
    }

    private struct State {
        var files: [String: Result<Recorded, StepError>] = [:]
        var spoken: [Key: SpokenSound] = [:]
        var matchers: [Key: SoundMatcher] = [:]
    }

    /// A file and the bounds of speech beside it.
    private struct Recorded: Sendable {
        var sound: Sound
        var bounds: SpeechBounds?
    }

    private let state = Mutex(State())
    private let read: Reading

    public convenience init() {
        self.init { path in
            do {
                return .success(try Files.read(path))
            } catch {
                return .failure(StepError("\(error)"))
            }
        }
    }

    init(reading: @escaping Reading) { read = reading }

    /// A sound as it is said on calls of a format.
    ///
    /// - Parameter path: as scenario files' own paths are written.
    func spoken(_ path: String, _ format: AudioSocketFormat) throws(StepError) -> SpokenSound {
        let key = Key(path: path, format: format)
        if let known = state.withLock({ $0.spoken[key] }) { return known }
        let recorded = try recorded(path)
        let name = String(path.split(separator: "/").last ?? "")
        let made = SpokenSound(recorded.sound, bounds: recorded.bounds, name: name, format: format)
        state.withLock { $0.spoken[key] = made }
        return made
    }

    /// What tells how alike something heard on calls of a format is to a sound.
    func matcher(_ path: String, _ format: AudioSocketFormat) throws(StepError) -> SoundMatcher {
        let key = Key(path: path, format: format)
        if let known = state.withLock({ $0.matchers[key] }) { return known }
        let recorded = try recorded(path)
        let made = SoundMatcher(reference: recorded.sound.resampled(to: format.rate))
        state.withLock { $0.matchers[key] = made }
        return made
    }

    /// How long a sound is.
    func nanoseconds(_ path: String) throws(StepError) -> Int64 { try recorded(path).sound.nanoseconds }

    private func recorded(_ path: String) throws(StepError) -> Recorded {
        if let known = state.withLock({ $0.files[path] }) { return try known.get() }
        let result = load(path)
        state.withLock { $0.files[path] = result }
        return try result.get()
    }

    private func load(_ path: String) -> Result<Recorded, StepError> {
        read(path).flatMap { bytes in
            do throws(SoundError) {
                let sound = try Sound(wav: bytes)
                var bounds: SpeechBounds?
                if case .success(let text) = read(SpeechBounds.fileName(for: path)) {
                    bounds = try SpeechBounds(parsing: text, for: sound)
                }
                return .success(Recorded(sound: sound, bounds: bounds))
            } catch {
                return .failure(StepError("the sound '\(path)' cannot be said: \(error)"))
            }
        }
    }
}
