import AssayCore
import AssayFormats
import Testing

@testable import AssayImport

@Suite("k6: options that are wrong, or change nothing")
struct K6OptionProblemsTests {
    @Test(
        "What is wrong is told by name, with what was found",
        arguments: [
            (#"{"vus": "abc"}"#, "AS635 `vus` is a whole number, found the text 'abc'"),
            (#"[1]"#, "AS635 `options` is an object, found a list"),
            (#""fast""#, "AS635 `options` is an object, found the text 'fast'"),
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
                "AS635 scenario 'a': `executor` is missing: one of constant-arrival-rate, constant-vus, externally-controlled, per-vu-iterations, ramping-arrival-rate, ramping-vus, shared-iterations"
            ),
            (
                #"{"scenarios": {"a": {"executor": "constant-vu"}}}"#,
                "AS635 scenario 'a': there is no executor 'constant-vu'; did you mean 'constant-vus'?"
            ),
            (
                #"{"scenarios": {"a": {"executor": "externally-controlled", "vus": 3, "maxVUs": 2, "duration": "1s"}}}"#,
                "AS637 scenario 'a': `vus` (3) is more than `maxVUs` (2)"
            ),
            (
                #"{"scenarios": {"a": {"executor": "externally-controlled", "vus": 3}}}"#,
                "AS637 scenario 'a': `duration` is missing"
            ),
            (
                #"{"scenarios": {"a": {"executor": "externally-controlled", "vus": 3, "duration": 0}}}"#,
                "AS637 scenario 'a': `duration` 0 has no end, which nobody here could bring about; say how long it is"
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
    func refused(json: String, expected: String) throws {
        #expect(try K6OptionsTests.problems(json) == [expected])
    }

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
            (
                #""scenarios": {"a": {"executor": "externally-controlled", "vus": 0, "maxVUs": 5, "duration": "1s"}}"#,
                "no scenario has users, and there is no REST API that could add some: there is nothing to run"
            ),
        ])
    func excluded(members: String, expected: String) throws {
        #expect(
            try K6OptionsTests.problems("{\(members)}", functions: ["default"]).contains("AS637 " + expected))
    }

    @Test("What changes nothing is a warning with its name")
    func warnings() throws {
        func warned(
            _ json: String, _ flags: [(K6Flags.Name, String)] = [], _ environment: [String: String] = [:]
        ) throws -> [String] {
            try K6OptionsTests.read(json, flags, environment).warnings.map {
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
            try warned(
                #"{"scenarios": {"a": {"executor": "shared-iterations"}, "b": {"executor": "externally-controlled", "duration": "1s"}}}"#
            ) == [
                "AS643 scenario 'b' begins without users, and there is no REST API that could add some: nothing of it is run"
            ])
        #expect(
            try warned(#"{"stages": []}"#) == ["AS643 `stages` is empty: the script is run once by one user"])
        #expect(
            try warned(#"{"scenarios": {"a": {"executor": "shared-iterations"}}}"#, [(.iterations, "2")]) == [
                "AS643 the command line takes the place of the script's scenarios"
            ])
    }

    @Test("What changes nothing in the file of options is told as well")
    func file() throws {
        let file = try JSON(parsing: #"{"iteration": 1, "noUsageReport": true}"#)
        #expect(
            try K6Options.read(.null, under: file).get().warnings.map(\.message) == [
                "in the file of options: there is no option 'iteration'; it changes nothing"
            ])
    }

    @Test("Wrong flags and variables are told by their names")
    func sources() throws {
        #expect(
            try K6OptionsTests.problems(
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
}
