import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("Imports: secrets are not written down again")
struct ImportedSecretsTests {
    private static func har(_ url: String, body: String, type: String, headers: [String] = []) throws -> (
        text: String, summary: [String]
    ) {
        let made = try HARImportTests.imported(
            HARImportTests.archive([
                HARImportTests.entry("POST", url, headers: headers, body: body, bodyType: type)
            ]))
        return (made.files.map(\.text).joined(), made.summary)
    }

    @Test("HAR: fields whose names come twice are masked one by one")
    func repeated() throws {
        let (text, summary) = try Self.har(
            "https://a.example/in?x=1&x=2&access_token=SECRET1", body: "user=a&password=SECRET2&r=x&r=y%20z",
            type: "application/x-www-form-urlencoded")
        #expect(!text.contains("SECRET1") && !text.contains("SECRET2"), "\(text)")
        #expect(text.contains("/in?x=1&x=2&access_token=${env.ACCESS_TOKEN}"), "\(text)")
        #expect(text.contains("user=a&password=${env.PASSWORD}&r=x&r=y%20z"), "\(text)")
        #expect(summary.contains { $0.hasPrefix("set PASSWORD in the environment: ") })
    }

    @Test("HAR: numbers, and what stands below the name of a secret, are masked; amounts are not")
    func members() throws {
        let (text, _) = try Self.har(
            "https://a.example/in",
            body:
                #"{"pin": 987654, "max_tokens": 100, "passwords": ["SECRET1"], "credentials": {"value": "SECRET2", "n": [321987]}}"#,
            type: "application/json")
        for secret in ["987654", "SECRET1", "SECRET2", "321987"] {
            #expect(!text.contains(secret), "\(text)")
        }
        #expect(text.contains("${number(env.PIN)}"), "\(text)")
        #expect(text.contains("${env.CREDENTIALS_VALUE}"), "\(text)")
        #expect(text.contains("max_tokens: 100"), "\(text)")
    }

    @Test("HAR: JSON that is called a text is read as JSON, and X-Auth is a secret")
    func plainText() throws {
        let (text, _) = try Self.har(
            "https://a.example/in", body: #"{"password":"SECRET1"}"#, type: "text/plain;charset=UTF-8",
            headers: ["Content-Type: text/plain;charset=UTF-8", "X-Auth: SECRET2"])
        #expect(!text.contains("SECRET1") && !text.contains("SECRET2"), "\(text)")
        #expect(text.contains("X-Auth: \"${env.X_AUTH}\""), "\(text)")
        #expect(text.contains("Content-Type: text/plain;charset=UTF-8"), "\(text)")
    }

