import AssayAudio
import AssayNet

/// The phrases of the voice bot's example, which the tests hear.
struct Phrase: Sendable, CustomStringConvertible {
    var name: String
    var recording: Recording
    var description: String { name }

    static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/Examples/voicebot/audio/"

    static let names = ((try? Files.names(in: folder)) ?? []).filter { $0.hasSuffix(".wav") }.sorted()

    static let all: [Phrase] = names.compactMap { name in
        guard let wav = try? Files.read(folder + name),
            let bounds = try? Files.read(folder + SpeechBounds.fileName(for: name)),
            let recording = try? Recording(wav: wav, bounds: bounds)
        else { return nil }
        return Phrase(name: String(name.dropLast(4)), recording: recording)
    }

    static func named(_ name: String) -> Sound? { all.first { $0.name == name }?.recording.sound }
}
