internal import Assay

/// Every command; one row gives it its place in parser, help and completion.
enum Commands {
    static let all: [Command] = [
        check, test, load, up, double, doctor, report, history, compare, schema, imports, ci,
    ]

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
            Option(
                "--changed", value: "REV",
                "only levels and scenarios whose `paths` changed since a git revision"),
            Option("--jobs", short: "-j", value: "N", "tests at a time (default: twice the cores)"),
            Option("--seed", value: "SEED", "repeat the order and the random values of a run"),
            Option("--junit", value: "FILE", "write JUnit XML here too"),
            Option("--out", value: "DIR", "where record, reports and logs go"),
            Option("--update-golden", "rewrite golden files instead of comparing"),
            Option("--write-pacts", value: "DIR", "keep what doubles answered as pacts of the project here"),
            Option(
                "--retries", value: "N",
                "try a failed test again up to N times (default: as the project says)"),
            Option("--repeat", value: "N", "run every test N times, with other random values each time"),
            Option("--until-failure", "repeat until a test fails, 1000 times unless --repeat says how often"),
            Option("--verbose", short: "-v", "name each scenario; -vv tells each exchange"),
            Option("--curl", "print the curl command that repeats a failed request"),
            Option(
                "--version", value: "V",
                "what is tested, for `assay contract matrix` (default: the commit, with + when files differ)"),
            Option("--consumer-version", value: "V", "of the contracts' consumers (default: the same)"),
        ],
        notes: "A PATH is a scenario file, a folder of them, or FILE::NAME for one scenario or case.")

    /// Letters are those of `artillery run`, and of `k6 run` where these leave them.
    static let load = makeLoad(
        k6Letters.filter { !artilleryLetters.values.contains($0.value) }.merging(artilleryLetters) { $1 })
    private static let loadOfScript = makeLoad(k6Letters)

    /// `load` with the letters of the tool whose file it is given.
    ///
    /// - Parameter words: behind the command's name.
    static func ofLoad(for words: some Sequence<String>) -> Command {
        let words = Array(words)
        // What is a value and what the file depends on the letters: those of k6 hold where they find a script of k6. Where they
        // mean nothing, and Artillery's find one, its own letters say what is wrong.
        let file = [loadOfScript, load].lazy.compactMap { try? Arguments(words, for: $0) }.first?.operands
            .first
        return file.map(ScriptFlags.isScript) == true ? loadOfScript : load
    }

    private static let artilleryLetters = [
        "--variables": "-v", "--target": "-t", "--config": "-c", "--output": "-o", "--payload": "-p",
        "--solo": "-s",
        "--insecure": "-k", "--env": "-e",
    ]

    private static let k6Letters: [String: String] = {
        var letters = ["--env": "-e", "--config": "-c", "--out": "-o"]
        for row in ScriptFlags.rows { letters["--\(row.name)"] = row.letter.map { "-\($0)" } }
        return letters
    }()

    private static func makeLoad(_ letters: [String: String]) -> Command {
        let options = loadOptions + scriptOptions
        return Command(
            name: "load", summary: "drive a load profile and judge its thresholds", operands: "PROFILE",
            operandCount: 1...1,
            options: options.map { option in
                var option = option
                option.short = letters[option.name]
                return option
            },
            notes: """
                A PROFILE is a file in YAML or JSON, or the name of one: `normal` finds load/normal.yml. Scripts of k6
                (.js, .mjs, .ts, or - for standard input) and of Artillery (.yml) run as they are; options from --env on
                are for those of k6, with which letters are those of `k6 run`: -o is --out, -v --verbose, -p --paused.
                With a name without ending they stay Artillery's, also where it finds a script of k6.
                """,
            foreign: foreignToLoad)
    }

    private static let loadOptions: [Option] = [
        Option("--users", value: "N", "so many users, in place of the profile's stages"),
        Option("--for", value: "TIME", "for so long, in place of the profile's stages"),
        Option("--scale", value: "FACTOR", "run the schedule in this part of its time: 0.02, 2%"),
        Option(
            "--lag-bound", value: "TIME", "how late Assay itself may be (default: the profile's, or 10ms)"
        ),
        Option("--reactors", value: "N", "event loops, one a core (default: 1 below 1000 users)"),
        Option("--seed", value: "SEED", "repeat the random values of a run"),
        Option("--junit", value: "FILE", "write thresholds as JUnit XML here too"),
        Option("--out", value: "DIR", repeats: true, "where record, reports and logs go"),
        Option("--report", value: "FILE", "write the Markdown report here too"),
        Option("--summary-json", value: "FILE", "write the main figures as JSON"),
        Option("--push-gateway", value: "URL", "push the metrics to this Prometheus Pushgateway"),
        Option("--environment", value: "NAME", "of Artillery: one of `config.environments`; -e too"),
        Option("--variables", value: "JSON", "of Artillery: variables of every user"),
        Option("--overrides", value: "JSON", "of Artillery: put over the script's own"),
        Option("--target", value: "URL", "of Artillery: in place of `config.target`"),
        Option("--insecure", "of Artillery: take any certificate"),
        Option(
            "--config", value: "FILE",
            "of Artillery: a file that is put over the script; of k6: options as JSON, under the script's own"
        ),
        Option("--payload", value: "FILE", "of Artillery: the CSV file of `config.payload`"),
        Option("--scenario-name", value: "NAME", "of Artillery: this scenario and no other"),
        Option("--solo", "of Artillery: one user and no more"),
        Option(
            "--dotenv", value: "FILE",
            "of Artillery: variables for `$env`, where the environment has none"),
        Option("--env-file", value: "FILE", "the same as --dotenv"),
        Option("--output", value: "FILE", "of Artillery: write its own report as JSON"),
    ]

    /// What `artillery run` and `k6 run` take, and what does it here.
    private static let foreignToLoad: [String: String] = {
        let cloud = "leave it out: runs are kept in .assay/runs, and `assay history` lists them"
        let nowhere = "leave it out: the load comes from this machine"
        return [
            "--record": cloud, "--key": cloud, "--name": cloud, "--tags": cloud, "--note": cloud,
            "--platform": nowhere, "--platform-opt": nowhere, "--count": "--reactors N uses more cores",
            "--input": "--config FILE puts a file over the script",
            "--logformat": "it is --log-format",
        ]
    }()

    /// What `assay load` takes for scripts of k6: the words of `k6 run`, and a few more.
    private static let scriptOptions: [Option] =
        [
            Option(
                "--env", value: "NAME=VALUE", repeats: true, "a variable of the script, in __ENV"
            ),
            Option("--k6-exit-codes", "end as k6 would: 99, 104, 107, 108, …"),
            Option("--k6-summary", "print k6's own summary behind Assay's"),
            Option(
                "--include-system-env-vars", value: "BOOL", bareValue: "true",
                "scripts see the environment of this process (default: true)"),
        ]
        + ScriptFlags.rows.map { row in
            Option(
                "--\(row.name)", value: row.placeholder, repeats: true, bareValue: row.bareValue, row.help)
        }

    static let up = Command(
        name: "up", summary: "bring the stand up, print its addresses, wait for Ctrl-C", operands: "",
        operandCount: 0...0, options: [])

    static let double = Command(
        name: "double", summary: "run one double alone until Ctrl-C", operands: "FILE|PRESET",
        operandCount: 1...1,
        options: [
            Option("--port", value: "N", "listen here (default: a free port)"),
            Option("--listen", value: "ADDRESS", "for more than this machine, like 0.0.0.0"),
            Option("--set", value: "KEY=VALUE", repeats: true, "an option of the preset; VALUE is YAML"),
            Option("--seed", value: "SEED", "repeat the random values of a double"),
            Option("--verbose", short: "-v", "tell every request"),
        ],
        notes:
            "A FILE is a double's own file, an OpenAPI document, a WireMock mapping file, or a folder with mappings/.\n"
            + DoubleJob.presets.map {
                "  \($0.name)\(String(repeating: " ", count: max(2, 12 - $0.name.count)))\($0.summary)"
            }
            .joined(separator: "\n"))

    static let doctor = Command(
        name: "doctor", summary: "say what this machine has, and what each missing piece costs", operands: "",
        operandCount: 0...0, options: [],
        notes: "Exits with 3 when the project's stand could not come up here.")

    static let report = Command(
        name: "report", summary: "make reports of a run that was kept", operands: "RUN", operandCount: 1...1,
        options: [
            Option("--html", value: "FILE", "write the HTML report"),
            Option("--junit", value: "FILE", "write JUnit XML"),
            Option("--markdown", value: "FILE", "write Markdown, with the change since the run before"),
        ],
        notes: "A RUN is its folder, its record.jsonl, a number of `assay history`, `last`, or a profile.")

    static let history = Command(
        name: "history", summary: "list past runs, or tests and how flaky they were",
        operands: "[TEST | show ID]",
        operandCount: 0...2,
        options: [
            Option("--tests", "list tests with their last results"),
            Option("--load", value: "PROFILE", "list runs of a load profile, with what changed"),
            Option("--flaky", "rank tests by how flaky they were in their last 50 runs"),
            Option("--profile", value: "NAME", "only runs of this load profile, or of tests so named"),
            Option("--verdict", value: "V", "only passed, failed, inconclusive or interrupted runs"),
            Option("--branch", value: "NAME", "only runs of this branch"),
            Option("--commit", value: "HASH", "only runs of commits that begin so"),
            Option("--since", value: "WHEN", "only runs since then: 7d, 12h, 2026-11-01"),
            Option("--limit", value: "N", "how many runs or tests (default: 20)"),
            Option("--json", "as JSON, for programs"),
        ],
        notes:
            "A TEST is 'LEVEL › SCENARIO [CASE]' or a part of it, a file, or FILE::NAME; `show ID` tells of one run."
    )

    static let compare = Command(
        name: "compare", summary: "say per metric whether load runs differ, by more than noise",
        operands: "RUN RUN…", operandCount: 0...50,
        options: [
            Option("--baseline", "compare with the newest earlier run of the profile that passed"),
            Option("--branch", value: "NAME", "of the baseline"),
            Option("--profile", value: "NAME", "whose runs `last` and `last-1` are"),
            Option(
                "--allow", value: "PART", repeats: true,
                "exit with 1 when something got worse by more: 5%, p95=10%, failed=0.1%"),
            Option(
                "--better", value: "METRIC=WAY", repeats: true,
                "which way a metric of your own is better: queue.depth=lower"),
            Option("--minimum", value: "PART", "smaller changes are no difference (default: 5%)"),
            Option("--anyway", "judge runs of other profiles, schedules and scales too"),
            Option("--all", "show every step"), Option("--json", "as JSON, for programs"),
            Option("--markdown", value: "FILE", "write Markdown"),
            Option("--html", value: "FILE", "write HTML"),
            Option("--seed", value: "SEED", "of the random draws"),
        ],
        notes:
            "A RUN is its folder, its record.jsonl, a number of `assay history`, `last`, `last-1`, the name of a profile,\n"
            + "`branch:NAME` or `commit:HASH`. Later runs are set against the first.\n"
            + "Exits with 1 on a regression beyond --allow, with 5 when nothing can be said.")

    static let schema = Command(
        name: "schema", summary: "print the JSON Schema of a kind of file, for editors", operands: "KIND",
        operandCount: 1...1, options: [],
        notes:
            "A KIND is " + SchemaJob.kinds.map(\.name).joined(separator: ", ") + ".\n"
            + SchemaJob.kinds.map {
                "  \($0.name)\(String(repeating: " ", count: max(2, 12 - $0.name.count)))\($0.summary)"
            }.joined(separator: "\n"))

    static let imports = Command(
        name: "import", summary: "make Assay's file of another one",
        operands: "compose|profile|har|openapi|postman|artillery|k6 FILE",
        operandCount: 2...2,
        options: [
            Option(
                "--out", value: "FILE",
                "where it goes, - for standard output (default: assay.yml, NAME.yml of a profile NAME.json, else a folder NAME)"
            ),
            Option("--force", "write over files that are there"),
            Option("--host", value: "HOST", repeats: true, "har: requests to this host too"),
            Option("--assets", "har: images, styles, scripts and fonts too"),
            Option("--no-think", "har: no pauses where the recording has some"),
            Option("--no-parallel", "har: one request after the other"),
            Option("--each", value: "tag|operation", "openapi: what a scenario is made of (default: tag)"),
            Option(
                "--environment", value: "FILE|NAME",
                "postman: an exported environment; artillery: one of the file's"),
            Option(
                "--env", value: "NAME=VALUE", repeats: true,
                "k6: a variable that the script reads as __ENV.NAME"),
            Option("--images", "keep services of other images, for a machine with docker or podman"),
            Option("--profile", value: "NAME", repeats: true, "take the services of this profile too"),
            Option("--fixed-ports", "dependencies keep the ports that the file publishes"),
        ],
        notes:
            "A profile is a load profile in plain JSON, which `assay load` reads as it is too.\n"
            + "har (a recorded session), openapi, postman (a collection), artillery and k6 make a folder with scenarios,\n"
            + "feeds and a load profile. Scripts of k6 and Artillery run with `assay load` as they are, too.\n"
            + "Notes on what is carried over differently, or not at all, go to standard error.")

    static let ci = Command(
        name: "ci", summary: "write the workflow of a CI system for the project", operands: "github|gitlab",
        operandCount: 1...1,
        options: [
            Option("--out", value: "FILE", "where it goes (default: standard output)"),
            Option("--force", "write over a file that is there"),
            Option("--pipeline", value: "NAME", "runs on every change (default: pr, else all levels)"),
            Option("--main", value: "BRANCH", "deployed to production (default: main)"),
            Option("--staging", value: "BRANCH", "deployed to staging (default: develop)"),
            Option(
                "--paths", value: "PATTERN", repeats: true,
                "only these changes run it (default: the levels' `paths`)"),
            Option("--registry", value: "HOST", "of the image (default: ghcr.io, GitLab's own)"),
            Option("--image", value: "NAME", "within the registry (default: repository/project)"),
            Option("--dockerfile", value: "FILE", "from the project's folder (default: Dockerfile)"),
            Option("--no-image", "neither image nor deployment"),
            Option("--deploy", value: "COMMAND", "deploys $IMAGE to $DEPLOY_TO"),
            Option("--assay", value: "URL", "where the assay binary is (default: the CI variable ASSAY_URL)"),
        ])
}
