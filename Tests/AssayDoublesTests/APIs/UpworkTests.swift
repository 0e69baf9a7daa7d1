// Long: one conversation a test with a double that has an OAuth flow, a schema and data of its own.
import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("The preset upwork")
struct UpworkTests {
    private static func double(_ options: String = "") throws -> AskedDouble {
        try AskedDouble(
            "{preset: upwork, tokens: any\(options.isEmpty ? "" : ", " + options)}",
            headers: [("Authorization", "Bearer t"), (Upwork.tenantHeader, "11")])
    }

    private static func ask(
        _ double: AskedDouble, _ query: String, _ variables: String = "{}", name: String? = nil,
        _ headers: [(String, String)] = []
    ) async throws -> (status: Int, body: JSON) {
        var body: JSONObject = ["query": .string(query), "variables": try JSON(parsing: variables)]
        if let name { body["operationName"] = .string(name) }
        let response = await double.ask("POST", "/graphql", JSON.object(body).rendered(), headers)
        return (response.status, try response.json)
    }

    private static let search = """
        query Search($filter: MarketplaceJobPostingsSearchFilter) {
          found: marketplaceJobPostingsSearch(marketPlaceJobFilter: $filter, searchType: USER_JOBS_SEARCH) {
            totalCount
            edges { cursor node { id title ...Money } }
            pageInfo { hasNextPage endCursor }
          }
        }
        fragment Money on MarketplaceJobPostingSearchResult { amount { rawValue currency } }
        """

    @Test("A search gives pages that go on from their cursors and together are everything once")
    func pages() async throws {
        let double = try Self.double("jobs: 25")
        var (ids, after, pages) = ([String](), "0", 0)
        while pages < 10 {
            let body = try await Self.ask(
                double, Self.search, #"{"filter": {"pagination_eq": {"first": 10, "after": "\#(after)"}}}"#
            ).body
            let found = try #require(body["data"]?["found"])
            #expect(found["totalCount"] == 25)
            ids += (found["edges"]?.arrayValue ?? []).compactMap { $0["node"]?["id"]?.stringValue }
            pages += 1
            #expect(found["edges"]?[0]?["node"]?["amount"]?["currency"] == "USD")
            #expect(found["edges"]?[0]?["node"]?["description"] == nil)
            guard found["pageInfo"]?["hasNextPage"] == true else { break }
            after = try #require(found["pageInfo"]?["endCursor"]?.stringValue)
        }
        #expect(pages == 3)
        #expect(Set(ids).count == 25)
    }

    @Test("A tenant's data is the same each time, and another tenant's is other data")
    func tenants() async throws {
        let first = try await Self.ask(Self.double(), Self.search).body
        #expect(try await Self.ask(Self.double(), Self.search).body == first)
        let other = try await Self.ask(Self.double(), Self.search, "{}", [(Upwork.tenantHeader, "12")]).body
        #expect(other != first)
        #expect(other["data"]?["found"]?["totalCount"] == 40)
    }

