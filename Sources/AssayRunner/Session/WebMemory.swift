internal import AssayCore
internal import AssayNet
internal import AssayScenario
internal import AssayWire

/// What a user remembers of servers, and the request that it is at; made when there is something to remember.
final class WebMemory {
    /// Forgotten when the next pass begins.
    var passCookies = CookieJar()
    /// Kept as long as the user lives.
    var userCookies = CookieJar()
    /// Logins by digest, each with its nonce and its count.
    var logins: [Login] = []

    /// One to a server and user, so that there are no more than the scenario has.
    struct Login {
        var origin: HTTPOrigin
        var user: String
        var password: String
        var digest: DigestAuthentication
    }

    // MARK: the request of this step

    /// The body of the request that was rendered, when it is sent apart.
    var upload: (any HTTPUpload)?
    /// The last request as it went out.
    var sent: (bytes: [UInt8], origin: HTTPOrigin, method: String)?
    /// The first request of this step.
    var first: (bytes: [UInt8], origin: HTTPOrigin, method: String)?
    /// How curl is told of the body, when not by its bytes.
    var retoldBody = CurlOptions.Body.bytes
    /// Requests of this step before the last: `GET http://host/path → 302`.
    var hops: [String] = []
    /// Cookies that answers of this step set.
    var set: [(name: String, value: String)] = []
    /// What came of the step, when it is not what came of its last request.
    var verdict: Exchange?

    init() {}

    /// For a branch, which begins with what its user remembers and keeps the rest to itself.
    init(branchOf other: WebMemory) {
        passCookies = other.passCookies
        userCookies = other.userCookies
        logins = other.logins
    }

    func jar(_ policy: HTTPSettings.Cookies) -> CookieJar {
        switch policy {
        case .off: CookieJar()
        case .pass: passCookies
        case .user: userCookies
        }
    }

    /// Makes ready for a step.
    func begin() {
        upload = nil
        sent = nil
        first = nil
        retoldBody = .bytes
        verdict = nil
        if !hops.isEmpty { hops = [] }
        if !set.isEmpty { set = [] }
    }

    func beginPass() {
        begin()
        passCookies.removeAll()
    }
}

extension Session {
    /// Made at the first use.
    var memory: WebMemory {
        if let web { return web }
        let fresh = WebMemory()
        web = fresh
        return fresh
    }

    /// Takes the cookies that an answer sets.
    func remember(_ plan: PlannedHTTP, from origin: HTTPOrigin, _ request: [UInt8]) {
        let memory = memory
        let now = WallClock.seconds
        let place = CookieJar.Place(
            host: origin.host, target: requestTarget(request), isSecure: origin.isSecure)
        for header in HTTPHeaders(unread: http.headBytes).values(of: "set-cookie") {
            if plan.cookies == .user {
                memory.userCookies.take(setCookie: header.utf8, from: place, now: now)
            } else if plan.cookies == .pass {
                memory.passCookies.take(setCookie: header.utf8, from: place, now: now)
            }
            if let pair = cookiePair(of: header, now: now) {
                memory.set.removeAll { $0.name == pair.name }
                memory.set.append(pair)
            }
        }
    }

    /// The cookies of the jar for a request, without those that it brings itself.
    func cookies(
        _ plan: PlannedHTTP, for origin: HTTPOrigin, target: String, leavingOut names: [[UInt8]]
    ) -> [UInt8]? {
        guard let web, plan.cookies != .off else { return nil }
        let place = CookieJar.Place(host: origin.host, target: target, isSecure: origin.isSecure)
        let now = WallClock.seconds
        return plan.cookies == .user
            ? web.userCookies.header(for: place, now: now, leavingOut: names)
            : web.passCookies.header(for: place, now: now, leavingOut: names)
    }

    /// What expectations and captures see: set by this step, else what its address would be sent again.
    func cookies(_ plan: PlannedHTTP) -> [Answer.Header] {
        guard let web else {
            guard http.setsCookies else { return [] }
            let now = WallClock.seconds
            return http.headers.values(of: "set-cookie").compactMap { cookiePair(of: $0, now: now) }.map {
                Answer.Header($0.name, $0.value)
            }
        }
        let sent = sent(plan)
        let place = CookieJar.Place(
            host: sent.origin.host, target: requestTarget(sent.bytes), isSecure: sent.origin.isSecure)
        let kept = web.jar(plan.cookies).pairs(for: place, now: WallClock.seconds)
        return (web.set + kept).map { Answer.Header($0.name, $0.value) }
    }
}

extension Session {
    /// What curl is told of a step beyond its last request; `nil` when that says all.
    func retelling(_ plan: PlannedHTTP) -> RetoldRequest? {
        guard let web else { return nil }
        var options = CurlOptions()
        options.body = web.retoldBody
        options.unpacks = !(plan.action.settings.accepts ?? []).isEmpty
        options.redirects = plan.manner?.redirects?.most
        options.keepsCookies = plan.cookies != .off
        if plan.manner?.digest != nil, let origin = web.first?.origin,
            let login = web.logins.last(where: { $0.origin == origin })
        {
            options.digest = "\(login.user):\(login.password)"
        }
        return RetoldRequest(first: web.first, options: options)
    }
}

/// The target in a rendered request's first line.
func requestTarget(_ request: [UInt8]) -> String {
    guard let start = request.firstIndex(of: 0x20) else { return "/" }
    let rest = request[(start + 1)...]
    return String(decoding: rest.prefix { $0 != 0x20 && $0 != 0x0D }, as: UTF8.self)
}
