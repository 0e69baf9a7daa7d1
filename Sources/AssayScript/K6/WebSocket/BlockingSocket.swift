internal import AssayNet
internal import CScriptEngine

/// A connection of `ws.connect`: it has a loop of its own, and the script goes on when that has ended.
final class BlockingSocket {
    private let request: ScriptSocketRequest
    private let host: any ScriptHost
    private let socket: any ScriptSocket
    private var handlers: [String: [ScriptReference]] = [:]
    private var timers = TimerQueue<ScriptTimer>()
    private var holdings: [ScriptHolding] = []
    private var timersMade = 0
    private var pings = PingBook()
    /// A close was said, or the peer's was heard.
    private var isOver = false

    /// Bytes that may wait for the peer before a script that sends more waits as well.
    private static let mostUnsentBytes = 1 << 20

    init(_ request: ScriptSocketRequest, _ socket: any ScriptSocket, _ host: any ScriptHost) {
        self.request = request
        self.socket = socket
        self.host = host
        socket.onChange = { [weak host] in host?.wake() }
    }

    // MARK: the life of a connection

    /// From the open connection to its end.
    ///
    /// - Parameter setUp: the script's function, which is given the socket.
    func run(_ setUp: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        defer { finish() }
        do throws(ScriptThrow) {
            let object = try runtime.makeObject(of: ScriptSocketModule.socketType, holding: self)
            defer { runtime.free(object) }
            runtime.free(try runtime.call(setUp, [object]))
            try emit("open", nil, runtime)
            while !isOver { try turn(runtime) }
        } catch {
            guard let cause = runtime.caught(error) else {
                socket.close(1001, reason: "")
                throw .interrupted
            }
            do throws(ScriptThrow) {
                try close(1001, runtime)
            } catch {
                // What made the connection end is what is told.
                guard runtime.caught(error) != nil else { throw .interrupted }
            }
            throw .value(runtime.duplicate(cause.value))
        }
    }

    /// One thing that came, or a pause until something comes; and a timer that is due.
    private func turn(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        try runtime.checkpoint()
        if let event = socket.take() {
            try handle(event, runtime)
        } else if timers.nextDue > host.monotonicNow {
            let (host, deadline) = (host, timers.nextDue)
            try runtime.wait { await host.pause(until: deadline) }
        }
        guard !isOver, let timer = timers.take(at: host.monotonicNow) else { return }
        if let interval = timer.interval { repeats(timer, every: interval) }
        runtime.free(try runtime.call(timer.payload.callback.value))
    }

    /// Times that passed unused are left out, all but the last.
    private func repeats(_ timer: TimerQueue<ScriptTimer>.Entry, every interval: Int64) {
        var next = timer
        next.due += max(1, (host.monotonicNow - timer.due) / interval) * interval
        timers.add(next)
    }

    private func finish() {
        socket.onChange = nil
        socket.leave()
        handlers.removeAll()
        holdings.removeAll()
        timers.removeAll()
        isOver = true
    }

    private func handle(_ event: ScriptSocketEvent, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        switch event {
        case .message(.ping, _): try emit("ping", nil, runtime)
        case .message(.pong, let payload):
            if let sentAt = pings.answered(payload) {
                host.measure(.pong(roundTrip: host.monotonicNow - sentAt), of: request)
            }
            try emit("pong", nil, runtime)
        case .message(.text, let bytes):
            host.measure(.received, of: request)
            try emit("message", runtime.makeText(bytes), runtime)
        case .message(.binary, let bytes):
            host.measure(.received, of: request)
            try emit("binaryMessage", runtime.makeArrayBuffer(bytes), runtime)
        case .closed, .brokenOff, .failed:
            let end = SocketTexts.end(event)
            if let failure = end.failure {
                try emit(
                    "error", SocketValues.error(failure, close: end.code.map { ($0, end.reason) }, runtime),
                    runtime)
            }
            try close(end.code ?? 1001, runtime)
        }
    }

    /// Calls what the script wants called.
    ///
    /// - Parameter value: its argument, given away; `nil` for none.
    private func emit(_ event: String, _ value: ScriptValue?, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        defer { if let value { runtime.free(value) } }
        for handler in handlers[event] ?? [] {
            runtime.free(try runtime.call(handler.value, value.map { [$0] } ?? []))
        }
    }

    // MARK: what the script does with it

    func on(_ event: String, _ handler: ScriptReference, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard !isOver || event == "close" else { return }
        holdings.append(try runtime.hold(128 + event.utf8.count))
        handlers[event, default: []].append(handler)
    }

    func send(_ kind: ScriptSocketKind, _ bytes: [UInt8], _ runtime: ScriptRuntime) throws(ScriptThrow) {
        if socket.send(kind, bytes) {
            while socket.unsentBytes > Self.mostUnsentBytes {
                let host = host
                try runtime.wait { await host.pause(until: .max) }
            }
        } else {
            try emit("error", SocketValues.error(SocketTexts.closeSent, runtime), runtime)
        }
        host.measure(.sent, of: request)
    }

    func ping(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard socket.ping(pings.send(at: host.monotonicNow)) else {
            pings.forgetLast()
            try emit("error", SocketValues.error(SocketTexts.closeSent, runtime), runtime)
            return
        }
    }

    func close(_ code: Int, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard !isOver else { return }
        isOver = true
        socket.close(code, reason: "")
        try emit("close", runtime.make(code), runtime)
    }

    /// - Parameter name: of the function, for its error.
    func setTimer(
        _ name: String, _ arguments: ScriptArguments, repeats: Bool, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        let milliseconds = arguments.count > 1 ? try runtime.toNumber(arguments[1]) : 0
        let delay = TimerQueue<ScriptTimer>.nanoseconds(milliseconds)
        guard delay > 0 else {
            throw runtime.goError(
                "\(name) requires a >0 timeout parameter, received \(Self.decimals(milliseconds))")
        }
        guard runtime.isFunction(arguments[0]) else { throw .typeError("\(name) requires a function") }
        timersMade += 1
        timers.add(
            .init(
                id: timersMade, due: host.monotonicNow &+ delay, interval: repeats ? delay : nil,
                payload: try ScriptTimer(arguments[0], [], runtime)))
    }

    /// With two digits behind the point.
    private static func decimals(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else {
            return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf"
        }
        let hundredths = Int((abs(value) * 100).rounded())
        let rest = String(hundredths % 100)
        return (value < 0 ? "-" : "") + "\(hundredths / 100)." + (rest.count < 2 ? "0" : "") + rest
    }
}

/// Pings that were sent, each with a number as its payload, and wait for their pongs.
struct PingBook {
    private var count = 0
    private var sentAt: [String: Int64] = [:]
    /// A peer that answers nothing must not make this grow.
    private static let most = 4096

    /// - Returns: the payload of the next.
    mutating func send(at now: Int64) -> [UInt8] {
        if sentAt.count >= Self.most { sentAt.removeAll() }
        sentAt["\(count)"] = now
        count += 1
        return Array("\(count - 1)".utf8)
    }

    mutating func forgetLast() {
        count -= 1
        sentAt["\(count)"] = nil
    }

    /// - Returns: when it was sent; `nil` for a pong that answers none of them.
    mutating func answered(_ payload: [UInt8]) -> Int64? {
        sentAt.removeValue(forKey: String(decoding: payload, as: UTF8.self))
    }
}
