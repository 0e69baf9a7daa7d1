internal import AssayContracts
internal import AssayCore
internal import AssayNet

/// One run of a probe; lives on its reactor.
final class ProbeRun {
    private let probe: ContractProbe
    private let reactor: Reactor
    private let scope: CancelScope
    private let mask: (String) -> String
    private let progress: (ContractProbe.Progress) -> Void
    private let providers: [LiveProvider]
    private var resources: ProbeResources
    private let startedAt = Reactor.monotonicNow()
    private var sent = 0
    private var findings = 0
    private var hasAnswered = false
    private var ended: LiveFailure?

    private var document: APIDocument { probe.document }
    private var options: ProbeOptions { probe.options }

    init(
        _ probe: ContractProbe, on reactor: Reactor, in scope: CancelScope,
        masked mask: @escaping (String) -> String, progress: @escaping (ContractProbe.Progress) -> Void
    ) {
        self.probe = probe
        self.reactor = reactor
        self.scope = scope
        self.mask = mask
        self.progress = progress
        providers = (0..<max(1, probe.options.concurrency)).map { _ in
            LiveProvider(
                at: probe.address, timeout: probe.options.timeout, on: reactor,
                in: CancelScope(on: reactor, within: scope))
        }
        resources = ProbeResources(probe.document)
    }

    func run() async -> ProbeReport {
        var report = ProbeReport(
            contract: probe.contract, address: probe.address.description, seed: options.cases.seed)
        var parts: [Int: ProbeReport.Part] = [:]
        let order = document.operations.indices.sorted {
            (document.operations[$0].probeRank, $0) < (document.operations[$1].probeRank, $1)
        }
        for place in order where ended == nil && !scope.isCancelled {
            parts[place] = await probe(document.operations[place])
        }
        report.parts = parts.sorted { $0.key < $1.key }.map(\.value)
        report.ended = ended
        for provider in providers { provider.close() }
        return report
    }

    // MARK: One operation

    /// A case and what came of it.
    fileprivate struct Asked {
        var found: ProbeCase
        var answer: Result<ContractExchange, LiveFailure>
        var exchange: ExchangeReport?
        var findings: [ProbeFinding]
    }

    private func probe(_ operation: APIOperation) async -> ProbeReport.Part {
        var part = ProbeReport.Part(operation: operation)
        part.startedAtNanoseconds = Reactor.monotonicNow() - startedAt
        if let exclusion = options.exclusion(of: operation) {
            part.exclusion = exclusion
            return part
        }
        let cases = OperationCases(document, operation, options: options.cases)
        part.notes = cases.notes
        var valid: [ProbeCase] = []
        switch cases.valid() {
        case .success(let made): valid = made
        case .failure(let problem): part.notes.append("no valid request can be made: \(problem.reason)")
        }
        // What deletes leaves nothing behind that could be refused.
        let endsThings = operation.method == "DELETE"
        var asked = endsThings ? [] : await ask(valid, cases)
        let refusals = allowed(
            cases.invalid() + security(operation, after: asked, else: valid), of: operation)
        let answered = await ask(refusals, cases)
        part.invalid = answered.count { $0.isSent }
        part.refused = answered.count { $0.isRefused }
        if endsThings { asked = await ask(valid, cases) }
        part.valid = asked.count { $0.isSent }
        part.accepted = asked.count { $0.isAccepted }
        part.answered = (asked + answered).count { $0.status != nil }
        note(unsent: (asked + answered).filter { !$0.isSent }, &part)
        collect(asked + answered, &part)
        await shrink(&part, cases, operation)
        warn(&part, asked, operation)
        part.findings.removeAll { options.ignoredRules.contains($0.finding.rule.rawValue) }
        findings += part.findings.count
        part.durationNanoseconds = Reactor.monotonicNow() - startedAt - part.startedAtNanoseconds
        return part
    }

    /// Without cases whose method is not to be used.
    private func allowed(_ cases: [ProbeCase], of operation: APIOperation) -> [ProbeCase] {
        guard let methods = options.methods else { return cases }
        return cases.filter { methods.contains($0.draft.method) }
    }

