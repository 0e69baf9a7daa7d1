internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Turns recorded requests into those of a scenario: dynamic values become variables, credentials the environment's.
struct HARRequests {
    var correlation: Correlation
    /// The parameter of each origin.
    private(set) var bases: [(origin: String, name: String)] = []
    /// What the scenario reads from the environment.
    private(set) var secrets = SecretMasking()
    private(set) var notes: [ImportNote] = []
    private(set) var droppedHeaders = 0
    private(set) var droppedCookies = 0
    /// Cookies that answers have set so far: the runner keeps those itself.
    private var set: Set<String> = []

    init(origins: [String]) {
        var names = ImportedNames()
        for origin in origins {
            let address = WebAddress(origin)
            let word = ImportedNames.variable(
                address?.host.split(separator: ".").first.map(String.init) ?? "", or: "other")
            let name = bases.isEmpty ? "base" : "\(word)_base"
            bases.append((origin, names.unique(name, joinedBy: "_")))
        }
        correlation = Correlation(taken: Set(bases.map(\.name)))
    }

    mutating func learn(_ answer: HARFile.Answer, of entry: Int, _ address: WebAddress) {
        correlation.learn(answer, of: entry, address)
        for cookie in Correlation.cookies(of: answer) { set.insert(cookie.name) }
    }

    // MARK: a request

