import AssayCore
import AssayFormats

extension StepKind {
    static let http = StepKind(
        keyword: "http",
        expectations: [
            "status", "headers", "cookies", "body", "json", "schema", "golden", "within", "contract",
        ],
        captures: [.path, .header, .cookie, .status, .body, .matches]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "an http step") { fields in
            let action = file.httpAction(&fields)
            return action.map { (.http($0), $0.usualName) }
        }
    }
}

extension HTTPAction {
    /// What a request is called that is given no name: `GET /inventory`.
    public var usualName: String { "\(method) \(Self.pathText(url))" }

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
    private static let methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]

    fileprivate func httpAction(_ fields: inout MappingReader) -> HTTPAction? {
        let named = fields.choice(of: Self.methods + ["method"], code: "AS024")
        let method = named.flatMap { $0.name == "method" ? otherMethod($0.value) : $0.name.uppercased() }
        let address =
            named?.name == "method" ? fields.required("url") { $0 } : named?.value
        let url = address.flatMap { yaml.template($0) }
        let reader = HTTPSettingsReader(yaml)
        let headers = fields.optional("headers") { self.fields($0, "headers") }
        let query = fields.optional("query") { self.fields($0, "query") }
        let bearer = fields.optional("bearer", yaml.template)
        var settings = reader.settings(&fields)
        let cookies = fields.value("cookies").map { node -> [HTTPAction.Field] in
            if node.pairs != nil { return reader.fields(node, "cookies") }
            settings.cookies = reader.policy(node)
            return []
        }
        if bearer != nil, let auth = fields.pair("auth") {
            yaml.error(
                "AS556", "the request says with both 'bearer' and 'auth' who sends it", at: auth.key,
                fix: "keep one of them")
        }
        let written = fields.choice(
            of: ["json", "text", "form", "file", "multipart"], isRequired: false, code: "AS025")
        let body = written.flatMap(httpBody)
        guard let named, let method, let url else { return nil }
        if url.source.isEmpty {
            yaml.error(
                "AS024", "the request has no address", at: address ?? named.value,
                fix: "write `\(named.name == "method" ? "url" : named.name): \"${api.url}/…\"`")
        }
        var action = HTTPAction(
            method: method, url: url, headers: headers ?? [], query: query ?? [], bearer: bearer,
            body: body ?? .none)
        action.settings = settings
        action.cookies = cookies ?? []
        return action
    }

    /// A method that has no key of its own.
    private func otherMethod(_ node: YAMLNode) -> String? {
        guard let name = yaml.text(node) else { return nil }
        let isToken =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
            }
        guard isToken, name != "CONNECT" else {
            yaml.error(
                "AS558", "'\(Shown.text(name, limit: 40))' is no method of a request", at: node,
                fix: "write a word like `PURGE` or `PROPFIND`")
            return nil
        }
        return name
    }

    private func httpBody(_ pair: YAMLNode.Pair) -> HTTPAction.Body? {
        switch pair.name {
        case "json": yaml.valueTemplate(pair.value).map { .json($0) }
        case "text": yaml.template(pair.value).map { .text($0) }
        case "form": .form(fields(pair.value, "form"))
        case "multipart": parts(pair.value).map { .multipart($0) }
        default: yaml.template(pair.value).map { .file($0) }
        }
    }

    // MARK: multipart

    /// A mapping of names, or a list when names come twice or their order matters to somebody.
    private func parts(_ node: YAMLNode) -> [HTTPAction.Part]? {
        let parts: [HTTPAction.Part]
        if node.elements != nil {
            parts =
                yaml.list(node) { element in
                    yaml.mapping(element, "part") { fields in
                        let name = fields.required("name", yaml.template)
                        return name.flatMap { part($0, &fields) }
                    }
                } ?? []
        } else {
            parts = yaml.entries(node, "multipart").compactMap { pair in
                let name = Template(constant: pair.name, at: pair.key.location)
                guard pair.value.pairs != nil else {
                    return yaml.template(pair.value).map { HTTPAction.Part(name: name, content: .text($0)) }
                }
                return yaml.mapping(pair.value, "part") { part(name, &$0) }
            }
        }
        if parts.isEmpty, node.elements?.isEmpty == true || node.pairs?.isEmpty == true {
            yaml.error("AS559", "the body has no parts", at: node, fix: "write `multipart: {name: value}`")
        }
        return parts
    }

    private func part(_ name: Template, _ fields: inout MappingReader) -> HTTPAction.Part? {
        let fileName = fields.optional("filename", yaml.template)
        let type = fields.optional("type", yaml.template)
        let content = fields.choice(of: ["text", "file"], code: "AS559")
        guard let content, let template = yaml.template(content.value) else { return nil }
        return HTTPAction.Part(
            name: name, content: content.name == "file" ? .file(template) : .text(template),
            fileName: fileName, type: type)
    }
}
