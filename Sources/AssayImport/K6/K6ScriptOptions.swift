internal import AssayCore
internal import AssayFormats

/// Reads the options that a script exports into a ``K6Layer``.
struct K6ScriptOptions {
    private var fields: K6Fields
    private(set) var layer = K6Layer()

    var problems: [String] { fields.problems }
    /// Members that are no options.
    var unknown: [String] { fields.unknown }
    /// What changes nothing inside of an option.
    private(set) var remarks: [String] = []
    /// Names that are.
    var known: [String] { fields.known }

    init(_ object: JSONObject) {
        fields = K6Fields(object)
        readLoad()
        readRun()
        readHTTP()
        readTLS()
        readNames()
        readThresholds()
        readSummary()
    }

    private mutating func readLoad() {
        layer.vus = fields.int("vus")
        layer.duration = fields.duration("duration")
        layer.iterations = fields.int("iterations")
        layer.stages = fields.stages("stages", strict: false)
        guard let value = fields.value("scenarios") else { return }
        guard let object = value.objectValue else {
            return fields.refuse("scenarios", "an object of scenarios by their names", value)
        }
        layer.scenarios = object.compactMap { name, value in
            guard let members = value.objectValue else {
                fields.refuse("scenarios.\(name)", "an object with `executor`", value)
                return nil
            }
            var reading = K6ScenarioReading(name: name, members)
            let draft = reading.draft()
            for problem in reading.problems { fields.say(problem) }
            return draft
        }
    }

    private mutating func readRun() {
        layer.paused = fields.bool("paused")
        layer.noSetup = fields.bool("noSetup")
        layer.setupTimeout = fields.duration("setupTimeout")
        layer.noTeardown = fields.bool("noTeardown")
        layer.teardownTimeout = fields.duration("teardownTimeout")
        layer.handleSummaryTimeout = fields.duration("handleSummaryTimeout")
        layer.minIterationDuration = fields.duration("minIterationDuration")
        layer.metricSamplesBufferSize = fields.int("metricSamplesBufferSize")
        layer.tags = fields.textMap("tags")
        layer.systemTags = fields.texts("systemTags").map { $0.isEmpty ? K6SystemTags.standard : $0 }
        layer.ext = fields.value("ext")
        for key in ["executionSegment", "executionSegmentSequence"] {
            guard let value = fields.value(key) else { continue }
            if let problem = K6Segments.problem(value.stringValue ?? "", of: "`\(key)`") {
                fields.say(problem)
            }
        }
    }

    private mutating func readHTTP() {
        layer.rps = fields.int("rps")
        layer.maxRedirects = fields.int("maxRedirects")
        layer.userAgent = fields.text("userAgent")
        layer.batch = fields.int("batch")
        layer.batchPerHost = fields.int("batchPerHost")
        layer.httpDebug = fields.text("httpDebug")
        layer.throwsErrors = fields.bool("throw")
        layer.noConnectionReuse = fields.bool("noConnectionReuse")
        layer.noVUConnectionReuse = fields.bool("noVUConnectionReuse")
        layer.noCookiesReset = fields.bool("noCookiesReset")
        layer.discardResponseBodies = fields.bool("discardResponseBodies")
    }

    private mutating func readTLS() {
        layer.insecureSkipTLSVerify = fields.bool("insecureSkipTLSVerify")
        layer.tlsCipherSuites = fields.texts("tlsCipherSuites")
        if let value = fields.value("tlsVersion") { layer.tlsVersion = versions(value) }
        guard let value = fields.value("tlsAuth") else { return }
        guard let list = value.arrayValue else {
            return fields.refuse("tlsAuth", "a list of objects with `cert` and `key`", value)
        }
        layer.tlsAuth = list.enumerated().compactMap { place, value in
            guard let object = value.objectValue else {
                fields.refuse("tlsAuth", "a list of objects with `cert` and `key`", value)
                return nil
            }
            var own = K6Fields(object, owner: "tlsAuth \(place + 1): ")
            let certificate = K6Options.ClientCertificate(
                certificate: own.text("cert") ?? "", key: own.text("key") ?? "",
                password: own.text("password"), domains: own.texts("domains") ?? [])
            if certificate.certificate.isEmpty { own.say("`cert` is missing: a certificate as PEM text") }
            if certificate.key.isEmpty { own.say("`key` is missing: its key as PEM text") }
            for name in own.unknown { own.say("there is no field '\(name)'") }
            for problem in own.problems { fields.say(problem) }
            return certificate
        }
    }

