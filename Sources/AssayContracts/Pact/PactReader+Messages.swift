internal import AssayCore
internal import AssayFormats

extension PactReader {
    func request(_ part: PactPart?, _ version: Pact.Version) -> PactRequest {
        guard let part = source.object(part, "'request'") else {
            return PactRequest(method: "GET", path: "/")
        }
        let headers = headers(part)
        return PactRequest(
            method: (source.text(part["method"], "'method'") ?? "GET").uppercased(),
            path: source.text(part["path"], "'path'") ?? "/", query: query(part["query"]), headers: headers,
            body: body(part["body"], version, type: headers.first("content-type")),
            rules: rules.rules(part), generators: rules.generators(part))
    }

    func response(_ part: PactPart?, _ version: Pact.Version) -> PactResponse {
        guard let part = source.object(part, "'response'") else { return PactResponse() }
        let headers = headers(part)
        var status = 200
        if let written = part["status"] {
            let number = written.value.intValue ?? written.value.stringValue.flatMap { Int64($0) }
            if let number, (100...599).contains(number) {
                status = Int(number)
            } else {
                source.error(
                    "AS473",
                    "a status is a number from 100 to 599, found \(PactSource.kind(of: written.value))",
                    at: written)
            }
        }
        return PactResponse(
            status: status, headers: headers,
            body: body(part["body"], version, type: headers.first("content-type")), rules: rules.rules(part),
            generators: rules.generators(part))
    }

    func message(_ part: PactPart, _ version: Pact.Version) -> PactMessage {
        let metadata =
            source.object(part["metadata"] ?? part["metaData"], "'metadata'")?.value.objectValue
            ?? JSONObject()
        return PactMessage(
            contents: body(part["contents"], version, type: metadata.contentType), metadata: metadata,
            rules: rules.rules(part), generators: rules.generators(part))
    }

    private func query(_ part: PactPart?) -> [PactField]? {
        guard let part, part.value != .null else { return nil }
        switch part.value {
        case .string(let text): return text.isEmpty ? nil : PactField.query(text)
        case .object:
            let fields = part.members.map { name, values in
                PactField(
                    name, values.value == .null ? [""] : self.values(values, "the value of a parameter"))
            }
            return fields.isEmpty ? nil : fields
        default:
            source.error(
                "AS473", "'query' is an object or a text, found \(PactSource.kind(of: part.value))", at: part)
            return nil
        }
    }

    private func headers(_ part: PactPart) -> [PactField] {
        guard let headers = source.object(part["headers"], "'headers'") else { return [] }
        return headers.members.map { name, value in
            if let text = value.value.stringValue {
                return PactField(name, PactField.headerValues(text, of: name))
            }
            return PactField(name, values(value, "the value of a header"))
        }
    }

    /// One scalar, or a list of them.
    private func values(_ part: PactPart, _ what: String) -> [String] {
        guard part.value.arrayValue != nil else { return source.text(part, what).map { [$0] } ?? [] }
        return part.elements.compactMap { $0.value == .null ? "" : source.text($0, what) }
    }

    // MARK: Bodies

    private func body(_ part: PactPart?, _ version: Pact.Version, type: String?) -> PactBody {
        guard let part else { return .missing }
        if part.value == .null { return .null }
        guard version == .v4 else { return plainBody(part, type) }
        guard part.value.objectValue != nil, let content = part["content"] else {
            // What should stand under `content` stands here, as some tools write it.
            let isEmptyDescription = part.members.allSatisfy {
                ["contentType", "contentTypeHint", "encoded"].contains($0.name)
            }
            return part.value.objectValue != nil && isEmptyDescription ? .missing : plainBody(part, type)
        }
        if content.value == .null { return .null }
        let own = part["contentType"].flatMap { source.text($0, "'contentType'") }
        if let decoded = decoded(content, part["encoded"]) {
            return decoded.isEmpty ? .empty : .bytes(decoded, type: own)
        }
        let media = (own ?? type).map(PactMediaType.init)
        switch content.value {
        case .string(let text) where text.isEmpty: return .empty
        case .string(let text) where !(media?.isJSON ?? false): return .bytes(Array(text.utf8), type: own)
        default: return .bytes(Array(content.value.rendered().utf8), type: own)
        }
    }

    /// The bytes of an encoded content; `nil` for one that stands there as it is.
    private func decoded(_ content: PactPart, _ encoding: PactPart?) -> [UInt8]? {
        guard let encoding, encoding.value != false, encoding.value != .null else { return nil }
        guard let text = content.value.stringValue else {
            source.error(
                "AS478", "an encoded content is a text, found \(PactSource.kind(of: content.value))",
                at: content)
            return []
        }
        switch encoding.value.stringValue?.lowercased() {
        case "base64"?:
            if let bytes = Base64.decode(text) { return bytes }
            source.error("AS478", "the content is not Base64, as 'encoded' says", at: content)
            return []
        case "json"?, nil: return Array(text.utf8)
        case let name?:
            source.error(
                "AS478", "a content is encoded as base64 or json, found '\(name.prefix(40))'", at: encoding)
            return []
        }
    }

    /// A body of versions 1 to 3: JSON as it is, anything else as a text.
    private func plainBody(_ part: PactPart, _ type: String?) -> PactBody {
        guard let text = part.value.stringValue else {
            return .bytes(Array(part.value.rendered().utf8), type: nil)
        }
        if text.isEmpty { return .empty }
        let media = type.map(PactMediaType.init) ?? PactMediaType(looksLike: Array(text.utf8))
        if media.isJSON {
            let isJSON =
                (try? JSON(parsing: text)).map { $0.objectValue != nil || $0.arrayValue != nil } ?? false
            return .bytes(Array((isJSON ? text : part.value.rendered()).utf8), type: nil)
        }
        if !media.isText, let bytes = Base64.decode(text) { return .bytes(bytes, type: nil) }
        return .bytes(Array(text.utf8), type: nil)
    }
}

extension JSONObject {
    /// What a message's metadata says of its contents.
    var contentType: String? {
        first { ["contenttype", "content-type"].contains($0.key.lowercased()) }?.value.stringValue
    }
}

extension [PactField] {
    /// The first value of a header.
    func first(_ name: String) -> String? {
        first { $0.name.lowercased() == name.lowercased() }?.values.first
    }
}
