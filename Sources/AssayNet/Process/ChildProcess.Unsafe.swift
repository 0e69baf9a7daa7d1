internal import CLinux

/// A program that runs below a keeper, so that its whole tree ends with it, with ``stop(signal:grace:)`` or with Assay.
///
/// Its output must be read (``read(_:)``) or it waits on a full pipe.
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class ChildProcess: @unchecked Sendable {
    public enum Output: Sendable, CaseIterable { case output, errors }

    /// The program's own process id, for a person to see.
    public private(set) var processID: Int32 = 0
    /// `nil` while it runs.
    public private(set) var status: ExitStatus?
    /// Nothing is left of its tree.
    public private(set) var isGone = false

    private let reactor: Reactor
    private let keeperID: Int32
    private let control: Channel
    private let output: Channel
    private let errors: Channel
    private let input: Channel?
    private let changed: Signal
    private var filter: Int32 = -1
    private var chunk = [UInt8](repeating: 0, count: 32 * 1024)

    private init(_ ends: KeeperEnds, on reactor: Reactor) throws(SystemError) {
        self.reactor = reactor
        keeperID = ends.process
        control = try Channel(ends.control, on: reactor)
        output = try Channel(ends.output, on: reactor)
        errors = try Channel(ends.errors, on: reactor)
        input = ends.input >= 0 ? try Channel(ends.input, on: reactor) : nil
        changed = reactor.makeSignal()
    }

    /// Starts a program; comes back when it has really been executed.
    ///
    /// - Throws: ``SystemError`` with the program for one that is not there (ENOENT) or not executable (EACCES,
    ///   ENOEXEC), with the folder for one that is not there.
    public static func start(_ spec: ProcessSpec, on reactor: Reactor) async throws(SystemError)
        -> ChildProcess
    {
        if let folder = spec.folder, Files.kind(of: folder) != .folder {
            throw SystemError(
                call: "chdir", errno: Files.kind(of: folder) == nil ? Self.noEntry : Self.notFolder,
                subject: folder)
        }
        let program = try resolveProgram(spec)
        let process = try ChildProcess(try startKeeper(spec, program: program), on: reactor)
        var news = await process.nextNews()
        if let filter = process.takeFilter() {
            if let use = spec.supervision { use.supervisor.watch(filter: filter, member: use.member) }
            news = await process.nextNews()
        }
        switch news?.kind {
        case Int32(CLINUX_KEEPER_STARTED): process.processID = news?.value ?? 0
        case let kind:
            process.discard()
            let error = news?.value ?? Self.noChild
            if kind == Int32(CLINUX_KEEPER_NO_FOLDER) {
                throw SystemError(call: "chdir", errno: error, subject: spec.folder)
            }
            let calls = [Int32(CLINUX_KEEPER_NO_FORK): "fork", Int32(CLINUX_KEEPER_NO_FILTER): "seccomp"]
            throw SystemError(
                call: kind.flatMap { calls[$0] } ?? "execve", errno: error, subject: spec.command[0])
        }
        Task(executorPreference: reactor) { await process.follow() }
        if case .bytes(let bytes) = spec.input {
            Task(executorPreference: reactor) { await process.feed(bytes) }
        }
        return process
    }

    private static let noEntry: Int32 = 2
    private static let noChild: Int32 = 10
    private static let notFolder: Int32 = 20

    /// Suspends until the program has ended; what it left behind is being ended then.
    ///
    /// - Returns: `nil` when the deadline or a cancellation came first.
    public func ended(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> ExitStatus? {
        while status == nil {
            if await changed.wait(until: deadline, in: scope) != .ready { return status }
        }
        return status
    }

    /// Suspends until nothing of its tree is left; `false` when the deadline came first.
    public func gone(until deadline: Int64 = .max) async -> Bool {
        while !isGone {
            if await changed.wait(until: deadline) != .ready { return isGone }
        }
        return true
    }

    /// Ends the whole tree: the signal to every process of it, after the grace period KILL. Again and again is fine.
    ///
    /// - Returns: whether nothing is left; `false` only when the kernel does not let a killed process go, five
    ///   seconds after the grace period.
    @discardableResult
    public func stop(signal: Int32 = 15, grace: Duration = .seconds(5)) async -> Bool {
        guard !isGone else { return true }
        _ = clinux_keeper_stop(control.descriptor, signal, Int32(clamping: grace.wholeMilliseconds))
        let bound = (grace.wholeMilliseconds + 5000) * 1_000_000
        return await gone(until: Reactor.monotonicNow() &+ bound)
    }

    /// The next bytes that the program wrote.
    ///
    /// - Returns: `nil` when there will be none: all of the tree have closed it.
    public func read(_ stream: Output) async -> [UInt8]? {
        let channel = stream == .output ? output : errors
        while !channel.isClosed {
            switch readPipe(channel.descriptor, into: &chunk) {
            case .moved(let count): return Array(chunk[0..<count])
            case .later:
                channel.isReadable = false
                _ = await channel.readable()
            case .end, .failed: channel.close()
            }
        }
        return nil
    }

    /// Gives up on output that a process nobody can end holds open.
    func closeOutput() {
        output.close()
        errors.close()
    }

    private func feed(_ bytes: [UInt8]) async {
        guard let input else { return }
        var rest = bytes[...]
        while !rest.isEmpty, !input.isClosed {
            switch writePipe(input.descriptor, rest) {
            case .moved(let count): rest = rest.dropFirst(count)
            case .later:
                input.isWritable = false
                _ = await input.writable()
            case .end, .failed: rest = []
            }
        }
        input.close()
    }

    /// The supervisor's end of a filter that came with the latest news.
    private func takeFilter() -> Int32? {
        defer { filter = -1 }
        return filter >= 0 ? filter : nil
    }

    private func nextNews() async -> clinux_keeper_news? {
        var news = clinux_keeper_news()
        while true {
            // SAFETY: the structure is a local, written during the call.
            let result = unsafe clinux_keeper_next(control.descriptor, &news, &filter)
            if result > 0 { return news }
            if SystemError.name(of: -result) != "EAGAIN" { return nil }
            control.isReadable = false
            _ = await control.readable()
        }
    }

    /// Follows the keeper until it is gone.
    private func follow() async {
        while let news = await nextNews() {
            guard news.kind == Int32(CLINUX_KEEPER_EXITED) else { continue }
            status = ExitStatus(waitStatus: news.value)
            changed.notifyAll()
        }
        clinux_keeper_collect(keeperID)
        control.close()
        input?.close()
        if status == nil { status = .unknown }
        isGone = true
        changed.notifyAll()
    }

    private func discard() {
        for channel in [control, output, errors] { channel.close() }
        input?.close()
        clinux_keeper_collect(keeperID)
        isGone = true
    }
}