    /// An accepted request without credentials, and with wrong ones.
    private func security(_ operation: APIOperation, after asked: [Asked], else valid: [ProbeCase])
        -> [ProbeCase]
    {
        guard operation.isSecured, options.cases.phases.contains(.security),
            let base = asked.first(where: \.isAccepted)?.found ?? valid.first
        else { return [] }
        let names = Set(operation.security.flatMap(\.keys)).sorted().joined(separator: ", ")
        return [
            (
                ProbeCase.Credentials.none, NegativeRule.noCredentials,
                "no credentials are sent where \(names) is asked for"
            ),
            (.wrong, .wrongCredentials, "wrong credentials are sent where \(names) is asked for"),
        ].map { credentials, rule, words in
            var found = base
            found.phase = .security
            found.learned = []
            found.what = words
            found.credentials = credentials
            found.reason = NegativeReason(rule, at: "credentials", words)
            return found
        }
    }

    private func collect(_ asked: [Asked], _ part: inout ProbeReport.Part) {
        for one in asked {
            for finding in one.findings {
                if let known = part.findings.firstIndex(where: { $0.key == finding.key }) {
                    part.findings[known].count += 1
                    continue
                }
                var finding = finding
                finding.original = one.found
                finding.smallest = one.found
                finding.request = one.found.draft.request(basePath: document.probedBasePath)
                finding.exchange = one.exchange
                part.findings.append(finding)
            }
        }
    }

    /// Tells what could not be written as a request.
    private func note(unsent: [Asked], _ part: inout ProbeReport.Part) {
        guard let first = unsent.first, case .failure(let failure) = first.answer else { return }
        let cases = unsent.count == 1 ? "1 case" : "\(unsent.count) cases"
        part.notes.append(mask("\(cases) could not be sent: \(failure.note ?? failure.outcome.name)"))
    }

    private func warn(_ part: inout ProbeReport.Part, _ asked: [Asked], _ operation: APIOperation) {
        guard part.valid > 0, part.accepted == 0, part.errors.isEmpty, ended == nil, !scope.isCancelled else {
            return
        }
        let statuses = Set(asked.compactMap(\.status)).sorted()
        guard !statuses.isEmpty else { return }
        let needs =
            operation.isSecured && !options.credentials.satisfy(operation, schemes: document.securitySchemes)
            ? "; it asks for credentials, and none were given" : ""
        part.findings.append(
            ProbeFinding(
                ContractFinding(
                    .neverAccepted, .response, contract: probe.contract, operation: operation.name,
                    place: "status",
                    expected: "a success for one of \(part.valid) valid requests",
                    actual: "only " + statuses.map { "\($0)" }.joined(separator: ", ") + needs,
                    location: operation.location),
                level: .warning, key: "never-accepted"))
    }

    // MARK: Asking

    /// Asks so many at a time as there are connections; answers stand in the order of the cases.
    private func ask(_ cases: [ProbeCase], _ made: OperationCases) async -> [Asked] {
        guard !cases.isEmpty, ended == nil else { return [] }
        let operation = made.operation
        let batch = Batch(
            cases.enumerated().map { number, found in
                let filled = resources.filled(
                    found, of: operation, number: number, fixed: options.cases.values)
                return made.isSameKind(filled, as: found) ? filled : found
            })
        let own = ReactorBound((run: self, batch: batch), on: reactor)
        let workers = providers.indices.prefix(cases.count).map { place in
            Task(executorPreference: reactor) {
                let (run, batch) = own.value
                await run.work(through: batch, with: run.providers[place], operation)
            }
        }
        for worker in workers { await worker.value }
        let asked = batch.asked.compactMap(\.self)
        for one in asked {
            if case .success(let exchange) = one.answer {
                resources.learn(one.found, exchange, of: operation)
            }
        }
        return asked
    }

    /// Cases that several workers take from.
    private final class Batch {
        let cases: [ProbeCase]
        var next = 0
        var asked: [Asked?]

        init(_ cases: [ProbeCase]) {
            self.cases = cases
            asked = Array(repeating: nil, count: cases.count)
        }
    }

