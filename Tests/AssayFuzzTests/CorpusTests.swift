import AssayFuzz
import Glibc
import Testing

/// Every file of every corpus through its entry. An entry stops the process at what is wrong, so the last test that
/// was started names the file.
@Suite("Corpora of the fuzz entries")
struct CorpusTests {
    struct Input: CustomTestStringConvertible {
        var entry: String
        var name: String
        var testDescription: String { "\(entry)/\(name)" }
    }

    static let inputs = fuzzEntries.flatMap { entry in
        names(in: folder(entry.name)).map { Input(entry: entry.name, name: $0) }
    }

    @Test("an input that was worth keeping is read without a fault", arguments: inputs)
    func replays(_ input: Input) throws {
        let entry = try #require(fuzzEntries.first { $0.name == input.entry })
        entry.run(try #require(Self.bytes(of: "\(Self.folder(input.entry))/\(input.name)")))
    }

    @Test("every entry has a corpus, the HTTP entries one of at least 25 files")
    func corpora() {
        for entry in fuzzEntries {
            let count = Self.names(in: Self.folder(entry.name)).count
            #expect(count >= (entry.name.hasPrefix("http1") ? 25 : 1), "\(entry.name)")
        }
    }

    @Test("every corpus has an entry")
    func noOrphans() {
        let known = Set(fuzzEntries.map(\.name))
        for name in Self.names(in: Self.folder("")) { #expect(known.contains(name)) }
    }

    private static func folder(_ entry: String) -> String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
            + "/Fuzz/Corpus/" + entry
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name.0) { unsafe String(cString: $0) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func bytes(of path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe fread(&piece, 1, piece.count, file), count > 0 {
            bytes += piece[..<count]
        }
        return bytes
    }
}
