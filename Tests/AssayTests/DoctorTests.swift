@testable import Assay
import AssayNet
import AssayStand
import Testing

@Suite("Doctor")
struct DoctorTests {
    @Test(
        "a version is found in what programs print",
        arguments: [
            ("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", "15.20"),
            ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64", "7.0.15"),
            ("nats-server: v2.9.10", "2.9.10"), ("git version 2.39.5", "2.39.5"), ("nothing here", "?"),
        ])
    func version(text: String, number: String) { #expect(DoctorJob.number(in: text) == number) }

    @Test("what is missing is told with its package and its cost")
    func missing() throws {
        let specs = try #require(
            DependencySpecs.read(
                "{db: {postgres: {fallback: sqlite}}, cache: {redis: {fallback: skip}}, bus: {nats: {}}}"))
        let reactor = try Reactor()
        let findings = reactor.run {
            await DoctorJob.findings(Installed(folders: "/nowhere"), specs, on: reactor)
        }
        let notes = Dictionary(uniqueKeysWithValues: findings.map { ($0.name, ($0.version, $0.note)) })
        #expect(notes["postgres"]?.0 == nil)
        #expect(notes["postgres"]?.1 == "apt install postgresql   'db' is SQLite instead")
        #expect(
            notes["redis"]?.1
                == "apt install redis-server   'cache' is left out, with every scenario that needs it")
        #expect(notes["nats"]?.1 == "apt install nats-server   'bus' cannot come up")
    }
}
