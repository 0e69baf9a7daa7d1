internal import AssayCore
internal import AssayFormats

/// Compares two versions of an OpenAPI document: what consumers write and what they read.
///
/// Operations are paired by method and path; names of path parameters do not count. Webhooks and callbacks are requests
/// that the provider writes and consumers read, and are judged so.
///
/// - Parameters:
///   - old: the version that is in use.
///   - today: `2026-11-21`, for removals before a sunset (`x-sunset`); `nil` counts every sunset as still to come.
/// - Returns: every change but those of documentation alone: the worst first, then by operation and path; empty when
///   nothing changed.
/// - Throws: what is wrong with a schema.
public func compareDocuments(
    _ old: APIDocument, _ new: APIDocument, today: String? = nil
) throws(SchemaError) -> [CompatibilityFinding] {
    let comparison = try DocumentComparison(old, new, today: today)
    return try comparison.run()
}

/// One comparison of documents. Not `Sendable`: it belongs to its caller.
final class DocumentComparison {
    let old: APIDocument
    let new: APIDocument
    let comparer: SchemaComparer
    let today: String?
    private(set) var findings: [CompatibilityFinding] = []

    init(_ old: APIDocument, _ new: APIDocument, today: String?) throws(SchemaError) {
        (self.old, self.new, self.today) = (old, new, today)
        comparer = try SchemaComparer(old: old.compared, new: new.compared)
    }

    func run() throws(SchemaError) -> [CompatibilityFinding] {
        compareServers()
        compareSecuritySchemes()
        try compareOperations()
        try compareWebhooks(old.webhooks, new.webhooks, prefix: "webhook ")
        if !comparer.isFinished { findings.append(CompatibilityRules.unfinishedFinding) }
        return findings.inReadingOrder
    }

    /// What of an operation is compared.
    struct Scope {
        /// `POST /orders/{id}` as the new document has it; `nil` for the whole document.
        var operation: String?
        var old: APIOperation?
        var new: APIOperation?
    }

    func tell(
        _ rule: DocumentRule, _ scope: Scope, _ path: String, name: String = "", before: String = "",
        after: String = "", old: SourceLocation? = nil, new: SourceLocation? = nil
    ) {
        let (level, says, why) = rule.row
        let text = says.filled(["{name}": name, "{old}": before, "{new}": after])
        findings.append(
            CompatibilityFinding(
                rule: rule.rawValue, level: level, side: rule.side, operation: scope.operation, path: path,
                message: why.isEmpty ? text : text + ": " + why, old: old ?? scope.old?.location,
                new: new ?? scope.new?.location))
    }

    /// Compares schemas; a missing one allows anything.
    func compareSchemas(
        _ old: String?, _ new: String?, as direction: SchemaDirection, _ scope: Scope, _ prefix: String,
        isText: Bool = false
    ) throws(SchemaError) {
        let view = ChangeView(direction)
        var (before, after): ([SchemaSpot], [SchemaSpot]) = ([], [])
        if let old { before = [try comparer.old.canonical(comparer.old.spot(at: old))] }
        if let new { after = [try comparer.new.canonical(comparer.new.spot(at: new))] }
        for change in try comparer.compare(before, after, use: view.use) {
            var found = comparer.finding(of: change, in: view, operation: scope.operation, prefix: prefix)
            // A parameter is named by its place; `$` alone would say nothing.
            if isText, change.path == "$" { found.path = prefix }
            found.old = found.old ?? scope.old?.location
            found.new = found.new ?? scope.new?.location
            findings.append(found)
        }
    }

    // MARK: Operations

    private func compareOperations() throws(SchemaError) {
        let before = Dictionary(old.operations.map { ($0.identity, $0) }) { first, _ in first }
        let after = Dictionary(new.operations.map { ($0.identity, $0) }) { first, _ in first }
        let paths = Set(new.operations.map { APIOperation.shape(of: $0.path) })
        for operation in old.operations where after[operation.identity] == nil {
            tellRemoved(operation, isPathGone: !paths.contains(APIOperation.shape(of: operation.path)))
        }
        for operation in new.operations {
            let scope = Scope(operation: operation.name, old: before[operation.identity], new: operation)
            guard let previous = scope.old else {
                tell(.operationAdded, scope, "", new: operation.location)
                continue
            }
            compareNotes(previous, operation, scope)
            try compareParameters(previous, operation, scope)
            try compareBody(previous.body, operation.body, scope)
            try compareResponses(previous.responses, operation.responses, scope)
            compareSecurity(previous.security, operation.security, scope)
            try compareWebhooks(
                previous.callbacks, operation.callbacks, prefix: operation.name + " callback ")
        }
    }

    private func tellRemoved(_ operation: APIOperation, isPathGone: Bool) {
        let scope = Scope(operation: operation.name, old: operation)
        guard operation.isDeprecated else {
            return tell(isPathGone ? .pathRemoved : .operationRemoved, scope, "")
        }
        if let sunset = operation.sunset, today.map({ $0 < sunset }) ?? true {
            return tell(.operationRemovedBeforeSunset, scope, "", before: sunset)
        }
        tell(.operationRemovedAfterDeprecation, scope, "")
    }

