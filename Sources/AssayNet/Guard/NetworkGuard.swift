internal import CLinux
internal import Glibc
internal import Synchronization

/// Keeps programs from reaching anything that this process and those below it did not start, and tells what they tried.
///
/// Programs may reach each other, Assay's own servers, and nothing else; see Documentation/network-guard.md for what
/// each mechanism sees. Made for catching mistakes, not for holding hostile programs.
public final class NetworkGuard: Sendable {
    public enum Mechanism: String, Sendable, CaseIterable {
        /// System calls are answered by Assay: all programs, whatever they are written in.
        case seccomp
        /// Calls of the C library are: dynamically linked programs.
        case preload
        /// A proxy that refuses: programs which heed `HTTP_PROXY` and the like.
        case proxy
    }

    /// Why a better mechanism was not taken.
    public struct PassedOver: Sendable, Equatable {
        public var mechanism: Mechanism
        public var reason: String
    }

    public let mechanism: Mechanism
    public let passedOver: [PassedOver]
    private let reactor: Reactor
    private let state: GuardState
    private let supervisor: ConnectSupervisor?
    private let library: String?
    private let proxies = ProxyShelf()

    /// Picks the best mechanism that works here, by trying it.
    ///
    /// - Parameters:
    ///   - forced: takes this one or fails.
    ///   - lettingThrough: notes attempts and does not refuse them; the proxy mechanism cannot, and is not taken.
    ///   - library: path of the preloaded filter; `nil` looks beside the running program.
    /// - Throws: ``SystemError`` when nothing works, or not the forced one.
    public convenience init(
        on reactor: Reactor, forcing forced: Mechanism? = nil, lettingThrough: Bool = false,
        library: String? = nil
    ) throws(SystemError) {
        try self.init(
            on: reactor, forcing: forced, lettingThrough: lettingThrough, library: library, borrowing: true)
    }

    /// - Parameter borrowing: uses descriptors of programs' sockets where that works.
    init(
        on reactor: Reactor, forcing forced: Mechanism?, lettingThrough: Bool, library: String?,
        borrowing: Bool
    ) throws(SystemError) {
        self.reactor = reactor
        state = GuardState(lettingThrough: lettingThrough, borrowing: borrowing)
        var passed: [PassedOver] = []
        var chosen: Mechanism?
        let library = library ?? Self.besideProgram()
        for candidate in Mechanism.allCases where forced == nil || forced == candidate {
            let reason =
                candidate == .proxy && lettingThrough
                ? "it cannot let through what it reports" : Self.obstacle(to: candidate, library: library)
            if let reason {
                passed.append(PassedOver(mechanism: candidate, reason: reason))
            } else {
                chosen = candidate
                break
            }
        }
        guard let chosen else {
            throw SystemError(
                call: "network guard", errno: ENOSYS,
                subject: passed.map { "\($0.mechanism.rawValue): \($0.reason)" }.joined(separator: "; "))
        }
        mechanism = chosen
        passedOver = passed
        self.library = library
        supervisor = chosen == .proxy ? nil : try ConnectSupervisor(state)
    }

    /// For reports: what held, and what it does not see.
    public var summary: String {
        let held =
            switch mechanism {
            case .seccomp: "system call filter"
            case .preload: "preloaded filter, which holds dynamically linked programs only"
            case .proxy: "proxy variables, which hold programs that heed them only"
            }
        let others = passedOver.map { "\($0.mechanism.rawValue) does not work here: \($0.reason)" }
        return ([held] + others).joined(separator: "; ")
    }

    /// Lets programs reach a port of this machine, whoever listens there, like a container's.
    public func allow(port: UInt16) { state.contents.withLock { _ = $0.ports.insert(port) } }

    /// Lets programs reach Unix sockets below a folder, which is the stand's own.
    public func allow(folder: String) { state.contents.withLock { $0.folders.append(folder) } }

    /// Puts a program that is about to be started, and all below it, under guard.
    ///
    /// The first time for a member on the reactor's thread, then on any.
    ///
    /// - Parameter member: what attempts of it are reported as.
    public func apply(to spec: inout ProcessSpec, member: String) throws(SystemError) {
        switch mechanism {
        case .seccomp:
            if let supervisor { spec.supervision = Supervision(supervisor: supervisor, member: member) }
        case .preload:
            guard let supervisor, let library else { return }
            let name = try preloadSocket(for: member, supervisor)
            let others = spec.environment.last { $0.name == "LD_PRELOAD" }.map { " " + $0.value } ?? ""
            spec.set([("LD_PRELOAD", library + others), (PRELOAD_VARIABLE, name)])
        case .proxy:
            spec.set(try proxyVariables(for: member))
        }
    }

    private func proxyVariables(for member: String) throws(SystemError) -> [(name: String, value: String)] {
        if let known = state.contents.withLock({ $0.proxyVariables[member] }) { return known }
        precondition(reactor.isCurrent, "a member's proxy is made on the guard's reactor")
        let made = try proxies.add(for: member, state, on: reactor).variables
        state.contents.withLock { $0.proxyVariables[member] = made }
        return made
    }

    /// Name of the socket at which a member's programs ask.
    private func preloadSocket(for member: String, _ supervisor: ConnectSupervisor) throws(SystemError)
        -> String
    {
        if let known = state.contents.withLock({ $0.preloadSockets[member] }) { return known }
        let name = "assay-guard-\(Host.processID)-\(UInt64.random(in: 0 ... .max))"
        let listener = try SystemError.check(
            unsafe clinux_listen_abstract(name), "listen", subject: "@\(name)")
        supervisor.watch(preload: listener, member: member)
        state.contents.withLock { $0.preloadSockets[member] = name }
        return name
    }

    /// What was tried so far, in the order of the first tries.
    public var attempts: [ExternalAttempt] { state.contents.withLock { $0.log.attempts } }

    /// Attempts beyond what ``attempts`` keeps.
    public var attemptsNotKept: Int { state.contents.withLock { $0.log.overflow } }

    /// Ends the guard, when what it guarded has ended. On the reactor's thread.
    public func close() {
        supervisor?.stop()
        proxies.close()
    }

    private static func obstacle(to mechanism: Mechanism, library: String?) -> String? {
        switch mechanism {
        case .seccomp:
            let result = clinux_filter_probe()
            return result >= 0 ? nil : SystemError.name(of: -result)
        case .preload:
            guard let library, Files.kind(of: library) == .file else {
                return "\(libraryName) is not beside the program"
            }
            return library.contains { $0 == " " || $0 == ":" } ? "its path has a space or colon" : nil
        case .proxy: return nil
        }
    }

    private static let libraryName = "libassay-preload.so"

    private static func besideProgram() -> String? {
        guard let program = Files.resolved("/proc/self/exe"), let slash = program.lastIndex(of: "/") else {
            return nil
        }
        let folder = program[..<slash]
        return [
            "\(folder)/\(libraryName)", "\(folder)/../lib/assay/\(libraryName)",
            "\(folder)/../lib/\(libraryName)",
        ]
        .first { Files.kind(of: $0) == .file }.flatMap(Files.resolved)
    }
}

/// How a program comes under a supervisor when it is started.
struct Supervision: Sendable {
    let supervisor: ConnectSupervisor
    let member: String
}

extension ProcessSpec {
    fileprivate mutating func set(_ variables: [(name: String, value: String)]) {
        environment.removeAll { old in variables.contains { $0.name == old.name } }
        environment += variables
    }
}
