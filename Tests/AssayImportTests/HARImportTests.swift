import AssayCore
import AssayFormats
import AssayImport
import AssayScenario
import Testing

@Suite("Import of recorded sessions")
struct HARImportTests {
    /// An entry as browsers write it.
    static func entry(
        _ method: String, _ url: String, at: Int = 0, length: Int = 10, type: String? = "xhr",
        headers: [String] = [],
        body: String? = nil, bodyType: String = "application/json", status: Int = 200, answer: String = "",
        answerType: String = "application/json", answerHeaders: [String] = [], page: String? = nil
    ) -> String {
        func fields(_ lines: [String]) -> String {
            lines.map { line in
                let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
                return
                    "{\"name\": \(JSON.string(String(parts[0])).rendered()), \"value\": \(JSON.string(String(parts.count > 1 ? parts[1] : "")).rendered())}"
            }.joined(separator: ", ")
        }
        let post =
            body.map {
                ", \"postData\": {\"mimeType\": \"\(bodyType)\", \"text\": \(JSON.string($0).rendered())}"
            } ?? ""
        let time =
            "2026-11-22T10:00:\(at / 1000 < 10 ? "0" : "")\(at / 1000).\(String(1000 + at % 1000).dropFirst())Z"
        return """
            {"startedDateTime": "\(time)", "time": \(length)\(type.map { ", \"_resourceType\": \"\($0)\"" } ?? "")\(page.map { ", \"pageref\": \"\($0)\"" } ?? ""),
             "request": {"method": "\(method)", "url": "\(url)", "headers": [\(fields(headers))]\(post)},
             "response": {"status": \(status), "headers": [\(fields(answerHeaders))],
              "content": {"mimeType": "\(answerType)", "text": \(JSON.string(answer).rendered())}}}
            """
    }

    static func archive(_ entries: [String], pages: String = "[]") -> String {
        "{\"log\": {\"version\": \"1.2\", \"pages\": \(pages), \"entries\": [\n\(entries.joined(separator: ",\n"))\n]}}"
    }

    static func imported(_ archive: String, _ change: (inout HARImport) -> Void = { _ in }) throws
        -> ImportedFiles
    {
        var options = HARImport()
        change(&options)
        let made = try options.files(from: Array(archive.utf8), file: "recordings/shop.har")
        // Whatever is written, Assay reads.
        let files = FileReader(texts: Dictionary(uniqueKeysWithValues: made.files.map { ($0.path, $0.text) }))
        for file in made.files where file.path.hasPrefix("load/") {
            _ = try ScenarioReader(files: files).profile(file.path).get()
        }
        for file in made.files where file.path.hasPrefix("scenarios/") {
            _ = try ScenarioReader(files: files).scenario(file.path).get()
        }
        return made
    }

