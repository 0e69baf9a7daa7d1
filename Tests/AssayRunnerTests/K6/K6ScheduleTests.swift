import AssayCore
import AssayRunner
import AssayScenario
import Testing

/// What k6 1.1 does, by its source and by runs of it; times in milliseconds.
@Suite("k6: schedules")
struct K6ScheduleTests {
    private static func stages(_ stages: [(Int, Int)]) -> [LoadProfile.Stage<Int>] {
        stages.map { .init(length: .milliseconds($0.0), target: $0.1) }
    }

    private static func rates(_ stages: [(Int, Double)]) -> [LoadProfile.Stage<Rate>] {
        stages.map { .init(length: .milliseconds($0.0), target: Rate(perSecond: $0.1)) }
    }

    @Test(
        "ramping-vus: how many users there are from each moment on",
        arguments: [
            // 0 → 4 in 2 s, held, and down again: a run of k6 began users at 501, 1001, 1501 and 2001.
            (
                0, [(2000, 4), (1000, 4), (2000, 0)],
                [
                    (0, 0), (499, 0), (500, 1), (1000, 2), (1500, 3), (2000, 4), (3000, 4), (3499, 4),
                    (3500, 3),
                    (4000, 2), (4500, 1), (4999, 1), (5000, 0),
                ]
            ),
            // The first user is there from the beginning; on the way down one goes as soon as the line is one lower.
            (
                1, [(1000, 3), (1000, 1)],
                [(0, 1), (499, 1), (500, 2), (1000, 3), (1499, 3), (1500, 2), (2000, 1)]
            ),
            // A stage of no time jumps.
            (2, [(0, 10), (1000, 10), (0, 3), (1000, 3)], [(0, 10), (999, 10), (1000, 3), (2000, 3)]),
            // Fractions: 10 users in 3 s are one each 300 ms; k6 counts whole nanoseconds.
            (0, [(3000, 10)], [(299, 0), (300, 1), (599, 1), (600, 2), (2999, 9), (3000, 10)]),
            // 7 users in 1 s: one each 142.857142 ms.
            (0, [(1000, 7)], [(142, 0), (143, 1), (285, 1), (286, 2), (857, 5), (858, 6), (1000, 7)]),
            // Up, down and up again within the graceful time.
            (
                4, [(1000, 6), (1000, 1), (1000, 5)],
                [(0, 4), (500, 5), (1000, 6), (1200, 5), (1999, 2), (2000, 1), (2250, 2)]
            ),
        ] as [(Int, [(Int, Int)], [(Int, Int)])])
    func ramping(start: Int, stages: [(Int, Int)], expected: [(Int, Int)]) {
        let schedule = UserSchedule(start: start, stages: Self.stages(stages))
        for (moment, users) in expected {
            #expect(schedule.users(at: Int64(moment) * 1_000_000) == users, "at \(moment) ms")
        }
    }

    @Test("constant-arrival-rate: start k is at k·timeUnit/rate, the first at once")
    func constant() {
        // A run of k6 with 5/s: 0, 201, 401, … 1800.
        let schedule = ArrivalSchedule(start: Rate(perSecond: 5), stages: Self.rates([(2000, 5)]))
        #expect(
            (0..<10).map { (schedule.time(of: $0) ?? -1) / 1_000_000 } == [
                0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800,
            ])
        #expect(schedule.count == 10)
        // 7 a minute.
        let slow = ArrivalSchedule(
            start: Rate(perSecond: 7.0 / 60), stages: Self.rates([(60_000, 7.0 / 60)]))
        #expect(slow.count == 7 && slow.time(of: 6).map { $0 / 1_000_000 } == 51_428)
    }

    @Test(
        "ramping-arrival-rate: start n is where the integral of the rate reaches n, fractions carried on",
        arguments: [
            // The same rate all the time: a run of k6 began at 200, 401, … 2001.
            (5, [(2000, 5)], [200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000]),
            // 0 → 10/s in 2 s: at √(0.4·n) s; k6 began at 635, 897, 1098, 1267, 1417, 1551, 1675, 1791, 1900.
            (0, [(2000, 10)], [632, 894, 1095, 1264, 1414, 1549, 1673, 1788, 1897, 2000]),
            // A jump down: 10 in the first second, then one each half second.
            (
                10, [(1000, 10), (0, 2), (2000, 2)],
                [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1500, 2000, 2500, 3000]
            ),
            // 1.5 starts in the first second: the second one is a quarter of a second into the next stage.
            (0, [(1000, 3), (0, 2), (1000, 2)], [816, 1250, 1750]),
            // A stage at zero starts nothing.
            (2, [(1000, 2), (0, 0), (1000, 0), (0, 4), (500, 4)], [500, 1000, 2250, 2500]),
        ] as [(Double, [(Int, Double)], [Int64])])
    func arrivals(start: Double, stages: [(Int, Double)], expected: [Int64]) {
        let schedule = ArrivalSchedule(
            start: Rate(perSecond: start), stages: Self.rates(stages), beginsAtOnce: false)
        #expect(schedule.starts().map { $0.atNanoseconds / 1_000_000 } == expected)
    }

    @Test("shared-iterations are taken by whoever is free, per-vu-iterations belong to their users")
    func iterations() {
        #expect(IterationSchedule(users: 3, work: .total(10)).count == 10)
        #expect(IterationSchedule(users: 3, work: .each(10)).count == 30)
    }
}
