import AssayCore
import AssayFormats
import AssayImport
import AssayScenario
import Testing

@Suite("Import of Postman collections")
struct PostmanImportTests {
    static func imported(_ items: String, _ more: String = "", environment: String? = nil) throws
        -> ImportedFiles
    {
        let text =
            "{\"info\": {\"name\": \"Shop API\", \"schema\": \"https://schema.getpostman.com/json/collection/v2.1.0/collection.json\"}\(more),\n\"item\": [\(items)]}"
        let made = try PostmanImport().files(
            from: Array(text.utf8), file: "shop.postman_collection.json",
            environment: environment.map { (Array($0.utf8), "env.json") })
        let files = FileReader(texts: Dictionary(uniqueKeysWithValues: made.files.map { ($0.path, $0.text) }))
        for file in made.files {
            if file.path.hasPrefix("load/") {
                _ = try ScenarioReader(files: files).profile(file.path).get()
            } else {
                _ = try ScenarioReader(files: files).scenario(file.path).get()
            }
        }
        return made
    }

    static func request(_ name: String, _ request: String, test: [String] = [], before: [String] = [])
        -> String
    {
        func event(_ listen: String, _ lines: [String]) -> String {
            "{\"listen\": \"\(listen)\", \"script\": {\"exec\": [\(lines.map { "\n" + JSON.string($0).rendered() }.joined(separator: ","))]}}"
        }
        let events = [("test", test), ("prerequest", before)].filter { !$0.1.isEmpty }.map {
            event($0.0, $0.1)
        }
        return
            "{\"name\": \"\(name)\", \"event\": [\(events.joined(separator: ", "))], \"request\": \(request)}"
    }

