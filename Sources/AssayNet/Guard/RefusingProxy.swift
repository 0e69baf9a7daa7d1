internal import AssayWire
internal import Synchronization

/// A proxy that refuses everything and notes who wanted what: the last resort where no filter holds.
///
/// One for each guarded program, so that its port tells whose request it was.
struct RefusingProxy {
    let server: HTTPServer

    init(for member: String, _ state: GuardState, on reactor: Reactor) throws(SystemError) {
        let port = Port()
        server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
            let (host, number) = Self.target(of: request)
            // The connection is still open, so that its other end is known.
            let own = port.value.load(ordering: .relaxed)
            let clients = await Blocking.run { ListenerOwners.clients(of: own, below: Host.processID) }
            let identity = clients.count == 1 ? ProcessIdentity(thread: clients[0]) : nil
            state.record(
                ExternalAttempt(
                    member: member, process: identity?.name, processID: identity?.id, host: host,
                    port: number, transport: .http, count: 1, times: []))
            var response = HTTPResponse(
                status: 403,
                text: "refused: '\(member)' may not reach \(host), which the stand did not start\n")
            response.closes = true
            return response
        }
        port.value.store(server.address.port ?? 0, ordering: .relaxed)
    }

    /// What a proxy is asked for: `host:port` with CONNECT, else a whole URL.
    static func target(of request: HTTPRequest) -> (host: String, port: UInt16?) {
        if request.method == "CONNECT" { return split(request.target[...]) ?? (request.target, nil) }
        guard let scheme = request.target.firstRange(of: "://") else { return (request.target, nil) }
        let isSecure = request.target[..<scheme.lowerBound].lowercased() == "https"
        let authority = request.target[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@").last ?? authority
        let found = split(host) ?? (String(host), nil)
        return (found.host, found.port ?? (isSecure ? 443 : 80))
    }

    /// `host`, `host:port`, `[::1]:port`
    private static func split(_ authority: Substring) -> (host: String, port: UInt16?)? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = String(authority[authority.index(after: authority.startIndex)..<end])
            return (host, UInt16(authority[end...].dropFirst(2)))
        }
        guard let colon = authority.lastIndex(of: ":") else { return (String(authority), nil) }
        return (String(authority[..<colon]), UInt16(authority[authority.index(after: colon)...]))
    }

    /// For a program's environment, which loses what it had of these.
    var variables: [(name: String, value: String)] {
        let url = "http://127.0.0.1:\(server.address.port ?? 0)"
        let local = "localhost,127.0.0.1,::1"
        return ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY"].flatMap {
            [($0, url), ($0.lowercased(), url)]
        } + [("NO_PROXY", local), ("no_proxy", local)]
    }
}

/// The port of a server, which is known after its handler is made.
private final class Port: Sendable {
    let value = Atomic<UInt16>(0)
}
