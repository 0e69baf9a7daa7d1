import AssayCore
import AssayFormats

/// Reads the `routes:` of a contract.
struct RouteReader {
    let yaml: YAMLReading
    let contract: String
    /// What every route may answer besides what it says itself: `answers:` of the contract.
    var common: [ContractAnswer] = []

    static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

    func routes(_ node: YAMLNode) -> [ContractRoute] {
        let routes = yaml.list(node, of: route) ?? []
        var seen: [(route: ContractRoute, key: [String?])] = []
        for route in routes {
            let key = [route.method] + route.path.shape
            if let first = seen.first(where: { $0.key == key })?.route {
                let other = first.path == route.path ? "" : " as \(first.path)"
                yaml.error(
                    "AS418",
                    "contract '\(contract)' has \(route.name) twice: on line \(first.location.line)\(other)",
                    at: route.location, fix: "keep one of them")
            }
            seen.append((route, key))
        }
        return routes
    }

    private func route(_ node: YAMLNode) -> ContractRoute? {
        yaml.mapping(node, "route") { fields -> ContractRoute? in
            let target = fields.required("on", target)
            let query = fields.value("query").map { parameters($0, "query") } ?? []
            let headers = fields.value("headers").map { parameters($0, "headers") } ?? []
            let inPath = fields.value("parameters").map { parameters($0, "parameters") } ?? []
            let request = fields.optional("request", body) ?? .any
            let answers = fields.required("answers") { yaml.entries($0, "answers").compactMap(answer) }
            guard let target else { return nil }
            let own = Set((answers ?? []).map(\.status))
            let further = common.filter { answer in
                // A class of the route itself comes before one status of all routes.
                if case .code(let code) = answer.status, own.contains(.range(code / 100)) { return false }
                return !own.contains(answer.status)
            }
            for parameter in inPath where !target.path.parameters.contains(parameter.name) {
                yaml.error(
                    "AS420", "\(target.method) \(target.path) has no parameter '\(parameter.name)'",
                    at: parameter.location,
                    fix: nearestName(to: parameter.name, among: target.path.parameters).map {
                        "did you mean '\($0)'?"
                    })
            }
            return ContractRoute(
                method: target.method, path: target.path, query: query, headers: headers,
                pathParameters: inPath, request: request, answers: (answers ?? []) + further,
                location: target.location)
        }
    }

    private func target(
        _ node: YAMLNode
    ) -> (method: String, path: ContractPath, location: SourceLocation)? {
        yaml.mapping(node, "'on'") { fields in
            guard let pair = fields.choice(of: Self.methods), let text = yaml.string(pair.value) else {
                return nil
            }
            do {
                let path = try ContractPath(parsing: text)
                return (pair.name.uppercased(), path, pair.value.location)
            } catch {
                let fault = error as? ContractPath.Fault
                yaml.error(
                    "AS420", "expected \(fault?.expected ?? "a path"), found \(fault?.actual ?? text)",
                    at: pair.value)
                return nil
            }
        }
    }

    // MARK: answers and bodies

    func answer(_ pair: YAMLNode.Pair) -> ContractAnswer? {
        guard let status = ContractAnswer.Status(pair.name) else {
            yaml.error(
                "AS421", "'\(pair.name)' is no status", at: pair.key,
                fix: "write a number from 100 to 599, a class like 4XX, or `default`")
            return nil
        }
        guard pair.value.pairs != nil else {
            return body(pair.value).map {
                ContractAnswer(status: status, headers: [], body: $0, location: pair.key.location)
            }
        }
        return yaml.mapping(pair.value, "answer") { fields in
            let headers = fields.value("headers").map { parameters($0, "headers") } ?? []
            let body = fields.optional("schema", body) ?? .any
            return ContractAnswer(status: status, headers: headers, body: body, location: pair.key.location)
        }
    }

    /// A schema's file, `none` for no body, `any` for one that is not described.
    private func body(_ node: YAMLNode) -> ContractBody? {
        switch node.stringValue {
        case "none": ContractBody.none
        case "any": .any
        default: ContractFilePath(node, yaml).map { .schema($0) }
        }
    }

    // MARK: parameters

    private static let types = ["string", "integer", "number", "boolean"]

    /// `{limit?: integer, state: {enum: [a, b]}}`: `?` marks one that may be left out.
    private func parameters(_ node: YAMLNode, _ what: String) -> [ContractParameter] {
        yaml.entries(node, what).compactMap { pair in
            let isOptional = pair.name.hasSuffix("?")
            let schema: JSON?
            if pair.value.pairs != nil {
                schema = yaml.json(pair.value)
            } else {
                schema = yaml.enumeration(pair.value, of: Self.types).map { ["type": .string($0)] }
            }
            return schema.map {
                ContractParameter(
                    name: isOptional ? String(pair.name.dropLast()) : pair.name, isRequired: !isOptional,
                    schema: $0, location: pair.key.location)
            }
        }
    }
}

extension ContractAnswer.Status {
    /// `200`, `4XX`, `default`.
    init?(_ text: String) {
        if text == "default" {
            self = .others
        } else if text.utf8.count == 3, text.uppercased().hasSuffix("XX"), let digit = Int(text.prefix(1)),
            (1...5).contains(digit)
        {
            self = .range(digit)
        } else if let code = Int(text), (100...599).contains(code) {
            self = .code(code)
        } else {
            return nil
        }
    }

    func holds(_ status: Int) -> Bool {
        switch self {
        case .code(let code): code == status
        case .range(let digit): status / 100 == digit
        case .others: true
        }
    }
}
