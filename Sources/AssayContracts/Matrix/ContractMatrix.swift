/// Which versions were verified with each other, and what runs where.
public struct ContractMatrix: Sendable {
    /// In the order in which they were recorded.
    public var verifications: [Verification]
    public var deployments: [Deployment]

    public init(_ verifications: [Verification] = [], deployments: [Deployment] = []) {
        self.verifications = verifications
        self.deployments = deployments
    }

    /// The last verification of each content with each version of its provider, newest first.
    ///
    /// - Parameter service: only those in which it is consumer or provider.
    public func latest(of service: String? = nil) -> [Verification] {
        struct Key: Hashable {
            var names: [String]
            init(_ row: Verification) {
                names = [
                    row.consumer, row.consumerVersion, row.contract, row.content, row.provider,
                    row.providerVersion,
                ]
            }
        }
        var last: [Key: Int] = [:]
        for (index, row) in verifications.enumerated()
        where service == nil || row.consumer == service || row.provider == service {
            if let known = last[Key(row)], verifications[known].atMilliseconds > row.atMilliseconds {
                continue
            }
            last[Key(row)] = index
        }
        return last.values.sorted {
            (verifications[$0].atMilliseconds, $0) > (verifications[$1].atMilliseconds, $1)
        }.map { verifications[$0] }
    }

    /// Every name that a verification or a deployment has, sorted.
    public var services: [String] {
        Set(verifications.flatMap { [$0.consumer, $0.provider] } + deployments.map(\.service)).sorted()
    }

    /// Every environment in which something was noted, sorted.
    public var environments: [String] { Set(deployments.map(\.environment)).sorted() }

    /// Versions of a service that run in an environment, oldest first; several while one replaces another.
    public func running(_ service: String, in environment: String) -> [String] {
        deployments.filter {
            $0.service == service && $0.environment == environment && $0.untilMilliseconds == nil
        }.sorted { ($0.sinceMilliseconds, $0.version) < ($1.sinceMilliseconds, $1.version) }.map(\.version)
    }

    /// Environments in which a version runs, sorted.
    public func environments(of service: String, _ version: String) -> [String] {
        Set(
            deployments.filter {
                $0.service == service && $0.version == version && $0.untilMilliseconds == nil
            }.map(\.environment)
        ).sorted()
    }
}
