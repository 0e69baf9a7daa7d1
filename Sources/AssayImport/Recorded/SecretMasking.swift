internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Secrets that stand in another tool's file are not written down again: the scenario reads `${env.NAME}` in their place.
struct SecretMasking {
    /// Variables of the environment that are read, in the order of their first use, with what they are.
    private(set) var found: [(name: String, what: String)] = []
    private var names: [String: String] = [:]

    /// Lines for the summary of an import.
    var summary: [String] { found.map { "set \($0.name) in the environment: \($0.what)" } }

    /// `${env.NAME}`; one name for one thing.
    mutating func environment(_ key: String, _ what: String) -> String { "${\(variable(key, what))}" }

    private mutating func variable(_ key: String, _ what: String) -> String {
        let name = names[key] ?? ImportedNames.environment(key, or: "SECRET")
        if names.updateValue(name, forKey: key) == nil, !found.contains(where: { $0.name == name }) {
            found.append((name, what))
        }
        return "env.\(name)"
    }

    // MARK: requests

    /// Constants under the names of secrets, wherever a request has them.
    mutating func mask(_ action: inout HTTPAction) {
        address(&action.url)
        for place in action.query.indices { field(&action.query[place]) }
        for place in action.cookies.indices { cookie(&action.cookies[place]) }
        if let bearer = action.bearer, hasConstant(bearer) {
            action.bearer = template(environment("token", "the bearer token"), bearer.location)
        }
        switch action.settings.authorization {
        case .basic(let user, let password)? where hasConstant(password):
            action.settings.authorization = .basic(user: user, password: self.password(password.location))
        case .digest(let user, let password)? where hasConstant(password):
            action.settings.authorization = .digest(user: user, password: self.password(password.location))
        default: break
        }
        body(&action)
        for place in action.headers.indices { header(&action.headers[place]) }
    }

    private mutating func password(_ place: SourceLocation) -> Template {
        template(environment("password", "the password of the authentication"), place)
    }

    private func hasConstant(_ template: Template) -> Bool { template.constantText?.isEmpty == false }

    private func template(_ written: String, _ place: SourceLocation) -> Template {
        TemplateWriting.template(written, at: place)
    }

    private mutating func field(_ field: inout HTTPAction.Field) {
        guard SecretNames.contains(field.name), hasConstant(field.value) else { return }
        field.value = template(
            environment(field.name, "the value of '\(field.name)'"), field.value.location)
    }

    private mutating func cookie(_ cookie: inout HTTPAction.Field) {
        guard SecretNames.isCookie(cookie.name), hasConstant(cookie.value) else { return }
        cookie.value = template(
            environment(cookie.name, "the cookie '\(cookie.name)'"), cookie.value.location)
    }

    /// The word of a scheme stays: `Bearer ${env.TOKEN}`.
    private mutating func header(_ header: inout HTTPAction.Field) {
        let name = header.name.lowercased()
        guard let text = header.value.constantText, !text.isEmpty else { return }
        let place = header.value.location
        if name == "cookie" {
            header.value = fields(of: header.value, startsInside: true, separator: ";")
        } else if name == "authorization" || name == "proxy-authorization" {
            let words = text.split(separator: " ", maxSplits: 1)
            let isBearer = words.first?.lowercased() == "bearer" && name == "authorization"
            let value =
                isBearer
                ? environment("token", "the bearer token")
                : environment(name, "the header \(header.name)")
            let scheme = words.count == 2 ? TemplateText.escaped(String(words[0])) + " " : ""
            header.value = template(scheme + value, place)
        } else {
            field(&header)
        }
    }

    // MARK: addresses and forms

    /// Fields behind the question mark.
    private mutating func address(_ url: inout Template) {
        url = fields(of: url, startsInside: false, separator: "&")
    }

    /// `name=value` parts of a text, whose other parts stay as they are.
    ///
    /// - Parameter startsInside: whether there are fields at once, or only behind a question mark.
    private mutating func fields(of text: Template, startsInside: Bool, separator: Character) -> Template {
        var segments: [Template.Segment] = []
        var isInside = startsInside
        var isChanged = false
        for (place, segment) in text.segments.enumerated() {
            guard case .text(var rest) = segment else {
                segments.append(segment)
                continue
            }
            var plain = ""
            var isWhole = place == 0
            if !isInside {
                guard let mark = rest.firstIndex(of: "?") else {
                    segments.append(segment)
                    continue
                }
                plain = String(rest[...mark])
                rest = String(rest[rest.index(after: mark)...])
                (isInside, isWhole) = (true, true)
            }
            let parts = rest.split(separator: separator, omittingEmptySubsequences: false)
            for (number, part) in parts.enumerated() {
                if number > 0 { plain.append(separator) }
                let isEnd = number + 1 < parts.count || place + 1 == text.segments.count
                let isStart = number > 0 || isWhole
                guard isStart, isEnd, let name = Self.secret(part) else {
                    plain += part
                    continue
                }
                isChanged = true
                plain += String(part.prefix { $0 != "=" }) + "="
                let variable = self.variable(name, "the value of '\(name)', as it is sent")
                segments.append(.text(plain))
                segments += template("${\(variable)}", text.location).segments
                plain = ""
            }
            if !plain.isEmpty { segments.append(.text(plain)) }
        }
        guard isChanged else { return text }
        let made = Template(source: "", location: text.location, segments: segments)
        return template(TemplateWriting().text(made), text.location)
    }

