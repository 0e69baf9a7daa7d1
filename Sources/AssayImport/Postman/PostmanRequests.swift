internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Requests of a collection.
struct PostmanRequests {
    var variables: PostmanVariables
    private(set) var notes: [ImportNote] = []
    /// What the requests read from the environment.
    private(set) var secrets = SecretMasking()

    init(variables: PostmanVariables) { self.variables = variables }

    mutating func note(_ node: YAMLNode, _ subject: String, _ message: String) {
        notes.append(ImportNote(location: node.location, subject: subject, message: message))
    }

    /// - Parameters:
    ///   - node: the `request`, an object or the URL alone.
    ///   - auth: what folders and collection say of who sends it.
    ///   - name: of the item, for notes.
    /// - Returns: `nil` when it has no URL.
    mutating func action(_ node: YAMLNode, auth inherited: YAMLNode?, named name: String) -> HTTPAction? {
        let place = node.location
        guard let urlNode = node.stringValue == nil ? node["url"] : node, let raw = Self.rawURL(urlNode),
            !raw.isEmpty
        else {
            note(node, name, "it has no URL, so it is left out")
            return nil
        }
        var method = node["method"]?.stringValue?.uppercased() ?? "GET"
        if !HTTPWords.isMethod(method) {
            note(node, name, "'\(method)' is no method of a request; it is sent as GET")
            method = "GET"
        }
        var action = HTTPAction(method: method, url: Template(constant: "", at: place))
        url(raw, urlNode, &action)
        headers(node["header"], &action, name)
        if let body = node["body"], body.pairs != nil, body["disabled"]?.scalarText != "true" {
            self.body(body, &action, name)
        }
        let own = node["auth"].flatMap { $0.isNull || $0["type"]?.stringValue == "inherit" ? nil : $0 }
        if let auth = own ?? inherited { authorization(auth, &action, name) }
        secrets.mask(&action)
        return action
    }

    // MARK: the address

    private static func rawURL(_ node: YAMLNode) -> String? {
        if let text = node.stringValue { return text }
        if let raw = node["raw"]?.stringValue, !raw.isEmpty { return raw }
        func joined(_ node: YAMLNode?, _ separator: String) -> String? {
            if let text = node?.stringValue { return text }
            return node?.elements.map {
                $0.map { $0.scalarText ?? $0["value"]?.scalarText ?? "" }.joined(separator: separator)
            }
        }
        guard let host = joined(node["host"], "."), !host.isEmpty else { return nil }
        let scheme = node["protocol"]?.stringValue.map { $0 + "://" } ?? ""
        let port = node["port"]?.scalarText.map { ":" + $0 } ?? ""
        return scheme + host + port + "/" + (joined(node["path"], "/") ?? "")
    }

