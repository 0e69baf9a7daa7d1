import AssayCore
import AssayFormats

/// One judgement of one exchange.
struct ExchangeJudge {
    let plan: ExchangePlan
    let contract: String
    let judging: ContractJudging
    let sources: APISources
    private(set) var findings: [ContractFinding] = []

    init(plan: ExchangePlan, contract: String, judging: ContractJudging, sources: APISources) {
        self.plan = plan
        self.contract = contract
        self.judging = judging
        self.sources = sources
    }

    // MARK: Requests

    mutating func judge(_ request: ContractExchange.Request, _ path: [APIMatch.Value]) {
        let texts = RequestTexts(request, path: path)
        for parameter in plan.parameters { judge(parameter, texts) }
        judgeBody(of: request)
    }

    private mutating func judge(_ parameter: ExchangePlan.Parameter, _ texts: RequestTexts) {
        let rule: ContractRule = parameter.place == .header ? .requestHeader : .requestParameter
        let place = "\(parameter.place.rawValue) \(parameter.name)"
        switch texts.values(of: parameter) {
        case .absent:
            // A path that leaves a parameter out is told when the document is read.
            guard parameter.isRequired, parameter.place != .path else { return }
            let kind = parameter.place == .header ? "header" : "\(parameter.place.rawValue) parameter"
            add(
                rule, .request, place, expected: "a \(kind) '\(parameter.name)'", actual: "none",
                at: parameter.value.location)
        case .malformed(let expected, let actual):
            add(rule, .request, place, expected: expected, actual: actual, at: parameter.value.location)
        case .values(let candidates):
            judge(candidates, parameter.value, rule, .request, place)
        }
    }

    /// Tells what is wrong with the first candidate when none holds.
    private mutating func judge(
        _ candidates: [JSON], _ value: ExchangePlan.Value, _ rule: ContractRule,
        _ side: ContractFinding.Side, _ place: String
    ) {
        guard let schema = value.schema, let first = candidates.first else { return }
        let violations = schema.violations(of: first, limit: judging.limit)
        guard !violations.isEmpty, !candidates.dropFirst().contains(where: { schema.accepts($0) }) else {
            return
        }
        add(violations, rule, side, place)
    }

    private mutating func judgeBody(of request: ContractExchange.Request) {
        let bytes = request.body ?? []
        let written = request.header("Content-Type")
        guard let body = plan.body else {
            guard judging.isStrict, !bytes.isEmpty else { return }
            return add(
                .requestBody, .request, "body", expected: "no body", actual: "\(bytes.count) bytes",
                at: plan.location)
        }
        let type = written.flatMap(MediaType.init)
        // Texts may be empty; of JSON and forms nothing is none.
        let isAbsent = bytes.isEmpty && (type == nil || type?.isJSON == true || request.body == nil)
        if isAbsent {
            guard body.isRequired else { return }
            let types = choice(body.media.map(\.written))
            return add(
                .requestBody, .request, "body",
                expected: body.media.isEmpty ? "a body" : "a body of \(types)", actual: "none",
                at: body.location)
        }
        judge(
            bytes, type, written, body.media, .request, body.location, body: .requestBody,
            mediaType: .requestMediaType, isCoded: request.isCoded)
    }

    // MARK: Responses

    mutating func judge(_ response: ContractExchange.Response, to method: String) {
        guard let described = plan.response(for: response.status) else {
            return add(
                .responseStatus, .response, "status",
                expected: plan.statuses.isEmpty
                    ? "no response, for none is described" : choice(plan.statuses),
                actual: "\(response.status)", at: plan.location)
        }
        for header in described.headers { judge(header, response) }
        let hasNoBody =
            method == "HEAD" || response.status < 200 || response.status == 204 || response.status == 304
        guard !hasNoBody else { return }
        guard !described.media.isEmpty else {
            guard judging.isStrict, !response.body.isEmpty else { return }
            return add(
                .responseBody, .response, "body", expected: "no body", actual: "\(response.body.count) bytes",
                at: described.location)
        }
        let written = response.header("Content-Type")
        let type = written.flatMap(MediaType.init)
        if response.body.isEmpty, type == nil || type?.isJSON == true {
            return add(
                .responseBody, .response, "body",
                expected: "a body of \(choice(described.media.map(\.written)))", actual: "none",
                at: described.location)
        }
        judge(
            response.body, type, written, described.media, .response, described.location, body: .responseBody,
            mediaType: .responseMediaType, isCoded: response.isCoded)
    }

