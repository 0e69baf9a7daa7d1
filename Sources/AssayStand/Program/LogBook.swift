internal import AssayNet
internal import Synchronization

/// What a service has written, line by line: the latest in memory, all of it in a file.
public final class LogBook: Sendable {
    private struct State {
        var lines: [String] = []
        var first = 0
        var bytes = 0
        var partial: [Int: [UInt8]] = [:]
    }
    private let state = Mutex(State())
    private let file: AppendingFile?
    private let mask: @Sendable (String) -> String
    /// Is given every line too.
    private let all: LogBook?
    /// Kept in memory; older lines are in the file only.
    public static let capacityBytes = 4 << 20
    /// Longer lines are cut.
    public static let lineLimitBytes = 16 << 10

    /// - Parameters:
    ///   - path: of the file; `nil` for none.
    ///   - mask: hides secrets on the way to the file.
    ///   - all: the book of all copies of a service; it is given every line too.
    public init(path: String?, mask: @escaping @Sendable (String) -> String, all: LogBook? = nil) {
        self.all = all
        file = path.flatMap { try? AppendingFile($0) }
        self.mask = mask
    }

    /// How many lines there were so far, those no longer kept included: the mark to search from later.
    public var position: Int { state.withLock { $0.first + $0.lines.count } }

    /// Lines from a position on, as far as they are still kept, with the next position.
    public func lines(from position: Int) -> (lines: [String], next: Int) {
        state.withLock { state in
            let skipped = min(max(0, position - state.first), state.lines.count)
            return (Array(state.lines[skipped...]), state.first + state.lines.count)
        }
    }

    public func last(_ count: Int) -> [String] { state.withLock { Array($0.lines.suffix(count)) } }

    /// Adds bytes of one of the service's two streams, which are cut into lines apart from each other.
    public func add(_ bytes: [UInt8], stream: Int) {
        let fresh = state.withLock { state in
            var partial = state.partial[stream] ?? []
            var fresh: [String] = []
            for byte in bytes {
                if byte == 10 {
                    fresh.append(Self.text(partial))
                    partial.removeAll(keepingCapacity: true)
                } else if partial.count <= Self.lineLimitBytes {
                    partial.append(byte)
                }
            }
            state.partial[stream] = partial
            Self.keep(fresh, &state)
            return fresh
        }
        write(fresh)
        all?.take(fresh)
    }

    private func take(_ lines: [String]) { state.withLock { Self.keep(lines, &$0) } }

    /// Ends a last line that has no line break.
    public func finish(stream: Int) {
        let rest = state.withLock { state -> [String] in
            guard let partial = state.partial.removeValue(forKey: stream), !partial.isEmpty else { return [] }
            let line = Self.text(partial)
            Self.keep([line], &state)
            return [line]
        }
        write(rest)
        all?.take(rest)
    }

    private func write(_ lines: [String]) {
        guard let file, !lines.isEmpty else { return }
        try? file.append(Array(lines.map { mask($0) + "\n" }.joined().utf8))
    }

    private static func keep(_ fresh: [String], _ state: inout State) {
        for line in fresh { state.bytes += line.utf8.count + 32 }
        state.lines += fresh
        var dropped = 0
        while state.bytes > capacityBytes, dropped < state.lines.count {
            state.bytes -= state.lines[dropped].utf8.count + 32
            dropped += 1
        }
        state.lines.removeFirst(dropped)
        state.first += dropped
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let isCut = bytes.count > lineLimitBytes
        var line = bytes.prefix(lineLimitBytes)
        if line.last == 13 { line.removeLast() }
        return String(decoding: line, as: UTF8.self) + (isCut ? "…" : "")
    }
}
