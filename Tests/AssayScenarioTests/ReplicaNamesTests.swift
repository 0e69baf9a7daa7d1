import AssayCore
import AssayScenario
import Testing

@Suite("Copies of a service in scenarios")
struct ReplicaNamesTests {
    private static func read(_ of: String, copies: Int?) -> String {
        let stand = StandNames(parts: [
            .init(name: "worker", kind: .service, members: ["url", "urls", "count"], copies: copies)
        ])
        let text = """
            assay: 1
            scenario: logs
            steps:
              - log: {of: \(of), contains: x}
              - http: {get: "${worker[3].url}/health"}
              - http: {get: "${worker.urls[0]}/health"}
            """
        let reader = ScenarioReader(files: FileReader(texts: ["a.yml": text]), stand: stand)
        guard case .failure(let found) = reader.scenario("a.yml") else { return "" }
        return found.all.map { $0.rendered() }.joined(separator: "\n")
    }

    @Test("A copy's log is named by its number", arguments: ["worker", "worker-0", "worker-19"])
    func known(name: String) { #expect(Self.read(name, copies: 20) == "") }

    @Test("When the start tells how many there are, any number may be")
    func told() { #expect(Self.read("worker-99", copies: .max) == "") }

    @Test("A copy that there is not is told with the last one")
    func beyond() {
        #expect(
            Self.read("worker-20", copies: 20) == """
                error[AS512]: 'worker' has 20 replicas, the last is 'worker-19', found 'worker-20'
                  a.yml:4:15   - log: {of: worker-20, contains: x}
                                           ^^^^^^^^^
                """)
    }

    @Test("A service without copies has none")
    func none() {
        #expect(
            Self.read("worker-0", copies: nil).hasPrefix("error[AS039]: the stand has no service 'worker-0'"))
    }
}
