internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayImport

/// The operations of an OpenAPI document with a request for each: its examples where it has some, else values that its
/// schemas allow.
struct OpenAPICalls {
    private let document: APIDocument
    private(set) var calls: [DescribedCall] = []
    private(set) var notes: [ImportNote] = []
    var title: String { document.title }

    /// - Returns: `nil` after recording what is wrong with the document.
    init?(_ yaml: YAMLReading, seed: UInt64) {
        guard let document = APIDocument.read(yaml, documents: DocumentFiles.documents) else { return nil }
        self.document = document
        for operation in document.operations { add(operation, seed) }
    }

    /// Where the interface is: the first server whose address is whole.
    var server: String? {
        document.servers.first { $0.url.contains("://") && !$0.url.contains("{") }.map { server in
            server.url.hasSuffix("/") ? String(server.url.dropLast()) : server.url
        }
    }

    private mutating func add(_ operation: APIOperation, _ seed: UInt64) {
        let options = CaseOptions(seed: seed, limit: 3, phases: [.examples, .coverage])
        let cases = OperationCases(document, operation, options: options)
        switch cases.valid() {
        case .failure(let problem):
            notes.append(
                ImportNote(
                    location: operation.location, subject: operation.name,
                    message: "left out, as no request can be made up for it: \(problem.reason)"))
        case .success(let found):
            guard let first = found.first else { return }
            for note in cases.notes {
                notes.append(ImportNote(location: operation.location, subject: operation.name, message: note))
            }
            calls.append(call(operation, first.draft))
        }
    }

    private func call(_ operation: APIOperation, _ draft: RequestDraft) -> DescribedCall {
        var call = DescribedCall(
            method: operation.method, path: operation.path, id: operation.id, tags: operation.tags,
            location: operation.location)
        call.arguments = draft.arguments.compactMap { argument($0, of: draft) }
        call.body = body(draft)
        let named = operation.responses.filter { $0.standardStatus < 300 && $0.standardStatus >= 200 }
        call.statuses = named.contains { Int($0.name) == nil } ? [] : named.map(\.standardStatus)
        call.credentials = credentials(operation)
        call.isDeprecated = operation.isDeprecated
        let success = named.first ?? operation.responses.first { $0.name == "default" }
        if let media = success?.media.first(where: { $0.type.lowercased().contains("json") }),
            let schema = media.schema
        {
            let root = media.schemaPointer.map(document.root) ?? document.json
            call.answers = SchemaMembers(root: root).members(of: schema, at: "$", depth: 0)
        }
        return call
    }

    /// An argument as its style writes it: what the request has when it has nothing else.
    private func argument(_ argument: RequestDraft.Argument, of draft: RequestDraft) -> DescribedCall
        .Argument?
    {
        var alone = draft
        alone.arguments = [argument]
        alone.body = .none
        alone.path = argument.place == .path ? "{\(argument.name)}" : ""
        let request = alone.request()
        switch argument.place {
        case .path: return .init(argument.name, .path, text: request.path)
        case .query: return request.query.map { .init(argument.name, .query, text: $0) }
        case .header: return .init(argument.name, .header, text: request.header(argument.name) ?? "")
        case .cookie:
            guard let pair = request.header("Cookie"), let sign = pair.firstIndex(of: "=") else { return nil }
            return .init(argument.name, .cookie, text: String(pair[pair.index(after: sign)...]))
        }
    }

    private func body(_ draft: RequestDraft) -> DescribedCall.Body {
        switch draft.body {
        case .none: return .none
        case .bytes(let bytes, let type): return .text(String(decoding: bytes, as: UTF8.self), type: type)
        case .value(let value, let type, let files):
            let small = type.lowercased()
            let members = value.objectValue.map { Array($0) } ?? []
            func text(_ value: JSON) -> String { value.stringValue ?? value.rendered() }
            if small.contains("json") { return .json(value, type: type) }
            if small.hasPrefix("application/x-www-form-urlencoded") {
                return .form(members.map { ($0.key, text($0.value)) })
            }
            if small.hasPrefix("multipart/") {
                return .multipart(members.map { ($0.key, text($0.value), files.contains($0.key)) })
            }
            return .text(text(value), type: type)
        }
    }

    /// The first way to authenticate that can be met; none where the operation needs none.
    private func credentials(_ operation: APIOperation) -> [DescribedCall.Credential] {
        guard let first = operation.security.first, !operation.security.contains(where: \.isEmpty) else {
            return []
        }
        return first.keys.sorted().map { name in
            switch document.securitySchemes.first(where: { $0.name == name })?.kind {
            case .apiKey(let place, let key)?: .key(.init(rawValue: place.rawValue) ?? .header, name: key)
            case .httpBasic?: .basic
            case .httpBearer?, .oauth2?, .openIdConnect?: .bearer
            case .http?, .mutualTLS?, nil: .other(name)
            }
        }
    }
}

/// Members of what a schema describes, as far as ids are looked for.
private struct SchemaMembers {
    let root: JSON

    func members(of schema: JSON, at path: String, depth: Int) -> [(name: String, path: String)] {
        guard depth < 5 else { return [] }
        if let reference = schema["$ref"]?.stringValue {
            return resolved(reference).map { members(of: $0, at: path, depth: depth + 1) } ?? []
        }
        var found: [(name: String, path: String)] = []
        for word in ["allOf", "oneOf", "anyOf"] {
            for part in schema[word]?.arrayValue ?? [] {
                found += members(of: part, at: path, depth: depth + 1)
            }
        }
        if let items = schema["items"] { found += members(of: items, at: path + "[0]", depth: depth + 1) }
        for (name, value) in schema["properties"]?.objectValue ?? JSONObject() {
            guard name.utf8.allSatisfy({ $0 == 0x5F || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }) else {
                continue
            }
            found.append((name, "\(path).\(name)"))
            // What is wrapped: `{data: {id: …}}`, `{items: [{id: …}]}`.
            if depth < 2 { found += members(of: value, at: "\(path).\(name)", depth: depth + 2) }
        }
        return found
    }

    private func resolved(_ reference: String) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        var value: JSON? = root
        for part in reference.dropFirst(2).split(separator: "/") {
            value = value?[String(part.replacing("~1", with: "/").replacing("~0", with: "~"))]
        }
        return value
    }
}
