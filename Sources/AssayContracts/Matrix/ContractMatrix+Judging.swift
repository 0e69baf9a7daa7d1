extension ContractMatrix {
    /// Judges whether a version may go to an environment.
    ///
    /// Every contract between this version and each version that runs there, with the service as consumer and as
    /// provider, must have been verified with success for exactly this content and this provider version, the last
    /// time it was verified. The same content counts for another version of the consumer. What nobody verified is no,
    /// also a contract that an earlier version of the consumer had and this one has no verification of: a run that
    /// verified only some contracts does not drop the others.
    ///
    /// - Parameter ignored: partners that are left out, and contracts with one of them: `PARTNER` or `PARTNER/CONTRACT`.
    public func judge(
        _ service: String, version: String, to environment: String, ignoring ignored: Set<String> = []
    ) -> DeploymentJudgement {
        let asked = MatrixQuestion(self, service: service, version: version, environment: environment)
        let rows = asked.rows.filter { row in
            let partner = row.consumer == service ? row.provider : row.consumer
            return !ignored.contains(partner)
                && row.contract.map { !ignored.contains("\(partner)/\($0)") } ?? true
        }
        var judgement = DeploymentJudgement(
            service: service, version: version, environment: environment, rows: rows, isDeployable: true,
            reasons: [])
        let open = rows.filter { $0.state != .verified }
        if !open.isEmpty {
            judgement.isDeployable = false
            judgement.reasons = open.map(\.why)
        } else if !asked.isVersionKnown {
            judgement.isDeployable = false
            judgement.reasons = ["nothing is known of \(service) \(version): no verification names it"]
        } else if rows.isEmpty {
            judgement.reasons = ["nothing that runs in '\(environment)' has a contract with \(service)"]
        } else {
            judgement.reasons = [rows.count == 1 ? "its contract holds" : "all \(rows.count) contracts hold"]
        }
        return judgement
    }
}

/// One question to the matrix, with its verifications in order.
private struct MatrixQuestion {
    private typealias Row = DeploymentJudgement.Row
    private struct Pair: Hashable { var consumer, provider: String }

    private let matrix: ContractMatrix
    private let service: String
    private let version: String
    private let environment: String
    /// Verifications between the service and a partner, oldest first.
    private var pairs: [Pair: [Verification]] = [:]

    init(_ matrix: ContractMatrix, service: String, version: String, environment: String) {
        self.matrix = matrix
        self.service = service
        self.version = version
        self.environment = environment
        let ours = matrix.verifications.enumerated().filter {
            $0.element.consumer == service || $0.element.provider == service
        }.sorted { ($0.element.atMilliseconds, $0.offset) < ($1.element.atMilliseconds, $1.offset) }
        for (_, row) in ours {
            pairs[Pair(consumer: row.consumer, provider: row.provider), default: []].append(row)
        }
    }

    var isVersionKnown: Bool {
        pairs.values.joined().contains {
            $0.consumer == service && $0.consumerVersion == version
                || $0.provider == service && $0.providerVersion == version
        }
    }

    var rows: [DeploymentJudgement.Row] {
        let asConsumer = pairs.keys.filter { $0.consumer == service }.sorted { $0.provider < $1.provider }
        let asProvider = pairs.keys.filter { $0.provider == service && $0.consumer != service }
            .sorted { $0.consumer < $1.consumer }
        return asConsumer.flatMap(rowsAsConsumer) + asProvider.flatMap(rowsAsProvider)
    }

    private func rowsAsConsumer(_ pair: Pair) -> [DeploymentJudgement.Row] {
        // A service that asks itself meets the version that is to come.
        let providers = pair.provider == service ? [version] : matrix.running(pair.provider, in: environment)
        if providers.isEmpty {
            return [
                Row(
                    state: .absent, consumer: service, consumerVersion: version, provider: pair.provider,
                    why: "\(service) asks \(pair.provider), "
                        + "and no version of it is noted in '\(environment)'")
            ]
        }
        return providers.flatMap { rows(of: pair, consumerVersion: version, providerVersion: $0) }
    }

