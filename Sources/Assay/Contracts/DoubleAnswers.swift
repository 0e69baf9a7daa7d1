internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Judges what bound doubles would answer, as far as their mappings say it without a request: no service is needed.
struct DoubleAnswers {
    private let workspace: Workspace
    private let book: ContractBook

    init(_ workspace: Workspace, _ book: ContractBook) {
        self.workspace = workspace
        self.book = book
    }

    /// A check a bound double that has such mappings.
    func checks(on reactor: Reactor) async -> [FolderCheck] {
        var checks: [FolderCheck] = []
        for double in workspace.project.doubles {
            let contracts = workspace.project.contracts(of: double.name, in: book)
            guard !contracts.isEmpty else { continue }
            let mappings = await mappings(of: double, on: reactor)
            let judged = mappings.compactMap { exchange(of: $0) }
            guard !judged.isEmpty else { continue }
            var check = FolderCheck(
                name: "double '\(double.name)'", contract: contracts[0].name, location: double.location)
            for (exchange, mapping) in judged {
                check.findings += book.judge(exchange, contracts: contracts).filter(Self.isOfDouble).map {
                    .init($0, mapping: mapping)
                }
            }
            checks.append(check)
        }
        return checks
    }

    /// What a mapping does not say of the request is not the double's.
    private static func isOfDouble(_ finding: ContractFinding) -> Bool {
        finding.side == .response || finding.rule == .operationUnknown
    }

    /// As its admin API tells them; none of a double that needs other parts of the stand to be there.
    private func mappings(of double: DoubleSpec, on reactor: Reactor) async -> [JSON] {
        let environment = RunningStand.templateEnvironment(folder: workspace.project.folder)
        guard
            let front = try? double.front(on: reactor, environment: environment, names: [:], seed: 0)
        else { return [] }
        let answer = await front.answer(HTTPRequest(method: "GET", target: "/__admin/mappings"))
        return (try? JSON(parsing: answer.body))?["mappings"]?.arrayValue ?? []
    }

    /// The exchange that a mapping makes when nothing in it depends on the request or on chance.
    private func exchange(of mapping: JSON) -> (exchange: ContractExchange, mapping: String)? {
        guard let request = mapping["request"], let response = mapping["response"],
            let method = request["method"]?.stringValue, method != "ANY",
            let url = ["url", "urlPath", "urlPathTemplate"].lazy.compactMap({ request[$0]?.stringValue })
                .first,
            ["fault", "proxyBaseUrl", "bodyFileName"].allSatisfy({ response[$0] == nil }),
            response["transformers"]?.arrayValue?.isEmpty ?? true
        else { return nil }
        var headers: [ContractExchange.Header] = []
        for (name, value) in response["headers"]?.objectValue ?? JSONObject() {
            for text in value.arrayValue ?? [value] { headers.append(.init(name, text.templateText)) }
        }
        var body: [UInt8] = []
        if let json = response["jsonBody"] {
            body = Array(json.rendered().utf8)
        } else if let text = response["body"]?.stringValue {
            body = Array(text.utf8)
        } else if let text = response["base64Body"]?.stringValue {
            body = Base64.decode(text) ?? []
        }
        // Names of a template stand for any value; of the values that contracts ask for, numbers fit most.
        let path = url.split(separator: "/", omittingEmptySubsequences: false).map {
            $0.contains("{") ? "1" : String($0)
        }.joined(separator: "/")
        let exchange = ContractExchange(
            request: .init(method: method, target: path, headers: [], body: []),
            response: .init(
                status: Int(response["status"]?.intValue ?? 200), headers: headers, body: body))
        return (exchange, mapping["name"]?.stringValue ?? "\(method) \(url)")
    }
}

extension FolderCheck.Finding {
    fileprivate init(_ finding: ContractFinding, mapping: String) {
        self.init(
            finding.rule.rawValue, place: "mapping '\(mapping)' \(finding.place)",
            expected: finding.expected, actual: finding.actual, schemaPath: finding.schemaPath,
            location: finding.location)
    }
}
