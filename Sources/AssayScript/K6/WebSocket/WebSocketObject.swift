internal import AssayNet
internal import CScriptEngine

/// A `WebSocket` of `k6/websockets`: what happens to it is dealt with in the loop of the pass, which lasts until it is closed.
final class WebSocketObject: LoopMember {
    enum State: Int { case connecting, open, closing, closed }

    let request: ScriptSocketRequest
    private(set) var state = State.connecting
    private(set) var bufferedAmount = 0
    private(set) var extensions: [String] = []
    var binaryType = BinaryType.blob
    /// What `on…` and `addEventListener` were given.
    private(set) var listeners = SocketListeners()
    private var socket: (any ScriptSocket)?
    private weak var host: (any ScriptHost)?
    private let startedAt: Int64
    private var pings = PingBook()
    /// What a close said before there was a connection.
    private var wantedClose: (code: Int, reason: String)?
    /// What the event of the end tells.
    private var closeCode = 0
    private var closeReason = ""
    /// Of the connection, and of each listener.
    private var holdings: [ScriptHolding] = []
    /// The script's object, while the connection lives.
    private var object: ScriptReference?

    enum BinaryType: String { case blob, arraybuffer }

    init(_ request: ScriptSocketRequest, _ host: any ScriptHost) {
        self.request = request
        self.host = host
        startedAt = host.monotonicNow
    }

    /// Begins to connect.
    func start(_ object: ScriptReference, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard let host else { return }
        // With what a connection takes below.
        holdings.append(try runtime.hold(16 << 10))
        self.object = object
        let (loop, request) = (runtime.eventLoop, request)
        try loop.begin(runtime) {
            await host.open(request)
        } then: { [weak self] runtime, opening throws(ScriptThrow) in
            guard let self, state != .closed else {
                opening.socket?.abort()
                return
            }
            try connected(opening, runtime)
        } orDropped: { opening in
            opening.socket?.abort()
        }
        loop.join(self)
    }

    // MARK: what happens to it

    private func connected(
        _ opening: ScriptSocketOpening, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        guard let host else {
            opening.socket?.abort()
            return
        }
        request.settle(opening, host)
        extensions = opening.extensions
        guard let socket = opening.socket else {
            try closed(failure: opening.failure ?? "", runtime)
            return
        }
        self.socket = socket
        let loop = runtime.eventLoop
        socket.onChange = { [weak self, weak loop, weak host] in
            guard let self, let loop else { return }
            loop.signal(self)
            host?.wake()
        }
        loop.signal(self)
        if let wantedClose {
            say(wantedClose.code, wantedClose.reason)
        } else if state == .connecting {
            state = .open
            try emitOrClose(.open, event(.open, runtime), runtime)
        }
    }

    /// One thing that came; the next has its own turn.
    func turn(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard let socket, state != .closed else { return }
        if socket.unsentBytes == 0 { bufferedAmount = 0 }
        guard let event = socket.take() else { return }
        runtime.eventLoop.signal(self)
        switch event {
        case .message(.ping, _): try emit(.ping, self.event(.ping, runtime), runtime)
        case .message(.pong, let payload):
            if let sentAt = pings.answered(payload), let host {
                host.measure(.pong(roundTrip: host.monotonicNow - sentAt), of: request)
            } else {
                host?.log(
                    .warning, "received pong for unknown ping ID \(String(decoding: payload, as: UTF8.self))")
            }
            try emit(.pong, self.event(.pong, runtime), runtime)
        case .message(let kind, let bytes): try received(kind, bytes, runtime)
        case .closed, .brokenOff, .failed:
            let end = SocketTexts.end(event)
            if let code = end.code { (closeCode, closeReason) = (code, end.reason) }
            try closed(failure: end.failure, runtime)
        }
    }

    private func received(
        _ kind: WebSocketMessage.Kind, _ bytes: [UInt8], _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        guard state == .open else { return }
        host?.measure(.received, of: request)
        let event = event(.message, runtime)
        switch (kind, binaryType) {
        case (.binary, .arraybuffer): runtime.set(event, "data", runtime.makeArrayBuffer(bytes))
        case (.binary, .blob):
            do throws(ScriptThrow) {
                runtime.set(event, "data", try ScriptBlob(bytes).object(runtime))
            } catch {
                runtime.free(event)
                throw error
            }
        default: runtime.set(event, "data", runtime.makeText(bytes))
        }
        runtime.set(event, "origin", runtime.make(request.url))
        try emitOrClose(.message, event, runtime)
    }

    /// It is over: tells so, and lets go of the script.
    private func closed(failure: String?, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard state != .closed else { return }
        state = .closed
        bufferedAmount = 0
        defer { letGo(runtime) }
        if let host, socket != nil {
            host.measure(.ended(session: host.monotonicNow - startedAt), of: request)
        }
        if let failure {
            let event = event(.error, runtime)
            runtime.set(event, "error", runtime.make(failure))
            try emit(.error, event, runtime)
        }
        let event = event(.close, runtime)
        if closeCode != 0 { runtime.set(event, "code", runtime.make(closeCode)) }
        runtime.set(event, "reason", runtime.make(closeReason))
        try emit(.close, event, runtime)
    }

