import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayPolicy
import Testing

@testable import Assay

private func verification(_ version: String, at time: Int64 = 1, _ isSuccessful: Bool = true) -> Verification
{
    Verification(
        consumer: "worker", consumerVersion: version, contract: "ui-api", content: "c0ffee", provider: "ui",
        providerVersion: "7", isSuccessful: isSuccessful, detail: "it's \"odd\"; drop table verifications",
        atMilliseconds: time, runFolder: ".assay/runs/1")
}

@Suite("The matrix in the history's file")
struct MatrixStoreTests {
    let folder: TemporaryFolder
    let history: RunHistory
    let store: MatrixStore

    init() throws {
        folder = try TemporaryFolder()
        history = RunHistory(path: folder.path + "/.assay/history.db")
        store = MatrixStore(history)
    }

    @Test("verifications are read back as they were recorded")
    func verifications() async throws {
        #expect(try await store.matrix().get() == nil)
        let rows = [verification("1", at: 5), verification("2", at: 6, false)]
        #expect(await store.record(rows) == nil)
        #expect(await store.record([]) == nil)
        #expect(try await store.matrix().get()?.verifications == rows)
        #expect(try await history.runs(limit: 9).get()?.isEmpty == true, "a verification is no run")
    }

    @Test("a version takes the place of the one before, runs beside it, and goes")
    func deployments() async throws {
        func running() async throws -> [String] {
            try await store.matrix().get()?.running("ui", in: "prod") ?? []
        }
        #expect(await store.deploy("ui", "7", to: "prod", at: 1, isBeside: false) == nil)
        #expect(
            await store.deploy("ui", "7", to: "prod", at: 2, isBeside: false) == nil, "again is no change")
        #expect(await store.deploy("ui", "6", to: "test", at: 2, isBeside: false) == nil)
        #expect(try await running() == ["7"])
        #expect(await store.deploy("ui", "8", to: "prod", at: 3, isBeside: true) == nil)
        #expect(try await running() == ["7", "8"])
        #expect(await store.deploy("ui", "9", to: "prod", at: 4, isBeside: false) == nil)
        #expect(try await running() == ["9"])
        #expect(await store.retire("ui", "9", from: "prod", at: 5) == nil)
        #expect(try await running().isEmpty)
        let all = try #require(try await store.matrix().get()).deployments
        #expect(all.map(\.version) == ["7", "6", "8", "9"])
        #expect(all.map(\.sinceMilliseconds) == [1, 2, 3, 4])
        #expect(all.map(\.untilMilliseconds) == [4, nil, 4, 5])
    }

    @Test("a file of version 2 is read as it is, and brought up to date by the first row, with its runs kept")
    func migration() async throws {
        try Files.makeFolder(folder.path + "/.assay")
        do {
            let old = try HistoryFile(path: history.path, forWriting: true)
            for statement in HistorySchema.steps[..<2].joined() { try old.run(statement) }
            try old.run("pragma user_version = 2")
            try old.run(
                """
                insert into runs values (4, 'test', 'shop', 'pr', 1, 2, 'passed', '', null, 0, null, 'A', '.assay/runs/4',
                    1, 0, 0, 0, 0, 0, null)
                """)
        }
        #expect(try #require(try await store.matrix().get()).verifications.isEmpty)
        #expect(try await history.runs(limit: 9).get()?.map(\.id) == [4])
        #expect(await store.record([verification("1")]) == nil)
        #expect(try await store.matrix().get()?.verifications == [verification("1")])
        #expect(try await history.runs(limit: 9).get()?.map(\.id) == [4])
        let file = try HistoryFile(path: history.path, forWriting: false)
        #expect(try file.run("pragma user_version") == [[.int(HistorySchema.version)]])
    }

    @Test("only so many verifications are kept, save those of versions that run somewhere")
    func retention() async throws {
        var short = store
        short.retainedVerifications = 2
        #expect(await short.deploy("worker", "1", to: "prod", at: 1, isBeside: false) == nil)
        for version in ["1", "2", "3", "4"] { #expect(await short.record([verification(version)]) == nil) }
        #expect(
            try await short.matrix().get()?.verifications.map(\.consumerVersion) == ["1", "3", "4"])
        #expect(MatrixStore(history).retainedVerifications == 50_000)
    }

    @Test("a damaged file is a warning to who records, and an error to who asks")
    func damaged() async throws {
        try folder.write(String(repeating: "this is no database. ", count: 500), to: ".assay/history.db")
        let warning = try #require(await store.record([verification("1")]))
        #expect(warning.code == "AS265" && warning.severity == .warning)
        guard case .failure(let asked) = await store.matrix() else {
            Issue.record("the file was read")
            return
        }
        #expect(asked.all.map(\.severity) == [.error])
    }

    @Test("a content's hash is the SHA-256 of what is said, however it is written")
    func hash() throws {
        let contract = try JSON(parsing: #"{"b": 1.0, "a": []}"#)
        #expect(
            MatrixStore.hash(contract) == "1c8f8816506a8ccbc55140d8a7bb70214a8942c7030fc0fc2914cec675cd1c15")
    }
}
