import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("k6: profile")
struct K6ProfileTests {
    private static let place = SourceLocation(file: "script.js", line: 1, column: 1)

    private static func profile(_ json: String, metrics: [Metric] = []) throws -> LoadProfile {
        try K6OptionsTests.read(json).profile(named: "script", at: place, metrics: metrics) { scenario in
            Scenario(name: scenario.name, location: place, steps: [])
        }.get()
    }

    private static func model(_ members: String) throws -> String {
        let profile = try profile("{\"scenarios\": {\"a\": {\(members)}}}")
        try #require(profile.schedules.count == 1)
        switch profile.schedules[0].model {
        case .users(let start, let stages):
            return "users \(start) " + stages.map { "\($0.length)→\($0.target)" }.joined(separator: " ")
        case .arrivals(let arrivals):
            return "arrivals \(arrivals.start.perSecond) "
                + stages(arrivals)
                + " \(arrivals.readyUsers)…\(arrivals.maximumUsers)"
                + (arrivals.beginsAtOnce ? " at once" : "")
        case .iterations(let work):
            return "iterations \(work.users) \(work.work) \(work.within.map { "\($0)" } ?? "")"
        }
    }

    private static func stages(_ arrivals: LoadProfile.Arrivals) -> String {
        arrivals.stages.map { "\($0.length)→\($0.target.perSecond)" }.joined(separator: " ")
    }

