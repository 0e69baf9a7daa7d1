internal import AssayContracts
internal import AssayCore

/// What an answer says about the provider; pure.
struct ProbeJudge {
    let document: APIDocument
    let contract: String
    let operation: APIOperation
    /// Hides secrets: a provider may answer what it was sent.
    var mask: (String) -> String = { $0 }

    /// Refusals that a request accepted by its contract may meet, for what is or is not there on the other side.
    private static let plausible: Set<Int> = [401, 403, 404, 409, 410, 412, 423, 425, 428, 429]

    /// - Parameters:
    ///   - reason: why the request must be refused; `nil` for a valid one.
    ///   - isKnown: somebody promised that what the path names is there.
    func findings(
        _ answer: Result<ContractExchange, LiveFailure>, reason: NegativeReason?,
        credentials: ProbeCase.Credentials, isKnown: Bool = false
    ) -> [ProbeFinding] {
        judged(answer, reason, credentials, isKnown).map { found in
            var found = found
            found.finding.place = mask(found.finding.place)
            found.finding.expected = mask(found.finding.expected)
            found.finding.actual = mask(found.finding.actual)
            return found
        }
    }

    private func judged(
        _ answer: Result<ContractExchange, LiveFailure>, _ reason: NegativeReason?,
        _ credentials: ProbeCase.Credentials, _ isKnown: Bool
    ) -> [ProbeFinding] {
        switch answer {
        case .failure(let failure): return unanswered(failure)
        case .success(let exchange):
            guard let response = exchange.response else { return [] }
            var found: [ProbeFinding] = []
            let isServerError = response.status >= 500
            if isServerError { found.append(serverError(response, reason)) }
            if credentials != .given, let reason {
                if (200..<300).contains(response.status) { found.append(notEnforced(response, reason)) }
            } else if let reason {
                if (200..<300).contains(response.status) { found.append(accepted(response, reason)) }
            } else if (400..<500).contains(response.status),
                !Self.plausible.contains(response.status) || (response.status == 404 && isKnown)
            {
                found.append(refused(response))
            }
            // Of a method that the contract does not have, it says nothing.
            guard reason?.rule != .unknownMethod else { return found }
            let departures = document.judge(exchange, contract: contract).filter { finding in
                finding.side == .response && !(isServerError && finding.rule == .responseStatus)
            }
            return found + departures.map { ProbeFinding($0, key: Self.key($0)) }
        }
    }

    /// The rule and what it is about, without the places of elements.
    private static func key(_ finding: ContractFinding) -> String {
        let place = String(finding.place.filter { !$0.isNumber })
        let actual = finding.rule == .responseStatus ? finding.actual : ""
        return "\(finding.rule.rawValue) \(place) \(finding.schemaPath ?? "") \(actual)"
    }

    private func make(
        _ rule: ContractRule, _ place: String, expected: String, actual: String,
        level: ProbeFinding.Level = .error,
        about: String = ""
    ) -> ProbeFinding {
        ProbeFinding(
            ContractFinding(
                rule, .response, contract: contract, operation: operation.name, place: place,
                expected: expected, actual: actual, location: operation.location),
            level: level, key: "\(rule.rawValue) \(about)")
    }

    private func unanswered(_ failure: LiveFailure) -> [ProbeFinding] {
        switch failure.outcome {
        // Nothing that the provider did.
        case .cancelled, .notSent: []
        default:
            [
                make(
                    .noAnswer, "outcome", expected: "an answer", actual: failure.description,
                    about: failure.outcome.name)
            ]
        }
    }

    private func serverError(_ response: ContractExchange.Response, _ reason: NegativeReason?) -> ProbeFinding
    {
        let isNamed = operation.responses.contains { $0.name == "\(response.status)" }
        let expected = reason.map { "a refusal, because \($0.words)" } ?? "an answer below 500"
        return make(
            .serverError, "status", expected: expected, actual: shown(response),
            level: isNamed ? .warning : .error, about: "\(response.status)")
    }

    private func accepted(_ response: ContractExchange.Response, _ reason: NegativeReason) -> ProbeFinding {
        make(
            .invalidAccepted, reason.place, expected: "a refusal, because \(reason.words)",
            actual: "\(response.status)", about: "\(reason.rule.rawValue) \(reason.place)")
    }

    private func notEnforced(_ response: ContractExchange.Response, _ reason: NegativeReason) -> ProbeFinding
    {
        make(
            .authNotEnforced, "credentials", expected: "401 or 403, because \(reason.words)",
            actual: "\(response.status)", about: reason.rule.rawValue)
    }

    private func refused(_ response: ContractExchange.Response) -> ProbeFinding {
        make(
            .validRefused, "status", expected: "acceptance, because the contract allows the request",
            actual: shown(response), about: "\(response.status)")
    }

    /// Masked before it is cut: half a secret would not be known as one.
    private func shown(_ response: ContractExchange.Response) -> String {
        let text = mask(String(decoding: response.body.prefix(16 << 10), as: UTF8.self)).prefix(300)
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.isEmpty ? "\(response.status)" : "\(response.status): \(line)"
    }
}
