import AssayCore
import AssayNet
import AssayReport
import AssayStand
import Testing

@testable import Assay

@Suite("Loads that could not be carried out")
struct BrokenLoadTests {
    @Test(
        "a load in which no pass could be carried out has failed, and says by what; a failed teardown is a warning",
        arguments: [
            ("- create: {factory: user, count: 2, with: {id: 1}}", "not created"),
            ("- sql: {on: db, query: select * from no_such_table}", "not done"),
        ])
    func brokenLoad(steps: String, reason: String) throws {
        let folder = try FactoryRunTests.project(
            ["order": steps + "\n"], name: "broken \(reason)")
        defer { try? Files.remove(folder) }
        let profile = """
            assay: 1
            load: orders
            scenarios: [tests/order.yml]
            iterations: {users: 1, each: 2}
            teardown: [{sql: {on: db, query: select * from no_such_table}}]
            """
        try Files.write(Array(profile.utf8), to: folder + "/load.yml")
        var job = LoadJob()
        (job.project, job.profile, job.out) = (folder, folder + "/load.yml", folder + "/out")
        #expect(job.run(Console(colours: false, isQuiet: true)) == .failed)
        let record = try RecordReader.read(try Files.read(folder + "/out/record.jsonl"), file: "record")
            .record
        #expect(record.failures.map(\.reason) == [reason] && record.failures.map(\.count) == [2])
        let said = record.end?.verdict.reasons.first ?? ""
        #expect(said.hasPrefix("every pass of 'order' was broken off, mostly by step '"), "\(said)")
        let notes = record.notes.filter { $0.severity == .warning }.map(\.text)
        #expect(notes.contains { $0.hasPrefix("the teardown failed: step '") }, "\(notes)")
        #expect(notes.contains("2 of 2 passes were broken off by a step that could not be done"), "\(notes)")
    }
}
