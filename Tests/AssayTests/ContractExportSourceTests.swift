import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import Assay

/// A project's folder to export in.
struct ExportBench {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("assay: 1\nproject: shop\n", to: "assay.yml")
    }

    func job(_ kind: ContractExportJob.Kind, _ sources: String...) -> ContractExportJob {
        var job = ContractExportJob()
        job.project = path
        job.kind = kind
        job.sources = sources.map { "\(path)/\($0)" }
        return job
    }

    func problems(_ job: ContractExportJob) -> [String] {
        do throws(Diagnostics) {
            return try job.work().warnings.map { $0.rendered().replacing(path + "/", with: "") }
        } catch {
            return error.all.map { $0.rendered().replacing(path + "/", with: "") }
        }
    }

    /// An archive of `GET http://HOST/PATH → BODY`.
    func archive(_ exchanges: (host: String, path: String, body: String)..., tail: String = "]}}")
        -> String
    {
        let entries = exchanges.map { one in
            #"{"request":{"method":"GET","url":"http://\#(one.host)\#(one.path)"},"response":{"status":200,"content":{"mimeType":"application/json","text":\#(JSON.string(one.body).rendered())}}}"#
        }
        return #"{"log":{"entries":["# + "\n" + entries.joined(separator: ",\n") + tail
    }
}

@Suite("Sources of exports")
struct ContractExportSourceTests {
    let bench: ExportBench

    init() throws { bench = try ExportBench() }

    @Test("several hosts need to be told apart, and --origin does it")
    func origins() throws {
        try bench.folder.write(
            bench.archive(("api:1", "/a", "{}"), ("api:1", "/b", "{}"), ("cdn.example", "/c", "{}")),
            to: "a.har")
        #expect(
            bench.problems(bench.job(.openapi, "a.har")) == [
                """
                error[AS497]: 'a.har' has requests to 2 hosts: api:1 (2), cdn.example (1)
                  fix: say whose document it is: --origin api:1
                """
            ])
        for origin in ["api", "api:1", "http://API:1/"] {
            var one = bench.job(.openapi, "a.har")
            one.origins = [origin]
            #expect(try one.work().what == "2 operations of 2 exchanges")
        }
        var wrong = bench.job(.openapi, "a.har")
        wrong.origins = ["cdn.exampel"]
        #expect(
            bench.problems(wrong).first
                == "error[AS505]: nothing goes to 'cdn.exampel'\n  fix: did you mean 'cdn.example'?")
    }

    @Test("sources that are none")
    func sourceProblems() throws {
        try bench.folder.write("hello", to: "a.txt")
        try bench.folder.write(bench.archive(), to: "none.har")
        try bench.folder.write("{\"log\": oops", to: "bad.har")
        #expect(
            bench.problems(bench.job(.openapi, "a.txt", "bad.har", "nowhere")) == [
                """
                error[AS495]: 'a.txt' is no run record, HAR file, mapping file or scenario
                  fix: record traffic with `assay contract record`, or give a run's folder
                """, "error[AS495]: there is no file or folder 'nowhere'",
                "error[AS493]: expected a value, found 'o'\n  bad.har:1:9",
            ])
        #expect(
            bench.problems(bench.job(.openapi, "none.har")) == [
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
        try bench.folder.write(bench.archive(("h", "/a", "{}"), ("h", "/b", "{}"), tail: tail), to: "a.har")
        let made = try bench.job(.openapi, "a.har").work()
        #expect(made.what == "2 operations of 2 exchanges")
        #expect(
            made.warnings.map { $0.rendered().replacing(bench.path + "/", with: "") } == [
                """
                warning[AS504]: the end of 'a.har' is missing, as after a killed recording
                  fix: what is there is used
                """
            ])
    }

    @Test("recorded mappings in their folder, with bodies in files")
    func mappings() throws {
        try bench.folder.write(
            #"{"request": {"method": "GET", "url": "/jobs/7"}, "response": {"status": 200, "bodyFileName": "job.json", "headers": {"Content-Type": "application/json"}}}"#,
            to: "stubs/mappings/get-jobs-7.json")
        try bench.folder.write(#"{"id": 7}"#, to: "stubs/__files/job.json")
        for source in ["stubs", "stubs/mappings/get-jobs-7.json"] {
            #expect(try bench.job(.openapi, source).work().text.contains("id:\n"))
        }
    }
}
