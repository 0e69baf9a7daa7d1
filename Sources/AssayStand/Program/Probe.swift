internal import AssayCore
internal import AssayNet

/// Ways to see that a server answers; each gives what it saw in place of readiness, `nil` when it is ready.
enum Probe {
    /// `GET path`; any status 200…299, or the one wanted.
    static func http(
        _ path: String, port: UInt16, status wanted: Int? = nil, on reactor: Reactor, until deadline: Int64,
        in scope: CancelScope
    ) async -> String? {
        let client = HTTPClient(on: reactor)
        defer { client.closeAll() }
        let origin = HTTPOrigin(host: "127.0.0.1", port: port)
        await client.exchange(with: origin, timeout: max(1, deadline - Reactor.monotonicNow()), in: scope) {
            $0.append("GET \(path) HTTP/1.1\r\nHost: \(origin.authority)\r\nConnection: close\r\n\r\n")
        }
        let exchange = client.last
        guard exchange.outcome == .answered else {
            return "GET \(path) → \(exchange.note ?? "\(exchange.outcome)")"
        }
        let fits = wanted.map { $0 == exchange.status } ?? (200..<300).contains(exchange.status)
        return fits ? nil : "GET \(path) → \(exchange.status)"
    }

    /// A connection, and when bytes are given: what the server says to them must begin as wanted.
    static func tcp(
        port: UInt16, sending: String = "", expecting: String = "", on reactor: Reactor,
        until deadline: Int64,
        in scope: CancelScope
    ) async -> String? {
        switch await reactor.connect(to: [.loopback(port: port)], until: deadline, in: scope) {
        case .failure(let failure): return failure.note
        case .success(let channel):
            defer { channel.close() }
            guard !expecting.isEmpty else { return nil }
            if !sending.isEmpty { _ = channel.send(Array(sending.utf8)) }
            var seen: [UInt8] = []
            while seen.count < expecting.utf8.count {
                guard await channel.readable(until: deadline, in: scope) == .ready else { return "no answer" }
                guard let bytes = channel.receive() else { return "closed without an answer" }
                seen += bytes
            }
            let text = String(decoding: seen.prefix(80), as: UTF8.self)
            return text.hasPrefix(expecting)
                ? nil : "it said '\(text.split(whereSeparator: \.isNewline).first ?? "")'"
        }
    }

    /// A shell line that ends with 0.
    static func run(
        _ line: String, folder: String, on reactor: Reactor, until deadline: Int64, in scope: CancelScope
    ) async -> String? {
        let command = ProcessSpec(command: ["sh", "-c", line], folder: folder)
        do throws(SystemError) {
            let result = try await ChildProcess.runToEnd(
                command, on: reactor, until: deadline, in: scope, outputLimitBytes: 4096)
            return result.status.isSuccess ? nil : "`\(line)` \(result.status)"
        } catch {
            return "\(error)"
        }
    }
}
