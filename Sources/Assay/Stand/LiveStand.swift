internal import AssayCore
internal import AssayNet
internal import AssayFormats
internal import AssayRunner
internal import AssayStand
internal import Synchronization

/// The stand of a project file, up for a program that is no run of `assay`: a test bundle.
///
/// It lives on a reactor in a thread of its own; its calls may come from any task. Its programs end with ``stop()``, and
/// with this process in any case.
public final class LiveStand: Sendable {
    /// What each test finds.
    public enum Isolation: String, Sendable, CaseIterable {
        /// Databases, caches and the services that use them for itself.
        case databasePerTest
        /// The databases of all, with its own statements in a transaction that is rolled back.
        case transaction
        /// What the tests before it left.
        case none

        fileprivate var ofScenarios: AssayStand.Isolation {
            switch self {
            case .databasePerTest: .databasePerScenario
            case .transaction: .transaction
            case .none: .none
            }
        }
    }

    let engine: EngineThread
    private let running: ReactorBound<RunningStand>
    private let isolation: Isolation
    /// Whether a layer has begun; the first is told what was tried while the stand came up.
    private let hasBegun = Atomic<Bool>(false)
    /// Where the logs of services go.
    public let logFolder: String

    private init(
        _ running: ReactorBound<RunningStand>, _ isolation: Isolation, logFolder: String,
        on engine: EngineThread
    ) {
        self.running = running
        self.isolation = isolation
        self.logFolder = logFolder
        self.engine = engine
    }

    /// Brings the stand of a project up.
    ///
    /// - Parameters:
    ///   - path: of the project file.
    ///   - isolation: with ``Isolation/databasePerTest``, services that use a database start with each layer.
    ///   - programFolders: looked in first for the programs of services.
    /// - Throws: what is wrong in the file, AS285 for a stand that is marked production, or AS065 with the member that is not ready, why, and the end of its log.
    public static func start(
        project path: String, isolation: Isolation = .databasePerTest, programFolders: [String] = []
    ) async throws(StandError) -> LiveStand {
        let workspace: Workspace
        switch Workspace.open(path) {
        case .success(let opened): workspace = opened
        case .failure(let found): throw StandError(found.all)
        }
        if let refusal = workspace.project.testsRefusal(workspace.files) { throw StandError(refusal.all) }
        Host.raiseDescriptorLimit()
        let engine: EngineThread
        do throws(SystemError) {
            engine = try EngineThread(named: "assay-stand")
        } catch {
            throw StandError("AS065", "the stand is not ready: \(error)")
        }
        let folder = runFolder(of: workspace.project)
        let reactor = engine.reactor
        let result = await engine.run { scope -> Result<ReactorBound<RunningStand>, StandFailure> in
            do throws(StandFailure) {
                let running = try await RunningStand.start(
                    workspace, runFolder: folder, on: reactor, scope: scope,
                    seed: UInt64.random(in: 0...0xFF_FFFF),
                    leavingOut: isolation == .databasePerTest
                        ? workspace.project.stand.servicesOfScenarios : [], forTests: true,
                    inherited: environment(programFolders), progress: { _ in })
                return .success(ReactorBound(running, on: reactor))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let running)?:
            return LiveStand(running, isolation, logFolder: folder + "/logs", on: engine)
        case .failure(let failure)?:
            await engine.close()
            throw StandError(failure, masker: Masker(secrets: workspace.secretNames.values.map(\.value)))
        case nil: preconditionFailure("only close() ends the thread")
        }
    }

    /// A test's own part of the stand, by the isolation that was chosen.
    ///
    /// At most ``layerLimit`` layers of this process are up at a time; the call waits for its turn.
    /// - Parameter title: names the folder of its logs.
    /// - Throws: AS065 when a database or service of its own does not come up, or the stand has lost a member.
    public func layer(for title: String) async throws(StandError) -> Layer {
        let (running, engine, isolation) = (running, engine, isolation)
        await Turns.ofLayers.take()
        let isFirst = !hasBegun.exchange(true, ordering: .acquiringAndReleasing)
        let begin = isFirst ? 0 : Reactor.monotonicNow()
        let result = await engine.run { scope -> Result<Layer, StandError> in
            let running = running.value
            if let death = running.stand.deaths.first {
                return .failure(StandError("AS065", "the stand is not ready: \(death.text)"))
            }
            do throws(StandFailure) {
                let own: Stand? =
                    isolation == .none
                    ? nil
                    : try await running.stand.layer(isolation.ofScenarios, for: title, scope: scope)
                return .success(Layer(running, own, since: begin, on: engine))
            } catch {
                return .failure(StandError(error, masker: running.masker))
            }
        }
        if case .success(let layer)? = result { return layer }
        Turns.ofLayers.give()
        throw result?.failure ?? Self.isDown
    }

    /// How many layers may be up at a time: `ASSAY_JOBS`, or twice the cores and at least four.
    public static let layerLimit =
        Host.environment("ASSAY_JOBS").flatMap { Int($0) }.map { max(1, $0) } ?? max(4, Host.cores * 2)

    /// Takes everything down; the layers must have been stopped.
    public func stop() async {
        let running = running
        await engine.run { _ in await running.value.stop() }
        await engine.close()
    }

    static var isDown: StandError {
        StandError("AS280", "there is no stand any more: the test that had it has ended")
    }

    private static let logFolders = Atomic<Int>(0)
    /// How many folders of logs are kept.
    private static let keptLogFolders = 20

    /// A new folder for logs, beside the runs of `assay`, which leave records; the oldest beyond twenty go.
    private static func runFolder(of project: Project) -> String {
        let all = (Files.resolved(project.folder) ?? project.folder) + "/.assay/swift-test"
        // They begin with their time, so their order is that of their names.
        for name in ((try? Files.names(in: all)) ?? []).sorted().dropLast(keptLogFolders - 1) {
            try? Files.remove("\(all)/\(name)")
        }
        let time = CivilTime(milliseconds: WallClock.milliseconds).text.prefix(19)
        let number = logFolders.add(1, ordering: .relaxed).newValue
        return "\(all)/\(time.filter { $0.isNumber || $0 == "T" })-\(Host.processID)-\(number)"
    }

    private static func environment(_ programFolders: [String]) -> [(name: String, value: String)] {
        var environment = Host.environment.filter { $0.name != "PATH" }
        let path = programFolders + [Host.environment("PATH") ?? "/usr/local/bin:/usr/bin:/bin"]
        environment.append((name: "PATH", value: path.joined(separator: ":")))
        return environment
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
