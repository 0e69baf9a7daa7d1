internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayStand
internal import AssayWire

/// The contracts of a stand's parts, while it is up.
struct StandContracts: Sendable {
    let book: ContractBook
    /// Services by name, with what they are held to.
    private let services: [String: [ContractReference]]
    /// What doubles were asked and answered that departs.
    let doubles: DoubleDrifts
    private let heldDoubles: [String: [ContractReference]]
    /// Contracts that judged exchanges with services.
    let judged = JudgedContracts()

    /// - Returns: `nil` when the project has no contracts.
    init?(_ workspace: Workspace) {
        guard let book = workspace.contracts else { return nil }
        let project = workspace.project
        self.book = book
        var services: [String: [ContractReference]] = [:]
        for name in project.stand.services.map(\.name) + project.stand.reached.map(\.name) {
            services[name] = project.contracts(of: name, in: book)
        }
        self.services = services
        var held: [String: [ContractReference]] = [:]
        for double in project.doubles {
            let references = project.contracts(of: double.name, in: book)
            if !references.isEmpty { held[double.name] = references }
        }
        heldDoubles = held
        doubles = DoubleDrifts(book, services: Set(services.keys))
    }

    /// For a double before it starts; `nil` for one without a contract.
    func watch(_ double: String) -> DoubleWatch? {
        heldDoubles[double].map { doubles.watch(double, $0) }
    }

    /// Judges what steps exchange with services at these addresses.
    ///
    /// - Parameter constants: what `${name.url}` gives.
    func judge(_ constants: [String: JSON]) -> any ExchangeJudge {
        var parts: [HTTPOrigin: ServiceJudge.Part] = [:]
        for (name, contracts) in services {
            // A service with replicas has several addresses.
            let urls = constants[name]?["urls"]?.arrayValue ?? [constants[name]?["url"]].compactMap(\.self)
            for url in urls.compactMap({ try? URLParts(parsing: $0.stringValue ?? "") }) {
                parts[HTTPOrigin(host: url.host, port: url.port)] = .init(name: name, contracts: contracts)
            }
        }
        var doubles: [HTTPOrigin: [ContractReference]] = [:]
        for (name, contracts) in heldDoubles {
            guard let url = constants[name]?["url"]?.stringValue, let parts = try? URLParts(parsing: url)
            else { continue }
            doubles[HTTPOrigin(host: parts.host, port: parts.port)] = contracts
        }
        return ServiceJudge(book: book, parts: parts, doubles: doubles, judged: judged)
    }
}

/// Judges the exchanges of steps by the contracts of the services they were with.
private struct ServiceJudge: ExchangeJudge {
    struct Part: Sendable {
        var name: String
        /// Empty for a service without a contract.
        var contracts: [ContractReference]
    }

    let book: ContractBook
    let parts: [HTTPOrigin: Part]
    /// Doubles that judge what they are asked themselves, and by what.
    let doubles: [HTTPOrigin: [ContractReference]]
    let judged: JudgedContracts

    func judges(host: String, port: UInt16, contract: String?) -> Bool {
        let origin = HTTPOrigin(host: host, port: port)
        if let contract { return doubles[origin]?.contains { $0.description == contract } != true }
        return parts[origin]?.contracts.isEmpty == false
    }

    func judge(_ exchange: StepExchange) -> [Mismatch] {
        let part = parts[HTTPOrigin(host: exchange.host, port: exchange.port)]
        let named = exchange.contract.flatMap { ContractReference(parsing: $0) }
        let contracts = named.map { [$0] } ?? part?.contracts ?? []
        let whole = ContractExchange(exchange)
        // What a double answers verifies no provider.
        if part != nil, let reference = book.judge(of: whole.request, among: contracts) {
            judged.note(reference)
        }
        let findings = book.judge(
            whole, contracts: contracts,
            // Who sends a bad request on purpose expects that it is refused.
            forgiving: exchange.isAsExpected ? .probes : .none)
        let provider = part.map { "service '\($0.name)'" } ?? "\(exchange.host):\(exchange.port)"
        return findings.map {
            Mismatch($0, by: $0.side == .request ? "step '\(exchange.step)'" : provider, in: book)
        }
    }
}

extension Mismatch {
    /// - Parameter culprit: who sent what departs.
    init(_ finding: ContractFinding, by culprit: String, in book: ContractBook) {
        self.init(
            subject: "\(finding.side.rawValue) \(finding.place)", expected: finding.expected,
            actual: finding.actual,
            contract: ContractDrift(
                rule: finding.rule.rawValue, side: finding.side == .request ? .request : .response,
                contract: finding.contract, operation: finding.operation, culprit: culprit,
                schemaPath: finding.schemaPath, location: finding.location,
                line: finding.location.flatMap { book.line(at: $0) }))
    }
}

extension ContractExchange {
    fileprivate init(_ exchange: StepExchange) {
        func headers(_ fields: [StepExchange.Field]) -> [Header] { fields.map { Header($0.name, $0.value) } }
        self.init(
            request: Request(
                method: exchange.method, target: exchange.target, headers: headers(exchange.requestHeaders),
                body: exchange.requestBody),
            response: Response(
                status: exchange.status, headers: headers(exchange.responseHeaders),
                body: exchange.responseBody))
        request = request.decoded()
    }
}

extension ContractExchange.Request {
    /// - Parameter target: path and query as sent.
    init(method: String, target: String, headers: [ContractExchange.Header], body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: method, path: parts.first.map(String.init) ?? "/",
            query: parts.count > 1 ? String(parts[1]) : nil, headers: headers,
            body: body.isEmpty ? nil : body)
    }
}