    @Test("Postman: headers, queries, forms, parts and JSON")
    func postman() throws {
        let raw = JSON.string(#"{"password": "SECRET3", "pin": 4711, "user": "{{user}}"}"#).rendered()
        let made = try PostmanImportTests.imported(
            [
                PostmanImportTests.request(
                    "A",
                    """
                    {"method": "POST", "url": "http://a.example/a?api_key=SECRET1&q=1",
                     "header": [{"key": "X-Api-Key", "value": "SECRET2"}, {"key": "Authorization", "value": "Bearer SECRET4"}],
                     "body": {"mode": "raw", "raw": \(raw)}}
                    """),
                PostmanImportTests.request(
                    "B",
                    """
                    {"method": "POST", "url": "http://a.example/b?x=1&x=2&token=SECRET5",
                     "body": {"mode": "urlencoded", "urlencoded": [{"key": "password", "value": "SECRET6"}, {"key": "otp", "value": "{{otp}}"}]}}
                    """),
                PostmanImportTests.request(
                    "C",
                    """
                    {"method": "POST", "url": "http://a.example/c",
                     "body": {"mode": "formdata", "formdata": [{"key": "secret", "value": "SECRET7", "type": "text"}]}}
                    """),
            ].joined(separator: ","))
        let text = made.files.map(\.text).joined()
        #expect(!text.contains("SECRET1") && !text.contains("4711"), "\(text)")
        for number in 2...7 { #expect(!text.contains("SECRET\(number)"), "\(text)") }
        #expect(text.contains("Authorization: \"Bearer ${env.TOKEN}\""), "\(text)")
        #expect(text.contains("api_key: \"${env.API_KEY}\""), "\(text)")
        #expect(text.contains("otp: \"${otp}\""), "\(text)")
        #expect(made.summary.contains("set TOKEN in the environment: the bearer token"), "\(made.summary)")
    }

    @Test("Artillery: constants in headers and bodies, inside loops too")
    func artilleryScript() throws {
        let test = try artillery(
            script(
                """
                - loop:
                    - post: {url: /in, headers: {Authorization: "Bearer SECRET1"}, json: {password: SECRET2}}
                  count: 2
                """)
        ).get()
        let made = test.written(from: "load.yml")
        let text = made.files.map(\.text).joined()
        #expect(!text.contains("SECRET1") && !text.contains("SECRET2"), "\(text)")
        #expect(made.summary.contains("set PASSWORD in the environment: the value of 'password'"))
    }

    @Test(
        "Artillery: numbers beyond what can be counted are refused with their place",
        arguments: [
            ("- think: 1\n  jitter: \"99999999999999%\"", "", "error[AS605] 7:17 expected at most 1000000%"),
            (
                "- think: 20000000\n  jitter: 1000%", "",
                "error[AS605] 6:9 expected a `jitter` that keeps the pause below 30000000 s"
            ),
            (
                "- loop:\n    - log: a\n  count: \"1--9223372036854775808\"", "",
                "error[AS605] 8:16 expected a number or a range for `count`"
            ),
            (
                "- get: {url: /}", "http: {pool: 1e300}",
                "error[AS605] 3:16 expected a number from 1 to 1000000 for `pool`"
            ),
            (
                "- get: {url: /}", "phases:\n  - {duration: 3.1e7, arrivalRate: 1, rampTo: 1000000}",
                "error[AS613] 4:18 a ramp takes at most 86400 seconds (a day) | write several phases"
            ),
            (
                "- get: {url: /}", "phases:\n  - {duration: 2.5, arrivalRate: 1, rampTo: 3}",
                "warning[AS613] 4:18 a ramp goes by whole seconds, as in Artillery: this one takes 3 s, and goes past `rampTo` | write a whole number of seconds"
            ),
        ])
    func bounds(steps: String, config: String, expected: String) {
        let found = said(artillery(script(steps, config: config)))
        let start = expected.prefix { $0 != " " }
        let words = expected.split(separator: " ").dropFirst(2).joined(separator: " ")
        #expect(found.contains { $0.hasPrefix(start) && $0.contains(words) }, "\(found)")
    }

    @Test(
        "k6: rates and users beyond what a machine can do are refused",
        arguments: [
            (
                #""a": {"executor": "constant-arrival-rate", "rate": 20000000, "duration": "1s", "preAllocatedVUs": 1}"#,
                "scenario 'a': `rate` is more than 10000000 starts a second"
            ),
            (
                #""a": {"executor": "constant-arrival-rate", "rate": 20, "timeUnit": "1us", "duration": "1s", "preAllocatedVUs": 1}"#,
                "scenario 'a': `rate` is more than 10000000 starts a second"
            ),
            (
                #""a": {"executor": "ramping-arrival-rate", "startRate": 20000000, "stages": [{"duration": "1s", "target": 1}], "preAllocatedVUs": 1}"#,
                "scenario 'a': `startRate` is more than 10000000 starts a second"
            ),
            (
                #""a": {"executor": "ramping-arrival-rate", "stages": [{"duration": "1s", "target": 20000000}], "preAllocatedVUs": 1}"#,
                "scenario 'a': the `target` of stage 1 is more than 10000000 starts a second"
            ),
            (
                #""a": {"executor": "constant-arrival-rate", "rate": 1, "duration": "1s", "preAllocatedVUs": 1, "maxVUs": 100000001}"#,
                "scenario 'a': `maxVUs` is more than 100000000"
            ),
            (
                #""a": {"executor": "constant-arrival-rate", "rate": 1, "duration": "1s", "preAllocatedVUs": 100000001}"#,
                "scenario 'a': `preAllocatedVUs` is more than 100000000"
            ),
            (
                #""a": {"executor": "ramping-vus", "startVUs": 100000001, "stages": [{"duration": "1s", "target": 1}]}"#,
                "scenario 'a': `startVUs` is more than 100000000"
            ),
            (
                #""a": {"executor": "constant-vus", "vus": 60000000, "duration": "1s"}, "b": {"executor": "constant-vus", "vus": 60000000, "duration": "1s"}"#,
                "all scenarios together have more than 100000000 users"
            ),
        ])
    func users(scenarios: String, expected: String) throws {
        let found = try K6OptionsTests.problems(
            "{\"scenarios\": {\(scenarios)}}", functions: ["default"])
        #expect(found.contains("AS637 " + expected), "\(found)")
    }
}
