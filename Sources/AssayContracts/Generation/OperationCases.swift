import AssayCore
import AssayFormats

/// The requests with which one operation is probed.
///
/// The same document, seed and options give the same cases in the same order. Each valid case is accepted by the
/// document's own judgement of requests before it is given out, and each invalid one is refused by it.
public struct OperationCases: Sendable {
    let document: APIDocument
    /// What is probed.
    public let operation: APIOperation
    let options: CaseOptions
    let basePath: String
    let parameters: [Described]
    let bodies: [DescribedBody]
    /// What could not be generated and why, in sentences without full stops.
    public private(set) var notes: [String] = []

    /// A parameter and what makes its values.
    struct Described: Sendable {
        var parameter: APIParameter
        var values: GeneratedValues?
        /// Named by somebody.
        var fixed: JSON?

        var place: String { "\(parameter.place.rawValue) \(parameter.name)" }
    }

    /// A media type of the body and what makes its values.
    struct DescribedBody: Sendable {
        var media: APIMedia
        /// As it is sent.
        var type: String
        var values: GeneratedValues?
        var files: [String]
    }

    public init(_ document: APIDocument, _ operation: APIOperation, options: CaseOptions) {
        self.document = document
        self.operation = operation
        self.options = options
        basePath = document.probedBasePath
        let source = SchemaSource(
            document.json, at: document.file, documents: document.contents.sources.schemaDocuments,
            isForRequests: true)
        var notes: [String] = []
        parameters = operation.parameters.compactMap { parameter in
            Self.described(parameter, document, source, options, &notes)
        }
        bodies = (operation.body?.media ?? []).compactMap { media in
            Self.described(media, document, source, &notes)
        }
        self.notes = notes
    }

    /// The stream of this operation, whatever else the document has.
    var random: SeededRandom {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in operation.name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return SeededRandom(seed: options.seed).split(hash)
    }

    // MARK: What is described

    private static func described(
        _ parameter: APIParameter, _ document: APIDocument, _ source: SchemaSource, _ options: CaseOptions,
        _ notes: inout [String]
    ) -> Described? {
        let name = parameter.name.lowercased()
        if parameter.place == .header, ["accept", "content-type", "authorization"].contains(name) {
            return nil
        }
        var described = Described(parameter: parameter)
        if let text = options.values[parameter.name] { described.fixed = .string(text) }
        if let pointer = parameter.schemaPointer, let part = source.part(at: pointer),
            let judge = document.schema(at: pointer, for: .request)
        {
            let alphabet: TextAlphabet =
                switch parameter.place {
                case .path: .pathSegment
                case .query: .query
                case .header, .cookie: .token
                }
            described.values = GeneratedValues(
                source: source, parts: [part], judge: judge, alphabet: alphabet, isArgument: true)
        } else if described.fixed == nil {
            notes.append("\(described.place): there is no schema to make values from")
        }
        return described
    }

    private static func described(
        _ media: APIMedia, _ document: APIDocument, _ source: SchemaSource, _ notes: inout [String]
    ) -> DescribedBody? {
        guard let type = MediaType(media.type) else { return nil }
        let isRange = type.type == "*" || type.subtype.hasPrefix("*")
        if type.isMultipart, type.essence != "multipart/form-data" {
            notes.append("no body of \(media.type) is generated")
            return nil
        }
        let sent = isRange ? (type.type == "text" ? "text/plain" : "application/json") : media.type
        var described = DescribedBody(media: media, type: sent, files: [])
        guard let pointer = media.schemaPointer, let part = source.part(at: pointer),
            let judge = document.schema(at: pointer, for: .request)
        else { return described }
        let shape = ValueShape([part], in: source)
        let isStructured = type.isJSON || type.isForm || type.isMultipart || isRange
        if !isStructured, shape.likelyTypes.contains(where: { $0 == "object" || $0 == "array" }) {
            notes.append("no body of \(media.type) is generated: only JSON, forms and texts are")
            return nil
        }
        described.values = GeneratedValues(source: source, parts: [part], judge: judge)
        described.files = shape.members.filter { member in
            let inner = ValueShape(member.schemas, in: source)
            let items = ValueShape(inner.items, in: source)
            return (inner.formats + items.formats).contains("binary")
                || member.schemas.contains { $0.schema["contentMediaType"] != nil }
        }.map(\.name)
        return described
    }

    // MARK: Judging

    /// What the document says of a request: places where it departs; `nil` when it goes to another operation.
    func departures(_ draft: RequestDraft) -> Set<String>? {
        let request = draft.request(basePath: basePath)
        guard let match = document.match(method: request.method, path: request.path),
            match.operation.pointer == operation.pointer
        else { return nil }
        let findings = document.judge(ContractExchange(request: request), contract: "")
        return Set(findings.filter { $0.side == .request }.map { "\($0.rule.rawValue) \($0.place)" })
    }

    /// Whether a request can be written and the document accepts it.
    func holds(_ draft: RequestDraft) -> Bool { departures(draft)?.isEmpty == true }

    /// Whether a case with other values is still valid, or still invalid in the same places only.
    public func isSameKind(_ changed: ProbeCase, as found: ProbeCase) -> Bool {
        if changed.draft == found.draft { return true }
        if found.reason?.rule == .unknownMethod { return isRefused(changed) }
        return departures(changed.draft).map { $0 == departures(found.draft) } ?? false
    }

    /// A case of this operation.
    func makeCase(
        _ phase: ProbeCase.Phase, _ what: String, _ draft: RequestDraft, _ reason: NegativeReason? = nil
    ) -> ProbeCase {
        ProbeCase(operation: operation.name, phase: phase, what: what, reason: reason, draft: draft)
    }
}

extension APIDocument {
    /// What stands before paths when a provider is probed: that of the first server; empty where it is not fixed.
    public var probedBasePath: String {
        servers.first?.basePaths.first { !$0.contains("{") } ?? ""
    }
}