    private func letGo(_ runtime: ScriptRuntime) {
        runtime.eventLoop.leave(self)
        passIsOver()
    }

    func passEnds(_ runtime: ScriptRuntime) {
        guard state != .connecting else {
            state = .closed
            return letGo(runtime)
        }
        if state == .open { try? close(0, "", runtime) }
    }

    func passIsOver() {
        if let socket, state != .closed { socket.close(1000, reason: "") }
        state = .closed
        socket?.onChange = nil
        socket?.leave()
        socket = nil
        listeners.removeAll()
        holdings.removeAll()
        object = nil
    }

    // MARK: events

    private func event(_ kind: SocketListeners.Event, _ runtime: ScriptRuntime) -> ScriptValue {
        let event = runtime.makeObject()
        runtime.set(event, "type", runtime.make(kind.rawValue))
        if let object { runtime.set(event, "target", runtime.duplicate(object.value)) }
        runtime.set(event, "timestamp", runtime.make(Double(WallClock.milliseconds)))
        return event
    }

    /// - Parameter event: given away.
    private func emit(
        _ kind: SocketListeners.Event, _ event: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        defer { runtime.free(event) }
        for listener in listeners.all(kind) {
            runtime.free(try runtime.call(listener.value, [event]))
        }
    }

    /// The same; a listener that throws ends the connection too, and that is told before the pass ends.
    private func emitOrClose(
        _ kind: SocketListeners.Event, _ event: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        do throws(ScriptThrow) {
            try emit(kind, event, runtime)
        } catch {
            guard let cause = runtime.caught(error) else { throw .interrupted }
            socket?.abort()
            do throws(ScriptThrow) {
                try closed(failure: Self.line(runtime.describe(cause.value)), runtime)
            } catch {
                // What the listener threw is what is told.
                guard runtime.caught(error) != nil else { throw .interrupted }
            }
            throw .value(runtime.duplicate(cause.value))
        }
    }

    /// `Error: no at file:///t/main.js:6:45`
    private static func line(_ exception: ScriptException) -> String {
        guard let place = exception.frames.first else { return exception.headline }
        return "\(exception.headline) at \(place.file):\(place.line):\(place.column)"
    }

    // MARK: what the script does with it

    func setListener(_ event: SocketListeners.Event, _ listener: ScriptReference?) {
        if state != .closed { listeners.on[event] = listener }
    }

    func addListener(
        _ event: SocketListeners.Event, _ listener: ScriptReference, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        guard state != .closed else { return }
        holdings.append(try runtime.hold(128))
        listeners.added[event, default: []].append(listener)
    }

    func send(_ kind: ScriptSocketKind, _ bytes: [UInt8], _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard state == .open, let socket else { throw runtime.goError("InvalidStateError") }
        guard socket.unsentBytes + bytes.count <= Self.mostUnsentBytes else {
            throw runtime.goError("the peer does not take what is sent: \(socket.unsentBytes) bytes wait")
        }
        bufferedAmount += bytes.count
        if socket.send(kind, bytes) { host?.measure(.sent, of: request) }
        // What has gone is taken off later, as in k6.
        runtime.eventLoop.signal(self)
    }

    private static let mostUnsentBytes = 64 << 20

    func ping(_ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard state == .open, let socket, let host else { throw runtime.goError("InvalidStateError") }
        if socket.ping(pings.send(at: host.monotonicNow)) { host.measure(.sent, of: request) }
    }

    /// - Parameter code: 0 for none given.
    func close(_ code: Int, _ reason: String, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        guard state == .connecting || state == .open else { return }
        guard code == 0 || code == 1000 || 3000...4999 ~= code else {
            throw runtime.goError(
                "InvalidAccessError: Failed to execute 'close' on 'WebSocket': "
                    + "The close code must be either 1000, or between 3000 and 4999. \(code) is neither")
        }
        guard reason.utf8.count <= 123 else {
            throw runtime.goError(
                "SyntaxError: Failed to execute 'close' on 'WebSocket': "
                    + "The message must not be greater than 123 bytes")
        }
        state = .closing
        closeCode = code == 0 ? 1000 : code
        if socket != nil { say(closeCode, reason) } else { wantedClose = (closeCode, reason) }
    }

    private func say(_ code: Int, _ reason: String) {
        guard let socket else { return }
        socket.close(code, reason: reason)
        // k6 counts it among the messages.
        host?.measure(.sent, of: request)
    }
}

/// Who wants to hear of what.
struct SocketListeners {
    enum Event: String, CaseIterable { case open, message, error, close, ping, pong }

    /// By `on…`: one each.
    var on: [Event: ScriptReference] = [:]
    /// By `addEventListener`.
    var added: [Event: [ScriptReference]] = [:]

    /// In the order of their calls.
    func all(_ event: Event) -> [ScriptReference] { [on[event]].compactMap(\.self) + (added[event] ?? []) }

    mutating func removeAll() {
        on.removeAll()
        added.removeAll()
    }
}
