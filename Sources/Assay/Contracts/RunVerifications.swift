internal import AssayContracts
internal import AssayCore
internal import AssayNet
internal import Synchronization

/// Which contracts judged how many exchanges of a run.
final class JudgedContracts: Sendable {
    private let counts = Mutex<[ContractReference: Int]>([:])

    func note(_ reference: ContractReference) { counts.withLock { $0[reference, default: 0] += 1 } }

    var all: [ContractReference: Int] { counts.withLock(\.self) }
}

/// A test run with bound contracts as verifications: what it exchanged with a provider held, or did not.
struct RunVerifications {
    let book: ContractBook
    /// Of the project, for contracts that name no consumer.
    var project: String
    var consumerVersion: String
    var providerVersion: String

    /// A row for each consumer of each contract that judged something.
    ///
    /// - Parameters:
    ///   - judged: exchanges by contract.
    ///   - record: with the run's tests; what of them departs from a contract fails its row.
    ///   - folder: of the run, from the project's folder.
    func rows(
        _ judged: [ContractReference: Int], _ record: RunRecord, at milliseconds: Int64, folder: String
    ) -> [Verification] {
        let departures = Self.departures(record)
        return judged.sorted { $0.key.description < $1.key.description }.flatMap { reference, count in
            guard count > 0, let contract = book.contract(reference.name),
                let content = book.content(of: reference)
            else { return [Verification]() }
            let departed = departures[reference.description] ?? 0
            let noun = "exchange\(count == 1 ? "" : "s")"
            let consumers = contract.consumers.isEmpty ? [project] : contract.consumers
            return consumers.map { consumer in
                Verification(
                    consumer: consumer, consumerVersion: consumerVersion, contract: reference.description,
                    content: MatrixStore.hash(parts: content), provider: contract.provider,
                    providerVersion: providerVersion, isSuccessful: departed == 0,
                    detail: departed == 0
                        ? "\(count) \(noun)"
                        : "\(departed) departure\(departed == 1 ? "" : "s") in \(count) \(noun)",
                    atMilliseconds: milliseconds, runFolder: folder)
            }
        }
    }

    /// Departures by contract, and version where it is bound by one, as the tests ended.
    private static func departures(_ record: RunRecord) -> [String: Int] {
        record.tests.flatMap(\.drifts).compactMap(\.contract).reduce(into: [:]) { counts, drift in
            // The folder's own examples and versions were held against no provider.
            if drift.side == .neither { return }
            counts[drift.contract, default: 0] += 1
        }
    }
}

extension StandContracts {
    /// Tells the matrix what a run verified, when it is known of which version.
    ///
    /// - Parameters:
    ///   - version: of what was tested; `nil` takes the commit, with a `+` when files differ from it.
    ///   - consumerVersion: `nil` for the same.
    /// - Returns: why the matrix could not be told, as a warning.
    func remember(
        _ record: RunRecord, version: String?, consumerVersion: String?, in folder: String,
        _ workspace: Workspace, _ history: RunHistory, on reactor: Reactor
    ) async -> Diagnostic? {
        var version = version
        if version == nil, let commit = record.header.commit {
            let checkout = await CheckoutState.here(workspace.project.folder, on: reactor)
            version = checkout.isChanged ? commit + "+" : commit
        }
        guard let version else { return nil }
        let verifications = RunVerifications(
            book: book, project: workspace.project.name, consumerVersion: consumerVersion ?? version,
            providerVersion: version)
        return await MatrixStore(history).record(
            verifications.rows(
                judged.all, record, at: record.header.startedAtMilliseconds, folder: folder))
    }
}
