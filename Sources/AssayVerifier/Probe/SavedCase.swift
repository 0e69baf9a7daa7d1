public import AssayContracts
internal import AssayCore
public import AssayFormats

/// A failing case as it is kept in a file, one a line; credentials are never part of it.
public struct SavedCase: Sendable, Equatable {
    public static let version: Int64 = 1

    public var operation: String
    public var rule: ContractRule
    /// As a person copies it.
    public var seed: String
    public var phase: String
    public var what: String
    /// Why it must be refused; `nil` for a valid request.
    public var reason: NegativeReason?
    public var credentials: ProbeCase.Credentials
    /// Somebody promised that what the path names is there.
    public var isKnown: Bool
    public var request: ContractExchange.Request
    public var expected: String
    public var actual: String

    /// - Returns: `nil` for a finding that no one request shows.
    public init?(_ found: ProbeFinding, seed: UInt64, isKnown: Bool) {
        guard let smallest = found.smallest, let request = found.request else { return nil }
        operation = smallest.operation
        rule = found.finding.rule
        self.seed = SeededRandom(seed: seed).seedText
        phase = smallest.phase.rawValue
        what = smallest.what
        reason = smallest.reason
        credentials = smallest.credentials
        self.isKnown = isKnown
        self.request = request
        expected = found.finding.expected
        actual = found.finding.actual
    }

    /// A line without its break.
    public var json: JSON {
        var members: JSONObject = [
            "assay": .int(Self.version), "operation": .string(operation), "finding": .string(rule.rawValue),
            "seed": .string(seed), "phase": .string(phase), "what": .string(what),
        ]
        if let reason {
            members["invalid"] = [
                "rule": .string(reason.rule.rawValue), "place": .string(reason.place),
                "because": .string(reason.words),
            ]
        }
        if credentials != .given { members["credentials"] = .string(credentials.rawValue) }
        if isKnown { members["known"] = true }
        var sent: JSONObject = ["method": .string(request.method), "path": .string(request.path)]
        if let query = request.query { sent["query"] = .string(query) }
        sent["headers"] = .array(request.headers.map { [.string($0.name), .string($0.value)] })
        if let body = request.body {
            if let text = String(validating: body, as: UTF8.self) {
                sent["body"] = .string(text)
            } else {
                sent["base64"] = .string(Base64.standard.encode(body))
            }
        }
        members["request"] = .object(sent)
        members["expected"] = .string(expected)
        members["actual"] = .string(actual)
        return .object(members)
    }

    /// Reads a line.
    ///
    /// - Throws: what was expected where, in a sentence.
    public init(_ json: JSON) throws(SavedCaseError) {
        func text(_ value: JSON?, _ name: String) throws(SavedCaseError) -> String {
            guard let text = value?.stringValue else {
                throw SavedCaseError(
                    description: "expected a text in '\(name)', found \(value?.typeName ?? "nothing")")
            }
            return text
        }
        guard json["assay"]?.intValue == Self.version else {
            throw SavedCaseError(
                description: "expected a case of version \(Self.version), found "
                    + (json["assay"]?.rendered() ?? "no 'assay'"))
        }
        operation = try text(json["operation"], "operation")
        rule = ContractRule(rawValue: try text(json["finding"], "finding"))
        seed = try text(json["seed"], "seed")
        phase = try text(json["phase"], "phase")
        what = try text(json["what"], "what")
        if let invalid = json["invalid"] {
            reason = NegativeReason(
                NegativeRule(rawValue: try text(invalid["rule"], "invalid.rule")),
                at: try text(invalid["place"], "invalid.place"),
                try text(invalid["because"], "invalid.because"))
        }
        credentials = json["credentials"]?.stringValue.flatMap(ProbeCase.Credentials.init) ?? .given
        isKnown = json["known"] == true
        let sent = json["request"]
        request = ContractExchange.Request(
            method: try text(sent?["method"], "request.method"),
            path: try text(sent?["path"], "request.path"),
            query: sent?["query"]?.stringValue)
        for header in sent?["headers"]?.arrayValue ?? [] {
            request.headers.append(
                .init(try text(header[0], "request.headers"), try text(header[1], "request.headers")))
        }
        if let body = sent?["body"]?.stringValue { request.body = Array(body.utf8) }
        if let coded = sent?["base64"] {
            guard let body = Base64.decode(try text(coded, "request.base64")) else {
                throw SavedCaseError(description: "expected Base64 in 'request.base64', found something else")
            }
            request.body = body
        }
        expected = try text(json["expected"], "expected")
        actual = try text(json["actual"], "actual")
    }
}

/// Why a line is no saved case.
public struct SavedCaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence without a full stop.
    public var description: String
    public init(description: String) { self.description = description }
}
