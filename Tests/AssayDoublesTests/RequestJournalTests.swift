import AssayDoubles
import AssayNet
import Testing

@Suite("The journal of a double")
struct RequestJournalTests {
    private func request(_ target: String, bytes: Int) -> HTTPRequest {
        HTTPRequest(method: "POST", target: target, body: [UInt8](repeating: 65, count: bytes))
    }

    @Test("The oldest requests make room, and are still counted")
    func bounded() {
        let journal = RequestJournal(capacityBytes: 10_000, bodyLimitBytes: 1000)
        for number in 1...1000 { journal.record(request("/\(number)", bytes: 1000), status: 200, at: 5) }
        let kept = journal.entries
        #expect(journal.count == 1000)
        #expect(kept.count == 8)
        #expect(kept.map(\.number) == Array(993...1000))
        #expect(kept.last?.request.target == "/1000")
    }

    @Test("Of a long body the beginning is kept, with how long it was")
    func longBody() {
        let journal = RequestJournal(capacityBytes: 100, bodyLimitBytes: 10)
        journal.record(request("/", bytes: 5000), status: 413, at: 7)
        let entry = journal.entries.first
        #expect(entry?.request.body.count == 10)
        #expect(entry?.bodyBytes == 5000)
        #expect(entry?.status == 413)
        #expect(entry?.milliseconds == 7)
    }
}
