internal import AssayCore
internal import AssayNet
public import AssayScript
internal import AssayWire

/// The requests of one virtual user of a script: its connections and its cookies.
///
/// Belongs to its reactor's thread. One request at a time goes over the session's own client; what goes beside it has
/// clients that are made when they are first needed and kept as long as the session.
final class ScriptHTTP {
    /// The same for all users.
    var settings: ScriptHTTPSettings { ways.settings }
    private(set) var jar = ScriptCookieJar()
    private let ways: ScriptConnections.Ways
    private let connections: ScriptConnections
    private let perSecond: Int?
    private var lanes: [Lane] = []

    /// A client, and whether a request of the script is with it.
    final class Lane {
        let client: HTTPClient
        var isBusy = false

        init(_ client: HTTPClient) {
            self.client = client
            client.notesPeers = true
            client.passesUnknownEncodings = true
        }
    }

    init(_ work: ScriptWork) {
        connections = work.connections
        perSecond = work.http.requestsPerSecond
        ways = work.connections.ways(work.http)
    }

    // MARK: passes

    /// Makes ready for a pass.
    func beginPass() {
        if !settings.keepsCookies, !jar.isEmpty { jar = ScriptCookieJar() }
    }

    func endPass() {
        guard settings.noUserConnectionReuse else { return }
        for lane in lanes where !lane.isBusy { lane.client.closeAll() }
    }

    /// The session is gone, and its connections with it.
    func leave() {
        for lane in lanes { lane.client.closeAll() }
        lanes.removeAll()
    }

    // MARK: connections

    func way(to origin: HTTPOrigin) -> ConnectOptions { origin.isSecure ? ways.secure : ways.plain }

    /// A client that no request is with; one that is connected to the origin, if there is any.
    func take(_ session: Session, for origin: HTTPOrigin) -> Lane {
        if lanes.isEmpty { lanes.append(Lane(session.http)) }
        let lane: Lane
        if let only = lanes.first, lanes.count == 1, !only.isBusy {
            lane = only
        } else {
            let free = lanes.filter { !$0.isBusy }
            let way = way(to: origin)
            if let known = free.first(where: { $0.client.isConnected(to: origin, via: way) }) ?? free.first {
                lane = known
            } else {
                lane = Lane(
                    HTTPClient(on: session.reactor, limits: session.http.limits, branchOf: session.http))
                lanes.append(lane)
            }
        }
        lane.isBusy = true
        return lane
    }

    /// Waits until the pace of the run allows a request.
    ///
    /// - Returns: `false` when the user was cancelled meanwhile.
    func pace(_ session: Session, in scope: CancelScope) async -> Bool {
        guard let perSecond else { return true }
        let turn = connections.turn(perSecond)
        guard turn > Reactor.monotonicNow() else { return true }
        return await session.reactor.sleep(until: turn, in: scope) != .cancelled
    }

    /// Why a host must not be asked, when the options say so.
    func refusal(of host: String) -> ScriptHTTPFault? {
        guard !settings.blockedHostnames.isEmpty else { return nil }
        let host = host.lowercased()
        let pattern = settings.blockedHostnames.first { pattern in
            let pattern = pattern.lowercased()
            return pattern.hasPrefix("*") ? host.hasSuffix(pattern.dropFirst()) : pattern == host
        }
        return pattern.map {
            ScriptHTTPFault(
                code: 1111, message: "hostname is blocked",
                report: "hostname (\(host)) is in a blocked pattern (\($0))")
        }
    }
}

extension SessionHost {
    public var httpSettings: ScriptHTTPSettings { requests.settings }

    public var cookies: ScriptCookieJar { requests.jar }

    public func begin(_ request: ScriptRequest) {
        request.context = ScriptMoment(place: place, tags: tags)
    }

    public func warn(_ text: String, _ fields: [ScriptTag]) {
        work.log.write(ScriptLog.Line(.warning, text, fields: fields))
    }

    public func exchange(_ request: ScriptRequest) async -> ScriptResponse {
        // One that nobody waits for goes beside others.
        await exchange(request, isAlone: request.context == nil)
    }

    /// - Parameter isAlone: nothing else of the user waits meanwhile; a scope knows one wait only.
    func exchange(_ request: ScriptRequest, isAlone: Bool) async -> ScriptResponse {
        guard let session else { return ScriptResponse(request, fault: .cancelled) }
        let scope = isAlone ? session.scope : CancelScope(on: reactor, within: session.scope)
        defer { if !isAlone { scope.leave() } }
        guard await requests.pace(session, in: scope) else {
            return ScriptResponse(request, fault: .cancelled)
        }
        return await ScriptChain(request, self, session, in: scope).run()
    }
}

/// Where a script was when it made a request that it did not wait for.
final class ScriptMoment {
    let place: ScriptSeries.Place
    let tags: [ScriptTag]

    init(place: ScriptSeries.Place, tags: [ScriptTag]) {
        self.place = place
        self.tags = tags
    }
}
