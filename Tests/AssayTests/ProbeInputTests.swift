import AssayCore
import AssayNet
import AssayVerifier
import Testing

@testable import Assay

private let shop = """
    openapi: 3.1.0
    info: {title: shop, version: "1"}
    paths:
      /orders/{id}:
        get:
          operationId: one
          security: [{key: []}]
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses: {"200": {description: one}}
    components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}
    """

/// A folder of one test.
private struct Folder {
    let path = "/tmp/assay-probe-\(Host.processID)-\(UInt32.random(in: 0 ... .max))"

    init() throws { try Files.makeFolder(path) }

    func remove() {
        for name in (try? Files.names(in: path)) ?? [] { try? Files.remove(path + "/" + name) }
        try? Files.remove(path)
    }
}

/// What a probe is asked for in a folder with a document and perhaps a project.
private func input(
    project: String? = nil, provider: String = "http://127.0.0.1:9",
    _ change: (inout ContractProbeJob) -> Void
) throws -> Result<ProbeInput, Diagnostics> {
    let folder = try Folder()
    defer { folder.remove() }
    try Files.write(Array(shop.utf8), to: folder.path + "/shop.yaml")
    var job = ContractProbeJob(document: folder.path + "/shop.yaml", provider: provider)
    change(&job)
    job.project = nil
    if let project {
        try Files.write(Array(project.utf8), to: folder.path + "/assay.yml")
        job.project = folder.path
    }
    let workspace = try Workspace.open(job.project).get()
    return ProbeInput.read(job, workspace, seed: 1).mapError { problems in
        Diagnostics(
            problems.all.map { problem in
                var problem = problem
                problem.message = problem.message.replacing(folder.path + "/", with: "")
                problem.location?.file.replace(folder.path + "/", with: "")
                return problem
            })
    }
}

@Suite("What a probe is asked for")
struct ProbeInputTests {
    /// An option with a value that cannot be used.
    enum Wrong: Sendable {
        case provider(String), value(String), header(String), bearer(String), key(String)
        case only(String), ignored(String), skipped(String), method(String), phase(String)

        func set(_ job: inout ContractProbeJob) {
            switch self {
            case .provider(let text): job.provider = text
            case .value(let text): job.values = [text]
            case .header(let text): job.headers = [text]
            case .bearer(let text): job.bearer = text
            case .key(let text): job.keys = [text]
            case .only(let text): job.only = [text]
            case .ignored(let text): job.ignored = [text]
            case .skipped(let text): job.skipped = [text]
            case .method(let text): job.methods = [text]
            case .phase(let text): job.phases = [text]
            }
        }
    }

    @Test(
        "what cannot be done is told before anything is sent",
        arguments: [
            (
                Wrong.provider("ftp://a"),
                "error[AS435]: the provider's address cannot be used: 'ftp://a': expected the scheme http or https, "
                    + "got 'ftp'\n  fix: write --provider http://127.0.0.1:8000"
            ),
            (.value("id"), "error[AS436]: --set takes NAME=VALUE, found 'id'"),
            (.header("X-A"), "error[AS436]: --header takes 'NAME: VALUE', found 'X-A'"),
            (
                .bearer("env:ASSAY_NO_SUCH_NAME"),
                "error[AS436]: the environment has no ASSAY_NO_SUCH_NAME, which credentials are to be taken from"
            ),
            (
                .key("keys=a"),
                "error[AS437]: shop.yaml has no security scheme 'keys'\n  fix: did you mean 'key'?"
            ),
            (
                .only("GET /order/{id}"),
                "error[AS438]: shop.yaml has no operation 'GET /order/{id}'\n"
                    + "  fix: did you mean 'GET /orders/{id}'?"
            ),
            (
                .ignored("server-errors"),
                "error[AS439]: there is no rule 'server-errors'\n  fix: did you mean 'server-error'?"
            ),
            (
                .skipped("one"),
                "error[AS440]: shop.yaml has no operation left to probe\n"
                    + "  fix: look at --methods, --only and --skip"
            ),
            (.method("GIT"), "error[AS441]: there is no method 'GIT'\n  fix: did you mean 'GET'?"),
            (
                .phase("cover"),
                "error[AS442]: there is no phase 'cover'\n"
                    + "  fix: there are: examples, coverage, random, negative, security"
            ),
        ])
    func problems(wrong: Wrong, text: String) throws {
        guard case .failure(let problems) = try input({ wrong.set(&$0) }) else {
            Issue.record("nothing was told")
            return
        }
        #expect(problems.all.map { $0.rendered() } == [text])
    }

    @Test("what a stand marked production reaches is only read")
    func production() throws {
        let project = """
            assay: 1
            project: shop
            stand:
              production: true
              services: {api: {url: "http://shop.example:8080/api"}}
            """
        func told(_ provider: String, _ methods: [String]) throws -> [String] {
            switch try input(project: project, provider: provider, { $0.methods = methods }) {
            case .success: []
            case .failure(let problems): problems.all.map { $0.rendered() }
            }
        }
        #expect(
            try told("http://shop.example:8080", []) == [
                "error[AS443]: http://shop.example:8080 is 'api' of a stand marked production, which is only read\n"
                    + "  assay.yml:4:3\n  fix: probe with --methods GET,HEAD"
            ])
        #expect(try told("http://shop.example:8080", ["get"]).isEmpty)
        #expect(try told("http://127.0.0.1:8080", []).isEmpty)
    }

    @Test("a file that holds no saved cases is refused with its line")
    func savedCases() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path + "/cases.jsonl"
        func told(_ text: String?) throws -> [String] {
            if let text { try Files.write(Array(text.utf8), to: path) }
            guard case .failure(let problems) = SavedCases.read(path) else { return [] }
            return problems.all.map { $0.rendered().replacing(path, with: "cases.jsonl") }
        }
        #expect(try told(nil).first?.hasPrefix("error[AS445]: the saved cases cannot be read: ") == true)
        #expect(try told("") == ["error[AS445]: 'cases.jsonl' holds no saved cases"])
        #expect(
            try told("\n{\"assay\": 3}\n") == [
                "error[AS445]: this line is no saved case: expected a case of version 1, found 3\n"
                    + "  cases.jsonl:2:1\n  fix: name a file that `--save` wrote, or cases.jsonl of a run"
            ])
    }

    @Test("a document that is not there is told with the system's reason")
    func noDocument() {
        guard case .failure(let problems) = OpenAPIFile.read("no/such/openapi.yaml") else {
            Issue.record("it was read")
            return
        }
        #expect(problems.all.first?.code == "AS444")
        #expect(problems.all.first?.message.hasPrefix("the document cannot be read: ") == true)
    }
}
