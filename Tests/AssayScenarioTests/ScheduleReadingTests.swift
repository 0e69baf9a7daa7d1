import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Reading schedules and feeds")
struct ScheduleReadingTests {
    static func profile(_ lines: String, files: [String: String] = [:]) throws -> LoadProfile {
        let texts = [
            "browse.yml": "assay: 1\nscenario: browse\nsteps: [{http: {get: \"${api.url}/b\"}}]\n",
            "buy.yml":
                "assay: 1\nscenario: buy\nparams: {what: tea}\nsteps: [{http: {get: \"${api.url}/${what}\"}}]\n",
            "p.yml": "assay: 1\nload: p\n" + lines,
        ].merging(files) { $1 }
        return try ScenarioReader(files: FileReader(texts: texts), stand: BadFilesTests.stand)
            .profile("p.yml").get()
    }

    /// A model as one line.
    static func text(_ model: LoadProfile.Model?) -> String {
        func text<Target>(_ stages: [LoadProfile.Stage<Target>], _ shown: (Target) -> String) -> String {
            stages.map { stage in
                let from = stage.from.map { "\(shown($0)) → " } ?? ""
                return
                    "\(stage.length.nanoseconds / 1_000_000_000) s \(stage.isPause ? "pause" : from + shown(stage.target))"
            }.joined(separator: ", ")
        }
        return switch model {
        case .users(let start, let stages): "users \(start): " + text(stages) { "\($0)" }
        case .arrivals(let own):
            "\(own.start.perSecond)/s of \(own.maximumUsers), \(own.readyUsers) ready, \(own.spread.rawValue): "
                + text(own.stages) { "\($0.perSecond)/s" }
        case .iterations(let own):
            "\(own.users) × \(own.work) within \(own.within.map { "\($0.nanoseconds / 1_000_000_000) s" } ?? "any time")"
        case nil: "none"
        }
    }

    @Test(
        "Every form of a schedule",
        arguments: [
            ("users: 20\nfor: 1m", "users 20: 60 s 20"),
            ("users: {at: 20 users, for: 1m}", "users 20: 60 s 20"),
            (
                "users: {stages: [{for: 1m, to: 20}, {pause: 30s}, {for: 1m, from: 5, to: 9}, {for: 2m, at: 7}]}",
                "users 0: 60 s 20, 30 s pause, 60 s 5 → 9, 120 s 7 → 7"
            ),
            ("arrivals: 50/s\nfor: 1m\nmax-users: 9", "50.0/s of 9, 0 ready, even: 60 s 50.0/s"),
            (
                "arrivals: 50/s\nfor: 1m\nmax-users: 9\nready-users: 3\nspread: poisson",
                "50.0/s of 9, 3 ready, poisson: 60 s 50.0/s"
            ),
            (
                "arrivals: {at: 60/min, for: 1m, max-users: 9, ready-users: 9}",
                "1.0/s of 9, 9 ready, even: 60 s 1.0/s"
            ),
            ("arrivals: {count: 120, for: 1m, max-users: 9}", "2.0/s of 9, 0 ready, even: 60 s 2.0/s"),
            (
                "arrivals: {stages: [{for: 1m, count: 30}, {for: 1m, to: 2/s}], max-users: 9, spread: poisson}",
                "0.0/s of 9, 0 ready, poisson: 60 s 0.5/s → 0.5/s, 60 s 2.0/s"
            ),
            ("iterations: {users: 2, each: 5, within: 10m}", "2 × each(5) within 600 s"),
            ("iterations: {users: 2, total: 5}", "2 × total(5) within any time"),
        ])
    func forms(lines: String, wanted: String) throws {
        #expect(Self.text(try Self.profile("scenarios: [browse.yml]\n" + lines + "\n").model) == wanted)
        // The same in a scenario's own schedule.
        let own = lines.split(separator: "\n").joined(separator: ", ")
        let profile = try Self.profile("scenarios: [{use: browse.yml, \(own)}]\n")
        #expect(profile.model == nil && Self.text(profile.scenarios[0].model) == wanted)
    }

