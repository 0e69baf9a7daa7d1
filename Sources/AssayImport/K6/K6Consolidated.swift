internal import AssayCore
internal import AssayFormats

extension K6Layer {
    /// What a script reads as `exec.test.options`: every option, `null` where nobody said anything.
    func consolidated(_ drafts: [K6ScenarioDraft]) -> JSON {
        var object = JSONObject()
        object["paused"] = k6JSON(paused)
        object["scenarios"] = .object(
            JSONObject(drafts.sorted { $0.name < $1.name }.map { ($0.name, $0.json) }))
        object["executionSegment"] = .null
        object["executionSegmentSequence"] = .null
        object["noSetup"] = k6JSON(noSetup)
        object["setupTimeout"] = k6JSON(setupTimeout)
        object["noTeardown"] = k6JSON(noTeardown)
        object["teardownTimeout"] = k6JSON(teardownTimeout)
        object["rps"] = k6JSON(rps)
        object["dns"] = .object(
            JSONObject([
                ("ttl", k6JSON(dnsTTL)), ("select", k6JSON(dnsSelect)), ("policy", k6JSON(dnsPolicy)),
            ]))
        object["maxRedirects"] = k6JSON(maxRedirects)
        object["userAgent"] = k6JSON(userAgent)
        object["batch"] = k6JSON(batch)
        object["batchPerHost"] = k6JSON(batchPerHost)
        object["httpDebug"] = k6JSON(httpDebug)
        object["insecureSkipTLSVerify"] = k6JSON(insecureSkipTLSVerify)
        object["tlsCipherSuites"] = k6JSON(tlsCipherSuites)
        object["tlsVersion"] =
            tlsVersion.map {
                .object(JSONObject([("min", .string($0.lowest)), ("max", .string($0.highest))]))
            } ?? .null
        object["tlsAuth"] = tlsAuth.map { .array($0.map(\.json)) } ?? .null
        object["throw"] = k6JSON(throwsErrors)
        object["thresholds"] = thresholds.map { .object(Self.json(of: $0, bareThresholds ?? [])) } ?? .null
        object["blacklistIPs"] = k6JSON(blacklistIPs)
        object["blockHostnames"] = k6JSON(blockHostnames)
        object["hosts"] =
            hosts.map { .object(JSONObject($0.map { ($0.pattern, .string($0.address)) })) } ?? .null
        object["noConnectionReuse"] = k6JSON(noConnectionReuse)
        object["noVUConnectionReuse"] = k6JSON(noVUConnectionReuse)
        object["minIterationDuration"] = k6JSON(minIterationDuration)
        object["ext"] = ext ?? .null
        object["summaryTrendStats"] = k6JSON(summaryTrendStats ?? K6Options.Summary().trendStats)
        object["summaryTimeUnit"] = k6JSON(summaryTimeUnit)
        object["systemTags"] = k6JSON(
            systemTags.map { said in K6SystemTags.all.filter(said.contains) } ?? K6SystemTags.standard)
        object["tags"] = k6JSON(tags)
        object["metricSamplesBufferSize"] = k6JSON(metricSamplesBufferSize)
        object["noCookiesReset"] = k6JSON(noCookiesReset)
        object["discardResponseBodies"] = k6JSON(discardResponseBodies)
        object["consoleOutput"] = k6JSON(consoleOutput)
        object["localIPs"] = k6JSON(localIPs)
        return .object(object)
    }

    /// Expressions by metric; one that may end the run says so.
    private static func json(of thresholds: [K6ThresholdDraft], _ bare: [String]) -> JSONObject {
        var object = JSONObject()
        for threshold in thresholds.sorted(by: { $0.key < $1.key }) {
            let value: JSON =
                threshold.abortOnFail
                ? .object(
                    JSONObject([
                        ("threshold", .string(threshold.source)), ("abortOnFail", .bool(true)),
                        ("delayAbortEval", k6JSON(threshold.delayAbortEval)),
                    ])) : .string(threshold.source)
            object[threshold.key] = .array((object[threshold.key]?.arrayValue ?? []) + [value])
        }
        for key in bare { object[key] = [] }
        return object
    }
}

extension K6ScenarioDraft {
    fileprivate var json: JSON {
        var object = JSONObject([
            ("executor", .string(executor)), ("startTime", k6JSON(startTime)),
            ("gracefulStop", k6JSON(gracefulStop)), ("env", k6JSON(env)),
            ("exec", k6JSON(exec)), ("tags", k6JSON(tags)),
        ])
        switch executor {
        case "shared-iterations", "per-vu-iterations":
            object["vus"] = k6JSON(vus)
            object["iterations"] = k6JSON(iterations)
            object["maxDuration"] = k6JSON(maxDuration)
        case "constant-vus":
            object["vus"] = k6JSON(vus)
            object["duration"] = k6JSON(duration)
        case "externally-controlled":
            object["vus"] = k6JSON(vus)
            object["duration"] = k6JSON(duration)
            object["maxVUs"] = k6JSON(maxVUs)
        case "ramping-vus":
            object["startVUs"] = k6JSON(startVUs)
            object["stages"] = k6JSON(stages)
            object["gracefulRampDown"] = k6JSON(gracefulRampDown)
        case "constant-arrival-rate":
            object["rate"] = k6JSON(rate)
            object["timeUnit"] = k6JSON(timeUnit)
            object["duration"] = k6JSON(duration)
            object["preAllocatedVUs"] = k6JSON(preAllocatedVUs)
            object["maxVUs"] = k6JSON(maxVUs)
        default:
            object["startRate"] = k6JSON(startRate)
            object["timeUnit"] = k6JSON(timeUnit)
            object["stages"] = k6JSON(stages)
            object["preAllocatedVUs"] = k6JSON(preAllocatedVUs)
            object["maxVUs"] = k6JSON(maxVUs)
        }
        return .object(object)
    }
}

extension K6Options.ClientCertificate {
    fileprivate var json: JSON {
        .object(
            JSONObject([
                ("cert", .string(certificate)), ("key", .string(key)), ("password", k6JSON(password)),
                ("domains", .array(domains.map { .string($0) })),
            ]))
    }
}

private func k6JSON(_ flag: Bool?) -> JSON { flag.map { .bool($0) } ?? .null }
private func k6JSON(_ number: Int?) -> JSON { number.map { .int(Int64($0)) } ?? .null }
private func k6JSON(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
private func k6JSON(_ duration: Duration?) -> JSON { duration.map { .string(K6Duration.text($0)) } ?? .null }
private func k6JSON(_ texts: [String]?) -> JSON { texts.map { .array($0.map { .string($0) }) } ?? .null }
private func k6JSON(_ stages: [K6Layer.Stage]?) -> JSON {
    stages.map { list in
        .array(
            list.map {
                .object(JSONObject([("duration", k6JSON($0.duration)), ("target", k6JSON($0.target))]))
            })
    } ?? .null
}
private func k6JSON(_ map: [String: String]?) -> JSON {
    map.map { .object(JSONObject($0.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })) }
        ?? .null
}
