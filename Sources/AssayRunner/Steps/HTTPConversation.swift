internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// A step that is more than one request and its answer: cookies that are sent back, logins, redirects, bodies in pieces.
extension Session {
    /// Of a streamed body that a digest covers, which must be read before its head is written.
    private static let coveredBodyBytes = 16 << 20

    /// Sends the rendered request, and those that its answers ask for. Each is measured as a request of its own; the last
    /// one is the caller's to judge.
    ///
    /// - Parameter isBegun: the first one is answered already.
    func converse(_ plan: PlannedHTTP, _ step: PlannedStep, isBegun: Bool = false) async {
        let memory = memory
        var request = OutgoingRequest(
            plan.fixed ?? requestBytes, method: plan.action.method, origin: plan.origin ?? requestOrigin,
            upload: memory.upload)
        let first = request.origin
        var isBegun = isBegun
        if isBegun {
            memory.first = (plan.fixed ?? requestBytes, first, request.method)
            memory.sent = memory.first
        }
        var followed = 0
        var challenges = 0
        while true {
            if !isBegun {
                guard await exchange(request, plan, step, isAtHome: request.origin == first) else { return }
            }
            let exchange = http.last
            guard exchange.outcome == .answered else { return }
            if http.setsCookies, !isBegun { remember(plan, from: request.origin, memory.sent?.bytes ?? []) }
            if exchange.status == 401, let digest = plan.manner?.digest, request.origin == first,
                meets(digest, of: request, step, round: challenges)
            {
                challenges += 1
                pass(request, step)
            } else if let next = redirect(of: request, plan, followed) {
                followed += 1
                pass(request, step)
                request.follow(next)
            } else {
                return
            }
            isBegun = false
        }
    }

    /// One request and its answer.
    ///
    /// - Returns: `false` when it could not be sent; the verdict says why.
    private func exchange(
        _ request: OutgoingRequest, _ plan: PlannedHTTP, _ step: PlannedStep, isAtHome: Bool
    ) async -> Bool {
        let memory = memory
        let cookies = cookies(
            plan, for: request.origin, target: request.target, leavingOut: request.ownCookies)
        var authorization: String?
        if isAtHome, let digest = plan.manner?.digest {
            do {
                authorization = try proof(digest, for: request, step)
            } catch {
                memory.verdict = Exchange(outcome: .notSent, at: Reactor.monotonicNow(), note: "\(error)")
                memory.sent = (
                    request.bytes(cookies: cookies, authorization: nil), request.origin, request.method
                )
                return false
            }
        }
        let sent = (
            bytes: request.bytes(cookies: cookies, authorization: authorization), origin: request.origin,
            method: request.method
        )
        memory.sent = sent
        memory.first = memory.first ?? sent
        var delivery: RequestDelivery?
        if let manner = plan.manner, request.upload != nil || manner.firstByteNanoseconds < .max {
            delivery = RequestDelivery(
                upload: request.upload, continueNanoseconds: manner.continueNanoseconds,
                firstByteNanoseconds: manner.firstByteNanoseconds)
        }
        await http.exchange(
            with: request.origin, via: plan.connect, toHead: request.method == "HEAD",
            isIdempotent: PlannedHTTP.isIdempotent(request.method), timeout: plan.timeoutNanoseconds,
            delivery: delivery, in: scope
        ) { output in
            output.append(memory.sent?.bytes ?? [])
        }
        if authorization != nil, let info = http.headers["authentication-info"] {
            for place in memory.logins.indices where memory.logins[place].origin == request.origin {
                memory.logins[place].digest.heed(authenticationInfo: info)
            }
        }
        return true
    }

    /// Measures a request that another one follows: neither a redirect nor a question for a password is a failure.
    private func pass(_ request: OutgoingRequest, _ step: PlannedStep) {
        let exchange = http.last
        memory.hops.append("\(request.method) \(request.url) → \(exchange.status)")
        meter?.request(exchange, step, intendedAt: intendedAt, isFailure: false)
        // What follows starts when the answer is there, whatever the schedule had intended.
        intendedAt = 0
    }

    // MARK: redirects

    /// - Returns: `nil` when the answer stands; the verdict says so when it should not.
    private func redirect(
        of request: OutgoingRequest, _ plan: PlannedHTTP, _ followed: Int
    ) -> RedirectedRequest? {
        guard let rules = plan.manner?.redirects, 300..<400 ~= http.last.status,
            let url = try? URLParts(parsing: request.url)
        else { return nil }
        let location = http.headers.values(of: "location").first
        var exchange = http.last
        switch Redirect(status: exchange.status, location: location, method: request.method, from: url) {
        case .none: return nil
        case .unreadable(let reason):
            exchange.outcome = .protocolError
            exchange.note = "the redirect's Location is no address: \(reason)"
        case .next(let next):
            if next.leavesTLS, !rules.leavesTLS {
                exchange.note = "not followed: it leads from https to http"
            } else if followed == rules.most {
                exchange.outcome = .tooManyRedirects
                exchange.note =
                    "more than \(rules.most); the next leads to \(HTTPOrigin(next.url))\(next.url.target)"
            } else {
                return next
            }
        }
        memory.verdict = exchange
        return nil
    }

    // MARK: digest authentication

    private typealias DigestPlan = (user: [TextSegment], password: [TextSegment])

    /// Takes up a challenge.
    ///
    /// - Returns: whether the request is to be sent again.
    private func meets(
        _ digest: DigestPlan, of request: OutgoingRequest, _ step: PlannedStep, round: Int
    ) -> Bool {
        let challenges = http.headers.values(of: "www-authenticate")
        guard round == 0 || round == 1 && DigestAuthentication.isStale(challenges),
            let user = try? bytes(of: digest.user, step.names, .plain),
            let password = try? bytes(of: digest.password, step.names, .plain)
        else { return false }
        let name = String(decoding: user, as: UTF8.self)
        let secret = String(decoding: password, as: UTF8.self)
        guard
            let authentication = DigestAuthentication(
                challenge: challenges, user: name, password: secret, hash: { Crypto.hash($0, $1) })
        else { return false }
        memory.logins.removeAll { $0.origin == request.origin && $0.user == name }
        memory.logins.append(
            .init(origin: request.origin, user: name, password: secret, digest: authentication))
        return true
    }

    /// The header's value for a server whose challenge is known; `nil` for the first request to it.
    private func proof(
        _ digest: DigestPlan, for request: OutgoingRequest, _ step: PlannedStep
    ) throws -> String? {
        let user = String(decoding: try bytes(of: digest.user, step.names, .plain), as: UTF8.self)
        let password = String(decoding: try bytes(of: digest.password, step.names, .plain), as: UTF8.self)
        let memory = memory
        let known = memory.logins.firstIndex {
            $0.origin == request.origin && $0.user == user && $0.password == password
        }
        guard let place = known else { return nil }
        var body: [UInt8] = []
        if memory.logins[place].digest.coversBody {
            guard let whole = try request.wholeBody(limit: Self.coveredBodyBytes) else {
                throw StepError(
                    "the server's digest covers the body, and one that is streamed may have 16 MiB for that",
                    at: nil)
            }
            body = whole
        }
        let text = String(random.next(), radix: 36) + String(random.next(), radix: 36)
        return memory.logins[place].digest.authorization(
            method: request.method, target: request.target, body: body, clientText: text)
    }
}