    private func compareNotes(_ old: APIOperation, _ new: APIOperation, _ scope: Scope) {
        if !old.isDeprecated, new.isDeprecated { tell(.operationDeprecated, scope, "") }
        if old.isDeprecated, !new.isDeprecated { tell(.operationNoLongerDeprecated, scope, "") }
        if let before = old.id, before != new.id {
            tell(
                .operationIDChanged, scope, "", before: "'\(before)'",
                after: new.id.map { "'\($0)'" } ?? "none")
        }
        if let before = old.sunset, let after = new.sunset, after < before {
            tell(.sunsetBroughtForward, scope, "", before: before, after: after)
        }
    }

    // MARK: Whole document

    private func compareServers() {
        let before = Set(old.servers.map(\.url))
        let after = Set(new.servers.map(\.url))
        // Without any, the server is the one that the document came from.
        guard before != after, !before.isEmpty else { return }
        for server in old.servers where !after.contains(server.url) {
            tell(
                .serverRemoved, Scope(), "servers", name: server.url, old: old.location(of: server.pointer),
                new: new.location(of: "/servers") ?? new.location(of: ""))
        }
        for server in new.servers where !before.contains(server.url) {
            tell(
                .serverAdded, Scope(), "servers", name: server.url,
                old: old.location(of: "/servers") ?? old.location(of: ""),
                new: new.location(of: server.pointer))
        }
    }

    // MARK: Webhooks

    /// Compares requests that the provider sends.
    private func compareWebhooks(
        _ old: [APIOperation], _ new: [APIOperation], prefix: String
    ) throws(SchemaError) {
        for before in old where !new.contains(where: { $0.name == before.name }) {
            tell(.webhookRemoved, Scope(operation: prefix + before.name, old: before), "")
        }
        for after in new {
            let scope = Scope(
                operation: prefix + after.name, old: old.first { $0.name == after.name }, new: after)
            guard let before = scope.old else {
                tell(.webhookAdded, scope, "")
                continue
            }
            for (one, other) in pairs(before.body?.media ?? [], after.body?.media ?? []) {
                try compareSchemas(
                    one.schemaPointer, other.schemaPointer, as: .response, scope,
                    "body" + label(one, before.body?.media))
            }
            for response in after.responses {
                guard let answer = before.responses.first(where: { $0.name == response.name }) else {
                    continue
                }
                for (one, other) in pairs(answer.media, response.media) {
                    try compareSchemas(
                        one.schemaPointer, other.schemaPointer, as: .request, scope,
                        "answer \(response.name)" + label(one, answer.media))
                }
            }
        }
    }

    /// Media types that both sides have.
    func pairs(_ old: [APIMedia], _ new: [APIMedia]) -> [(APIMedia, APIMedia)] {
        old.compactMap { media in
            (new.first { $0.key == media.key } ?? new.covering(media)).map { (media, $0) }
        }
    }

    /// Which of several media types is meant.
    func label(_ media: APIMedia, _ all: [APIMedia]?) -> String {
        (all ?? []).count > 1 ? " (\(media.key))" : ""
    }
}

extension APIDocument {
    /// The document for comparing its schemas.
    var compared: ComparedDocument {
        var document = ComparedDocument(
            SchemaDocument(json), file: file, documents: contents.sources.schemaDocuments)
        let file = file
        document.locate = { name, pointer in
            self.location(of: name == file || name.isEmpty ? pointer : name + "#" + pointer)
        }
        return document
    }
}

extension APIOperation {
    /// Path without the names of its parameters.
    static func shape(of path: String) -> String {
        var text = ""
        var isInside = false
        for character in path {
            if character == "{" { isInside = true }
            if !isInside { text.append(character) }
            if character == "}" {
                isInside = false
                text += "{}"
            }
        }
        return text
    }

    /// What makes it the same operation in another version.
    var identity: String { method + " " + Self.shape(of: path) }

    /// `2026-12-31`, when it is a date.
    var sunset: String? {
        guard let text = extensions["x-sunset"]?.stringValue else { return nil }
        let date = text.utf8.prefix(10)
        let digits = Array(date).enumerated().allSatisfy { place, byte in
            place == 4 || place == 7 ? byte == UInt8(ascii: "-") : (48...57).contains(byte)
        }
        return date.count == 10 && digits ? String(text.prefix(10)) : nil
    }
}

extension APIMedia {
    /// Lower case, with its parameters by name; `charset` and `q` say nothing of what is described.
    var key: String {
        guard let media = MediaType(type) else { return type.lowercased() }
        let parameters = media.parameters.filter { $0.name != "charset" && $0.name != "q" }
        let words = parameters.map { "\($0.name)=\($0.value.lowercased())" }
        return ([media.essence] + words.sorted()).joined(separator: "; ")
    }

    /// Whether it is a range that has another type in it: `text/*` has `text/csv`, and a type has itself with parameters.
    func covers(_ other: APIMedia) -> Bool { fit(other) > 0 }

    fileprivate func fit(_ other: APIMedia) -> Int {
        guard let range = MediaType(type), let media = MediaType(other.type) else { return 0 }
        return range.fit(media)
    }
}

extension [APIMedia] {
    /// The range that says most of a type.
    fileprivate func covering(_ media: APIMedia) -> APIMedia? {
        filter { $0.covers(media) }.max { $0.fit(media) < $1.fit(media) }
    }
}