    @Test("A collection becomes a scenario: variables, tokens, checks, bodies, who sends it")
    func collection() throws {
        let made = try Self.imported(
            [
                Self.request(
                    "Log in",
                    """
                    {"method": "POST", "url": "{{baseUrl}}/login", "auth": {"type": "noauth"},
                     "body": {"mode": "raw", "raw": "{\\"user\\": \\"{{user}}\\", \\"n\\": {{count}} /* x */}", "options": {"raw": {"language": "json"}}}}
                    """,
                    test: [
                        "pm.test('ok', function () {", "  pm.response.to.have.status(200);", "});",
                        "const body = pm.response.json();", "pm.environment.set('token', body.auth.token);",
                        "pm.sendRequest('x');",
                    ]),
                Self.request(
                    "Get order",
                    """
                    {"method": "GET", "url": {"raw": "{{baseUrl}}/orders/:id?full=true", "variable": [{"key": "id", "value": "17"}],
                     "query": [{"key": "full", "value": "true"}, {"key": "off", "value": "1", "disabled": true}]}}
                    """),
            ].joined(separator: ","),
            """
            , "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]},
            "variable": [{"key": "baseUrl", "value": "https://shop.example"}, {"key": "user", "value": "ann"}, {"key": "count", "value": "3"}]
            """)
        #expect(
            made.files[0].text == """
                # Made of shop.postman_collection.json by `assay import postman`; it is yours from now on.
                assay: 1
                scenario: Shop API
                tags: [imported]
                params:
                  baseUrl: "${env.BASE_URL || 'https://shop.example'}"
                  count: "3"
                  user: ann
                steps:
                  - id: log-in
                    http: {post: "${baseUrl}/login", json: {user: "${user}", "n": "${count}"}}
                    expect: {status: 200}
                    capture: {token: $.auth.token}
                  - id: get-order
                    http: {get: "${baseUrl}/orders/17", query: {full: "true"}, bearer: "${token}"}

                """)
        #expect(
            made.notes.map(\.text) == [
                "shop.postman_collection.json:9   Log in: a request that a script sends is not carried over"
            ])
    }

    @Test(
        "Tests are read as expectations",
        arguments: [
            ("pm.response.to.have.status(201)", "{status: 201}"),
            ("pm.response.to.be.ok", "{status: 2xx}"),
            ("pm.response.to.be.error;", "{status: {between: [400, 599]}}"),
            ("pm.response.to.not.be.error", "{status: {not: {between: [400, 599]}}}"),
            ("pm.response.to.have.status('Created')", "{status: 201}"),
            ("pm.response.to.have.header('X-Id')", "{headers: {x-id: {absent: false}}}"),
            ("pm.response.to.be.json", "{headers: {content-type: {contains: json}}}"),
            ("pm.response.to.have.jsonBody('a.b[0]', 3)", "{json: {\"$.a.b[0]\": 3}}"),
            ("pm.expect(pm.response.code).to.be.oneOf([200, 202])", "{status: [200, 202]}"),
            ("pm.expect(pm.response.responseTime).to.be.below(200)", "{within: 200ms}"),
            ("pm.expect(pm.response.json().name).to.eql('x')", "{json: {$.name: x}}"),
            ("pm.expect(pm.response.json().list).to.be.an('array')", "{json: {$.list: {type: array}}}"),
            (
                "pm.expect(pm.response.json().list.length).to.be.above(2)",
                "{json: {$.list: {length: {greater: 2}}}}"
            ),
            ("pm.expect(pm.response.json().a).to.have.lengthOf(2)", "{json: {$.a: {length: 2}}}"),
            ("pm.expect(pm.response.json()).to.have.property('id')", "{json: {$.id: {absent: false}}}"),
            ("pm.expect(pm.response.json().a).to.not.equal(null)", "{json: {$.a: {not: null}}}"),
            ("pm.expect(pm.response.json()['a b'].c).to.be.true", "{json: {\"$['a b'].c\": true}}"),
            ("pm.expect(pm.response.text()).to.include('hi')", "{body: {contains: hi}}"),
            (
                "pm.expect(pm.response.headers.get('ETag')).to.match(/^W/i)",
                "{headers: {etag: {matches: \"(?i)^W\"}}}"
            ),
            ("tests['x'] = responseCode.code === 200;", "{status: 200}"),
            ("tests['x'] = responseBody.has;tests['y'] = responseTime < 300", "{within: 300ms}"),
            (
                "let d = pm.response.json(); pm.test('t', () => { pm.expect(d.items[0].id).to.be.within(1, 5) })",
                "{json: {\"$.items[0].id\": {between: [1, 5]}}}"
            ),
            ("const {id} = pm.response.json(); pm.expect(id).to.exist", "{json: {$.id: {absent: false}}}"),
            (
                "pm.expect(pm.response.json()).to.have.all.keys('a', 'b')",
                "{json: {$.a: {absent: false}, $.b: {absent: false}}}"
            ),
        ])
    func tests(script: String, expected: String) throws {
        let made = try Self.imported(
            Self.request("Get", "\"http://a.example/\"", test: script.split(separator: "\n").map(String.init))
        )
        #expect(
            made.files[0].text.contains("    expect: \(expected)\n"), "\(made.files[0].text) \(made.notes)")
    }

    @Test(
        "What a script does beyond that is told with its line",
        arguments: [
            ("pm.expect(pm.response.json().a).to.be.a.unicorn", "this check is not carried over"),
            ("for (let x of y) { pm.test('a', () => {}) }", "this statement is not carried over"),
            ("postman.setNextRequest('x')", "the order that a script chooses is not carried over"),
            (
                "pm.environment.set('a', compute(pm.response.json()))",
                "what 'a' is set to is not carried over"
            ),
            ("eval('x')", "`eval(…)` is not carried over"),
            ("if (x) { pm.test('a', function () {}) }", "`if` is not carried over"),
            ("pm.test('a', function () { pm.expect(1).to.", "this statement is not carried over"),
        ])
    func told(script: String, message: String) throws {
        let made = try Self.imported(
            Self.request("Get", "\"http://a.example/\"", test: ["// first", script]))
        #expect(made.notes.map(\.message) == [message], "\(made.files[0].text)")
        #expect(made.notes.first?.location.line == 4)
    }

    @Test("Bodies of every mode are carried over")
    func bodies() throws {
        let bodies = [
            "{\"mode\": \"urlencoded\", \"urlencoded\": [{\"key\": \"a\", \"value\": \"{{$guid}}\"}, {\"key\": \"b\", \"value\": \"2\", \"disabled\": true}]}",
            "{\"mode\": \"formdata\", \"formdata\": [{\"key\": \"t\", \"value\": \"v\", \"type\": \"text\"}, {\"key\": \"f\", \"type\": \"file\", \"src\": \"/tmp/a.png\"}]}",
            "{\"mode\": \"file\", \"file\": {\"src\": \"data.bin\"}}",
            "{\"mode\": \"graphql\", \"graphql\": {\"query\": \"query { a(id: $id) }\", \"variables\": \"{\\\"id\\\": 1}\"}}",
            "{\"mode\": \"raw\", \"raw\": \"<a>${x}</a>\", \"options\": {\"raw\": {\"language\": \"xml\"}}}",
        ]
        let made = try Self.imported(
            bodies.map {
                Self.request("Send", "{\"method\": \"POST\", \"url\": \"a.example/x\", \"body\": \($0)}")
            }.joined(separator: ","))
        let text = made.files[0].text
        for part in [
            "form: {a: \"${uuid()}\"}", "multipart: [{name: t, text: v}, {name: f, file: /tmp/a.png}]",
            "file: data.bin",
            "json: {query: \"query { a(id: $id) }\", variables: {id: 1}}",
            "text: <a>$${x}</a>".replacing("<a>$${x}</a>", with: "\"<a>$${x}</a>\""),
            "headers: {Content-Type: application/xml}", "http://a.example/x",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("Folders are scenarios of their own, or groups of one when they hand values on")
    func folders() throws {
        let folder = { (name: String, item: String) in "{\"name\": \"\(name)\", \"item\": [\(item)]}" }
        let apart = try Self.imported(
            [
                folder("Users", Self.request("A", "\"http://a/\"")),
                folder("Orders", Self.request("B", "\"http://b/\"")),
            ]
            .joined(separator: ","))
        #expect(
            apart.files.map(\.path) == ["scenarios/users.yml", "scenarios/orders.yml", "load/shop-api.yml"])
        let together = try Self.imported(
            [
                folder(
                    "Users",
                    Self.request("A", "\"http://a/\"", test: ["pm.globals.set('id', pm.response.json().id)"])),
                folder("Orders", Self.request("B", "\"http://b/{{id}}\"")),
            ].joined(separator: ","))
        #expect(together.files.map(\.path) == ["scenarios/shop-api.yml", "load/shop-api.yml"])
        #expect(together.files[0].text.contains("  - group: Users\n    steps:\n      - id: a\n"))
    }

    @Test("An environment file wins over the collection, and its secrets stay in it")
    func environment() throws {
        let made = try Self.imported(
            Self.request(
                "A",
                "{\"url\": \"{{host}}/{{key}}/{{missing}}\", \"header\": [{\"key\": \"X-Key\", \"value\": \"{{apiSecret}}\"}]}"
            ),
            ", \"variable\": [{\"key\": \"host\", \"value\": \"http://old\"}]",
            environment:
                "{\"values\": [{\"key\": \"host\", \"value\": \"http://new\", \"enabled\": true}, {\"key\": \"apiSecret\", \"value\": \"HIDDEN\", \"type\": \"secret\"}]}"
        )
        let text = made.files[0].text
        #expect(
            text.contains("host: \"${env.HOST || 'http://new'}\"")
                && text.contains("missing: \"${env.MISSING}\""), "\(text)")
        #expect(text.contains("apiSecret: \"${env.API_SECRET}\"") && !text.contains("HIDDEN"))
        #expect(made.summary.contains("set API_SECRET in the environment: the variable 'apiSecret'"))
    }

    @Test(
        "What is no collection is refused",
        arguments: [
            ("[", "AS002"), ("{}", "AS623"), ("{\"requests\": []}", "AS623"),
            ("{\"info\": {}, \"item\": []}", "AS625"),
            (
                "{\"info\": {}, \"item\": [1, {}, {\"request\": null}, {\"request\": {}}, {\"item\": [{}]}]}",
                "AS625"
            ),
        ])
    func refused(text: String, code: String) throws {
        do throws(Diagnostics) {
            _ = try PostmanImport().files(from: Array(text.utf8), file: "a.json")
            Issue.record("read")
        } catch {
            #expect(error.all.first?.code.description == code)
        }
    }

    @Test("What is no environment is refused")
    func refusedEnvironment() {
        #expect(throws: Diagnostics.self) {
            try Self.imported(Self.request("A", "\"http://a/\""), environment: "{\"name\": \"x\"}")
        }
    }
}
