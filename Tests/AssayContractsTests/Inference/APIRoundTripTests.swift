import AssayCore
import AssayFormats
import Testing

@testable import AssayContracts

/// A service that answers as services do: lists, items, problems, sometimes without a member, sometimes odd.
private struct RandomTraffic {
    var random: SeededRandom

    init(seed: Int) { random = SeededRandom(seed: UInt64(seed)) }

    mutating func exchanges() -> [ObservedExchange] {
        (0..<random.integer(in: 1...40)).map { _ in exchange() }
    }

    private mutating func exchange() -> ObservedExchange {
        let id = random.integer(in: 1...30)
        let words = [
            "jobs", "users", "jobs/\(id)", "users/\(name())", "jobs/\(id)/tasks/\(name())",
            "days/2026-11-\(id + 10 > 28 ? 28 : id + 10)", "", "jobs/",
        ]
        let method =
            random.pick(["GET", "GET", "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]) ?? "GET"
        var request = ContractExchange.Request(method: method, path: "/api/" + (random.pick(words) ?? ""))
        if random.chance(0.4) { request.query = query() }
        request.headers = headers()
        if method != "GET", method != "HEAD", random.chance(0.7) {
            (request.body, request.headers) = body(request.headers)
        }
        guard random.chance(0.95) else { return ObservedExchange(ContractExchange(request: request)) }
        var response = ContractExchange.Response(
            status: random.pick([200, 200, 200, 201, 204, 304, 400, 404, 500]) ?? 200)
        if random.chance(0.3) { response.headers.append(.init("ETag", "\"\(id)\"")) }
        if random.chance(0.2) {
            response.headers.append(.init("X-Left", random.chance(0.5) ? "\(id)" : "many"))
        }
        if random.chance(0.9), response.status != 204, method != "HEAD" {
            let (bytes, headers) = body(response.headers)
            (response.body, response.headers) = (bytes ?? [], headers)
        }
        return ObservedExchange(ContractExchange(request: request, response: response))
    }

    private mutating func name() -> String {
        random.pick([
            "all", "a%20b", "0b6f0a4e-7a0f-4f0c-9b57-0c7a0f6f0c7a", "7", "007", "%C3%A9", "x{y}", "ann",
            "deadbeef01",
        ]) ?? ""
    }

    private mutating func query() -> String {
        (0..<random.integer(in: 1...4)).map { _ in
            (random.pick(["limit", "state", "q", "at", "a%5B%5D", "flag"]) ?? "")
                + (random.pick([
                    "=1", "=2.5", "=", "", "=true", "=a,b", "=a+b%26", "=2026-11-21", "=null", "=-0", "=1e3",
                ]) ?? "")
        }.joined(separator: "&")
    }

    private mutating func headers() -> [ContractExchange.Header] {
        var headers: [ContractExchange.Header] = [.init("Host", "localhost"), .init("User-Agent", "x")]
        if random.chance(0.5) { headers.append(.init("Authorization", "Bearer abc.def.ghi")) }
        if random.chance(0.2) { headers.append(.init("X-Tenant", random.chance(0.5) ? "acme" : "7, 8")) }
        if random.chance(0.1) { headers.append(.init("x-api-key", "k")) }
        return headers
    }

    private mutating func body(
        _ headers: [ContractExchange.Header]
    ) -> ([UInt8]?, [ContractExchange.Header]) {
        let kinds: [(String, String)] = [
            ("application/json", value(0).rendered()),
            ("application/json; charset=utf-8", value(0).rendered()),
            ("application/problem+json", #"{"title": "no"}"#), ("text/plain", "hello"), ("text/html", ""),
            ("application/x-www-form-urlencoded", query()), ("application/octet-stream", "\u{0}\u{1}"),
            ("application/json", ""),
            ("application/json", "{"), ("", "{}"), ("application/xml", "<a/>"),
            ("text/event-stream", "data: 1\n\n"),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n"
            ),
        ]
        let (type, text) = random.pick(random.chance(0.7) ? Array(kinds.prefix(2)) : kinds) ?? ("", "")
        return (Array(text.utf8), headers + (type.isEmpty ? [] : [.init("Content-Type", type)]))
    }

    private mutating func value(_ depth: Int) -> JSON {
        switch random.integer(in: 0...(depth > 2 ? 5 : 9)) {
        case 0: return .null
        case 1: return .bool(random.chance(0.5))
        case 2: return .int(Int64(random.integer(in: -5...5)))
        case 3: return .double(random.fraction())
        case 4, 5: return .string(random.pick(["", "new", "2026-11-21", "ann", "a@b.de", "7"]) ?? "")
        case 6: return .array((0..<random.integer(in: 0...3)).map { _ in value(depth + 1) })
        default:
            var object = JSONObject()
            for name in ["id", "name", "owner", "items", "\u{E9}"] where random.chance(0.6) {
                object[name] = .some(value(depth + 1))
            }
            return .object(object)
        }
    }
}

/// What a made document is for: it is read without complaint, and what it was made of holds.
private func findings(_ document: JSON, _ exchanges: [ObservedExchange], isStrict: Bool = false) throws
    -> [String]
{
    let bag = DiagnosticBag()
    let reading = try #require(
        YAMLReading(parsing: Array(document.rendered(pretty: true).utf8), file: "openapi.json", bag: bag))
    let read = APIDocument.read(reading)
    #expect(bag.all.map(\.message).isEmpty)
    let api = try #require(read)
    return exchanges.filter { !$0.isResponseBodyCut && !$0.isRequestBodyCut }.flatMap { one in
        api.judge(one.exchange, contract: "made", judging: ContractJudging(isStrict: isStrict)).map {
            "\($0.rule.rawValue) \($0.operation) \($0.place): expected \($0.expected), found \($0.actual)"
        }
    }
}

@Suite("Documents hold for what they were made of")
struct APIRoundTripTests {
    @Test("every exchange is judged without finding, with enumerations and examples too", arguments: 0..<60)
    func holds(seed: Int) throws {
        var traffic = RandomTraffic(seed: seed)
        let exchanges = traffic.exchanges()
        var options = APIInference.Options()
        options.schemas.enums = seed % 2 == 1
        options.examples = seed % 3 == 0
        if seed % 5 == 0 { options.servers = ["http://localhost/api"] }
        let outcome = APIInference(options).document(of: exchanges)
        let found = try findings(outcome.document, exchanges)
        #expect(found.isEmpty, "\(outcome.document.rendered(pretty: true))")
        let again = APIInference(options).document(of: exchanges)
        #expect(again.document.rendered() == outcome.document.rendered())
    }

    @Test("what is merged into a document holds too, and merging it again adds nothing", arguments: 0..<30)
    func merged(seed: Int) throws {
        var traffic = RandomTraffic(seed: seed)
        let (first, second) = (traffic.exchanges(), traffic.exchanges())
        let old = APIInference().document(of: first).document
        let paths = old["paths"]?.objectValue?.keys ?? []
        let new = APIInference().document(of: second, known: paths).document
        let merge = APIMerge(old, adding: new)
        _ = try findings(merge.document, [])
        #expect(APIMerge(merge.document, adding: new).added == [])
    }
}
