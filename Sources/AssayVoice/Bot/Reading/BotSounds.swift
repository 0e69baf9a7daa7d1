internal import AssayAudio
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// The sound files of one script, each read once.
final class BotSounds {
    private let folder: String
    private var known: [String: Sound] = [:]
    private static let limitBytes = 64 << 20

    /// - Parameter folder: of the script, with its slash.
    init(folder: String) { self.folder = folder }

    func path(_ name: String) -> String { name.hasPrefix("/") ? name : folder + name }

    /// The sound of a file; `nil` when it cannot be used, which is recorded.
    func read(_ name: String, at node: YAMLNode, _ yaml: YAMLReading) -> Sound? {
        if let sound = known[name] { return sound }
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path(name), limitBytes: Self.limitBytes)
        } catch {
            yaml.error(
                "AS123", "the sound cannot be read: \(error)", at: node,
                fix: "name a WAV file, from the folder of this file")
            return nil
        }
        do {
            let sound = try Sound(wav: bytes)
            known[name] = sound
            return sound
        } catch {
            yaml.error(
                "AS380", "'\(name)' is no sound that can be said: \(error.message)", at: node, fix: error.fix)
            return nil
        }
    }
}
