internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Doubles made of pacts: what consumers expect of a provider is what they get.
enum PactDoubles {
    /// For the files that are read from now on; once more does no harm.
    static func connect() {
        AddedDoubleFile.connect(
            "pact",
            AddedDoubleFile(isMeant: Pact.isPact) { path, bytes, bag in
                Pact.read(bytes, file: path, bag: bag).map { PactOptions(pacts: [$0]) }
            })
        AddedDouble.connect(
            AddedDouble(
                form: "pact", summary: "pacts: answers what they expect (--set file=PACT.json)", isHTTP: true
            ) {
                PactOptions.read($0, $1).map { HTTPDoubleKind($0) }
            })
    }
}

/// Options of a double made of pacts.
struct PactOptions: DoubleOptions {
    var pacts: [Pact]
    /// Interactions of these states come before others.
    var states: [String] = []

    var memberNames: [String] { [] }

    func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        PactService(self, random: start.scope.random.split(5), clock: start.clock)
    }

    /// `FILE`, a list of files, or `{file: FILE, states: […]}`.
    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> PactOptions? {
        guard node.pairs != nil else {
            return files(node, yaml).map { PactOptions(pacts: $0) }
        }
        let options = yaml.mapping(node, "pact") { fields -> PactOptions? in
            let states = fields.optional("states") { yaml.oneOrMore($0, of: yaml.text) }
            guard let pacts = fields.required("file", { files($0, yaml) }) else { return nil }
            return PactOptions(pacts: pacts, states: states ?? [])
        }
        return options.flatMap { $0 }
    }

    private static func files(_ node: YAMLNode, _ yaml: YAMLReading) -> [Pact]? {
        yaml.oneOrMore(node) { node in
            guard let written = yaml.text(node) else { return nil }
            let folder = yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? ""
            let path = written.hasPrefix("/") ? written : folder + written
            do throws(SystemError) {
                let bytes = try Files.read(path, limitBytes: PactFiles.limitBytes)
                return Pact.read(bytes, file: path, bag: yaml.bag)
            } catch {
                yaml.error("AS480", "the pact cannot be read: \(error)", at: node)
                return nil
            }
        }
    }
}

/// Answers as the interaction says that a request is like; messages are given for their descriptions.
final class PactService: DoubleService {
    private let interactions: [PactInteraction]
    private let states: [String]
    private let summary: String
    private let random: SeededRandom
    private let clock: DoubleClock
    private let count = Counter()
    private let address = AddressNote()
    /// Chooses among interactions that differ in their states only, for one request.
    static let stateHeader = "X-Provider-State"

    init(_ options: PactOptions, random: SeededRandom, clock: DoubleClock) {
        interactions = options.pacts.flatMap(\.interactions)
        states = options.states
        self.random = random
        self.clock = clock
        let parties = options.pacts.map { "\($0.provider) for \($0.consumer)" }.joined(separator: ", ")
        let count = interactions.count
        summary = "\(count) interaction\(count == 1 ? "" : "s") of \(parties)"
    }

    var detail: String { summary }

    func begin(url: String) { address.url = url }
    func reset() { count.reset() }

    func answer(_ request: HTTPRequest) async -> HTTPResponse { found(for: request).response }
    func serve(_ request: HTTPRequest) async -> Served { found(for: request) }

    private func found(for request: HTTPRequest) -> Served {
        let asked = ContractExchange.Request(request)
        let wanted = request.headers[Self.stateHeader].map { [$0] } ?? states
        var nearest: (interaction: PactInteraction, mismatches: [PactMismatch])?
        var found: [PactInteraction] = []
        for interaction in interactions {
            guard case .http(let expected, _) = interaction.content else { continue }
            let mismatches = expected.mismatches(asked)
            if mismatches.isEmpty {
                found.append(interaction)
            } else if Self.distance(mismatches) < nearest.map({ Self.distance($0.mismatches) }) ?? .max {
                nearest = (interaction, mismatches)
            }
        }
        let best =
            found.first { interaction in interaction.states.contains { wanted.contains($0.name) } }
            ?? found.first
        if let best { return response(best) }
        if let message = message(asked) { return message }
        return unmatched(asked, nearest)
    }

