internal import Glibc
internal import Synchronization

/// Who asks.
struct GuardCaller: Sendable {
    var member: String
    /// Of the process that called.
    var thread: Int32
    private var known: ProcessIdentity?

    init(member: String, thread: Int32) {
        self.member = member
        self.thread = thread
    }

    /// Looked up when it is asked for: most calls are let through unnamed.
    var process: ProcessIdentity { known ?? ProcessIdentity(thread: thread) }

    /// The same, for when the process may be gone.
    var remembered: GuardCaller {
        var caller = self
        caller.known = process
        return caller
    }
}

enum GuardVerdict: Equatable {
    case allow
    /// With an errno.
    case refuse(Int32)
    /// The supervisor has done the call itself.
    case done
}

/// What is shared between the guard and its supervisor.
final class GuardState: Sendable {
    struct Contents {
        /// Ports that the stand opened, whoever listens.
        var ports: Set<UInt16> = []
        /// Folders of the stand, where its Unix sockets lie.
        var folders: [String] = []
        var log = AttemptLog()
        /// By member.
        var preloadSockets: [String: String] = [:]
        var proxyVariables: [String: [(name: String, value: String)]] = [:]
    }
    let contents = Mutex(Contents())
    /// Notes attempts and does not refuse them.
    let letsThrough: Bool
    /// Whether this process may have descriptors of its programs' sockets.
    let borrowsSockets: Bool

    init(lettingThrough: Bool, borrowing: Bool) {
        letsThrough = lettingThrough
        borrowsSockets = borrowing
    }

    func record(_ attempt: ExternalAttempt) {
        let now = Reactor.monotonicNow()
        contents.withLock { $0.log.record(attempt, at: now) }
    }
}

/// What guarded programs may reach: what this process and those below it listen on.
///
/// Belongs to the supervisor's thread.
struct GuardRules {
    enum Connection: Equatable {
        case decided(GuardVerdict)
        /// A datagram socket, to be connected to the sink.
        case divert([UInt8], port: UInt16)

        var verdict: GuardVerdict {
            if case .decided(let verdict) = self { verdict } else { .refuse(ENETUNREACH) }
        }
    }

    let state: GuardState
    private var owners = ListenerOwners()
    private var names = StandInNames()

    init(_ state: GuardState) { self.state = state }

    /// What needs no look at the socket: most connections.
    mutating func judgeAtOnce(_ bytes: [UInt8]) -> GuardVerdict? {
        guard let target = SocketTarget(socketAddress: bytes) else { return .allow }
        switch target {
        case .harmless: return .allow
        case .internet(let address, let port, _):
            guard SocketTarget.isLoopback(address) else { return nil }
            return isRegistered(port) || owners.isKnown(port, now: Reactor.monotonicNow()) ? .allow : nil
        case .unix, .other: return nil
        }
    }

    /// A `connect`.
    mutating func judgeConnect(_ bytes: [UInt8], _ caller: GuardCaller, _ kind: SocketKind) -> Connection {
        switch SocketTarget(socketAddress: bytes) {
        case nil, .harmless: return .decided(.allow)
        case .unix(let path): return .decided(judge(path: path, caller))
        case .other(let family):
            record(caller, host: "address family \(family)", port: nil, .raw)
            return .decided(.refuse(EAFNOSUPPORT))
        case .internet(let address, let port, _):
            switch kind {
            case .ping:
                if SocketTarget.isLoopback(address) { return .decided(.allow) }
                record(caller, address, port: nil, .icmp)
                return .decided(.refuse(ENETUNREACH))
            case .datagram:
                return isOurs(address, port, isDatagram: true, caller)
                    ? .decided(.allow) : .divert(address, port: port)
            case .stream:
                if isOurs(address, port, isDatagram: false, caller) { return .decided(.allow) }
                record(caller, address, port: port, .tcp)
                return .decided(.refuse(ECONNREFUSED))
            }
        }
    }

    /// A datagram with an address of its own.
    ///
    /// - Parameter payload: gives how it begins.
    mutating func judgeSend(_ bytes: [UInt8], _ caller: GuardCaller, payload: () -> [UInt8]) -> GuardVerdict {
        guard case .internet(let address, let port, _)? = SocketTarget(socketAddress: bytes) else {
            return judgeConnect(bytes, caller, .datagram).verdict
        }
        if isOurs(address, port, isDatagram: true, caller) || isOurs(address, port, isDatagram: false, caller)
        {
            return .allow
        }
        if port == 53, let question = NameQuestion(payload()) {
            // For the record: it cannot come from the address that the program expects.
            _ = answer(question, caller)
        } else {
            record(caller, address, port: port, .udp)
        }
        return .refuse(ENETUNREACH)
    }

    func judgeRaw(_ caller: GuardCaller) -> GuardVerdict {
        record(caller, host: "a raw socket", port: nil, .raw)
        return .refuse(EPERM)
    }

