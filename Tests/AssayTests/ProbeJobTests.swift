import AssayCore
import AssayNet
import AssayPolicy
import AssayRunner
import AssayVerifier
import Testing

@testable import Assay

@Suite("The job of a probe")
struct ProbeJobTests {
    private static let refused = LiveFailure(outcome: .connectRefused)

    @Test(
        "replaying holds only when every case was answered and none fails",
        arguments: [
            ([ReplayedCase.End.holds, .holds], ReplayEnd.held),
            ([.holds, .fails, .unknown], .failed),
            ([.fails, .unanswered(refused)], .failed),
            ([.holds, .unanswered(refused)], .open),
            ([.unknown], .open),
            ([.unknown, .unanswered(refused)], .nobody(refused)),
            ([.unanswered(LiveFailure(outcome: .notSent))], .open),
        ])
    func replay(ends: [ReplayedCase.End], end: ReplayEnd) {
        #expect(ReplayEnd(ends) == end)
    }

    @Test("what is read is not written over, whatever it is called")
    func overwriting() throws {
        let folder = try TestFolder("probe overwriting")
        try folder.write("{}", "api.yaml")
        let path = folder.path + "/api.yaml"
        func told(_ change: (inout ContractProbeJob) -> Void) -> String? {
            var job = ContractProbeJob(document: path, provider: "http://127.0.0.1:9")
            change(&job)
            return job.overwriting()?.message.replacing(folder.path, with: "")
        }
        #expect(told { $0.save = path } == "--save would write over '/api.yaml'")
        #expect(told { $0.junit = folder.path + "/./api.yaml" } == "--junit would write over '/./api.yaml'")
        #expect(told { $0.save = folder.path + "/cases.jsonl" } == nil)
        #expect(told { _ in } == nil)
    }

    @Test("departures of doubles are told without secrets, also where they were cut")
    func doubles() {
        let masker = Masker(secrets: ["s3cret-token"])
        let drift = DoubleDrift(
            double: "pay",
            mismatch: Mismatch(
                subject: "request body $.key", expected: "not s3cret-token", actual: #""long s3cret-t…"#,
                diff: "+ s3cret-token"),
            summary: "POST /charges?key=s3cret-token → 201", beganAtNanoseconds: 0, endedAtNanoseconds: 1)
        let masked = drift.masked(by: masker)
        #expect(masked.mismatch.expected == "not •••")
        #expect(masked.mismatch.actual == #""long •••…"#)
        #expect(masked.mismatch.diff == "+ •••")
        #expect(masked.summary == "POST /charges?key=••• → 201")
    }
}
