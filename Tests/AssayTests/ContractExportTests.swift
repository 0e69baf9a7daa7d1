import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayReport
import Testing

@testable import Assay

@Suite("Exporting contracts")
struct ContractExportTests {
    let folder: TemporaryFolder
    private var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("assay: 1\nproject: shop\n", to: "assay.yml")
    }

    private func job(_ kind: ContractExportJob.Kind, _ sources: String...) -> ContractExportJob {
        var job = ContractExportJob()
        job.project = path
        job.kind = kind
        job.sources = sources.map { "\(path)/\($0)" }
        return job
    }

    private func problems(_ job: ContractExportJob) -> [String] {
        do throws(Diagnostics) {
            return try job.work().warnings.map { $0.rendered().replacing(path + "/", with: "") }
        } catch {
            return error.all.map { $0.rendered().replacing(path + "/", with: "") }
        }
    }

    /// An archive of `GET http://HOST/PATH → BODY`.
    private func archive(_ exchanges: (host: String, path: String, body: String)..., tail: String = "]}}")
        -> String
    {
        let entries = exchanges.map { one in
            #"{"request":{"method":"GET","url":"http://\#(one.host)\#(one.path)"},"response":{"status":200,"content":{"mimeType":"application/json","text":\#(JSON.string(one.body).rendered())}}}"#
        }
        return #"{"log":{"entries":["# + "\n" + entries.joined(separator: ",\n") + tail
    }

    // MARK: schemas

    @Test("a schema of examples: files, folders, a line each; its name is that of the first")
    func schemas() throws {
        try folder.write(#"{"id": 1, "note": "x"}"#, to: "golden/order.v2.json")
        try folder.write(#"{"id": 2}"#, to: "golden/other.json")
        try folder.write("{}", to: "golden/order.schema.json")
        try folder.write("{\"id\": 3}\n\n{\"id\": null}\n", to: "more.jsonl")
        let made = try job(.schema, "golden", "more.jsonl").work()
        #expect(made.what == "the schema of 4 examples")
        #expect(
            made.text == """
                {
                  "$schema": "https://json-schema.org/draft/2020-12/schema",
                  "title": "golden",
                  "type": "object",
                  "required": [
                    "id"
                  ],
                  "properties": {
                    "id": {
                      "type": [
                        "integer",
                        "null"
                      ]
                    },
                    "note": {
                      "type": "string"
                    }
                  }
                }

                """)
        var named = job(.schema, "golden/order.v2.json")
        #expect(try named.work().text.contains(#""title": "order""#))
        named.name = "Bestellung"
        #expect(try named.work().text.contains(#""title": "Bestellung""#))
    }

    @Test("examples that are none are told with their places")
    func schemaProblems() throws {
        try folder.write("{\"a\": 1,\n  b}", to: "bad.json")
        try folder.write("{}\n{\"a\" 1}\n", to: "bad.jsonl")
        try folder.write("", to: "empty/readme.txt")
        #expect(
            problems(job(.schema, "bad.json", "bad.jsonl", "nowhere")) == [
                "error[AS495]: there is no file or folder 'nowhere'",
                "error[AS493]: expected a member's name in double quotes, found 'b'\n  bad.json:2:3",
                "error[AS493]: expected ':' after the member's name, found '1'\n  bad.jsonl:2:6",
            ])
        #expect(
            problems(job(.schema, "empty")) == [
                "error[AS496]: there is no example in empty\n  fix: give JSON files, or folders of them"
            ])
    }

    // MARK: documents

    @Test("an archive becomes a document in YAML, or JSON for a file that says so")
    func documents() throws {
        try folder.write(archive(("h:1", "/jobs/7?all=true", #"{"id":7,"at":"2026-11-21"}"#)), to: "a.har")
        let made = try job(.openapi, "a.har").work()
        #expect(made.what == "1 operation of 1 exchange" && made.warnings.isEmpty)
        #expect(
            made.text
                == """
                openapi: "3.1.0"
                info:
                  title: shop
                  version: "1.0.0"
                paths:
                  /jobs/{jobId}:
                    get:
                      operationId: getJob
                      parameters:
                        - name: jobId
                          in: path
                          required: true
                          schema:
                            type: integer
                        - name: all
                          in: query
                          schema:
                            type: boolean
                      responses:
                        "200":
                          description: OK
                          content:
                            application/json:
                              schema:
                                type: object
                                required:
                                  - id
                                  - at
                                properties:
                                  id:
                                    type: integer
                                  at:
                                    type: string
                                    format: date

                """.replacing("  /jobs/{jobId}:", with: "  \"/jobs/{jobId}\":"))
        var other = job(.openapi, "a.har")
        other.out = path + "/openapi.json"
        other.title = "T"
        other.apiVersion = "9"
        other.servers = ["http://x/y"]
        let json = try JSON(parsing: other.work().text)
        #expect(json["info"] == ["title": "T", "version": "9"] && json["servers"] == [["url": "http://x/y"]])
    }

    @Test("a run's record gives its HTTP exchanges, those of attempts and of steps in steps too")
    func records() throws {
        func step(_ name: String, _ path: String, kind: String = "http", children: [StepResult] = [])
            -> StepResult
        {
            StepResult(
                name: name, kind: kind, location: SourceLocation(file: "a.yml", line: 1, column: 1),
                status: .passed,
                startedAtNanoseconds: 0, durationNanoseconds: 1,
                exchange: kind != "http"
                    ? nil
                    : ExchangeReport(
                        summary: "",
                        request: "GET \(path) HTTP/1.1\nHost: 127.0.0.1:1\nAuthorization: Bearer •••\n\n",
                        response: "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"ok\":true}",
                        outcome: "answered",
                        serviceNanoseconds: 1), children: children)
        }
        let test = TestResult(
            level: "e2e", scenario: "a", location: SourceLocation(file: "a.yml", line: 1, column: 1),
            status: .passed,
            startedAtNanoseconds: 0, durationNanoseconds: 1,
            steps: [step("one", "/one"), step("loop", "", kind: "repeat", children: [step("two", "/two/3")])])
        var bytes: [UInt8] = []
        let header = RunHeader(
            kind: .test, project: "shop", name: "pr", startedAtMilliseconds: 0, seed: 1, assayVersion: "1",
            host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1))
        for event in [RunEvent.header(header), .test(test)] { RecordWriter.write(event, into: &bytes) }
        try Files.makeFolder(path + "/run")
        try Files.write(bytes, to: path + "/run/record.jsonl")
        for source in ["run", "run/record.jsonl"] {
            let made = try job(.openapi, source).work()
            #expect(made.what == "2 operations of 2 exchanges")
            #expect(made.text.contains("\"/two/{twoId}\":") && made.text.contains("scheme: bearer"))
        }
        try folder.write("{\"type\": \"header\"\n", to: "run/record.jsonl")
        #expect(problems(job(.openapi, "run")).first?.hasPrefix("error[AS195]") == true)
    }

    @Test("scenarios give paths, bodies and statuses without being run")
    func scenarios() throws {
        try folder.write(
            """
            assay: 1
            scenario: a job
            steps:
              - id: made
                http:
                  post: "http://${env.HOST}/jobs?dry=${env.DRY}&n=1"
                  bearer: "${env.TOKEN}"
                  json: {kind: bulk, owner: "${env.OWNER}", tags: [a, b]}
                expect:
                  status: 201
                  json: {$.id: {type: number, greater: 3}, $.state: new, $.gone: {absent: true}}
                capture: {job: $.id, first: "$.items[0].name"}
              - http: {get: "http://${env.HOST}/jobs/${job}/tasks"}
                expect: {status: [200, 404]}
              - http:
                  put: "http://${env.HOST}/jobs/${job}"
                  form: {state: done, note: "${job} is done"}
                expect: {status: 2xx}
            """, to: "tests/job.yml")
        var exporting = job(.openapi, "tests")
        exporting.out = path + "/x.json"
        let made = try exporting.work()
        let document = try JSON(parsing: made.text)
        #expect(document["paths"]?.objectValue?.keys == ["/jobs", "/jobs/{job}", "/jobs/{job}/tasks"])
        let post = document["paths"]?["/jobs"]?["post"]
        #expect(
            post?["parameters"] == [
                ["name": "dry", "in": "query", "schema": ["type": "string"]],
                ["name": "n", "in": "query", "schema": ["type": "integer"]],
            ])
        #expect(
            post?["requestBody"]?["content"]?["application/json"]?["schema"] == [
                "type": "object", "required": ["kind", "owner", "tags"],
                "properties": [
                    "kind": ["type": "string"], "owner": [:],
                    "tags": ["type": "array", "items": ["type": "string"]],
                ],
            ])
        #expect(
            post?["responses"] == [
                "201": [
                    "description": "Created",
                    "content": [
                        "application/json": [
                            "schema": [
                                "type": "object",
                                "properties": [
                                    "id": ["type": "number"], "state": ["type": "string"],
                                    "items": [
                                        "type": "array",
                                        "items": ["type": "object", "properties": ["name": [:]]],
                                    ],
                                ],
                            ]
                        ]
                    ],
                ]
            ])
        #expect(post?["security"] == [["bearerAuth": []]])
        #expect(
            document["paths"]?["/jobs/{job}/tasks"]?["get"]?["responses"]?.objectValue?.keys == [
                "200", "404",
            ])
        let put = document["paths"]?["/jobs/{job}"]?["put"]
        #expect(put?["responses"] == ["default": ["description": "not seen yet"]])
        #expect(
            put?["requestBody"]?["content"]?["application/x-www-form-urlencoded"]?["schema"]?["required"]
                == ["note", "state"])
    }

    @Test("several hosts need to be told apart, and --origin does it")
    func origins() throws {
        try folder.write(
            archive(("api:1", "/a", "{}"), ("api:1", "/b", "{}"), ("cdn.example", "/c", "{}")), to: "a.har")
        #expect(
            problems(job(.openapi, "a.har")) == [
                """
                error[AS497]: 'a.har' has requests to 2 hosts: api:1 (2), cdn.example (1)
                  fix: say whose document it is: --origin api:1
                """
            ])
        for origin in ["api", "api:1", "http://API:1/"] {
            var one = job(.openapi, "a.har")
            one.origins = [origin]
            #expect(try one.work().what == "2 operations of 2 exchanges")
        }
        var wrong = job(.openapi, "a.har")
        wrong.origins = ["cdn.exampel"]
        #expect(
            problems(wrong).first
                == "error[AS505]: nothing goes to 'cdn.exampel'\n  fix: did you mean 'cdn.example'?")
    }

    @Test("sources that are none")
    func sourceProblems() throws {
        try folder.write("hello", to: "a.txt")
        try folder.write(archive(), to: "none.har")
        try folder.write("{\"log\": oops", to: "bad.har")
        #expect(
            problems(job(.openapi, "a.txt", "bad.har", "nowhere")) == [
                """
                error[AS495]: 'a.txt' is no run record, HAR file, mapping file or scenario
                  fix: record traffic with `assay contract record`, or give a run's folder
                """, "error[AS495]: there is no file or folder 'nowhere'",
                "error[AS493]: expected a value, found 'o'\n  bad.har:1:9",
            ])
        #expect(
            problems(job(.openapi, "none.har")) == [
                """
                error[AS496]: there is no HTTP exchange in none.har
                  fix: give a run's folder, a HAR file, recorded mappings or scenarios
                """
            ])
    }

    @Test(
        "an archive whose end is missing is read up to there",
        arguments: ["", ",\n{\"request\":{\"meth", ",\n"])
    func cutOff(tail: String) throws {
        try folder.write(archive(("h", "/a", "{}"), ("h", "/b", "{}"), tail: tail), to: "a.har")
        let made = try job(.openapi, "a.har").work()
        #expect(made.what == "2 operations of 2 exchanges")
        #expect(
            made.warnings.map { $0.rendered().replacing(path + "/", with: "") } == [
                """
                warning[AS504]: the end of 'a.har' is missing, as after a killed recording
                  fix: what is there is used
                """
            ])
    }

    @Test("recorded mappings in their folder, with bodies in files")
    func mappings() throws {
        try folder.write(
            #"{"request": {"method": "GET", "url": "/jobs/7"}, "response": {"status": 200, "bodyFileName": "job.json", "headers": {"Content-Type": "application/json"}}}"#,
            to: "stubs/mappings/get-jobs-7.json")
        try folder.write(#"{"id": 7}"#, to: "stubs/__files/job.json")
        for source in ["stubs", "stubs/mappings/get-jobs-7.json"] {
            #expect(try job(.openapi, source).work().text.contains("id:\n"))
        }
    }

    @Test("what was written stays, what is new is added and told, and what traffic says otherwise too")
    func merging() throws {
        try folder.write(
            """
            openapi: 3.1.0
            info: {title: Jobs, version: "7"}
            paths:
              /jobs/{id}:
                get:
                  summary: Read a job
                  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
                  responses:
                    "200":
                      description: the job
                      content:
                        application/json:
                          schema: {type: object, required: [id, kind], properties: {id: {type: string}}}
            """, to: "openapi.yml")
        try folder.write(
            archive(("h", "/jobs/7", #"{"id": 7, "note": "x"}"#), ("h", "/health", "{}")), to: "a.har")
        var merging = job(.openapi, "a.har")
        merging.merge = path + "/openapi.yml"
        merging.out = merging.merge
        let made = try merging.work()
        #expect(made.added == ["GET /health", "GET /jobs/{id}: status 200: member note"])
        #expect(made.what == "2 additions of 2 exchanges")
        #expect(made.text.contains("summary: \"Read a job\"") && made.text.contains("title: Jobs"))
        #expect(
            made.warnings.map { $0.rendered() } == [
                """
                warning[AS501]: GET /jobs/{id}: body: the document says a member 'kind', traffic an object with id, note
                  fix: it is left as it is written
                """,
                """
                warning[AS501]: GET /jobs/{id}: body $.id: the document says string, traffic integer 7
                  fix: it is left as it is written
                """,
            ])
        try folder.write(made.text, to: "openapi.yml")
        #expect(try merging.work().what == "nothing new in 2 exchanges")
        try folder.write("openapi: 3.1.0\npaths: 3\n", to: "openapi.yml")
        #expect(!problems(merging).isEmpty)
    }

    @Test("a file that is there is written over only when that is said")
    func targets() throws {
        try folder.write(archive(("h", "/a", "{}")), to: "a.har")
        try folder.write("{}", to: "x.json")
        var writing = job(.openapi, "a.har")
        writing.out = path + "/x.json"
        #expect(
            problems(writing) == [
                """
                error[AS500]: 'x.json' is there already
                  fix: --merge x.json adds to it, --force writes over it
                """
            ])
        writing.force = true
        #expect(problems(writing).isEmpty)
        writing.kind = .schema
        writing.force = false
        #expect(
            problems(writing) == ["error[AS500]: 'x.json' is there already\n  fix: --force writes over it"])
    }

    @Test("what could not be described is a warning")
    func notes() throws {
        try folder.write(archive(("h", "/a", "{")), to: "a.har")
        #expect(
            problems(job(.openapi, "a.har")) == [
                "warning[AS498]: GET /a: the body of status 200 was no JSON in 1 of 1, so it is not described"
            ])
    }

    @Test("a provider that cannot be recorded")
    func recordProblems() throws {
        func said(_ target: String, _ out: String) -> String? {
            var job = ContractRecordJob()
            (job.target, job.out) = (target, "\(path)/\(out)")
            do throws(Diagnostic) {
                _ = try job.archive()
                return nil
            } catch {
                return error.rendered().replacing(path + "/", with: "")
            }
        }
        for target in ["https://h", "h:80", "http://"] {
            #expect(
                said(target, "a.har") == """
                    error[AS502]: '\(target)' is no URL of a provider that is spoken to with http
                      fix: write --to http://127.0.0.1:8000
                    """)
        }
        try folder.write("x", to: "b.har")
        #expect(
            said("http://h", "b.har")
                == "error[AS500]: 'b.har' is there already\n  fix: --force writes over it")
        #expect(
            said("http://h", "b.har/c.har")?.hasPrefix("error[AS503]: b.har/c.har cannot be written: ")
                == true)
        #expect(said("http://h", "new/c.har") == nil)
    }
}
