internal import AssayCore

extension Channel {
    /// A proxy's answer is its head; a longer one is none.
    private static let answerLimit = 64 << 10

    /// Has an HTTP proxy lead the connection to a server (CONNECT, RFC 9110 §9.3.6).
    ///
    /// - Returns: why not.
    func openTunnel(
        _ proxy: ProxyOptions, to origin: HTTPOrigin, until deadline: Int64, in scope: CancelScope?
    ) async -> ConnectFailure? {
        let name = origin.host.contains(":") ? "[\(origin.host)]" : origin.host
        let target = "\(name):\(origin.port)"
        var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nUser-Agent: assay\r\n"
        if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
        if let failure = await exchangeSend(Array((request + "\r\n").utf8), proxy, until: deadline, in: scope)
        {
            return failure
        }
        var head: [UInt8] = []
        while !head.ends(with: Self.headEnd) {
            switch await exchangeReceive(proxy, after: head, until: deadline, in: scope) {
            case .success(let bytes): head += bytes
            case .failure(let failure): return failure
            }
            if head.count > Self.answerLimit {
                return failed(proxy, "answered CONNECT \(target) with a head over \(Self.answerLimit) bytes")
            }
        }
        let line = String(decoding: head.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
            return failed(proxy, "does not speak HTTP: it answered '\(line.prefix(60))'")
        }
        guard (200..<300).contains(status) else {
            let reason = words.count > 2 ? "\(status) \(words[2])" : "\(status)"
            let hint = status == 407 && proxy.credentials == nil ? "; its URL has no user and password" : ""
            return failed(proxy, "answered CONNECT \(target) with \(reason)\(hint)")
        }
        return nil
    }

    private static let headEnd: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    /// Has a SOCKS proxy lead the connection to a server.
    ///
    /// - Returns: why not.
    func passSOCKS(
        _ proxy: ProxyOptions, to target: SOCKS5.Target, until deadline: Int64, in scope: CancelScope?
    ) async -> ConnectFailure? {
        var talk = SOCKS5(to: target, credentials: proxy.credentials)
        var received: [UInt8] = []
        while true {
            switch talk.next(received) {
            case .send(let bytes):
                received = []
                if let failure = await exchangeSend(bytes, proxy, until: deadline, in: scope) {
                    return failure
                }
            case .receive(let count):
                switch await receiveExactly(count, proxy, until: deadline, in: scope) {
                case .success(let bytes): received += bytes
                case .failure(let failure): return failure
                }
            case .done: return nil
            case .failed(let reason): return failed(proxy, reason)
            }
        }
    }

    private func failed(_ proxy: ProxyOptions, _ what: String) -> ConnectFailure {
        ConnectFailure(.proxyFailed, "proxy \(proxy.description) \(what)")
    }

    // MARK: bytes

    private func exchangeSend(
        _ bytes: [UInt8], _ proxy: ProxyOptions, until deadline: Int64, in scope: CancelScope?
    ) async -> ConnectFailure? {
        var place = 0
        while place < bytes.count {
            guard let sent = send(bytes, from: place) else { return failed(proxy, "closed the connection") }
            place += sent
            if sent > 0 { continue }
            if let failure = late(await writable(until: deadline, in: scope), proxy) { return failure }
        }
        return nil
    }

    /// Some of a head and nothing behind it, for what follows belongs to the server.
    private func exchangeReceive(
        _ proxy: ProxyOptions, after head: [UInt8], until deadline: Int64, in scope: CancelScope?
    ) async -> Result<[UInt8], ConnectFailure> {
        // Decrypted bytes are taken one by one, which costs no system call.
        if tls != nil { return await receiveExactly(1, proxy, until: deadline, in: scope) }
        while true {
            if let failure = late(await readable(until: deadline, in: scope), proxy) {
                return .failure(failure)
            }
            let memory = unsafe UnsafeMutableRawBufferPointer(rebasing: reactor.input.memory[..<4096])
            // SAFETY: the reactor's buffer is looked at before anything suspends.
            switch unsafe peek(descriptor, into: memory) {
            case .moved(let count):
                let seen = unsafe [UInt8](memory[..<count])
                let wanted = Self.countUpToHeadEnd(seen, after: head)
                return receive(limitBytes: wanted).map { .success($0) }
                    ?? .failure(failed(proxy, "closed the connection"))
            case .later: isReadable = false
            case .end: return .failure(failed(proxy, "closed the connection without an answer to CONNECT"))
            case .failed(let error):
                return .failure(failed(proxy, "\(SystemError(call: "recv", errno: error))"))
            }
        }
    }

    /// How many of the bytes that were seen belong to the head.
    static func countUpToHeadEnd(_ seen: [UInt8], after head: [UInt8]) -> Int {
        var last = Array(head.suffix(3))
        let known = last.count
        last += seen
        var place = 0
        while place + 4 <= last.count {
            if last[place..<(place + 4)].elementsEqual(headEnd) { return place + 4 - known }
            place += 1
        }
        return seen.count
    }

    private func receiveExactly(
        _ count: Int, _ proxy: ProxyOptions, until deadline: Int64, in scope: CancelScope?
    ) async -> Result<[UInt8], ConnectFailure> {
        var bytes: [UInt8] = []
        while bytes.count < count {
            if let failure = late(await readable(until: deadline, in: scope), proxy) {
                return .failure(failure)
            }
            guard let more = receive(limitBytes: count - bytes.count) else {
                return .failure(failed(proxy, "closed the connection"))
            }
            bytes += more
        }
        return .success(bytes)
    }

    private func late(_ wake: Wake, _ proxy: ProxyOptions) -> ConnectFailure? {
        switch wake {
        case .ready where !isClosed: nil
        case .timeout: ConnectFailure(.connectTimeout, "proxy \(proxy.description) did not answer in time")
        default: ConnectFailure(.cancelled, "cancelled while talking to the proxy \(proxy.description)")
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with end: [UInt8]) -> Bool { suffix(end.count).elementsEqual(end) }
}
