import AssayNet
import AssayWire
import Glibc

/// Media that does what a test wants and keeps what it saw.
final class Talker: AudioSocketMedia {
    struct Message: Equatable {
        var type: UInt8
        var payload: [UInt8]
    }

    let reactor: Reactor
    /// Tells every message and the end.
    let news: Signal
    /// Frames still to be given; `nil` gives silence for ever.
    var frames: Int? = 0
    var frame = [UInt8](repeating: 0x11, count: 320)
    /// Sends back what comes.
    weak var echo: AudioSocketLink?
    /// Judges the other side, when set.
    var judge: AsteriskJudge?
    private(set) var messages: [Message] = []
    private(set) var arrivals: [Int64] = []
    private(set) var written: [(due: Int64, at: Int64, isShort: Bool)] = []
    private(set) var ends: [AudioSocketEnd] = []
    var onMessage: ((Message) -> Void)?
    var onNext: (() -> Void)?
    var onWritten: (() -> Void)?

    init(on reactor: Reactor) {
        self.reactor = reactor
        news = reactor.makeSignal()
    }

    var end: AudioSocketEnd? { ends.last }

    func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool {
        onNext?()
        if frames == 0 { return false }
        frames? -= 1
        payload.append(contentsOf: frame)
        return true
    }

    func frameWritten(due: Int64, at: Int64, isShort: Bool) {
        written.append((due, at, isShort))
        onWritten?()
        news.notifyAll()
    }

    func frameArrived(_ type: UInt8, _ payload: RawSpan, at: Int64) {
        let bytes = unsafe payload.withUnsafeBytes { unsafe [UInt8]($0) }
        messages.append(Message(type: type, payload: bytes))
        arrivals.append(at)
        judge?.receive(.message(type: type, length: bytes.count), at: at)
        if AudioSocketType.isAudio(type) { echo?.send(type, bytes) }
        onMessage?(Message(type: type, payload: bytes))
        news.notifyAll()
    }

    func linkEnded(_ end: AudioSocketEnd) {
        ends.append(end)
        judge?.receive(end.kind.judged, at: end.hungUpAt ?? end.at)
        news.notifyAll()
    }

    /// Waits until `isTrue`, at most five seconds.
    func wait(until isTrue: () -> Bool) async -> Bool {
        let deadline = Reactor.monotonicNow() + 5_000_000_000
        while !isTrue() { if await news.wait(until: deadline) == .timeout { return isTrue() } }
        return true
    }
}

/// A caller and a server that have each other, on one reactor.
struct Pair {
    let caller: AudioSocketLink
    let callerMedia: Talker
    let server: AudioSocketLink
    let serverMedia: Talker

    static let uuid = [UInt8](0..<16)

    static func make(on reactor: Reactor) async throws -> Pair {
        let server = try AudioSocketServer(on: reactor)
        defer { server.stop() }
        let (near, far) = (Talker(on: reactor), Talker(on: reactor))
        var accepted: AudioSocketLink?
        server.serve { channel in accepted = AudioSocketLink(accepted: channel, media: far, on: reactor) }
        let link = try await AudioSocketLink.connect(
            to: [server.address], uuid: uuid, media: near, until: Reactor.monotonicNow() + 2_000_000_000,
            on: reactor
        ).get()
        _ = await far.wait { !far.messages.isEmpty }
        guard let accepted else { throw NothingCame() }
        return Pair(caller: link, callerMedia: near, server: accepted, serverMedia: far)
    }

    struct NothingCame: Error {}
}

/// Two hundred callers and whoever answers them, echoing.
final class Room {
    private let reactor: Reactor
    private(set) var callers: [Talker] = []
    private(set) var answerers: [Talker] = []
    private(set) var links: [AudioSocketLink] = []
    private var answering: [AudioSocketLink] = []

    init(on reactor: Reactor) { self.reactor = reactor }

    var everybody: [Talker] { callers + answerers }

    func accept(_ channel: Channel) {
        let talker = Talker(on: reactor)
        let link = AudioSocketLink(accepted: channel, media: talker, on: reactor)
        talker.echo = link
        answering.append(link)
        answerers.append(talker)
    }

    func call(_ address: SocketAddress, _ byte: UInt8, until deadline: Int64) async throws {
        let talker = Talker(on: reactor)
        talker.frames = 4
        talker.frame = [UInt8](repeating: byte, count: 320)
        callers.append(talker)
        try await call(address, media: talker, until: deadline)
    }

    func call(_ address: SocketAddress, media talker: Talker, until deadline: Int64) async throws {
        let link = try await AudioSocketLink.connect(
            to: [address], uuid: Pair.uuid, media: talker, until: deadline, on: reactor
        ).get()
        link.startPacing()
        links.append(link)
    }

    /// Looks again every few milliseconds, at most twenty seconds.
    func wait(until isTrue: () -> Bool) async -> Bool {
        let deadline = Reactor.monotonicNow() + 20_000_000_000
        while !isTrue() {
            if Reactor.monotonicNow() > deadline { return false }
            await reactor.sleep(for: .milliseconds(5))
        }
        return true
    }
}

/// Sockets of this machine at a TCP port that are neither gone nor in TIME_WAIT.
func openSockets(at port: UInt16) -> Int {
    guard let file = unsafe fopen("/proc/net/tcp", "r") else { return 0 }
    defer { unsafe _ = fclose(file) }
    let hex = String(port, radix: 16, uppercase: true)
    let wanted = ":" + String(repeating: "0", count: 4 - hex.count) + hex
    var line = [CChar](repeating: 0, count: 512)
    var count = 0
    while unsafe fgets(&line, Int32(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let words = text.split(separator: " ")
        guard words.count > 3, words[1].hasSuffix(wanted) || words[2].hasSuffix(wanted) else { continue }
        if words[3] != "06" { count += 1 }
    }
    return count
}