    /// The name of a field that holds a secret.
    private static func secret(_ part: Substring) -> String? {
        guard let sign = part.firstIndex(of: "="), part.index(after: sign) < part.endIndex else { return nil }
        let written = part[..<sign].drop { $0 == " " }
        let name = WebFields.decoded(written) ?? String(written)
        return SecretNames.contains(name) ? name : nil
    }

    // MARK: bodies

    private mutating func body(_ action: inout HTTPAction) {
        switch action.body {
        case .none, .file: break
        case .json(let value): action.body = .json(masked(value, key: "", isSecret: false))
        case .form(var fields):
            for place in fields.indices { field(&fields[place]) }
            action.body = .form(fields)
        case .multipart(let parts): action.body = .multipart(parts.map { part($0) })
        case .text(let text): action.body = self.text(text, &action.headers)
        }
    }

    private mutating func part(_ part: HTTPAction.Part) -> HTTPAction.Part {
        guard let name = part.name.constantText, SecretNames.contains(name),
            case .text(let value) = part.content, hasConstant(value)
        else { return part }
        var part = part
        part.content = .text(template(environment(name, "the value of '\(name)'"), value.location))
        return part
    }

    /// A text may be JSON or a form, whatever it is called.
    private mutating func text(_ text: Template, _ headers: inout [HTTPAction.Field]) -> HTTPAction.Body {
        if let constant = text.constantText, constant.first == "{" || constant.first == "[",
            let json = try? JSON(parsing: constant, maxDepth: 64)
        {
            let value = masked(.literal(json), key: "", isSecret: false)
            guard value != .literal(json) else { return .text(text) }
            if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                headers.append(
                    .init(name: "Content-Type", value: Template(constant: "text/plain", at: text.location)))
            }
            return .json(value)
        }
        let isForm = text.segments.allSatisfy { segment in
            guard case .text(let part) = segment else { return true }
            return !part.contains { $0.isWhitespace || $0 == "<" }
        }
        return .text(isForm ? fields(of: text, startsInside: true, separator: "&") : text)
    }

    /// What stands below the name of a secret is one, too.
    mutating func masked(_ value: ValueTemplate, key: String, isSecret: Bool) -> ValueTemplate {
        let place = SourceLocation(file: "", line: 1, column: 1)
        switch value {
        case .template(let text):
            guard isSecret, hasConstant(text) else { return value }
            return .template(template(environment(key, "the value of '\(key)'"), place))
        case .array(let elements):
            return .array(elements.map { masked($0, key: key, isSecret: isSecret) })
        case .object(let members):
            return .object(
                members.map { member in
                    let name = member.key.constantText ?? ""
                    let isOwn = SecretNames.contains(name)
                    let path = isSecret && !isOwn ? "\(key) \(name)" : name
                    return .init(
                        key: member.key, value: masked(member.value, key: path, isSecret: isSecret || isOwn))
                })
        case .literal(let json): return masked(json, key: key, isSecret: isSecret, place)
        }
    }

    private mutating func masked(_ json: JSON, key: String, isSecret: Bool, _ place: SourceLocation)
        -> ValueTemplate
    {
        switch json {
        case .object(let members):
            let whole = ValueTemplate.object(
                members.map { .init(key: Template(constant: $0.key, at: place), value: .literal($0.value)) })
            let made = masked(whole, key: key, isSecret: isSecret)
            return made == whole ? .literal(json) : made
        case .array(let elements):
            let whole = ValueTemplate.array(elements.map { .literal($0) })
            let made = masked(whole, key: key, isSecret: isSecret)
            return made == whole ? .literal(json) : made
        case .string(let text):
            guard isSecret, !text.isEmpty else { return .literal(json) }
            return .template(template(environment(key, "the value of '\(key)'"), place))
        case .null, .bool: return .literal(json)
        default:
            // A number stays one.
            guard isSecret, !SecretNames.isMeasure(key) else { return .literal(json) }
            let variable = self.variable(key, "the value of '\(key)', a number")
            return .template(template("${number(\(variable))}", place))
        }
    }
}
