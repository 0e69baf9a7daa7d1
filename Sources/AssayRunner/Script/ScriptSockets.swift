internal import AssayCore
internal import AssayNet
public import AssayScript
internal import AssayWire

// The loop of a script's passes, and its WebSockets.
extension SessionHost {
    public var monotonicNow: Int64 { Reactor.monotonicNow() }

    public func pause(until deadline: Int64) async {
        await changed.wait(until: deadline, in: waiting)
    }

    public func wake() { changed.notifyAll() }

    public func spawn(_ work: @escaping () async -> Void) {
        let bound = ReactorBound(work, on: reactor)
        Task(executorPreference: reactor) { await bound.value() }
    }

    // MARK: sockets

    public var socketSettings: ScriptSocketSettings {
        var settings = ScriptSocketSettings()
        settings.userAgent = requests.settings.userAgent
        settings.throwsFailures = requests.settings.throwsFailures
        return settings
    }

    public func begin(_ request: ScriptSocketRequest) {
        request.context = ScriptMoment(place: place, tags: tags)
    }

    public func open(_ request: ScriptSocketRequest) async -> ScriptSocketOpening {
        let begin = Reactor.monotonicNow()
        var opening = await connect(request, from: begin)
        opening.connecting = Reactor.monotonicNow() - begin
        return opening
    }

    /// As long as k6 waits for a handshake.
    private static let handshakeNanoseconds: Int64 = 60_000_000_000

    private func connect(_ request: ScriptSocketRequest, from begin: Int64) async -> ScriptSocketOpening {
        guard let session else { return ScriptSocketOpening(failure: "context canceled") }
        let scheme = request.url.prefix { $0 != ":" }.lowercased()
        guard scheme == "ws" || scheme == "wss" else {
            return ScriptSocketOpening(failure: "malformed ws or wss URL")
        }
        let parts: URLParts
        do throws(URLError) {
            parts = try URLParts(parsingWebSocket: request.url)
        } catch {
            return ScriptSocketOpening(failure: "parse \"\(request.url)\": \(error.reason)")
        }
        if let fault = requests.refusal(of: parts.host) { return ScriptSocketOpening(failure: fault.report) }
        let origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
        let jar = request.jar as? ScriptCookieJar ?? requests.jar
        let place = ScriptCookieJar.Place(
            host: parts.host, target: parts.target, isSecure: parts.scheme == "https")
        let asked = Self.handshake(
            request, to: origin, parts.target, jar.cookies(for: place, now: WallClock.seconds))
        let scope = CancelScope(on: reactor, within: session.scope)
        defer { scope.leave() }
        let (opened, connection) = await WebSocketConnection.open(
            asked, via: requests.way(to: origin), random: SeededRandom(seed: session.random.next()),
            until: begin &+ Self.handshakeNanoseconds, in: scope, on: reactor)
        var opening = ScriptSocketOpening(opened)
        for field in opened.headers.fields where field.name.lowercased() == "set-cookie" {
            guard let cookie = ScriptCookie(setCookie: Array(field.value.utf8)[...]) else { continue }
            jar.set(cookie, from: place, now: WallClock.seconds)
        }
        count(sent: opened.bytesSent, received: opened.bytesReceived, of: request)
        if let connection { opening.socket = ConnectedSocket(connection, request, self) }
        return opening
    }

    private static func handshake(
        _ request: ScriptSocketRequest, to origin: HTTPOrigin, _ target: String,
        _ cookies: [(name: String, value: String)]
    ) -> WebSocketRequest {
        var headers = request.headers.filter { field in
            isHeaderName(field.name) && isHeaderValue(Array(field.value.utf8))
        }
        if !cookies.isEmpty {
            let own = headers.first { $0.name == "Cookie" }.map { $0.value + "; " } ?? ""
            headers.removeAll { $0.name == "Cookie" }
            headers.append(
                ("Cookie", own + String(decoding: ScriptRequest.header(cookies), as: UTF8.self)))
        }
        var deflate: WebSocketDeflate?
        if request.isPacked {
            var offer = WebSocketDeflate()
            offer.serverNoContextTakeover = true
            offer.clientNoContextTakeover = true
            offer.acceptsClientWindow = false
            deflate = offer
        }
        var asked = WebSocketRequest(
            origin: origin, target: target, headers: headers, protocols: request.protocols, deflate: deflate)
        asked.tellsPings = true
        return asked
    }

    // MARK: measuring

