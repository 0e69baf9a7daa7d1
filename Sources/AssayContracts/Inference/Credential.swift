internal import AssayFormats

/// How a request says who sends it.
struct Credential: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case bearer(isJWT: Bool)
        case basic
        case header(String)
        case query(String)
        case cookie(String)
    }

    var kind: Kind
    /// Texts that must not be written anywhere.
    var secrets: Set<String>

    /// Every credential of a request.
    static func all(of request: ContractExchange.Request) -> [Credential] {
        var found: [Credential] = []
        for header in request.headers {
            let name = header.name.lowercased()
            switch name {
            case "authorization":
                let words = header.value.split(separator: " ", maxSplits: 1).map(String.init)
                let secret = words.count > 1 ? words[1] : ""
                switch words.first?.lowercased() {
                case "bearer":
                    found.append(
                        Credential(
                            kind: .bearer(isJWT: secret.split(separator: ".").count == 3), secrets: [secret]))
                case "basic": found.append(Credential(kind: .basic, secrets: [secret]))
                case nil: break
                default:
                    found.append(Credential(kind: .header("Authorization"), secrets: [header.value, secret]))
                }
            case "cookie":
                for part in header.value.split(separator: ";") {
                    let words = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
                    guard words.count == 2, isSession(words[0]) else { continue }
                    found.append(Credential(kind: .cookie(words[0]), secrets: [words[1]]))
                }
            default:
                if SecretWords.isSecret(header.name), !Headers.isNoise(name) {
                    found.append(Credential(kind: .header(header.name), secrets: [header.value]))
                }
            }
        }
        for field in URLText.fields(request.query ?? "") where SecretWords.isSecret(field.name) {
            found.append(Credential(kind: .query(field.name), secrets: [field.value]))
        }
        return found
    }

    private static func isSession(_ cookie: String) -> Bool {
        SecretWords.isSecret(cookie) || cookie.lowercased().contains("session")
    }
}

/// The schemes of a document, named as they are met.
struct SecuritySchemes {
    private var names: [Credential.Kind: String] = [:]
    private(set) var json = JSONObject()

    var isEmpty: Bool { json.isEmpty }

    mutating func name(of kind: Credential.Kind) -> String {
        // One scheme for bearer tokens, whatever they look like.
        if case .bearer = kind {
            for isJWT in [true, false] {
                if let name = names[.bearer(isJWT: isJWT)] { return name }
            }
        }
        if let name = names[kind] { return name }
        let (stem, scheme) = Self.scheme(kind)
        var name = stem
        var number = 2
        while json[name] != nil {
            name = "\(stem)\(number)"
            number += 1
        }
        names[kind] = name
        json[name] = .some(scheme)
        return name
    }

    private static func scheme(_ kind: Credential.Kind) -> (String, JSON) {
        switch kind {
        case .bearer(let isJWT):
            var scheme: JSONObject = ["type": "http", "scheme": "bearer"]
            if isJWT { scheme["bearerFormat"] = "JWT" }
            return ("bearerAuth", .object(scheme))
        case .basic: return ("basicAuth", ["type": "http", "scheme": "basic"])
        case .header(let name):
            return ("apiKey", ["type": "apiKey", "in": "header", "name": .string(name)])
        case .query(let name):
            return ("queryKey", ["type": "apiKey", "in": "query", "name": .string(name)])
        case .cookie(let name):
            return ("cookieAuth", ["type": "apiKey", "in": "cookie", "name": .string(name)])
        }
    }
}

/// Which headers say something of an interface.
enum Headers {
    /// Of HTTP, of browsers, of proxies and of tracing: part of no interface, or told by other parts of a document.
    private static let noise: Set<String> = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "age", "alt-svc",
        "authorization", "cache-control", "connection", "content-encoding", "content-length", "content-type",
        "content-disposition", "content-language", "content-security-policy", "cookie", "date", "dnt",
        "expect",
        "expires", "forwarded", "from", "host", "keep-alive", "last-modified", "nel", "origin",
        "permissions-policy",
        "pragma", "priority", "proxy-authorization", "proxy-authenticate", "proxy-connection", "referer",
        "referrer-policy", "report-to", "server", "server-timing", "set-cookie", "strict-transport-security",
        "te", "trailer", "transfer-encoding", "upgrade", "upgrade-insecure-requests", "user-agent", "vary",
        "via",
        "traceparent", "tracestate", "baggage", "b3", "x-powered-by", "x-frame-options",
        "x-content-type-options",
        "x-xss-protection", "x-real-ip", "x-requested-with", "status",
    ]
    private static let noisyFronts = [
        "access-control-", "sec-", "x-forwarded-", "x-b3-", "cf-", "x-amz-", "x-cache", "x-envoy-", ":",
    ]

    /// - Parameter name: lower case.
    static func isNoise(_ name: String) -> Bool {
        noise.contains(name) || noisyFronts.contains { name.hasPrefix($0) }
    }
}
