internal import AssayCore
internal import AssayFormats

/// A body with what says of what type it is.
struct PactContent {
    var body: PactBody
    /// Of a header, or of a message's metadata.
    var declared: String?

    init(_ body: PactBody, declared: String?) {
        self.body = body
        self.declared = declared
    }

    /// What the file says, what headers say, or what the bytes look like.
    var media: PactMediaType {
        if case .bytes(_, let type?) = body { return PactMediaType(type) }
        if let declared {
            let media = PactMediaType(declared)
            if !media.isUnknown || declared.contains("/") { return media }
        }
        if case .bytes(let bytes, _) = body { return PactMediaType(looksLike: bytes) }
        return .unknown
    }
}

/// Compares bodies, each type in its own way.
struct PactBodyJudge {
    let rules: PactRuleSet
    let refusesMore: Bool

    /// - Parameter typeRules: rules for the header `Content-Type`; with them types may differ as they say.
    func mismatches(
        _ expected: PactContent, _ actual: PactContent, typeRules: PactRuleScope? = nil
    ) -> [PactMismatch] {
        let (wanted, found) = (expected.media, actual.media)
        let takesType =
            wanted.isUnknown || found.isUnknown || wanted.takes(found) || wanted.takes(found.base)
            || typeRules?.choice.map { choice in
                choice.list.unmet(
                    choice.list.rules.map {
                        PactValues.textProblem(
                            $0, expected: wanted.text, actual: actual.declared ?? found.text,
                            isCascaded: false)
                    }
                ).isEmpty
            } ?? false
        guard takesType else {
            guard expected.body.bytes != nil else { return [] }
            return [
                PactMismatch(
                    .body, expected: "a body of type \(wanted.text)", actual: "one of type \(found.text)")
            ]
        }
        return compare(expected, actual, wanted)
    }

    private func compare(_ expected: PactContent, _ actual: PactContent, _ media: PactMediaType)
        -> [PactMismatch]
    {
        switch (expected.body, actual.body) {
        case (.missing, _): return []
        case (.null, .bytes(let bytes, _)) where media.isJSON && bytes.pactIsNull: return []
        case (.null, .bytes(let bytes, _)), (.empty, .bytes(let bytes, _)):
            return [PactMismatch(.body, expected: "an empty body", actual: Self.shown(bytes))]
        case (.null, _), (.empty, _): return []
        case (.bytes(let bytes, _), .bytes(let found, _)):
            return compare(bytes, found, expected, actual, media)
        case (.bytes(let bytes, _), _):
            return [PactMismatch(.body, expected: Self.shown(bytes), actual: "no body")]
        }
    }

    private func compare(
        _ expected: [UInt8], _ found: [UInt8], _ expectedContent: PactContent, _ actualContent: PactContent,
        _ media: PactMediaType
    ) -> [PactMismatch] {
        if media.isJSON { return compareJSON(expected, found) }
        if media.isXML { return compareXML(expected, found) }
        if media.isMultipart {
            return compareParts(
                expected, found, expectedContent.declared ?? media.text, actualContent.declared)
        }
        if media.isForm {
            return PactFields(part: .body, rules: rules, refusesMore: true, prefix: "$.").mismatches(
                PactField.query(String(decoding: expected, as: UTF8.self)),
                PactField.query(String(decoding: found, as: UTF8.self)))
        }
        return compareWhole(expected, found, isBinary: media.isBinary)
    }

    private func compareJSON(_ expected: [UInt8], _ actual: [UInt8]) -> [PactMismatch] {
        guard let example = try? JSON(parsing: expected) else {
            // Some tools say JSON and write a text.
            return compareWhole(expected, actual, isBinary: false)
        }
        let value: JSON
        do {
            value = try JSON(parsing: actual)
        } catch {
            return [PactMismatch(.body, expected: "JSON", actual: "\(Self.shown(actual)): \(error)")]
        }
        var judge = PactJSONJudge(refusesMore: refusesMore)
        judge.judge(example, value, PactRuleScope(rules))
        return judge.mismatches
    }

    private func compareXML(_ expected: [UInt8], _ actual: [UInt8]) -> [PactMismatch] {
        let example: PactElement
        do {
            example = try PactElement(parsing: expected)
        } catch {
            return [PactMismatch(.body, expected: "XML", actual: "an example that is none: \(error.message)")]
        }
        do {
            var judge = PactXMLJudge(refusesMore: refusesMore)
            judge.judge(example, try PactElement(parsing: actual), rules)
            return judge.mismatches
        } catch {
            return [PactMismatch(.body, expected: "XML", actual: "\(Self.shown(actual)): \(error.message)")]
        }
    }

    /// The body as one text, or as bytes.
    private func compareWhole(_ expected: [UInt8], _ actual: [UInt8], isBinary: Bool) -> [PactMismatch] {
        guard let choice = PactRuleScope(rules).choice else {
            guard expected != actual else { return [] }
            return [PactMismatch(.body, expected: Self.shown(expected), actual: Self.shown(actual))]
        }
        let problems = choice.list.rules.map { rule in
            if isBinary { return PactValues.bytesProblem(rule, expected: expected, actual: actual) }
            if case .contentType = rule {
                return PactValues.bytesProblem(rule, expected: expected, actual: actual)
            }
            return PactValues.textProblem(
                rule, expected: String(decoding: expected, as: UTF8.self),
                actual: String(decoding: actual, as: UTF8.self), isCascaded: choice.isCascaded)
        }
        return choice.list.unmet(problems).map {
            PactMismatch(.body, "$", expected: $0, actual: Self.shown(actual))
        }
    }

