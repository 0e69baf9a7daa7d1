import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

@Suite("A double that speaks https")
struct DoubleTLSTests {
    @Test("its clients trust the authority whose file it names, for its own names only")
    func trusted() throws {
        let (doubles, problems) = try readDoubles(
            """
            pay:
              tls: {names: [pay.example.com]}
              routes:
                - {on: {get: /rates}, answer: {json: {at: "${double.url}"}}}
            """)
        #expect(problems.isEmpty)
        let double = try #require(doubles.first)
        #expect(double.memberNames == ["url", "host", "port", "ca"])
        let reactor = try Reactor()
        let seen = reactor.run { await Self.look(at: double, on: reactor) }
        #expect(
            seen?.answers[0] == #"200 {"at":"\#(seen?.url ?? "")"}"#
                && seen?.url.hasPrefix("https://") == true)
        #expect(seen?.answers[1].hasPrefix("200") == true)
        #expect(seen?.answers[2] == "tls-certificate")
        #expect(seen?.answers[3] == "tls-certificate")
        #expect(seen?.fileRemains == false)
    }

    @Test("`tls: false` is plain http, and what is no HTTP double has no such key")
    func others() throws {
        let plain = try readDoubles("pay: {tls: false, routes: [{on: {get: /}, answer: {status: 200}}]}")
        #expect(plain.doubles.first?.memberNames == ["url", "host", "port"] && plain.problems.isEmpty)
        #expect(try readDoubles("cache: {redis: {}, tls: true}").problems.map(\.code) == ["AS010"])
    }

    private struct Seen: Sendable {
        var url: String
        var answers: [String]
        var fileRemains: Bool
    }

    private static func look(at double: DoubleSpec, on reactor: Reactor) async -> Seen? {
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        guard let started = try? double.start(on: reactor, environment: environment, names: [:], seed: 1),
            let port = started.bindings["port"]?.intValue.map({ UInt16($0) }),
            let file = started.bindings["ca"]?.stringValue
        else { return nil }
        var values = ConnectOptions.Values()
        values.tls.authorityFile = file
        values.hosts = ["pay.example.com", "other.example.com"].map {
            HostOverride(name: $0, target: "127.0.0.1")
        }
        let trusting = ConnectOptions(values)
        let client = HTTPClient(on: reactor)
        func get(_ host: String, _ options: ConnectOptions) async -> String {
            await client.exchange(
                with: HTTPOrigin(host: host, port: port, isSecure: true), via: options, timeout: 5_000_000_000
            ) { $0.append("GET /rates HTTP/1.1\r\nHost: \(host)\r\n\r\n") }
            guard client.last.outcome == .answered else { return client.last.outcome.name }
            return "\(client.last.status) \(String(decoding: client.body, as: UTF8.self))"
        }
        let answers = [
            await get("127.0.0.1", trusting), await get("pay.example.com", trusting),
            await get("other.example.com", trusting), await get("127.0.0.1", .standard),
        ]
        client.closeAll()
        started.stop()
        return Seen(url: started.url, answers: answers, fileRemains: Files.kind(of: file) != nil)
    }
}
