import AssayCore
import AssayDoubles
import AssayFormats
import Testing

@testable import Assay

@Suite("Bots in a stand")
struct BotStandTests {
    @Test("a name that the stand does not have is told before anything runs")
    func missingName() {
        let text = """
            assay: 1
            project: p
            stand:
              doubles:
                shop: {sink: {}}
                agent: {bot: {turns: [{heard: any, call: {get: "${shopp.url}/x"}}, {heard: any, call: {get: "${env.X}"}}]}}
            """
        guard case .failure(let found) = ProjectReader.read(Array(text.utf8), file: "assay.yml", folder: ".")
        else {
            Issue.record("it was read")
            return
        }
        #expect(
            found.all.map { "\($0.code) \($0.message)" } == [
                "AS387 bot 'agent' reads ${shopp}, which the stand does not have"
            ])
        #expect(found.all.first?.fix == "did you mean 'shop'?")
    }

    @Test("a bot learns of doubles after it, and of members as they come up")
    func learning() throws {
        let (learner, other) = (Learner("agent"), Learner("shop"))
        let environment = RunningStand.templateEnvironment(folder: ".")
        let proxies = StandProxies([learner, other], names: [:], environment: environment)
        #expect(learner.learnt == ["shop"])
        #expect(other.learnt == ["agent"])
        _ = proxies.settle("api", ["url": "http://127.0.0.1:1"])
        _ = proxies.settle("gone", nil)
        #expect(learner.learnt == ["shop", "api"])
    }

    private final class Learner: LearningDouble {
        let name: String
        let url = ""
        let bindings = JSONObject()
        let secrets: [String] = []
        let detail = ""
        let journal: RequestJournal? = nil
        private(set) var learnt: [String] = []

        init(_ name: String) { self.name = name }

        func learn(_ name: String, _ binding: JSONObject) { learnt.append(name) }
        func change(_ change: DoubleChange) async -> String? { nil }
        func stop() {}
    }
}