    @Test(
        "A search keeps to its filter",
        arguments: [
            (#"{"skillExpression_eq": "swift"}"#, "skills"), (#"{"jobType_eq": "HOURLY"}"#, "jobType"),
            (#"{"experienceLevel_eq": "EXPERT"}"#, "experienceLevel"),
            (#"{"daysPosted_eq": 1}"#, "publishedDateTime"),
            (#"{"budgetRange_eq": {"rangeStart": 1000, "rangeEnd": 3000}}"#, "amount"),
        ])
    func filters(filter: String, member: String) async throws {
        let body = try await Self.ask(
            Self.double("jobs: 60"),
            "query ($f: F) { marketplaceJobPostingsSearch(marketPlaceJobFilter: $f) { totalCount edges { node { \(member == "skills" ? "skills { name }" : member == "amount" ? "amount { rawValue }" : member) } } } }",
            #"{"f": \#(filter)}"#
        ).body
        let found = try #require(body["data"]?["marketplaceJobPostingsSearch"])
        let count = try #require(found["totalCount"]?.intValue)
        #expect(count > 0 && count < 60)
        for edge in found["edges"]?.arrayValue ?? [] {
            let value = try #require(edge["node"]?[member])
            switch member {
            case "skills": #expect(value.rendered().contains("Swift"))
            case "amount":
                #expect((1000...3000).contains(Double(value["rawValue"]?.stringValue ?? "") ?? 0))
            case "publishedDateTime": #expect(value.stringValue ?? "" >= "2027-01-14T08:00")
            default: #expect(filter.contains(value.stringValue ?? "-"))
            }
        }
    }

    @Test("Profiles, proposals, contracts and rooms hang together, and a message is kept")
    func work() async throws {
        let double = try Self.double()
        let body = try await Self.ask(
            double,
            """
            { user { freelancerProfile { ciphertext fullName } }
              vendorProposals(filter: {status_eq: Accepted}, pagination: {first: 2}) { edges { node { status { status } marketplaceJobPosting { title } } } }
              contractList { contracts { id title freelancer { fullName } } }
              roomList { edges { node { id contractId } } } }
            """
        ).body
        let data = try #require(body["data"])
        #expect(body["errors"] == nil)
        #expect(data["vendorProposals"]?["edges"]?[0]?["node"]?["status"]?["status"] == "Accepted")
        #expect(
            data["contractList"]?["contracts"]?[0]?["freelancer"]?["fullName"]
                == data["user"]?["freelancerProfile"]?["fullName"])
        let room = try #require(data["roomList"]?["edges"]?[0]?["node"])
        #expect(room["contractId"] == data["contractList"]?["contracts"]?[0]?["id"])
        let key = data["user"]?["freelancerProfile"]?["ciphertext"]?.stringValue ?? ""
        let profile = try await Self.ask(
            double,
            #"query P($k: String!) { talentProfileByProfileKey(profileKey: $k) { fullName personalData { title } } }"#,
            #"{"k": "\#(key)"}"#
        ).body
        #expect(profile["data"]?["talentProfileByProfileKey"]?["fullName"] == "Ann Lee")
        let id = room["id"]?.stringValue ?? ""
        let said = try await Self.ask(
            double, "mutation Say($in: I!) { createRoomStoryV2(input: $in) { id message } }",
            #"{"in": {"roomId": "\#(id)", "message": "Hi"}}"#
        ).body
        #expect(said["data"]?["createRoomStoryV2"]?["message"] == "Hi")
        let stories = {
            try await Self.ask(
                double,
                "query ($r: ID!) { roomStories(filter: {roomId_eq: $r}) { totalCount edges { node { message } } } }",
                #"{"r": "\#(id)"}"#
            ).body["data"]?["roomStories"]
        }
        #expect(try await stories()?["totalCount"] == 4)
        #expect(try await stories()?["edges"]?[0]?["node"]?["message"] == "Hi")
        double.service.reset()
        #expect(try await stories()?["totalCount"] == 3)
    }

    @Test(
        "What is wrong with a document is told as GraphQL does",
        arguments: [
            (
                "{ usr { id } }",
                "Validation error (FieldUndefined@[usr]) : Field 'usr' in type 'Query' is undefined, did you mean 'user'?"
            ),
            (
                "{ user }",
                "Validation error (SubselectionRequired@[user]) : Subselection required for type 'User' of field 'user'"
            ),
            ("{ user { id ", "Invalid Syntax : the document ends too early"),
            ("", "Invalid Syntax : the document holds no operation"),
            (
                "query A { user { id } } query B { user { id } }",
                "Must provide operation name if query contains multiple operations."
            ),
            (
                "query A($id: ID!) { contract(id: $id) { id } }",
                "Variable 'id' has an invalid value: it must not be null"
            ),
            ("{ user { ...F } }", "Validation error (UndefinedFragment) : Undefined fragment 'F'"),
            ("{ ...F } fragment F on Query { ...F }", "Validation error : fragments lead in a circle"),
            (#"{ contract(id: "none") { id } }"#, "contract: nothing with the id 'none'"),
            (
                "{ contract { id } }",
                "Validation error (MissingFieldArgument@[contract]) : Missing field argument of 'contract'"
            ),
            (
                "{ roomList(pagination: {first: 1000}) { totalCount } }",
                "pagination wants 'first' from 1 to 100 and 'after' a cursor of an earlier page"
            ),
            (
                "{ marketplaceJobPostingsSearch(marketPlaceJobFilter: {searchExpresion_eq: 1}) { totalCount } }",
                "Field 'searchExpresion_eq' is not defined by type 'MarketplaceJobPostingsSearchFilter', did you mean 'searchExpression_eq'?"
            ),
            (
                "{ user { nothing } }",
                "Validation error (FieldUndefined@[nothing]) : Field 'nothing' in type 'User' is undefined"
            ),
        ])
    func documents(query: String, message: String) async throws {
        let answer = try await Self.ask(Self.double("unknown-fields: refuse"), query)
        #expect(answer.status == 200)
        #expect(answer.body["errors"]?[0]?["message"] == .string(message))
        #expect(answer.body["errors"]?[0]?["extensions"]?["code"]?.stringValue != nil)
    }

    @Test(
        "A request that may not ask is refused",
        arguments: [
            ("Authorization", "", 401, "UNAUTHENTICATED"),
            ("Authorization", "Bearer unknown", 401, "UNAUTHENTICATED"),
            (Upwork.tenantHeader, "", 400, "TENANT_REQUIRED"), (Upwork.tenantHeader, "13", 403, "FORBIDDEN"),
            (SwitchBoard.header, "expired-token", 401, "UNAUTHENTICATED"),
            (SwitchBoard.header, "rate-limit", 429, "RATE_LIMITED"),
            (SwitchBoard.header, "server-error, error-status=502", 502, "INTERNAL_SERVER_ERROR"),
            (SwitchBoard.header, "wrong-tenant", 403, "FORBIDDEN"),
            (SwitchBoard.header, "graphql-error", 200, "INTERNAL_SERVER_ERROR"),
            (SwitchBoard.header, "missing-scope", 200, "FORBIDDEN"),
            (SwitchBoard.header, "partial", 200, "INTERNAL_SERVER_ERROR"),
            (SwitchBoard.header, "expired-tokens", 400, "BAD_SWITCH"),
        ])
    func refusals(header: String, value: String, status: Int, code: String) async throws {
        let double = try AskedDouble(
            "{preset: upwork, tenants: [11, 12]}", headers: [(Upwork.tenantHeader, "11")])
        let token = try #require(double.service.bindings["access_token"]?.stringValue)
        let answer = try await Self.ask(
            double, "{ organization { id } }", "{}", [("Authorization", "Bearer \(token)"), (header, value)])
        #expect(answer.status == status)
        #expect(answer.body["errors"]?[0]?["extensions"]?["code"] == .string(code))
        let good = try await Self.ask(
            double, "{ organization { id } }", "{}", [("Authorization", "Bearer \(token)")])
        #expect(good.body["data"]?["organization"]?["id"] == "11")
    }

    @Test("Which tenants there are may be asked without one")
    func selector() async throws {
        let body = try await Self.ask(
            Self.double("tenants: [11, 12]"), "{ companySelector { items { organizationId } } }", "{}",
            [(Upwork.tenantHeader, "")]
        ).body
        #expect(
            body["data"]?["companySelector"]?["items"] == [
                ["organizationId": "11"], ["organizationId": "12"],
            ])
    }

    @Test("Operations of the user's own answer by name, and data of its own is found")
    func own() async throws {
        let double = try AskedDouble(
            """

                preset: upwork
                tokens: any
                jobs: 3
                data: {jobs: [{id: "77", title: Mine}]}
                operations:
                  GetStats: {total: "${variables.days}", of: "${tenant}"}
                  Broken: {errors: [{message: no, extensions: {code: X}}], status: 503}
                  invoices: {data: {invoices: []}}
            """, headers: [("Authorization", "Bearer t"), (Upwork.tenantHeader, "11")])
        let stats = try await Self.ask(
            double, "query GetStats($days: Int) { stats(days: $days) { total } }", #"{"days": 7}"#)
        #expect(stats.body == ["data": ["total": 7, "of": "11"]])
        let broken = try await Self.ask(double, "query Broken { x }")
        #expect(broken.status == 503)
        #expect(broken.body["errors"]?[0]?["extensions"]?["code"] == "X")
        #expect(try await Self.ask(double, "{ invoices { id } }").body == ["data": ["invoices": []]])
        let job = try await Self.ask(
            double, #"{ marketplaceJobPosting(id: "77") { title skills { name } } }"#
        ).body
        #expect(job["data"]?["marketplaceJobPosting"] == ["title": "Mine", "skills": nil])
    }

    // MARK: OAuth

    private static func token(_ double: AskedDouble, _ form: String) async throws -> (status: Int, body: JSON)
    {
        let response = await double.ask(
            "POST", "/api/v3/oauth2/token", form,
            [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", "")])
        return (response.status, try response.json)
    }

    @Test("A code becomes tokens once, a refresh token new ones once, and tokens end")
    func oauth() async throws {
        let double = try AskedDouble("{preset: upwork, client-id: me, client-secret: s, ttl: 10m}")
        let redirect = "http://app.test/cb"
        let asked = await double.ask(
            "GET",
            "/ab/account-security/oauth2/authorize?response_type=code&client_id=me&redirect_uri=\(redirect)&state=a%20b"
        )
        #expect(asked.status == 302)
        let location = try #require(asked.headers["Location"])
        let query = Dictionary(
            queryPairs(location.drop { $0 != "?" }.dropFirst()).map { ($0.name, $0.value) }
        ) { $1 }
        #expect(location.hasPrefix(redirect + "?code="))
        #expect(query["state"] == "a b")
        let client = "client_id=me&client_secret=s"
        let form =
            "grant_type=authorization_code&code=\(query["code"] ?? "")&redirect_uri=\(redirect)&\(client)"
        let tokens = try await Self.token(double, form)
        #expect(tokens.status == 200)
        #expect(tokens.body["expires_in"] == 600)
        #expect(try await Self.token(double, form).body["error"] == "invalid_grant")
        func reaches(_ tokens: JSON) async throws -> Int {
            let token = tokens["access_token"]?.stringValue ?? ""
            return try await Self.ask(double, "{ user { id } }", "{}", [("Authorization", "Bearer \(token)")])
                .status
        }
        #expect(try await reaches(tokens.body) == 200)
        double.pass(.seconds(600))
        #expect(try await reaches(tokens.body) == 401)
        let refresh =
            "grant_type=refresh_token&refresh_token=\(tokens.body["refresh_token"]?.stringValue ?? "")&\(client)"
        let renewed = try await Self.token(double, refresh)
        #expect(try await reaches(renewed.body) == 200)
        #expect(try await Self.token(double, refresh).body["error"] == "invalid_grant")
    }

    @Test(
        "What the token endpoint does not take is refused as RFC 6749 says",
        arguments: [
            ("grant_type=client_credentials&client_id=me&client_secret=s", 200, nil),
            ("grant_type=client_credentials&client_id=me&client_secret=x", 401, "invalid_client"),
            ("grant_type=client_credentials", 401, "invalid_client"),
            ("grant_type=password&client_id=me&client_secret=s", 400, "unsupported_grant_type"),
            ("client_id=me&client_secret=s", 400, "invalid_request"),
            ("grant_type=authorization_code&code=x&client_id=me&client_secret=s", 400, "invalid_grant"),
        ] as [(String, Int, String?)])
    func grants(form: String, status: Int, error: String?) async throws {
        let double = try AskedDouble("{preset: upwork, client-id: me, client-secret: s}")
        let answer = try await Self.token(double, form)
        #expect(answer.status == status)
        #expect(answer.body["error"]?.stringValue == error)
    }

    @Test("A limit is told with when to come again")
    func limit() async throws {
        let double = try Self.double("limit: 2/min")
        #expect(try await Self.ask(double, "{ user { id } }").status == 200)
        #expect(try await Self.ask(double, "{ user { id } }").status == 200)
        let response = await double.ask("POST", "/graphql", #"{"query": "{ user { id } }"}"#)
        #expect(response.status == 429)
        #expect(response.headers["Retry-After"] == "30")
    }

    @Test("An object without an id is told with a fix")
    func problems() throws {
        let bag = DiagnosticBag()
        let yaml = try #require(
            YAMLReading(
                parsing: Array("up: {preset: upwork, data: {jobs: [{title: x}]}}".utf8), file: "a.yml",
                bag: bag))
        _ = DoubleReader(yaml).read(yaml.root)
        #expect(
            bag.all.map { "\($0.code) \($0.message) · \($0.fix ?? "")" } == [
                "AS334 an object of 'jobs' has no text 'id' to be found by · add `id: \"1\"`"
            ])
    }
}

@Suite("GraphQL documents")
struct GraphQLDocumentTests {
    private static func values(_ arguments: String, _ variables: JSONObject = [:]) throws -> JSON {
        let document = try GraphQLDocument(parsing: "{ f(\(arguments)) }")
        guard case .field(let field) = document.operations[0].selections[0] else { return .null }
        return field.arguments[0].value.value(variables) ?? .null
    }

    @Test(
        "Values are read as they are written",
        arguments: [
            (#"a: "x\u00e9\n""#, #""xé\n""#), ("a: -1.5e3", "-1500.0"), ("a: [1, 2 3]", "[1,2,3]"),
            ("a: {b: WORD, c: null}", #"{"b":"WORD","c":null}"#),
            ("a: \"\"\"\n    one\n      two\n    \"\"\"", #""one\n  two""#), ("a: $v", "7"),
            ("a: {b: $v, c: $none}", #"{"b":7}"#),
        ])
    func values(written: String, value: String) throws {
        #expect(try Self.values(written, ["v": 7]).rendered() == value)
    }

    @Test("Comments, commas, aliases, directives and several operations are read")
    func constructs() throws {
        let document = try GraphQLDocument(
            parsing: """
                # first
                query A($x: [Int!]! = [1], $y: Boolean) @d(a: 1) { one: f(x: $x) @skip(if: $y) { g, h }, ... on T { i } ... @include(if: true) { j } }
                mutation B { k }
                fragment F on T { l }
                """)
        #expect(document.operations.map(\.name) == ["A", "B"])
        #expect(document.operations.map(\.kind) == [.query, .mutation])
        #expect(document.operations[0].variables.map(\.isRequired) == [false, false])
        #expect(document.operations[0].selections.count == 3)
        #expect(document.fragments["F"]?.on == "T")
    }

    @Test("Fields are taken or left by their directives")
    func directives() throws {
        let document = try GraphQLDocument(
            parsing: "{ a @skip(if: $s) b @include(if: $s) ... @skip(if: $s) { c } }")
        func names(_ on: Bool) throws -> [String] {
            var projection = GraphQLProjection(
                fragments: [:], variables: ["s": .bool(on)], refusesUnknown: false)
            return try projection.fields(document.operations[0].selections, of: nil).map(\.name)
        }
        #expect(try names(true) == ["b"])
        #expect(try names(false) == ["a", "c"])
    }

    @Test(
        "What is no document is refused with its place",
        arguments: [
            ("{ a(b: ) }", 1, 8), ("{\n  a {\n}", 3, 1), ("{ a } ?", 1, 7), ("{ a(b: \"x) }", 1, 8),
            ("quer { a }", 1, 1), ("{ a(b: 1.2.3) }", 1, 8),
        ])
    func wrong(text: String, line: Int, column: Int) {
        #expect {
            try GraphQLDocument(parsing: text)
        } throws: {
            ($0 as? GraphQLError)?.place == .init(line: line, column: column)
        }
    }

    @Test("What two selections take of one object is put together")
    func merged() throws {
        let document = try GraphQLDocument(
            parsing: "{ a { b { c } b { d } ...F } } fragment F on T { b { e } }")
        guard case .field(let field) = document.operations[0].selections[0] else { return }
        var projection = GraphQLProjection(
            fragments: document.fragments, variables: [:], refusesUnknown: true)
        let value: JSON = ["b": [["c": 1, "d": 2, "e": 3, "f": 4]]]
        #expect(try projection.project(value, field) == ["b": [["c": 1, "d": 2, "e": 3]]])
    }

    @Test("Fragments that double and hold nothing end soon")
    func doubling() throws {
        let fragments = (0..<50).map { "fragment F\($0) on T { ...F\($0 + 1) ...F\($0 + 1) }" }.joined(
            separator: " ")
        let document = try GraphQLDocument(
            parsing: "{ ...F0 } \(fragments) fragment F50 on T { a @skip(if: true) }")
        var projection = GraphQLProjection(
            fragments: document.fragments, variables: [:], refusesUnknown: false)
        #expect(throws: GraphQLError.self) {
            try projection.fields(document.operations[0].selections, of: nil)
        }
    }

    @Test("Damaged documents are read or refused, never worse")
    func damaged() {
        let whole = Array(
            #"query A($x: [Int!]! = [1, -2.5e3]) { a: f(x: $x, y: {z: "s\u00e9"}) @skip(if: false) { ...F ... on T { g } } } fragment F on T { h(b: """x""") }"#
                .utf8)
        var random = SeededRandom(seed: 11)
        let signs = Array("{}()[]:!$@\"\\.#\n ,0aé".utf8)
        for _ in 0..<1000 {
            var bytes = whole
            for _ in 0..<random.integer(in: 1...4) {
                let place = random.integer(in: 0...bytes.count - 1)
                switch random.integer(in: 0...2) {
                case 0: bytes[place] = signs[random.integer(in: 0...signs.count - 1)]
                case 1: bytes.remove(at: place)
                default: bytes.removeLast(bytes.count - place)
                }
                if bytes.isEmpty { break }
            }
            _ = try? GraphQLDocument(parsing: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test("Depth and size have bounds")
    func bounds() {
        let deep = String(repeating: "{ a ", count: 100) + String(repeating: "}", count: 100)
        #expect(throws: GraphQLError.self) { try GraphQLDocument(parsing: deep) }
        #expect(throws: GraphQLError.self) {
            try GraphQLDocument(parsing: "{ " + String(repeating: "a ", count: 30_000) + "}")
        }
    }
}
