import AssayAudio
import AssayCore
import Testing

/// Calls made up by chance: what must hold for any.
@Suite("Properties of measuring calls")
struct CallPropertyTests {
    static let seeds: [UInt64] = Array(1...60)

    /// Both sides speak and pause as it comes; arrivals bunch up and lag.
    private func call(_ random: inout SeededRandom) -> CallScript {
        var script = CallScript("drawn")
        var time = 0.0
        while time < 12_000 {
            let length = Double.random(in: 60...1500, using: &random)
            if Bool.random(using: &random) { script.events += say(time, time + (length / 20).rounded() * 20) }
            time += length + Double.random(in: 40...3800, using: &random)
        }
        time = Double.random(in: 0...500, using: &random)
        while time < 12_000 {
            let frames = Int.random(in: 1...60, using: &random)
            let bunch = Int.random(in: 1...8, using: &random)
            let voiced = Int.random(in: 0...3, using: &random) > 0
            for frame in 0..<frames {
                script.events.append((time + Double(frame / bunch * bunch * 20), .heard(20, voiced: voiced)))
            }
            time += Double(frames * 20) + Double.random(in: 0...900, using: &random)
        }
        script.events += hangUp(12_500, peer: Bool.random(using: &random) ? .fin : nil)
        // Kernel stamps know no order with own clock readings: a grid of 1/8 ms keeps frames exact.
        script.events = script.events.map { (($0.at * 8).rounded() / 8, $0.event) }
        return script
    }