    @Test("Schedules of scenarios take the profile's bounds where they have none of their own")
    func own() throws {
        let profile = try Self.profile(
            """
            scenarios:
              - {use: buy.yml, users: 20, for: 1m, with: {what: coffee}, pace: 5s}
              - {use: buy.yml, name: night, arrivals: 2.0/s, for: 2m, max-users: 5, start: 30s, graceful-stop: 1s}
            graceful-stop: 10s
            graceful-ramp-down: 3s
            setup-timeout: 5m
            """)
        #expect(profile.schedules.map(\.name) == ["buy", "night"])
        #expect(profile.schedules.map(\.scenarios) == [[0], [1]])
        let pacing = profile.schedules.map(\.pacing)
        #expect(pacing.map(\.startAfter) == [.zero, .seconds(30)])
        #expect(pacing.map(\.gracefulStop) == [.seconds(10), .seconds(1)])
        #expect(pacing.map(\.gracefulRampDown) == [.seconds(3), .seconds(3)])
        #expect(pacing.map(\.pace) == [.seconds(5), nil])
        #expect(profile.scenarios.map(\.scenario.parameters[0].standard?.constantValue) == ["coffee", "tea"])
        #expect(profile.setupTimeout == .seconds(300) && profile.teardownTimeout == .seconds(60))
        let scaled = try #require(profile.scaled(by: 0.5))
        #expect(scaled.schedules.map(\.pacing.startAfter) == [.zero, .seconds(15)])
        #expect(Self.text(scaled.scenarios[1].model) == "2.0/s of 5, 0 ready, even: 60 s 2.0/s")
        #expect(scaled.scenarios[0].pacing.pace == .seconds(5))
    }

    @Test("One schedule drives all scenarios by weight, with the usual bounds")
    func shared() throws {
        let profile = try Self.profile(
            "scenarios: [browse.yml, {use: buy.yml, weight: 2}]\nusers: 2\nfor: 1m\n")
        #expect(profile.schedules.map(\.scenarios) == [[0, 1]] && profile.schedules[0].name == nil)
        #expect(
            profile.pacing.gracefulStop == .seconds(30) && profile.pacing.gracefulRampDown == .seconds(30))
    }

    @Test(
        "Rows come from CSV, JSON, JSON lines or the profile itself",
        arguments: [
            ("rows: a.csv", #"{"name":"a","age":"1"} {"name":"b;c","age":"x"}"#),
            ("rows: a.csv, types: auto", #"{"name":"a","age":1} {"name":"b;c","age":"x"}"#),
            (
                "rows: b.csv, delimiter: \";\", quote: \"'\", types: {age: int, is: bool, more: json}",
                #"{"name":"a;b","age":1,"is":true,"more":[1]} {"name":"c","age":2,"is":false,"more":null}"#
            ),
            ("rows: c.tsv, columns: [name, age]", #"{"name":"a","age":"1"} {"name":"b","age":"2"}"#),
            ("rows: c.tsv, columns: [x, y], header: true", #"{"x":"b","y":"2"}"#),
            ("rows: d.ndjson", #"{"name":"a","deep":{"b":[1]}} {"name":"b"}"#),
            ("rows: e.json", #"{"name":"a"} {"name":"b"}"#),
            ("rows: [{name: a}, {name: b}]", #"{"name":"a"} {"name":"b"}"#),
        ])
    func rows(lines: String, wanted: String) throws {
        let files = [
            "a.csv": "name,age\r\na,1\r\n\r\n\"b;c\",x\r\n",
            "b.csv": "name;age;is;more\n'a;b';1;true;[1]\nc;2;false;null",
            "c.tsv": "a\t1\nb\t2\n",
            "d.ndjson": "{\"name\":\"a\",\"deep\":{\"b\":[1]}}\r\n\n{\"name\":\"b\"}",
            "e.json": #"[{"name":"a"},{"name":"b"}]"#,
        ]
        let profile = try Self.profile(
            "scenarios: [browse.yml]\nusers: 1\nfor: 1m\nfeeds: {goods: {\(lines)}}\n", files: files)
        let feed = try #require(profile.feeds.first)
        #expect(feed.rows.map { JSON.object($0).rendered() }.joined(separator: " ") == wanted)
    }

    @Test(
        "What a feed does unless it is told",
        arguments: [
            ("", "in-order user repeat"), (", pick: unique", "unique iteration stop"),
            (", at-end: stop", "in-order iteration stop"), (", per: iteration", "in-order iteration repeat"),
            (", pick: shuffled, at-end: fail", "shuffled iteration fail"),
            (", pick: random", "random user repeat"),
        ])
    func feeds(lines: String, wanted: String) throws {
        let profile = try Self.profile(
            "scenarios: [browse.yml]\nusers: 1\nfor: 1m\nfeed: {rows: [{a: 1}]\(lines)}\nfeeds: {goods: {rows: [{b: 2}]}}\n"
        )
        #expect(profile.feeds.map(\.name) == ["feed", "goods"])
        let feed = try #require(profile.feed)
        #expect("\(feed.pick.rawValue) \(feed.per.rawValue) \(feed.atEnd.rawValue)" == wanted)
    }
}