    /// A program hides its memory: what cannot be judged does not go out.
    func judgeUnreadable(_ caller: GuardCaller) -> GuardVerdict {
        record(caller, host: "an address that it hides", port: nil, .tcp)
        return .refuse(EACCES)
    }

    private func judge(path: String, _ caller: GuardCaller) -> GuardVerdict {
        switch MachineSocket(path: path, own: state.contents.withLock { $0.folders }) {
        case .allowed: return .allow
        case .silentlyRefused: return .refuse(ECONNREFUSED)
        case .refused:
            record(caller, host: path, port: nil, .unix)
            return .refuse(ECONNREFUSED)
        }
    }

    private func isRegistered(_ port: UInt16) -> Bool { state.contents.withLock { $0.ports.contains(port) } }

    private mutating func isOurs(
        _ address: [UInt8], _ port: UInt16, isDatagram: Bool, _ caller: GuardCaller
    ) -> Bool {
        guard SocketTarget.isLoopback(address) || DatagramSink.isLocal(address) else { return false }
        if isRegistered(port) { return true }
        let owner = owners.owner(of: port, isDatagram: isDatagram, now: Reactor.monotonicNow())
        guard owner == .own else { return false }
        // Tried before its own child listened there: that was no attempt on anything else.
        state.contents.withLock { contents in
            contents.log.withdraw {
                $0.member == caller.member && $0.port == port && ["127.0.0.1", "::1"].contains($0.host)
            }
        }
        return true
    }

    // MARK: names

    /// Answers a question for a name with an address that stands for it.
    mutating func answer(_ question: NameQuestion, _ caller: GuardCaller) -> [UInt8] {
        if StandInNames.isHarmless(question.name, host: Host.name) {
            let isAddress = question.name.hasSuffix(".arpa")
            switch question.kind {
            case .ipv4 where !isAddress: return question.answer(address: [127, 0, 0, 1])
            case .ipv6 where !isAddress:
                return question.answer(address: [UInt8](repeating: 0, count: 15) + [1])
            default: return question.denial
            }
        }
        record(caller, host: question.name, port: nil, .dns)
        guard let address = names.address(for: question.name) else { return question.denial }
        return question.kind == .ipv4 ? question.answer(address: address) : question.emptyAnswer
    }

    /// Notes a look-up that is let through.
    func record(_ question: NameQuestion, _ caller: GuardCaller) {
        if StandInNames.isHarmless(question.name, host: Host.name) { return }
        record(caller, host: question.name, port: nil, .dns)
    }

    /// Notes what a look-up that was let through found.
    mutating func learn(_ addresses: [[UInt8]], for name: String) {
        for address in addresses { names.learn(address, for: name) }
    }

    /// For programs that ask for a name in words; `nil` for what the system may answer.
    mutating func standIn(for name: String, _ caller: GuardCaller) -> String? {
        let name = (name.hasSuffix(".") ? String(name.dropLast()) : name).lowercased()
        if SocketAddress(numeric: name, port: 0) != nil || name.contains("%") { return nil }
        if StandInNames.isHarmless(name, host: Host.name) || HostsFile.names(name) { return nil }
        record(caller, host: name, port: nil, .dns)
        if state.letsThrough { return nil }
        return names.address(for: name).map { $0.map(String.init).joined(separator: ".") }
    }

    // MARK: the record

    /// Notes an attempt on an address, by the name that it stands for.
    func record(
        _ caller: GuardCaller, _ address: [UInt8], port: UInt16?, _ transport: ExternalAttempt.Transport
    ) {
        guard let name = names.name(of: address) else {
            return record(caller, host: Self.text(address), port: port, transport)
        }
        state.contents.withLock { contents in
            contents.log.withdraw {
                $0.member == caller.member && $0.host == name && $0.transport == .dns
            }
        }
        record(caller, host: name, port: port, transport)
    }

    private func record(
        _ caller: GuardCaller, host: String, port: UInt16?, _ transport: ExternalAttempt.Transport
    ) {
        let process = caller.process
        state.record(
            ExternalAttempt(
                member: caller.member, process: process.name, processID: process.id, host: host,
                port: port, transport: transport, count: 1, times: []))
    }

    private static func text(_ address: [UInt8]) -> String {
        if address.count == 4 { return address.map(String.init).joined(separator: ".") }
        let shown = SocketAddress(.ipv6(address, port: 0, scope: 0)).description
        return String(shown.dropFirst().prefix { $0 != "]" })
    }
}

/// /etc/hosts, which names are answered from before anyone is asked.
enum HostsFile {
    static func names(_ name: String) -> Bool {
        guard let bytes = try? Files.read("/etc/hosts", limitBytes: 1 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { line in
            line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.dropFirst().contains {
                $0.lowercased() == name
            }
        }
    }
}
