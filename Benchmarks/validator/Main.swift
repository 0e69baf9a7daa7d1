import AssayContracts
import AssayFormats
import Glibc

/// Judges one document by one schema many times and prints what it cost: `schema-bench SCHEMA DOCUMENT bytes|parsed COUNT`.
///
/// A line of JSON: CPU nanoseconds of one judgement, and whether the document holds. See Benchmarks/README.md.
@main
enum SchemaBench {
    static func main() {
        let words = CommandLine.arguments
        guard words.count == 5, let count = Int(words[4]), count > 0 else {
            fail("usage: schema-bench SCHEMA DOCUMENT bytes|parsed COUNT")
        }
        do {
            let schema = try JSONSchema(compiling: try JSON(parsing: read(words[1])))
            let document = read(words[2])
            var tape = JSONTape()
            try tape.parse(document)
            var held = 0
            let start = processorNanoseconds()
            for _ in 0..<count {
                if words[3] == "bytes" { try tape.parse(document) }
                if schema.accepts(tape) { held += 1 }
            }
            let spent = Double(processorNanoseconds() - start) / Double(count)
            print("{\"nanoseconds\": \(spent), \"holds\": \(held == count)}")
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ message: String) -> Never {
        print("schema-bench: \(message)")
        exit(2)
    }

    private static func processorNanoseconds() -> Int {
        var time = timespec()
        // SAFETY: the kernel fills the value in.
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { fail("\(path) cannot be read") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            // SAFETY: at most the chunk's size is read into it.
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk.prefix(count))
        }
    }
}
