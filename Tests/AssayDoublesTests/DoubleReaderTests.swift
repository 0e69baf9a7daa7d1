import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import Testing

@Suite("Reading doubles")
struct DoubleReaderTests {
    private static func read(
        _ text: String, files: [String: String] = [:]
    ) throws -> (doubles: [DoubleSpec], problems: [String]) {
        let read = try readDoubles(text, files: files)
        return (
            read.doubles,
            read.problems.map { "\($0.code) \($0.location.map { "\($0)" } ?? "") \($0.fix ?? "")" }
        )
    }

    @Test("All options of jwt are read, with users from a file")
    func options() throws {
        let (doubles, problems) = try Self.read(
            """
            auth: {preset: jwt, key: "${secret.KEY}", ttl: 5m, issuer: me, audience: you, unknown: refuse, users: u.yml}
            """, files: ["u.yml": "- {username: ann, password: 1234, role: admin, telegram_id: 5, id: x}\n"])
        #expect(problems == [])
        guard let options = doubles.first?.options as? JWTAuthOptions else {
            Issue.record("no double was read")
            return
        }
        #expect(options.key?.source == "${secret.KEY}")
        #expect(options.lifetime == .seconds(300))
        #expect([options.issuer, options.audience] == ["me", "you"])
        #expect(options.unknown == .refuse)
        #expect(
            options.users == [.init(id: "x", telegramID: 5, username: "ann", password: "1234", role: "admin")]
        )
    }

    @Test(
        "What is wrong is told with its place and a fix",
        arguments: [
            ("auth: jwt", "AS120 assay.yml:1:7 write `auth: {preset: jwt}`"),
            (
                "pay: {http: doubles/pay.yml}",
                "AS130 assay.yml:1:13 name a file of routes, or a folder with WireMock's mappings/"
            ),
            ("auth: {preset: jwr}", "AS121 assay.yml:1:16 did you mean 'jwt'?"),
            ("auth: {presset: jwt}", "AS120 assay.yml:1:8 did you mean 'preset'?"),
            ("auth: {preset: jwt, tll: 5s}", "AS010 assay.yml:1:21 did you mean 'ttl'?"),
            ("auth: {preset: jwt, ttl: 10ms}", "AS122 assay.yml:1:26 "),
            (
                "auth: {preset: jwt, users: [{role: x}]}",
                "AS122 assay.yml:1:29 write `{username: ann, role: admin}`"
            ),
            (
                "auth: {preset: jwt, users: [{username: a}, {username: a}]}",
                "AS122 assay.yml:1:44 keep one of them"
            ),
            (
                "auth: {preset: jwt, users: none.yml}",
                "AS123 assay.yml:1:28 name a YAML file with a list of users"
            ),
        ])
    func problems(text: String, problem: String) throws {
        #expect(try Self.read(text).problems == [problem])
    }

    @Test("A key without a value stops the start; one that is made up is new each time")
    func keys() throws {
        var options = JWTAuthOptions()
        let place = SourceLocation(file: "assay.yml", line: 3, column: 5)
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var scope = TemplateScope(environment: environment, random: SeededRandom(seed: 1))
        let first = try options.settings(named: "auth", at: place, in: &scope)
        let second = try options.settings(named: "auth", at: place, in: &scope)
        #expect(first.key != second.key)
        #expect(first.key.count == 64)
        #expect(first.issuer == "auth")
        options.key = try Template(parsing: "${env.KEY || ''}", at: place)
        scope.names["env"] = [:]
        #expect {
            try options.settings(named: "auth", at: place, in: &scope)
        } throws: {
            ($0 as? Diagnostic)?.code == "AS124"
        }
        scope.names["env"] = ["KEY": "mine"]
        #expect(try options.settings(named: "auth", at: place, in: &scope).key == "mine")
    }
}
