import AssayCore
import AssayFormats
import Testing

@testable import AssayContracts

private func archive(_ entries: String) -> String { "{\"log\": {\"entries\": [\n\(entries)\n]}}" }

private func read(_ text: String) -> (ObservedTraffic?, [String]) {
    let bag = DiagnosticBag()
    let traffic = HARReader.read(Array(text.utf8), file: "a.har", bag: bag)
    return (traffic, bag.all.map { $0.rendered() })
}

@Suite("Reading recorded traffic")
struct TrafficReadingTests {
    @Test("an archive's entry: URL, headers, bodies, base64, host")
    func archiveEntry() throws {
        let (traffic, problems) = read(
            archive(
                #"""
                {"request": {"method": "post", "url": "https://u:p@api.example:8443/jobs?x=1#top", "headers": [{"name": "X-A", "value": "b"}],
                  "postData": {"mimeType": "application/json", "text": "{\"a\":1}"}},
                 "response": {"status": 201, "headers": [{"name": "Content-Type", "value": "application/json"}],
                  "content": {"size": 8, "mimeType": "application/json", "text": "eyJpZCI6N30=", "encoding": "base64"}}}
                """#))
        #expect(problems.isEmpty)
        let entry = try #require(traffic?.entries.first)
        #expect(entry.host == "api.example:8443")
        #expect(
            entry.exchange.exchange
                == ContractExchange(
                    request: .init(
                        method: "POST", path: "/jobs", query: "x=1",
                        headers: [.init("X-A", "b"), .init("Content-Type", "application/json")],
                        body: Array(#"{"a":1}"#.utf8)),
                    response: .init(
                        status: 201, headers: [.init("Content-Type", "application/json")],
                        body: Array(#"{"id":7}"#.utf8))))
        #expect(!entry.exchange.isRequestBodyCut && !entry.exchange.isResponseBodyCut)
    }

    @Test("forms by their fields, bodies that are not there, exchanges that never ended, what is no HTTP")
    func archiveOddities() throws {
        let (traffic, problems) = read(
            archive(
                #"""
                {"request": {"method": "POST", "url": "http://h/a", "postData": {"mimeType": "application/x-www-form-urlencoded",
                   "params": [{"name": "a b", "value": "c&d"}]}}, "response": {"status": 0}},
                {"request": {"method": "POST", "url": "http://h/b", "postData": {"mimeType": "image/png"}},
                 "response": {"status": 200, "content": {"size": 900, "mimeType": "text/html"}}},
                {"request": {"method": "GET", "url": "data:image/png;base64,AAAA"}},
                {"request": {"method": "GET", "url": "http://h"}}
                """#))
        #expect(problems.isEmpty)
        let found = try #require(traffic).entries.map(\.exchange)
        #expect(found.map(\.exchange.request.path) == ["/a", "/b", "/"])
        #expect(
            found[0].exchange.request.body == Array("a%20b=c%26d".utf8) && found[0].exchange.response == nil)
        #expect(found[1].isRequestBodyCut && found[1].isResponseBodyCut)
        #expect(found[1].exchange.response?.header("content-type") == "text/html")
    }

    @Test(
        "what is wrong with an archive is told with its place",
        arguments: [
            (
                #"{"log": {"entries": [{"request": {"url": "http://h/"}}]}}"#,
                """
                error[AS494]: log.entries[0].request.method: expected a text, found nothing
                  a.har:1:23   {"log": {"entries": [{"request": {"url": "http://h/"}}]}}
                                                     ^^^^^^^^^
                """
            ),
            (
                archive(#"{"request": {"method": 7, "url": "http://h/"}}"#),
                """
                error[AS494]: log.entries[0].request.method: expected a text, found 7
                  a.har:2:14   {"request": {"method": 7, "url": "http://h/"}}
                                            ^^^^^^^^
                """
            ),
            (
                archive(#"{"request": {"method": "GET", "url": "nowhere"}}"#),
                """
                error[AS494]: log.entries[0].request.url: expected a URL of http or https, found "nowhere"
                  a.har:2:31   {"request": {"method": "GET", "url": "nowhere"}}
                                                             ^^^^^
                """
            ),
            (
                #"{"log": []}"#,
                """
                error[AS494]: log.entries: expected a list of entries, found nothing
                  a.har:1:2   {"log": []}
                               ^^^^^
                """
            ),
            (
                #"{"log": {"entries": 3}}"#,
                """
                error[AS494]: log.entries: expected a list, found 3
                  a.har:1:10   {"log": {"entries": 3}}
                                        ^^^^^^^^^
                """
            ),
            (
                "{\"log\": \n  oops}",
                "error[AS493]: expected a value, found 'o'\n  a.har:2:3"
            ),
            (
                "[]",
                """
                error[AS494]: log: expected an object with 'entries', found nothing
                  a.har:1:1   []
                              ^
                """
            ),
        ])
    func archiveProblems(_ text: String, _ expected: String) {
        let found = read(text).1.joined(separator: "\n")
        #expect(found == expected)
    }

    @Test("however an archive is broken off or changed, reading it ends", arguments: 0..<40)
    func broken(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let whole = Array(
            archive(
                #"{"request": {"method": "GET", "url": "http://h/a?b", "headers": [{"name": "A"}], "postData": {}}, "response": {"status": 200, "content": {"size": -1, "text": "x", "encoding": "base64"}}}"#
            ).utf8)
        var bytes = Array(whole.prefix(random.integer(in: 0...whole.count)))
        for _ in 0..<random.integer(in: 0...4) where !bytes.isEmpty {
            bytes[random.integer(in: 0...(bytes.count - 1))] = UInt8(random.integer(in: 0...255))
        }
        let bag = DiagnosticBag()
        _ = HARReader.read(bytes, file: "a.har", bag: bag)
        _ = MappingTraffic().read(bytes, file: "a.json", bag: bag)
        let text = String(decoding: bytes, as: UTF8.self)
        _ = ObservedTraffic.Entry(request: text, response: text)
    }

    @Test("an exchange of a run's report, with its mask and its cut")
    func report() throws {
        let entry = try #require(
            ObservedTraffic.Entry(
                request:
                    "POST /jobs/•••/a?key=•••&n=1 HTTP/1.1\nHost: 127.0.0.1:8000\nContent-Type: application/json\n\n{\"a\":1}",
                response: "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"b\":\n… (5.2 kB in all)"))
        #expect(entry.host == "127.0.0.1:8000")
        #expect(entry.exchange.pathParameters == [1: ""] && entry.exchange.openQueryParameters == ["key"])
        #expect(entry.exchange.exchange.request.body == Array(#"{"a":1}"#.utf8))
        #expect(!entry.exchange.isRequestBodyCut && entry.exchange.isResponseBodyCut)
        #expect(entry.exchange.exchange.response?.status == 200)
        #expect(ObservedTraffic.Entry(request: "2 × POST /a", response: "answered with 200") == nil)
        #expect(
            ObservedTraffic.Entry(request: "GET /a HTTP/1.1\nHost: h\n\n", response: "")?.exchange.exchange
                .response == nil)
    }

    @Test("recorded mappings: URLs, matchers, bodies in files, templates")
    func mappings() throws {
        let bag = DiagnosticBag()
        let text = #"""
            {"mappings": [
             {"request": {"method": "POST", "urlPath": "/jobs", "queryParameters": {"n": {"equalTo": "1"}, "q": {"matches": ".*"}},
                "headers": {"X-A": {"equalTo": "b"}, "X-No": {"absent": true}}, "bodyPatterns": [{"equalToJson": "{\"a\":1}"}]},
              "response": {"status": 201, "jsonBody": {"id": 7}, "headers": {"Location": "/jobs/7"}}},
             {"request": {"method": "GET", "urlPathTemplate": "/jobs/{id}"}, "response": {"bodyFileName": "job.json"}},
             {"request": {"method": "GET", "url": "/now"}, "response": {"body": "{{now}}", "transformers": ["response-template"]}},
             {"request": {"method": "ANY", "urlPattern": "/x.*"}, "response": {}}]}
            """#
        let traffic = try #require(
            MappingTraffic { $0 == "job.json" ? Array(#"{"id":8}"#.utf8) : nil }.read(
                Array(text.utf8), file: "m.json", bag: bag))
        #expect(
            bag.all.map { $0.rendered() } == [
                """
                warning[AS499]: a mapping that names no method and path says nothing of an interface
                  m.json:7:3   {"request": {"method": "ANY", "urlPattern": "/x.*"}, "response": {}}]}
                                ^^^^^^^^^
                  fix: it is left out
                """
            ])
        let found = traffic.entries.map(\.exchange)
        #expect(found.map(\.exchange.request.path) == ["/jobs", "/jobs/{id}", "/now"])
        #expect(found[0].exchange.request.query == "n=1&q=" && found[0].openQueryParameters == ["q"])
        #expect(found[0].exchange.request.headers.map(\.name) == ["X-A", "Content-Type"])
        #expect(found[0].exchange.response?.body == Array(#"{"id":7}"#.utf8))
        #expect(found[1].pathParameters == [1: "id"])
        #expect(found[1].exchange.response?.body == Array(#"{"id":8}"#.utf8))
        #expect(found[2].isResponseBodyCut)
    }

    @Test("an archive that was written is read back the same, without its secrets")
    func writing() throws {
        let exchange = ContractExchange(
            request: .init(
                method: "POST", path: "/login", query: "a=1&token=qqqq1111&b",
                headers: [
                    .init("Authorization", "Bearer zzzz1111"), .init("Cookie", "sid=s3ss1on; t=1"),
                    .init("X-Api-Key", "k3y-0001"),
                    .init("Content-Type", "application/json"), .init("X-Echo", "was zzzz1111"),
                ], body: Array(#"{"user": "ann", "password": "hunter22"}"#.utf8)),
            response: .init(
                status: 200,
                headers: [
                    .init("Content-Type", "application/json"), .init("Set-Cookie", "sid=s3ss2; Path=/"),
                ],
                body: Array(#"{"token":"tttt1111","n":[1]}"#.utf8)))
        let text =
            HARWriter.head(version: "1") + "\n"
            + HARWriter.entry(exchange, origin: "http://h:1", startedAt: 0, duration: 1.5) + ",\n"
            + HARWriter.entry(
                ContractExchange(
                    request: .init(method: "GET", path: "/a"),
                    response: .init(
                        status: 200, headers: [.init("Content-Type", "image/png")], body: [0xFF, 0xFE])),
                origin: "http://h:1", startedAt: 0, duration: 1) + HARWriter.tail
        for secret in ["qqqq1111", "zzzz1111", "s3ss1on", "s3ss2", "k3y-0001", "hunter22", "tttt1111"] {
            #expect(!text.contains(secret))
        }
        let (traffic, problems) = read(text)
        #expect(problems.isEmpty)
        let found = try #require(traffic).entries
        #expect(found.map(\.host) == ["h:1", "h:1"])
        let first = found[0].exchange
        #expect(first.exchange.request.query == "a=1&token=•••&b" && first.openQueryParameters == ["token"])
        #expect(first.exchange.request.body == Array(#"{"user":"ann","password":"•••"}"#.utf8))
        #expect(first.exchange.request.header("authorization") == "Bearer •••")
        #expect(first.exchange.request.header("cookie") == "sid=•••; t=•••")
        #expect(first.exchange.response?.body == Array(#"{"token":"•••","n":[1]}"#.utf8))
        #expect(found[1].exchange.exchange.response?.body == [0xFF, 0xFE])
        let document = APIInference().document(of: found.map(\.exchange)).document
        #expect(
            document["components"]?["securitySchemes"]?.objectValue?.keys.sorted() == [
                "apiKey", "bearerAuth", "cookieAuth", "queryKey",
            ])
    }

    @Test("of a long body only the size is written, and that is known when it is read")
    func longBody() throws {
        let body = [UInt8](repeating: 0x61, count: HARWriter.bodyLimitBytes + 1)
        let exchange = ContractExchange(
            request: .init(
                method: "POST", path: "/a", headers: [.init("Content-Type", "text/plain")], body: body),
            response: .init(status: 200, headers: [.init("Content-Type", "text/plain")], body: body))
        let text =
            HARWriter.head(version: "1") + "\n"
            + HARWriter.entry(exchange, origin: "http://h", startedAt: 0, duration: 1) + HARWriter.tail
        #expect(text.utf8.count < 4096)
        let found = try #require(read(text).0?.entries.first).exchange
        #expect(found.isRequestBodyCut && found.isResponseBodyCut)
    }
}
