import AssayCore
import AssayFormats

/// Judges one exchange by one route.
struct RouteJudge {
    let route: RouteTable.Route
    let contract: String
    private(set) var findings: [ContractFinding] = []

    init(route: RouteTable.Route, contract: String) {
        self.route = route
        self.contract = contract
    }

    private mutating func add(
        _ rule: ContractRule, _ side: ContractFinding.Side, _ place: String, expected: String, actual: String,
        schemaPath: String? = nil, at location: SourceLocation?
    ) {
        findings.append(
            ContractFinding(
                rule, side, contract: contract, operation: route.name, place: place, expected: expected,
                actual: actual, schemaPath: schemaPath, location: location ?? route.location))
    }

    // MARK: the request

    mutating func request(
        _ request: ContractExchange.Request, _ pathValues: [(name: String, value: String)]
    ) {
        for parameter in route.inPath {
            let values = pathValues.filter { $0.name == parameter.name }.map(\.value)
            judge(values, parameter, .requestParameter, .request, "path \(parameter.name)")
        }
        let query = QueryText.fields(of: request.query ?? "")
        for parameter in route.query {
            let values = query.filter { $0.name == parameter.name }.map(\.value)
            judge(values, parameter, .requestParameter, .request, "query \(parameter.name)")
        }
        for parameter in route.headers {
            let values = request.headers.values(of: parameter.name)
            judge(values, parameter, .requestHeader, .request, "header \(parameter.name)")
        }
        body(
            request.body ?? [], route.request, request.header("Content-Type"), .request, .requestBody,
            .requestMediaType, isCoded: request.isCoded)
    }

    // MARK: the response

    mutating func response(_ response: ContractExchange.Response, toHead: Bool) {
        guard let answer = answer(response.status) else {
            let known = route.answers.map { "\($0.status)" }
            add(
                .responseStatus, .response, "status",
                expected: known.count == 1 ? known[0] : "one of " + known.joined(separator: ", "),
                actual: "\(response.status)", at: route.location)
            return
        }
        for parameter in answer.headers {
            let values = response.headers.values(of: parameter.name)
            judge(values, parameter, .responseHeader, .response, "header \(parameter.name)")
        }
        // What these statuses describe is of the response that has a body (RFC 9110 §6.4.1).
        let status = response.status
        if toHead || (response.body.isEmpty && (status < 200 || status == 204 || status == 304)) { return }
        body(
            response.body, answer.body, response.header("Content-Type"), .response, .responseBody,
            .responseMediaType, isCoded: response.isCoded)
    }

    /// The status itself comes before its class, and that before `default`.
    private func answer(_ status: Int) -> RouteTable.Answer? {
        func find(_ fits: (ContractAnswer.Status) -> Bool) -> RouteTable.Answer? {
            route.answers.first { fits($0.status) && $0.status.holds(status) }
        }
        return find { if case .code = $0 { true } else { false } }
            ?? find { if case .range = $0 { true } else { false } } ?? find { $0 == .others }
    }

    // MARK: bodies

    private mutating func body(
        _ bytes: [UInt8], _ wanted: RouteTable.Body, _ type: String?, _ side: ContractFinding.Side,
        _ rule: ContractRule, _ mediaRule: ContractRule, isCoded: Bool
    ) {
        switch wanted {
        case .any: return
        case .none:
            if !bytes.isEmpty {
                add(rule, side, "body", expected: "no body", actual: "\(bytes.count) bytes", at: nil)
            }
        case .schema(let schema):
            if bytes.isEmpty {
                return add(rule, side, "body", expected: "a JSON body", actual: "none", at: nil)
            }
            if let type, !Self.isJSON(type) {
                return add(
                    mediaRule, side, "header Content-Type", expected: "application/json", actual: type,
                    at: nil)
            }
            if isCoded { return }
            do throws(JSONError) {
                for violation in try schema.violations(ofJSON: bytes) {
                    findings.append(
                        ContractFinding(
                            rule, side, contract: contract, operation: route.name, place: "body",
                            violation: violation))
                }
            } catch {
                add(
                    rule, side, "body", expected: "JSON",
                    actual: "\(error.actual) on line \(error.line), column \(error.column), where "
                        + "\(error.expected) was expected", at: nil)
            }
        }
    }

    /// `application/json`, `application/problem+json; charset=utf-8`.
    static func isJSON(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
    }

    // MARK: parameters

    private mutating func judge(
        _ values: [String], _ parameter: RouteTable.Parameter, _ rule: ContractRule,
        _ side: ContractFinding.Side, _ place: String
    ) {
        guard let first = values.first else {
            if parameter.isRequired {
                add(rule, side, place, expected: "to be there", actual: "absent", at: parameter.location)
            }
            return
        }
        guard let schema = parameter.schema else { return }
        let isHeader = rule == .requestHeader || rule == .responseHeader
        let candidates =
            !parameter.isList
            ? ParameterText.values(first)
            : ParameterText.lists(
                isHeader ? ParameterText.elements(ofHeaders: values) : ParameterText.values(inQuery: values))
        var told: [SchemaViolation]?
        for candidate in candidates {
            let violations = schema.violations(of: candidate)
            if violations.isEmpty { return }
            // What has the right type says more of what is wrong than what has not.
            if told == nil || told?.contains(where: { $0.keyword == "type" }) == true { told = violations }
        }
        for violation in told ?? [] {
            let inside = violation.instancePath == "$" ? "" : " \(violation.instancePath)"
            add(
                rule, side, place + inside, expected: violation.expected, actual: violation.actual,
                at: parameter.location)
        }
    }
}

/// What a text in a URL or header may stand for.
enum ParameterText {
    /// As text first: a schema that takes texts is not to be surprised by one of digits.
    static func values(_ text: String) -> [JSON] {
        var all: [JSON] = [.string(text)]
        if let number = Int64(text) {
            all.append(.int(number))
        } else if let number = Double(text), number.isFinite {
            all.append(.double(number))
        }
        if text == "true" || text == "false" { all.append(.bool(text == "true")) }
        return all
    }

    /// The elements of a list in the lines of a header: between commas, without the white space around them and
    /// without empty ones (RFC 9110 §5.6.1).
    static func elements(ofHeaders lines: [String]) -> [String] {
        lines.flatMap { $0.split(separator: ",") }.compactMap { element in
            var trimmed = element.drop { $0 == " " || $0 == "\t" }
            while trimmed.last == " " || trimmed.last == "\t" { trimmed.removeLast() }
            return trimmed.isEmpty ? nil : String(trimmed)
        }
    }

    /// Values given several times, or once with commas between them.
    static func values(inQuery texts: [String]) -> [String] {
        guard texts.count == 1 else { return texts }
        return texts[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// What the elements of a list may stand for.
    static func lists(_ parts: [String]) -> [JSON] {
        let typed = parts.map { values($0).last ?? .string($0) }
        return [.array(parts.map { .string($0) }), .array(typed)]
    }
}

/// The query of a URL.
enum QueryText {
    static func fields(of query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map {
                URIReference.percentDecoded(String($0).replacing("+", with: " "))
            }
            return (decoded[0], decoded.count > 1 ? decoded[1] : "")
        }
    }
}

extension [ContractExchange.Header] {
    func values(of name: String) -> [String] {
        let name = name.lowercased()
        return filter { $0.name.lowercased() == name }.map(\.value)
    }
}
