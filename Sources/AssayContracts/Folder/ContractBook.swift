public import AssayCore
public import AssayFormats

/// All contracts of a project, compiled once and able to judge any number of exchanges, from any thread.
public final class ContractBook: Sendable {
    /// Where a contract is named: a service, a double or a step that is bound to it.
    public struct Use: Sendable {
        public var reference: ContractReference
        /// `service 'ui'`
        public var user: String
        public var location: SourceLocation
        public init(_ reference: ContractReference, user: String, location: SourceLocation) {
            self.reference = reference
            self.user = user
            self.location = location
        }
    }

    public let folders: [ContractFolder]
    private let editions: [ContractReference: ContractEdition]

    /// - Parameters:
    ///   - uses: where contracts are named.
    ///   - bag: takes what is wrong: schemas and documents that cannot be used, names that no contract has (AS417,
    ///     AS422, AS424–AS425, AS428–AS429, and AS145–AS159 of OpenAPI documents).
    public init(_ folders: [ContractFolder], uses: [Use] = [], _ bag: DiagnosticBag) {
        self.folders = folders
        var editions: [ContractReference: ContractEdition] = [:]
        var shelves: [String: SchemaShelf] = [:]
        let all = folders.flatMap { folder in folder.contracts.map { (folder, $0) } }
        func add(_ reference: ContractReference, _ contract: Contract, _ folder: ContractFolder) {
            guard editions[reference] == nil else { return }
            let shelf = shelves[folder.files.folder] ?? SchemaShelf(folder.files, bag)
            shelves[folder.files.folder] = shelf
            editions[reference] = ContractEdition(
                contract, version: reference.version, in: folder, shelf, bag)
        }
        for (folder, contract) in all {
            let reference = ContractReference(contract.name)
            if let first = editions[reference]?.contract {
                bag.add(
                    Diagnostic(
                        "AS424",
                        "contract '\(contract.name)' is written twice: it is in \(first.location.file) too",
                        at: contract.location, fix: "give one of them another name"))
            }
            add(reference, contract, folder)
            for version in contract.versions {
                add(ContractReference(contract.name, version: version), contract, folder)
            }
        }
        self.editions = editions
        bag.add(uses.compactMap { problem(with: $0) })
    }

    /// In the order of the manifests.
    public var contracts: [Contract] { folders.flatMap(\.contracts) }

    public func contract(_ name: String) -> Contract? { contracts.first { $0.name == name } }

    /// Contracts that a part of a stand is bound to by its name alone.
    public func contracts(ofProvider name: String) -> [ContractReference] {
        contracts.filter { $0.provider == name && $0.judgesExchanges }.map { ContractReference($0.name) }
    }

    /// The text of a line of a manifest, schema or document, for showing it.
    public func line(at location: SourceLocation) -> String? {
        folders.lazy.compactMap { $0.files.line(at: location) }.first
    }

    /// Why a contract cannot be judged by where it is named; `nil` when it can (AS417, AS425, AS429).
    public func problem(with use: Use) -> Diagnostic? {
        guard let contract = contract(use.reference.name) else {
            let names = contracts.map(\.name)
            return Diagnostic(
                "AS425", "\(use.user) is bound to contract '\(use.reference.name)', which no manifest has",
                at: use.location,
                fix: nearestName(to: use.reference.name, among: names).map { "did you mean '\($0)'?" }
                    ?? (names.isEmpty ? nil : "there are " + ManifestReader.listed(names)))
        }
        guard contract.judgesExchanges else {
            return Diagnostic(
                "AS429",
                "\(use.user) is bound to contract '\(contract.name)', which is of messages and judges no requests",
                at: use.location, fix: "name one with `openapi` or `routes`, or `none`")
        }
        guard let version = use.reference.version, !contract.versions.contains(version) else { return nil }
        let known = contract.versions.map(\.description)
        return Diagnostic(
            "AS417",
            "\(use.user) is bound to \(use.reference), and contract '\(contract.name)' has "
                + (known.isEmpty ? "no versions" : ManifestReader.listed(known)), at: use.location)
    }

    // MARK: judging

    /// Where an exchange departs from a contract, both sides; nothing when it holds.
    public func judge(_ exchange: ContractExchange, contract: ContractReference) -> [ContractFinding] {
        judge(exchange, contracts: [contract])
    }

    /// The same with several contracts of one provider: the first one that has the operation judges.
    ///
    /// - Parameter forgiving: which requests are not told because the provider refused them.
    public func judge(
        _ exchange: ContractExchange, contracts: [ContractReference], forgiving: ForgivenRequests = .none
    ) -> [ContractFinding] {
        let editions = contracts.compactMap { reference in self.editions[reference].map { (reference, $0) } }
        if editions.contains(where: { $0.1.ignores(exchange.request.path) }) { return [] }
        guard
            let (reference, edition) = editions.first(where: { $0.1.knows(exchange.request) })
                ?? editions.first
        else { return [] }
        return forgiving.kept(of: edition.judge(exchange, as: reference.description), in: exchange)
    }

    /// The contract that judges a request, of several of one provider: the first one that has the operation.
    ///
    /// - Returns: `nil` when none has it, or it is none of theirs.
    public func judge(
        of request: ContractExchange.Request, among contracts: [ContractReference]
    ) -> ContractReference? {
        let known = contracts.filter { editions[$0] != nil }
        guard !known.contains(where: { editions[$0]?.ignores(request.path) ?? false }) else { return nil }
        return known.first { editions[$0]?.knows(request) ?? false }
    }

    /// Where a message of a provider departs from its contract.
    ///
    /// - Returns: `nil` when the contract has no message of this name.
    public func judge(
        message: JSON, named name: String, contract: ContractReference
    ) -> [ContractFinding]? {
        editions[contract]?.judge(message: message, named: name, as: contract.description)
    }
}

/// Which findings on requests are dropped because the provider refused the request, as it should.
public enum ForgivenRequests: Sendable {
    /// All are told.
    case none
    /// Those whose request a documented status refused. What sent it is the program under test, so a request that the
    /// contract does not have at all is told whatever was answered: that a double knows no such path refuses nothing.
    case refused
    /// Those, and requests to paths and methods that the contract does not have when the answer says just that (404,
    /// 405): a test asks on purpose for what is not there.
    case probes

    /// Statuses that say that the request was not what was wanted.
    public static let refusals: Set<Int> = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422]

    func kept(of findings: [ContractFinding], in exchange: ContractExchange) -> [ContractFinding] {
        guard let status = exchange.response?.status, Self.refusals.contains(status) else { return findings }
        switch self {
        case .none: return findings
        case .refused, .probes: break
        }
        if findings.contains(where: { $0.rule == .operationUnknown }) {
            guard case .probes = self, status == 404 || status == 405 else { return findings }
            return findings.filter { $0.rule != .operationUnknown }
        }
        guard findings.contains(where: { $0.rule == .responseStatus }) else {
            return findings.filter { $0.side == .response }
        }
        // How a double refuses what it was not made for says nothing of the provider that it stands in for.
        let requests = findings.filter { $0.side == .request }
        if case .refused = self, !requests.isEmpty { return requests }
        return findings
    }
}
