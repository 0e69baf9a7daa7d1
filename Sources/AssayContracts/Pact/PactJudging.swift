public import AssayFormats

extension PactRequest {
    /// How a request departs from this one; empty when it is what the consumer may send.
    ///
    /// Query, and members of a body, may not be more than is expected: a provider might understand them.
    public func mismatches(_ actual: ContractExchange.Request) -> [PactMismatch] {
        var mismatches: [PactMismatch] = []
        if method.uppercased() != actual.method.uppercased() {
            mismatches.append(PactMismatch(.method, expected: method, actual: actual.method))
        }
        mismatches += PactText.mismatches(.path, path, actual.path, rules[.path])
        mismatches += PactFields(part: .query, rules: rules[.query], refusesMore: true)
            .mismatches(query ?? [], PactField.query(actual.query ?? ""))
        let judge = PactHeaders(rules[.header])
        mismatches += judge.mismatches(headers, PactField.headers(actual.headers))
        mismatches += PactBodyJudge(rules: rules[.body], refusesMore: true).mismatches(
            PactContent(body, declared: headers.first("content-type")),
            PactContent(PactBody(received: actual.body), declared: actual.header("content-type")),
            typeRules: judge.scope(of: "content-type"))
        return mismatches
    }
}

extension PactResponse {
    /// How a response departs from this one; empty when it is what the consumer can work with. More is always welcome.
    public func mismatches(_ actual: ContractExchange.Response) -> [PactMismatch] {
        var mismatches: [PactMismatch] = []
        if let choice = PactRuleScope(rules[.status]).choice {
            let problems = choice.list.rules.map {
                PactValues.problem(
                    $0, expected: .int(Int64(status)), actual: .int(Int64(actual.status)), isCascaded: false)
            }
            mismatches += choice.list.unmet(problems).map {
                PactMismatch(.status, expected: $0, actual: "\(actual.status)")
            }
        } else if status != actual.status {
            mismatches.append(PactMismatch(.status, expected: "\(status)", actual: "\(actual.status)"))
        }
        let judge = PactHeaders(rules[.header])
        mismatches += judge.mismatches(headers, PactField.headers(actual.headers))
        mismatches += PactBodyJudge(rules: rules[.body], refusesMore: false).mismatches(
            PactContent(body, declared: headers.first("content-type")),
            PactContent(PactBody(received: actual.body), declared: actual.header("content-type")),
            typeRules: judge.scope(of: "content-type"))
        return mismatches
    }
}

extension PactMessage {
    /// How a message departs from this one.
    ///
    /// - Parameter metadata: what came beside the contents; `contentType` says what they are.
    public func mismatches(contents: [UInt8], metadata: JSONObject) -> [PactMismatch] {
        let body = rules[.body].isEmpty ? rules[.content] : rules[.body]
        let expected = PactContent(self.contents, declared: self.metadata.contentType)
        // What says nothing of its type is taken for what is expected.
        let declared = metadata.contentType.flatMap { $0.isEmpty ? nil : $0 }
        var mismatches = PactBodyJudge(rules: body, refusesMore: false).mismatches(
            expected, PactContent(PactBody(received: contents), declared: declared))
        for (name, value) in self.metadata {
            guard
                let found = metadata[name]
                    ?? metadata.first(where: { $0.key.lowercased() == name.lowercased() })?.value
            else {
                mismatches.append(
                    PactMismatch(.metadata, name, expected: PactValues.shown(value), actual: "nothing"))
                continue
            }
            mismatches += self.mismatches(ofMetadata: name, value, found)
        }
        return mismatches
    }

