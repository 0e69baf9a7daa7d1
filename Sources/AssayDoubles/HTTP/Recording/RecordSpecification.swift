internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// What to record and how, as `POST /__admin/recordings/start` and `snapshot` say it.
struct RecordSpecification: Sendable {
    enum BodyMatcher: String, Sendable, CaseIterable { case auto, equalTo, equalToJson, equalToXml }

    /// Every request without a stub of its own is forwarded there while recording.
    var targetBaseURL: String?
    /// Only requests like this are kept.
    var filter: RequestPattern?
    /// Headers that stubs ask for.
    var captureHeaders: [(name: String, ignoresCase: Bool)] = []
    var bodyMatcher = BodyMatcher.auto
    var ignoresArrayOrder = false
    var ignoresExtraElements = false
    var ignoresCase = false
    /// Bodies from this size on go to files, where there is a folder.
    var textThreshold = standardTextThreshold
    var binaryThreshold = standardBinaryThreshold
    /// The same request again begins another state, when it was answered differently.
    var repeatsAsScenarios = true
    /// Mappings are written to files, where there is a folder.
    var persists = true
    /// Answers with ids only.
    var answersIDs = false
    var transformers: [String] = []
    var transformerParameters = JSONObject()

    static let standardTextThreshold = 16 << 10
    static let standardBinaryThreshold = 1 << 10
    private static let keys = [
        "targetBaseUrl", "filters", "captureHeaders", "requestBodyPattern", "extractBodyCriteria", "persist",
        "repeatsAsScenarios", "outputFormat", "transformers", "transformerParameters",
    ]

    init() {}

    /// - Throws: every part of it that is wrong, with its place.
    init(_ json: JSON, clock: DoubleClock) throws(AdminRefusal) {
        let reading = MappingReading(clock: clock)
        let node = MappingNode(json)
        if json != .null { read(node, reading) }
        let problems = reading.errors.map {
            AdminRefusal.Problem($0.message, detail: $0.fix, pointer: $0.pointer)
        }
        if !problems.isEmpty { throw AdminRefusal(422, problems) }
    }

    private mutating func read(_ node: MappingNode, _ reading: MappingReading) {
        guard node.members != nil else {
            reading.error("expected an object, found \(node.kindText)", at: node)
            return
        }
        reading.unknown(in: node, known: Self.keys)
        if let url = node["targetBaseUrl"], let text = reading.text(url) {
            do {
                _ = try ForwardedRequest(.init(method: "GET", target: "/"), to: ProxyTarget(baseURL: text))
                targetBaseURL = text
            } catch {
                reading.error(error.reason, at: url)
            }
        }
        if let filters = node["filters"] { readFilter(filters, reading) }
        for (name, options) in node["captureHeaders"]?.members ?? [] {
            captureHeaders.append((name, options["caseInsensitive"].flatMap { reading.flag($0) } ?? false))
        }
        if let pattern = node["requestBodyPattern"] { readBodyPattern(pattern, reading) }
        if let criteria = node["extractBodyCriteria"] {
            if let size = criteria["textSizeThreshold"] {
                textThreshold = bytes(size, reading) ?? textThreshold
            }
            if let size = criteria["binarySizeThreshold"] {
                binaryThreshold = bytes(size, reading) ?? binaryThreshold
            }
        }
        if let flag = node["persist"] { persists = reading.flag(flag) ?? true }
        if let flag = node["repeatsAsScenarios"] { repeatsAsScenarios = reading.flag(flag) ?? true }
        if let format = node["outputFormat"], let text = reading.text(format) {
            answersIDs = text.uppercased() == "IDS"
            if !["IDS", "FULL"].contains(text.uppercased()) {
                reading.error("expected FULL or IDS, found '\(text)'", at: format)
            }
        }
        transformerParameters = node["transformerParameters"]?.value.objectValue ?? JSONObject()
        transformers = node["transformers"].flatMap { reading.texts($0) } ?? []
        for name in transformers where name != "response-template" {
            reading.error(
                "there is no transformer '\(name)'", at: node["transformers"] ?? node,
                fix: "'response-template' makes the recorded answers templates")
        }
    }

    private mutating func readFilter(_ node: MappingNode, _ reading: MappingReading) {
        guard case .object(var object) = node.value else {
            reading.error("expected an object, found \(node.kindText)", at: node)
            return
        }
        if let ids = node["ids"] {
            reading.error(
                "requests are not recorded by their ids", at: ids, fix: "filter by url, method or headers")
        }
        if let flag = node["allowNonProxied"], reading.flag(flag) == true {
            reading.error("only requests that were forwarded are recorded", at: flag)
        }
        object["ids"] = nil
        object["allowNonProxied"] = nil
        filter = reading.requestPattern(MappingNode(.object(object), pointer: node.pointer))
    }

    private mutating func readBodyPattern(_ node: MappingNode, _ reading: MappingReading) {
        if let name = node["matcher"], let text = reading.text(name) {
            if let matcher = BodyMatcher(rawValue: text) {
                bodyMatcher = matcher
            } else {
                reading.error(
                    "there is no body matcher '\(text)'", at: name,
                    fix: "known: " + BodyMatcher.allCases.map(\.rawValue).joined(separator: ", "))
            }
        }
        if let flag = node["ignoreArrayOrder"] { ignoresArrayOrder = reading.flag(flag) ?? false }
        if let flag = node["ignoreExtraElements"] { ignoresExtraElements = reading.flag(flag) ?? false }
        if let flag = node["caseInsensitive"] { ignoresCase = reading.flag(flag) ?? false }
    }

    /// `2048`, `"2 kb"`, `"1 MB"`.
    private func bytes(_ node: MappingNode, _ reading: MappingReading) -> Int? {
        if let number = node.value.intValue { return max(0, Int(number)) }
        let text = (node.value.stringValue ?? "").lowercased().filter { $0 != " " }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let shifts = ["": 0, "b": 0, "kb": 10, "mb": 20, "gb": 30]
        guard let number = Int(digits), number < 1 << 30,
            let shift = shifts[String(text.dropFirst(digits.count))]
        else { return reading.wrong(node, expected: "a size like \"2 kb\"") }
        return number << shift
    }
}