    /// Another path counts most, another value of a body least.
    private static func distance(_ mismatches: [PactMismatch]) -> Int {
        mismatches.reduce(0) { sum, mismatch in
            switch mismatch.part {
            case .path: sum + 1000
            case .method: sum + 300
            case .query, .header: sum + 10
            default: sum + 1
            }
        }
    }

    private func generating() -> PactGenerating {
        PactGenerating(
            random: random.split(UInt64(count.next())), nowMilliseconds: clock.nowMilliseconds,
            serverURL: address.url)
    }

    private func response(_ interaction: PactInteraction) -> Served {
        guard case .http(_, let response) = interaction.content else {
            return Served(HTTPResponse(status: 500))
        }
        var generating = generating()
        let exchange = generating.fill(response).exchange
        var answer = HTTPResponse(status: exchange.status, body: exchange.body)
        for header in exchange.headers where header.name.lowercased() != "content-length" {
            if let known = answer.headers[header.name] {
                answer.headers[header.name] = known + ", " + header.value
            } else {
                answer.headers[header.name] = header.value
            }
        }
        return served(answer, interaction)
    }

    private func served(_ response: HTTPResponse, _ interaction: PactInteraction) -> Served {
        var served = Served(response)
        served.stubName = interaction.title
        return served
    }

    /// What a provider of messages answers to a POST of `{"description": …}`.
    private func message(_ request: ContractExchange.Request) -> Served? {
        guard request.method == "POST", let json = try? JSON(parsing: request.body ?? [], maxDepth: 64),
            let description = json["description"]?.stringValue
        else { return nil }
        let found = interactions.first { interaction in
            if case .http = interaction.content { return false }
            return interaction.description == description
        }
        guard let found else { return nil }
        let example: PactMessage
        switch found.content {
        case .message(let message): example = message
        case .exchange(_, let responses):
            guard let first = responses.first else { return nil }
            example = first
        case .http: return nil
        }
        var generating = generating()
        let message = generating.fill(example)
        var response = HTTPResponse(body: message.bytes)
        response.headers["Content-Type"] = message.contentType ?? "application/json"
        if !message.metadata.isEmpty {
            response.headers["Pact-Message-Metadata"] = Base64.standard.encode(
                Array(JSON.object(message.metadata).rendered().utf8))
        }
        return served(response, found)
    }

    private func unmatched(
        _ request: ContractExchange.Request,
        _ nearest: (interaction: PactInteraction, mismatches: [PactMismatch])?
    ) -> Served {
        let asked = "\(request.method) \(request.path)\(request.query.map { "?" + $0 } ?? "")"
        var text = "no interaction matches \(asked)"
        var sentence: String?
        if let nearest {
            let differences = nearest.mismatches.prefix(5).map(\.sentence).joined(separator: "; ")
            sentence = "closest interaction '\(nearest.interaction.title)' differs in \(differences)"
            text += "\n\nclosest interaction '\(nearest.interaction.title)'   \(nearest.interaction.summary)"
            if let location = nearest.interaction.location { text += "   \(location)" }
            for mismatch in nearest.mismatches.prefix(20) {
                text +=
                    "\n    \(mismatch.subject)\n      expected \(mismatch.expected)\n      got      \(mismatch.actual)"
            }
        } else {
            text += ": this double has no interactions over HTTP"
        }
        var served = Served(HTTPResponse(status: 404, text: text + "\n"))
        served.isMatched = false
        served.nearest = sentence
        return served
    }
}

extension ContractExchange.Request {
    /// The request as contracts see it.
    fileprivate init(_ request: HTTPRequest) {
        self.init(
            method: request.method, path: String(request.path),
            query: request.query.isEmpty ? nil : String(request.query),
            headers: request.headers.fields.map { .init($0.name, $0.value) },
            body: request.body.isEmpty ? nil : request.body)
    }
}
