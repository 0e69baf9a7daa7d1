import AssayCore
import AssayNet
import AssayRunner
import Testing

@Suite("Secrets in what is shown")
struct MaskerTests {
    @Test(
        "a secret is found as URLs, forms, JSON, Base64 and the shell write it",
        arguments: [
            "it's \"my\" key", "it%27s%20%22my%22%20key", "it%27s+%22my%22+key", "it's%20%22my%22%20key",
            "it's \\\"my\\\" key", "aXQncyAibXkiIGtleQ==", "it'\\''s \"my\" key", "it'\\''s \\\"my\\\" key",
            "it\\047s \"my\" key",
        ])
    func written(_ text: String) {
        #expect(Masker(secrets: ["it's \"my\" key"]).mask("<\(text)>") == "<•••>")
    }

    @Test("what is too short to be searched for is not searched for in another form either")
    func short() {
        let text = "abc YWJj a%20b"
        #expect(Masker(secrets: ["abc", "a b"]).mask(text) == text)
    }

    @Test("a secret that is cut is hidden up to the cut")
    func cut() {
        #expect(Masker(secrets: ["swordfish"]).mask("a swordf… b") == "a •••… b")
    }

    @Test(
        "credentials of HTTP Basic are hidden when there is a secret in them, and left when there is none",
        arguments: [
            // ann:swordfish
            ("Authorization", "Basic YW5uOnN3b3JkZmlzaA==", "Basic •••"),
            ("proxy-authorization", "basic YW5uOnN3b3JkZmlzaA==", "basic •••"),
            // ann:pw
            ("Authorization", "Basic YW5uOnB3", "Basic YW5uOnB3"),
            ("Authorization", "Bearer YW5uOnN3b3JkZmlzaA==", "Bearer YW5uOnN3b3JkZmlzaA=="),
            ("X-Other", "Basic YW5uOnB3", "Basic YW5uOnB3"),
        ])
    func basic(_ name: String, _ value: String, _ shown: String) throws {
        let masker = Masker(secrets: ["swordfish"])
        let report = ExchangeReport(
            Exchange(outcome: .answered, at: 0), method: "GET", origin: HTTPOrigin(host: "a.test", port: 80),
            request: Array("GET /x HTTP/1.1\r\nHost: a.test\r\n\(name): \(value)\r\n\r\n".utf8),
            responseHead: [], responseBody: [], masked: { masker.mask($0) })
        #expect(report.request == "GET /x HTTP/1.1\nHost: a.test\n\(name): \(shown)\n\n")
        let curl = try #require(report.curl)
        #expect(curl.lowercased().contains("-h '\(name): \(shown)'".lowercased()), "\(curl)")
    }
}
