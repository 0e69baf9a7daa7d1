internal import AssayCore
internal import AssayPolicy

extension TestRun {
    /// How often every test runs.
    public struct Repeats: Sendable, Equatable {
        public var times: Int
        /// Begins nothing more once a test has failed.
        public var untilFailure: Bool

        public init(times: Int, untilFailure: Bool = false) {
            self.times = times
            self.untilFailure = untilFailure
        }
    }
}

/// Which test is begun next: round by round when tests run many times, each round in an order of its own.
///
/// A test is never begun while an earlier run of it still goes on: one that keeps data under fixed names must not fail
/// because of itself. Pure; its size is that of one round, however many there are.
struct RepeatSchedule {
    struct Start: Equatable {
        var test: Int
        /// From 0.
        var round: Int
    }

    private let tests: [Int]
    private var rounds: Int
    private let random: SeededRandom?
    private var round = 0
    /// Tests of this round that are not begun yet, last first.
    private var waiting: [Int]
    private var running: Set<Int> = []

    /// - Parameters:
    ///   - tests: in the order of the first round.
    ///   - rounds: how often each runs.
    ///   - random: draws the order of the other rounds; `nil` keeps the first one's.
    init(_ tests: [Int], rounds: Int, reshuffledBy random: SeededRandom?) {
        (self.tests, self.rounds, self.random) = (tests, rounds, random)
        waiting = rounds > 0 ? tests.reversed() : []
    }

    /// What to begin now; `nil` when everything has begun, or has to wait for a test that runs.
    mutating func next() -> Start? {
        if waiting.isEmpty, round + 1 < rounds {
            round += 1
            var stream = random?.split(UInt64(round))
            waiting = stream?.shuffled(tests) ?? tests.reversed()
        }
        guard let place = waiting.lastIndex(where: { !running.contains($0) }) else { return nil }
        let test = waiting.remove(at: place)
        running.insert(test)
        return Start(test: test, round: round)
    }

    mutating func ended(_ test: Int) { running.remove(test) }

    /// Begins nothing more.
    mutating func stop() { (waiting, rounds) = ([], 0) }

    /// Begins no further round.
    mutating func endRounds() { rounds = min(rounds, round + 1) }
}

/// Results as they come: one of each test, or the sum of its repetitions.
struct RunResults {
    private let repeats: TestRun.Repeats?
    private var single: [TestResult?]
    private var tallies: [RepetitionTally]
    /// A test failed, and nothing was to be begun after that.
    private(set) var endsTheRun = false

    init(count: Int, repeats: TestRun.Repeats?) {
        self.repeats = repeats
        single = [TestResult?](repeating: nil, count: repeats == nil ? count : 0)
        tallies =
            repeats.map {
                [RepetitionTally](repeating: RepetitionTally(planned: $0.times), count: count)
            } ?? []
    }

    /// Keeps a result, and tells the schedule what it means for what is still to come.
    mutating func add(
        _ result: TestResult, of start: RepeatSchedule.Start, to schedule: inout RepeatSchedule,
        isCancelled: Bool
    ) {
        schedule.ended(start.test)
        guard let repeats else {
            single[start.test] = result
            return
        }
        tallies[start.test].add(result, number: start.round + 1)
        if repeats.untilFailure, result.status == .failed {
            endsTheRun = true
            schedule.stop()
        }
        if isCancelled { schedule.endRounds() }
    }

    /// In the order of the tests; those never begun are left out.
    var all: [TestResult] { repeats == nil ? single.compactMap(\.self) : tallies.compactMap(\.result) }
}