    private mutating func versions(_ value: JSON) -> K6Layer.TLSVersions? {
        if let text = value.stringValue { return K6Layer.TLSVersions(lowest: text, highest: text) }
        guard let object = value.objectValue else {
            fields.refuse("tlsVersion", "a text like 'tls1.2' or an object with `min` and `max`", value)
            return nil
        }
        var own = K6Fields(object, owner: "tlsVersion: ")
        let versions = K6Layer.TLSVersions(lowest: own.text("min") ?? "", highest: own.text("max") ?? "")
        for name in own.unknown { own.say("there is no field '\(name)'") }
        for problem in own.problems { fields.say(problem) }
        return versions
    }

    private mutating func readNames() {
        layer.blacklistIPs = fields.texts("blacklistIPs")
        layer.blockHostnames = fields.texts("blockHostnames")
        layer.hosts = fields.textMap("hosts").map { map in
            map.sorted { $0.key < $1.key }
                .map { K6Options.Host(pattern: $0.key.lowercased(), address: $0.value) }
        }
        guard let value = fields.value("dns") else { return }
        guard let object = value.objectValue else {
            return fields.refuse("dns", "an object with `ttl`, `select` and `policy`", value)
        }
        var own = K6Fields(object, owner: "dns: ")
        layer.dnsTTL = own.text("ttl")
        layer.dnsSelect = own.text("select")
        layer.dnsPolicy = own.text("policy")
        for name in own.unknown { own.say("there is no field '\(name)'") }
        for problem in own.problems { fields.say(problem) }
    }

    private mutating func readThresholds() {
        guard let value = fields.value("thresholds") else { return }
        guard let object = value.objectValue else {
            return fields.refuse("thresholds", "an object of lists by metric", value)
        }
        layer.thresholds = object.flatMap { key, value in
            if value == .null { return [K6ThresholdDraft]() }
            guard let list = value.arrayValue else {
                fields.refuse("thresholds.\(key)", "a list of expressions", value)
                return [K6ThresholdDraft]()
            }
            return list.compactMap { threshold($0, of: key) }
        }
        layer.bareThresholds = object.filter { $0.value == .null || $0.value.arrayValue?.isEmpty == true }
            .map(\.key)
    }

    private mutating func threshold(_ value: JSON, of key: String) -> K6ThresholdDraft? {
        if let source = value.stringValue { return K6ThresholdDraft(key: key, source: source) }
        guard let object = value.objectValue else {
            fields.refuse("thresholds.\(key)", "a list of texts and of objects with `threshold`", value)
            return nil
        }
        var own = K6Fields(object, owner: "threshold on '\(key)': ")
        var draft = K6ThresholdDraft(key: key, source: own.text("threshold") ?? "")
        draft.abortOnFail = own.bool("abortOnFail") ?? false
        draft.delayAbortEval = own.duration("delayAbortEval")
        for name in own.unknown {
            remarks.append("threshold on '\(key)': there is no field '\(name)'; it changes nothing")
        }
        for problem in own.problems { fields.say(problem) }
        return draft
    }

    private mutating func readSummary() {
        layer.summaryTrendStats = fields.texts("summaryTrendStats")
        layer.summaryTimeUnit = fields.text("summaryTimeUnit")
    }
}

/// A part of the load of one of several machines.
enum K6Segments {
    /// Why a segment cannot be run; the whole can.
    static func problem(_ text: String, of subject: String) -> String? {
        ["", "0:1", "1", "100%", "0,1"].contains(text)
            ? nil
            : "\(subject) asks for a part of the load, '\(text)', which is not supported: all of it is run"
    }
}
