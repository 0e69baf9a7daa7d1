import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import AssayStand
import Testing

@testable import Assay

@Suite("External calls and production in a project")
struct GuardPolicyTests {
    private func project(_ text: String) throws -> Project {
        try ProjectReader.read(
            Array(("assay: 1\nproject: shop\n" + text).utf8), file: "assay.yml", folder: "."
        ).get()
    }

    private func errors(_ text: String) -> String {
        switch ProjectReader.read(
            Array(("assay: 1\nproject: shop\n" + text).utf8), file: "assay.yml", folder: ".")
        {
        case .success: ""
        case .failure(let found): found.all.map { $0.rendered() }.joined()
        }
    }

    @Test(
        "external calls are allowed unless the policy says otherwise", arguments: ["deny", "report", "allow"])
    func policy(word: String) throws {
        #expect(try project("").policy.externalCalls == .allow)
        let read = try project("policy: {external-calls: \(word)}\n")
        #expect(read.policy.externalCalls.rawValue == word)
    }

    @Test("another word is told with those there are")
    func unknownWord() {
        #expect(
            errors("policy: {external-calls: denny}\n") == """
                error[AS013]: expected `allow`, `report` or `deny`, found 'denny'
                  assay.yml:3:26   policy: {external-calls: denny}
                                                            ^^^^^
                  fix: did you mean `deny`?
                """)
    }

    @Test("a service that runs elsewhere has an address and no log")
    func reached() throws {
        let read = try project(
            """
            stand:
              production: true
              services:
                api: {url: "https://api.shop.example"}

            """)
        #expect(read.stand.services.isEmpty)
        #expect(read.standNames.parts.map(\.kind) == [.reached])
        #expect(read.standNames.parts.first?.members == ["url", "host", "port", "address", "ports"])
        #expect(read.stand.production == SourceLocation(file: "assay.yml", line: 4, column: 3, length: 10))
        #expect(try project("stand: {production: false}\n").stand.production == nil)
    }

    @Test("a service's url must be one")
    func badURL() {
        #expect(
            errors("stand: {services: {api: {url: api.shop.example}}}\n") == """
                error[AS211]: service 'api' is at 'api.shop.example', which is no http URL
                  assay.yml:3:31   stand: {services: {api: {url: api.shop.example}}}
                                                                 ^^^^^^^^^^^^^^^^
                  fix: write it whole: `url: https://api.example.com`
                """)
    }

    private static let production = """
        stand:
          production: true
          services: {api: {url: "https://api.shop.example"}}

        """

    @Test(
        "a scenario that writes is refused on a production stand, with step and place; one that reads is not")
    func writes() throws {
        let project = try project(Self.production)
        let texts = [
            "t.yml": """
            assay: 1
            scenario: buying
            steps:
              - http: {get: "${api.url}/items"}
              - id: buy
                http: {post: "${api.url}/orders"}
            """,
            "r.yml": "assay: 1\nscenario: looking\nsteps: [{http: {get: '${api.url}/items'}}]\n",
        ]
        let files = FileReader(texts: texts)
        let reader = ScenarioReader(files: files, stand: project.standNames)
        let buying = try reader.scenario("t.yml").get()
        let looking = try reader.scenario("r.yml").get()
        #expect(project.writeRefusals([looking], files) == nil)
        #expect(
            project.writeRefusals([looking, buying, buying], files)?.all.map { $0.rendered() } == [
                """
                error[AS212]: step 'buy' of 'buying' sends POST, and the stand is marked production (assay.yml:4)
                  t.yml:6:5   http: {post: "${api.url}/orders"}
                              ^^^^
                  fix: leave the scenario out with tags or paths
                """
            ])
        #expect(try self.project("").writeRefusals([buying], files) == nil)
    }

    @Test("load is refused on a production stand, naming the line that says so")
    func load() throws {
        let files = FileReader(texts: ["assay.yml": "assay: 1\nproject: shop\n" + Self.production])
        #expect(
            try project(Self.production).loadRefusal(files)?.all.map { $0.rendered() } == [
                """
                error[AS213]: no load is put on this stand, which is marked production
                  assay.yml:4:3   production: true
                                  ^^^^^^^^^^
                  fix: run the profile in a project whose stand has no `production: true`
                """
            ])
        #expect(try project("").loadRefusal(files) == nil)
    }
}
