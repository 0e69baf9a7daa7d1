import AssayCore
import AssayFormats

/// What has to hold inside one object of a document, beyond the kinds of its values.
struct APIPartChecks {
    let reading: APIReading

    func check(_ part: APIPart, is kind: APIGrammar.Kind) {
        switch kind {
        case .parameter:
            checkPlace(part)
            checkValue(part, "the parameter '\(part.value["name"]?.stringValue ?? "")'")
        case .header: checkValue(part, "a header")
        case .pathItem, .operation:
            checkTwins(part)
            if kind == .operation { checkStatuses(part) }
        case .media: break
        case .requestBody, .response: checkTypes(part)
        case .securityScheme: checkScheme(part)
        case .server: checkServer(part)
        default: break
        }
    }

    // MARK: Parameters

    private func checkPlace(_ part: APIPart) {
        guard let place = part["in"], let text = place.value.stringValue else { return }
        guard let kind = APIParameter.Place(rawValue: text) else {
            let fix = text == "body" || text == "formData" ? "describe it with `requestBody`" : nil
            reading.error(
                "AS153", "expected path, query, header or cookie for 'in', found '\(text)'", at: place,
                fix: fix)
            return
        }
        guard let style = part["style"], let word = style.value.stringValue,
            let known = APIParameter.Style(rawValue: word)
        else { return }
        let allowed: [APIParameter.Style] =
            switch kind {
            case .path: [.simple, .label, .matrix]
            case .query: [.form, .spaceDelimited, .pipeDelimited, .deepObject]
            case .header: [.simple]
            case .cookie: [.form]
            }
        if !allowed.contains(known) {
            let names = allowed.map(\.rawValue).joined(separator: ", ")
            reading.warn(
                "AS153", "expected style \(names) for a \(kind.rawValue) parameter, found '\(word)'",
                at: style)
        }
    }

    private func checkValue(_ part: APIPart, _ what: String) {
        if let style = part["style"], let word = style.value.stringValue,
            APIParameter.Style(rawValue: word) == nil
        {
            let names = APIParameter.Style.allCases.map(\.rawValue)
            reading.error(
                "AS153", "expected one of \(names.joined(separator: ", ")) for 'style', found '\(word)'",
                at: style, fix: nearestName(to: word, among: names).map { "did you mean '\($0)'?" })
        }
        let content = part["content"]?.members.count
        switch (part["schema"] != nil, content) {
        case (false, nil):
            reading.warn("AS153", "\(what) has no 'schema': any value will do", at: part)
        case (true, .some):
            reading.warn(
                "AS153", "\(what) has 'schema' and 'content': 'schema' counts", at: part,
                fix: "keep one of them")
        case (false, let count?) where count != 1:
            reading.warn("AS153", "\(what) has one media type in 'content', found \(count)", at: part)
        default: break
        }
    }

    /// Parameters of the same name and place in one list.
    private func checkTwins(_ part: APIPart) {
        var seen: Set<String> = []
        for place in part["parameters"]?.elements ?? [] {
            guard let parameter = reading.resolve(place), let name = parameter.value["name"]?.stringValue,
                let kind = parameter.value["in"]?.stringValue
            else { continue }
            if !seen.insert(kind + " " + name).inserted {
                reading.warn("AS153", "the \(kind) parameter '\(name)' is described twice", at: place)
            }
        }
    }

    // MARK: Responses

    private func checkStatuses(_ operation: APIPart) {
        let responses = operation["responses"]?.members.filter { !$0.name.hasPrefix("x-") } ?? []
        if case .object? = operation["responses"]?.value, responses.isEmpty, let part = operation["responses"]
        {
            reading.warn("AS147", "'responses' has none", at: part, fix: "add `default: …`")
        }
        for (name, part) in responses where !Self.isStatus(name) {
            reading.tell(
                Diagnostic(
                    "AS157", "expected a status like 200, 4XX or default, found '\(name)'",
                    at: operation["responses"]?.location(ofName: name) ?? part.location), in: part.document)
        }
    }

    static func isStatus(_ name: String) -> Bool {
        let name = name.lowercased()
        guard name != "default" else { return true }
        guard name.utf8.count == 3, let first = name.utf8.first, (0x31...0x35).contains(first) else {
            return false
        }
        let rest = name.dropFirst()
        return rest == "xx" || rest.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private func checkTypes(_ part: APIPart) {
        for (type, media) in part["content"]?.members ?? [] where MediaType(type) == nil {
            reading.tell(
                Diagnostic(
                    "AS157", "expected a media type like application/json, found '\(type)'",
                    at: part["content"]?.location(ofName: type) ?? media.location, severity: .warning),
                in: part.document)
        }
    }

    // MARK: Security, servers

    private func checkScheme(_ part: APIPart) {
        guard let type = part["type"], let word = type.value.stringValue else { return }
        guard APIOperationReader.kind(of: part.value) == nil else { return }
        switch word {
        case "apiKey":
            reading.error(
                "AS156", "an apiKey has 'name', and 'in' with query, header or cookie", at: part)
        case "http": reading.error("AS156", "a scheme of type http has 'scheme', like bearer", at: part)
        default:
            reading.error(
                "AS156",
                "expected one of apiKey, http, oauth2, openIdConnect, mutualTLS for 'type', found '\(word)'",
                at: type)
        }
    }

    private func checkServer(_ part: APIPart) {
        guard let url = part["url"], let text = url.value.stringValue else { return }
        for name in APIOperationReader.variableNames(in: text) {
            guard let variable = part["variables"]?[name] else {
                reading.warn("AS158", "the server's '{\(name)}' has no variable: any value will do", at: url)
                continue
            }
            let values = (variable.value["enum"]?.arrayValue ?? []).compactMap(APIOperationReader.scalar)
            guard let standard = variable["default"], let value = APIOperationReader.scalar(standard.value),
                !values.isEmpty, !values.contains(value)
            else { continue }
            reading.warn(
                "AS158", "expected \(choice(values)) for 'default', found '\(value)'",
                at: standard)
        }
    }
}
