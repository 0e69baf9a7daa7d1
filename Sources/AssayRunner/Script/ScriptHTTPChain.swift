internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayScript
internal import AssayWire

/// A request of a script, and those that its answers lead to.
///
/// An object, so that the frames of waiting users stay small.
final class ScriptChain {
    let request: ScriptRequest
    let host: SessionHost
    let session: Session
    private let scope: CancelScope
    private let response: ScriptResponse
    private let deadline: Int64
    private var followed = 0
    /// A digest challenge was answered.
    private var isAuthenticated = false

    /// As k6, when nobody said.
    private static let usualRedirects = 10

    init(_ request: ScriptRequest, _ host: SessionHost, _ session: Session, in scope: CancelScope) {
        self.scope = scope
        self.request = request
        self.host = host
        self.session = session
        response = ScriptResponse(request)
        deadline = Reactor.monotonicNow() &+ request.timeoutNanoseconds
    }

    func run() async -> ScriptResponse {
        guard var hop = ScriptHop(request) else {
            let fault = request.address.fault
            fail(unsent(fault?.reason ?? "invalid URL", code: fault?.code ?? 1000))
            return response
        }
        if let fault = request.headerFault {
            fail(unsent(fault))
            return response
        }
        while true {
            if let fault = host.requests.refusal(of: hop.parts.host) {
                fail(unsent(fault.report, code: fault.code, message: fault.message))
                return response
            }
            let lane = host.requests.take(session, for: hop.origin)
            let bytes = await send(hop, lane.client)
            let next = settle(hop, lane.client, bytes)
            lane.isBusy = false
            guard let next else { return response }
            hop = next
        }
    }

    /// Nothing was sent; it counts as a request all the same.
    private func fail(_ fault: ScriptHTTPFault) {
        response.fault = fault
        var exchange = Exchange(outcome: .notSent, at: Reactor.monotonicNow(), note: fault.message)
        exchange.writtenAt = exchange.sentAt
        measure(
            exchange, request.method, request.address.clean, isExpected: request.expected?.contains(0)
        ) { nil }
    }

    private func unsent(_ reason: String, code: Int = 1000, message: String? = nil) -> ScriptHTTPFault {
        var fault = ScriptHTTPFault(
            notSent: reason, code: code, method: request.method, url: request.address.clean)
        if let message { fault.message = message }
        return fault
    }

    // MARK: one request

    /// - Returns: the request as it went out.
    private func send(_ hop: ScriptHop, _ client: HTTPClient) async -> [UInt8] {
        let cookies = request.cookies(for: hop, now: WallClock.seconds)
        if followed == 0, !isAuthenticated { request.note(sent: cookies) }
        let bytes = request.bytes(of: hop, cookies: cookies.isEmpty ? [] : ScriptRequest.header(cookies))
        client.connectDeadline = deadline
        await client.exchange(
            with: hop.origin, via: host.requests.way(to: hop.origin), toHead: hop.method == "HEAD",
            keepsBody: request.responseType != .none || host.requests.settings.debug == .full,
            isIdempotent: PlannedHTTP.isIdempotent(hop.method),
            timeout: max(1, deadline &- Reactor.monotonicNow()), in: scope
        ) { $0.append(bytes) }
        return bytes
    }

    /// Looks at what came of a request, before anything can suspend, and measures it.
    ///
    /// - Returns: the request that it leads to; `nil` at the end of the chain.
    private func settle(_ hop: ScriptHop, _ client: HTTPClient, _ sent: [UInt8]) -> ScriptHop? {
        let exchange = client.last
        response.exchange = exchange
        response.url = hop.url
        response.peer = client.peer
        guard exchange.outcome == .answered else {
            fail(exchange, hop, client, sent)
            return nil
        }
        if let debug = host.requests.settings.debug { tell(debug, sent, client) }
        if client.setsCookies {
            request.remember(setCookies: client.headBytes[...], of: hop, now: WallClock.seconds)
        }
        let isChallenge = request.authentication == .digest && !isAuthenticated
        if isChallenge, exchange.status == 401, let next = authenticate(hop, client) {
            measure(exchange, hop, client, sent, isExpected: request.expected.map { _ in true })
            isAuthenticated = true
            return next
        }
        if 300..<400 ~= exchange.status, let next = redirect(hop, exchange, client) {
            measure(exchange, hop, client, sent, isExpected: request.expected?.contains(exchange.status))
            followed += 1
            return next
        }
        if response.fault == nil { response.fault = ScriptHTTPFault(status: exchange.status) }
        let isBroken = response.fault.map { !$0.message.isEmpty } ?? false
        response.status = isBroken ? 0 : exchange.status
        keep(client, status: exchange.status)
        // With digest the first answer is to be a challenge, as k6 has it.
        let isExpected =
            isChallenge
            ? request.expected.map { _ in exchange.status == 401 }
            : request.expected?.contains(response.status)
        measure(exchange, hop, client, sent, isExpected: isExpected)
        return nil
    }

    private func fail(_ exchange: Exchange, _ hop: ScriptHop, _ client: HTTPClient, _ sent: [UInt8]) {
        let isAnswering = client.withHead { $0.byteCount > 0 }
        response.fault = ScriptHTTPFault(
            exchange, method: hop.method, url: hop.name, isAnswering: isAnswering)
        if isAnswering, exchange.status == 0 { keep(client, status: 0) }
        // What was cut off by the end is no request that was measured, but its bytes went out.
        guard exchange.outcome != .cancelled else {
            return host.count(
                sent: exchange.bytesSent, received: exchange.bytesReceived,
                at: (request.context as? ScriptMoment)?.place)
        }
        measure(exchange, hop, client, sent, isExpected: request.expected?.contains(0))
    }

