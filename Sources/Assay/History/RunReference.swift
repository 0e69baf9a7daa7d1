internal import AssayCore
internal import AssayNet
internal import AssayReport

/// A run as a person names it, found among folders, files and the history.
struct RunReference: Sendable {
    /// A record, and what to call it.
    struct Found: Sendable {
        var record: RunRecord
        var name: String
        /// In the history; `nil` of a file.
        var id: Int64?
    }

    let history: RunHistory
    let projectFolder: String
    /// What `last` is of; `nil` is the profile that was run last.
    var profile: String?

    /// How runs are named, for messages.
    static let ways =
        "name a run's folder, its record.jsonl, a number of `assay history`, `last`, `last-1`, a profile, "
        + "`branch:NAME` or `commit:HASH`"

    /// What a name may find when load runs are compared: a path and a number whatever they are of, so that a run of
    /// tests can be told; `last`, a profile, a branch and a commit only load runs.
    static func kind(comparedBy text: String) -> RunHeader.Kind? {
        Files.kind(of: text) != nil || number(text) != nil ? nil : .load
    }

    /// `12`, `#12`.
    private static func number(_ text: String) -> Int64? {
        Int64(text.hasPrefix("#") ? text.dropFirst() : text[...])
    }

    /// - Parameter kind: `nil` finds any.
    func find(_ text: String, kind: RunHeader.Kind? = .load) async -> Result<Found, Diagnostics> {
        if let place = Files.kind(of: text) { return read(text, isFolder: place == .folder) }
        var filter = RunFilter()
        filter.kind = kind
        var skipped = 0
        if let id = Self.number(text) {
            filter.id = id
        } else if text == "last" || text.hasPrefix("last-") {
            guard let count = text == "last" ? 0 : Int(text.dropFirst(5)), count >= 0 else {
                return .failure(unknown(text))
            }
            skipped = count
            filter.profile = profile
            if profile == nil, kind == .load {
                switch await history.runs(filter, limit: 1) {
                case .failure(let problem): return .failure(problem)
                case .success(let newest): filter.profile = newest?.first?.name
                }
            }
        } else if text.hasPrefix("branch:") {
            filter.branch = String(text.dropFirst(7))
            filter.profile = profile
        } else if text.hasPrefix("commit:") {
            filter.commit = String(text.dropFirst(7))
            filter.profile = profile
        } else {
            filter.profile = text
        }
        switch await history.runs(filter, limit: skipped + 1) {
        case .failure(let problem): return .failure(problem)
        case .success(let runs):
            guard let runs, runs.count > skipped else { return .failure(unknown(text)) }
            return await record(of: runs[skipped])
        }
    }

    /// The newest earlier run of the same profile that passed.
    ///
    /// - Parameters:
    ///   - run: what it is the baseline of.
    ///   - branch: `nil` is any.
    func baseline(of run: Found, branch: String?) async -> Result<Found, Diagnostics> {
        var filter = RunFilter()
        (filter.kind, filter.profile, filter.verdict) = (.load, run.record.header.name, .passed)
        (filter.branch, filter.before) = (branch, run.id)
        switch await history.runs(filter, limit: 50) {
        case .failure(let problem): return .failure(problem)
        case .success(let runs):
            let started = run.record.header.startedAtMilliseconds
            for candidate in runs ?? []
            where candidate.startedAtMilliseconds < started
                && candidate.load?.scale ?? 1 == run.record.plan?.scale ?? 1
            {
                let found = await record(of: candidate)
                if case .success = found { return found }
            }
            let place = branch.map { " on branch '\($0)'" } ?? ""
            return .failure(
                Diagnostics([
                    Diagnostic(
                        "AS595",
                        "there is no earlier run of '\(run.record.header.name)' that passed\(place)",
                        fix: "run it once on what it is to be compared with, or name a run")
                ]))
        }
    }

    /// A run's record: its folder's while it is there, else what the history kept.
    func record(of run: PastRun) async -> Result<Found, Diagnostics> {
        let folder = run.folder.hasPrefix("/") ? run.folder : projectFolder + "/" + run.folder
        let file = folder + "/record.jsonl"
        if Files.kind(of: file) == .file, case .success(var found) = read(file, isFolder: false),
            found.record.header.startedAtMilliseconds == run.startedAtMilliseconds
        {
            (found.id, found.name) = (run.id, "#\(run.id)")
            return .success(found)
        }
        switch await history.record(of: run.id) {
        case .failure(let problem): return .failure(problem)
        case .success(let record?): return .success(Found(record: record, name: "#\(run.id)", id: run.id))
        case .success(nil):
            return .failure(
                Diagnostics([
                    Diagnostic(
                        "AS591", "nothing is left of run \(run.id) but its line in the history",
                        fix:
                            "its record was \(file); records of the newest \(history.retainedRecords) load runs are kept"
                    )
                ]))
        }
    }

    private func read(_ path: String, isFolder: Bool) -> Result<Found, Diagnostics> {
        let file = isFolder ? path + "/record.jsonl" : path
        do {
            let reading = try RecordReader.read(try Files.read(file), file: file)
            return .success(Found(record: reading.record, name: path))
        } catch let diagnostic as Diagnostic {
            return .failure(Diagnostics([diagnostic]))
        } catch {
            return .failure(Diagnostics([Diagnostic("AS590", "there is no run '\(path)': \(error)")]))
        }
    }

    private func unknown(_ text: String) -> Diagnostics {
        Diagnostics([Diagnostic("AS590", "there is no run '\(text)'", fix: Self.ways)])
    }
}
