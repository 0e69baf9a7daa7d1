import AssayContracts
import AssayFormats

/// Shorter ways to write exchanges and what is found in them.
enum Exchange {
    static func document(_ operation: String, version: String = "3.1.0", more: String = "") throws
        -> APIDocument
    {
        let lines = operation.split(separator: "\n", omittingEmptySubsequences: false)
        return try ReadDocument.good(
            """
            openapi: \(version)
            info: {title: A, version: "1"}
            paths:
            \(lines.map { "  " + $0 }.joined(separator: "\n"))
            \(more)
            """)
    }

    /// - Parameters:
    ///   - line: `GET /a?b=c`.
    ///   - headers: `X-A: 1`, one a line.
    static func request(_ line: String, _ headers: String = "", body: String? = nil) -> ContractExchange {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        return ContractExchange(
            request: .init(
                method: words[0], path: target[0], query: target.count > 1 ? target[1] : nil,
                headers: self.headers(headers), body: body.map { Array($0.utf8) }))
    }

    static func headers(_ lines: String) -> [ContractExchange.Header] {
        lines.split(separator: "\n").map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return .init(String(parts[0]), String(parts.count > 1 ? parts[1].drop { $0 == " " } : ""))
        }
    }

    /// `rule place: expected … found …`
    static func said(_ findings: [ContractFinding]) -> [String] {
        findings.map { "\($0.rule.rawValue) \($0.place): expected \($0.expected), found \($0.actual)" }
    }
}
