import AssayAudio
import AssayCore
import Testing

@Suite("Own lateness")
struct LatenessVerdictTests {
    private func verdict(_ values: [UInt64]) -> LatenessVerdict {
        let histogram = Histogram()
        for value in values { histogram.record(value) }
        return LatenessBound().judge(histogram.snapshot())
    }

    @Test("a run is on time up to its bounds")
    func onTime() {
        #expect(verdict(Array(repeating: 500_000, count: 1000)).isOnTime)
        #expect(verdict(Array(repeating: 500_000, count: 999) + [19_000_000]).isOnTime)
        #expect(verdict([500_000]).reason == nil)
    }

    @Test("late at the 99th percentile, or once by far, there is no judgement")
    func late() {
        #expect(
            verdict(Array(repeating: 500_000, count: 98) + [4_000_000, 4_000_000]).reason
                == "the calls were not on time: own frames were late by 4.00 ms (p99), over the bound of 2.00 ms"
        )
        #expect(
            verdict(Array(repeating: 500_000, count: 999) + [25_000_000]).reason
                == "the calls were not on time: an own frame was late by 25.0 ms, over the bound of 20.0 ms")
    }

    @Test("no frame is no judgement either")
    func nothing() {
        #expect(
            verdict([]).reason
                == "no frame of audio was written, so it is not known whether the calls were on time")
    }

    @Test("failed calls are a part of those scheduled, and a rate needs time")
    func tally() {
        var tally = CallTally()
        #expect(tally.failedFraction == nil)
        (tally.scheduled, tally.ended, tally.failed) = (40, 30, 3)
        #expect(tally.failedFraction == 0.075)
        #expect(tally.perMinute(over: 90_000_000_000) == 20)
        #expect(tally.perMinute(over: 0) == nil)
        #expect((tally + tally).scheduled == 80)
        #expect((tally + tally).failedFraction == 0.075)
        #expect((tally + tally).ended == 60)
    }
}
