internal import AssayFormats
internal import FleetCore

/// Time as runners see it: passed in, so that tests need not wait. Used on its reactor's thread only.
struct Pace {
    /// Milliseconds.
    var now: () -> Int64
    var sleep: (Int64) async -> Void
}

/// One job as its runner sees it: who it is for, whom to ask, and how to go on.
///
/// Used on its reactor's thread only.
final class Run {
    let job: Job
    let ui: UIClient
    let defect: Defect?
    private let pace: Pace
    private let actionMilliseconds: Int64
    private let beatMilliseconds: Int64
    private let isStopping: () -> Bool
    private let progressed: (Int, Int) -> Void
    /// Tells the UI that this worker lives.
    private let beat: (Int) async throws(RunFault) -> Void
    private var lastBeat: Int64
    private var done = 0

    init(
        _ job: Job, ui: UIClient, pace: Pace, actionMilliseconds: Int64, beatMilliseconds: Int64,
        defect: Defect? = nil, isStopping: @escaping () -> Bool,
        progressed: @escaping (Int, Int) -> Void, beat: @escaping (Int) async throws(RunFault) -> Void
    ) {
        self.job = job
        self.ui = ui
        self.pace = pace
        self.actionMilliseconds = actionMilliseconds
        self.beatMilliseconds = beatMilliseconds
        self.defect = defect
        self.isStopping = isStopping
        self.progressed = progressed
        self.beat = beat
        lastBeat = pace.now()
    }

    /// One of `total` actions of an account: takes its time, tells how far the job is.
    ///
    /// - Throws: ``RunFault/stopped``, or ``RunFault/lost`` when the UI has given the task to somebody else.
    func act(of total: Int) async throws(RunFault) {
        try await wait(actionMilliseconds, of: total)
        done += 1
        progressed(done, total)
    }

    /// Lets time pass without losing the lease.
    func wait(_ milliseconds: Int64, of total: Int) async throws(RunFault) {
        let end = pace.now() + milliseconds
        while true {
            if isStopping() { throw .stopped }
            let now = pace.now()
            if now - lastBeat >= beatMilliseconds {
                lastBeat = now
                try await beat(total > 0 ? done * 100 / total : 0)
            }
            guard now < end else { return }
            await pace.sleep(min(end, lastBeat + beatMilliseconds) - now)
        }
    }

    /// The job's accounts, all of them fit for work.
    func accounts() async throws(RunFault) -> [AccountView] {
        let views: [AccountView]
        do throws(UITrouble) { views = try await ui.accounts(job.accounts) } catch { throw .ui(error) }
        for view in views where view.status != "active" {
            throw RunFault(code: "account_\(view.status)", message: "account '\(view.id)' is \(view.status)")
        }
        return views
    }
}

/// Does jobs of one type.
protocol Runner: Sendable {
    /// - Returns: the job's result, an object.
    func run(_ run: Run) async throws(RunFault) -> JSON
}

extension JobType {
    var runner: any Runner {
        switch self {
        case .bulk: BulkRunner()
        case .login: LoginRunner()
        case .warmup: WarmupRunner()
        case .follow: TargetRunner(word: "followed")
        case .like: TargetRunner(word: "liked")
        }
    }
}
