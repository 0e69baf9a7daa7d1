import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayReport
import Testing

@testable import Assay

@Suite("Exporting contracts")
struct ContractExportTests {
    let bench: ExportBench

    init() throws { bench = try ExportBench() }

    // MARK: schemas

    @Test("a schema of examples: files, folders, a line each; its name is that of the first")
    func schemas() throws {
        try bench.folder.write(#"{"id": 1, "note": "x"}"#, to: "golden/order.v2.json")
        try bench.folder.write(#"{"id": 2}"#, to: "golden/other.json")
        try bench.folder.write("{}", to: "golden/order.schema.json")
        try bench.folder.write("{\"id\": 3}\n\n{\"id\": null}\n", to: "more.jsonl")
        let made = try bench.job(.schema, "golden", "more.jsonl").work()
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
        var named = bench.job(.schema, "golden/order.v2.json")
        #expect(try named.work().text.contains(#""title": "order""#))
        named.name = "Bestellung"
        #expect(try named.work().text.contains(#""title": "Bestellung""#))
    }

    @Test("examples that are none are told with their places")
    func schemaProblems() throws {
        try bench.folder.write("{\"a\": 1,\n  b}", to: "bad.json")
        try bench.folder.write("{}\n{\"a\" 1}\n", to: "bad.jsonl")
        try bench.folder.write("", to: "empty/readme.txt")
        #expect(
            bench.problems(bench.job(.schema, "bad.json", "bad.jsonl", "nowhere")) == [
                "error[AS495]: there is no file or folder 'nowhere'",
                "error[AS493]: expected a member's name in double quotes, found 'b'\n  bad.json:2:3",
                "error[AS493]: expected ':' after the member's name, found '1'\n  bad.jsonl:2:6",
            ])
        #expect(
            bench.problems(bench.job(.schema, "empty")) == [
                "error[AS496]: there is no example in empty\n  fix: give JSON files, or folders of them"
            ])
    }

    // MARK: documents

    @Test("an archive becomes a document in YAML, or JSON for a file that says so")
    func documents() throws {
        try bench.folder.write(
            bench.archive(("h:1", "/jobs/7?all=true", #"{"id":7,"at":"2026-11-21"}"#)), to: "a.har")
        let made = try bench.job(.openapi, "a.har").work()
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
        var other = bench.job(.openapi, "a.har")
        other.out = bench.path + "/openapi.json"
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
        try Files.makeFolder(bench.path + "/run")
        try Files.write(bytes, to: bench.path + "/run/record.jsonl")
        for source in ["run", "run/record.jsonl"] {
            let made = try bench.job(.openapi, source).work()
            #expect(made.what == "2 operations of 2 exchanges")
            #expect(made.text.contains("\"/two/{twoId}\":") && made.text.contains("scheme: bearer"))
        }
        try bench.folder.write("{\"type\": \"header\"\n", to: "run/record.jsonl")
        #expect(bench.problems(bench.job(.openapi, "run")).first?.hasPrefix("error[AS195]") == true)
    }

    @Test("scenarios give paths, bodies and statuses without being run")
    func scenarios() throws {
        try bench.folder.write(
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
        var exporting = bench.job(.openapi, "tests")
        exporting.out = bench.path + "/x.json"
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

    @Test("what was written stays, what is new is added and told, and what traffic says otherwise too")
    func merging() throws {
        try bench.folder.write(
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
        try bench.folder.write(
            bench.archive(("h", "/jobs/7", #"{"id": 7, "note": "x"}"#), ("h", "/health", "{}")), to: "a.har")
        var merging = bench.job(.openapi, "a.har")
        merging.merge = bench.path + "/openapi.yml"
        merging.out = merging.merge
        let made = try merging.work()
        #expect(made.added == ["GET /health", "GET /jobs/{id}: status 200: member note"])
        #expect(made.what == "2 additions of 2 exchanges")
        #expect(made.text.contains("summary: \"Read a job\"") && made.text.contains("title: Jobs"))
        #expect(
            made.warnings.map { $0.rendered() } == [
                """
                warning[AS501]: GET /jobs/{id}: body $: the document says a member 'kind', traffic an object with id, note
                  fix: it is left as it is written
                """,
                """
                warning[AS501]: GET /jobs/{id}: body $.id: the document says string, traffic integer 7
                  fix: it is left as it is written
                """,
            ])
        try bench.folder.write(made.text, to: "openapi.yml")
        #expect(try merging.work().what == "nothing new in 2 exchanges")
        try bench.folder.write("openapi: 3.1.0\npaths: 3\n", to: "openapi.yml")
        #expect(!bench.problems(merging).isEmpty)
    }

    @Test("a file that is there is written over only when that is said")
    func targets() throws {
        try bench.folder.write(bench.archive(("h", "/a", "{}")), to: "a.har")
        try bench.folder.write("{}", to: "x.json")
        var writing = bench.job(.openapi, "a.har")
        writing.out = bench.path + "/x.json"
        #expect(
            bench.problems(writing) == [
                """
                error[AS500]: 'x.json' is there already
                  fix: --merge x.json adds to it, --force writes over it
                """
            ])
        writing.force = true
        #expect(bench.problems(writing).isEmpty)
        writing.kind = .schema
        writing.force = false
        #expect(
            bench.problems(writing) == [
                "error[AS500]: 'x.json' is there already\n  fix: --force writes over it"
            ])
    }

    @Test("what could not be described is a warning")
    func notes() throws {
        try bench.folder.write(bench.archive(("h", "/a", "{")), to: "a.har")
        #expect(
            bench.problems(bench.job(.openapi, "a.har")) == [
                "warning[AS498]: GET /a: the body of status 200 was no JSON in 1 of 1, so it is not described"
            ])
    }

    @Test("a provider that cannot be recorded")
    func recordProblems() throws {
        func said(_ target: String, _ out: String) -> String? {
            var job = ContractRecordJob()
            (job.target, job.out) = (target, "\(bench.path)/\(out)")
            do throws(Diagnostic) {
                try job.check()
                _ = try job.archive()
                return nil
            } catch {
                return error.rendered().replacing(bench.path + "/", with: "")
            }
        }
        for target in ["ftp://h", "h:80", "http://", "https://"] {
            #expect(
                said(target, "a.har") == """
                    error[AS502]: '\(target)' is no URL of a provider that is spoken to with http or https
                      fix: write --to http://127.0.0.1:8000
                    """)
        }
        try bench.folder.write("x", to: "b.har")
        #expect(
            said("http://h", "b.har")
                == "error[AS500]: 'b.har' is there already\n  fix: --force writes over it")
        #expect(
            said("http://h", "b.har/c.har")?.hasPrefix("error[AS503]: b.har/c.har cannot be written: ")
                == true)
        #expect(said("http://h", "new/c.har") == nil)
    }

    @Test("a recording that cannot listen leaves the file as it is")
    func recordNowhere() throws {
        try bench.folder.write("before", to: "b.har")
        var job = ContractRecordJob()
        // An address of documentation is none of this machine's.
        (job.target, job.listen, job.force) = ("http://127.0.0.1:1", "192.0.2.1", true)
        for name in ["b.har", "c.har"] {
            job.out = "\(bench.path)/\(name)"
            #expect(job.run(Console(colours: false)) == .standNotReady)
        }
        #expect(try Files.read("\(bench.path)/b.har") == Array("before".utf8))
        #expect(Files.kind(of: "\(bench.path)/c.har") == nil)
    }
}
