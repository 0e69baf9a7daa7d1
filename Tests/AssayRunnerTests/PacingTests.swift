import AssayCore
import AssayRunner
import AssayScenario
import Testing

@Suite struct PacingTests {
    struct Plan: Sendable {
        var start: Double
        /// Seconds and starts per second.
        var stages: [(Double, Double)]
        var schedule: ArrivalSchedule {
            ArrivalSchedule(
                start: Rate(perSecond: start),
                stages: stages.map {
                    .init(length: .nanoseconds(Int64($0.0 * 1e9)), target: Rate(perSecond: $0.1))
                })
        }
        /// The integral of the rate up to a moment, by the trapezium rule on the stages.
        func integral(to seconds: Double) -> Double {
            var (sum, at, rate) = (0.0, 0.0, start)
            for (length, target) in stages {
                if length > 0 {
                    let part = min(length, max(0, seconds - at))
                    let reached = rate + (target - rate) * part / length
                    sum += (rate + reached) / 2 * part
                    at += length
                }
                rate = target
            }
            return sum
        }
    }

    static let ramps = [
        Plan(start: 0, stages: [(10, 100)]),
        Plan(start: 10, stages: [(120, 50), (60, 100)]),
        Plan(start: 100, stages: [(10, 0), (5, 0), (0, 50), (10, 50), (3, 7)]),
        Plan(start: 0, stages: [(0.5, 1), (0.25, 3), (0.1, 9), (7, 0.3)]),
        Plan(start: 0.1, stages: [(30, 0.1), (0, 0), (10, 0), (10, 1)]),
        Plan(start: 50, stages: [(1, 50), (0, 100), (1, 100)]),
    ]

    @Test("Start n of a ramp falls where the integral of the rate reaches n", arguments: ramps.indices)
    func ramp(index: Int) throws {
        let plan = Self.ramps[index]
        let schedule = plan.schedule
        let whole = plan.integral(to: 1e9)
        #expect(schedule.count == Int((whole + 1e-9).rounded(.down)))
        var last: Int64 = 0
        var seen = 0
        for start in schedule.starts() {
            #expect(start.number == seen)
            #expect(start.atNanoseconds >= last)
            #expect(start.atNanoseconds <= schedule.lengthNanoseconds)
            // Half a nanosecond of rounding at 100/s is 5e-8 of a start.
            #expect(abs(plan.integral(to: Double(start.atNanoseconds) / 1e9) - Double(seen + 1)) < 1e-6)
            last = start.atNanoseconds
            seen += 1
        }
        #expect(seen == schedule.count)
    }

    @Test("A constant rate starts at once and then evenly, whatever it is divided into")
    func constant() {
        let one = Plan(start: 4, stages: [(10, 4)]).schedule
        let two = Plan(start: 0, stages: [(0, 4), (3, 4), (7, 4)]).schedule
        for schedule in [one, two] {
            #expect(schedule.starts().map(\.atNanoseconds) == (0..<40).map { Int64($0) * 250_000_000 })
        }
        #expect(Plan(start: 3, stages: [(1.1, 3)]).schedule.count == 4)
    }

    @Test("100 000 a second for an hour is exact to its last start")
    func long() {
        let steady = Plan(start: 100_000, stages: [(3600, 100_000)]).schedule
        #expect(steady.count == 360_000_000)
        #expect(steady.time(of: 359_999_999) == 3_599_999_990_000)
        #expect(steady.time(of: 360_000_000) == nil)
        let climb = Plan(start: 0, stages: [(1800, 100_000), (1800, 100_000), (0.001, 0)]).schedule
        #expect(climb.count == 270_000_050)
        #expect(climb.time(of: 270_000_000 - 1) == 3_600_000_000_000)
        #expect(climb.time(of: 90_000_000 - 1) == 1_800_000_000_000)
    }

    @Test("No rate or no time means no start")
    func nothing() {
        for plan in [
            Plan(start: 0, stages: []), Plan(start: 10, stages: []), Plan(start: 0, stages: [(60, 0)]),
            Plan(start: -5, stages: [(10, -1), (-3, 0)]), Plan(start: 10, stages: [(0, 50)]),
        ] {
            #expect(plan.schedule.count == 0)
            #expect(plan.schedule.time(of: 0) == nil)
            #expect(Array(plan.schedule.starts()).isEmpty)
        }
    }

