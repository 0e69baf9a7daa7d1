/// Every command; one row gives it its place in parser, help and completion.
enum Commands {
    static let all: [Command] = [check, test, load, up, doctor, report]

    static let check = Command(
        name: "check", summary: "read every file and run nothing", operands: "[PATH…]",
        operandCount: 0...10_000,
        options: [])

    static let test = Command(
        name: "test", summary: "run scenarios as tests on a stand of their own", operands: "[PATH…]",
        operandCount: 0...10_000,
        options: [
            Option("--level", value: "LEVEL", repeats: true, "only these levels of the project"),
            Option("--pipeline", value: "NAME", "the levels of a pipeline"),
            Option(
                "--tag", short: "-t", value: "TAG", repeats: true, "only scenarios with one of these tags"),
            Option("--not-tag", value: "TAG", repeats: true, "no scenario with one of these tags"),
            Option("--jobs", short: "-j", value: "N", "tests at a time (default: twice the cores)"),
            Option("--seed", value: "SEED", "repeat the order and the random values of a run"),
            Option("--junit", value: "FILE", "write JUnit XML here too"),
            Option("--out", value: "DIR", "where record, reports and logs go"),
            Option("--update-golden", "rewrite golden files instead of comparing"),
            Option("--verbose", short: "-v", "name each scenario; -vv tells each exchange"),
            Option("--curl", "print the curl command that repeats a failed request"),
        ],
        notes: "A PATH is a scenario file, a folder of them, or FILE::NAME for one scenario or case.")

    static let load = Command(
        name: "load", summary: "drive a load profile and judge its thresholds", operands: "PROFILE",
        operandCount: 1...1,
        options: [
            Option("--users", value: "N", "so many users, in place of the profile's stages"),
            Option("--for", value: "TIME", "for so long, in place of the profile's stages"),
            Option("--reactors", value: "N", "event loops, one a core (default: 1 below 1000 users)"),
            Option("--seed", value: "SEED", "repeat the random values of a run"),
            Option("--junit", value: "FILE", "write thresholds as JUnit XML here too"),
            Option("--out", value: "DIR", "where record, reports and logs go"),
            Option("--summary-json", value: "FILE", "write the main figures as JSON"),
        ])

    static let up = Command(
        name: "up", summary: "bring the stand up, print its addresses, wait for Ctrl-C", operands: "",
        operandCount: 0...0, options: [])

    static let doctor = Command(
        name: "doctor", summary: "say what this machine has, and what each missing piece costs", operands: "",
        operandCount: 0...0, options: [],
        notes: "Exits with 3 when the project's stand could not come up here.")

    static let report = Command(
        name: "report", summary: "make reports of a run that was kept", operands: "RUN", operandCount: 1...1,
        options: [
            Option("--html", value: "FILE", "write the HTML report"),
            Option("--junit", value: "FILE", "write JUnit XML"),
            Option("--markdown", value: "FILE", "write Markdown"),
        ])
}
