internal import Assay
internal import AssayCore

/// Commands that look at runs that were made.
extension AssayCommandLine {
    static func historyJob(_ arguments: Arguments) throws(Diagnostic) -> HistoryJob {
        var job = HistoryJob()
        job.project = arguments.text("--project")
        if arguments.operands.first == "show" {
            job.shown = arguments.operands.count == 2 ? arguments.operands[1] : ""
        } else if arguments.operands.count > 1 {
            throw Diagnostic(
                "AS167", "`assay history` does not take '\(arguments.operands[1])'",
                fix: "`assay history --help`")
        } else {
            job.test = arguments.operands.first
        }
        job.profile = arguments.text("--profile")
        job.verdict = arguments.text("--verdict")
        job.branch = arguments.text("--branch")
        job.commit = arguments.text("--commit")
        job.since = arguments.text("--since")
        job.load = arguments.text("--load")
        job.view = arguments.has("--flaky") ? .flaky : arguments.has("--tests") ? .tests : .runs
        job.limit = try arguments.number("--limit", in: 1...100_000) ?? job.limit
        job.isJSON = arguments.has("--json")
        return job
    }

    static func compareJob(_ arguments: Arguments) throws(Diagnostic) -> CompareJob {
        var job = CompareJob()
        job.project = arguments.text("--project")
        job.runs = arguments.operands
        job.isBaseline = arguments.has("--baseline")
        job.branch = arguments.text("--branch")
        job.profile = arguments.text("--profile")
        job.allowances = arguments.texts("--allow")
        job.directions = arguments.texts("--better")
        job.minimum = arguments.text("--minimum")
        job.judgesUnlike = arguments.has("--anyway")
        job.showsAll = arguments.has("--all")
        job.isJSON = arguments.has("--json")
        job.markdown = arguments.text("--markdown")
        job.html = arguments.text("--html")
        job.seed = try arguments.seed("--seed")
        return job
    }
}