    @Test("when a call happened changes nothing", arguments: seeds)
    func shifted(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let script = call(&random)
        let offset = Int64.random(in: -900_000_000_000...9_000_000_000_000_000, using: &random)
        let (first, second) = (
            script.measurements(), script.measurements(connectedAt: 1_000_000_000_000 + offset)
        )
        #expect(
            first
                == second.map {
                    var one = $0; one.at -= offset; return one
                })
    }

    @Test("how audio is cut into messages changes nothing but lead", arguments: seeds)
    func split(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let script = call(&random)
        var pieces = script
        pieces.events = script.events.flatMap { at, event -> Part in
            guard case .heard(let length, let voiced) = event else { return [(at, event)] }
            let count = [1, 2, 4, 5].randomElement(using: &random) ?? 1
            return (0..<count).map { _ in (at, .heard(length / Double(count), voiced: voiced)) }
        }
        let (whole, cut) = (script.measurements(), pieces.measurements())
        #expect(whole.filter { $0.kind != .lead } == cut.filter { $0.kind != .lead })
        for (one, other) in zip(whole, cut) where one.kind == .lead { #expect(one.value <= other.value) }
    }

    @Test(
        "talk-over is at most what either side spoke, and neither spoke longer than it sent", arguments: seeds
    )
    func overlap(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let script = call(&random)
        let ledger = script.ledger()
        #expect(ledger.talkOver >= 0)
        #expect(ledger.talkOver <= min(ledger.callerVoiced, ledger.botVoiced))
        let sent = script.events.reduce(into: (caller: 0.0, bot: 0.0)) { sent, entry in
            switch entry.event {
            case .wrote(true, _): sent.caller += 20
            case .heard(let length, true): sent.bot += length
            default: break
            }
        }
        #expect(Double(ledger.callerVoiced) <= sent.caller * 1e6)
        #expect(Double(ledger.botVoiced) <= sent.bot * 1e6)
    }

    @Test("talk-over and dead air are what a slow reckoning in steps of 1/8 ms gives", arguments: seeds)
    func slowReckoning(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let script = call(&random)
        let step = 0.125
        let count = Int(12_500 / step)
        var (caller, bot) = ([Bool](repeating: false, count: count), [Bool](repeating: false, count: count))
        func mark(_ side: inout [Bool], _ start: Double, _ length: Double) {
            for place in Int(start / step)..<Int((start + length) / step) where place < count {
                side[place] = true
            }
        }
        var (callerEnd, botEnd) = (0.0, 0.0)
        for (at, event) in script.events.sorted(by: { $0.at < $1.at }) where at < 12_500 {
            switch event {
            case .wrote(let voiced, _):
                let start = max(at, callerEnd)
                callerEnd = start + 20
                if voiced { mark(&caller, start, 20) }
            case .heard(let length, let voiced):
                let start = max(at, botEnd)
                botEnd = start + length
                if voiced { mark(&bot, start, length) }
            default: break
            }
        }
        let both = zip(caller, bot).count { $0 && $1 }
        #expect(script.values(.talkOver) == [Double(both) * step])
        var (quiet, stretches) = (0.0, [Double]())
        for speaks in zip(caller, bot).map({ $0 || $1 }) {
            if speaks, quiet > 3000 { stretches.append(quiet) }
            quiet = speaks ? 0 : quiet + step
        }
        if quiet > 3000 { stretches.append(-quiet) }
        #expect(script.values(.deadAir) == stretches)
    }

    @Test("no latency is negative, and once is once", arguments: seeds)
    func sane(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let all = call(&random).measurements()
        #expect(all.allSatisfy { $0.value >= 0 })
        #expect(
            all.filter { $0.kind == .hole }.allSatisfy { $0.value > 40_000_000 && $0.value < 500_000_000 })
        #expect(all.filter { $0.kind == .deadAir }.allSatisfy { $0.value > 3_000_000_000 })
        for kind in [CallMeasurement.Kind.firstFrame, .talkOver, .predictedLoss, .hangup] {
            #expect(all.count { $0.kind == kind } == 1)
        }
        #expect(all.count { $0.kind == .greeting } <= 1)
    }

    @Test("events a little out of order give the same figures", arguments: seeds)
    func disorder(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var script = call(&random)
        // The reactor tells arrivals after writes that came up to 10 ms later; after a hangup nothing is heard.
        script.events.removeAll { $0.at > 12_480 && $0.at < 12_500 }
        var told = CallLedger(connectedAt: 1_000_000_000_000, rate: 8000)
        let order = script.events.enumerated().map {
            index, entry -> (Double, Int, Double, CallScript.Event) in
            guard case .heard = entry.event else { return (entry.at, index, entry.at, entry.event) }
            return (entry.at + 10, index, entry.at, entry.event)
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        for (_, _, at, event) in order {
            let time = 1_000_000_000_000 + Int64(at * 1e6)
            switch event {
            case .startOfSpeech: told.startOfSpeech(at: time)
            case .endOfSpeech: told.endOfSpeech(at: time)
            case .wrote(let voiced, _): told.wrote(due: time, at: time, voiced: voiced, samples: 160)
            case .heard(let length, let voiced): told.heard(Int(length * 8), voiced: voiced, at: time)
            case .hungUp: told.hungUp(at: time)
            case .ended(let how): told.ended(how, at: time)
            case .close: told.close(at: time)
            }
        }
        var all: [CallMeasurement] = []
        told.take { all.append($0) }
        for kind in [CallMeasurement.Kind.talkOver, .deadAir, .predictedLoss, .hole, .response] {
            #expect(
                all.filter { $0.kind == kind } == script.measurements().filter { $0.kind == kind }, "\(kind)")
        }
    }

    @Test("a chatterbox is measured in bounded memory")
    func bounded() {
        var ledger = CallLedger(connectedAt: 0, rate: 8000)
        for frame in 0..<200_000 { ledger.heard(160, voiced: frame % 2 == 0, at: 1000) }
        ledger.close(at: 10_000_000_000)
        #expect(ledger.botVoiced <= 10_000_000_000)
        #expect(ledger.queue.arrived == 4_000_000_000_000)
        #expect(ledger.queue.lost == 4_000_000_000_000 - 320_000_000)
    }
}
