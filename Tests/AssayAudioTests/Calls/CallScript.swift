import AssayAudio
import Testing

/// A call as a list of things that happen, in milliseconds since the connection, to be told to a ledger in time order.
struct CallScript: Sendable, CustomTestStringConvertible {
    enum Event: Sendable, Hashable {
        case startOfSpeech
        case endOfSpeech
        case wrote(voiced: Bool, late: Double)
        /// Milliseconds of audio in one message.
        case heard(Double, voiced: Bool)
        case hungUp
        case ended(CallEnd)
        case close
    }

    var name = ""
    var events: [(at: Double, event: Event)] = []
    var testDescription: String { name }

    init(_ name: String = "", _ parts: [(at: Double, event: Event)]...) {
        self.name = name
        events = parts.flatMap { $0 }
    }

    static let millisecond = 1_000_000.0

    func ledger(connectedAt: Int64 = 1_000_000_000_000) -> CallLedger {
        var ledger = CallLedger(connectedAt: connectedAt, rate: 8000)
        for (at, event) in events.enumerated().sorted(by: { ($0.1.at, $0.0) < ($1.1.at, $1.0) }).map(\.1) {
            let time = connectedAt + Int64(at * Self.millisecond)
            switch event {
            case .startOfSpeech: ledger.startOfSpeech(at: time)
            case .endOfSpeech: ledger.endOfSpeech(at: time)
            case .wrote(let voiced, let late):
                ledger.wrote(
                    due: time - Int64(late * Self.millisecond), at: time, voiced: voiced, samples: 160)
            case .heard(let length, let voiced): ledger.heard(Int(length * 8), voiced: voiced, at: time)
            case .hungUp: ledger.hungUp(at: time)
            case .ended(let how): ledger.ended(how, at: time)
            case .close: ledger.close(at: time)
            }
        }
        return ledger
    }

    func measurements(connectedAt: Int64 = 1_000_000_000_000) -> [CallMeasurement] {
        var ledger = ledger(connectedAt: connectedAt)
        var all: [CallMeasurement] = []
        ledger.take { all.append($0) }
        return all
    }

    /// The values of one kind in milliseconds, censored ones negative.
    func values(_ kind: CallMeasurement.Kind) -> [Double] {
        measurements().filter { $0.kind == kind }.map {
            let value = Double($0.value) / Self.millisecond
            return $0.isCensored ? -value : value
        }
    }
}

typealias Part = [(at: Double, event: CallScript.Event)]

/// Frames of the bot, one each `every` milliseconds.
func bot(
    _ start: Double, _ end: Double, voiced: Bool = true, every: Double = 20, of length: Double = 20
) -> Part {
    stride(from: start, to: end, by: every).map { ($0, .heard(length, voiced: voiced)) }
}

/// Audio of the bot in one go.
func burst(_ at: Double, _ length: Double) -> Part {
    stride(from: 0, to: length, by: 20).map { _ in (at, .heard(20, voiced: true)) }
}

/// The caller speaks: the last of its frames is the one with the last speech sample.
func say(_ start: Double, _ end: Double) -> Part {
    [(start, .startOfSpeech)]
        + stride(from: start, to: end, by: 20).map { ($0, .wrote(voiced: true, late: 0)) }
        + [(end - 20, .endOfSpeech)]
}

/// The caller sends silence.
func quiet(_ start: Double, _ end: Double, late: Double = 0) -> Part {
    stride(from: start, to: end, by: 20).map { ($0, .wrote(voiced: false, late: late)) }
}

func hangUp(_ at: Double, peer: CallEnd? = .fin, after: Double = 20) -> Part {
    [(at, .hungUp)] + (peer.map { [(at + after, .ended($0))] } ?? []) + [(at + 3000, .close)]
}
