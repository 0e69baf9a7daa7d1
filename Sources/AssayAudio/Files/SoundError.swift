/// Why bytes are no sound that can be used: where, what stands there, and what to do.
public struct SoundError: Error, Sendable, Equatable {
    /// Bytes before the place; `nil` when it is not about one place.
    public var offset: Int?
    /// What was expected and what was found, without a full stop.
    public var message: String
    /// What to do about it.
    public var fix: String

    public init(at offset: Int?, _ message: String, fix: String) {
        self.offset = offset
        self.message = message
        self.fix = fix
    }
}

extension SoundError: CustomStringConvertible {
    /// `byte 20: the samples are MP3 (format 0x0055), which is not read; fix: convert the file: …`.
    public var description: String {
        (offset.map { "byte \($0): " } ?? "") + message + "; fix: " + fix
    }
}
