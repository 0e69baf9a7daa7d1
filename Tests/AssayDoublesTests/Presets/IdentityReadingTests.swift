import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

@Suite("Reading the identity presets")
struct IdentityReadingTests {
    private static func read(
        _ text: String, files: [String: String] = [:]
    ) throws -> (doubles: [DoubleSpec], problems: [String]) {
        let read = try readDoubles(text, files: files)
        return (
            read.doubles, read.problems.map { "\($0.code) \($0.message)" + ($0.fix.map { " → \($0)" } ?? "") }
        )
    }

    @Test("All options of oidc are read, with clients and users from files")
    func oidc() throws {
        let (doubles, problems) = try Self.read(
            """
            login:
              preset: oidc
              issuer: https://login.example.test
              algorithm: ES256
              login: form
              user: bob
              rotate: every 1h
              ttl: {access: 10m, id: 5m, refresh: 1d, code: 30s, session: 1h}
              access-tokens: opaque
              refresh-tokens: offline
              refresh-rotation: false
              pkce: required
              pkce-plain: true
              audience: shop
              grants: [authorization_code, password]
              scopes: [openid, shop.read]
              clients: clients.yml
              users: users.yml
              switches: {tokens: expired}
              plan: [{every: 2, token: server_error}]
            """,
            files: [
                "clients.yml": """
                - id: web
                  secret: "${secret.WEB}"
                  auth: basic
                  redirect_uris: [http://localhost/callback]
                  post_logout_redirect_uris: http://localhost/bye
                  grants: [authorization_code]
                  scopes: [openid]
                  audience: web-api
                  switches: {callback: wrong-state}
                """,
                "users.yml":
                    "- {username: bob, password: 1234, id: b, totp: JBSWY3DPEHPK3PXP, roles: admin, claims: {a: 1}}",
            ])
        #expect(problems == [])
        let options = try #require((doubles.first?.kind as? HTTPDoubleKind)?.options as? OIDCOptions)
        #expect(options.issuer == "https://login.example.test")
        #expect(options.algorithm == .es256 && options.login == .form && options.user == "bob")
        #expect(options.rotatesEvery == .seconds(3600))
        #expect(
            [options.accessLifetime, options.idLifetime, options.refreshLifetime, options.codeLifetime]
                == [.seconds(600), .seconds(300), .seconds(86_400), .seconds(30)])
        #expect(options.accessTokens == .opaque && options.refreshTokens == .offline)
        #expect(!options.rotatesRefreshTokens && options.pkce == .required && options.allowsPlainPKCE)
        #expect(
            options.grants == [.authorizationCode, .password] && options.scopes == ["openid", "shop.read"])
        let client = try #require(options.clients.first)
        #expect(client.secret?.source == "${secret.WEB}" && client.authentication == .basic)
        #expect(client.postLogoutRedirectURIs == ["http://localhost/bye"])
        let user = try #require(options.users.first)
        #expect(user.password == "1234" && user.roles == ["admin"] && user.claims == ["a": 1])
    }

    @Test(
        "What is wrong is told with a fix",
        arguments: [
            (
                "a: {preset: oidc, issuer: login}",
                "AS320 an issuer is a URL without query and fragment, found 'login' → write `issuer: https://login.example.test`, or leave it out for the double's own address"
            ),
            (
                "a: {preset: oidc, scopes: ['a b']}",
                "AS320 a scope is one word of printable ASCII, found 'a b'"
            ),
            (
                "a: {preset: oidc, clients: [{id: web, auth: basic}]}",
                "AS320 client 'web' has no secret to authenticate with: add `secret`, or write `auth: none`"
            ),
            (
                "a: {preset: oidc, clients: [{id: web, grants: [client_credentials]}]}",
                "AS320 client 'web' has no secret, and client_credentials is for clients that have one (RFC 6749 §4.4)"
            ),
            (
                "a: {preset: oidc, clients: [{id: web, secret: x, auth: none}]}",
                "AS320 client 'web' has a secret that `auth: none` never asks for: leave one of them out"
            ),
            (
                "a: {preset: oidc, clients: [{id: web, scopes: [shop]}]}",
                "AS320 client 'web' may have the scope 'shop', which the provider has not → add it to the double's `scopes`"
            ),
            (
                "a: {preset: oidc, clients: [{id: web, redirect_uris: [/callback]}]}",
                "AS320 a redirect URI is a whole address without fragment, found '/callback' → write it like `http://localhost/callback`"
            ),
            (
                "a: {preset: oidc, clients: [{id: a}, {id: a}]}",
                "AS320 two clients are 'a' → keep one of them"
            ),
            (
                "a: {preset: oidc, clients: []}",
                "AS320 there are no clients → leave `clients` out for one that is made up"
            ),
            (
                "a: {preset: oidc, users: [{username: ann}, {username: ann}]}",
                "AS321 two users are 'ann' → keep one of them"
            ),
            (
                "a: {preset: oidc, users: [{username: ann}], user: anna}",
                "AS321 'user' names 'anna', who is none of 'users' → did you mean 'ann'?"
            ),
            (
                "a: {preset: oidc, users: [{username: ann, totp: '123'}]}",
                "AS321 the `totp` of 'ann' is no base32 text of at least 16 letters and digits 2–7 → write one like `JBSWY3DPEHPK3PXP`"
            ),
            (
                "a: {preset: oidc, rotate: 1m}",
                "AS322 a key every 60 s makes more than 16 published ones, for tokens live 3600 s → rotate less often, or shorten `ttl`"
            ),
            (
                "a: {preset: oidc, algoritm: RS256}",
                "AS010 'algoritm' is not known in an oidc double → did you mean 'algorithm'?"
            ),
            ("a: {preset: oidc, ttl: 1ms}", "AS122 'ttl' is at least 1s, found 1ms"),
            ("a: {preset: oidc, ttl: {id: 4000d}}", "AS122 'id' is at most 10 years, found 4000d"),
            (
                "a: {preset: oidc, switches: {tokenz: expired}}",
                "AS330 there is no switch 'tokenz' → did you mean 'tokens'?"
            ),
            (
                "a: {preset: jwt, algorithm: RS256, key: x}",
                "AS324 'key' is the secret of HS256, and the algorithm is RS256 → leave `key` out: the key pair is made from the run's seed"
            ),
            (
                "a: {preset: telegram, users: [{id: 1, first_name: A}, {id: 1, first_name: B}]}",
                "AS323 two users have the id 1 → keep one of them"
            ),
        ])
    func problems(text: String, problem: String) throws {
        #expect(try Self.read(text).problems == [problem])
    }

    @Test("A bot's token that is none stops the start")
    func token() throws {
        let (doubles, problems) = try Self.read(#"bot: {preset: telegram, token: "${env.TOKEN}"}"#)
        #expect(problems == [])
        let options = try #require(doubles.first?.kind as? HTTPDoubleKind).options
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var start = DoubleStart(
            name: "bot", location: SourceLocation(file: "assay.yml", line: 1, column: 1),
            scope: TemplateScope(
                names: ["env": ["TOKEN": "secret"]], environment: environment, random: SeededRandom(seed: 1)),
            clock: DoubleClock { 0 }, reactor: try Reactor())
        do throws(Diagnostic) {
            _ = try options.service(&start)
            Issue.record("a token without a number was taken")
        } catch {
            #expect(error.code == "AS323")
            #expect(error.message == "'token' of double 'bot' is no bot token: ${env.TOKEN}")
        }
    }

    @Test("What a double says of itself has every name it promises", arguments: ["oidc", "jwt", "telegram"])
    func members(preset: String) throws {
        let spec = try #require(try Self.read("a: {preset: \(preset)}").doubles.first)
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var start = DoubleStart(
            name: "a", location: SourceLocation(file: "assay.yml", line: 1, column: 1),
            scope: TemplateScope(environment: environment, random: SeededRandom(seed: 1)),
            clock: DoubleClock { 0 }, reactor: try Reactor())
        let options = try #require(spec.kind as? HTTPDoubleKind).options
        let service = try options.service(&start)
        service.begin(url: "http://127.0.0.1:1")
        #expect(Set(service.bindings.keys) == Set(options.memberNames))
        #expect(!service.secrets.isEmpty && !service.secrets.contains(""))
    }
}
