import Glibc
import Testing

/// Texts kept beside the tests. `ASSAY_UPDATE_GOLDEN=1` rewrites them, never under CI.
enum GoldenFiles {
    static func check(_ text: String, _ name: String, from file: String = #filePath) {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        let path = "\(folder)/Golden/\(name)"
        if environment("ASSAY_UPDATE_GOLDEN") == "1", environment("CI") == nil {
            write(text, to: path)
            return
        }
        guard let kept = read(path) else {
            Issue.record("no golden file \(name): run once with ASSAY_UPDATE_GOLDEN=1 and read what it wrote")
            return
        }
        if kept != text { Issue.record("\(name) differs (- kept, + now)\n\(difference(kept, text))") }
    }

    /// The first lines that differ, with a little before them.
    static func difference(_ kept: String, _ now: String) -> String {
        let left = kept.split(separator: "\n", omittingEmptySubsequences: false)
        let right = now.split(separator: "\n", omittingEmptySubsequences: false)
        let same = zip(left, right).prefix { $0 == $1 }.count
        let tail = zip(left.dropFirst(same).reversed(), right.dropFirst(same).reversed()).prefix { $0 == $1 }
            .count
        return left[max(0, same - 2)..<same].map { "  \($0)\n" }.joined()
            + left[same..<(left.count - tail)].prefix(20).map { "- \($0)\n" }.joined()
            + right[same..<(right.count - tail)].prefix(20).map { "+ \($0)\n" }.joined()
    }

    static func environment(_ name: String) -> String? {
        // SAFETY: getenv answers NULL or a NUL-terminated string; the copy is made at once.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    static func read(_ path: String) -> String? {
        // SAFETY: the stream is closed on every path; fread gets the array's own storage and size.
        guard let stream = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(stream) }
        var bytes: [UInt8] = []
        while true {
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                count = unsafe fread(buffer.baseAddress, 1, 65_536, stream)
            }
            if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk
        }
    }

    static func write(_ text: String, to path: String) {
        // SAFETY: the stream is closed on every path; fwrite reads the array's own storage.
        guard let stream = unsafe fopen(path, "w") else {
            Issue.record("cannot write \(path)")
            return
        }
        defer { unsafe fclose(stream) }
        let bytes = Array(text.utf8)
        let written = unsafe fwrite(bytes, 1, bytes.count, stream)
        #expect(written == bytes.count)
    }
}
