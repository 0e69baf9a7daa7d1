internal import AssayContracts
internal import AssayCore
internal import AssayNet
internal import AssayRunner
internal import AssayVerifier

extension PactCheck {
    /// What is wrong in the files that it names, for `assay check`.
    func problems(_ workspace: Workspace) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if case .failure(let found) = pacts(workspace) { problems += found.all }
        if case .failure(let found) = PactScenarioStates.read(states, workspace) { problems += found.all }
        if provider == nil {
            problems.append(
                Diagnostic(
                    "AS484", "nothing says where the provider is", at: place,
                    fix: "write `pacts: {files: pacts/, provider: NAME}`"))
        }
        return problems
    }

    fileprivate func pacts(_ workspace: Workspace) -> Result<[Pact], Diagnostics> {
        PactFiles.read(files.map(workspace.path))
    }
}

/// One run of the pacts of a level, against a stand that is up.
struct PactLevelRun {
    let level: Project.Level
    let check: PactCheck
    let workspace: Workspace
    let running: RunningStand
    let seed: UInt64
    let startedAt: Int64

    /// A result for each interaction; one that failed when nothing could be asked.
    func results(on reactor: Reactor, scope: CancelScope) async -> [TestResult] {
        let pacts: [Pact]
        let states: [PactScenarioStates.Known]
        let target: PactRun.Target
        do throws(Diagnostics) {
            pacts = try check.pacts(workspace).get()
            states = try PactScenarioStates.read(check.states, workspace).get()
            do throws(Diagnostic) {
                target = try check.target(running, timeout: .seconds(10))
            } catch {
                throw Diagnostics([error])
            }
        } catch {
            return [failed(error.all.first?.message ?? "the pacts cannot be read")]
        }
        var options = PactVerifier.Options()
        options.seed = seed
        return await PactRun(
            target: target, options: options, states: states, context: running.context(updatesGolden: false),
            mask: target.mask(running.masker), level: level.name, startedAt: startedAt
        ).run(pacts, on: reactor, scope: scope).tests
    }

    private func failed(_ reason: String) -> TestResult {
        TestResult(
            level: level.name, scenario: "pacts", location: check.location, status: .failed, reason: reason,
            startedAtNanoseconds: Reactor.monotonicNow() - startedAt, durationNanoseconds: 0)
    }
}
