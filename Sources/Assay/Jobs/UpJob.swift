public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayStand

/// `assay up`: brings the stand up, prints its addresses, waits for Ctrl-C, takes it down.
public struct UpJob: Sendable {
    public var project: String?
    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let workspace = console.taking(Workspace.open(project)) else { return .badInput }
        do {
            let reactor = try Reactor()
            let interruption = try Interruption(on: reactor)
            let bound = ReactorBound(interruption, on: reactor)
            return reactor.run { await self.run(workspace, console, reactor, bound.value) }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    private func run(
        _ workspace: Workspace, _ console: Console, _ reactor: Reactor, _ interruption: Interruption
    ) async -> ExitCode {
        defer { interruption.close() }
        let scope = CancelScope(on: reactor)
        interruption.watch(console) { scope.cancel() }
        do {
            let folder = try RunFolder.make(
                chosen: nil, project: workspace.project.folder, name: "up", at: WallClock.milliseconds)
            let running = try await RunningStand.start(
                workspace, runFolder: folder.path, on: reactor, scope: scope, seed: 0, progress: { _ in })
            for member in running.members {
                let url = running.constants[member.name]?["url"]?.stringValue ?? ""
                console.print("\(member.name)   \(member.detail)   \(url)")
            }
            console.print("logs in \(folder.path)/logs; Ctrl-C takes the stand down")
            let death = await running.stand.nextDeath(in: scope)
            await running.stop()
            for call in running.outside?.calls(since: 0) ?? [] {
                console.print("external call: \(call.text)")
            }
            if let death {
                console.complain("error: \(death.text)")
                return .failed
            }
            return .passed
        } catch let failure as StandFailure {
            if interruption.happened { return .interrupted }
            console.complain(failure)
            return .standNotReady
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }
}
