internal import Glibc
internal import Synchronization

/// Runs calls that block away from the reactors: on a thread each, at most ``limit`` at a time.
public enum Blocking {
    private static let limit = 8
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }
    private static let state = Mutex(State())

    /// Suspends until `work` has returned; the caller goes on where it was.
    public static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            submit { continuation.resume(returning: work()) }
        }
    }

    private static func submit(_ job: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            if state.running < limit {
                state.running += 1
                return true
            }
            state.waiting.append(job)
            return false
        }
        guard starts else { return }
        startThread(named: "assay-blocking") {
            var next: (@Sendable () -> Void)? = job
            while let job = next {
                job()
                next = state.withLock { state in
                    if state.waiting.isEmpty {
                        state.running -= 1
                        return nil
                    }
                    return state.waiting.removeFirst()
                }
            }
        }
    }
}
