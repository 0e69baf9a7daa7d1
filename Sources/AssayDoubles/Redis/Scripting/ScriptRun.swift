internal import AssayNet

/// One run of a script or function.
final class ScriptRun {
    /// What a script says about itself in its first line, or a function when it is registered.
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let noWrites = Flags(rawValue: 1 << 0)
        static let allowOOM = Flags(rawValue: 1 << 1)
        static let allowStale = Flags(rawValue: 1 << 2)
        static let noCluster = Flags(rawValue: 1 << 3)
        static let allowCrossSlotKeys = Flags(rawValue: 1 << 4)
        /// It says nothing; what it may do shows when it does it.
        static let undeclared = Flags(rawValue: 1 << 5)

        static let names: [(Flags, StaticString)] = [
            (.noWrites, "no-writes"), (.allowOOM, "allow-oom"), (.allowStale, "allow-stale"),
            (.noCluster, "no-cluster"), (.allowCrossSlotKeys, "allow-cross-slot-keys"),
        ]
    }

    /// Who sent EVAL or FCALL.
    let caller: RedisClient
    /// Who its commands run as.
    let client: RedisClient
    /// The script's digest or the function's name, as messages and FUNCTION STATS tell it.
    let name: String
    /// Of EVAL, not of FCALL.
    let isEval: Bool
    let isReadOnly: Bool
    /// Whether commands that take memory are refused: it was short when the script began.
    let isOutOfMemory: Bool
    /// The words of EVAL or FCALL.
    let words: [[UInt8]]
    /// CLOCK_MONOTONIC nanoseconds.
    let startedAt: Int64
    /// It has written, so that it cannot be ended half way.
    var hasWritten = false
    /// It has run for longer than others should wait; their commands are answered with BUSY.
    var isSlow = false
    var isKilled = false

    init(
        _ caller: RedisClient, as client: RedisClient, name: String, isEval: Bool, isReadOnly: Bool,
        isOutOfMemory: Bool
    ) {
        self.caller = caller
        self.client = client
        self.name = name
        self.isEval = isEval
        self.isReadOnly = isReadOnly
        self.isOutOfMemory = isOutOfMemory
        words = caller.call.arguments.map { Array($0) }
        startedAt = Reactor.monotonicNow()
    }

    var milliseconds: Int64 { (Reactor.monotonicNow() - startedAt) / 1_000_000 }
}

extension ScriptRun.Flags {
    /// - Returns: `nil` for a name that is none.
    init?(name: ByteSlice, ignoringCase: Bool) {
        let found = Self.names.first { _, known in
            ignoringCase ? name.isWord(known) : name.isExactly(known)
        }
        guard let found else { return nil }
        self = found.0
    }
}

extension ByteSlice {
    func isExactly(_ word: StaticString) -> Bool { isWord(word) && !contains { $0 &- 0x41 < 26 } }
}
