internal import CLinux
internal import Glibc

enum SocketKind { case stream, datagram, ping }

/// The socket that a program wants to connect, as far as it can be got at.
enum ProgramSocket {
    /// A descriptor of this process for it, which is closed by ``close()``.
    case borrowed(Int32)
    /// Known by its number only: sockets cannot be borrowed in many containers, but they can be replaced.
    case numbered(Int32, process: Int32, listener: Int32, call: UInt64)

    var kind: SocketKind {
        switch self {
        case .borrowed(let descriptor):
            guard Self.option(descriptor, SO_TYPE) == Int32(SOCK_DGRAM.rawValue) else { return .stream }
            let wanted = Self.option(descriptor, SO_PROTOCOL)
            return wanted == Int32(IPPROTO_ICMP) || wanted == Int32(IPPROTO_ICMPV6) ? .ping : .datagram
        case .numbered(let number, let process, _, _):
            var text = [CChar](repeating: 0, count: 32)
            // SAFETY: at most the buffer's size is written.
            guard unsafe clinux_socket_protocol(process, number, &text, text.count) > 0 else {
                return .stream
            }
            let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return name.hasPrefix("UDP") ? .datagram : name.hasPrefix("PING") ? .ping : .stream
        }
    }

    /// Connects it to the sink in place of the address that the program gave.
    ///
    /// - Parameters:
    ///   - target: IPv4 or IPv6 address.
    ///   - isIPv6: of the family that the program gave, also for an IPv4 address.
    func divert(
        to sink: inout DatagramSink, from target: [UInt8], isIPv6: Bool, port: UInt16, of caller: GuardCaller
    ) -> Bool {
        switch self {
        case .borrowed(let descriptor):
            return sink.divert(descriptor, from: target, port: port, of: caller)
        case .numbered(let number, let process, let listener, let call):
            let flags = Self.flags(process, number)
            let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | flags & O_NONBLOCK
            let fresh = Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, type, 0)
            guard fresh >= 0 else { return false }
            defer { closeDescriptor(fresh) }
            return sink.divert(fresh, from: target, port: port, of: caller)
                && clinux_filter_replace(listener, call, fresh, number, flags & O_CLOEXEC) >= 0
        }
    }

    func close() {
        if case .borrowed(let descriptor) = self { closeDescriptor(descriptor) }
    }

    private static func option(_ descriptor: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(4)
        // SAFETY: four bytes of a local are written during the call.
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : -1
    }

    /// Of an open file, as `open` takes them. Source: proc(5).
    private static func flags(_ process: Int32, _ number: Int32) -> Int32 {
        let text = (try? Files.read("/proc/\(process)/fdinfo/\(number)")).map {
            String(decoding: $0, as: UTF8.self)
        }
        let line = text?.split(separator: "\n").first { $0.hasPrefix("flags:") }
        let digits = line?.dropFirst(6).drop { $0 == " " || $0 == "\t" }
        return digits.flatMap { Int32($0, radix: 8) } ?? O_CLOEXEC
    }
}