    @Test("The segments together are the whole, each start once", arguments: [1, 2, 3, 7])
    func segments(count: Int) {
        for plan in Self.ramps {
            let schedule = plan.schedule
            let parts = (0..<count).map { Array(schedule.starts(of: Segment(index: $0, count: count))) }
            for (index, part) in parts.enumerated() {
                #expect(schedule.starts(of: Segment(index: index, count: count)).remaining == part.count)
            }
            #expect(parts.joined().sorted { $0.number < $1.number } == Array(schedule.starts()))
        }
    }

    @Test("The rate follows the line, and the corners keep jumps")
    func rates() {
        let schedule = Plan(start: 10, stages: [(10, 20), (0, 50), (10, 50)]).schedule
        #expect(schedule.rate(at: 5_000_000_000) == 15)
        #expect(schedule.rate(at: 15_000_000_000) == 50)
        #expect(schedule.rate(at: 20_000_000_001) == 0)
        #expect(schedule.corners.map(\.value) == [10, 20, 50, 50])
        #expect(schedule.corners.map(\.atNanoseconds) == [0, 10_000_000_000, 10_000_000_000, 20_000_000_000])
    }
}

@Suite struct UserPacingTests {
    private func schedule(_ start: Int, _ stages: [(Int, Int)]) -> UserSchedule {
        UserSchedule(start: start, stages: stages.map { .init(length: .seconds($0.0), target: $0.1) })
    }

    @Test("Users come where the line reaches their number and go where it falls to it")
    func steps() {
        let changes = Array(schedule(1, [(2, 3), (0, 5), (4, 4), (0, 2)]).changes())
        #expect(changes.map { $0.kind == .start ? $0.user : -1 - $0.user } == [0, 1, 2, 3, 4, -5, -4, -3])
        #expect(changes.map { $0.atNanoseconds / 1_000_000_000 } == [0, 1, 2, 2, 2, 6, 6, 6])
    }

    @Test("The number of users at any moment is what the changes so far add up to")
    func agreement() {
        let plan = schedule(3, [(7, 20), (3, 20), (11, 2), (0, 9), (5, 9), (4, 0)])
        let changes = Array(plan.changes())
        for tick in 0...300 {
            let now = Int64(tick) * 100_000_000
            let sum = changes.reduce(0) { $1.atNanoseconds > now ? $0 : $0 + ($1.kind == .start ? 1 : -1) }
            #expect(plan.users(at: now) == sum, "at \(tick)00 ms")
        }
        #expect(plan.maximumUsers == 20)
        #expect(plan.users(at: plan.lengthNanoseconds + 1) == 0)
    }

    @Test("The segments' users are the whole's, each change once", arguments: [1, 2, 5])
    func segments(count: Int) {
        let plan = schedule(4, [(10, 31), (5, 3)])
        let parts = (0..<count).flatMap { Array(plan.changes(of: Segment(index: $0, count: count))) }
        let whole = Array(plan.changes())
        #expect(parts.count == whole.count)
        #expect(whole.allSatisfy(parts.contains))
    }

    @Test("Fixed work is shared out whole", arguments: [(1, 10), (10, 1000), (3, 7), (7, 3), (0, 5), (5, 0)])
    func iterations(users: Int, amount: Int) {
        for work in [IterationSchedule.Work.each(amount), .total(amount)] {
            let schedule = IterationSchedule(users: users, work: work)
            for count in 1...5 {
                let segments = (0..<count).map { Segment(index: $0, count: count) }
                #expect(segments.reduce(0) { $0 + schedule.count(of: $1) } == schedule.count)
                #expect(segments.flatMap { Array(schedule.users(of: $0)) }.sorted() == Array(0..<users))
                for segment in segments where Array(schedule.users(of: segment)).isEmpty {
                    #expect(schedule.count(of: segment) == 0)
                }
            }
        }
    }

    @Test("Weights hold, zero is never drawn, and the same stream draws the same")
    func weights() throws {
        let pick = try #require(WeightedPick(weights: [8, 0, 2]))
        var (one, two) = (SeededRandom(seed: 5), SeededRandom(seed: 5))
        var drawn = [0, 0, 0]
        for _ in 0..<20_000 {
            let index = pick.draw(using: &one)
            #expect(index == pick.draw(using: &two))
            drawn[index] += 1
        }
        #expect(drawn[1] == 0)
        #expect((15_700...16_300).contains(drawn[0]))
        for bad in [[], [0], [-1, 2], [.nan], [.infinity]] as [[Double]] {
            #expect(WeightedPick(weights: bad) == nil)
        }
    }
}
