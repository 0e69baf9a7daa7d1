import AssayFuzz
import Glibc

@main struct Main {
    static func main() {
        let options: Options
        do throws(UsageError) {
            options = try Options(parsing: Array(CommandLine.arguments.dropFirst()))
        } catch {
            fail(
                "\(error.message)\n\(Options.usage)\nentries: \(fuzzEntries.map(\.name).joined(separator: ", "))"
            )
        }
        let chosen = fuzzEntries.filter { options.entry == nil || $0.name == options.entry }
        guard !chosen.isEmpty else {
            let known = fuzzEntries.map(\.name).joined(separator: ", ")
            fail("expected one of the entries \(known), got '\(options.entry ?? "")'")
        }
        if let path = options.replay {
            guard let bytes = fileBytes(path) else { fail("cannot read \(path)") }
            for entry in chosen { entry.run(bytes) }
            say("\(path): \(bytes.count) bytes, nothing is wrong")
            return
        }
        for entry in chosen { fuzz(entry, options, seconds: options.seconds / Double(chosen.count)) }
    }

    private static func fuzz(_ entry: FuzzEntry, _ options: Options, seconds: Double) {
        let folder = "\(options.corpus)/\(entry.name)"
        guard let names = fileNames(in: folder) else { fail("cannot read the corpus \(folder)") }
        let corpus = names.map { name -> [UInt8] in
            guard let bytes = fileBytes("\(folder)/\(name)") else { fail("cannot read \(folder)/\(name)") }
            return bytes
        }
        let path = "\(folder)/crash-\(options.seed)-\(getpid()).bin"
        guard let crash = CrashFile(path: path) else { fail("cannot write \(path)") }
        say(
            "\(entry.name): \(corpus.count) files, seed \(options.seed); an input that stops this stays in \(path)"
        )
        var mutator = Mutator(corpus: corpus, words: entry.words, seed: options.seed)
        let begin = now()
        var count = 0
        for bytes in corpus { run(entry, bytes.prefix(1 << 16).map(\.self), crash) }
        while now() - begin < seconds {
            // An input that takes this long hangs: the signal stops the process and the input stays.
            alarm(20)
            for _ in 0..<64 { run(entry, mutator.next(), crash) }
            count += 64
        }
        alarm(0)
        crash.remove()
        let took = now() - begin
        say(
            "\(entry.name): \(count + corpus.count) inputs in \(Int(took)) s, \(Int(Double(count) / took)) a second"
        )
    }

    private static func run(_ entry: FuzzEntry, _ bytes: [UInt8], _ crash: CrashFile) {
        crash.note(bytes)
        entry.run(bytes)
    }

    /// Seconds on a clock that only runs forward.
    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func fail(_ message: String) -> Never {
        say("assay-fuzz: \(message)", to: STDERR_FILENO)
        exit(2)
    }
}
