internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// Verifications and deployments in the history database: what `assay contract matrix` and `can-deploy` read.
///
/// Whoever verifies contracts records rows here (``record(_:)``); nothing here fails a run.
struct MatrixStore: Sendable {
    let history: RunHistory
    /// Verifications before the newest so many are forgotten, save those of versions that run somewhere.
    var retainedVerifications = 50_000

    init(_ history: RunHistory) { self.history = history }

    /// SHA-256 of what a contract says, as ``Verification/content`` holds it.
    static func hash(_ contract: JSON) -> String { hash(canonical: ContractContent.canonical(contract)) }

    /// As ``hash(_:)``, of a contract of several files by their paths in the contracts folder.
    static func hash(parts: [(path: String, value: JSON)]) -> String {
        hash(canonical: ContractContent.canonical(parts: parts))
    }

    private static func hash(canonical bytes: [UInt8]) -> String {
        hexadecimal(Crypto.sha256(bytes))
    }

    // MARK: writing

    /// Adds verifications; all of them or none.
    ///
    /// - Returns: why they could not be recorded, as a warning.
    func record(_ rows: [Verification]) async -> Diagnostic? {
        guard !rows.isEmpty else { return nil }
        let retained = retainedVerifications
        return await history.writing { file throws(HistoryFailure) in
            try file.run(
                """
                insert into verifications (consumer, consumer_version, contract, content, provider,
                    provider_version, success, detail, at, folder)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, each: rows.map(\.values))
            try Self.prune(file, keeping: retained)
        }
    }

    private static func prune(_ file: any HistoryDatabase, keeping retained: Int) throws(HistoryFailure) {
        let oldest = try file.run(
            "select id from verifications order by id desc limit 1 offset ?", [.init(retained)])
        guard let id = oldest.first?.first else { return }
        try file.run(
            """
            delete from verifications where id <= ? and not exists (
                select 1 from deployments d where d.until is null and (
                    d.service = consumer and d.version = consumer_version
                    or d.service = provider and d.version = provider_version))
            """, [id])
    }

    /// Notes that a version runs in an environment from now on.
    ///
    /// - Parameters:
    ///   - at: milliseconds since 1970, UTC.
    ///   - isBeside: other versions of the service keep running there; else they end now.
    /// - Returns: why it could not be noted, as a warning.
    func deploy(
        _ service: String, _ version: String, to environment: String, at milliseconds: Int64, isBeside: Bool
    ) async -> Diagnostic? {
        await history.writing { file throws(HistoryFailure) in
            if !isBeside {
                try file.run(
                    """
                    update deployments set until = ? where service = ? and environment = ? and version <> ?
                        and until is null
                    """, [.int(milliseconds), .text(service), .text(environment), .text(version)])
            }
            let same: [HistoryValue] = [.text(service), .text(version), .text(environment)]
            let known = try file.run(
                """
                select 1 from deployments
                where service = ? and version = ? and environment = ? and until is null
                """, same)
            guard known.isEmpty else { return }
            try file.run(
                "insert into deployments (service, version, environment, since) values (?, ?, ?, ?)",
                same + [.int(milliseconds)])
        }
    }

    /// Notes that a version no longer runs in an environment.
    func retire(
        _ service: String, _ version: String, from environment: String, at milliseconds: Int64
    ) async -> Diagnostic? {
        await history.writing { file throws(HistoryFailure) in
            try file.run(
                """
                update deployments set until = ?
                where service = ? and version = ? and environment = ? and until is null
                """, [.int(milliseconds), .text(service), .text(version), .text(environment)])
        }
    }

    // MARK: reading

    /// Everything that is known; `nil` when there is no history yet.
    func matrix() async -> Result<ContractMatrix?, Diagnostics> {
        await history.reading { file throws(HistoryFailure) in
            // A file of an earlier Assay is read as it is; the next run brings it up to date.
            guard try HistorySchema.hasMatrix(file) else { return ContractMatrix() }
            let verifications = try file.run(
                """
                select consumer, consumer_version, contract, content, provider, provider_version, success, detail,
                    at, folder
                from verifications order by id
                """)
            let deployments = try file.run(
                "select service, version, environment, since, until from deployments order by id")
            return ContractMatrix(
                verifications.map(Verification.init(row:)),
                deployments: deployments.map(Deployment.init(row:)))
        }
    }
}

extension Verification {
    fileprivate var values: [HistoryValue] {
        [
            .text(consumer), .text(consumerVersion), .text(contract), .text(content), .text(provider),
            .text(providerVersion), .init(isSuccessful), .text(detail), .int(atMilliseconds),
            .text(runFolder),
        ]
    }

    fileprivate init(row: [HistoryValue]) {
        func text(_ column: Int) -> String { row[column].text ?? "" }
        self.init(
            consumer: text(0), consumerVersion: text(1), contract: text(2), content: text(3),
            provider: text(4),
            providerVersion: text(5), isSuccessful: row[6].int == 1, detail: text(7),
            atMilliseconds: row[8].int ?? 0, runFolder: text(9))
    }
}

extension Deployment {
    fileprivate init(row: [HistoryValue]) {
        self.init(
            service: row[0].text ?? "", version: row[1].text ?? "", environment: row[2].text ?? "",
            sinceMilliseconds: row[3].int ?? 0, untilMilliseconds: row[4].int)
    }
}