    /// Copies the answer out of the reactor's buffers.
    private func keep(_ client: HTTPClient, status: Int) {
        let hasBody = request.responseType != .none && !(HTTPStatus(status)?.hasNoBody ?? false)
        response.hasBody = hasBody
        response.take(from: client, withBody: hasBody)
    }

    // MARK: what follows

    private func redirect(_ hop: ScriptHop, _ exchange: Exchange, _ client: HTTPClient) -> ScriptHop? {
        guard let location = client.headers.values(of: "location").first, !location.isEmpty else {
            return nil
        }
        // Go makes GET of every method but HEAD where others do so of POST only.
        let plainMethod = hop.method == "GET" || hop.method == "HEAD" ? hop.method : "POST"
        let next: RedirectedRequest
        switch Redirect(status: exchange.status, location: location, method: plainMethod, from: hop.parts) {
        case .none: return nil
        case .unreadable(let reason):
            response.fault = ScriptHTTPFault(
                notSent: "failed to parse Location header \"\(ScriptAddress.of(location).clean)\": \(reason)",
                method: hop.method, url: hop.name)
            return nil
        case .next(var found):
            if found.keepsBody { found.method = hop.method }
            // A path alone stays with the user that the address names.
            if !location.contains("//") { found.url.userInfo = hop.parts.userInfo }
            next = found
        }
        let most = request.redirects ?? Self.usualRedirects
        guard followed < most else {
            if request.redirects == nil {
                host.warn(
                    "Stopped after \(followed + 1) redirects and returned the redirection; pass { redirects: n } in "
                        + "request params or set global maxRedirects to silence this",
                    [ScriptTag("url", request.address.clean)])
            }
            return nil
        }
        var hop = hop
        hop.follow(next)
        return hop
    }

    private func authenticate(_ hop: ScriptHop, _ client: HTTPClient) -> ScriptHop? {
        guard let userInfo = hop.parts.userInfo else { return nil }
        let words = ScriptRequest.credentials(userInfo)
        guard
            var digest = DigestAuthentication(
                challenge: client.headers.values(of: "www-authenticate"),
                user: words.user, password: words.password, hash: { Crypto.hash($0, $1) })
        else { return nil }
        var hop = hop
        let text = String(session.random.next(), radix: 36) + String(session.random.next(), radix: 36)
        hop.authorization = digest.authorization(
            method: hop.method, target: hop.parts.target, body: hop.keepsBody ? request.body ?? [] : [],
            clientText: text)
        return hop
    }

    // MARK: telling

    private func measure(
        _ exchange: Exchange, _ hop: ScriptHop, _ client: HTTPClient, _ sent: [UInt8], isExpected: Bool?
    ) {
        measure(exchange, hop.method, hop.name, isExpected: isExpected) {
            ExchangeReport(
                exchange, method: hop.method, origin: hop.origin, request: sent,
                responseHead: client.headBytes, responseBody: client.body,
                masked: self.session.context.masker.mask)
        }
    }

    /// - Parameters:
    ///   - address: the tag `name` where the script gives none.
    ///   - sample: what is shown of a failure.
    private func measure(
        _ exchange: Exchange, _ method: String, _ address: String, isExpected: Bool?,
        sample: () -> ExchangeReport?
    ) {
        let moment = request.context as? ScriptMoment
        let userTags = moment?.tags ?? host.tags
        let name = request.taggedName ?? userTags.last { $0.name == "name" }?.value ?? address
        let status = response.fault.map { !$0.message.isEmpty } ?? false ? 0 : exchange.status
        var figures = ScriptRequestFigures(
            method: method, name: name, tags: request.tags, place: moment?.place, userTags: moment?.tags,
            status: status, isExpected: isExpected)
        if host.series?.keys.requests.isEmpty == false { figures.other = { self.tag($0, exchange, name) } }
        host.measure(exchange, figures) {
            let isAnswered = exchange.outcome == .answered
            let mismatch = Mismatch(
                subject: isAnswered ? "status" : "outcome",
                expected: isAnswered ? self.request.expected?.text ?? "any" : "an answer",
                actual: isAnswered
                    ? String(exchange.status)
                    : exchange.outcome.name + (exchange.note.map { ": \($0)" } ?? ""))
            return (isAnswered ? "status" : exchange.outcome.name, [mismatch], sample())
        }
    }

    /// A tag that thresholds may ask for.
    private func tag(_ key: String, _ exchange: Exchange, _ name: String) -> String? {
        switch key {
        case "url": name
        case "proto": exchange.status > 0 ? (exchange.isHTTP2 ? "HTTP/2.0" : "HTTP/1.1") : nil
        case "error": response.fault.flatMap { $0.message.isEmpty ? nil : $0.message }
        case "error_code":
            (response.fault ?? ScriptHTTPFault(status: exchange.status)).map { String($0.code) }
        case "tls_version": response.peer?.tlsVersion.map { "tls" + $0.drop { !$0.isNumber } }
        case "ip": response.remoteIP
        default: nil
        }
    }

    /// What `httpDebug` wants to see.
    private func tell(_ debug: ScriptHTTPSettings.Debug, _ sent: [UInt8], _ client: HTTPClient) {
        func shown(_ head: some Collection<UInt8>, _ body: some Collection<UInt8>) -> String {
            let all = debug == .full ? Array(head) + Array(body) : Array(head)
            return String(decoding: all, as: UTF8.self).replacing("\r\n", with: "\n")
        }
        let end = sent.firstRange(of: [13, 10, 13, 10])?.upperBound ?? sent.endIndex
        host.log(.info, "Request:\n" + shown(sent[..<end], sent[end...]), source: "http-debug")
        host.log(.info, "Response:\n" + shown(client.headBytes, client.body), source: "http-debug")
    }
}
