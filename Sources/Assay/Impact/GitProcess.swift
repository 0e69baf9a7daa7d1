internal import AssayCore
internal import AssayNet

/// Runs git and takes what it says.
struct GitProcess {
    let reactor: Reactor
    let scope: CancelScope

    private static let bound = Duration.seconds(60)
    private static let outputLimitBytes = 64 << 20

    /// Why there is no answer.
    enum Failure: Error {
        /// There is no git.
        case absent
        /// One sentence without a full stop.
        case other(String)
    }

    struct Answer {
        var isSuccess: Bool
        var output: [UInt8]
        /// The first line that git complained with.
        var complaint: String

        /// The output without the line break at its end.
        var text: String {
            String(decoding: output.last == 0x0A ? output.dropLast() : output[...], as: UTF8.self)
        }
        /// What zero bytes end.
        var names: [String] { output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }
    }

    /// - Parameter words: the first two are `-C` and a folder.
    func run(_ words: [String]) async throws(Failure) -> Answer {
        // No locks for looking, and messages that do not depend on the person's language.
        let own = [("GIT_OPTIONAL_LOCKS", "0"), ("LC_ALL", "C")]
        // A hook of git runs with paths from another folder than the one that git is asked in.
        let inherited = Host.environment.filter { known in
            !own.contains { $0.0 == known.name }
                && !(["GIT_DIR", "GIT_INDEX_FILE"].contains(known.name) && !known.value.hasPrefix("/"))
        }
        let spec = ProcessSpec(command: ["git"] + words, environment: inherited + own)
        let result: ProcessResult
        do {
            result = try await ChildProcess.runToEnd(
                spec, on: reactor, until: Reactor.monotonicNow() &+ Self.bound.nanoseconds, in: scope,
                outputLimitBytes: Self.outputLimitBytes)
        } catch {
            throw error.call == "execve" ? .absent : .other("git could not be run: \(error)")
        }
        if result.timedOut || result.cancelled || result.isTruncated {
            let why =
                result.timedOut
                ? "did not answer within \(Self.bound.shortText)"
                : result.cancelled ? "was interrupted" : "said too much"
            throw .other("git \(words.dropFirst(2).first ?? "") \(why)")
        }
        let said = String(decoding: result.errors, as: UTF8.self).split(separator: "\n").first.map(
            String.init)
        return Answer(
            isSuccess: result.status.isSuccess, output: result.output,
            complaint: said ?? "git \(result.status)")
    }
}
