internal import AssayCore
internal import AssayFormats
internal import AssayImport
internal import AssayNet
internal import AssayReport
internal import AssayRunner
internal import AssayScript

/// What a run of a script ends with: its summary, what `handleSummary()` writes, k6's exit codes.
extension ScriptSource {
    func conclude(_ end: LoadConclusion, _ console: Console) async -> ExitCode {
        guard let options, let work else { return end.verdict.exitCode }
        let summary = K6Summary(end.record, plan(options, work, end, console))
        if let file = options.summary.export {
            do throws(SystemError) {
                try Files.write(Array((summary.exported.rendered(pretty: true) + "\n").utf8), to: file)
            } catch {
                console.complain("error: the summary could not be exported: \(error)")
            }
        }
        // What handleSummary() does changes nothing of how the run ended.
        let reasons = reasons(summary, work, end)
        if !options.summary.isOff {
            let isHandled = await handle(summary, options, work, end, console)
            let flags = job.script
            let wantsText = flags.showsK6Summary || !flags.k6Flags[.summaryMode].isEmpty
            if !isHandled, wantsText { Host.write(K6SummaryText.standardOutput(summary), to: 1) }
        }
        guard job.script.usesK6ExitCodes else { return end.verdict.exitCode }
        return ExitCode(K6ExitCode.of(reasons))
    }

    private func plan(
        _ options: K6Options, _ work: ScriptWork, _ end: LoadConclusion, _ console: Console
    ) -> K6SummaryPlan {
        var plan = K6SummaryPlan()
        plan.mode = K6SummaryPlan.Mode(rawValue: options.summary.mode.rawValue) ?? .compact
        plan.trendStats = options.summary.trendStats
        plan.timeUnit = options.summary.timeUnit
        plan.thresholds = options.thresholds
        plan.shown = options.shown.map { .init(key: $0.key, metric: $0.metric, tags: $0.tags) }
        plan.metrics = work.metrics
        plan.showsExpectedResponses = options.systemTags.contains("expected_response")
        let setUp = work.progress.setUp
        plan.readyUsers = setUp.users
        plan.madeUsers = work.progress.madeUsers
        plan.duration = .nanoseconds(setUp.length + (end.ending?.lengthNanoseconds ?? 0))
        // Without users there was no set-up.
        plan.ranApart = runsApart && end.ending?.setupFailure?.name != "init"
        plan.gaugeRanges = end.ending?.gaugeRanges.mapValues { (least: $0.least, most: $0.most) } ?? [:]
        plan.untoldCounts = end.ending?.untoldCounts ?? [:]
        plan.setupData = setUp.data.flatMap { try? JSON(parsing: $0) }
        plan.isStandardOutputTerminal = Host.isTerminal(1)
        plan.isStandardErrorTerminal = Host.isTerminal(2)
        // As k6: what is no terminal is told by itself.
        plan.noColor =
            !(Host.environment("NO_COLOR") ?? "").isEmpty
            || plan.isStandardOutputTerminal && !console.style.colours
        return plan
    }

    /// Lets the script write its own summary.
    ///
    /// - Returns: whether it did: where it has no such function, or that throws, k6's own is shown.
    private func handle(
        _ summary: K6Summary, _ options: K6Options, _ work: ScriptWork, _ end: LoadConclusion,
        _ console: Console
    ) async -> Bool {
        let scope = CancelScope(on: end.reactor)
        end.stop.attach(summary: scope)
        defer { end.stop.attach(summary: nil) }
        let opened: ScriptAside
        switch await ScriptAside.open(work, on: end.reactor, within: scope) {
        case .success(let aside): opened = aside
        case .failure(let exception):
            console.complain("error: the summary could not be made: \(exception.text)")
            return false
        }
        guard opened.exports("handleSummary") else {
            if opened.names("handleSummary") {
                console.complain("error: handleSummary is exported, and is no function")
            }
            return false
        }
        switch await opened.summary(
            summary.data, in: end.context, within: options.handleSummaryTimeout, scope)
        {
        case .success(let files):
            for file in files { write(file.bytes, to: file.name, console) }
            return true
        case .failure(let exception):
            console.complain("error: handleSummary() failed: \(exception.text)")
            return false
        }
    }

    private func write(_ bytes: [UInt8], to name: String, _ console: Console) {
        switch name {
        case "stdout": Host.write(String(decoding: bytes, as: UTF8.self), to: 1)
        case "stderr": Host.write(String(decoding: bytes, as: UTF8.self), to: 2)
        default:
            do throws(SystemError) {
                try Files.write(bytes, to: name)
            } catch {
                // Of the file that was asked for, and not of the draft that is renamed to it.
                let named = SystemError(call: "open", errno: error.errno)
                console.complain("error: handleSummary() could not write '\(name)': \(named)")
            }
        }
    }

    /// All that k6 has an exit code for.
    private func reasons(_ summary: K6Summary, _ work: ScriptWork, _ end: LoadConclusion) -> [K6ExitCode] {
        var reasons: [K6ExitCode] = []
        if end.isInterrupted { reasons.append(.stopped) }
        if work.progress.abort != nil { reasons.append(.scriptAborted) }
        if work.progress.failure != nil { reasons.append(.markedAsFailed) }
        if let failed = end.ending?.setupFailure {
            reasons.append(failed.isTimeout ? .setupTimeout : .scriptException)
        }
        if let failed = end.ending?.teardownFailure {
            reasons.append(failed.isTimeout ? .teardownTimeout : .scriptException)
        }
        if !summary.crossed.isEmpty { reasons.append(.thresholdsCrossed) }
        return reasons
    }

    /// `textSummary()` of the library that scripts import for their summaries.
    static let summaryText: @Sendable (JSON, String, Bool) -> String = { data, indent, isColored in
        var options = K6SummaryText.Options()
        options.indent = indent
        options.colours = isColored
        return K6SummaryText.render(data: data, options)
    }
}

extension StepResult {
    /// It took longer than it may.
    fileprivate var isTimeout: Bool { mismatches.contains { $0.expected.hasPrefix("to end within") } }
}
