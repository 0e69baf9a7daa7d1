internal import AssayCore
internal import AssayScenario

/// One schedule of a load made ready: which scenarios it drives, when, and with which users.
struct PlannedSchedule: Sendable {
    enum Kind: Sendable {
        case users(UserSchedule)
        case arrivals(ArrivalSchedule, maximumUsers: Int, readyUsers: Int)
        /// - Parameter within: nanoseconds after which no pass begins; `nil` for no bound.
        case iterations(IterationSchedule, within: Int64?)
    }

    let kind: Kind
    /// Of the scenario whose own it is; `nil` when it is the profile's.
    let name: String?
    /// Indices of its scenarios.
    let scenarios: [Int]
    /// Draws one of them; not needed for a single one.
    let pick: WeightedPick?
    /// Nanoseconds from the start of the run.
    let startAfter: Int64
    let pace: Int64?
    /// Each pass is a new user's.
    let renewsUsers: Bool
    let gracefulStop: Duration
    let gracefulRampDown: Duration
    /// Number of its first user: each user of a run has a number of its own.
    let firstUser: Int

    /// - Parameters:
    ///   - weights: of its scenarios.
    ///   - random: for starts that are drawn; one stream a schedule.
    init(_ schedule: LoadProfile.Schedule, weights: [Double], firstUser: Int, random: SeededRandom) {
        switch schedule.model {
        case .users(let start, let stages): kind = .users(UserSchedule(start: start, stages: stages))
        case .arrivals(let arrivals):
            kind = .arrivals(
                ArrivalSchedule(
                    start: arrivals.start, stages: arrivals.stages,
                    random: arrivals.spread == .poisson ? random : nil,
                    beginsAtOnce: arrivals.beginsAtOnce),
                maximumUsers: max(1, arrivals.maximumUsers),
                readyUsers: min(arrivals.readyUsers, max(1, arrivals.maximumUsers)))
        case .iterations(let work):
            let amount: IterationSchedule.Work =
                switch work.work {
                case .each(let each): .each(each)
                case .total(let total): .total(total)
                }
            kind = .iterations(
                IterationSchedule(users: work.users, work: amount), within: work.within?.nanoseconds)
        }
        name = schedule.name
        scenarios = schedule.scenarios
        pick = weights.count > 1 ? WeightedPick(weights: weights) : nil
        startAfter = max(0, schedule.pacing.startAfter.nanoseconds)
        pace = schedule.pacing.pace?.nanoseconds
        renewsUsers = schedule.pacing.renewsUsers
        gracefulStop = schedule.pacing.gracefulStop
        gracefulRampDown = schedule.pacing.gracefulRampDown
        self.firstUser = firstUser
    }

    /// Most users that can be active at once.
    var maximumUsers: Int {
        switch kind {
        case .users(let schedule): schedule.maximumUsers
        case .arrivals(_, let maximum, _): maximum
        case .iterations(let schedule, _): schedule.users
        }
    }

    /// Of the schedule alone, nanoseconds; of a fixed amount of work what bounds it, `nil` when nothing does.
    var length: Int64? {
        switch kind {
        case .users(let schedule): schedule.lengthNanoseconds
        case .arrivals(let schedule, _, _): schedule.lengthNanoseconds
        case .iterations(_, let within): within
        }
    }

    /// From the start of the run to the end of the schedule, nanoseconds; `nil` when its work decides.
    var end: Int64? {
        switch kind {
        case .users(let schedule): startAfter + schedule.lengthNanoseconds
        case .arrivals(let schedule, _, _): startAfter + schedule.lengthNanoseconds
        case .iterations: nil
        }
    }

    var model: LoadPlan.Model {
        switch kind {
        case .users: .users
        case .arrivals: .arrivals
        case .iterations: .iterations
        }
    }

    /// Corners of the planned line, from the start of the run.
    var corners: [LoadPlan.Corner] {
        let own =
            switch kind {
            case .users(let schedule): schedule.corners
            case .arrivals(let schedule, _, _): schedule.corners
            case .iterations: [LoadPlan.Corner]()
            }
        guard startAfter > 0, !own.isEmpty else { return own }
        let start = LoadPlan.Corner(atNanoseconds: 0, value: 0)
        let before = LoadPlan.Corner(atNanoseconds: startAfter, value: 0)
        let shifted = own.map {
            LoadPlan.Corner(atNanoseconds: $0.atNanoseconds + startAfter, value: $0.value)
        }
        return [start] + (shifted.first == before ? shifted : [before] + shifted)
    }
}

/// The sum of several lines, corner by corner: at a jump there are two of them at one moment.
///
/// - Parameter lines: each with rising times; a line is worth nothing after its end.
func summed(_ lines: [[LoadPlan.Corner]]) -> [LoadPlan.Corner] {
    let moments = Set(lines.joined().map(\.atNanoseconds)).sorted()
    var corners: [LoadPlan.Corner] = []
    func add(_ moment: Int64, _ value: Double) {
        let corner = LoadPlan.Corner(atNanoseconds: moment, value: value)
        if corners.last != corner { corners.append(corner) }
    }
    for moment in moments {
        add(moment, lines.reduce(0) { $0 + value(of: $1, at: moment, before: true) })
        add(moment, lines.reduce(0) { $0 + value(of: $1, at: moment, before: false) })
    }
    // The first moment has nothing before it, the last nothing after.
    if corners.count > 1, corners[0].atNanoseconds == corners[1].atNanoseconds { corners.removeFirst() }
    if let last = corners.last, corners.count > 1, last.value == 0,
        corners[corners.count - 2].atNanoseconds == last.atNanoseconds
    {
        corners.removeLast()
    }
    return corners
}

/// The value of a line just before or just after a moment.
private func value(of line: [LoadPlan.Corner], at moment: Int64, before: Bool) -> Double {
    guard let first = line.first, let last = line.last else { return 0 }
    if before ? moment <= first.atNanoseconds : moment < first.atNanoseconds { return 0 }
    if before ? moment > last.atNanoseconds : moment >= last.atNanoseconds { return 0 }
    let next =
        before
        ? line.firstIndex { $0.atNanoseconds >= moment } : line.firstIndex { $0.atNanoseconds > moment }
    guard let next, next > 0 else { return first.value }
    let (left, right) = (line[next - 1], line[next])
    let part = Double(moment - left.atNanoseconds) / Double(max(1, right.atNanoseconds - left.atNanoseconds))
    return left.value + (right.value - left.value) * part
}