    private mutating func url(_ raw: String, _ node: YAMLNode, _ action: inout HTTPAction) {
        let place = node.location
        let fragment = raw.firstIndex(of: "#") ?? raw.endIndex
        let mark = raw[..<fragment].firstIndex(of: "?") ?? fragment
        var address = String(raw[..<mark])
        if !address.hasPrefix("{{"), !address.contains("://") { address = "http://" + address }
        var segments = address.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for (place, segment) in segments.enumerated()
        where segment.hasPrefix(":") && segment.count > 1 && place > 0 {
            let key = String(segment.dropFirst())
            let found = node["variable"]?.elements?.first { $0["key"]?.scalarText == key }
            let value = found?["value"]?.scalarText ?? ""
            segments[place] = value.isEmpty ? "{{\(key)}}" : value
        }
        action.url = variables.template(segments.joined(separator: "/"), at: place)
        var fields: [WebFields.Field] = []
        if let listed = node["query"]?.elements {
            fields = listed.compactMap { field in
                guard field["disabled"]?.scalarText != "true", let key = field["key"]?.scalarText,
                    !key.isEmpty
                else {
                    return nil
                }
                return .init(
                    name: key, value: field["value"].flatMap { $0.isNull ? nil : $0.scalarText } ?? "")
            }
        } else if mark < fragment {
            let query = raw[raw.index(after: mark)..<fragment]
            guard let read = WebFields.read(String(query)) else {
                action.url = variables.template(segments.joined(separator: "/") + "?" + query, at: place)
                return
            }
            fields = read
        }
        guard WebFields.areDistinct(fields) else {
            let query = fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&").replacing(
                " ", with: "%20")
            action.url = variables.template(segments.joined(separator: "/") + "?" + query, at: place)
            return
        }
        action.query = fields.map {
            .init(name: $0.name, value: variables.template($0.value, at: place))
        }
    }

    private mutating func headers(_ node: YAMLNode?, _ action: inout HTTPAction, _ name: String) {
        var fields: [(key: String, value: String, node: YAMLNode)] = []
        if let text = node?.stringValue, let node {
            fields = text.split(separator: "\n").compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (
                    String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }), node
                )
            }
        }
        for field in node?.elements ?? [] where field["disabled"]?.scalarText != "true" {
            guard let key = field["key"]?.scalarText, !key.isEmpty else { continue }
            fields.append((key, field["value"].flatMap { $0.isNull ? nil : $0.scalarText } ?? "", field))
        }
        for (key, value, node) in fields {
            guard HTTPWords.isMethod(key) else {
                note(node, name, "'\(key)' is no name of a header")
                continue
            }
            let small = key.lowercased()
            if ["content-length", "host", "connection", "accept-encoding", "postman-token"].contains(small) {
                continue
            }
            let template = variables.template(value, at: node.location)
            if let place = action.headers.firstIndex(where: { $0.name.lowercased() == small }) {
                let joined =
                    TemplateWriting().text(action.headers[place].value) + ", "
                    + TemplateWriting().text(template)
                action.headers[place].value = TemplateWriting.template(joined, at: node.location)
            } else {
                action.headers.append(.init(name: key, value: template))
            }
        }
    }

    // MARK: bodies

    private mutating func body(_ node: YAMLNode, _ action: inout HTTPAction, _ name: String) {
        let place = node.location
        switch node["mode"]?.stringValue {
        case "raw":
            guard let raw = node["raw"]?.stringValue, !raw.isEmpty else { return }
            let language = node["options"]?["raw"]?["language"]?.stringValue
            let type = action.headers.first { $0.name.lowercased() == "content-type" }?.value.constantText?
                .lowercased()
            let isJSON =
                language == "json" || type?.contains("json") == true || language == nil && raw.first == "{"
            if isJSON, let value = json(raw, at: place) {
                action.body = .json(value)
                action.headers.removeAll {
                    $0.name.lowercased() == "content-type"
                        && $0.value.constantText?.lowercased().hasPrefix("application/json") == true
                }
                return
            }
            if isJSON {
                note(node["raw"] ?? node, name, "the body is no JSON, so it is sent as the text it is")
            }
            action.body = .text(variables.template(raw, at: place))
            let types = [
                "json": "application/json", "xml": "application/xml", "html": "text/html",
                "javascript": "application/javascript",
            ]
            if type == nil, let meant = types[language ?? ""] {
                action.headers.append(
                    .init(name: "Content-Type", value: Template(constant: meant, at: place)))
            }
        case "urlencoded": form(node["urlencoded"], &action, name)
        case "formdata": multipart(node["formdata"], &action, name)
        case "file":
            let path = node["file"]?["src"]?.stringValue ?? ""
            if path.isEmpty {
                note(node, name, "the file of the body is not named in the collection, so nothing is sent")
            } else {
                note(node, name, "the body is the file '\(path)', read from the project's folder")
                action.body = .file(variables.template(path, at: place))
            }
        case "graphql": graphQL(node["graphql"] ?? node, &action, name)
        case let mode?: note(node, name, "a body of mode '\(mode)' is not carried over")
        case nil: break
        }
    }

    private mutating func form(_ node: YAMLNode?, _ action: inout HTTPAction, _ name: String) {
        var fields: [HTTPAction.Field] = []
        for field in node?.elements ?? [] where field["disabled"]?.scalarText != "true" {
            guard let key = field["key"]?.scalarText else { continue }
            let value = variables.template(field["value"]?.scalarText ?? "", at: field.location)
            guard !fields.contains(where: { $0.name == key }) else {
                note(field, name, "the field '\(key)' comes twice; the second one is left out")
                continue
            }
            fields.append(.init(name: key, value: value))
        }
        action.body = .form(fields)
    }

    private mutating func multipart(_ node: YAMLNode?, _ action: inout HTTPAction, _ name: String) {
        var parts: [HTTPAction.Part] = []
        for field in node?.elements ?? [] where field["disabled"]?.scalarText != "true" {
            let place = field.location
            let key = variables.template(field["key"]?.scalarText ?? "", at: place)
            let type = field["contentType"]?.stringValue.map { variables.template($0, at: place) }
            guard field["type"]?.stringValue == "file" else {
                let value = variables.template(field["value"]?.scalarText ?? "", at: place)
                parts.append(.init(name: key, content: .text(value), type: type))
                continue
            }
            let paths =
                field["src"]?.elements?.compactMap(\.stringValue)
                ?? [field["src"]?.stringValue].compactMap(\.self)
            if paths.isEmpty {
                note(
                    field, name,
                    "the file of part '\(key.source)' is not named in the collection, so it is left out")
            }
            for path in paths {
                note(
                    field, name, "part '\(key.source)' is the file '\(path)', read from the project's folder")
                parts.append(
                    .init(name: key, content: .file(variables.template(path, at: place)), type: type))
            }
        }
        if !parts.isEmpty { action.body = .multipart(parts) }
    }

    private mutating func graphQL(_ node: YAMLNode, _ action: inout HTTPAction, _ name: String) {
        let place = node.location
        var members: [ValueTemplate.Member] = [
            .init(
                key: Template(constant: "query", at: place),
                value: .of(variables.template(node["query"]?.stringValue ?? "", at: place)))
        ]
        if let text = node["variables"]?.stringValue, !text.isEmpty {
            if let value = json(text, at: place) {
                members.append(.init(key: Template(constant: "variables", at: place), value: value))
            } else {
                note(node, name, "the variables of the GraphQL query are no JSON and are left out")
            }
        }
        action.body = .json(.object(members))
    }

    /// JSON in which `{{name}}` stands for a value or within a text; comments are passed over, as Postman does.
    mutating func json(_ raw: String, at place: SourceLocation) -> ValueTemplate? {
        guard raw.utf8.count < 4 << 20 else { return nil }
        var text = ""
        var isText = false
        var rest = raw[...]
        while let character = rest.first {
            if character == "\"" { isText.toggle() }
            if character == "\\", isText {
                text += rest.prefix(2)
                rest = rest.dropFirst(2)
                continue
            }
            if !isText, rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
                continue
            }
            if !isText, rest.hasPrefix("/*"), let end = rest.firstRange(of: "*/") {
                rest = rest[end.upperBound...]
                continue
            }
            if !isText, rest.hasPrefix("{{"), let end = rest.firstRange(of: "}}") {
                text +=
                    "\"" + rest[..<end.upperBound].filter { $0 != "\"" && $0 != "\\" && !$0.isNewline } + "\""
                rest = rest[end.upperBound...]
                continue
            }
            text.append(character)
            rest = rest.dropFirst()
        }
        guard let json = try? JSON(parsing: text, maxDepth: 64) else { return nil }
        return value(json, at: place)
    }

    private mutating func value(_ json: JSON, at place: SourceLocation) -> ValueTemplate {
        switch json {
        case .string(let text): return .of(variables.template(text, at: place))
        case .array(let elements): return .array(elements.map { value($0, at: place) })
        case .object(let members):
            return .object(
                members.map { name, value in
                    .init(key: variables.template(name, at: place), value: self.value(value, at: place))
                })
        default: return .literal(json)
        }
    }

    // MARK: who sends it

    private mutating func authorization(_ node: YAMLNode, _ action: inout HTTPAction, _ name: String) {
        guard let type = node["type"]?.stringValue else { return }
        let place = node.location
        func parameter(_ key: String) -> String? {
            let list = node[type]
            if let elements = list?.elements {
                return elements.first { $0["key"]?.stringValue == key }?["value"]?.scalarText
            }
            return list?[key]?.scalarText
        }
        let hasHeader = action.headers.contains { $0.name.lowercased() == "authorization" }
        switch type {
        case "noauth": return
        case "bearer":
            guard !hasHeader else { return }
            action.bearer = secret(parameter("token"), "TOKEN", place)
        case "basic", "digest":
            let user = variables.template(parameter("username") ?? "", at: place)
            let password = secret(parameter("password"), "PASSWORD", place)
            action.settings.authorization =
                type == "basic"
                ? .basic(user: user, password: password) : .digest(user: user, password: password)
        case "apikey":
            let key = parameter("key") ?? "X-API-Key"
            let value = secret(parameter("value"), ImportedNames.environment(key, or: "API_KEY"), place)
            if parameter("in") == "query" {
                if !action.query.contains(where: { $0.name == key }) {
                    action.query.append(.init(name: key, value: value))
                }
            } else if HTTPWords.isMethod(key) {
                action.headers.removeAll { $0.name.lowercased() == key.lowercased() }
                action.headers.append(.init(name: key, value: value))
            }
        case "oauth2":
            let token = secret(parameter("accessToken"), "ACCESS_TOKEN", place)
            note(node, name, "OAuth 2.0: the token itself is sent; how to get a new one is not carried over")
            if parameter("addTokenTo") == "queryParams" {
                action.query.append(.init(name: "access_token", value: token))
            } else {
                action.bearer = token
            }
        default:
            note(node, name, "authentication by '\(type)' is not carried over: the request is sent without")
        }
    }

    /// A secret that stands in the collection itself is not written down again.
    private mutating func secret(_ text: String?, _ name: String, _ place: SourceLocation) -> Template {
        guard let text, text.contains("{{") else {
            let written = secrets.environment(name, "who sends the requests (`auth`)")
            return TemplateWriting.template(written, at: place)
        }
        return variables.template(text, at: place)
    }
}

enum HTTPWords {
    /// A token of HTTP: a method or the name of a header. Source: RFC 9110 §5.6.2.
    static func isMethod(_ text: String) -> Bool { HARFile.isToken(text) && text != "CONNECT" }
}
