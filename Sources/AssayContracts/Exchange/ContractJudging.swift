/// How exchanges are judged.
public struct ContractJudging: Sendable, Hashable {
    /// Also tells what a contract does not forbid: query parameters, request bodies and response bodies that it does not
    /// have, and requests without the credentials that it asks for.
    public var isStrict: Bool
    /// So many departures of one value are told at most.
    public var limit: Int

    public init(isStrict: Bool = false, limit: Int = 20) {
        self.isStrict = isStrict
        self.limit = limit
    }

    public static let standard = ContractJudging()
}

extension APIDocument {
    /// Where an exchange departs from the document; nothing when it holds.
    ///
    /// CORS preflights are no part of a document and are not judged.
    ///
    /// - Parameters:
    ///   - exchange: its request, and its response when there is one.
    ///   - contract: what the contract is called in findings.
    public func judge(
        _ exchange: ContractExchange, contract: String, judging: ContractJudging = .standard
    ) -> [ContractFinding] {
        let request = exchange.request
        guard let found = contents.paths.match(method: request.method, path: request.path) else {
            return Self.isPreflight(request) ? [] : [unknown(request, contract)]
        }
        var judge = ExchangeJudge(
            plan: contents.plans[found.operation], contract: contract, judging: judging,
            sources: contents.sources)
        judge.judge(request, found.values)
        if judging.isStrict { judge.judgeStrictly(exchange, found.values, schemes: securitySchemes) }
        if let response = exchange.response { judge.judge(response, to: request.method) }
        return judge.findings
    }

    private func unknown(_ request: ContractExchange.Request, _ contract: String) -> ContractFinding {
        let methods = contents.paths.methods(at: request.path)
        return ContractFinding(
            .operationUnknown, .request, contract: contract, operation: "",
            place: methods.isEmpty ? "path" : "method",
            expected: methods.isEmpty ? "a path of \(file)" : choice(methods) + " for \(request.path)",
            actual: methods.isEmpty ? Shortened.bounded(request.path) : request.method,
            location: contents.sources.location(of: "/paths"))
    }

    private static func isPreflight(_ request: ContractExchange.Request) -> Bool {
        request.method == "OPTIONS" && request.header("Access-Control-Request-Method") != nil
    }
}

/// `one of 200, 404`, or the only one.
func choice(_ names: [String]) -> String {
    names.count == 1 ? names[0] : "one of " + names.joined(separator: ", ")
}