    private mutating func judge(_ header: ExchangePlan.Header, _ response: ContractExchange.Response) {
        let texts = response.headers.filter { $0.name.lowercased() == header.name.lowercased() }.map(\.value)
        let place = "header \(header.name)"
        guard !texts.isEmpty else {
            guard header.isRequired else { return }
            return add(
                .responseHeader, .response, place, expected: "a header '\(header.name)'", actual: "none",
                at: header.value.location)
        }
        switch StyledText.header(texts, header.value, isExploded: header.isExploded) {
        case .absent: break
        case .malformed(let expected, let actual):
            add(
                .responseHeader, .response, place, expected: expected, actual: actual,
                at: header.value.location)
        case .values(let candidates): judge(candidates, header.value, .responseHeader, .response, place)
        }
    }

    // MARK: Bodies

    private mutating func judge(
        _ bytes: [UInt8], _ type: MediaType?, _ written: String?, _ described: [ExchangePlan.Media],
        _ side: ContractFinding.Side, _ location: SourceLocation, body: ContractRule, mediaType: ContractRule,
        isCoded: Bool
    ) {
        guard !described.isEmpty else { return }
        var best: (weight: Int, media: ExchangePlan.Media)?
        for media in described {
            let weight = type.map(media.type.fit) ?? 0
            if weight > best?.weight ?? 0 { best = (weight, media) }
        }
        guard let type, let media = best?.media else {
            return add(
                mediaType, side, "header Content-Type", expected: choice(described.map(\.written)),
                actual: written.map { "'\(Shortened.bounded($0))'" } ?? "none", at: location)
        }
        if isCoded { return }
        switch BodyText.read(bytes, type, media) {
        case .notJudged: break
        case .unreadable(let expected, let actual):
            add(.bodyUnreadable, side, "body", expected: expected, actual: actual, at: media.value.location)
        case .json: judgeJSON(bytes, media, side, body)
        case .values(let candidates): judge(candidates, media.value, body, side, "body")
        }
    }

    private mutating func judgeJSON(
        _ bytes: [UInt8], _ media: ExchangePlan.Media, _ side: ContractFinding.Side, _ rule: ContractRule
    ) {
        do {
            guard let schema = media.value.schema else {
                var tape = JSONTape()
                return try tape.parse(bytes)
            }
            add(try schema.violations(ofJSON: bytes, limit: judging.limit), rule, side, "body")
        } catch {
            add(
                .bodyUnreadable, side, "body", expected: "JSON: \(error.expected)",
                actual: "\(error.actual) at \(error.line):\(error.column)", at: media.value.location)
        }
    }

    // MARK: Findings

    private mutating func add(
        _ violations: [SchemaViolation], _ rule: ContractRule, _ side: ContractFinding.Side, _ place: String
    ) {
        for violation in violations {
            // Of a body the whole is told too: `body $`.
            let isWhole = violation.instancePath == "$" && place != "body"
            findings.append(
                ContractFinding(
                    rule, side, contract: contract, operation: plan.operation,
                    place: isWhole ? place : "\(place) \(violation.instancePath)",
                    expected: violation.expected, actual: violation.actual, schemaPath: violation.schemaPath,
                    location: sources.nearestLocation(of: violation.schemaPath)))
        }
    }

    mutating func add(
        _ rule: ContractRule, _ side: ContractFinding.Side, _ place: String, expected: String,
        actual: String, at location: SourceLocation?
    ) {
        findings.append(
            ContractFinding(
                rule, side, contract: contract, operation: plan.operation, place: place, expected: expected,
                actual: actual, location: location))
    }
}