    private func rowsAsProvider(_ pair: Pair) -> [DeploymentJudgement.Row] {
        matrix.running(pair.consumer, in: environment).flatMap {
            rows(of: pair, consumerVersion: $0, providerVersion: version)
        }
    }

    /// What this version of a consumer asks, each with how it went with this version of the provider.
    private func rows(
        of pair: Pair, consumerVersion: String, providerVersion: String
    ) -> [DeploymentJudgement.Row] {
        let all = pairs[pair] ?? []
        // The newest content of each contract: a version may be verified with files that were not committed yet.
        var contents: [String: String] = [:]
        for row in all where row.consumerVersion == consumerVersion { contents[row.contract] = row.content }
        let consumer = "\(pair.consumer) \(consumerVersion)"
        if contents.isEmpty {
            return [
                Row(
                    state: .unknown, consumer: pair.consumer, consumerVersion: consumerVersion,
                    provider: pair.provider, providerVersion: providerVersion,
                    why: "no verification says what \(consumer) asks of \(pair.provider)")
            ]
        }
        let verified = contents.sorted { $0.key < $1.key }.map { contract, content in
            let last = all.last { $0.content == content && $0.providerVersion == providerVersion }
            let (state, why) = Self.judge(
                last, contract: contract, consumer: consumer, consumerVersion: consumerVersion,
                provider: "\(pair.provider) \(providerVersion)")
            return Row(
                state: state, consumer: pair.consumer, consumerVersion: consumerVersion,
                provider: pair.provider, providerVersion: providerVersion, contract: contract,
                content: content, verification: last, why: why)
        }
        let missing = earlier(all, than: consumerVersion, of: pair.consumer).filter {
            contents[$0.key] == nil
        }
        return verified
            + missing.sorted { $0.key < $1.key }.map { contract, owner in
                Row(
                    state: .unknown, consumer: pair.consumer, consumerVersion: consumerVersion,
                    provider: pair.provider, providerVersion: providerVersion, contract: contract,
                    why: "contract '\(contract)' was not verified for \(consumer); "
                        + "\(pair.consumer) \(owner) had it")
            }
    }

    /// The contracts of versions that were verified before this one was, each with the last version that had it.
    ///
    /// Versions before the one that runs in the environment, or ran there before this one, do not count: what that
    /// version no longer had was given up when it went there.
    private func earlier(
        _ rows: [Verification], than version: String, of consumer: String
    ) -> [String: String] {
        let end = rows.firstIndex { $0.consumerVersion == version } ?? 0
        let before = rows[..<end]
        let start = predecessors(of: version, consumer).compactMap { known in
            before.firstIndex { $0.consumerVersion == known }
        }.min()
        return before[(start ?? 0)...].reduce(into: [:]) { $0[$1.contract] = $1.consumerVersion }
    }

    /// Other versions of a service that run in the environment, or the last one that ran there. Of a version that runs
    /// there itself, those that came before it.
    private func predecessors(of version: String, _ consumer: String) -> [String] {
        let all = matrix.deployments.filter { $0.service == consumer && $0.environment == environment }
        let own = all.last { $0.version == version && $0.untilMilliseconds == nil }
        let others = all.filter { other in
            other.version != version && own.map { other.sinceMilliseconds < $0.sinceMilliseconds } ?? true
        }
        let running = others.filter { $0.untilMilliseconds == nil }
        if !running.isEmpty { return running.map(\.version) }
        return others.max { $0.sinceMilliseconds < $1.sinceMilliseconds }.map { [$0.version] } ?? []
    }

    private static func judge(
        _ last: Verification?, contract: String, consumer: String, consumerVersion: String, provider: String
    ) -> (DeploymentJudgement.Row.State, String) {
        let subject = "contract '\(contract)' of \(consumer) with \(provider)"
        guard let last else { return (.unverified, "\(subject) was never verified") }
        let origin =
            last.consumerVersion == consumerVersion
            ? "" : ", verified for \(last.consumer) \(last.consumerVersion) with the same content"
        if last.isSuccessful { return (.verified, "\(subject) holds\(origin)") }
        return (.failed, "\(subject) failed\(last.detail.isEmpty ? "" : " (\(last.detail))")\(origin)")
    }
}
