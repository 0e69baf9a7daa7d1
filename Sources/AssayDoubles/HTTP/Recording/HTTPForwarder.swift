internal import AssayCore
public import AssayNet
internal import AssayWire

/// Sends requests on to real services over kept connections, on the double's reactor.
public final class HTTPForwarder: Forwarding {
    /// How requests are sent on.
    public struct Options: Sendable {
        /// From sending to the last byte of the answer.
        public var timeout: Duration = .seconds(60)
        /// Of an answer, decoded; a longer one is a 502.
        public var bodyBytes = 64 << 20
        /// Services see the `Host` that the client sent instead of their own.
        public var preservesHost = false
        public init() {}
    }

    /// Clients with connections that nobody uses right now.
    private final class Shelf {
        var idle: [HTTPClient] = []
    }

    private let reactor: Reactor
    private let options: Options
    private let shelf: ReactorBound<Shelf>
    private static let idleLimit = 32

    public init(on reactor: Reactor, options: Options = Options()) {
        self.reactor = reactor
        self.options = options
        shelf = ReactorBound(Shelf(), on: reactor)
    }

    public func forward(_ request: HTTPRequest, to target: ProxyTarget) async -> HTTPResponse {
        let outgoing: ForwardedRequest
        let bytes: [UInt8]
        do {
            outgoing = try ForwardedRequest(request, to: target, preservesHost: options.preservesHost)
            bytes = try outgoing.rendered()
        } catch {
            return ForwardedRequest.badGateway(error.reason)
        }
        let client =
            shelf.value.idle.popLast()
            ?? HTTPClient(on: reactor, limits: HTTPClientLimits(bodyBytes: options.bodyBytes))
        let isIdempotent = HTTPMethod(request.method)?.isIdempotent ?? false
        await client.exchange(
            with: outgoing.origin, toHead: request.method == "HEAD", isIdempotent: isIdempotent,
            timeout: options.timeout.nanoseconds
        ) { $0.append(bytes) }
        let exchange = client.last
        guard exchange.outcome == .answered else {
            client.closeAll()
            let note = exchange.note.map { ": \($0)" } ?? ""
            return ForwardedRequest.badGateway("\(outgoing.origin): \(exchange.outcome.name)\(note)")
        }
        let response = ForwardedRequest.response(
            status: exchange.status, reason: Self.reason(in: client.headBytes), headers: client.headers,
            body: client.body)
        if shelf.value.idle.count < Self.idleLimit { shelf.value.idle.append(client) }
        return response
    }

    /// The words of a status line.
    private static func reason(in head: [UInt8]) -> String? {
        let line = head.prefix { $0 != 0x0A && $0 != 0x0D }
        let words = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3 else { return nil }
        return String(validating: words[2], as: UTF8.self)
    }
}
