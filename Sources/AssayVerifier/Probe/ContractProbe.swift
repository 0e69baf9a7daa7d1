public import AssayContracts
internal import AssayCore
public import AssayNet

/// Probes a live provider: sends what its contract allows and what it forbids, and judges the answers.
///
/// Operations are probed one after another, those that make things before those that ask for them, and those that delete
/// last. The same document, seed and options send the same requests, as far as they do not name what the provider itself
/// has made.
public struct ContractProbe: Sendable {
    public let document: APIDocument
    public let contract: String
    public let address: LiveAddress
    public let options: ProbeOptions
    private let mask: @Sendable (String) -> String

    /// What runs now, for a line on a terminal.
    public struct Progress: Sendable {
        public var operation: String
        public var done: Int
        public var total: Int
        /// Requests of the whole run.
        public var sent: Int
        public var findings: Int
    }

    /// - Parameters:
    ///   - contract: what the contract is called in findings.
    ///   - mask: hides secrets in what is reported.
    public init(
        _ document: APIDocument, contract: String, at address: LiveAddress, options: ProbeOptions,
        masked mask: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.document = document
        self.contract = contract
        self.address = address
        self.options = options
        self.mask = mask
    }

    /// Runs to the end, or until the provider is gone or the scope cancelled.
    ///
    /// - Parameter progress: is told of each answer.
    public func run(
        on reactor: Reactor, in scope: CancelScope, progress: @escaping (Progress) -> Void = { _ in }
    ) async -> ProbeReport {
        let run = ProbeRun(self, on: reactor, in: scope, masked: mask, progress: progress)
        return await run.run()
    }

    /// Sends saved cases as they are, until the provider is gone or the scope cancelled.
    ///
    /// - Returns: for each whether it still fails, or that nothing was answered; fewer when cancelled.
    public func replay(
        _ cases: [SavedCase], on reactor: Reactor, in scope: CancelScope
    ) async -> [ReplayedCase] {
        var replayed: [ReplayedCase] = []
        let provider = LiveProvider(at: address, timeout: options.timeout, on: reactor, in: scope)
        var gone: LiveFailure?
        for saved in cases where !scope.isCancelled {
            let operation = document.operations.first { $0.name == saved.operation }
            guard let operation else {
                replayed.append(ReplayedCase(saved: saved, end: .unknown))
                continue
            }
            if let gone {
                replayed.append(ReplayedCase(saved: saved, end: .unanswered(gone)))
                continue
            }
            let answer = await provider.ask(
                sent(saved.request, saved.credentials, of: operation), judgedAs: saved.request)
            let judge = ProbeJudge(
                document: document, contract: contract, operation: operation, mask: mask)
            let found = judge.findings(
                answer, reason: saved.reason, credentials: saved.credentials, isKnown: saved.isKnown)
            var one = ReplayedCase(saved: saved, end: .holds, exchange: provider.report(masked: mask))
            one.finding = found.first { $0.finding.rule == saved.rule }
            switch answer {
            case .success: if one.finding != nil { one.end = .fails }
            case .failure(var failure):
                failure.note = failure.note.map(mask)
                if failure.isGone { gone = failure }
                // Silence is what the case shows only where somebody is there to be silent.
                one.end = one.finding == nil || failure.isGone ? .unanswered(failure) : .fails
            }
            replayed.append(one)
        }
        provider.close()
        return replayed
    }

    /// The request as it goes out: with credentials, and below the provider's own path when it has one.
    func sent(
        _ request: ContractExchange.Request, _ credentials: ProbeCase.Credentials, of operation: APIOperation
    ) -> ContractExchange.Request {
        var sent = options.credentials.applied(
            credentials, to: request, of: operation, schemes: document.securitySchemes)
        let base = document.probedBasePath
        if !address.basePath.isEmpty, !base.isEmpty, sent.path.hasPrefix(base) {
            sent.path.removeFirst(base.count)
        }
        return sent
    }
}

extension LiveFailure {
    /// Nobody is there, or nobody any more.
    var isGone: Bool { [.connectRefused, .nameNotFound, .connectFailed].contains(outcome) }
}

extension LiveProvider {
    /// Asks, and gives the exchange as that of the request that the contract knows.
    ///
    /// A kept connection that the provider was closing says nothing about it: the request is sent once more on a new one.
    func ask(
        _ request: ContractExchange.Request, judgedAs known: ContractExchange.Request
    ) async -> Result<ContractExchange, LiveFailure> {
        var answer = await ask(request)
        let wasKept = last.connectingNanoseconds == 0 && last.firstByteAt == 0
        if case .failure(let failure) = answer, wasKept, [.reset, .closedEarly].contains(failure.outcome) {
            close()
            answer = await ask(request)
        }
        return answer.map { exchange in
            var exchange = exchange
            exchange.request.path = known.path
            return exchange
        }
    }
}
