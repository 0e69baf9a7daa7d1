/// A try of a guarded program to reach something that the stand did not start.
public struct ExternalAttempt: Sendable, Equatable {
    public enum Transport: String, Sendable {
        case tcp, udp, icmp
        /// A name that was looked up, and nothing of it was connected to since.
        case dns
        /// Seen by the refusing proxy.
        case http
        /// A socket in the file system that belongs to the machine, like a database's or Docker's.
        case unix
        /// A raw or packet socket, which was not given.
        case raw
    }

    /// What the guard knew the program as: the service's name.
    public var member: String
    /// Name and id of the process; `nil` where the mechanism cannot tell.
    public var process: String?
    public var processID: Int32?
    /// The name that was looked up, else the address; for Unix sockets the path.
    public var host: String
    public var port: UInt16?
    public var transport: Transport
    public var count: Int
    /// When it was seen, CLOCK_MONOTONIC nanoseconds: the first times, at most ``timesKept``.
    public var times: [Int64]

    public static let timesKept = 256

    /// `api.stripe.com:443`, `[2001:db8::1]:80`, `name api.stripe.com`
    public var target: String {
        switch transport {
        case .dns: return "name \(host)"
        case .raw: return host
        case .unix: return "socket \(host)"
        case .tcp, .udp, .icmp, .http:
            let shown = host.contains(":") ? "[\(host)]" : host
            return port.map { "\(shown):\($0)" } ?? shown
        }
    }

    /// `api (pid 4123, python3) tried to reach api.stripe.com:443`; protocols other than TCP are named.
    public var text: String {
        let facts = [processID.map { "pid \($0)" }, process].compactMap(\.self)
        let who = facts.isEmpty ? member : "\(member) (\(facts.joined(separator: ", ")))"
        let what =
            switch transport {
            case .tcp, .unix: "reach \(target)"
            case .udp: "reach \(target) by UDP"
            case .icmp: "ping \(target)"
            case .http: "reach \(target) through the proxy"
            case .dns: "look up the \(target)"
            case .raw: "open \(target)"
            }
        // A look-up asks several questions for one name.
        return "\(who) tried to \(what)" + (count > 1 && transport != .dns ? ", \(count) times" : "")
    }
}

/// Attempts, equal ones counted together; bounded.
struct AttemptLog {
    private struct Key: Hashable {
        var member: String
        var process: String?
        var host: String
        var port: UInt16?
        var transport: ExternalAttempt.Transport
    }

    private(set) var attempts: [ExternalAttempt] = []
    /// Attempts on targets beyond ``capacity``.
    private(set) var overflow = 0
    private var places: [Key: Int] = [:]
    static let capacity = 1000

    /// Notes one more; its `count` and `times` are ignored.
    mutating func record(_ attempt: ExternalAttempt, at time: Int64) {
        let key = Key(
            member: attempt.member, process: attempt.process, host: attempt.host, port: attempt.port,
            transport: attempt.transport)
        if let place = places[key] {
            attempts[place].count += 1
            if attempts[place].times.count < ExternalAttempt.timesKept { attempts[place].times.append(time) }
            return
        }
        guard attempts.count < Self.capacity else {
            overflow += 1
            return
        }
        var first = attempt
        first.count = 1
        first.times = [time]
        places[key] = attempts.count
        attempts.append(first)
    }

    /// Forgets what `isMistaken` says: a look-up that a connection followed, a port that turned out the program's own.
    mutating func withdraw(where isMistaken: (ExternalAttempt) -> Bool) {
        guard attempts.contains(where: isMistaken) else { return }
        let kept = attempts.filter { !isMistaken($0) }
        attempts = kept
        places = [:]
        for (place, attempt) in kept.enumerated() {
            places[
                Key(
                    member: attempt.member, process: attempt.process, host: attempt.host, port: attempt.port,
                    transport: attempt.transport)] = place
        }
    }
}
