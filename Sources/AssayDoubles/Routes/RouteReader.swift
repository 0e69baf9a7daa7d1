internal import AssayCore
internal import AssayFormats

/// Reads a double in Assay's own form: a file that begins `double:`, or the same keys beside the stand's name for it.
struct RouteReader {
    let yaml: YAMLReading
    /// Names that templates of answers may begin with.
    static let names = ["request", "state", "double", "env", "secret"]

    /// `routes`, `state` and what else is beside them; other keys are left to the caller.
    func table(_ fields: inout MappingReader) -> RouteTable? {
        let routes = fields.required("routes") { node in
            yaml.list(node) { self.route($0) }
        }
        var key: Template?
        var first = "start"
        if let node = fields.value("state") {
            let _: Bool? = yaml.mapping(node, "state") { state in
                key = state.optional("key", self.template)
                first = state.optional("start", yaml.text) ?? first
                return true
            }
        }
        guard let routes else { return nil }
        let known = Set(
            routes.flatMap { $0.answers.compactMap(\.becomes) } + [first])
        for route in routes {
            for state in route.states where !known.contains(state) {
                yaml.error(
                    "AS128", "no answer makes the state '\(state)'", at: route.location,
                    fix: nearestName(to: state, among: known.sorted()).map { "did you mean '\($0)'?" }
                        ?? "write `becomes: \(state)` in an answer, or `state: {start: \(state)}`")
            }
        }
        let folder = yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? ""
        return RouteTable(routes: routes, stateKey: key, firstState: first, folder: folder)
    }

    private func route(_ node: YAMLNode) -> Route? {
        yaml.mapping(node, "route") { fields in
            var states: [String] = []
            let request = fields.required("on") { node in
                yaml.mapping(node, "request of a route") { fields in
                    states = fields.optional("state") { yaml.oneOrMore($0, of: yaml.text) } ?? []
                    return self.request(&fields)
                }
            }
            let form = fields.choice(of: ["answer", "answers"], code: "AS127")
            var answers: [RouteAnswer?] = []
            if let form {
                answers =
                    form.name == "answer"
                    ? [answer(form.value)] : (yaml.list(form.value) { self.answer($0) } ?? []).map { $0 }
                if form.name == "answers", answers.isEmpty {
                    yaml.error(
                        "AS127", "the route has no answer", at: form.value,
                        fix: "write `answers: [{status: 503}, {status: 200}]`")
                }
            }
            if form?.name == "answers",
                let answer = answers.compactMap(\.self).first(where: { $0.becomes != nil })
            {
                yaml.error(
                    "AS127", "'becomes' belongs to the only answer of a route", at: answer.location,
                    fix: "write a route for each state, with `on: {…, state: NAME}`")
            }
            let cycles = fields.optional("then") { yaml.enumeration($0, of: ["stay", "again"]) } == "again"
            guard let request, !answers.isEmpty, !answers.contains(where: { $0 == nil }) else { return nil }
            return Route(
                request: request, states: states, answers: answers.compactMap(\.self), cycles: cycles,
                location: node.location)
        }
    }

    private func request(_ fields: inout MappingReader) -> WantedRequest<ValueTemplate>? {
        guard let request = yaml.wantedRequest(&fields, code: "AS127") else { return nil }
        guard request.fixedPath != nil else {
            yaml.error(
                "AS127", "the path of a route must be constant, found \(request.path?.source ?? "none")",
                at: request.location, fix: "write `{name}` for a part that varies: `/orders/{id}`")
            return nil
        }
        for template in request.templates { check(template, among: ["env", "secret"]) }
        return request
    }

    // MARK: answers

    private func answer(_ node: YAMLNode) -> RouteAnswer? {
        yaml.mapping(node, "answer") { fields in
            let status = fields.optional("status", self.status)
            let headers = fields.optional("headers") { node in
                yaml.entries(node, "headers").compactMap { pair in
                    self.template(pair.value).map { (name: pair.name, value: $0) }
                }
            }
            let form = fields.choice(
                of: ["json", "text", "file", "events"], isRequired: false, code: "AS127")
            let ending = fields.optional("then") { yaml.enumeration($0, as: EventStream.End.self) }
            let body = if let form { self.body(form, ending ?? .close) } else { RouteAnswer.Body.empty }
            let becomes = fields.optional("becomes", yaml.text)
            let remembered = fields.optional("remember") { node in
                yaml.entries(node, "remember").compactMap { pair in
                    self.value(pair.value).map { (name: pair.name, value: $0) }
                }
            }
            guard let body else { return nil }
            return RouteAnswer(
                status: status, headers: headers ?? [], body: body, becomes: becomes,
                remembered: remembered ?? [], location: node.location)
        }
    }

    private func body(_ pair: YAMLNode.Pair, _ ending: EventStream.End) -> RouteAnswer.Body? {
        switch pair.name {
        case "json": value(pair.value).map { .json($0) }
        case "text": template(pair.value).map { .text($0) }
        case "file": template(pair.value).map { .file($0) }
        default: yaml.list(pair.value) { self.event($0) }.map { .events($0, ending) }
        }
    }

    private func event(_ node: YAMLNode) -> RouteAnswer.Event? {
        guard node.pairs?.contains(where: { ["data", "event", "id"].contains($0.name) }) == true else {
            return value(node).map { RouteAnswer.Event(data: $0, after: .zero) }
        }
        return yaml.mapping(node, "event") { fields in
            let data = fields.required("data", self.value)
            let name = fields.optional("event", self.template)
            let id = fields.optional("id", self.template)
            let after = fields.optional("after", yaml.duration)
            return data.map { RouteAnswer.Event(name: name, id: id, data: $0, after: after ?? .zero) }
        }
    }

    private func status(_ node: YAMLNode) -> ValueTemplate? {
        guard let value = value(node) else { return nil }
        if let constant = value.asConstant, !(200...599).contains(constant.intValue ?? 0) {
            yaml.error(
                "AS127", "a status is a number from 200 to 599, found \(node.kindText)", at: node,
                fix: "write `status: 201`")
            return nil
        }
        return value
    }

    // MARK: templates

    private func template(_ node: YAMLNode) -> Template? {
        let template = yaml.template(node)
        if let template { check(template) }
        return template
    }

    private func value(_ node: YAMLNode) -> ValueTemplate? {
        let value = yaml.valueTemplate(node)
        for template in value?.templates ?? [] { check(template) }
        return value
    }

    /// A name that nothing sets would only be found by a request.
    private func check(_ template: Template, among names: [String] = Self.names) {
        for name in template.freeNames where !names.contains(name.name) {
            let near = nearestName(to: name.name, among: names)
            let read = names.map { "`${\($0).…}`" }.joined(separator: ", ")
            yaml.error(
                "AS129", "nothing is called '\(name.name)' here", at: name.location,
                fix: near.map { "did you mean '\($0)'?" } ?? "what can be read is " + read)
        }
    }
}
