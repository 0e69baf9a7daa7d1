import AssayCore
import AssayFormats
import AssayPolicy
import Testing

@Suite("Reading the policies of doubt")
struct FlakinessReadingTests {
    private func reading(_ text: String) throws -> (FlakinessReading, YAMLNode, DiagnosticBag) {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "assay.yml", bag: bag))
        return (FlakinessReading(yaml), yaml.root, bag)
    }

    @Test("flaky tests are tried again, reported and may fail the run")
    func flaky() throws {
        let (reading, node, bag) = try reading("{retries: 3, report: false, fail: true}")
        let policy = try #require(reading.flaky(node))
        #expect((policy.retries, policy.isReported, policy.fails) == (3, false, true))
        #expect(bag.all.isEmpty)
        #expect(FlakyPolicy().retries == 0 && FlakyPolicy().isReported && !FlakyPolicy().fails)
    }

    @Test(
        "more than ten retries are refused", arguments: ["{retries: 11}", "{retries: -1}", "{retry: 2}", "2"])
    func tooMany(text: String) throws {
        let (reading, node, bag) = try reading(text)
        _ = reading.flaky(node)
        #expect(bag.hasErrors)
    }

    @Test("a list may stand in the project, or in a file of its own")
    func sources() throws {
        let (reading, node, bag) = try reading("{test: e2e › a, reason: r}")
        #expect(bag.all.isEmpty)
        if case .none = reading.quarantine(node) {} else { Issue.record("an entry is no list") }
        #expect(bag.hasErrors)
        for text in [
            "[{test: e2e › a, reason: r}]", "{tests: [{test: e2e › a, reason: r}], release-after: 3}",
        ] {
            let (reading, node, bag) = try self.reading(text)
            guard case .list(let list) = reading.quarantine(node) else { throw Unexpected() }
            #expect(bag.all.isEmpty && list.entries.map(\.test) == ["e2e › a"])
            #expect(list.releaseAfter == (text.contains("release") ? 3 : 10))
        }
        for text in ["tests/quarantine.yml", "{file: tests/quarantine.yml, release-after: 5}"] {
            let (reading, node, bag) = try self.reading(text)
            guard case .file(let path, _, let after) = reading.quarantine(node) else { throw Unexpected() }
            #expect(
                bag.all.isEmpty && path == "tests/quarantine.yml" && after == (text.contains("5") ? 5 : nil))
        }
    }

    private struct Unexpected: Error {}

    @Test("a quarantine file reads with all that an entry may say")
    func file() throws {
        let text = """
            assay: 1
            quarantine:
              - test: integration › reserve [large]
                reason: the sandbox is down
                issue: 12
                until: 2027-01-31
              - {test: tests/a.yml, reason: slow disk}
            """
        let list = try FlakinessReading.list(Array(text.utf8), file: "q.yml").get()
        #expect(list.entries.map(\.test) == ["integration › reserve [large]", "tests/a.yml"])
        #expect(list.entries[0].issue == "12" && list.entries[0].until?.description == "2027-01-31")
        #expect(list.entries[0].location.line == 3 && list.entries[1].until == nil)
    }

    @Test(
        "an entry without its parts is refused, with its place",
        arguments: [
            (
                "[{test: a, reason: r, until: 2027-02-30}]",
                """
                error[AS260]: expected a day of the calendar, found the text '2027-02-30'
                  q.yml:2:42   quarantine: [{test: a, reason: r, until: 2027-02-30}]
                                                                        ^^^^^^^^^^
                  fix: write it like `2027-01-31`
                """
            ),
            (
                "[{test: a}]",
                """
                error[AS011]: a quarantine entry needs 'reason'
                  q.yml:2:14   quarantine: [{test: a}]
                                            ^
                  fix: add `reason: …`
                """
            ),
        ])
    func refuses(entries: String, message: String) throws {
        let text = "assay: 1\nquarantine: \(entries)\n"
        guard case .failure(let found) = FlakinessReading.list(Array(text.utf8), file: "q.yml") else {
            throw Unexpected()
        }
        #expect(found.all.map { $0.rendered() } == [message])
    }

    @Test("a mapping that says neither file nor tests is told what it needs")
    func neither() throws {
        let (reading, node, bag) = try reading("{release-after: 5}")
        _ = reading.quarantine(node)
        #expect(bag.all.map(\.message) == ["a quarantine needs one of `file` or `tests`"])
        #expect(bag.all.map(\.code) == ["AS260"])
    }
}
