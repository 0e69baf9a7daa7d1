internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayVerifier

/// Verifies pacts against one live provider: what the command and a level of a project share.
struct PactRun {
    /// Addresses and versions, templates filled in.
    struct Target: Sendable {
        var provider: LiveAddress
        var messages: LiveAddress?
        var state: LiveAddress?
        /// Of the state URL.
        var stateQuery: String?
        var tearsDown = false
        var headers: [ContractExchange.Header] = []
        var timeout = Duration.seconds(10)

        /// Hides what the stand keeps secret, and what a person put into headers.
        func mask(_ stand: Masker) -> (String) -> String {
            let own = Masker(secrets: headers.flatMap(Self.secrets))
            return { own.mask(stand.mask($0)) }
        }

        /// The whole value, and its last word: `Bearer abc` shows up as `abc` too.
        private static func secrets(_ header: ContractExchange.Header) -> [String] {
            if plain.contains(header.name.lowercased()) { return [] }
            let word = header.value.split { $0 == " " || $0 == "=" }.last
            return [header.value] + (word.map { [String($0)] } ?? [])
        }

        /// Headers that say in which form to talk, and nothing of who does.
        private static let plain: Set<String> = [
            "accept", "accept-charset", "accept-encoding", "accept-language", "content-encoding",
            "content-language", "content-type", "host", "user-agent",
        ]
    }

    let target: Target
    let options: PactVerifier.Options
    let states: [PactScenarioStates.Known]
    /// What scenarios of states reach; `nil` when no stand is up.
    let context: RunContext?
    let mask: (String) -> String
    let level: String
    /// When the run began, CLOCK_MONOTONIC nanoseconds.
    let startedAt: Int64

    struct Outcome {
        var verifications: [PactVerification] = []
        var tests: [TestResult] = []

        /// Why nobody could be asked for anything; `nil` when somebody was, or nothing was chosen.
        var unasked: String? {
            let results = verifications.flatMap(\.results)
            return results.allSatisfy(\.isUnasked) ? results.first?.unasked : nil
        }
    }

    /// - Parameter report: is told each result as it comes.
    func run(
        _ pacts: [Pact], on reactor: Reactor, scope: CancelScope, report: (TestResult) -> Void = { _ in }
    ) async -> Outcome {
        func live(_ address: LiveAddress) -> PactLiveProvider {
            PactLiveProvider(
                LiveProvider(
                    at: address, headers: target.headers, timeout: target.timeout, on: reactor, in: scope),
                masked: mask)
        }
        let provider = live(target.provider)
        let messages = target.messages.map(live)
        var stateURL: PactLiveProvider?
        var rest: (any PactStateMaker)?
        if let state = target.state {
            let asked = live(LiveAddress(origin: state.origin))
            stateURL = asked
            rest = PactStateURL(
                asked, path: state.basePath, query: target.stateQuery, tearsDown: target.tearsDown)
        } else if states.isEmpty {
            rest = PactNoStates()
        }
        let maker = PactScenarioStates(
            states, rest: rest, context: context, seed: options.seed, timeout: .seconds(60),
            startedAt: startedAt,
            on: reactor, scope: scope)
        let startedAt = startedAt
        let verifier = PactVerifier(
            provider, messages: messages, states: maker, options: options
        ) { (WallClock.milliseconds, Reactor.monotonicNow() - startedAt) }
        var outcome = Outcome()
        for pact in pacts where !scope.isCancelled {
            var verification = await verifier.verify(pact, isCancelled: { scope.isCancelled }) { result in
                let test = TestResult(result.masked(mask), of: pact, level: level)
                outcome.tests.append(test)
                report(test)
            }
            verification.results = verification.results.map { $0.masked(mask) }
            outcome.verifications.append(verification)
        }
        provider.close()
        messages?.close()
        stateURL?.close()
        return outcome
    }
}

extension PactInteractionResult {
    /// What the provider said may have secrets in it, as what it was sent may.
    func masked(_ mask: (String) -> String) -> Self {
        var result = self
        result.failure = failure.map(mask)
        for place in mismatches.indices { result.mismatches[place].actual = mask(mismatches[place].actual) }
        return result
    }
}

extension TestResult {
    /// One interaction as a test of its level.
    init(_ result: PactInteractionResult, of pact: Pact, level: String) {
        let interaction = result.interaction
        let location =
            interaction.location
            ?? SourceLocation(file: pact.file.isEmpty ? "pact" : pact.file, line: 1, column: 1)
        self.init(
            level: level, scenario: "\(pact.consumer) → \(pact.provider): \(interaction.title)",
            location: location,
            tags: ["pact"], status: .passed, startedAtNanoseconds: result.startedAtNanoseconds,
            durationNanoseconds: result.durationNanoseconds, steps: result.stateSteps)
        var mismatches = result.mismatches.map {
            Mismatch(drift: $0, of: interaction, in: pact, at: location)
        }
        if let failure = result.failure {
            mismatches.append(
                Mismatch(
                    subject: "interaction", expected: "an answer to compare", actual: failure,
                    location: location))
        }
        steps.append(
            StepResult(
                name: interaction.summary, kind: "pact", location: location,
                status: mismatches.isEmpty ? .passed : .failed,
                startedAtNanoseconds: result.startedAtNanoseconds,
                durationNanoseconds: result.durationNanoseconds, exchange: result.report,
                mismatches: mismatches))
        guard !mismatches.isEmpty else { return }
        if interaction.isPending {
            status = .skipped
            reason = "pending, and not yet so: " + (result.mismatches.first?.sentence ?? result.failure ?? "")
        } else {
            status = .failed
            reason = result.failure ?? result.mismatches.first?.sentence
        }
    }
}

extension Mismatch {
    /// A difference as what it is: a provider that departs from the contract of its consumer.
    fileprivate init(
        drift mismatch: PactMismatch, of interaction: PactInteraction, in pact: Pact,
        at location: SourceLocation
    ) {
        let rule: ContractRule =
            switch mismatch.part {
            case .status: .responseStatus
            case .header, .metadata: .responseHeader
            default:
                mismatch.place.isEmpty && mismatch.expected.hasPrefix("a body of type")
                    ? .responseMediaType : .responseBody
            }
        self.init(
            subject: mismatch.subject, expected: mismatch.expected, actual: mismatch.actual,
            contract: ContractDrift(
                rule: rule.rawValue, side: .response, contract: pact.file.isEmpty ? "pact" : pact.file,
                operation: interaction.summary, culprit: "provider '\(pact.provider)'", location: location))
    }
}