    public func measure(_ measurement: ScriptSocketMeasurement, of request: ScriptSocketRequest) {
        switch measurement {
        case .opened(let nanoseconds):
            add("ws.connecting", Double(nanoseconds), request)
            add("ws.failed", request.status == 101 ? 0 : 1, request)
        case .ended(let nanoseconds): add("ws.session", Double(nanoseconds), request)
        case .pong(let nanoseconds): add("ws.round-trip", Double(nanoseconds), request)
        case .sent: add("ws.sent", 1, request)
        case .received: add("ws.received", 1, request)
        }
    }

    func count(sent: Int, received: Int, of request: ScriptSocketRequest) {
        if sent > 0 { add("data.sent", Double(sent), request) }
        if received > 0 { add("data.received", Double(received), request) }
    }

    private func add(_ name: String, _ value: Double, _ request: ScriptSocketRequest) {
        guard let metric = MetricRegistry.standard[name], session?.scope.isCancelled == false else { return }
        let moment = request.context as? ScriptMoment
        var tags =
            (moment?.tags ?? []) + [
                ScriptTag("url", request.url), ScriptTag("status", String(request.status)),
                ScriptTag("subproto", request.selectedProtocol),
            ]
        if request.isNamed { tags.append(ScriptTag("name", request.url)) }
        add(metric, value, tags + request.tags, at: moment?.place)
    }
}

extension ScriptSocketOpening {
    /// What came of a handshake, in k6's words.
    init(_ opened: WebSocketOpening) {
        self.init(failure: opened.failure.map(Self.words))
        status = opened.status
        for field in opened.headers.fields {
            let name = ScriptSocketRequest.canonical(field.name)
            if let known = headers.firstIndex(where: { $0.name == name }) {
                headers[known].value += ", " + field.value
            } else {
                headers.append((name, field.value))
            }
            if name == "Sec-Websocket-Extensions" { extensions.append(field.value) }
        }
        body = opened.body
        selectedProtocol = opened.selectedProtocol ?? ""
    }

    private static func words(_ failure: WebSocketFailure) -> String {
        if failure.outcome == .upgradeRefused { return "websocket: bad handshake" }
        let exchange = Exchange(outcome: failure.outcome, at: 0, note: failure.note)
        return ScriptHTTPFault(exchange, method: "GET", url: "", isAnswering: true).report
    }
}

/// A script's view of a connection.
private final class ConnectedSocket: ScriptSocket {
    private let connection: WebSocketConnection
    private let request: ScriptSocketRequest
    private weak var host: SessionHost?
    private var hasToldEnd = false
    private var counted = (sent: 0, received: 0)

    init(_ connection: WebSocketConnection, _ request: ScriptSocketRequest, _ host: SessionHost) {
        self.connection = connection
        self.request = request
        self.host = host
    }

    var onChange: (() -> Void)? {
        get { connection.onChange }
        set { connection.onChange = newValue }
    }

    var unsentBytes: Int { connection.unsentBytes }

    func take() -> ScriptSocketEvent? {
        switch connection.take() {
        case nil: return nil
        case .success(let message)?: return .message(message.kind, message.bytes)
        case .failure(let end)?:
            guard !hasToldEnd else { return nil }
            hasToldEnd = true
            switch end {
            case .closed(let code, let reason):
                return .closed(code: code.map { Int($0.rawValue) }, reason: reason)
            case .failed(let failure)
            where failure.outcome == .closedEarly || failure.outcome == .tlsTruncated:
                return .brokenOff
            case .failed(let failure): return .failed(failure.note)
            }
        }
    }

    func send(_ kind: ScriptSocketKind, _ bytes: [UInt8]) -> Bool {
        connection.post(kind == .text ? .text : .binary, bytes) == nil
    }

    func ping(_ bytes: [UInt8]) -> Bool { connection.post(ping: bytes) == nil }

    func close(_ code: Int, reason: String) {
        // Codes that stand for none are not sent.
        let sent = UInt16(exactly: code).map { WebSocketCloseCode($0) }
        connection.post(close: sent?.isSendable == true ? sent : nil, reason: reason)
    }

    func leave() {
        connection.onChange = nil
        connection.leave()
        count()
    }

    func abort() {
        connection.onChange = nil
        connection.abort()
        count()
    }

    private func count() {
        let (sent, received) = (connection.bytesSent, connection.bytesReceived)
        host?.count(sent: sent - counted.sent, received: received - counted.received, of: request)
        counted = (sent, received)
    }
}
