public import AssayCore
internal import AssayFormats
internal import AssayNet

extension OIDCOptions {
    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let settings = try settings(named: start.name, at: start.location, in: &start.scope)
        let clock = start.clock
        return OIDC(settings, random: start.scope.random.split(1)) { clock.nowMilliseconds }
    }

    /// The client that there is when none is written: it may do everything, and is sent back to this machine only.
    static let ownClient: Client = {
        var client = Client("app")
        client.redirectURIs = ["http://localhost/*", "http://127.0.0.1/*", "http://[::1]/*"]
        client.postLogoutRedirectURIs = client.redirectURIs
        return client
    }()

    func settings(
        named name: String, at location: SourceLocation, in scope: inout TemplateScope<SeededRandom>
    ) throws(Diagnostic) -> OIDCSettings {
        let keySeed = scope.random.bytes(32)
        var resolved: [OIDCSettings.Client] = []
        for client in clients.isEmpty ? [Self.ownClient] : clients {
            var secret: String?
            if let template = client.secret {
                do {
                    secret = try template.render(in: &scope).templateText
                } catch {
                    throw error.diagnostic
                }
                guard secret?.isEmpty == false else {
                    throw Diagnostic(
                        "AS124",
                        "'secret' of client '\(client.id)' of double '\(name)' is empty: \(template.source)",
                        at: location, fix: "leave `secret` out for a public client")
                }
            } else if clients.isEmpty {
                secret = hexadecimal(scope.random.bytes(16))
            }
            let grants = Set(client.grants ?? grants)
            resolved.append(
                OIDCSettings.Client(
                    id: client.id, secret: secret, authentication: client.authentication,
                    redirectURIs: client.redirectURIs, postLogoutRedirectURIs: client.postLogoutRedirectURIs,
                    grants: secret == nil ? grants.subtracting([.clientCredentials]) : grants,
                    scopes: client.scopes ?? scopes, audience: client.audience ?? audience))
        }
        var known = users
        if known.isEmpty { known = [User("user", password: hexadecimal(scope.random.bytes(8)))] }
        return OIDCSettings(
            options: self, clients: resolved,
            users: known.map { user in
                OIDCSettings.User(
                    username: user.username, password: user.password,
                    id: user.id ?? UserDirectory.id(of: "name:\(user.username)"),
                    totp: user.totp.flatMap { TOTP($0) }, roles: user.roles, claims: user.claims)
            }, keySeed: keySeed)
    }
}

extension SeededRandom {
    /// That many random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = next()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        return Array(bytes.prefix(count))
    }

    /// A random text of letters, digits, `-` and `_`: a code, a token.
    mutating func text(bytes count: Int = 24) -> String { Base64.url.encode(bytes(count)) }
}
