internal import AssayNet
internal import Synchronization

/// A reactor in a thread of its own, for callers that live on no reactor.
final class EngineThread: Sendable {
    let reactor: Reactor

    private struct State {
        var isClosed = false
        var working = 0
        var closing: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())
    private let end: Signal

    init(named name: String) throws(SystemError) {
        let reactor = try Reactor()
        let end = reactor.makeSignal()
        self.reactor = reactor
        self.end = end
        startThread(named: name) { reactor.run { _ = await end.wait() } }
    }

    /// Runs work on the reactor; the caller goes on where it was.
    ///
    /// - Parameter work: gets a scope that ends when the caller's task is cancelled.
    /// - Returns: `nil` when the thread has ended.
    func run<Value: Sendable>(_ work: @escaping @Sendable (CancelScope) async -> Value) async -> Value? {
        guard enter() else { return nil }
        let reactor = reactor
        let scope = CancelScope(on: reactor)
        let task = Task(executorPreference: reactor) { await work(scope) }
        let value = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Task(executorPreference: reactor) { scope.cancel() }
        }
        leave()
        return value
    }

    /// Ends the thread once nothing runs on it any more; call it once.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.working > 0 { state.closing = continuation }
                return state.working == 0
            }
            if isIdle { continuation.resume() }
        }
        let end = end
        await Task(executorPreference: reactor) { end.notifyAll() }.value
    }

    private func enter() -> Bool {
        state.withLock { state in
            if !state.isClosed { state.working += 1 }
            return !state.isClosed
        }
    }

    private func leave() {
        let waiting = state.withLock { state in
            state.working -= 1
            return state.working == 0 ? state.closing.take() : nil
        }
        waiting?.resume()
    }
}
