internal import Glibc

/// Says whose a port of this machine is, from /proc. Source: proc(5).
struct ListenerOwners {
    enum Owner: Equatable {
        /// This process or one below it.
        case own
        case stranger
        case nobody
    }

    /// Ports found to be our own, and until when that is believed (CLOCK_MONOTONIC nanoseconds).
    private var known: [UInt32: Int64] = [:]
    private static let trustedFor: Int64 = 10_000_000_000

    /// Whether a port was found our own a moment ago, by whatever protocol.
    func isKnown(_ port: UInt16, now: Int64) -> Bool {
        [UInt32(port), UInt32(port) | 1 << 16].contains { known[$0].map { now < $0 } ?? false }
    }

    mutating func owner(of port: UInt16, isDatagram: Bool, now: Int64) -> Owner {
        let key = UInt32(port) | (isDatagram ? 1 << 16 : 0)
        if let until = known[key], now < until { return .own }
        let sockets = Self.sockets(on: port, isDatagram: isDatagram)
        guard !sockets.isEmpty else { return .nobody }
        guard Self.family(of: Host.processID).contains(where: { Self.holds($0, oneOf: sockets) }) else {
            return .stranger
        }
        if known.count > 4096 { known.removeAll() }
        known[key] = now &+ Self.trustedFor
        return .own
    }

    /// Names that /proc gives the sockets which listen on a port, or are bound to it.
    private static func sockets(on port: UInt16, isDatagram: Bool) -> Set<String> {
        var found: Set<String> = []
        for table in isDatagram ? ["udp", "udp6"] : ["tcp", "tcp6"] {
            for line in lines(of: "/proc/thread-self/net/\(table)", while: isDatagram ? nil : "0A") {
                let fields = line.split(separator: " ")
                guard fields.count > 9, UInt16(fields[1].suffix(4), radix: 16) == port else { continue }
                found.insert("socket:[\(fields[9])]")
            }
        }
        return found
    }

    /// Lines of a table after its title; with `state`, those in that state, which come first.
    private static func lines(of path: String, while state: String?) -> [Substring] {
        guard let bytes = try? Files.read(path) else { return [] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
        guard let state else { return Array(lines) }
        return lines.filter { $0.split(separator: " ", maxSplits: 4).dropFirst(3).first == state[...] }
    }

    /// A process and all below it.
    static func family(of root: Int32) -> [Int32] {
        var children: [Int32: [Int32]] = [:]
        for name in (try? Files.names(in: "/proc")) ?? [] {
            guard let process = Int32(name), let parent = parent(of: process) else { continue }
            children[parent, default: []].append(process)
        }
        var all = [root]
        var next = 0
        while next < all.count {
            all += children[all[next]] ?? []
            next += 1
        }
        return all
    }

    private static func parent(of process: Int32) -> Int32? {
        guard let bytes = try? Files.read("/proc/\(process)/stat"), let end = bytes.lastIndex(of: 0x29) else {
            return nil
        }
        let fields = bytes[(end + 1)...].split(separator: 0x20)
        return fields.count > 1 ? Int32(String(decoding: fields[1], as: UTF8.self)) : nil
    }

    private static func holds(_ process: Int32, oneOf sockets: Set<String>) -> Bool {
        ((try? Files.names(in: "/proc/\(process)/fd")) ?? []).contains {
            link("/proc/\(process)/fd/\($0)").map(sockets.contains) ?? false
        }
    }

    /// Processes below this one that hold a connection to a port of this machine, for mechanisms that see a
    /// connection's far end only.
    static func clients(of port: UInt16, below root: Int32) -> [Int32] {
        var sockets: Set<String> = []
        for table in ["tcp", "tcp6"] {
            for line in lines(of: "/proc/thread-self/net/\(table)", while: "01") {
                let fields = line.split(separator: " ")
                guard fields.count > 9, UInt16(fields[2].suffix(4), radix: 16) == port else { continue }
                sockets.insert("socket:[\(fields[9])]")
            }
        }
        return family(of: root).dropFirst().filter { holds($0, oneOf: sockets) }
    }

    private static func link(_ path: String) -> String? {
        var room = [CChar](repeating: 0, count: 64)
        // SAFETY: at most the buffer's size is written.
        let count = unsafe readlink(path, &room, room.count)
        guard count > 0 else { return nil }
        return String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Who a process is, for a person: its own id for one of its threads', and its name.
struct ProcessIdentity: Equatable, Sendable {
    var id: Int32
    var name: String?

    init(thread: Int32) {
        id = thread
        if let status = try? Files.read("/proc/\(thread)/status") {
            for line in status.split(separator: 10) {
                let text = String(decoding: line, as: UTF8.self)
                guard text.hasPrefix("Tgid:") else { continue }
                id = Int32(text.dropFirst(5).trimmingBlanks) ?? thread
                break
            }
        }
        name = (try? Files.read("/proc/\(id)/comm")).map {
            String(String(decoding: $0, as: UTF8.self).trimmingBlanks)
        }
    }
}

extension StringProtocol {
    fileprivate var trimmingBlanks: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
