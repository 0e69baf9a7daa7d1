/// What the command line asks for.
struct Options {
    /// All entries, when none is named.
    var entry: String?
    var seconds = 60.0
    var seed: UInt64 = 1
    /// Holds a folder for each entry.
    var corpus = "Fuzz/Corpus"
    /// Runs this one file and ends.
    var replay: String?

    static let usage = """
        usage: assay-fuzz [ENTRY] [--seconds N] [--seed S] [--corpus DIR] [--replay FILE]

        Mutates the files of DIR/ENTRY (Fuzz/Corpus) for N seconds (60) and gives them to the parser; without an
        ENTRY each one in turn, for N seconds together. The same seed (1) makes the same inputs. An input that stops
        the process stays in DIR/ENTRY as crash-….bin; --replay runs it again.
        """

    init(parsing arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                guard entry == nil else { throw UsageError("expected one entry, got '\(word)' too") }
                entry = word
                continue
            }
            guard ["--seconds", "--seed", "--corpus", "--replay"].contains(word) else {
                throw UsageError("unknown option '\(word)'")
            }
            guard let value = rest.popFirst() else { throw UsageError("\(word) needs a value") }
            switch word {
            case "--seconds":
                guard let number = Double(value), number > 0, number.isFinite else {
                    throw UsageError("expected seconds above 0 behind --seconds, got '\(value)'")
                }
                seconds = number
            case "--seed":
                guard let number = UInt64(value) else {
                    throw UsageError("expected a whole number behind --seed, got '\(value)'")
                }
                seed = number
            case "--corpus": corpus = value
            default: replay = value
            }
        }
        if replay != nil, entry == nil { throw UsageError("--replay needs an entry") }
    }
}

struct UsageError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}
