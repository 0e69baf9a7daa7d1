internal import Synchronization

/// Where recordings of calls go, and how many may be kept.
///
/// One a run. Memory and files are bounded: in a load of thousands of calls only some are recorded while they run, and only
/// the first that fail are written.
public final class RecordingShelf: Sendable {
    public enum Policy: String, Sendable, CaseIterable { case failed, always, never }

    /// Folder of the files; made with the first of them.
    public let folder: String
    public let policy: Policy
    /// Recordings that are written at most.
    private let limit: Int
    /// Samples of all calls that are up, at most.
    private let sampleLimit: Int
    private let state = Mutex(State())

    private struct State {
        var names: Set<String> = []
        var written = 0
        var samples = 0
    }

    /// Of one call.
    public static let longest = Duration.seconds(300)

    /// - Parameters:
    ///   - limit: how many are written at most.
    ///   - megabytes: what recordings of calls that are up may take.
    public init(folder: String, policy: Policy = .failed, limit: Int = 200, megabytes: Int = 64) {
        self.folder = folder
        self.policy = policy
        self.limit = limit
        sampleLimit = megabytes * 1_000_000 / 2
    }

    /// Whether a call that begins now is recorded.
    var takesMore: Bool {
        policy != .never && state.withLock { $0.written < limit && $0.samples < sampleLimit }
    }

    /// A name that no other recording of the run has: `tire-search-c1.wav`.
    func path(_ title: String, _ call: String) -> String {
        let words = "\(title)-\(call)".lowercased().map { character -> Character in
            character.isLetter || character.isNumber ? character : "-"
        }
        let stem = String(words.prefix(80)).split(separator: "-").joined(separator: "-")
        let name = state.withLock { state in
            var name = stem
            var copy = 2
            while !state.names.insert(name).inserted {
                name = "\(stem)-\(copy)"
                copy += 1
            }
            return name
        }
        return "\(folder)/\(name).wav"
    }

    /// A name that was not used after all.
    func giveBack(_ path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        _ = state.withLock { $0.names.remove(String(path[path.index(after: slash)...].dropLast(4))) }
    }

    /// Room for more samples of a call that is up.
    ///
    /// - Returns: `false` when there is none; the samples count as taken all the same.
    func take(_ samples: Int) -> Bool {
        state.withLock { state in
            state.samples += samples
            return state.samples <= sampleLimit
        }
    }

    /// A call is over, and its samples are no longer held.
    func release(_ samples: Int) { state.withLock { $0.samples -= samples } }

    /// Whether one more may be written; it counts as written then.
    func mayWrite() -> Bool {
        state.withLock { state in
            guard state.written < limit else { return false }
            state.written += 1
            return true
        }
    }
}
