import AssayAudio
import AssayNet
import AssayWire

/// A small voice server for tests: greets, answers what was said to it, and ends calls, by closures on the reactor's thread.
final class ScriptedBot: Sendable {
    /// What it does, and when; all of one call.
    struct Script: Sendable {
        /// What is said after the connection, behind so many frames of silence.
        var greeting: [Int16] = []
        var greetsAfter = 5
        /// Answers to what the caller says, the first to the first; behind so many frames of silence.
        var answers: [[Int16]] = []
        var answersAfter = 10
        /// Whether it stops when the caller speaks over it.
        var stops = true
        /// Ends the call behind its last answer, so.
        var hangsUp: AudioSocketLink.Hangup?
        /// Ends the call when a key is pressed.
        var endsOnDigit: AudioSocketLink.Hangup?
        /// Does not close when the caller has hung up.
        var staysOpen = false
    }

    let server: AudioSocketServer
    let reactor: Reactor
    private let seen: ReactorBound<Seen>

    /// What it saw of its callers.
    struct Facts: Sendable {
        var uuids: [[UInt8]] = []
        var digits: [UInt8] = []
        var ends: [AudioSocketEnd] = []
        var frames = 0
        var calls = 0
    }

    private final class Seen { var facts = Facts() }

    init(on reactor: Reactor, _ script: Script) throws {
        self.reactor = reactor
        server = try AudioSocketServer(on: reactor)
        seen = ReactorBound(Seen(), on: reactor)
        server.serve { [seen] channel in
            let call = Call(script, seen.value)
            let link = AudioSocketLink(accepted: channel, media: call, on: reactor)
            link.staysOpen = script.staysOpen
            call.link = link
            seen.value.facts.calls += 1
            link.startPacing()
        }
    }

    var url: String { "audiosocket://\(server.address)" }
    /// On the reactor's thread.
    var facts: Facts { seen.value.facts }
    func stop() { server.stop() }

    /// A voice for so long.
    static func voice(_ milliseconds: Int, rate: Int = 8000, hertz: Double = 300) -> [Int16] {
        Sound.tone(hertz: hertz, for: .milliseconds(milliseconds), dBFS: -15, rate: rate).samples
    }

    private final class Call: AudioSocketMedia {
        let script: Script
        let seen: Seen
        weak var link: AudioSocketLink?
        private var queue: [Int16]
        private var silence: Int
        private var answered = 0
        private var ear = VoicedDetector(rate: 8000)
        private var quietFrames = 0
        private var hasSpoken = false
        private var endsAfter = false

        init(_ script: Script, _ seen: Seen) {
            self.script = script
            self.seen = seen
            queue = script.greeting
            silence = script.greetsAfter
        }

        func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool {
            var frame = [Int16](repeating: 0, count: 160)
            if silence > 0 {
                silence -= 1
            } else if !queue.isEmpty {
                for (place, sample) in queue.prefix(160).enumerated() { frame[place] = sample }
                queue.removeFirst(min(160, queue.count))
            } else if endsAfter, let how = script.hangsUp {
                link?.hangUp(how)
                return false
            }
            payload += PCM16.encode(frame)
            return true
        }

        func frameWritten(due: Int64, at: Int64, isShort: Bool) {}

        func frameArrived(_ type: UInt8, _ payload: RawSpan, at: Int64) {
            switch type {
            case AudioSocketType.uuid:
                seen.facts.uuids.append((0..<payload.byteCount).map { payload.unsafeLoadByte($0) })
            case AudioSocketType.dtmf:
                seen.facts.digits.append(payload.unsafeLoadByte(0))
                if let how = script.endsOnDigit { link?.hangUp(how) }
            default: hear(payload)
            }
        }

        private func hear(_ payload: RawSpan) {
            seen.facts.frames += 1
            var samples: [Int16] = []
            PCM16.decode(payload, into: &samples)
            ear.push(samples) { _, _ in }
            if ear.isVoiced {
                hasSpoken = true
                quietFrames = 0
                if script.stops { queue = [] }
                return
            }
            quietFrames += 1
            guard hasSpoken, quietFrames >= 5, answered < script.answers.count else { return }
            hasSpoken = false
            silence = max(0, script.answersAfter - quietFrames)
            queue = script.answers[answered]
            answered += 1
            endsAfter = answered == script.answers.count
        }

        func linkEnded(_ end: AudioSocketEnd) { seen.facts.ends.append(end) }
    }
}

extension RawSpan {
    fileprivate func unsafeLoadByte(_ place: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self)
    }
}

/// A folder of a test's own.
struct TemporaryFolder {
    let path: String

    init() {
        path = "/tmp/assay-calls-\(UInt64.random(in: 0...UInt64.max))"
        try? Files.makeFolder(path)
    }

    func remove() { try? Files.remove(path) }
}
