import AssayFormats

extension ExchangeJudge {
    /// Tells what a contract does not forbid by itself; see ``ContractJudging/isStrict``.
    mutating func judgeStrictly(
        _ exchange: ContractExchange, _ path: [APIMatch.Value], schemes: [APISecurityScheme]
    ) {
        let texts = RequestTexts(exchange.request, path: path)
        let keys = schemes.compactMap { scheme in
            if case .apiKey(in: .query, let name) = scheme.kind { name } else { nil }
        }
        for name in texts.unknownQueryNames(plan.parameters) where !keys.contains(name) {
            let known = plan.parameters.filter { $0.place == .query }.map(\.name).joined(separator: ", ")
            add(
                .requestParameter, .request, "query \(name)",
                expected: known.isEmpty ? "no query parameters" : "only the query parameters " + known,
                actual: "'\(Shortened.bounded(name))'", at: plan.location)
        }
        judgeSecurity(exchange, schemes)
    }

    /// Tells a request that shows none of the credentials asked for, unless it was refused for that.
    private mutating func judgeSecurity(_ exchange: ContractExchange, _ schemes: [APISecurityScheme]) {
        if let status = exchange.response?.status, status == 401 || status == 403 { return }
        guard !plan.security.isEmpty else { return }
        let isShown = plan.security.contains { requirement in
            requirement.keys.allSatisfy { name in
                // A scheme that is not described cannot be missed.
                schemes.first { $0.name == name }.map { Self.isShown($0, by: exchange.request) } ?? true
            }
        }
        guard !isShown else { return }
        let wanted = plan.security.map { $0.keys.sorted().joined(separator: " and ") }
        add(
            .requestSecurity, .request, "security", expected: "credentials of \(choice(wanted))",
            actual: "none",
            at: plan.location)
    }

    private static func isShown(_ scheme: APISecurityScheme, by request: ContractExchange.Request) -> Bool {
        let word = request.header("Authorization")?.prefix { $0 != " " }.lowercased()
        switch scheme.kind {
        case .httpBasic: return word == "basic"
        case .httpBearer: return word == "bearer"
        case .http(let name): return word == name
        case .oauth2, .openIdConnect: return word != nil
        // Shown when the connection was made.
        case .mutualTLS: return true
        case .apiKey(let place, let name):
            switch place {
            case .header: return request.header(name) != nil
            case .query: return RequestTexts.pairs(request.query ?? "").contains { $0.name == name }
            case .cookie:
                return request.headers.contains { header in
                    header.name.lowercased() == "cookie"
                        && header.value.split(separator: ";").contains {
                            $0.drop { $0 == " " }.hasPrefix(name + "=")
                        }
                }
            case .path: return true
            }
        }
    }
}
