public import AssayCore

extension LoadProfile {
    /// How much load there is, and when.
    public enum Model: Sendable {
        /// A closed model: so many users, each starting again when it is done.
        case users(start: Int, stages: [Stage<Int>])
        /// An open model: so many starts a second, whatever the answers take.
        case arrivals(Arrivals)
        /// A fixed amount of work.
        case iterations(Iterations)

        /// Most users that it has at one time.
        public var maximumUsers: Int {
            switch self {
            case .users(let start, let stages): stages.reduce(start) { max($0, $1.from ?? 0, $1.target) }
            case .arrivals(let arrivals): arrivals.maximumUsers
            case .iterations(let work): work.users
            }
        }
    }

    /// A linear change to ``target`` that takes ``length``; length zero jumps.
    public struct Stage<Target: Sendable>: Sendable {
        public var length: Duration
        /// Where the stage begins; `nil` goes on from where the one before it ended.
        public var from: Target?
        public var target: Target
        /// Nothing starts for that long, and what comes after goes on from what there was before; ``target`` is zero.
        public var isPause: Bool
        /// A start that finds so many users busy is dropped; `nil` leaves it to the model.
        public var mostUsers: Int?

        public init(length: Duration, from: Target? = nil, target: Target, isPause: Bool = false) {
            self.length = length
            self.from = from
            self.target = target
            self.isPause = isPause
        }
    }

    /// Starts at a rate.
    public struct Arrivals: Sendable {
        /// How the starts lie on the line of the rate.
        public enum Spread: String, Sendable, CaseIterable {
            /// One exactly where the next is due.
            case even
            /// At random, independent of each other, with the rate as their mean.
            case poisson
        }

        public var start: Rate
        public var stages: [Stage<Rate>]
        /// A start that finds all of these busy is dropped.
        public var maximumUsers: Int
        /// So many users are there from the beginning; the others are made when they are needed.
        public var readyUsers: Int
        public var spread: Spread
        /// At a rate that never changes the first start falls at once, not when one is due.
        public var beginsAtOnce = true

        public init(
            start: Rate, stages: [Stage<Rate>], maximumUsers: Int, readyUsers: Int = 0, spread: Spread = .even
        ) {
            self.start = start
            self.stages = stages
            self.maximumUsers = maximumUsers
            self.readyUsers = readyUsers
            self.spread = spread
        }
    }

    /// Passes that are counted, not timed.
    public struct Iterations: Sendable {
        public enum Work: Sendable, Equatable {
            /// Every user makes this many.
            case each(Int)
            /// All users together make this many, whoever is free takes the next.
            case total(Int)
        }

        public var users: Int
        public var work: Work
        /// What has not begun by then is dropped.
        public var within: Duration?

        public init(users: Int, work: Work, within: Duration? = nil) {
            self.users = users
            self.work = work
            self.within = within
        }
    }

    /// One schedule and the scenarios that it drives.
    public struct Schedule: Sendable {
        /// Of the scenario whose own it is; `nil` when it is the profile's.
        public var name: String?
        /// Indices into ``LoadProfile/scenarios``; more than one are drawn by weight.
        public var scenarios: [Int]
        public var model: Model
        public var pacing: Pacing
    }

    /// What bounds the passes of a schedule, besides its model.
    public struct Pacing: Sendable, Equatable {
        /// Each pass is a new user's: its connections are opened again.
        public var renewsUsers = false
        /// The schedule begins so long after the run.
        public var startAfter = Duration.zero
        /// A user begins a pass at most this often; `nil` at once after the one before.
        public var pace: Duration?
        /// How long running passes may take to end after the schedule.
        public var gracefulStop = Duration.seconds(30)
        /// How long a user that is told to go while the schedule runs may take to end its pass.
        public var gracefulRampDown = Duration.seconds(30)
        public init() {}
    }
}

extension LoadProfile.Model {
    /// The same with a shorter or longer schedule; `nil` for a fixed amount of work, which has none.
    func scaled(_ length: (Duration) -> Duration) -> LoadProfile.Model? {
        switch self {
        case .users(let start, let stages):
            return .users(start: start, stages: stages.map { $0.scaled(length) })
        case .arrivals(var arrivals):
            arrivals.stages = arrivals.stages.map { $0.scaled(length) }
            return .arrivals(arrivals)
        case .iterations: return nil
        }
    }
}

extension LoadProfile.Stage {
    fileprivate func scaled(_ scale: (Duration) -> Duration) -> Self {
        var stage = self
        stage.length = scale(length)
        return stage
    }
}
