import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import Assay

@Suite("Where metrics are pushed to")
struct PushTests {
    private static let header = RunHeader(
        kind: .load, project: "shop/web", name: "normal", startedAtMilliseconds: 0, seed: 1,
        assayVersion: "0",
        host: .init(name: "build-7", system: "s", cores: 1, memoryBytes: 1))

    private static func spec(_ labels: [(String, String)] = []) -> PushSpec {
        let place = SourceLocation(file: "assay.yml", line: 1, column: 1)
        return PushSpec(
            url: Template(constant: "", at: place), labels: labels.map { (name: $0.0, value: $0.1) })
    }

    @Test("The group is in the path; what a path cannot hold is in base64")
    func path() throws {
        let target = try PushTarget(
            "http://user:pass@push.example:9091/base/", Self.spec([("team", "voice"), ("none", "")]),
            header: Self.header, at: nil)
        #expect(
            target.path
                == "/base/metrics/job/assay/project@base64/c2hvcC93ZWI/profile/normal/instance/build-7/team/voice"
                + "/none@base64/=")
        #expect(target.origin == HTTPOrigin(host: "push.example", port: 9091))
        #expect(target.authorization == "Basic dXNlcjpwYXNz")
        #expect(target.shown == "http://push.example:9091/base", "the password is not shown")
    }

    @Test("An address without a scheme is http")
    func bare() throws {
        #expect(
            try PushTarget("127.0.0.1:9091", Self.spec(), header: Self.header, at: nil).shown
                == "http://127.0.0.1:9091")
    }

    @Test(
        "What is no address of a Pushgateway is told",
        arguments: [
            ("ftp://push", "'ftp://push': expected the scheme http or https, got 'ftp'"),
            ("http://push/?a=b", "it has a query"),
        ])
    func refused(url: String, why: String) {
        #expect {
            try PushTarget(url, Self.spec(), header: Self.header, at: nil)
        } throws: { error in
            guard let diagnostic = error as? Diagnostic else { return false }
            return diagnostic.code == "AS408"
                && diagnostic.message == "the Pushgateway's address cannot be used: \(why)"
        }
    }

    private static func project(_ outputs: String) -> Result<Project, Diagnostics> {
        let text =
            "assay: 1\nproject: shop\nstand: {dependencies: {push: {pushgateway: {}}}}\noutputs: \(outputs)\n"
        return ProjectReader.read(Array(text.utf8), file: "assay.yml", folder: ".")
    }

    @Test("A project names its Pushgateway, by an address or by a part of its stand")
    func outputs() throws {
        let short = try #require(try Self.project("{push-gateway: \"${push.url}\"}").get().push)
        #expect(short.every == .seconds(5) && short.labels.isEmpty && short.url.source == "${push.url}")
        let long = try #require(
            try Self.project("{push-gateway: {url: 'http://p:1', every: 10s, labels: {team: voice}}}").get()
                .push)
        #expect(long.every == .seconds(10) && long.labels.map(\.name) == ["team"])
    }

    @Test(
        "What is wrong with outputs is told",
        arguments: [
            (
                "{push-gateway: \"${psh.url}\"}",
                "AS408 the Pushgateway's address reads '${psh…}', which the stand does not have"
            ),
            (
                "{push-gateway: {url: 'http://p:1', labels: {job: mine}}}",
                "AS408 'job' is no label of your own"
            ),
            (
                "{push-gateway: {url: 'http://p:1', labels: {quantile: mine}}}",
                "AS408 'quantile' is no label of your own"
            ),
            (
                "{push-gateway: {url: 'http://p:1', labels: {__name: mine}}}",
                "AS408 '__name' is no label of your own"
            ),
            ("{pushgateway: x}", "AS010 'pushgateway' is not known in 'outputs'"),
        ])
    func wrongOutputs(outputs: String, wanted: String) {
        guard case .failure(let found) = Self.project(outputs) else {
            Issue.record("it was read")
            return
        }
        #expect(found.all.map { "\($0.code) \($0.message)" } == [wanted])
    }

    @Test("A profile is found by its name where profiles are kept")
    func profileNames() throws {
        let folder = try TemporaryFolder()
        try folder.write("assay: 1\nproject: p\nlevels: {load: {profile: perf/smoke.yml}}\n", to: "assay.yml")
        for name in [
            "perf/smoke.yml", "perf/day.yml", "profiles/normal.json", "load/normal.yml", "load/flow.ts",
        ] {
            try folder.write("", to: name)
        }
        let workspace = try Workspace.open(folder.path).get()
        #expect(try workspace.profilePath("day").get() == folder.path + "/perf/day.yml")
        #expect(try workspace.profilePath("normal").get() == folder.path + "/load/normal.yml")
        #expect(try workspace.profilePath("flow").get() == folder.path + "/load/flow.ts")
        #expect(try workspace.profilePath("perf/other.yml").get() == "perf/other.yml")
        guard case .failure(let problem) = workspace.profilePath("nromal") else {
            Issue.record("it was found")
            return
        }
        #expect(problem.all.map(\.fix) == ["did you mean 'normal'?"])
    }
}
