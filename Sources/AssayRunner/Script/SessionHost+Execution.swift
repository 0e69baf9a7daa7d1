internal import AssayCore
internal import AssayNet
public import AssayScript

extension SessionHost {
    public var execution: ScriptExecution {
        var execution = ScriptExecution()
        execution.userInInstance = number
        execution.userInTest = number
        guard phase == .iteration else { return execution }
        execution.iterationInInstance = max(0, iteration)
        execution.iterationInScenario = iterations[pass.scenario] ?? 0
        execution.scenario = ScriptScenario(
            name: pass.name, executor: pass.executor, startMilliseconds: startMilliseconds,
            progress: scenarioProgress, iterationInInstance: pass.number, iterationInTest: pass.number)
        return execution
    }

    /// Wall clock.
    private var startMilliseconds: Int64 {
        WallClock.milliseconds - (Reactor.monotonicNow() - pass.scenarioStart) / 1_000_000
    }

    private var scenarioProgress: Double {
        guard let length = pass.scenarioLength, length > 0 else { return 0 }
        return min(1, max(0, Double(Reactor.monotonicNow() - pass.scenarioStart) / Double(length)))
    }

    public var instance: ScriptInstance {
        let progress = work.progress
        var instance = ScriptInstance()
        if progress.startedAt > 0 {
            instance.testRunMilliseconds = Double(Reactor.monotonicNow() - progress.startedAt) / 1e6
        }
        instance.iterationsCompleted = progress.completed
        instance.iterationsInterrupted = progress.interrupted
        instance.usersActive = progress.activeUsers
        instance.usersInitialized = progress.madeUsers
        return instance
    }
}
