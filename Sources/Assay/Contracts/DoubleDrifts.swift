internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayNet
internal import AssayPolicy
internal import AssayRunner
internal import AssayWire
internal import Synchronization

/// What the bound doubles of a stand were asked, and what they answered, that departs from their contracts.
final class DoubleDrifts: Sendable {
    /// More are only counted: a service that departs does so with each request.
    private static let limit = 2000

    private struct State {
        var found: [DoubleDrift] = []
        var omitted = 0
    }

    private let state = Mutex(State())
    private let book: ContractBook
    private let services: Set<String>

    /// - Parameter services: of the stand, to name consumers that are among them.
    init(_ book: ContractBook, services: Set<String>) {
        self.book = book
        self.services = services
    }

    /// Judges every exchange of a double.
    func watch(_ double: String, _ contracts: [ContractReference]) -> DoubleWatch {
        DoubleWatch { [self] exchange in
            let findings = book.judge(
                ContractExchange(exchange), contracts: contracts, forgiving: .refused)
            for finding in findings { add(finding, of: double, exchange) }
        }
    }

    private func add(_ finding: ContractFinding, of double: String, _ exchange: WatchedExchange) {
        let isFull = state.withLock { state in
            if state.found.count >= Self.limit { state.omitted += 1 }
            return state.found.count >= Self.limit
        }
        if isFull { return }
        let culprit = finding.side == .response ? "double '\(double)'" : consumer(of: finding.contract)
        let request = exchange.request
        let drift = DoubleDrift(
            double: double, mismatch: Mismatch(finding, by: culprit, in: book),
            summary: "\(request.method) \(request.target)"
                + (exchange.response.map { " → \($0.status)" } ?? ""),
            beganAtNanoseconds: exchange.begunAt, endedAtNanoseconds: exchange.endedAt)
        state.withLock { $0.found.append(drift) }
    }

    /// Who asks the double: as far as the manifest says, one of the stand's services.
    private func consumer(of contract: String) -> String {
        let name = ContractReference(parsing: contract)?.name ?? contract
        let named = book.contract(name)?.consumers ?? []
        let present = named.filter(services.contains)
        let who = present.isEmpty ? (named.isEmpty && services.count == 1 ? Array(services) : named) : present
        switch who.count {
        case 0: return "the consumer"
        case 1: return services.contains(who[0]) ? "service '\(who[0])'" : "consumer '\(who[0])'"
        default: return "a consumer (\(who.sorted().joined(separator: ", ")))"
        }
    }

    /// What was found, and how many more there were.
    var all: (found: [DoubleDrift], omitted: Int) { state.withLock { ($0.found, $0.omitted) } }
}

extension DoubleDrift {
    /// Without the secrets that a double was sent.
    func masked(by masker: Masker) -> DoubleDrift {
        var masked = self
        masked.mismatch = masker.masked(mismatch)
        masked.summary = masker.mask(summary)
        return masked
    }
}

extension ContractExchange {
    fileprivate init(_ exchange: WatchedExchange) {
        func headers(_ headers: HTTPHeaders) -> [Header] { headers.fields.map { Header($0.name, $0.value) } }
        let request = exchange.request
        self.init(
            request: Request(
                method: request.method, target: request.target, headers: headers(request.headers),
                body: request.body),
            response: exchange.response.map {
                Response(status: $0.status, headers: headers($0.headers), body: $0.body)
            })
        self.request = self.request.decoded()
        response = response?.decoded()
    }
}