    private func mismatches(ofMetadata name: String, _ expected: JSON, _ actual: JSON) -> [PactMismatch] {
        if let choice = PactRuleScope(rules[.metadata]).below(name).choice {
            let problems = choice.list.rules.map {
                PactValues.problem($0, expected: expected, actual: actual, isCascaded: choice.isCascaded)
            }
            return choice.list.unmet(problems).map {
                PactMismatch(.metadata, name, expected: $0, actual: PactValues.shown(actual))
            }
        }
        if ["contenttype", "content-type"].contains(name.lowercased()), let type = expected.stringValue,
            let found = actual.stringValue
        {
            return PactHeaders(PactRuleSet()).mismatches(
                [PactField("Content-Type", [type])], [PactField("Content-Type", [found])]
            )
            .map { PactMismatch(.metadata, name, expected: $0.expected, actual: $0.actual) }
        }
        guard !PactValues.isEqual(expected, actual) else { return [] }
        return [
            PactMismatch(
                .metadata, name, expected: PactValues.shown(expected), actual: PactValues.shown(actual))
        ]
    }
}

/// Compares one text, like a path.
enum PactText {
    static func mismatches(
        _ part: PactMismatch.Part, _ expected: String, _ actual: String, _ rules: PactRuleSet
    ) -> [PactMismatch] {
        guard let list = rules.entries.first?.list else {
            return expected == actual ? [] : [PactMismatch(part, expected: expected, actual: actual)]
        }
        let problems = list.rules.map {
            PactValues.textProblem($0, expected: expected, actual: actual, isCascaded: false)
        }
        return list.unmet(problems).map { PactMismatch(part, expected: $0, actual: actual) }
    }
}

extension PactBody {
    /// A body as it came.
    init(received bytes: [UInt8]?) {
        guard let bytes else {
            self = .missing
            return
        }
        self = bytes.isEmpty ? .empty : .bytes(bytes, type: nil)
    }
}

extension PactRequest {
    /// The request as it is sent.
    public var exchange: ContractExchange.Request {
        var headers: [ContractExchange.Header] = self.headers.flatMap { field in
            field.values.map { ContractExchange.Header(field.name, $0) }
        }
        var bytes = body.bytes
        if case .bytes(_, let type?) = body, self.headers.first("content-type") == nil {
            headers.append(.init("Content-Type", type))
        } else if case .bytes(let bytes, nil) = body, self.headers.first("content-type") == nil,
            PactMediaType(looksLike: bytes).isJSON
        {
            headers.append(.init("Content-Type", "application/json"))
        }
        if body == .null, PactMediaType(self.headers.first("content-type") ?? "").isJSON {
            bytes = Array("null".utf8)
        }
        return ContractExchange.Request(
            method: method, path: path.pactPathEncoded, query: query.map(PactField.text(ofQuery:)),
            headers: headers,
            body: bytes)
    }
}

extension PactResponse {
    /// The response as a stand-in for the provider gives it.
    public var exchange: ContractExchange.Response {
        var headers: [ContractExchange.Header] = self.headers.flatMap { field in
            field.values.map { ContractExchange.Header(field.name, $0) }
        }
        if case .bytes(let bytes, let type) = body, self.headers.first("content-type") == nil {
            headers.append(.init("Content-Type", type ?? PactMediaType(looksLike: bytes).text))
        }
        return ContractExchange.Response(status: status, headers: headers, body: body.bytes ?? [])
    }
}

extension PactMessage {
    /// The message as a provider of messages is given one: contents and metadata.
    public var exchangeJSON: JSON { .object(json(as: .v4)) }

    /// The contents as they are sent.
    public var bytes: [UInt8] { contents.bytes ?? [] }
    /// What the contents are said to be; `nil` when nothing says it.
    public var contentType: String? {
        if case .bytes(_, let type?) = contents { return type }
        return metadata.contentType
    }
}

extension String {
    /// A path whose characters that no request line can have are percent-encoded; what is encoded stays.
    fileprivate var pactPathEncoded: String {
        var encoded = ""
        for byte in utf8 {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "?"), byte != UInt8(ascii: "#") {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded.hasPrefix("/") ? encoded : "/" + encoded
    }
}
