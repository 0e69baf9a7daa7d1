/// The refusing proxies of guarded programs, one for each member.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
final class ProxyShelf: @unchecked Sendable {
    private var proxies: [RefusingProxy] = []

    func add(for member: String, _ state: GuardState, on reactor: Reactor) throws(SystemError)
        -> RefusingProxy
    {
        let made = try RefusingProxy(for: member, state, on: reactor)
        proxies.append(made)
        return made
    }

    func close() {
        for proxy in proxies { proxy.server.stop() }
        proxies.removeAll()
    }
}
