import AssayCore
import AssayScenario
import Testing

@testable import AssayRunner

/// Schedules against what k6 publishes of its executors, in its own tests.
@Suite("Schedules of k6")
struct ScheduleTableTests {
    private static func seconds(_ value: Double) -> Duration { .nanoseconds(Int64((value * 1e9).rounded())) }

    private static func arrivals(_ start: Double, _ stages: [(Double, Double)]) -> ArrivalSchedule {
        ArrivalSchedule(
            start: Rate(perSecond: start),
            stages: stages.map { .init(length: seconds($0.0), target: Rate(perSecond: $0.1)) })
    }

    @Test("Ramping arrivals: starts of 0 → 1 → 1 → 0 a second, alone and in three segments")
    func rampingArrivals() {
        let one = Self.arrivals(0, [(5, 1), (1, 1), (5, 0)])
        func milliseconds(_ segment: Segment) -> [Int64] {
            one.starts(of: segment).map { ($0.atNanoseconds + 500_000) / 1_000_000 }
        }
        #expect(milliseconds(.whole) == [3162, 4472, 5500, 6528, 7838, 11000])
        #expect(milliseconds(Segment(index: 0, count: 3)) == [3162, 6528])
        #expect(milliseconds(Segment(index: 1, count: 3)) == [4472, 7838])
        #expect(milliseconds(Segment(index: 2, count: 3)) == [5500, 11000])
        let thrice = Self.arrivals(0, [(5, 3), (1, 3), (5, 0)])
        let wanted: [Int64] = [
            1825, 2581, 3162, 3651, 4082, 4472, 4830, 5166, 5499, 5833, 6169, 6527, 6917, 7348, 7837, 8418,
            9174, 10999,
        ]
        let times = thrice.starts().map { $0.atNanoseconds / 1_000_000 }
        #expect(times.count == wanted.count)
        for (time, wanted) in zip(times, wanted) { #expect(abs(time - wanted) <= 1) }
    }

    @Test("Constant arrivals: start k at k/rate, the first at once, none at the end")
    func constantArrivals() {
        let schedule = Self.arrivals(10, [(5, 10)])
        #expect(schedule.starts().map(\.atNanoseconds) == (0..<50).map { Int64($0) * 100_000_000 })
        // A minute's rate: 10/min for a minute is a start every six seconds.
        #expect(
            Self.arrivals(1 / 6, [(60, 1 / 6)]).starts().map { $0.atNanoseconds / 1_000_000 }
                == (0..<10).map { Int64($0) * 6000 })
    }

    @Test("Ramping arrivals per second: 10, then 30, then 50")
    func ratesPerSecond() {
        let starts = Array(Self.arrivals(10, [(1, 10), (1, 50), (1, 50)]).starts())
        let counts = (0..<3).map { second in
            starts.count { ($0.atNanoseconds - 1) / 1_000_000_000 == second }
        }
        #expect(counts == [10, 30, 50])
    }

    @Test("Ramping users: linear steps, a zero-length stage jumps")
    func rampingUsers() {
        let schedule = UserSchedule(
            start: 4,
            stages: [(2, 6), (5, 1), (4, 5), (4, 1), (3, 4), (2, 4), (0, 1), (3, 1)].map {
                .init(length: .seconds($0.0), target: $0.1)
            })
        let wanted = [4, 5, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3, 4, 4, 1, 1, 1]
        for (second, users) in wanted.enumerated() {
            #expect(schedule.users(at: Int64(second) * 1_000_000_000) == users, "at \(second) s")
        }
        #expect(schedule.lengthNanoseconds == 23_000_000_000 && schedule.maximumUsers == 6)
        // Between the seconds nothing changes.
        #expect(schedule.changes().allSatisfy { $0.atNanoseconds % 1_000_000_000 == 0 })
    }

    @Test("A stage may begin elsewhere, and hold")
    func from() {
        let users = UserSchedule(
            start: 0,
            stages: [
                .init(length: .seconds(2), from: 5, target: 5),
                .init(length: .seconds(4), from: 1, target: 3),
            ])
        #expect([0, 1, 2, 3, 4, 5, 6].map { users.users(at: $0 * 1_000_000_000) } == [5, 5, 1, 1, 2, 2, 3])
        #expect(users.corners.map(\.value) == [0, 5, 5, 1, 3])
        let rate = Rate(perSecond: 10)
        let arrivals = ArrivalSchedule(
            start: Rate(perSecond: 0), stages: [.init(length: .seconds(1), from: rate, target: rate)])
        #expect(arrivals.starts().map { $0.atNanoseconds / 1_000_000 } == (0..<10).map { $0 * 100 })
    }

    @Test("Nothing starts in a pause, and the line goes on from where it was")
    func pauses() {
        let twenty = Rate(perSecond: 20)
        let pause = LoadProfile.Stage(length: .seconds(3), target: Rate(perSecond: 0), isPause: true)
        let schedule = ArrivalSchedule(
            start: twenty,
            stages: [
                .init(length: .seconds(1), target: twenty), pause, .init(length: .seconds(1), target: twenty),
                pause, pause, .init(length: .seconds(1), target: Rate(perSecond: 0)),
            ])
        let seconds = schedule.starts().map { ($0.atNanoseconds - 1) / 1_000_000_000 }
        let counts = (0..<12).map { second in seconds.count { $0 == second } }
        #expect(counts == [20, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 10])
        #expect(schedule.rate(at: 2_000_000_000) == 0 && schedule.lengthNanoseconds == 12_000_000_000)

        let users = UserSchedule(
            start: 3,
            stages: [
                .init(length: .seconds(1), target: 3),
                .init(length: .seconds(2), target: 0, isPause: true),
                .init(length: .seconds(1), target: 3), .init(length: .seconds(1), target: 0, isPause: true),
            ])
        #expect((0...4).map { users.users(at: $0 * 1_000_000_000) } == [3, 0, 0, 3, 0])
        #expect(users.corners.last?.value == 0)
    }

    @Test(
        "A number of starts lies evenly over its time", arguments: [(100, 7.0), (3, 10), (1, 60), (999, 0.5)])
    func counts(count: Int, length: Double) {
        let schedule = Self.arrivals(Double(count) / length, [(length, Double(count) / length)])
        #expect(schedule.count == count && Array(schedule.starts()).count == count)
    }

    @Test("The sum of lines has their jumps")
    func sums() {
        func line(_ corners: [(Int64, Double)]) -> [LoadPlan.Corner] {
            corners.map { .init(atNanoseconds: $0.0, value: $0.1) }
        }
        #expect(summed([line([(0, 0), (10, 10)]), line([(0, 4), (5, 4)])]).map(\.value) == [4, 9, 5, 10])
        #expect(
            summed([line([(0, 2), (4, 2)]), line([(0, 0), (2, 0), (2, 6), (8, 6)])])
                == line([(0, 2), (2, 2), (2, 8), (4, 8), (4, 6), (8, 6)]))
        #expect(summed([]).isEmpty)
    }
}
