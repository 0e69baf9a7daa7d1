internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayReport

/// What `assay contract matrix` and `can-deploy` print.
struct MatrixTable {
    private let table: HistoryTable
    private typealias Cell = HistoryTable.Cell

    init(style: Style = .plain, width: Int = .max) { table = HistoryTable(style: style, width: width) }

    /// A line a verification, and what runs where below it.
    func matrix(_ rows: [Verification], _ matrix: ContractMatrix) -> String {
        func version(_ service: String, _ version: String) -> String {
            let places = matrix.environments(of: service, version)
            return "\(service) \(version)" + (places.isEmpty ? "" : " (\(places.joined(separator: ", ")))")
        }
        return table.aligned(
            rows.map { row in
                [
                    row.isSuccessful ? Cell("✓ holds", .green) : Cell("✗ failed", .red),
                    Cell(version(row.consumer, row.consumerVersion)),
                    Cell("\(row.contract) \(row.content.prefix(8))", .grey),
                    Cell(version(row.provider, row.providerVersion)),
                    Cell(table.time(row.atMilliseconds), .grey), Cell(row.detail), Cell(row.runFolder, .grey),
                ]
            })
    }

    /// The answer, why, and the rows that decide.
    func answer(_ judgement: DeploymentJudgement, style: Style) -> String {
        let question = "\(judgement.service) \(judgement.version) to '\(judgement.environment)'"
        let head =
            judgement.isDeployable
            ? style.paint("yes", .green, bold: true)
                + "  \(question): \(judgement.reasons.joined(separator: "; "))"
            : style.paint("no", .red, bold: true) + "   \(question):"
        let lines = judgement.isDeployable ? [] : judgement.reasons.map { "  - \($0)" }
        let rows = table.aligned(
            judgement.rows.map { row in
                let (word, colour) = Self.word(row.state)
                return [
                    Cell("  " + word, colour), Cell("\(row.consumer) \(row.consumerVersion)"),
                    Cell(row.contract.map { "\($0) \((row.content ?? "").prefix(8))" } ?? "–", .grey),
                    Cell("\(row.provider) \(row.providerVersion ?? "–")"),
                    Cell(row.verification.map { table.time($0.atMilliseconds) } ?? "–", .grey),
                    Cell(row.verification?.runFolder ?? "", .grey),
                ]
            })
        let parts = [([head] + lines).joined(separator: "\n"), rows].filter { !$0.isEmpty }
        return parts.joined(separator: "\n\n").trimmingTrailingBreaks + "\n"
    }

    private static func word(_ state: DeploymentJudgement.Row.State) -> (String, Style.Colour) {
        switch state {
        case .verified: ("✓ holds", .green)
        case .failed: ("✗ failed", .red)
        case .unverified: ("? never verified", .yellow)
        case .unknown: ("? not known", .yellow)
        case .absent: ("? not there", .yellow)
        }
    }
}

extension String {
    fileprivate var trimmingTrailingBreaks: String {
        var text = self
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}

/// The same for programs.
enum MatrixJSON {
    static func text(_ rows: [Verification], _ matrix: ContractMatrix) -> String {
        let running = matrix.deployments.filter { $0.untilMilliseconds == nil }
        let value: JSON = [
            "verifications": .array(rows.map(json)),
            "deployments": .array(
                running.map { row in
                    [
                        "service": .string(row.service), "version": .string(row.version),
                        "environment": .string(row.environment), "since": .int(row.sinceMilliseconds),
                    ]
                }),
        ]
        return value.rendered(pretty: true)
    }

    static func text(_ judgement: DeploymentJudgement) -> String {
        let value: JSON = [
            "deployable": .bool(judgement.isDeployable), "service": .string(judgement.service),
            "version": .string(judgement.version), "environment": .string(judgement.environment),
            "reasons": .array(judgement.reasons.map(JSON.string)),
            "rows": .array(judgement.rows.map(json)),
        ]
        return value.rendered(pretty: true)
    }

    private static func json(_ row: Verification) -> JSON {
        [
            "consumer": .string(row.consumer), "consumer-version": .string(row.consumerVersion),
            "contract": .string(row.contract), "content": .string(row.content),
            "provider": .string(row.provider), "provider-version": .string(row.providerVersion),
            "success": .bool(row.isSuccessful), "detail": .string(row.detail), "at": .int(row.atMilliseconds),
            "folder": .string(row.runFolder),
        ]
    }

    private static func json(_ row: DeploymentJudgement.Row) -> JSON {
        [
            "state": .string(row.state.rawValue), "consumer": .string(row.consumer),
            "consumer-version": .string(row.consumerVersion), "provider": .string(row.provider),
            "provider-version": row.providerVersion.map(JSON.string) ?? .null,
            "contract": row.contract.map(JSON.string) ?? .null,
            "content": row.content.map(JSON.string) ?? .null, "why": .string(row.why),
            "verification": row.verification.map(json) ?? .null,
        ]
    }
}
