import AssayCore
import AssayFormats
@testable import AssayImport
import Testing

@Suite("k6: options")
struct K6OptionsTests {
    static func read(
        _ json: String, _ flags: [(K6Flags.Name, String)] = [], _ environment: [String: String] = [:],
        functions: Set<String>? = nil
    ) throws -> K6Options {
        var given = K6Flags()
        for (name, value) in flags { given.add(name, value) }
        return try K6Options.read(
            try JSON(parsing: json), flags: given, environment: environment, functions: functions
        ).get()
    }

    /// All that is wrong, each with its code.
    static func problems(
        _ json: String, _ flags: [(K6Flags.Name, String)] = [], _ environment: [String: String] = [:],
        functions: Set<String>? = nil
    ) throws -> [String] {
        do {
            _ = try read(json, flags, environment, functions: functions)
            return []
        } catch let problems as Diagnostics {
            return problems.all.map { "\($0.code) \($0.message)" + ($0.fix.map { " (\($0))" } ?? "") }
        }
    }

    private static func executor(_ json: String, _ flags: [(K6Flags.Name, String)] = []) throws -> K6Executor
    {
        let options = try read(json, flags)
        try #require(options.scenarios.count == 1)
        return options.scenarios[0].executor
    }

    @Test(
        "Shortcuts are scenarios, as k6 derives them",
        arguments: [
            ("{}", .perUserIterations(users: 1, iterations: 1, maxDuration: .seconds(600))),
            ("null", .perUserIterations(users: 1, iterations: 1, maxDuration: .seconds(600))),
            (#"{"vus": 3}"#, .perUserIterations(users: 1, iterations: 1, maxDuration: .seconds(600))),
            (#"{"stages": []}"#, .perUserIterations(users: 1, iterations: 1, maxDuration: .seconds(600))),
            (#"{"iterations": 9}"#, .sharedIterations(users: 1, iterations: 9, maxDuration: .seconds(600))),
            (
                #"{"vus": "2", "iterations": "3", "duration": "90s"}"#,
                .sharedIterations(users: 2, iterations: 3, maxDuration: .seconds(90))
            ),
            (#"{"duration": "1m"}"#, .constantUsers(users: 1, duration: .seconds(60))),
            (#"{"vus": 5, "duration": 1500}"#, .constantUsers(users: 5, duration: .milliseconds(1500))),
            (
                #"{"stages": [{"duration": "1m30s", "target": 5}, {"duration": 0, "target": 2}, {"target": 9}]}"#,
                .rampingUsers(
                    start: 1,
                    stages: [.init(duration: .seconds(90), target: 5), .init(duration: .zero, target: 2)],
                    gracefulRampDown: .seconds(30))
            ),
            (
                #"{"vus": 0, "stages": [{"duration": "1d", "target": 5}]}"#,
                .rampingUsers(
                    start: 0, stages: [.init(duration: .seconds(86_400), target: 5)],
                    gracefulRampDown: .seconds(30))
            ),
        ] as [(String, K6Executor)])
    func shortcuts(json: String, expected: K6Executor) throws { #expect(try Self.executor(json) == expected) }

    @Test(
        "Options of a file are under the script's own, and what they say of the load goes with another load")
    func file() throws {
        let file = try JSON(
            parsing: Array(#"{"vus": 7, "duration": "1m", "userAgent": "file", "batch": 3}"#.utf8))
        let own = try JSON(parsing: Array(#"{"iterations": 9, "userAgent": "script"}"#.utf8))
        let options = try K6Options.read(own, under: file).get()
        #expect(options.http.userAgent == "script" && options.http.batch == 3)
        #expect(
            options.scenarios.map(\.executor) == [
                .sharedIterations(users: 7, iterations: 9, maxDuration: .seconds(600))
            ])
        #expect(
            try K6Options.read(.null, under: file).get().scenarios.map(\.executor) == [
                .constantUsers(users: 7, duration: .seconds(60))
            ])
    }

    @Test("Fields of thresholds that nobody knows are told, and no list is an empty one")
    func thresholds() throws {
        let options = try Self.read(
            #"{"thresholds": {"checks": [{"threshold": "rate>0.9", "comment": "x"}], "iterations": null}}"#)
        #expect(
            options.thresholds.map(\.source) == ["rate>0.9"] && options.shown.map(\.key) == ["iterations"])
        #expect(
            options.warnings.map(\.message) == [
                "threshold on 'checks': there is no field 'comment'; it changes nothing"
            ])
    }

    @Test(
        "Each executor is read with its defaults",
        arguments: [
            (
                #""executor": "shared-iterations""#,
                .sharedIterations(users: 1, iterations: 1, maxDuration: .seconds(600))
            ),
            (
                #""executor": "per-vu-iterations", "vus": 2, "iterations": 3, "maxDuration": "1m""#,
                .perUserIterations(users: 2, iterations: 3, maxDuration: .seconds(60))
            ),
            (
                #""executor": "constant-vus", "vus": 2, "duration": "1s""#,
                .constantUsers(users: 2, duration: .seconds(1))
            ),
            (
                #""executor": "externally-controlled", "vus": 2, "maxVUs": 5, "duration": "500ms""#,
                .externallyControlled(users: 2, duration: .milliseconds(500))
            ),
            (
                #""executor": "ramping-vus", "stages": [{"duration": "1s", "target": 2}], "gracefulRampDown": "0s""#,
                .rampingUsers(
                    start: 1, stages: [.init(duration: .seconds(1), target: 2)], gracefulRampDown: .zero)
            ),
            (
                #""executor": "constant-arrival-rate", "rate": 5, "duration": "2s", "preAllocatedVUs": 3"#,
                .constantArrivalRate(
                    rate: 5, timeUnit: .seconds(1), duration: .seconds(2), readyUsers: 3, maximumUsers: 3)
            ),
            (
                #""executor": "ramping-arrival-rate", "timeUnit": "1m", "stages": [{"duration": "2s", "target": 7}], "preAllocatedVUs": 3, "maxVUs": 8"#,
                .rampingArrivalRate(
                    start: 0, timeUnit: .seconds(60), stages: [.init(duration: .seconds(2), target: 7)],
                    readyUsers: 3, maximumUsers: 8)
            ),
        ] as [(String, K6Executor)])
    func executors(members: String, expected: K6Executor) throws {
        #expect(try Self.executor("{\"scenarios\": {\"a\": {\(members)}}}") == expected)
    }

    @Test("Scenarios carry what is theirs, by start time and name")
    func scenarios() throws {
        let options = try Self.read(
            #"""
            {"scenarios": {
              "z": {"executor": "shared-iterations"},
              "late": {"executor": "shared-iterations", "startTime": "1m", "gracefulStop": "5s", "exec": "buy",
                       "env": {"A": "b"}, "tags": {"t": "v"}},
              "a-1_B": {"executor": "shared-iterations"}}}
            """#, functions: ["default", "buy"])
        #expect(options.scenarios.map(\.name) == ["a-1_B", "z", "late"])
        let late = options.scenarios[2]
        #expect(late.startTime == .seconds(60) && late.gracefulStop == .seconds(5) && late.exec == "buy")
        #expect(late.env == ["A": "b"] && late.tags == ["t": "v"])
        #expect(late.maximumDuration == .seconds(665))
        #expect(options.scenarios[0].gracefulStop == .seconds(30) && options.scenarios[0].exec == "default")
    }

    @Test("The command line is over the environment, which is over the script")
    func precedence() throws {
        let script = #"{"vus": 2, "duration": "10s", "userAgent": "script", "tags": {"a": "1"}, "batch": 3}"#
        let variables = [
            "K6_VUS": "3", "K6_USER_AGENT": "environment", "K6_TAGS": "b:2,c:3", "K6_ITERATIONS": "",
            "K6_NO_SETUP": "true",
        ]
        var options = try Self.read(script, [], variables)
        #expect(options.scenarios[0].executor == .constantUsers(users: 3, duration: .seconds(10)))
        #expect(options.http.userAgent == "environment" && options.tags == ["b": "2", "c": "3"])
        #expect(options.noSetup && options.http.batch == 3)
        options = try Self.read(
            script, [(.vus, "4"), (.userAgent, "line"), (.tag, "x=y=z"), (.noSetup, "false")], variables)
        #expect(options.scenarios[0].executor == .constantUsers(users: 4, duration: .seconds(10)))
        #expect(options.http.userAgent == "line" && options.tags == ["x": "y=z"] && !options.noSetup)
        // Whoever says how much load there is takes the place of all that weaker sources said of it.
        options = try Self.read(script, [(.iterations, "20")], ["K6_STAGES": "5s:10,1m:0"])
        #expect(
            options.scenarios[0].executor
                == .sharedIterations(users: 2, iterations: 20, maxDuration: .seconds(600)))
        options = try Self.read(script, [], ["K6_STAGES": "5s:10,1m:0"])
        #expect(
            options.scenarios[0].executor
                == .rampingUsers(
                    start: 2,
                    stages: [
                        .init(duration: .seconds(5), target: 10), .init(duration: .seconds(60), target: 0),
                    ],
                    gracefulRampDown: .seconds(30)))
        options = try Self.read(script, [(.stage, "5s:1,6s:2"), (.stage, "7s:3")])
        guard case .rampingUsers(_, let stages, _) = options.scenarios[0].executor else {
            Issue.record("no stages")
            return
        }
        #expect(stages.map(\.target) == [1, 2, 3])
    }

    @Test("Everything about requests is carried")
    func requests() throws {
        let http = try Self.read(
            #"""
            {"maxRedirects": 0, "userAgent": "", "batch": 4, "batchPerHost": 2, "rps": 50, "httpDebug": "full",
             "throw": true, "discardResponseBodies": true, "noCookiesReset": true, "noConnectionReuse": true,
             "noVUConnectionReuse": true, "insecureSkipTLSVerify": true, "tlsVersion": {"min": "tls1.2"},
             "tlsCipherSuites": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
             "tlsAuth": [{"cert": "C", "key": "K", "password": "p", "domains": ["*.a.b"]}],
             "hosts": {"API.example.com": "127.0.0.1:80", "*.b": "::1"}, "dns": {"ttl": "inf", "policy": "any"},
             "blacklistIPs": ["10.0.0.0/8", "fd00::/8"], "blockHostnames": ["*.evil.com", "x"]}
            """#
        ).http
        var expected = K6Options.HTTP()
        (expected.maxRedirects, expected.userAgent, expected.batch, expected.batchPerHost) = (0, "", 4, 2)
        (expected.requestsPerSecond, expected.debug, expected.throwsErrors) = (50, "full", true)
        (expected.discardsBodies, expected.keepsCookies, expected.noConnectionReuse) = (true, true, true)
        (expected.noUserConnectionReuse, expected.insecureTLS, expected.lowestTLS) = (true, true, "1.2")
        expected.cipherSuites = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]
        expected.certificates = [.init(certificate: "C", key: "K", password: "p", domains: ["*.a.b"])]
        expected.hosts = [
            .init(pattern: "*.b", address: "::1"), .init(pattern: "api.example.com", address: "127.0.0.1:80"),
        ]
        (expected.dns.lifetime, expected.dns.policy) = (nil, "any")
        expected.blacklistIPs = ["10.0.0.0/8", "fd00::/8"]
        expected.blockedHostnames = ["*.evil.com", "x"]
        #expect(http == expected)
        #expect(try Self.read("{}", [(.localIPs, "10.0.0.1-10.0.0.9,fd00::/120")]).http.localIPs.count == 2)
    }

    @Test("What a script reads as its options is what k6 shows")
    func consolidated() throws {
        let options = try Self.read(
            #"{"vus": 2, "iterations": 4, "setupTimeout": "90s", "tags": {"a": "b"}, "thresholds": {"http_reqs": ["count>1", {"threshold": "rate>1", "abortOnFail": true, "delayAbortEval": "10s"}]}}"#
        ).consolidated
        #expect(
            options["scenarios"] == [
                "default": [
                    "executor": "shared-iterations", "startTime": nil, "gracefulStop": nil, "env": nil,
                    "exec": nil,
                    "tags": nil, "vus": 2, "iterations": 4, "maxDuration": nil,
                ]
            ])
        #expect(
            options["setupTimeout"] == "1m30s" && options["batch"] == JSON.null
                && options["tags"] == ["a": "b"])
        #expect(options["vus"] == nil && options.objectValue?.count == 37)
        #expect(
            options["thresholds"] == [
                "http_reqs": [
                    "count>1", ["threshold": "rate>1", "abortOnFail": true, "delayAbortEval": "10s"],
                ]
            ])
    }
}