    /// Parts of a multipart body by their names; each is compared by its own type.
    private func compareParts(
        _ expected: [UInt8], _ actual: [UInt8], _ expectedType: String, _ actualType: String?
    ) -> [PactMismatch] {
        let wanted = PactPartOfMany.parts(of: expected, type: expectedType)
        let found = PactPartOfMany.parts(of: actual, type: actualType ?? expectedType)
        guard let wanted, let found else {
            let side = wanted == nil ? "an example" : "a body"
            return [PactMismatch(.body, expected: "parts with a boundary", actual: "\(side) without")]
        }
        var mismatches: [PactMismatch] = []
        for (index, part) in wanted.enumerated() {
            let name = part.name ?? "\(index)"
            let path = PactPath.root.member(name)
            let other =
                part.name == nil
                ? (found.indices.contains(index) ? found[index] : nil) : found.first { $0.name == part.name }
            guard let other else {
                mismatches.append(
                    PactMismatch(.body, path.description, expected: "a part '\(name)'", actual: "nothing"))
                continue
            }
            let choice = PactRuleScope(rules).below(name).choice
            if let choice {
                let problems = choice.list.rules.map {
                    PactValues.bytesProblem($0, expected: part.bytes, actual: other.bytes)
                }
                mismatches += choice.list.unmet(problems).map {
                    PactMismatch(.body, path.description, expected: $0, actual: Self.shown(other.bytes))
                }
            } else {
                let judge = PactBodyJudge(rules: PactRuleSet(), refusesMore: refusesMore)
                mismatches += judge.mismatches(
                    PactContent(.bytes(part.bytes, type: nil), declared: part.type),
                    PactContent(.bytes(other.bytes, type: nil), declared: other.type)
                ).map { PactMismatch(.body, "\(path) \($0.place)", expected: $0.expected, actual: $0.actual) }
            }
        }
        return mismatches
    }

    static func shown(_ bytes: [UInt8]) -> String {
        guard let text = String(validating: bytes.prefix(300), as: UTF8.self) else {
            return "\(bytes.count) bytes"
        }
        return "'\(PactValues.bounded(text))'"
    }
}

extension [UInt8] {
    fileprivate var pactIsNull: Bool { String(decoding: self, as: UTF8.self).pactTrimmed == "null" }
}

/// One part of a multipart body. Source: RFC 2046 §5.1, RFC 7578.
struct PactPartOfMany {
    var name: String?
    var type: String?
    var bytes: [UInt8]

    /// - Returns: `nil` when the type has no boundary, or the body does not have it.
    static func parts(of body: [UInt8], type: String) -> [PactPartOfMany]? {
        let boundary = type.split(separator: ";").map { String($0).pactTrimmed }
            .first { $0.lowercased().hasPrefix("boundary=") }.map { $0.dropFirst(9).filter { $0 != "\"" } }
        // A pact of version 4 keeps the boundary only in the body.
        let line = body.prefix { $0 != 0x0D && $0 != 0x0A }
        let marker =
            boundary.map { Array("--\($0)".utf8) }
            ?? (line.starts(with: Array("--".utf8)) ? Array(line) : nil)
        guard let marker, let pieces = split(body, by: marker), pieces.count >= 2 else { return nil }
        return pieces.dropFirst().compactMap { piece in
            piece.starts(with: Array("--".utf8)) ? nil : part(piece)
        }
    }

    private static func split(_ bytes: [UInt8], by marker: [UInt8]) -> [ArraySlice<UInt8>]? {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var place = 0
        while place + marker.count <= bytes.count {
            if bytes[place] == marker[0], bytes[place..<(place + marker.count)].elementsEqual(marker) {
                pieces.append(bytes[start..<place])
                place += marker.count
                start = place
                guard pieces.count <= 1000 else { return nil }
            } else {
                place += 1
            }
        }
        pieces.append(bytes[start...])
        return pieces
    }

    private static func part(_ piece: ArraySlice<UInt8>) -> PactPartOfMany? {
        var part = PactPartOfMany(bytes: [])
        var rest = piece.drop { $0 == 0x0D || $0 == 0x0A }
        while let end = rest.firstIndex(of: 0x0A) {
            let line = String(decoding: rest[..<end], as: UTF8.self).pactTrimmed
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            let name = line.prefix { $0 != ":" }.lowercased()
            let value = String(line.dropFirst(name.count + 1)).pactTrimmed
            if name == "content-type" { part.type = value }
            if name == "content-disposition" {
                part.name = value.split(separator: ";").map { String($0).pactTrimmed }
                    .first { $0.hasPrefix("name=") }.map { $0.dropFirst(5).filter { $0 != "\"" } }
            }
        }
        if rest.last == 0x0A { rest = rest.dropLast() }
        if rest.last == 0x0D { rest = rest.dropLast() }
        part.bytes = Array(rest)
        return part
    }
}
