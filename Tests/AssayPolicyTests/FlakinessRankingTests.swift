import AssayCore
import AssayPolicy
import Testing

/// `P` passed, `F` failed, `Q` failed in quarantine, `R` passed when tried again, `S` skipped, `I` interrupted; at a commit.
private func past(_ name: String, _ results: String, commits: String? = nil) -> PastTest {
    let places = commits.map { Array($0) } ?? Array(repeating: "a", count: results.count)
    return PastTest(
        level: "e2e", scenario: name, file: "\(name).yml",
        results: zip(results, places).enumerated().map { index, pair in
            let status: TestResult.Status =
                switch pair.0 {
                case "F": .failed
                case "Q": .quarantined
                case "S": .skipped
                case "I": .interrupted
                default: .passed
                }
            return PastResult(
                run: Int64(index), startedAtMilliseconds: Int64(index), status: status,
                isFlaky: pair.0 == "R",
                commit: pair.1 == "-" ? nil : String(pair.1))
        })
}

@Suite("Ranking of flaky tests")
struct FlakinessRankingTests {
    @Test(
        "passing on a further try counts, and so does another result at the same commit",
        arguments: [
            ("PPPP", nil, 0, 0, 4), ("FFFF", nil, 0, 0, 4), ("PFPF", nil, 0, 3, 4), ("PRPP", nil, 1, 0, 4),
            ("PF", "ab", 0, 0, 2), ("PFP", "aba", 0, 0, 3), ("PPF", "aba", 0, 1, 3), ("PF", "--", 0, 0, 2),
            ("PSF", nil, 0, 1, 2), ("PIF", nil, 0, 1, 2), ("PQ", nil, 0, 1, 2), ("RF", nil, 1, 1, 2),
        ] as [(String, String?, Int, Int, Int)])
    func counts(results: String, commits: String?, retried: Int, flips: Int, runs: Int) throws {
        let ranks = rankFlakiness([past("t", results, commits: commits)], window: 50)
        guard retried + flips > 0 else { return #expect(ranks.isEmpty) }
        let rank = try #require(ranks.first)
        #expect((rank.retried, rank.flips, rank.runs) == (retried, flips, runs))
        #expect(rank.rate == Double(retried + flips) / Double(runs))
    }

    @Test("the worst is first; of equal shares the one with more of them, then the one seen last")
    func order() {
        let ranks = rankFlakiness(
            [past("calm", "PPPP"), past("half", "PR"), past("longer half", "PRPR"), past("worst", "RRR")],
            window: 50)
        #expect(ranks.map(\.test.scenario) == ["worst", "longer half", "half"])
    }

    @Test("what is older than the window is forgotten")
    func window() {
        #expect(rankFlakiness([past("t", "RRRPPP")], window: 3).isEmpty)
        #expect(rankFlakiness([past("t", "RRRPPP")], window: 4).first?.runs == 4)
    }

    @Test(
        "a streak is what passed at once at the end, over runs that judged nothing",
        arguments: [
            ("PPP", 3), ("FPP", 2), ("PPR", 0), ("RPP", 2), ("PPF", 0), ("PSPI", 2), ("", 0), ("QPP", 2),
        ])
    func streak(results: String, length: Int) { #expect(passingStreak(past("t", results).results) == length) }
}
