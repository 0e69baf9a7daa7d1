import AssayFormats

/// Bodies that are not JSON, as values to judge.
enum BodyText {
    enum Found {
        /// Nothing is known of such bodies.
        case notJudged
        case json
        case unreadable(expected: String, actual: String)
        /// What the body may stand for; one that holds is enough.
        case values([JSON])
    }

    static func read(_ bytes: [UInt8], _ type: MediaType, _ media: ExchangePlan.Media) -> Found {
        if type.isJSON || type.essence == "text/json" { return .json }
        if type.isForm { return .values([form(bytes, media)]) }
        if type.essence == "multipart/form-data" { return multipart(bytes, type, media) }
        guard type.isText, type.isUTF8 else { return .notJudged }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .unreadable(expected: "a text in UTF-8", actual: "other bytes")
        }
        // Of text that is described as an object, like HTML or CSV, nothing is known.
        guard media.value.shape.types.isDisjoint(with: ["array", "object"]) else { return .notJudged }
        return .values(media.value.shape.values(of: text))
    }

    private static func form(_ bytes: [UInt8], _ media: ExchangePlan.Media) -> JSON {
        let pairs = RequestTexts.pairs(String(decoding: bytes, as: UTF8.self))
        let shape = media.value.shape
        var members = JSONObject()
        for (name, property) in shape.properties
        where property.isObject && media.encodings[name]?.style == .deepObject {
            members[name] = DeepObject.value(named: name, in: pairs, property)
        }
        let deep = members.keys.map { $0 + "[" }
        let texts = Dictionary(grouping: pairs, by: \.name).mapValues { $0.map(\.text) }
        for pair in pairs where members[pair.name] == nil && !deep.contains(where: pair.name.hasPrefix) {
            let texts = texts[pair.name] ?? []
            let property = shape.property(pair.name)
            let encoding = media.encodings[pair.name] ?? APIEncoding()
            let text = StyledText.decoded(Substring(texts.last ?? ""), plusIsSpace: true)
            let isJSON = encoding.contentType.flatMap(MediaType.init)?.isJSON ?? property.isObject
            if isJSON, let value = try? JSON(parsing: text) {
                members[pair.name] = value
                continue
            }
            members[pair.name] =
                StyledText.form(texts, property, style: encoding.style, isExploded: encoding.isExploded).first
        }
        return .object(members)
    }

    private static func multipart(_ bytes: [UInt8], _ type: MediaType, _ media: ExchangePlan.Media) -> Found {
        guard let boundary = type.parameter("boundary"), !boundary.isEmpty else {
            return .unreadable(expected: "a boundary in the Content-Type", actual: "none")
        }
        guard let parts = MultipartForm.parts(of: bytes, boundary: boundary) else {
            return .unreadable(
                expected: "parts between lines '--\(Shortened.bounded(boundary))'", actual: "none that end")
        }
        var members = JSONObject()
        let named = Dictionary(grouping: parts, by: \.name)
        for part in parts where members[part.name] == nil {
            let same = named[part.name] ?? [part]
            let property = media.value.shape.property(part.name)
            if property.isList {
                members[part.name] = .array(same.map { value(of: $0, property.item, media) })
            } else {
                members[part.name] = value(of: part, property, media)
            }
        }
        return .values([.object(members)])
    }

    private static func value(
        of part: MultipartForm.Part, _ shape: TextShape, _ media: ExchangePlan.Media
    ) -> JSON {
        let text = String(decoding: part.body, as: UTF8.self)
        let type = (part.type ?? media.encodings[part.name]?.contentType).flatMap(MediaType.init)
        let isJSON = type?.isJSON ?? (shape.isObject && !part.isFile)
        if isJSON, let value = try? JSON(parsing: part.body) { return value }
        return part.isFile ? .string(text) : shape.value(of: text)
    }
}

/// The parts of a `multipart/form-data` body (RFC 7578).
enum MultipartForm {
    struct Part {
        var name: String
        var isFile = false
        /// As written.
        var type: String?
        var body: ArraySlice<UInt8>
    }

    /// - Returns: `nil` when there is no such boundary or the last one is missing. Parts without a name are left out.
    static func parts(of bytes: [UInt8], boundary: String) -> [Part]? {
        let mark = Array(("--" + boundary).utf8)
        var parts: [Part] = []
        guard var place = find(mark, in: bytes[...], from: 0) else { return nil }
        while true {
            place += mark.count
            if bytes[place...].starts(with: [0x2D, 0x2D]) { return parts }
            guard let line = find([0x0D, 0x0A], in: bytes[...], from: place) else { return nil }
            let start = line + 2
            guard let end = find([0x0D, 0x0A] + mark, in: bytes[...], from: line) else { return nil }
            if let part = part(bytes[min(start, end)..<end]) { parts.append(part) }
            place = end + 2
        }
    }

    private static func part(_ bytes: ArraySlice<UInt8>) -> Part? {
        var rest = bytes
        var part = Part(name: "", body: [])
        var hasName = false
        while let end = find([0x0D, 0x0A], in: rest, from: rest.startIndex) {
            let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            rest = rest[(end + 2)...]
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "content-type": part.type = String(value)
            case "content-disposition":
                // Its parameters are written as those of a media type.
                let disposition = MediaType("x/" + value)
                part.isFile =
                    disposition?.parameter("filename") != nil || disposition?.parameter("filename*") != nil
                if let name = disposition?.parameter("name") { (part.name, hasName) = (name, true) }
            default: break
            }
        }
        part.body = rest
        return hasName ? part : nil
    }

    private static func find(_ mark: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard let first = mark.first else { return start }
        var place = start
        while let next = bytes[place...].firstIndex(of: first) {
            if bytes[next...].starts(with: mark) { return next }
            place = next + 1
        }
        return nil
    }
}
