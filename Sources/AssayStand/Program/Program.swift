internal import AssayCore
internal import AssayNet

/// One running program of a stand: a service under test or a dependency's server.
///
/// Lives on one reactor's thread.
final class Program {
    let launch: Launch
    let process: ChildProcess
    let log: LogBook
    private let reactor: Reactor
    private let begun: Int64

    private init(_ launch: Launch, _ process: ChildProcess, _ log: LogBook, on reactor: Reactor) {
        self.launch = launch
        self.process = process
        self.log = log
        self.reactor = reactor
        begun = Reactor.monotonicNow()
    }

    static func start(_ launch: Launch, log: LogBook, on reactor: Reactor) async throws(StandFailure)
        -> Program
    {
        do throws(SystemError) {
            var spec = ProcessSpec(
                command: launch.command, environment: launch.environment, folder: launch.folder,
                grace: launch.stopWithin)
            try launch.prepare(&spec)
            let process = try await ChildProcess.start(spec, on: reactor)
            for (index, stream) in ChildProcess.Output.allCases.enumerated() {
                Task(executorPreference: reactor) {
                    while let bytes = await process.read(stream) { log.add(bytes, stream: index) }
                    log.finish(stream: index)
                }
            }
            return Program(launch, process, log, on: reactor)
        } catch {
            throw StandFailure(member: launch.name, message: "\(error)", location: launch.location)
        }
    }

    /// It is being taken down, so its end is no news.
    private(set) var isStopping = false

    /// - Parameters:
    ///   - signal: `nil` sends the launch's own.
    ///   - grace: until KILL.
    func stop(signal: Int32? = nil, grace: Duration? = nil) async {
        isStopping = true
        await process.stop(signal: signal ?? launch.stopSignal, grace: grace ?? launch.stopWithin)
        await launch.afterStop?()
    }

    func awaitReadiness(in scope: CancelScope) async throws(StandFailure) {
        let deadline = begun &+ launch.readyWithin.nanoseconds
        var pause: Int64 = 2_000_000
        var lastSeen: String?
        while true {
            let left = max(1_000_000, min(2_000_000_000, deadline - Reactor.monotonicNow()))
            let seen = try await launch.probe(Reactor.monotonicNow() &+ left, scope)
            if process.status == nil, seen == nil { return }
            if let status = process.status {
                _ = await process.gone(until: Reactor.monotonicNow() &+ 200_000_000)
                throw failure("\(status) after \(elapsed)")
            }
            if scope.isCancelled { throw failure("cancelled while it was starting") }
            if Reactor.monotonicNow() >= deadline {
                throw failure("not ready after \(elapsed): \(lastSeen ?? seen ?? "no answer")")
            }
            // The probe that the deadline cuts short says less than the one before it.
            lastSeen = seen
            // Ends at once when the program does.
            _ = await process.ended(until: min(deadline, Reactor.monotonicNow() &+ pause), in: scope)
            pause = min(pause * 2, 50_000_000)
        }
    }

    /// Whether it ended because another had taken its port; both messages are those of the C library's strerror.
    var lostItsPort: Bool {
        process.status != nil
            && log.last(20).contains { line in
                let line = line.lowercased()
                return ["in use", "eaddrinuse", "already allocated"].contains(where: line.contains)
            }
    }

    private var elapsed: String {
        let tenths = (Reactor.monotonicNow() - begun) / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }

    private func failure(_ message: String) -> StandFailure {
        StandFailure(
            member: launch.name, message: "\(launch.title) \(message)", location: launch.location,
            lastLines: log.last(20))
    }
}
