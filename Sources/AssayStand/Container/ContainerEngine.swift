internal import AssayCore
internal import AssayNet
internal import Synchronization

/// The container engine of this machine, reached by its own program.
struct ContainerEngine {
    /// Full path of `docker` or `podman`.
    let path: String
    private let reactor: Reactor
    private static let counter = Atomic<Int>(0)

    /// Programs that may be there, the first that answers is used.
    private static let programs = ["docker", "podman"]

    /// Finds the engine, and removes containers of Assay processes of this machine that are no more.
    ///
    /// - Throws: what each program said, when none of them reaches an engine.
    static func find(
        _ installed: Installed, for service: String, at location: SourceLocation, on reactor: Reactor,
        _ scope: CancelScope
    ) async throws(StandFailure) -> ContainerEngine {
        var reasons: [String] = []
        for program in programs {
            guard let path = installed.path(of: program) else { continue }
            let engine = ContainerEngine(path: path, reactor: reactor)
            let answer = await engine.ask(
                ContainerCommand.list(path, host: Host.name), within: .seconds(20), scope)
            guard answer.isSuccess else {
                reasons.append("\(program) says: \(answer.lastLine)")
                continue
            }
            let gone = ContainerName.names(in: answer.output).filter {
                Scratch.began($0.process) != $0.began
            }
            if !gone.isEmpty { await engine.remove(gone.map(\.text)) }
            return engine
        }
        let reason =
            reasons.isEmpty ? "neither docker nor podman is installed" : reasons.joined(separator: "; ")
        throw StandFailure(
            member: service,
            message: "service '\(service)' is an `image:` and needs a container engine: \(reason); "
                + "start or install one, or give the service a `run:`",
            location: location)
    }

    /// A name for a new container of this process.
    static func freshName(for service: String) -> ContainerName {
        ContainerName(
            process: Host.processID, began: Scratch.began(Host.processID) ?? 0,
            number: counter.add(1, ordering: .relaxed).newValue, service: service)
    }

    /// Fetches an image that is not here yet.
    func prepare(
        _ image: String, for service: String, at location: SourceLocation, _ progress: (String) -> Void,
        _ scope: CancelScope
    ) async throws(StandFailure) {
        let seen = await ask(ContainerCommand.inspect(path, image: image), within: .seconds(20), scope)
        if seen.isSuccess { return }
        progress("fetching \(image)")
        let pulled = await ask(ContainerCommand.pull(path, image: image), within: .seconds(900), scope)
        guard !pulled.isSuccess else { return }
        throw StandFailure(
            member: service,
            message: "image '\(image)' of service '\(service)' cannot be fetched: \(pulled.lastLine)",
            location: location)
    }

    /// Ends containers, whatever state they are in; those that are gone already are no fault.
    func remove(_ names: [String]) async {
        _ = await ask(ContainerCommand.remove(path, names), within: .seconds(30), nil)
    }

    private struct Answer {
        var isSuccess: Bool
        var output = ""
        var lastLine: String
    }

    private func ask(_ words: [String], within limit: Duration, _ scope: CancelScope?) async -> Answer {
        do throws(SystemError) {
            let result = try await ChildProcess.runToEnd(
                ProcessSpec(command: words), on: reactor, until: Reactor.monotonicNow() &+ limit.nanoseconds,
                in: scope,
                outputLimitBytes: 256 << 10)
            let lines = String(decoding: result.errors + result.output, as: UTF8.self).split(
                whereSeparator: \.isNewline)
            let said = lines.last.map(String.init) ?? "\(result.status)"
            return Answer(
                isSuccess: result.status.isSuccess, output: String(decoding: result.output, as: UTF8.self),
                lastLine: result.timedOut ? "no answer within \(limit.shortText)" : said)
        } catch {
            return Answer(isSuccess: false, lastLine: "\(error)")
        }
    }
}
