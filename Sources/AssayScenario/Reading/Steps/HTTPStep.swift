import AssayCore
import AssayFormats

extension StepKind {
    static let http = StepKind(
        keyword: "http",
        expectations: ["status", "headers", "body", "json", "schema", "golden", "within", "contract"],
        captures: [.path, .header, .status, .body, .matches]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "an http step") { fields in
            let action = file.httpAction(&fields)
            return action.map { (.http($0), "\($0.method) \(pathText($0.url))") }
        }
    }

    /// The path without base and query, as people tell requests apart: `/inventory`.
    private static func pathText(_ url: Template) -> String {
        var text = ""
        for segment in url.segments {
            switch segment {
            case .text(let part): text += part
            // A base like `${api.url}` is no part of the name; an id within the path is, as it is written.
            case .expression(let expression): text += text.isEmpty ? "" : "${\(expression)}"
            }
        }
        if let scheme = text.firstIndex(of: ":"), text[scheme...].hasPrefix("://") {
            let rest = text[scheme...].dropFirst(3)
            text = String(rest[(rest.firstIndex(of: "/") ?? rest.endIndex)...])
        }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        return path.isEmpty ? "/" : String(path)
    }
}

extension ScenarioFile {
    private static let methods = ["get", "post", "put", "patch", "delete", "head", "options"]

    fileprivate func httpAction(_ fields: inout MappingReader) -> HTTPAction? {
        let method = fields.choice(of: Self.methods, code: "AS024")
        let url = method.flatMap { yaml.template($0.value) }
        let headers = fields.optional("headers") { self.fields($0, "headers") }
        let query = fields.optional("query") { self.fields($0, "query") }
        let bearer = fields.optional("bearer", yaml.template)
        let timeout = fields.optional("timeout", yaml.duration)
        let written = fields.choice(of: ["json", "text", "form", "file"], isRequired: false, code: "AS025")
        let body = written.flatMap(httpBody)
        guard let method, let url else { return nil }
        if url.source.isEmpty {
            yaml.error(
                "AS024", "the request has no address", at: method.value,
                fix: "write `\(method.name): \"${api.url}/…\"`")
        }
        return HTTPAction(
            method: method.name.uppercased(), url: url, headers: headers ?? [], query: query ?? [],
            bearer: bearer, body: body ?? .none, timeout: timeout)
    }

    private func httpBody(_ pair: YAMLNode.Pair) -> HTTPAction.Body? {
        switch pair.name {
        case "json": yaml.valueTemplate(pair.value).map { .json($0) }
        case "text": yaml.template(pair.value).map { .text($0) }
        case "form": .form(fields(pair.value, "form"))
        default: yaml.template(pair.value).map { .file($0) }
        }
    }
}
