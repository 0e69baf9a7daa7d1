public import AssayContracts
public import AssayCore
public import AssayFormats

/// A provider over HTTP.
public final class PactLiveProvider: PactProvider {
    private let live: LiveProvider
    private let mask: (String) -> String
    public private(set) var lastReport: ExchangeReport?

    /// - Parameter mask: hides secrets in reports.
    public init(_ live: LiveProvider, masked mask: @escaping (String) -> String = { $0 }) {
        self.live = live
        self.mask = mask
    }

    public func ask(_ request: ContractExchange.Request) async -> Result<
        ContractExchange.Response, PactNoAnswer
    > {
        let result = await live.ask(request)
        lastReport = live.report(masked: mask)
        switch result {
        case .success(let exchange):
            return exchange.response.map { .success($0) }
                ?? .failure(PactNoAnswer("the provider gave no answer"))
        case .failure(let failure):
            let isUnasked = failure.outcome.leavesUnasked
            return .failure(
                PactNoAnswer(
                    "the provider gave no answer: \(failure)",
                    unasked: isUnasked ? mask("\(live.address) does not answer: \(failure)") : nil))
        }
    }

    public func close() { live.close() }
}

extension Outcome {
    /// Whether no request can have reached the provider, or nobody waited for what it says.
    fileprivate var leavesUnasked: Bool {
        switch self {
        case .nameNotFound, .nameTimeout, .connectRefused, .connectTimeout, .connectFailed, .cancelled: true
        case .answered, .tlsFailed, .reset, .closedEarly, .timeout, .protocolError, .tooLarge, .notSent,
            .tlsCertificate, .tlsTruncated, .proxyFailed, .streamReset, .goneAway, .tooManyRedirects,
            .upgradeRefused:
            false
        }
    }
}

/// States by POST to a URL of the provider's, as Pact's own verifiers make them.
///
/// The body is `{"state": …, "params": {…}, "action": "setup"}`; a JSON object in the answer has values for generators.
public final class PactStateURL: PactStateMaker {
    private let provider: any PactProvider
    private let path: String
    private let query: String?
    private let tearsDown: Bool

    /// - Parameters:
    ///   - path: of the URL, without its query.
    ///   - tearsDown: whether the provider is told too when an interaction is over.
    public init(_ provider: any PactProvider, path: String, query: String?, tearsDown: Bool) {
        self.provider = provider
        self.path = path.isEmpty ? "/" : path
        self.query = query
        self.tearsDown = tearsDown
    }

    public func setUp(
        _ state: PactState, for interaction: PactInteraction
    ) async -> Result<JSONObject, PactNoAnswer> {
        switch await change(state, "setup") {
        case .failure(let failure): return .failure(failure)
        case .success(let response):
            guard (200...299).contains(response.status) else {
                return .failure(PactNoAnswer("the state URL answered \(response.status)"))
            }
            return .success((try? JSON(parsing: response.body))?.objectValue ?? JSONObject())
        }
    }

    public func tearDown(_ state: PactState, for interaction: PactInteraction) async -> String? {
        guard tearsDown else { return nil }
        switch await change(state, "teardown") {
        case .failure(let failure): return failure.reason
        case .success(let response):
            return (200...299).contains(response.status) ? nil : "the state URL answered \(response.status)"
        }
    }

    private func change(
        _ state: PactState, _ action: String
    ) async -> Result<ContractExchange.Response, PactNoAnswer> {
        let body: JSON = [
            "state": .string(state.name), "params": .object(state.parameters), "action": .string(action),
        ]
        return await provider.ask(
            ContractExchange.Request(
                method: "POST", path: path, query: query,
                headers: [.init("Content-Type", "application/json")],
                body: Array(body.rendered().utf8)))
    }
}

/// Nothing is made: every state is taken to hold.
public final class PactNoStates: PactStateMaker {
    public init() {}

    public func setUp(
        _ state: PactState, for interaction: PactInteraction
    ) async -> Result<JSONObject, PactNoAnswer> { .success(JSONObject()) }

    public func tearDown(_ state: PactState, for interaction: PactInteraction) async -> String? { nil }
}
