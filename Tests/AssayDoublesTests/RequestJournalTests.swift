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
        #expect(kept.count == 7)
        #expect(kept.map(\.number) == Array(994...1000))
        #expect(kept.last?.request.target == "/1000")
    }

    @Test("What is cleared or removed is gone, and the count of all requests goes on")
    func removing() {
        let journal = RequestJournal(seed: 0xAB)
        for number in 1...4 { journal.record(request("/\(number)", bytes: 1), status: 200, at: 5) }
        let id = journal.id(of: journal.entries[2])
        #expect(id == "00000000-0000-4000-8b00-000000000003")
        #expect(journal[id]?.request.target == "/3")
        #expect(journal["00000000-0000-4000-8c00-000000000003"] == nil)
        let removed = journal.remove { $0.request.target == "/3" }
        #expect(removed.map(\.number) == [3] && journal.entries.map(\.number) == [1, 2, 4])
        #expect(journal.find(RequestPattern(url: .path("/4"))).map(\.number) == [4])
        #expect(journal.count(of: RequestPattern()) == 3)
        journal.clear()
        journal.record(request("/5", bytes: 1), status: 200, at: 5)
        #expect(journal.count == 5 && journal.entries.map(\.number) == [5] && journal.droppedCount == 0)
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
