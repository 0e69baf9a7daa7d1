internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayRunner
internal import AssayWire
internal import Synchronization

/// What the requests of one test in Swift, and the doubles while it ran, depart from.
final class LayerContracts: Sendable {
    private let judge: any ExchangeJudge
    private let doubles: DoubleDrifts
    private let masker: Masker
    private let found = Mutex<[Mismatch]>([])
    /// A test that asks the same a thousand times is told of the first departures.
    private static let limit = 20

    init(_ contracts: StandContracts, on stand: [String: JSON], masked masker: Masker) {
        self.masker = masker
        judge = contracts.judge(stand)
        doubles = contracts.doubles
    }

    /// Judges a request of the test and its response.
    func judge(_ request: StandRequest, _ target: String, to origin: HTTPOrigin, _ response: StandResponse) {
        guard judge.judges(host: origin.host, port: origin.port, contract: nil) else { return }
        let departures = judge.judge(
            StepExchange(
                host: origin.host, port: origin.port, contract: nil, step: "\(request.method) \(target)",
                isAsExpected: true,
                method: request.method, target: target, requestHeaders: request.headers,
                requestBody: request.body ?? [], status: response.status, responseHeaders: response.headers,
                responseBody: response.body))
        found.withLock { $0 += departures.prefix(max(0, Self.limit - $0.count)) }
    }

    /// A sentence for each departure, without secrets, of doubles those since a time.
    ///
    /// - Parameter begin: CLOCK_MONOTONIC nanoseconds.
    func sentences(since begin: Int64) -> [String] {
        let asked = doubles.all.found.filter { $0.endedAtNanoseconds >= begin }.prefix(Self.limit)
        var said: [String] = []
        for mismatch in found.withLock({ $0 }) + asked.map(\.mismatch) {
            let mismatch = masker.masked(mismatch)
            guard let drift = mismatch.contract else { continue }
            let place = drift.location.map { " (agreed in \($0.file):\($0.line))" } ?? ""
            let text =
                "contract '\(drift.contract)': \(drift.what) of \(drift.culprit): expected \(mismatch.subject) "
                + "\(mismatch.expected), actual \(mismatch.actual)\(place)"
            if !said.contains(text) { said.append(text) }
        }
        return said
    }
}
