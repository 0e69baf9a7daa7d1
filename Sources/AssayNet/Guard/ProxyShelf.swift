/// The refusing proxies of guarded programs, one for each member.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
final class ProxyShelf: @unchecked Sendable {
    private var proxies: [String: RefusingProxy] = [:]

    func proxy(for member: String, _ state: GuardState, on reactor: Reactor) throws(SystemError)
        -> RefusingProxy
    {
        if let known = proxies[member] { return known }
        let made = try RefusingProxy(for: member, state, on: reactor)
        proxies[member] = made
        return made
    }

    func close() {
        for proxy in proxies.values { proxy.server.stop() }
        proxies.removeAll()
    }
}