    mutating func action(_ entry: HARFile.Entry, _ address: WebAddress) -> HTTPAction {
        let place = entry.location
        var action = HTTPAction(method: entry.method, url: Template(constant: "", at: place))
        var url =
            bases.first { $0.origin == address.origin }.map { "${\($0.name)}" }
            ?? TemplateText.escaped(address.origin)
        url += address.path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            path(String(segment))
        }.joined(separator: "/")
        if let query = address.query, !query.isEmpty {
            if let fields = WebFields.read(query), WebFields.areDistinct(fields) {
                action.query = fields.map { field in
                    .init(name: field.name, value: template(text(field.value, as: field.name), place))
                }
            } else {
                url += "?" + parts(of: query)
            }
        }
        action.url = template(url, place)
        body(entry, &action)
        headers(entry, address, &action)
        cookies(entry, &action)
        secrets.mask(&action)
        return action
    }

    private func template(_ written: String, _ place: SourceLocation) -> Template {
        TemplateWriting.template(written, at: place)
    }

    /// A part of a path, as a template.
    private mutating func path(_ segment: String) -> String {
        guard !segment.isEmpty else { return "" }
        let value = WebFields.decoded(segment[...].replacing("+", with: "%2B")[...]) ?? segment
        if let name = correlation.variable(for: value, sentAs: nil) { return "${\(name)}" }
        correlation.sees(value)
        return TemplateText.escaped(segment)
    }

    /// A value of a query, a form or a header, as a template.
    private mutating func text(_ value: String, as key: String) -> String {
        if let name = correlation.variable(for: value, sentAs: key) { return "${\(name)}" }
        if SecretNames.contains(key), !value.isEmpty { return environment(key, "the value of '\(key)'") }
        correlation.sees(value)
        return TemplateText.escaped(value)
    }

    /// Fields that no mapping can hold, as they were sent but for values that answers told.
    private mutating func parts(of fields: String) -> String {
        fields.split(separator: "&", omittingEmptySubsequences: false).map { part -> String in
            guard let sign = part.firstIndex(of: "="), let name = WebFields.decoded(part[..<sign]) else {
                return TemplateText.escaped(String(part))
            }
            let value = String(part[part.index(after: sign)...])
            guard !value.isEmpty, let variable = correlation.variable(for: value, sentAs: name) else {
                return TemplateText.escaped(String(part))
            }
            return TemplateText.escaped(String(part[...sign])) + "${\(variable)}"
        }.joined(separator: "&")
    }

    /// `${env.NAME}`; one name for one thing.
    private mutating func environment(_ key: String, _ what: String) -> String {
        secrets.environment(key, what)
    }

    // MARK: bodies

    private mutating func body(_ entry: HARFile.Entry, _ action: inout HTTPAction) {
        let place = entry.location
        let type = (entry.bodyType ?? "").lowercased()
        if entry.isBodyMissing {
            notes.append(
                ImportNote(
                    location: place, subject: "\(entry.method) \(shortAddress(entry.url))",
                    message: "its body is not in the archive, so it is sent without one"))
            return
        }
        if type.hasPrefix("multipart/") {
            action.body = multipart(entry)
        } else if let text = entry.body {
            if let json = try? JSON(parsing: text, maxDepth: 64), isJSON(type, text) {
                action.body = .json(value(json, key: "", depth: 0))
                if !type.isEmpty, !type.contains("json"), let type = entry.bodyType {
                    action.headers.append(
                        .init(name: "Content-Type", value: Template(constant: type, at: place)))
                }
            } else if type.hasPrefix("application/x-www-form-urlencoded"), let fields = WebFields.read(text),
                WebFields.areDistinct(fields)
            {
                action.body = form(fields, place)
            } else {
                let isForm = type.hasPrefix("application/x-www-form-urlencoded")
                action.body = .text(template(isForm ? parts(of: text) : TemplateText.escaped(text), place))
                if let type = entry.bodyType, !type.isEmpty {
                    action.headers.append(
                        .init(name: "Content-Type", value: Template(constant: type, at: place)))
                }
            }
        } else if !entry.parts.isEmpty {
            let fields = entry.parts.map { WebFields.Field(name: $0.name, value: $0.value ?? "") }
            action.body = form(fields, place)
        }
    }

    private func isJSON(_ type: String, _ text: String) -> Bool {
        type.contains("json")
            || (type.isEmpty || type.hasPrefix("text/plain")) && (text.hasPrefix("{") || text.hasPrefix("["))
    }

    private func shortAddress(_ url: String) -> String { String(url.prefix { $0 != "?" }.prefix(80)) }

    private mutating func form(_ fields: [WebFields.Field], _ place: SourceLocation) -> HTTPAction.Body {
        guard WebFields.areDistinct(fields) else {
            let parts = fields.map { field in
                HTTPAction.Part(
                    name: Template(constant: field.name, at: place),
                    content: .text(template(text(field.value, as: field.name), place)))
            }
            return .multipart(parts)
        }
        return .form(fields.map { .init(name: $0.name, value: template(text($0.value, as: $0.name), place)) })
    }

    private mutating func multipart(_ entry: HARFile.Entry) -> HTTPAction.Body {
        let place = entry.location
        var parts = entry.parts
        if parts.isEmpty, let text = entry.body {
            parts = MultipartText.parts(text, type: entry.bodyType ?? "")
        }
        return .multipart(
            parts.map { part in
                if part.value == nil, part.fileName != nil {
                    notes.append(
                        ImportNote(
                            location: place, subject: "part '\(part.name)'",
                            message:
                                "the content of its file is not in the archive: put it where the scenario says"
                        ))
                    let path = "files/" + (part.fileName ?? part.name).replacing("/", with: "_")
                    return HTTPAction.Part(
                        name: Template(constant: part.name, at: place),
                        content: .text(Template(constant: "(content of \(path))", at: place)),
                        fileName: part.fileName.map { Template(constant: $0, at: place) },
                        type: part.type.map { Template(constant: $0, at: place) })
                }
                return HTTPAction.Part(
                    name: Template(constant: part.name, at: place),
                    content: .text(template(text(part.value ?? "", as: part.name), place)),
                    fileName: part.fileName.map { Template(constant: $0, at: place) },
                    type: part.type.map { Template(constant: $0, at: place) })
            })
    }

    private mutating func value(_ json: JSON, key: String, depth: Int) -> ValueTemplate {
        let place = SourceLocation(file: "", line: 1, column: 1)
        switch json {
        case .object(let members):
            return .object(
                members.map { name, value in
                    .init(
                        key: Template(constant: name, at: place),
                        value: self.value(value, key: name, depth: depth + 1))
                })
        case .array(let elements): return .array(elements.map { value($0, key: key, depth: depth + 1) })
        case .string(let text):
            if let name = correlation.variable(for: text, sentAs: key) {
                // A number that is sent as a text stays one.
                let written = correlation.isNumber(text) ? "${text(\(name))}" : "${\(name)}"
                return .template(template(written, place))
            }
            if SecretNames.contains(key), !text.isEmpty {
                return .template(template(environment(key, "the value of '\(key)'"), place))
            }
            correlation.sees(text)
            return .literal(json)
        case .int(let number):
            guard Correlation.isIdentity(key), let name = correlation.variable(for: "\(number)", sentAs: key)
            else {
                correlation.sees("\(number)")
                return .literal(json)
            }
            return .template(
                template(correlation.isNumber("\(number)") ? "${\(name)}" : "${number(\(name))}", place))
        default: return .literal(json)
        }
    }

    // MARK: headers and cookies

    /// Of the connection, the browser and its caches: the runner sends its own, or none.
    private static let volatile: Set<String> = [
        "host", "connection", "content-length", "accept-encoding", "accept-language", "user-agent", "cookie",
        "referer",
        "cache-control", "pragma", "if-none-match", "if-modified-since", "dnt", "upgrade-insecure-requests",
        "priority",
        "te", "transfer-encoding", "keep-alive", "proxy-connection", "expect", "purpose", "x-client-data",
        "range",
        "content-encoding", "traceparent", "tracestate", "x-request-id", "x-correlation-id", "newrelic",
        "sentry-trace",
        "baggage", "x-amzn-trace-id", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "http2-settings",
        "upgrade",
    ]

    private mutating func headers(_ entry: HARFile.Entry, _ address: WebAddress, _ action: inout HTTPAction) {
        let place = entry.location
        var seen: Set<String> = Set(action.headers.map { $0.name.lowercased() })
        for header in entry.headers {
            let name = header.name.lowercased()
            if Self.volatile.contains(name) || name.hasPrefix(":") || name.hasPrefix("sec-")
                || name.hasPrefix("access-control-request-") || name == "accept" && header.value == "*/*"
                || !HARFile.isToken(header.name)
            {
                droppedHeaders += name == "cookie" ? 0 : 1
                continue
            }
            if name == "content-type", isImplied(action.body, header.value) { continue }
            if name == "authorization" {
                authorization(header.value, &action, place)
                continue
            }
            guard seen.insert(name).inserted else { continue }
            if name == "origin" {
                // Only what checks it needs it.
                guard entry.method != "GET", let base = bases.first(where: { $0.origin == header.value })
                else {
                    continue
                }
                action.headers.append(.init(name: header.name, value: template("${\(base.name)}", place)))
                continue
            }
            let value = text(
                WebFields.decoded(header.value[...]).flatMap { decoded in
                    correlation.variable(for: decoded, sentAs: header.name) == nil ? nil : decoded
                } ?? header.value, as: header.name)
            action.headers.append(.init(name: header.name, value: template(value, place)))
        }
    }

    /// Whether the body says its type by itself.
    private func isImplied(_ body: HTTPAction.Body, _ type: String) -> Bool {
        switch body {
        case .json: type.lowercased().hasPrefix("application/json")
        case .none, .text: true
        case .form, .multipart, .file: true
        }
    }

    private mutating func authorization(_ value: String, _ action: inout HTTPAction, _ place: SourceLocation)
    {
        let words = value.split(separator: " ", maxSplits: 1).map(String.init)
        let scheme = words.first?.lowercased() ?? ""
        guard words.count == 2 else {
            let written = environment("authorization", "the header Authorization")
            action.headers.append(.init(name: "Authorization", value: template(written, place)))
            return
        }
        switch scheme {
        case "bearer":
            let name = correlation.variable(for: words[1], sentAs: "token")
            action.bearer = template(
                name.map { "${\($0)}" } ?? environment("token", "the bearer token"), place)
        case "basic":
            let user = Base64.decode(words[1]).flatMap { String(validating: $0, as: UTF8.self) }?
                .prefix { $0 != ":" }
            let password = environment("password", "the password of Basic authentication")
            action.settings.authorization = .basic(
                user: template(TemplateText.escaped(user.map(String.init) ?? "user"), place),
                password: template(password, place))
        default:
            let name = correlation.variable(for: words[1], sentAs: "token")
            let written =
                name.map { "\(TemplateText.escaped(words[0])) ${\($0)}" }
                ?? environment("authorization", "the header Authorization")
            action.headers.append(.init(name: "Authorization", value: template(written, place)))
        }
    }

    private static let trackers = [
        "_ga", "_gid", "_gat", "_fbp", "_fbc", "_hj", "__utm", "_pk_", "amplitude", "mp_", "intercom-",
    ]

    /// Cookies that no answer of the recording set: they were there before, or a script made them.
    private mutating func cookies(_ entry: HARFile.Entry, _ action: inout HTTPAction) {
        var cookies = entry.cookies
        if cookies.isEmpty, let header = entry.headers.first(where: { $0.name.lowercased() == "cookie" }) {
            cookies = header.value.split(separator: ";").compactMap { pair in
                guard let sign = pair.firstIndex(of: "=") else { return nil }
                return .init(
                    name: String(pair[..<sign].drop { $0 == " " }),
                    value: String(pair[pair.index(after: sign)...]))
            }
        }
        for cookie in cookies
        where !set.contains(cookie.name) && !action.cookies.contains(where: { $0.name == cookie.name }) {
            if Self.trackers.contains(where: cookie.name.lowercased().hasPrefix)
                || !HARFile.isToken(cookie.name)
            {
                droppedCookies += 1
                continue
            }
            let written =
                SecretNames.isCookie(cookie.name)
                ? environment(
                    cookie.name, "the cookie '\(cookie.name)', which was set before the recording began")
                : text(cookie.value, as: cookie.name)
            action.cookies.append(.init(name: cookie.name, value: template(written, entry.location)))
        }
    }
}