    @Test("A session becomes a scenario: order, gaps, tokens, ids, what is left out")
    func session() throws {
        let made = try Self.imported(
            Self.archive([
                Self.entry(
                    "GET", "https://shop.example/", type: "document", answer: "<html>",
                    answerType: "text/html"),
                Self.entry(
                    "GET", "https://shop.example/app.js", type: "script", answerType: "text/javascript"),
                Self.entry(
                    "GET", "https://stats.example.net/t.gif?u=1", type: "image", answerType: "image/gif"),
                Self.entry(
                    "POST", "https://api.shop.example/login", at: 2000,
                    headers: [
                        "Host: api.shop.example", "User-Agent: x", "Origin: https://shop.example",
                        "sec-ch-ua: y",
                        "Content-Type: application/json",
                    ],
                    body: "{\"email\": \"ann@example.com\", \"password\": \"hunter2\"}",
                    answer: "{\"auth\": {\"token\": \"eyJhbGciOi.J9.abc\"}, \"id\": 17}"),
                Self.entry(
                    "POST", "https://api.shop.example/orders", at: 2100,
                    headers: ["Authorization: Bearer eyJhbGciOi.J9.abc"],
                    body: "{\"item\": \"chair\", \"quantity\": 2}",
                    status: 201, answer: "{\"order_id\": 4711, \"item\": \"chair\"}"),
                Self.entry(
                    "GET", "https://api.shop.example/orders/4711?page=17&user_id=17", at: 4120,
                    headers: ["Authorization: Bearer eyJhbGciOi.J9.abc"], answer: "{}"),
            ]))
        #expect(
            made.files[0].text == """
                # Made of shop.har by `assay import har`; it is yours from now on.
                assay: 1
                scenario: shop
                tags: [imported]
                params:
                  base: "${env.BASE_URL || 'https://shop.example'}"
                  api_base: "${env.API_BASE_URL || 'https://api.shop.example'}"
                steps:
                  - id: get-home
                    http: {get: "${base}/"}
                    expect: {status: 200}
                  - think: 2s
                  - id: post-login
                    http:
                      post: "${api_base}/login"
                      headers: {Origin: "${base}"}
                      json: {email: ann@example.com, password: "${env.PASSWORD}"}
                    expect: {status: 200}
                    capture: {token: $.auth.token, login_id: $.id}
                  - id: post-orders
                    http: {post: "${api_base}/orders", bearer: "${token}", json: {item: chair, quantity: 2}}
                    expect: {status: 201}
                    capture: {order_id: $.order_id}
                  - think: 2s
                  - id: get-orders
                    http:
                      get: "${api_base}/orders/${order_id}"
                      query: {page: "17", user_id: "${login_id}"}
                      bearer: "${token}"
                    expect: {status: 200}

                """)
        #expect(
            made.summary == [
                "4 requests of 6 entries", "3 values taken from earlier answers (`capture`)", "2 think times",
                "set PASSWORD in the environment: the value of 'password'",
                "left out: 3 headers that a browser adds to every request", "left out: 1 static assets",
                "left out: 1 requests to third parties (stats.example.net)",
            ])
    }

    @Test("Requests that were under way together are made together, those that tell something are not")
    func parallel() throws {
        let text = try Self.imported(
            Self.archive([
                Self.entry("GET", "https://a.example/x", at: 0, length: 100, answer: "{}"),
                Self.entry("GET", "https://a.example/y", at: 10, length: 100, answer: "{}"),
                Self.entry("GET", "https://a.example/me", at: 20, length: 100, answer: "{\"id\": 7}"),
                Self.entry("GET", "https://a.example/u/7", at: 130, length: 5, answer: "{}"),
            ])
        ).files[0].text
        #expect(
            text.contains(
                """
                  - parallel:
                      times: 2
                      steps:
                        - if: "${index == 0}"
                          then:
                            - id: get-x
                              http: {get: "${base}/x"}
                              expect: {status: 200}
                        - if: "${index == 1}"
                """), "\(text)")
        #expect(text.contains("capture: {me_id: $.id}") && text.contains("${base}/u/${me_id}"))
        let plain = try Self.imported(
            Self.archive([
                Self.entry("GET", "https://a.example/x", at: 0, length: 100, answer: "{}"),
                Self.entry("GET", "https://a.example/y", at: 10, length: 100, answer: "{}"),
            ])
        ) { $0.keepsParallel = false }
        #expect(!plain.files[0].text.contains("parallel"))
    }

    @Test("Cookies that the session set are the runner's, others come from the environment")
    func cookies() throws {
        let text = try Self.imported(
            Self.archive([
                Self.entry(
                    "GET", "https://a.example/", headers: ["Cookie: sid=old-secret; theme=dark; _ga=GA1.2"],
                    answerType: "text/html", answerHeaders: ["Set-Cookie: XSRF-TOKEN=abc12345; Path=/"]),
                Self.entry(
                    "POST", "https://a.example/save",
                    headers: ["X-XSRF-TOKEN: abc12345", "Cookie: sid=old-secret; XSRF-TOKEN=abc12345"],
                    body: "a=1&b=2", bodyType: "application/x-www-form-urlencoded"),
            ])
        ).files[0].text
        #expect(text.contains("cookies: {sid: \"${env.SID}\", theme: dark}"), "\(text)")
        #expect(text.contains("capture: {XSRF_TOKEN: {cookie: XSRF-TOKEN}}"))
        #expect(text.contains("X-XSRF-TOKEN: \"${XSRF_TOKEN}\""))
        #expect(text.contains("form: {a: \"1\", b: \"2\"}"))
        #expect(!text.contains("old-secret"))
    }

    @Test("A hidden field of a form is taken from the page")
    func hiddenField() throws {
        let page = "<form><input type=\"hidden\" name=\"authenticity_token\" value=\"Zx91kkPQ==\"></form>"
        let text = try Self.imported(
            Self.archive([
                Self.entry(
                    "GET", "https://a.example/new", type: "document", answer: page, answerType: "text/html"),
                Self.entry(
                    "POST", "https://a.example/new", body: "authenticity_token=Zx91kkPQ%3D%3D&name=x",
                    bodyType: "application/x-www-form-urlencoded", status: 302),
            ])
        ).files[0].text
        #expect(
            text.contains(
                "authenticity_token: {matches: 'name=\"authenticity_token\"[^>]*\\svalue=\"([^\"]*)\"'}"),
            "\(text)")
        #expect(text.contains("form: {authenticity_token: \"${authenticity_token}\", name: x}"))
    }

    @Test("Pages become groups, named by their titles")
    func pages() throws {
        let text = try Self.imported(
            Self.archive(
                [
                    Self.entry("GET", "https://a.example/", type: "document", page: "p1"),
                    Self.entry("GET", "https://a.example/cart", type: "document", page: "p2"),
                ],
                pages:
                    "[{\"id\": \"p1\", \"title\": \"https://a.example/\"}, {\"id\": \"p2\", \"title\": \"Cart / yours\"}]"
            )
        ).files[0].text
        #expect(
            text.contains("- group: home\n") && text.contains("- group: \"Cart   yours\"") == false, "\(text)"
        )
    }

    @Test("Secrets of the recording are nowhere in what is written")
    func masked() throws {
        let made = try Self.imported(
            Self.archive([
                Self.entry(
                    "POST", "https://a.example/x?api_key=KEY123&q=1",
                    headers: ["Authorization: Basic YW5uOmh1bnRlcjI=", "X-Api-Key: KEY999"],
                    body: "{\"client_secret\": \"SECRET1\"}", answer: "{}")
            ]))
        let all = made.files.map(\.text).joined()
        for secret in ["KEY123", "KEY999", "hunter2", "YW5u", "SECRET1"] { #expect(!all.contains(secret)) }
        #expect(all.contains("auth: {basic: {user: ann, password: \"${env.PASSWORD}\"}}"))
    }

    @Test(
        "What is no archive is refused with its place",
        arguments: [
            ("", "AS002"), ("{", "AS002"), ("[1]", "AS621"), ("{\"log\": {}}", "AS621"),
            ("{\"log\": {\"entries\": []}}", "AS622"),
            ("{\"log\": {\"entries\": [1, {}, {\"request\": {}}]}}", "AS622"),
        ])
    func refused(text: String, code: String) throws {
        do throws(Diagnostics) {
            _ = try HARImport().files(from: Array(text.utf8), file: "a.har")
            Issue.record("read")
        } catch {
            #expect(error.all.first?.code.description == code)
            #expect(error.all.first?.location?.line == 1)
        }
    }

    @Test("Entries that are none are left out with their line")
    func brokenEntries() throws {
        let made = try Self.imported(
            "{\"log\": {\"entries\": [\n1,\n{\"request\": {\"method\": \"G T\", \"url\": \"http://a/\"}},\n\(Self.entry("GET", "http://a/"))]}}"
        )
        #expect(
            made.notes.map(\.text) == [
                "recordings/shop.har:2   entry left out: it has no `request`",
                "recordings/shop.har:3   entry left out: its request has no method",
            ])
    }
}
