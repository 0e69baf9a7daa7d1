internal import AssayContracts
public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
public import AssayReport
internal import AssayRunner
internal import AssayStand
internal import AssayVerifier

/// `assay contract verify`: asks a live provider for everything that pacts expect of it.
public struct ContractVerifyJob: Sendable {
    public var project: String?
    /// Files, folders and patterns of pacts.
    public var pacts: [String] = []
    /// A URL, or the name of a service or double of the project's stand, which is then brought up.
    public var provider: String?
    public var stateURL: String?
    public var tearsDown = false
    /// Where messages are asked for, when that is not the provider.
    public var messages: String?
    /// A YAML file with `states` and what else `pacts:` of a level may have.
    public var states: String?
    /// `NAME: VALUE`, sent with every request that has none of the name.
    public var headers: [String] = []
    public var providerVersion: String?
    public var consumerVersion: String?
    /// Regular expressions.
    public var description: String?
    public var state: String?
    public var withoutState = false
    public var timeout = Duration.seconds(10)
    public var seed: UInt64?
    public var junit: String?
    public var out: String?
    public var isJSON = false
    public var detail = TestSummary.Detail.levels
    public var showsCurl = false
    /// Words of the command line, for the record.
    public var command: [String] = []

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        guard let workspace = console.taking(Workspace.open(project)),
            let plan = console.taking(PactPlan.read(self, workspace))
        else { return .badInput }
        do {
            Host.raiseDescriptorLimit()
            let reactor = try Reactor()
            let interruption = ReactorBound(try Interruption(on: reactor), on: reactor)
            return reactor.run { await self.run(plan, console, reactor, interruption.value) }
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
    }

    private func run(
        _ plan: PactPlan, _ console: Console, _ reactor: Reactor, _ interruption: Interruption
    ) async -> ExitCode {
        defer { interruption.close() }
        let scope = CancelScope(on: reactor)
        interruption.watch(console) { scope.cancel() }
        let started = WallClock.milliseconds
        let seed = self.seed ?? UInt64.random(in: 0...0xFF_FFFF)
        let folder: RunFolder
        do {
            folder = try RunFolder.make(
                chosen: out, project: plan.workspace.project.folder, name: "contract-verify", at: started)
        } catch {
            console.complain("error: the run's folder cannot be made: \(error)")
            return .internalFault
        }
        let running: RunningStand
        do throws(StandFailure) {
            running = try await RunningStand.start(
                plan.standWorkspace, runFolder: folder.path, on: reactor, scope: scope, seed: seed,
                forTests: true,
                progress: { _ in })
        } catch {
            if interruption.happened { return .interrupted }
            console.complain(error)
            return .standNotReady
        }
        let target: PactRun.Target
        let versions: (consumer: String?, provider: String?)
        do throws(Diagnostic) {
            target = try plan.target(running, timeout: timeout)
            versions = try plan.check.versions(running)
        } catch {
            await running.stop()
            console.complain(Diagnostics([error]))
            return .badInput
        }
        let mask = target.mask(running.masker)
        let header = RunHeader.here(
            .test, plan.workspace, name: "contract verify", seed: seed, stand: running.members,
            command: command.map(mask), at: started,
            commit: checkedOutCommit(plan.workspace.project.folder))
        var keeper = RecordKeeper(header: header, folder: folder)
        let startedAt = Reactor.monotonicNow()
        var options = plan.options
        options.seed = seed
        let outcome = await PactRun(
            target: target, options: options, states: plan.states,
            context: running.context(updatesGolden: false),
            mask: mask, level: "contract", startedAt: startedAt
        ).run(plan.pacts, on: reactor, scope: scope)
        let deaths = running.stand.deaths.map(\.text)
        await running.stop()
        if let unasked = outcome.unasked, !interruption.happened {
            console.complain(Diagnostics([Self.silence(unasked, deaths: deaths)]))
            return .standNotReady
        }
        for test in outcome.tests { keeper.add(.test(test)) }
        let verdict = plan.verdict(
            judgeTests(keeper.record, interrupted: interruption.happened, deaths: deaths), outcome)
        keeper.add(
            .end(
                RunEnd(
                    verdict: verdict, durationNanoseconds: Reactor.monotonicNow() - startedAt,
                    cpuNanoseconds: Usage.cpuNanoseconds, peakMemoryBytes: Usage.peakMemoryBytes)))
        let history = await RunHistory.of(plan.workspace, console)
        await history.remember(keeper.record, [], in: folder, plan.workspace, on: reactor, console)
        if !interruption.happened {
            await plan.recordMatrix(outcome, versions, in: history, folder, at: started, console)
        }
        return finish(keeper, outcome, folder, verdict, console)
    }

    /// Nobody was there to verify: that says nothing of a provider.
    static func silence(_ unasked: String, deaths: [String]) -> Diagnostic {
        Diagnostic(
            "AS446", (["the provider at \(unasked)"] + deaths).joined(separator: "; "),
            fix: "start it, or name another --provider")
    }

    private func finish(
        _ keeper: RecordKeeper, _ outcome: PactRun.Outcome, _ folder: RunFolder, _ verdict: Verdict,
        _ console: Console
    ) -> ExitCode {
        guard folder.keepReports(of: keeper, junit: junit, console) else { return .internalFault }
        if isJSON {
            console.print(outcome.json(verdict).rendered(pretty: true))
        } else {
            let summary = TestSummary(
                style: console.style, width: console.width, detail: detail, showsCurl: showsCurl)
            console.print(summary.render(keeper.record, report: folder.path + "/report.html"))
        }
        return verdict.exitCode
    }
}

extension PactRun.Outcome {
    /// For programs: every pact with its interactions and how they ended.
    fileprivate func json(_ verdict: Verdict) -> JSON {
        let pacts = verifications.map { verification -> JSON in
            [
                "consumer": .string(verification.pact.consumer),
                "provider": .string(verification.pact.provider),
                "file": .string(verification.pact.file), "passed": .int(Int64(verification.passed)),
                "failed": .int(Int64(verification.results.count { $0.counts })),
                "leftOut": .int(Int64(verification.leftOut)),
                "interactions": .array(verification.results.map(\.json)),
            ]
        }
        return ["verdict": .string(verdict.status.rawValue), "pacts": .array(pacts)]
    }
}

extension PactInteractionResult {
    fileprivate var json: JSON {
        var json: JSONObject = [
            "description": .string(interaction.description),
            "states": .array(interaction.states.map(\.json)),
            "status": .string(hasPassed ? "passed" : interaction.isPending ? "pending" : "failed"),
        ]
        if let failure { json["failure"] = .string(failure) }
        if !mismatches.isEmpty {
            json["mismatches"] = .array(
                mismatches.map {
                    [
                        "part": .string($0.part.rawValue), "place": .string($0.place),
                        "expected": .string($0.expected),
                        "actual": .string($0.actual),
                    ]
                })
        }
        return .object(json)
    }
}
