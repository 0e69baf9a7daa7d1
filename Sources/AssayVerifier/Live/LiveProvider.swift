public import AssayContracts
public import AssayCore
public import AssayNet
internal import AssayWire

/// Asks a live provider over HTTP/1.1, one request at a time; redirects are answers like others and not followed.
///
/// Not `Sendable`: it belongs to its reactor's task. Those who ask several things at once have one each.
public final class LiveProvider {
    public let address: LiveAddress
    /// Put into every request that has no header of that name.
    public var headers: [ContractExchange.Header]
    /// From sending to the last byte of the answer.
    public var timeout: Duration
    /// What came of the request that was asked last.
    public private(set) var last = Exchange(outcome: .cancelled, at: 0)

    private let client: HTTPClient
    private let scope: CancelScope?
    private var sent: [UInt8] = []
    private var method = ""

    /// - Parameters:
    ///   - headers: put into every request that has no header of that name.
    ///   - bodyBytes: a larger answer ends as ``Outcome/tooLarge``.
    public init(
        at address: LiveAddress, headers: [ContractExchange.Header] = [], timeout: Duration = .seconds(10),
        bodyBytes: Int = 16 << 20, on reactor: Reactor, in scope: CancelScope? = nil
    ) {
        self.address = address
        self.headers = headers
        self.timeout = timeout
        self.scope = scope
        client = HTTPClient(
            on: reactor,
            limits: HTTPClientLimits(connectTimeout: min(timeout, .seconds(10)), bodyBytes: bodyBytes))
    }

    /// Sends a request to the provider's base path and the request's own path.
    ///
    /// - Returns: the request as given and what was answered, its content coding undone; or why there is no answer.
    public func ask(_ request: ContractExchange.Request) async -> Result<ContractExchange, LiveFailure> {
        method = request.method
        do {
            sent = try rendered(request)
        } catch {
            last = Exchange(outcome: .notSent, at: Reactor.monotonicNow(), note: "\(error)")
            return .failure(LiveFailure(outcome: .notSent, note: "\(error)"))
        }
        let bytes = sent
        let (seconds, attoseconds) = timeout.components
        await client.exchange(
            with: address.origin, toHead: request.method == "HEAD",
            isIdempotent: HTTPMethod(request.method)?.isIdempotent ?? false,
            timeout: seconds * 1_000_000_000 + attoseconds / 1_000_000_000, in: scope
        ) { $0.append(bytes) }
        last = client.last
        guard last.outcome == .answered else {
            return .failure(LiveFailure(outcome: last.outcome, note: last.note))
        }
        return .success(
            ContractExchange(
                request: request,
                response: ContractExchange.Response(
                    status: last.status, headers: client.headers.fields.map { .init($0.name, $0.value) },
                    body: client.body)))
    }

    /// What was asked and answered last, as reports show it.
    ///
    /// - Parameter mask: hides secrets in a text.
    public func report(masked mask: (String) -> String = { $0 }) -> ExchangeReport {
        ExchangeReport(
            last, method: method, origin: address.origin, request: sent,
            responseHead: last.outcome == .answered ? client.headBytes : [],
            responseBody: last.outcome == .answered ? client.body : [], masked: mask)
    }

    /// Closes the connection; the provider can be asked again.
    public func close() { client.closeAll() }

    private func rendered(_ request: ContractExchange.Request) throws(HTTP1WriteError) -> [UInt8] {
        var bytes: [UInt8] = []
        let target = address.basePath + request.path + (request.query.map { "?" + $0 } ?? "")
        try bytes.appendRequestLine(request.method, target.isEmpty ? "/" : target)
        let own = headers.filter { request.header($0.name) == nil }
        let all = request.headers + own
        func has(_ name: String) -> Bool { all.contains { $0.name.lowercased() == name } }
        if !has("host") { try bytes.appendHeader("Host", address.origin.authority) }
        for header in all { try bytes.appendHeader(header.name, header.value) }
        if !has("accept") { try bytes.appendHeader("Accept", "*/*") }
        let mayHaveBody = ["POST", "PUT", "PATCH"].contains(request.method)
        if !has("content-length"), request.body != nil || mayHaveBody {
            try bytes.appendHeader("Content-Length", "\(request.body?.count ?? 0)")
        }
        bytes.appendHeadEnd()
        return bytes + (request.body ?? [])
    }
}

/// Why a provider gave no answer.
public struct LiveFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public var outcome: Outcome
    /// What it was about, in a sentence.
    public var note: String?

    public init(outcome: Outcome, note: String? = nil) {
        self.outcome = outcome
        self.note = note
    }

    /// `timeout: no whole response in time`
    public var description: String { outcome.name + (note.map { ": " + $0 } ?? "") }
}
