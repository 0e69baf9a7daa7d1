internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// `request` in templates.
struct RequestModel: HandlebarsObject {
    let request: StubRequest
    /// Made up for this request.
    let id: String

    var text: String { request.url }

    var names: [String] {
        [
            "id", "url", "path", "pathSegments", "query", "method", "host", "port", "scheme", "baseUrl",
            "headers", "cookies", "body", "bodyAsBase64", "multipart", "parts",
        ]
    }

    func member(_ name: String) -> HandlebarsValue {
        switch name {
        case "id": .text(id)
        case "url": .text(request.url)
        case "path", "pathSegments": .object(RequestPath(request: request))
        case "query": .object(RequestFields(Self.grouped(request.query)))
        case "method": .text(request.method)
        case "host": .text(request.authority.host)
        case "port": .int(request.port)
        case "scheme": request.scheme.value
        case "baseUrl": .text(request.scheme + "://" + authority)
        case "headers": .object(RequestFields(request.http.headers))
        case "cookies": .object(RequestFields(Self.grouped(request.cookies)))
        case "body": .text(request.body.text)
        case "bodyAsBase64": .text(Base64.standard.encode(request.http.body))
        case "multipart", "isMultipart": .bool(isMultipart)
        case "parts": .object(RequestParts(parts: isMultipart ? request.parts : []))
        // The older way to write `request.path` and its like.
        case "requestLine": .object(self)
        default: .missing
        }
    }

    private var authority: String {
        let (host, port) = request.authority
        return port.map { "\(host):\($0)" } ?? host
    }

    private var isMultipart: Bool {
        request.http.headers["Content-Type"]?.lowercased().hasPrefix("multipart/") ?? false
    }

    static func grouped(_ pairs: [(name: String, value: String)]) -> [(name: String, values: [String])] {
        var places: [String: Int] = [:]
        var fields: [(name: String, values: [String])] = []
        for (name, value) in pairs {
            if let place = places[name] {
                fields[place].values.append(value)
            } else {
                places[name] = fields.count
                fields.append((name, [value]))
            }
        }
        return fields
    }
}

/// The path: prints as sent, has its segments by place and the names of a path template.
struct RequestPath: HandlebarsObject {
    let request: StubRequest

    var text: String { request.path }
    private var segments: [String] { request.segments.filter { !$0.isEmpty } }
    var names: [String] { segments.indices.map(String.init) }
    var elements: [HandlebarsValue]? { segments.map { .text($0) } }

    func member(_ name: String) -> HandlebarsValue {
        if let named = request.pathParameters.first(where: { $0.name == name }) { return .text(named.value) }
        return HandlebarsValue.list(elements ?? []).member(name)
    }
}

/// Names that may have several values.
struct RequestFields: HandlebarsObject {
    private let fields: [(name: String, values: [String])]
    private let ignoresCase: Bool

    init(_ fields: [(name: String, values: [String])], ignoresCase: Bool = false) {
        self.fields = fields
        self.ignoresCase = ignoresCase
    }

    var text: String {
        "{" + fields.map { "\($0.name)=\($0.values.joined(separator: ", "))" }.joined(separator: ", ") + "}"
    }

    var names: [String] { fields.map(\.name) }

    func member(_ name: String) -> HandlebarsValue {
        let wanted = ignoresCase ? name.lowercased() : name
        let found = fields.first { (ignoresCase ? $0.name.lowercased() : $0.name) == wanted }
        return found.map { .oneOrMany($0.values) } ?? .missing
    }
}

extension RequestFields {
    /// Headers by name, in any case.
    init(_ headers: HTTPHeaders) {
        var fields: [(name: String, values: [String])] = []
        for field in headers.fields {
            if let place = fields.firstIndex(where: { $0.name.lowercased() == field.name.lowercased() }) {
                fields[place].values.append(field.value)
            } else {
                fields.append((field.name, [field.value]))
            }
        }
        self.init(fields, ignoresCase: true)
    }
}

/// The parts of a multipart body by name.
struct RequestParts: HandlebarsObject {
    let parts: [MultipartPart]

    var text: String { "{" + names.joined(separator: ", ") + "}" }
    var names: [String] { parts.indices.map(name) }

    private func name(_ index: Int) -> String { parts[index].name ?? "part-\(index)" }

    func member(_ name: String) -> HandlebarsValue {
        parts.indices.first { self.name($0) == name }.map {
            .object(RequestPart(part: parts[$0], name: name))
        } ?? .missing
    }
}

struct RequestPart: HandlebarsObject {
    let part: MultipartPart
    let name: String

    var text: String { part.body.text }
    var names: [String] { ["name", "headers", "body", "bodyAsBase64", "binary"] }

    func member(_ name: String) -> HandlebarsValue {
        switch name {
        case "name": .text(self.name)
        case "headers": .object(RequestFields(part.headers))
        case "body": .text(part.body.text)
        case "bodyAsBase64": .text(Base64.standard.encode(part.body.bytes))
        case "binary": .bool(String(validating: part.body.bytes, as: UTF8.self) == nil)
        default: .missing
        }
    }
}

extension String {
    /// As what a template reads.
    var value: HandlebarsValue { .text(self) }
}
