internal import AssayCore
internal import AssayFormats

/// Reads the flags of the command line into a ``K6Layer``.
struct K6FlagReading {
    private let flags: K6Flags
    private(set) var layer = K6Layer()
    private(set) var problems: [String] = []

    init(_ flags: K6Flags) {
        self.flags = flags
        layer.vus = int(.vus)
        layer.duration = duration(.duration)
        layer.iterations = int(.iterations)
        readStages()
        layer.paused = bool(.paused)
        layer.noSetup = bool(.noSetup)
        layer.noTeardown = bool(.noTeardown)
        layer.minIterationDuration = duration(.minIterationDuration)
        readHTTP()
        readNames()
        readTags()
        layer.summaryTrendStats = list(.summaryTrendStats)
        layer.summaryTimeUnit = flags.last(.summaryTimeUnit).flatMap { $0.isEmpty ? nil : $0 }
        layer.consoleOutput = flags.last(.consoleOutput).flatMap { $0.isEmpty ? nil : $0 }
        for name in [K6Flags.Name.executionSegment, .executionSegmentSequence] {
            guard let text = flags.last(name) else { continue }
            if let problem = K6Segments.problem(text, of: "--\(name.rawValue)") { problems.append(problem) }
        }
    }

    private mutating func readHTTP() {
        layer.maxRedirects = int(.maxRedirects)
        layer.batch = int(.batch)
        layer.batchPerHost = int(.batchPerHost)
        layer.rps = int(.rps)
        layer.userAgent = flags.last(.userAgent)
        layer.httpDebug = flags.last(.httpDebug)
        layer.insecureSkipTLSVerify = bool(.insecureSkipTLSVerify)
        layer.noConnectionReuse = bool(.noConnectionReuse)
        layer.noVUConnectionReuse = bool(.noVUConnectionReuse)
        layer.throwsErrors = bool(.throwsErrors)
        layer.discardResponseBodies = bool(.discardResponseBodies)
    }

    private mutating func readNames() {
        layer.blacklistIPs = list(.blacklistIP)
        layer.blockHostnames = list(.blockHostnames)
        layer.localIPs = flags.last(.localIPs)
        if let dns = flags.last(.dns), let problem = layer.readDNS(dns) {
            problems.append("--dns \(problem)")
        }
    }

    private mutating func readTags() {
        layer.systemTags = list(.systemTags)
        let pairs = flags[.tag]
        guard !pairs.isEmpty else { return }
        var tags: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                problems.append("--tag is written name=value, found '\(pair)'")
                continue
            }
            tags[String(parts[0])] = String(parts[1])
        }
        layer.tags = tags
    }

    private mutating func readStages() {
        guard let stages = list(.stage) else { return }
        layer.stages = stages.compactMap { text in
            let stage = K6Layer.Stage(text: text)
            if stage?.duration == nil { problems.append("--stage is written 30s:10, found '\(text)'") }
            return stage
        }
    }

    private func list(_ name: K6Flags.Name) -> [String]? {
        let given = flags[name]
        return given.isEmpty ? nil : given.flatMap { $0.split(separator: ",").map(String.init) }
    }

    private mutating func int(_ name: K6Flags.Name) -> Int? {
        guard let text = flags.last(name) else { return nil }
        if let number = Int(text) { return number }
        problems.append("--\(name.rawValue) is a whole number, found '\(text)'")
        return nil
    }

    private mutating func bool(_ name: K6Flags.Name) -> Bool? {
        guard let text = flags.last(name) else { return nil }
        if let flag = Bool(text) { return flag }
        problems.append("--\(name.rawValue) is true or false, found '\(text)'")
        return nil
    }

    private mutating func duration(_ name: K6Flags.Name) -> Duration? {
        guard let text = flags.last(name) else { return nil }
        if let duration = K6Duration.units(text) { return duration }
        problems.append("--\(name.rawValue) is a time like 1m30s, found '\(text)'")
        return nil
    }
}
