/// The client's half of SOCKS version 5 until the proxy leads to the target (RFC 1928, RFC 1929).
///
/// Pure: it says what to send and how many bytes to receive.
struct SOCKS5 {
    enum Target: Equatable {
        case address(SocketAddress)
        case name(String, UInt16)
    }

    enum Step: Equatable {
        case send([UInt8])
        /// So many bytes more; then ask again with all since the last send.
        case receive(Int)
        case done
        case failed(String)
    }

    private enum State { case greeting, method, password, request, reply }

    private let target: Target
    private let credentials: ProxyOptions.Credentials?
    private var state = State.greeting

    init(to target: Target, credentials: ProxyOptions.Credentials?) {
        self.target = target
        self.credentials = credentials
    }

    /// - Parameter received: since the last send.
    mutating func next(_ received: [UInt8]) -> Step {
        switch state {
        case .greeting:
            state = .method
            return .send(credentials == nil ? [5, 1, 0] : [5, 2, 0, 2])
        case .method: return method(received)
        case .password:
            guard received.count >= 2 else { return .receive(2 - received.count) }
            guard received[1] == 0 else { return .failed("refused user and password") }
            return request()
        case .request: return request()
        case .reply: return reply(received)
        }
    }

    private mutating func method(_ received: [UInt8]) -> Step {
        guard received.count >= 2 else { return .receive(2 - received.count) }
        guard received[0] == 5 else { return .failed("does not speak SOCKS version 5") }
        switch received[1] {
        case 0: return request()
        case 2:
            guard let credentials else { return .failed("wants a user and password") }
            let user = Array(credentials.user.utf8.prefix(255))
            let password = Array(credentials.password.utf8.prefix(255))
            state = .password
            return .send([1, UInt8(user.count)] + user + [UInt8(password.count)] + password)
        default:
            return .failed(
                credentials == nil
                    ? "wants a user and password; its URL has none" : "takes no user and password")
        }
    }

    private mutating func request() -> Step {
        state = .reply
        var bytes: [UInt8] = [5, 1, 0]
        let port: UInt16
        switch target {
        case .address(let address):
            bytes += [address.bytes.count == 4 ? 1 : 4] + address.bytes
            port = address.port ?? 0
        case .name(let name, let number):
            let name = Array(name.utf8)
            guard name.count < 256 else { return .failed("takes names of at most 255 bytes") }
            bytes += [3, UInt8(name.count)] + name
            port = number
        }
        return .send(bytes + [UInt8(port >> 8), UInt8(port & 0xFF)])
    }

    private func reply(_ received: [UInt8]) -> Step {
        guard received.count >= 5 else { return .receive(5 - received.count) }
        guard received[0] == 5 else { return .failed("does not speak SOCKS version 5") }
        guard received[1] == 0 else { return .failed("refused the connection: \(Self.reason(received[1]))") }
        let length: Int
        switch received[3] {
        case 1: length = 10
        case 3: length = 7 + Int(received[4])
        case 4: length = 22
        default: return .failed("answered with an address of unknown kind \(received[3])")
        }
        return received.count >= length ? .done : .receive(length - received.count)
    }

    private static func reason(_ code: UInt8) -> String {
        let names = [
            "general failure", "not allowed by its rules", "network unreachable", "host unreachable",
            "connection refused", "TTL expired", "command not supported", "kind of address not supported",
        ]
        return (1...8).contains(code) ? names[Int(code) - 1] : "code \(code)"
    }
}
