import AssayContracts
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayScenario
import AssayStand
import Testing

@testable import Assay

@Suite("Contracts of a project") struct ContractProjectTests {
    private static func read(_ text: String) -> Result<Project, Diagnostics> {
        ProjectReader.read(
            Array(("assay: 1\nproject: p\n" + text).utf8), file: "assay.yml", folder: ".")
    }

    private static func problems(_ text: String) -> [String] {
        guard case .failure(let found) = read(text) else { return [] }
        return found.all.map { problem in
            "\(problem.code) \(problem.location?.line ?? 0): \(problem.message)"
                + (problem.fix.map { " (\($0))" } ?? "")
        }
    }

    private static let stand = """
        contracts: contracts/
        stand:
          doubles:
            pay: {routes: [{on: {get: /}, answer: {status: 200}}], contract: pay-api@v1}
          services:
            api: {run: ./api, contract: [api, admin]}
            tool: {run: ./tool, contract: none}
            other: {run: ./other}
        """

    @Test("services and doubles say what they are held to, and their own readers do not see it")
    func bindings() throws {
        let project = try Self.read(Self.stand).get()
        #expect(project.contracts.map(\.path) == ["contracts/"])
        #expect(project.stand.services.map(\.name) == ["api", "tool", "other"])
        #expect(project.doubles.map(\.name) == ["pay"])
        #expect(project.contractBindings.keys.sorted() == ["api", "pay", "tool"])
        #expect(
            project.contractUses.map { "\($0.user) \($0.reference)" } == [
                "double 'pay' pay-api@v1", "service 'api' api", "service 'api' admin",
            ])
        let book = ContractBook([], DiagnosticBag())
        #expect(project.contracts(of: "tool", in: book).isEmpty)
    }

    @Test("folders are one or several")
    func folders() throws {
        #expect(try Self.read("contracts: [a, b]").get().contracts.map(\.path) == ["a", "b"])
    }

    @Test(
        "what cannot be bound is told with its place",
        arguments: [
            (
                "stand: {services: {api: {run: ./api, contract: api}}}",
                "AS426 3: service 'api' is bound to a contract, and the project has no `contracts:` (add `contracts: contracts/` to the project)"
            ),
            (
                "contracts: c\nstand: {doubles: {cache: {redis: {}, contract: api}}}",
                "AS427 4: double 'cache' does not speak HTTP and can be bound to no contract (take `contract` out)"
            ),
            (
                "contracts: c\nstand: {services: {api: {run: ./api, contract: api@2}}}",
                "AS423 4: 'api@2' is no contract and version (write `ui-api`, `ui-api@v1` or `none`)"
            ),
        ])
    func problems(_ text: String, _ said: String) { #expect(Self.problems(text) == [said]) }

    @Test("a folder that is not there, and one without a manifest, are told")
    func missing() throws {
        let bag = DiagnosticBag()
        let place = SourceLocation(file: "assay.yml", line: 3, column: 12)
        _ = ContractFolderFiles.folders([("/nowhere/contracts", place)], bag)
        #expect(
            bag.all.map { "\($0.code) \($0.message)" } == [
                "AS432 there is no folder of contracts '/nowhere/contracts'"
            ])
        #expect(bag.all.first?.location == place)
    }

    @Test("a folder is read from disk with what is below it, without hidden files")
    func disk() throws {
        let folder = "/tmp/assay-contracts-\(Host.processID)"
        defer { try? Files.remove(folder) }
        try Files.makeFolder(folder + "/orders/v1")
        try Files.makeFolder(folder + "/.git")
        for name in ["contracts.yml", "orders/v1/order.schema.json", ".git/x.json"] {
            try Files.write(Array("{}".utf8), to: "\(folder)/\(name)")
        }
        for path in [folder, folder + "/", folder + "/contracts.yml"] {
            let files = try ContractFolderFiles.files(at: path).get()
            #expect(files.names == ["contracts.yml", "orders/v1/order.schema.json"])
            #expect(files.folder == folder && files.bytes("contracts.yml") == Array("{}".utf8))
        }
    }

    @Test("a level judges contracts, verifies pacts and probes a provider")
    func level() throws {
        let project = try Self.read(
            """
            stand: {services: {api: {run: ./api}}}
            levels:
              contract: {contracts: [a, b], pacts: {files: pacts/, provider: api}, openapi: api.yaml, provider: api, cases: 7}
              plain: {contracts: a}
            """
        ).get()
        let levels = project.levels.compactMap { level -> ContractLevel? in
            if case .contracts(let work) = level.work { work } else { nil }
        }
        #expect(levels.map { $0.folders.map(\.path) } == [["a", "b"], ["a"]])
        #expect(levels.map(\.needsStand) == [true, false])
        #expect(levels.first?.probe?.cases == 7 && levels.first?.pacts?.files == ["pacts/"])
        #expect(
            Self.problems("levels: {c: {contracts: a, scenarios: b}}").first?.contains(
                "'scenarios' is not known")
                == true)
    }

    @Test(
        "a step may name a contract that there is, and a profile a sample of some",
        arguments: [
            ("none", []), ("api", []),
            ("ui-apy", ["AS425 'ui-apy' is not there"]),
        ])
    func step(_ name: String, _ said: [String]) throws {
        var stand = StandNames(parts: [.init(name: "api", kind: .service, members: ["url"])])
        stand.contractProblem = {
            $0 == "api" ? nil : Diagnostic("AS425", "'\($0)' is not there")
        }
        let text = """
            assay: 1
            scenario: s
            steps: [{http: {get: "${api.url}/"}, expect: {contract: \(name)}}]
            """
        let reader = ScenarioReader(files: FileReader(texts: ["s.yml": text]), stand: stand)
        switch reader.scenario("s.yml") {
        case .success(let scenario):
            #expect(said.isEmpty)
            let choice = scenario.steps.first?.expectation.contract
            #expect(choice?.name == (name == "none" ? nil : name) && choice?.location.line == 3)
        case .failure(let found): #expect(found.all.map { "\($0.code) \($0.message)" } == said)
        }
    }

    @Test(
        "a sample is a share of exchanges",
        arguments: [
            ("1%", 100, ""), ("100%", 1, ""), ("30%", 3, ""),
            ("0%", 0, "AS431 a sample is more than 0 % and at most 100 %, found 0%"),
            ("120%", 0, "AS431 a sample is more than 0 % and at most 100 %, found 120%"),
        ])
    func sample(_ share: String, _ every: Int, _ said: String) throws {
        let texts = [
            "s.yml": "assay: 1\nscenario: s\nsteps: [{think: 1ms}]\n",
            "p.yml": """
            assay: 1
            load: p
            scenarios: [s.yml]
            iterations: {users: 1, each: 1}
            contracts: {sample: \(share)}
            """,
        ]
        switch ScenarioReader(files: FileReader(texts: texts)).profile("p.yml") {
        case .success(let profile): #expect(profile.contractSample == every && said.isEmpty)
        case .failure(let found): #expect(found.all.map { "\($0.code) \($0.message)" } == [said])
        }
    }
}