    @Test(
        "Each executor has its schedule",
        arguments: [
            (
                #""executor": "shared-iterations", "vus": 2, "iterations": 9"#,
                "iterations 2 total(9) 600.0 seconds"
            ),
            (
                #""executor": "per-vu-iterations", "vus": 2, "iterations": 9, "maxDuration": "1m""#,
                "iterations 2 each(9) 60.0 seconds"
            ),
            (#""executor": "constant-vus", "vus": 3, "duration": "5s""#, "users 3 5.0 seconds→3"),
            (
                #""executor": "ramping-vus", "stages": [{"duration": "5s", "target": 4}, {"duration": "0s", "target": 2}]"#,
                "users 1 5.0 seconds→4 0.0 seconds→2"
            ),
            (
                #""executor": "constant-arrival-rate", "rate": 30, "timeUnit": "1m", "duration": "5s", "preAllocatedVUs": 2, "maxVUs": 6"#,
                "arrivals 0.5 5.0 seconds→0.5 2…6 at once"
            ),
            (
                #""executor": "ramping-arrival-rate", "startRate": 10, "stages": [{"duration": "5s", "target": 20}], "preAllocatedVUs": 2"#,
                "arrivals 10.0 5.0 seconds→20.0 2…2"
            ),
        ])
    func models(members: String, expected: String) throws { #expect(try Self.model(members) == expected) }

    @Test("Bounds, tags, timeouts and thresholds are those of the options")
    func whole() throws {
        let profile = try Self.profile(
            #"""
            {"setupTimeout": "5s", "teardownTimeout": "6s", "minIterationDuration": "2s", "tags": {"run": "7"},
             "thresholds": {"checks": ["rate>0.9"]}, "userAgent": "me", "maxRedirects": 3,
             "scenarios": {
               "a": {"executor": "ramping-vus", "stages": [{"duration": "5s", "target": 4}], "startTime": "1s",
                     "gracefulStop": "2s", "gracefulRampDown": "3s", "tags": {"t": "v"}},
               "b": {"executor": "constant-vus", "duration": "1s"}}}
            """#)
        #expect(profile.setupTimeout == .seconds(5) && profile.teardownTimeout == .seconds(6))
        #expect(profile.seriesTags.map(\.key) == ["run"] && profile.seriesTags[0].value.constantText == "7")
        #expect(profile.thresholds.map(\.text) == ["checks: rate>0.9"] && profile.thresholds[0].parsed != nil)
        let schedules = profile.schedules
        #expect(schedules.map(\.name) == ["b", "a"])
        let pacing = schedules[1].pacing
        #expect(pacing.startAfter == .seconds(1) && pacing.gracefulStop == .seconds(2))
        #expect(pacing.gracefulRampDown == .seconds(3) && pacing.pace == .seconds(2))
        #expect(schedules[0].pacing.gracefulStop == .seconds(30))
        #expect(profile.scenarios[1].seriesTags.map(\.key) == ["t"])
        #expect(profile.http.redirects?.most == 3 && profile.http.headers?.map(\.name) == ["User-Agent"])
    }

    @Test("A threshold on a metric that there is not makes no profile")
    func refused() throws {
        #expect(throws: Diagnostics.self) { try Self.profile(#"{"thresholds": {"mine": ["count>1"]}}"#) }
        let own = Metric.own("mine", .counter, .count)
        #expect(
            try Self.profile(#"{"thresholds": {"mine": ["count>1"]}}"#, metrics: [own]).thresholds.count == 1)
    }

    @Test("Settings of requests become Assay's where it has them")
    func settings() throws {
        var settings = try K6OptionsTests.read("{}").httpSettings
        #expect(settings.redirects == .init(most: 10, leavesTLS: true) && settings.cookies == .pass)
        #expect(settings.connection.reuse == .perUser && settings.connection.tls == nil)
        #expect(settings.connection.nameLifetime == .seconds(300) && settings.headers == nil)
        settings = try K6OptionsTests.read(
            #"""
            {"noCookiesReset": true, "noConnectionReuse": true, "insecureSkipTLSVerify": true,
             "tlsVersion": {"min": "tls1.0", "max": "tls1.3"}, "dns": {"ttl": "1m"},
             "tlsCipherSuites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"],
             "hosts": {"a.b": "127.0.0.1:80", "*.c": "127.0.0.1"}}
            """#
        ).httpSettings
        #expect(settings.cookies == .user && settings.connection.reuse == ConnectionSettings.Reuse.none)
        let tls = try #require(settings.connection.tls)
        #expect(tls.insecure == true && tls.lowest == "1.2" && tls.highest == "1.3")
        #expect(tls.ciphers == "ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256")
        #expect(settings.connection.hosts?.map(\.name) == ["a.b"])
        #expect(settings.connection.nameLifetime == .seconds(60))
    }

    @Test(
        "Times are read and written as Go does",
        arguments: [
            ("1h2m3.5s", 3_723_500_000_000, "1h2m3.5s"), ("250ms", 250_000_000, "250ms"),
            ("1.5", 1_500_000, "1.5ms"),
            ("1d12h", 129_600_000_000_000, "36h0m0s"), ("0", 0, "0s"),
            ("-1.5h", -5_400_000_000_000, "-1h30m0s"),
            ("100us", 100_000, "100µs"), ("7ns", 7, "7ns"), ("10m", 600_000_000_000, "10m0s"),
            (".5s", 500_000_000, "500ms"),
        ] as [(String, Int64, String)])
    func times(text: String, nanoseconds: Int64, shown: String) {
        #expect(K6Duration.extended(text) == .nanoseconds(nanoseconds))
        #expect(K6Duration.text(.nanoseconds(nanoseconds)) == shown)
    }

    @Test("What is no time is none", arguments: ["", "s", "1x", "1 s", "1d-2h", "1h2", "--1s", "300000000h"])
    func noTimes(text: String) { #expect(K6Duration.extended(text) == nil) }

    @Test(
        "Addresses and names",
        arguments: [
            ("127.0.0.1", true), ("::1", true), ("fe80::1:2", true), ("1:2:3:4:5:6:7:8", true),
            ("::ffff:1.2.3.4", true),
            ("256.1.1.1", false), ("1.2.3", false), (":::1", false), ("1:2:3:4:5:6:7", false),
            ("g::1", false), ("", false),
        ])
    func addresses(text: String, isOne: Bool) { #expect(K6Names.isAddress(text) == isOne) }

    @Test(
        "Own addresses may be ranges and networks",
        arguments: [
            ("10.0.0.1", ["10.0.0.1"]),
            ("10.0.0.254-10.0.1.1", ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"]),
            ("10.0.0.5/30", ["10.0.0.5", "10.0.0.6"]), ("10.0.0.5/31", ["10.0.0.4", "10.0.0.5"]),
            ("::1", ["::1"]),
            ("10.0.0.5-10.0.0.4", nil), ("10.0.0.0/8", nil), ("fd00::/120", nil),
        ] as [(String, [String]?)])
    func ranges(text: String, expected: [String]?) { #expect(K6Names.addresses(in: text) == expected) }
}
