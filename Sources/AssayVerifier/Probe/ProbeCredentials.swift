public import AssayContracts
internal import AssayFormats
internal import AssayWire

/// What shows a provider who asks.
public struct ProbeCredentials: Sendable {
    /// A token for `Authorization: Bearer`.
    public var bearer: String?
    /// `user:password` for `Authorization: Basic`.
    public var basic: String?
    /// Values of API keys by the names of their security schemes.
    public var keys: [String: String] = [:]
    /// Sent with every request; those that carry credentials are left out where credentials are to be missing.
    public var headers: [ContractExchange.Header] = []

    public init() {}

    /// Texts that must not be shown, also as they stand in a URL and in JSON.
    public var secrets: [String] {
        var texts = [bearer, basic].compactMap(\.self) + keys.values
        if let basic {
            texts.append(Base64.standard.encode(basic.utf8))
            texts += basic.firstIndex(of: ":").map { [String(basic[basic.index(after: $0)...])] } ?? []
        }
        // Of a key for HTTP Basic both halves are made.
        texts += keys.values.map { Base64.standard.encode("\($0):\($0)".utf8) }
        // Any header may carry one, but those that say what is sent and taken.
        for header in headers where !Self.publicHeaders.contains(header.name.lowercased()) {
            texts.append(header.value)
            texts += header.value.split(separator: " ").suffix(1).map(String.init)
        }
        texts += texts.flatMap { text in
            [percentEncoded(text, for: .query), String(JSON.string(text).rendered().dropFirst().dropLast())]
        }
        return Set(texts).filter { !$0.isEmpty }.sorted()
    }

    private static let publicHeaders: Set<String> = [
        "accept", "accept-encoding", "accept-language", "content-type", "user-agent",
    ]

    static let wrong = "assay-wrong-credentials"

    /// Puts credentials into a request that has none.
    ///
    /// - Parameter schemes: those of the document.
    func applied(
        _ use: ProbeCase.Credentials, to request: ContractExchange.Request, of operation: APIOperation,
        schemes: [APISecurityScheme]
    ) -> ContractExchange.Request {
        var request = request
        let carriers = schemes.compactMap(\.headerName).map { $0.lowercased() } + ["authorization"]
        for header in headers where request.header(header.name) == nil {
            guard use == .given || !carriers.contains(header.name.lowercased()) else { continue }
            request.headers.append(header)
        }
        let named = Set(operation.security.flatMap(\.keys))
        let own = schemes.filter { named.contains($0.name) }
        switch use {
        case .none: break
        case .given:
            if let bearer {
                request.add(.init("Authorization", "Bearer \(bearer)"))
            } else if let basic {
                request.add(.init("Authorization", "Basic " + Base64.standard.encode(basic.utf8)))
            }
            for scheme in own {
                if let value = keys[scheme.name] { request.add(scheme, value) }
            }
        case .wrong: for scheme in own { request.add(scheme, Self.wrong) }
        }
        return request
    }

    /// Whether there are credentials for what an operation asks for.
    func satisfy(_ operation: APIOperation, schemes: [APISecurityScheme]) -> Bool {
        operation.security.contains { requirement in
            requirement.keys.allSatisfy { name in
                guard let scheme = schemes.first(where: { $0.name == name }) else { return false }
                if keys[name] != nil { return true }
                guard let header = scheme.headerName else { return false }
                let isAuthorization = header == "Authorization"
                return isAuthorization && (bearer != nil || basic != nil)
                    || headers.contains { $0.name.lowercased() == header.lowercased() }
            }
        }
    }
}

extension APIOperation {
    /// Whether nobody may ask without credentials.
    var isSecured: Bool { !security.isEmpty && !security.contains(where: \.isEmpty) }
}

extension APISecurityScheme {
    /// The header that carries it; `nil` when no header does.
    fileprivate var headerName: String? {
        switch kind {
        case .apiKey(let place, let name): place == .header ? name : nil
        case .mutualTLS: nil
        default: "Authorization"
        }
    }
}

extension ContractExchange.Request {
    fileprivate mutating func add(_ header: ContractExchange.Header) {
        if self.header(header.name) == nil { headers.append(header) }
    }

    fileprivate mutating func add(_ scheme: APISecurityScheme, _ value: String) {
        switch scheme.kind {
        case .apiKey(let place, let name):
            switch place {
            case .header: add(.init(name, value))
            case .query:
                let pair = percentEncoded(name, for: .query) + "=" + percentEncoded(value, for: .query)
                query = (query.map { $0 + "&" } ?? "") + pair
            case .cookie:
                if let index = headers.firstIndex(where: { $0.name.lowercased() == "cookie" }) {
                    headers[index].value += "; \(name)=\(value)"
                } else {
                    headers.append(.init("Cookie", "\(name)=\(value)"))
                }
            case .path: break
            }
        case .httpBasic:
            add(.init("Authorization", "Basic " + Base64.standard.encode("\(value):\(value)".utf8)))
        case .httpBearer, .oauth2, .openIdConnect: add(.init("Authorization", "Bearer \(value)"))
        case .http(let name): add(.init("Authorization", "\(name) \(value)"))
        case .mutualTLS: break
        }
    }
}