    private func work(through batch: Batch, with provider: LiveProvider, _ operation: APIOperation) async {
        while batch.next < batch.cases.count, ended == nil, !scope.isCancelled {
            let place = batch.next
            batch.next += 1
            let one = await ask(batch.cases[place], with: provider, operation)
            sent += 1
            batch.asked[place] = one
            progress(
                ContractProbe.Progress(
                    operation: operation.name, done: place + 1, total: batch.cases.count, sent: sent,
                    findings: findings))
        }
    }

    private func ask(
        _ found: ProbeCase, with provider: LiveProvider, _ operation: APIOperation
    ) async -> Asked {
        let request = found.draft.request(basePath: document.probedBasePath)
        let answer = await provider.ask(
            probe.sent(request, found.credentials, of: operation), judgedAs: request)
        switch answer {
        case .success: hasAnswered = true
        case .failure(let failure):
            // Asking on tells nothing.
            if failure.isGone || (failure.outcome == .connectTimeout && !hasAnswered) { ended = failure }
        }
        let isKnown = operation.parameters.allSatisfy {
            $0.place != .path || options.cases.values[$0.name] != nil
        }
        let hasPath = operation.parameters.contains { $0.place == .path }
        let judge = ProbeJudge(
            document: document, contract: probe.contract, operation: operation, mask: mask)
        let findings = judge.findings(
            answer, reason: found.reason, credentials: found.credentials, isKnown: hasPath && isKnown)
        return Asked(
            found: found, answer: answer, exchange: findings.isEmpty ? nil : provider.report(masked: mask),
            findings: findings)
    }

    // MARK: Shrinking

    /// Makes the case of each error smaller while it shows the same finding.
    private func shrink(
        _ part: inout ProbeReport.Part, _ cases: OperationCases, _ operation: APIOperation
    ) async {
        for place in part.findings.indices where part.findings[place].level == .error {
            guard ended == nil, !scope.isCancelled, let original = part.findings[place].original else {
                return
            }
            var left = options.shrinking
            guard left > 0, !options.ignoredRules.contains(part.findings[place].finding.rule.rawValue) else {
                continue
            }
            part.shrinking += 1
            guard let again = await shown(part.findings[place].key, by: original, operation) else {
                part.findings[place].isRepeatable = false
                continue
            }
            take(again, for: &part.findings[place])
            var isSmaller = true
            while isSmaller, left > 0 {
                isSmaller = false
                for candidate in cases.smaller(than: part.findings[place].smallest ?? original) where left > 0
                {
                    left -= 1
                    part.shrinking += 1
                    guard let found = await shown(part.findings[place].key, by: candidate, operation) else {
                        continue
                    }
                    take(found, for: &part.findings[place])
                    isSmaller = true
                    break
                }
            }
        }
    }

    /// What asking showed, when it is the finding looked for.
    private func shown(_ key: String, by found: ProbeCase, _ operation: APIOperation) async -> Asked? {
        guard ended == nil, !scope.isCancelled else { return nil }
        var asked = await ask(found, with: providers[0], operation)
        asked.findings.removeAll { $0.key != key }
        return asked.findings.isEmpty ? nil : asked
    }

    private func take(_ asked: Asked, for finding: inout ProbeFinding) {
        finding.finding = asked.findings[0].finding
        finding.smallest = asked.found
        finding.request = asked.found.draft.request(basePath: document.probedBasePath)
        finding.exchange = asked.exchange
    }
}

extension ProbeRun.Asked {
    fileprivate var isSent: Bool {
        if case .failure(let failure) = answer { failure.outcome != .notSent } else { true }
    }
    fileprivate var status: Int? { try? answer.get().response?.status }
    fileprivate var isAccepted: Bool { status.map { (200..<300).contains($0) } ?? false }
    fileprivate var isRefused: Bool { status.map { (400..<500).contains($0) } ?? false }
}

extension APIOperation {
    /// What makes things comes before what asks for them, and what deletes them last.
    fileprivate var probeRank: Int {
        let isNamed = path.contains("{")
        return switch method {
        case "DELETE": 4
        case "POST" where !isNamed: 0
        case "GET" where !isNamed, "HEAD" where !isNamed, "OPTIONS", "TRACE": 1
        case "GET", "HEAD": 3
        default: 2
        }
    }
}
