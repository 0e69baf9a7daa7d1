import AssayAudio
import Testing

@Suite("Measurements of a call")
struct CallMeasurementTests {
    @Test(
        "a metric is moved by its cause and by nothing else",
        arguments: MetricCase.all)
    func metric(_ metric: MetricCase) {
        #expect(metric.moved.values(metric.kind) == metric.values)
        #expect(metric.unmoved.values(metric.kind) == metric.rest)
    }

    @Test("every metric but lateness is in the table, and lateness is answered at once")
    func complete() {
        let kinds = Set(MetricCase.all.map(\.kind))
        #expect(kinds == Set(CallMeasurement.Kind.allCases).subtracting([.lateness]))
        var ledger = CallLedger(connectedAt: 0, rate: 8000)
        #expect(ledger.wrote(due: 1000, at: 1700, voiced: false, samples: 160) == 700)
        #expect(ledger.wrote(due: 20_000_000, at: 19_999_000, voiced: false, samples: 160) == 0)
        #expect(ledger.framesWritten == 2)
        #expect(ledger.worstLateness == 700)
    }

    @Test("the ways in which a peer ends a call are told apart", arguments: CallEnd.allCases)
    func ends(_ end: CallEnd) {
        let ledger = CallScript("", bot(0, 100), [(200, .ended(end)), (210, .ended(.fin)), (300, .close)])
            .ledger()
        #expect(ledger.end == end)
        #expect(end.isOrderly == (end == .fin || end == .hangupFrame))
        let closesAtOnce = [CallEnd.fin, .reset, .midFrame].contains(end)
        #expect(ledger.endedAt == ledger.connectedAt + (closesAtOnce ? 200 : 210) * 1_000_000)
    }

    @Test("predicted loss is told as time and as a part of what arrived")
    func predictedLoss() throws {
        let all = CallScript("", burst(0, 4000), hangUp(5000)).measurements()
        let loss = try #require(all.first { $0.kind == .predictedLoss })
        #expect(loss.value == 3_680_000_000)
        #expect(loss.fraction == 0.92)
        let nothing = CallScript("", hangUp(5000)).measurements()
        #expect(try #require(nothing.first { $0.kind == .predictedLoss }).fraction == nil)
    }

    @Test("a short last frame counts with its own length")
    func shortFrame() {
        let script = CallScript(
            "", bot(0, 500), [(500, .heard(7.5, voiced: true))], say(300, 900), hangUp(2000))
        #expect(script.values(.talkOver) == [207.5])
        #expect(script.values(.bargeStop) == [207.5])
    }

    @Test("steps can see where the call stands")
    func state() {
        var script = CallScript("", bot(300, 1300))
        #expect(script.ledger().isBotSpeaking(at: 1_000_000_000_000 + 1_500_000_000))
        #expect(!script.ledger().isBotSpeaking(at: 1_000_000_000_000 + 1_800_000_000))
        #expect(script.ledger().turn == nil)
        script.events += say(2000, 3000)
        #expect(script.ledger().botQuietAt == nil)
        #expect(script.ledger().turn?.response == nil)
        script.events += bot(3500, 4500)
        let ledger = script.ledger()
        #expect(ledger.turn?.response == 520_000_000)
        #expect(ledger.botSpokeAt == ledger.connectedAt + 3_500_000_000)
        #expect(ledger.utterances == 2)
        #expect(ledger.greeting == 300_000_000)
        #expect(ledger.botQuietAt == ledger.connectedAt + 5_100_000_000)
    }

    @Test("time alone ends an utterance, and with it what waits for its end")
    func advancing() {
        var ledger = CallScript("", bot(0, 1300), say(1000, 1600)).ledger()
        var kinds: [CallMeasurement.Kind] = []
        ledger.take { kinds.append($0.kind) }
        #expect(!kinds.contains(.bargeStop))
        ledger.advance(to: ledger.connectedAt + 1_899_000_000)
        #expect(!ledger.hasMeasurements)
        ledger.advance(to: ledger.connectedAt + 1_900_000_000)
        ledger.take { kinds.append($0.kind) }
        #expect(kinds.contains(.bargeStop))
        #expect(ledger.bargedInAt == nil)
    }
}
