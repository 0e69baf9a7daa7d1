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

    @Test(
        "What is wrong is told by name, with what was found",
        arguments: [
            (#"{"vus": "abc"}"#, "AS635 `vus` is a whole number, found the text 'abc'"),
            (#"{"vus": 1.5}"#, "AS635 `vus` is a whole number, found the number 1.5"),
            (#"{"noSetup": "yes"}"#, "AS635 `noSetup` is true or false, found the text 'yes'"),
            (
                #"{"duration": "10 s"}"#,
                "AS635 `duration` is a time like '1m30s' or a number of milliseconds, found the text '10 s'"
            ),
            (#"{"tags": {"a": 1}}"#, "AS635 `tags.a` is a text, found the number 1"),
            (
                #"{"scenarios": []}"#,
                "AS635 `scenarios` is an object of scenarios by their names, found a list"
            ),
            (
                #"{"scenarios": {"a": {}}}"#,
                "AS635 scenario 'a': `executor` is missing: one of constant-arrival-rate, constant-vus, per-vu-iterations, ramping-arrival-rate, ramping-vus, shared-iterations"
            ),
            (
                #"{"scenarios": {"a": {"executor": "constant-vu"}}}"#,
                "AS635 scenario 'a': there is no executor 'constant-vu'; did you mean 'constant-vus'?"
            ),
            (
                #"{"scenarios": {"a": {"executor": "externally-controlled"}}}"#,
                "AS635 scenario 'a': the executor externally-controlled is steered over k6's REST API while the test runs, which is not supported; use ramping-vus"
            ),
            (
                #"{"scenarios": {"a": {"executor": "constant-vus", "duration": "1s", "iterations": 2}}}"#,
                "AS635 scenario 'a': the executor constant-vus has no field 'iterations'"
            ),
            (
                #"{"scenarios": {"a": {"executor": "constant-vus", "duration": "1s", "options": {"browser": {}}}}}"#,
                "AS635 scenario 'a': `options.browser` needs a browser, which is not supported"
            ),
            (
                #"{"executionSegment": "0:1/2"}"#,
                "AS635 `executionSegment` asks for a part of the load, '0:1/2', which is not supported: all of it is run"
            ),
            (#"{"setupTimeout": 0}"#, "AS635 `setupTimeout` must be more than 0"),
            (
                #"{"tlsVersion": "tls1.4"}"#,
                "AS635 `tlsVersion` is tls1.0, tls1.1, tls1.2 or tls1.3, found 'tls1.4'"
            ),
            (
                #"{"tlsCipherSuites": ["TLS_AES_128_GCM_SHA25"]}"#,
                "AS635 `tlsCipherSuites`: there is no cipher suite 'TLS_AES_128_GCM_SHA25' (did you mean 'TLS_AES_128_GCM_SHA256'?)"
            ),
            (
                #"{"hosts": {"a_b": "1.2.3.4"}}"#,
                "AS635 `hosts`: 'a_b' is no name; a pattern may begin with `*.`"
            ),
            (
                #"{"hosts": {"a.b": "1.2.3.400"}}"#,
                "AS635 `hosts`: '1.2.3.400' is no address; write 127.0.0.1, 127.0.0.1:8443 or [::1]:8443"
            ),
            (
                #"{"blacklistIPs": ["10.0.0.0"]}"#,
                "AS635 `blacklistIPs`: '10.0.0.0' is no network; write it like 10.0.0.0/8"
            ),
            (#"{"dns": {"ttl": "x"}}"#, "AS635 `dns.ttl` is a time like '5m', '0' or 'inf', found 'x'"),
            (
                #"{"dns": {"select": "last"}}"#,
                "AS635 `dns.select` is first, random or roundRobin, found 'last'"
            ),
            (
                #"{"summaryTrendStats": ["p(101)"]}"#,
                "AS635 `summaryTrendStats`: there is no figure 'p(101)'; there are avg, min, med, max, count and p(N)"
            ),
            (#"{"summaryTimeUnit": "h"}"#, "AS635 `summaryTimeUnit` is s, ms or us, found 'h'"),
            (
                #"{"thresholds": {"http_reqs": "count>1"}}"#,
                "AS635 `thresholds.http_reqs` is a list of expressions, found the text 'count>1'"
            ),
            (#"{"tlsAuth": [{"cert": "x"}]}"#, "AS635 tlsAuth 1: `key` is missing: its key as PEM text"),
        ])
    func refused(json: String, expected: String) throws { #expect(try Self.problems(json) == [expected]) }

    @Test(
        "Options that exclude each other are refused, and numbers that k6 refuses",
        arguments: [
            (
                #""iterations": 1, "stages": [{"duration": "1s", "target": 1}]"#,
                "`iterations` and `stages` exclude each other"
            ),
            (#""iterations": 1, "scenarios": {}"#, "`iterations` and `scenarios` exclude each other"),
            (
                #""duration": "1s", "stages": [{"duration": "1s", "target": 1}]"#,
                "`duration` and `stages` exclude each other"
            ),
            (#""duration": "1s", "scenarios": {}"#, "`duration` and `scenarios` exclude each other"),
            (
                #""stages": [{"duration": "1s", "target": 1}], "scenarios": {}"#,
                "`stages` and `scenarios` exclude each other"
            ),
            (#""duration": 0"#, "`duration` must be more than 0"),
            (#""duration": "999ms""#, "scenario 'default': `duration` must be at least 1s, but is 999ms"),
            (#""vus": 0, "duration": "1s""#, "scenario 'default': `vus` must be more than 0, but is 0"),
            (#""vus": 5, "iterations": 4"#, "scenario 'default': `iterations` (4) is less than `vus` (5)"),
            (
                #""vus": 0, "stages": [{"duration": "1s", "target": 0}]"#,
                "scenario 'default': neither `startVUs` nor a stage's `target` is more than 0"
            ),
            (#""stages": [{"duration": "1s"}]"#, "scenario 'default': stage 1 has no `target`"),
            (
                #""stages": [{"duration": "-1s", "target": 1}]"#,
                "scenario 'default': the `duration` of stage 1 is negative"
            ),
            (
                #""scenarios": {"a b": {"executor": "shared-iterations"}}"#,
                "scenario 'a b': a name has only latin letters, digits, underscores and dashes"
            ),
            (
                #""scenarios": {"a": {"executor": "shared-iterations", "maxDuration": "5ms"}}"#,
                "scenario 'a': `maxDuration` must be at least 1s, but is 5ms"
            ),
            (#""scenarios": {"a": {"executor": "constant-vus"}}"#, "scenario 'a': `duration` is missing"),
            (
                #""scenarios": {"a": {"executor": "ramping-vus", "stages": []}}"#,
                "scenario 'a': `stages` has no stage"
            ),
            (
                #""scenarios": {"a": {"executor": "shared-iterations", "startTime": "-1s"}}"#,
                "scenario 'a': `startTime` is negative"
            ),
            (
                #""scenarios": {"a": {"executor": "shared-iterations", "exec": ""}}"#,
                "scenario 'a': `exec` is empty"
            ),
            (
                #""scenarios": {"a": {"executor": "shared-iterations", "exec": "defult"}}"#,
                "scenario 'a': the script exports no function 'defult'; did you mean 'default'?"
            ),
            (
                #""scenarios": {"a": {"executor": "constant-arrival-rate", "rate": 1, "duration": "1s"}}"#,
                "scenario 'a': `preAllocatedVUs` is missing"
            ),
            (
                #""scenarios": {"a": {"executor": "constant-arrival-rate", "duration": "1s", "preAllocatedVUs": 1}}"#,
                "scenario 'a': `rate` is missing: iterations in a `timeUnit`"
            ),
            (
                #""scenarios": {"a": {"executor": "constant-arrival-rate", "rate": 1, "timeUnit": 0, "duration": "1s", "preAllocatedVUs": 1}}"#,
                "scenario 'a': `timeUnit` must be more than 0, but is 0s"
            ),
            (
                #""scenarios": {"a": {"executor": "constant-arrival-rate", "rate": 1, "duration": "1s", "preAllocatedVUs": 3, "maxVUs": 2}}"#,
                "scenario 'a': `maxVUs` (2) is less than `preAllocatedVUs` (3)"
            ),
            (
                #""scenarios": {"a": {"executor": "constant-arrival-rate", "rate": 1, "duration": "1s", "preAllocatedVUs": 0}}"#,
                "no scenario has users: there is nothing to run"
            ),
        ])
    func excluded(members: String, expected: String) throws {
        #expect(try Self.problems("{\(members)}", functions: ["default"]).contains("AS637 " + expected))
    }

    @Test("What changes nothing is a warning with its name")
    func warnings() throws {
        func warned(
            _ json: String, _ flags: [(K6Flags.Name, String)] = [], _ environment: [String: String] = [:]
        ) throws -> [String] {
            try Self.read(json, flags, environment).warnings.map {
                #expect($0.severity == .warning)
                return "\($0.code) \($0.message)" + ($0.fix.map { " (\($0))" } ?? "")
            }
        }
        #expect(
            try warned(#"{"iteration": 1, "foo": 1}"#) == [
                "AS636 there is no option 'iteration'; it changes nothing (did you mean 'iterations'?)",
                "AS636 there is no option 'foo'; it changes nothing",
            ])
        #expect(
            try warned(#"{"paused": true}"#) == ["AS642 `paused` is not supported: the run begins at once"])
        #expect(
            try warned(#"{"ext": {"loadimpact": {"name": "x"}}}"#) == [
                "AS642 `ext` is for services of others (loadimpact); it changes nothing"
            ])
        #expect(
            try warned("{}", [(.linger, "true")]) == [
                "AS642 `linger` is not supported: the program ends with the run"
            ])
        #expect(
            try warned("{}", [], ["K6_OUT": "json"]) == ["AS642 K6_OUT is not supported; it changes nothing"])
        #expect(
            try warned(#"{"vus": 2}"#) == [
                "AS643 `vus: 2` counts only beside `iterations`, `duration` or `stages`: the script is run once by one user"
            ])
        #expect(
            try warned(#"{"stages": []}"#) == ["AS643 `stages` is empty: the script is run once by one user"])
        #expect(
            try warned(#"{"scenarios": {"a": {"executor": "shared-iterations"}}}"#, [(.iterations, "2")]) == [
                "AS643 the command line takes the place of the script's scenarios"
            ])
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

    @Test("Wrong flags and variables are told by their names")
    func sources() throws {
        #expect(
            try Self.problems(
                "{}",
                [
                    (.vus, "x"), (.duration, "10"), (.stage, "1:2"), (.tag, "a="), (.summaryMode, "short"),
                    (.dns, "x"),
                ],
                ["K6_ITERATIONS": "y", "K6_NO_SETUP": "1", "K6_STAGES": "5s:a"]) == [
                    "AS644 K6_ITERATIONS is a whole number, found 'y'",
                    "AS644 K6_STAGES is a list like '10s:5,1m:20', found '5s:a'",
                    "AS644 K6_NO_SETUP is true or false, found '1'",
                    "AS644 --vus is a whole number, found 'x'",
                    "AS644 --duration is a time like 1m30s, found '10'",
                    "AS644 --stage is written 30s:10, found '1:2'",
                    "AS644 --dns is a list like 'ttl=1m,select=first,policy=any', found 'x'",
                    "AS644 --tag is written name=value, found 'a='",
                    "AS644 --summary-mode is compact, full or legacy, found 'short'",
                ])
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