/// Bodies of `multipart/form-data` as a text.
enum MultipartText {
    static func parts(_ text: String, type: String) -> [HARFile.Part] {
        guard let start = type.firstRange(of: "boundary=")?.upperBound else { return [] }
        let boundary = type[start...].prefix { $0 != ";" }.filter { $0 != "\"" }
        guard !boundary.isEmpty else { return [] }
        let lines = text.replacing("\r\n", with: "\n")
        var parts: [HARFile.Part] = []
        for piece in lines.split(separator: "--\(boundary)").prefix(1000) {
            guard let gap = piece.firstRange(of: "\n\n") else { continue }
            let head = piece[..<gap.lowerBound]
            var value = String(piece[gap.upperBound...])
            if value.hasSuffix("\n") { value.removeLast() }
            guard let name = parameter("name", head) else { continue }
            let file = parameter("filename", head)
            let type = head.split(separator: "\n").first { $0.lowercased().hasPrefix("content-type:") }?
                .dropFirst(13).drop { $0 == " " }
            parts.append(
                .init(
                    name: name, value: file != nil && value.isEmpty ? nil : value, fileName: file,
                    type: type.map(String.init)))
        }
        return parts
    }

    private static func parameter(_ name: String, _ head: Substring) -> String? {
        guard let start = head.firstRange(of: " \(name)=\"")?.upperBound else { return nil }
        return String(head[start...].prefix { $0 != "\"" })
    }
}
