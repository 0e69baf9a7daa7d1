internal import AssayFormats

/// Bodies of one place, by media type.
struct ContentCollector {
    private struct Seen {
        var shape: ExampleShape?
        var fields: [String: (values: TextValues, count: Int, repeats: Bool)] = [:]
        var forms = 0
        var example: JSON?
        var isText = false
    }

    /// What the body is about, for names.
    let subject: String
    private var media: [String: Seen] = [:]
    private(set) var count = 0
    private(set) var emptyCount = 0
    private var untyped = 0
    private var unreadable = 0
    private var cut = 0

    init(subject: String) { self.subject = subject }

    var hasEmpty: Bool { emptyCount > 0 }

    /// - Parameters:
    ///   - body: `nil` when none was sent, whatever the headers say.
    ///   - type: the value of `Content-Type`.
    mutating func add(_ body: [UInt8]?, _ type: String?, _ shape: ExampleShape?, isCut: Bool) {
        count += 1
        // A text may be empty; JSON may not.
        let isText = body != nil && type.flatMap(Self.essence).map { !Self.isJSON($0) } ?? false
        let body = body ?? []
        if let shape {
            merge(shape, example: nil, into: type.flatMap(Self.essence) ?? "application/json")
            return
        }
        guard !body.isEmpty || isCut || isText else {
            emptyCount += 1
            return
        }
        guard let type, let essence = Self.essence(type) else {
            // Of what was not kept nothing has to be described.
            if !isCut { untyped += 1 }
            return
        }
        var seen = media[essence] ?? Seen()
        seen.isText = essence.hasPrefix("text/") && essence != "text/event-stream"
        media[essence] = seen
        guard !isCut else {
            cut += 1
            return
        }
        if Self.isJSON(essence) {
            guard let value = try? JSON(parsing: body) else {
                unreadable += 1
                return
            }
            merge(ExampleShape(value), example: value, into: essence)
        } else if essence == "application/x-www-form-urlencoded" {
            addForm(String(decoding: body, as: UTF8.self), to: essence)
        }
    }

    private mutating func merge(_ shape: ExampleShape, example: JSON?, into essence: String) {
        var seen = media[essence] ?? Seen()
        if seen.shape == nil { seen.shape = shape } else { seen.shape?.merge(shape) }
        if seen.example == nil, let example { seen.example = .some(example) }
        media[essence] = seen
    }

    private mutating func addForm(_ text: String, to essence: String) {
        var seen = media[essence] ?? Seen()
        seen.forms += 1
        for (name, all) in Dictionary(grouping: URLText.fields(text), by: \.name) {
            var field = seen.fields[name] ?? (TextValues(), 0, false)
            field.count += 1
            if all.count > 1 { field.repeats = true }
            for value in all { field.values.add(SecretWords.isSecret(name) ? "text" : value.value) }
            seen.fields[name] = field
        }
        media[essence] = seen
    }

    /// What is described; `nil` when there was no body, or one that no description would hold for.
    func content(of what: String, _ notes: inout [String]) -> DescribedOperation.Content? {
        if untyped > 0 {
            notes.append(
                "\(what) had no usable Content-Type in \(untyped) of \(count), so it is not described")
            return nil
        }
        if unreadable > 0 {
            notes.append("\(what) was no JSON in \(unreadable) of \(count), so it is not described")
            return nil
        }
        if cut > 0 { notes.append("\(what) was not kept whole in \(cut) of \(count)") }
        guard !media.isEmpty else { return nil }
        return DescribedOperation.Content(
            media: media.sorted { $0.key < $1.key }.map { type, seen in
                DescribedOperation.Content.Media(
                    type: type, shape: seen.shape, isText: seen.isText, form: Self.form(seen),
                    example: seen.example)
            })
    }

    private static func form(_ seen: Seen) -> JSON? {
        guard seen.forms > 0 else { return nil }
        let fields = seen.fields.sorted { $0.key < $1.key }
        var schema: JSONObject = ["type": "object"]
        let required = fields.filter { $0.value.count == seen.forms }.map(\.key)
        if !required.isEmpty { schema["required"] = .array(required.map(JSON.string)) }
        schema["properties"] = .object(
            JSONObject(
                fields.map { name, field in
                    let value = field.values.schema(SchemaInference.Options())
                    return (name, field.repeats ? ["type": "array", "items": value] : value)
                }))
        return .object(schema)
    }

    static func isJSON(_ essence: String) -> Bool {
        essence.hasSuffix("/json") || essence.hasSuffix("+json")
    }

    /// `application/json` of `application/json; charset=utf-8`; `nil` when it is no media type.
    private static func essence(_ type: String) -> String? {
        let essence = type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let parts = essence.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } ? essence : nil
    }
}
