internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// A collection while its steps are made.
struct PostmanCollection {
    private var requests: PostmanRequests
    private var notes: [ImportNote] = []
    private var top: [(name: String, steps: [Step], isFolder: Bool)] = []
    private var ids = ImportedNames()
    private(set) var requestCount = 0
    private var checkCount = 0
    private var captureCount = 0
    /// Set by scripts to what no answer tells.
    private var assigned: [(key: String, value: String, location: SourceLocation)] = []
    private var scriptNotes: Set<String> = []
    /// Variables that some answer tells.
    private var captured: Set<String> = []
    private static let deepest = 20

    /// What folders hand down.
    private struct Context {
        var auth: YAMLNode?
        var tests: [YAMLNode] = []
        var before: [YAMLNode] = []
    }

    init(variables: PostmanVariables) { requests = PostmanRequests(variables: variables) }

    var allNotes: [ImportNote] {
        notes + requests.notes
            + requests.variables.unknownDynamic.map {
                ImportNote(
                    location: $0.location, subject: "{{\($0.name)}}",
                    message: "is a random text of eight letters here")
            }
    }

    var summary: [String] {
        var lines = ["\(requestCount) request\(requestCount == 1 ? "" : "s")"]
        if checkCount > 0 { lines.append("\(checkCount) checks of test scripts (`expect`)") }
        if captureCount > 0 { lines.append("\(captureCount) values taken from answers (`capture`)") }
        return lines + environmentLines
    }

    private var environmentLines: [String] = []

    // MARK: reading

    mutating func read(_ items: [YAMLNode], below root: YAMLNode) {
        var context = Context()
        inherit(root, &context)
        var loose: [Step] = []
        for item in items {
            if let inner = item["item"]?.elements {
                if !loose.isEmpty { top.append(("", loose, false)) }
                loose = []
                var own = context
                inherit(item, &own)
                let steps = self.steps(inner, own, depth: 1)
                if !steps.isEmpty { top.append((item["name"]?.scalarText ?? "folder", steps, true)) }
            } else if let step = step(item, context) {
                loose.append(step)
            }
        }
        if !loose.isEmpty { top.append(("", loose, false)) }
    }

    private func inherit(_ node: YAMLNode, _ context: inout Context) {
        if let auth = node["auth"], !auth.isNull { context.auth = auth }
        for event in node["event"]?.elements ?? [] where event["disabled"]?.scalarText != "true" {
            guard let script = event["script"] else { continue }
            if event["listen"]?.stringValue == "test" {
                context.tests.append(script)
            } else {
                context.before.append(script)
            }
        }
    }

    private mutating func steps(_ items: [YAMLNode], _ context: Context, depth: Int) -> [Step] {
        guard depth < Self.deepest else {
            if let first = items.first {
                notes.append(
                    .init(location: first.location, subject: "", message: "folders this deep are left out"))
            }
            return []
        }
        return items.flatMap { item -> [Step] in
            guard let inner = item["item"]?.elements else { return step(item, context).map { [$0] } ?? [] }
            var own = context
            inherit(item, &own)
            let steps = self.steps(inner, own, depth: depth + 1)
            guard !steps.isEmpty else { return [] }
            let name = Self.groupName(item["name"]?.scalarText ?? "folder")
            return [
                Step(
                    name: name, location: item.location, action: .group(GroupAction(name: name, steps: steps))
                )
            ]
        }
    }

    /// `/` stands between the names of groups inside each other.
    private static func groupName(_ text: String) -> String {
        let words = text.split(whereSeparator: { $0 == "/" || $0.isWhitespace }).joined(separator: " ")
        return words.isEmpty ? "folder" : TemplateText.escaped(String(words.prefix(80)))
    }

    private mutating func step(_ item: YAMLNode, _ context: Context) -> Step? {
        let name = item["name"]?.scalarText ?? "request"
        guard let request = item["request"], !request.isNull else {
            notes.append(
                .init(
                    location: item.location, subject: name, message: "it has no `request`, so it is left out")
            )
            return nil
        }
        var own = context
        for event in item["event"]?.elements ?? [] where event["disabled"]?.scalarText != "true" {
            guard let script = event["script"] else { continue }
            if event["listen"]?.stringValue == "test" {
                own.tests.append(script)
            } else {
                own.before.append(script)
            }
        }
        for script in own.before { before(script, name) }
        guard let action = requests.action(request, auth: own.auth, named: name) else { return nil }
        requestCount += 1
        let id = ids.unique(ImportedNames.slug(name, or: "request"))
        var step = Step(id: id, name: id, location: item.location, action: .http(action))
        for script in own.tests {
            let read = self.script(script, name)
            step.expectation.checks += read.checks.filter { found in
                !step.expectation.checks.contains {
                    "\($0.subject.name)\($0.matcher)" == "\(found.subject.name)\(found.matcher)"
                }
            }
            for capture in read.captures {
                let variable = requests.variables.name(of: capture.key)
                captured.insert(capture.key)
                step.captures.removeAll { $0.name == variable }
                step.captures.append(
                    Capture(name: variable, source: capture.source, location: capture.location))
            }
            assigned += read.assigned
        }
        checkCount += step.expectation.checks.count
        captureCount += step.captures.count
        return step
    }

    private mutating func script(_ node: YAMLNode, _ name: String) -> PostmanScript {
        // Names are fixed first, so that the reading itself changes nothing.
        var variables = requests.variables
        var names: [String: String] = [:]
        for key in Self.keys(in: node) { names[key] = variables.name(of: key) }
        requests.variables = variables
        let known = names
        let read = PostmanScript(node, named: name) {
            known[$0] ?? ImportedNames.variable($0, or: "variable")
        }
        for note in read.notes where scriptNotes.insert("\(note.location) \(note.message)").inserted {
            notes.append(note)
        }
        return read
    }

    /// Texts in a script that may be names of variables.
    private static func keys(in node: YAMLNode) -> [String] {
        let exec = node["exec"] ?? node
        let text =
            exec.elements.map { $0.map { $0.scalarText ?? "" }.joined(separator: "\n") } ?? exec.stringValue
            ?? ""
        guard text.contains("ariable") || text.contains("environment") || text.contains("globals") else {
            return []
        }
        var keys: [String] = []
        var isNext = false
        for token in ScriptLexer.tokens(of: text) {
            switch token.kind {
            case .word(let word):
                isNext = [
                    "get", "set", "setEnvironmentVariable", "setGlobalVariable", "getEnvironmentVariable",
                    "getGlobalVariable",
                ].contains(word)
            case .sign("("): break
            case .text(let text):
                if isNext, !keys.contains(text), !text.isEmpty { keys.append(text) }
                isNext = false
            default: isNext = false
            }
        }
        return keys
    }

    /// A script that runs before a request: what it sets to a constant or a time becomes a variable.
    private mutating func before(_ node: YAMLNode, _ name: String) {
        let read = script(node, name)
        assigned += read.assigned
        for check in read.checks.prefix(1) {
            notes.append(
                .init(
                    location: check.location, subject: name,
                    message: "a check before the request is not carried over"))
        }
        for capture in read.captures {
            notes.append(
                .init(
                    location: capture.location, subject: name,
                    message: "'\(capture.key)' cannot be taken before the request"))
        }
    }

    // MARK: scenarios

    /// One scenario a folder, or one for all when folders hand values to each other.
    mutating func scenarios(named title: String) -> [Scenario] {
        var taken: [Set<String>] = []
        for part in top { taken.append(Set(Self.captures(part.steps))) }
        let flows = top.indices.contains { place in
            let read = Self.reads(top[place].steps)
            return taken.indices.contains {
                $0 != place && !taken[$0].isDisjoint(with: read)
                    && taken[place].isDisjoint(with: taken[$0].intersection(read))
            }
        }
        let start = SourceLocation(file: top.first?.steps.first?.location.file ?? "", line: 1, column: 1)
        func made(_ name: String, _ steps: [Step], _ number: Int) -> Scenario {
            // Scenarios are told apart by name and place.
            var place = start
            place.column = number + 1
            return Scenario(
                name: name, location: place, tags: ["imported"],
                parameters: parameters(for: steps, at: start), steps: steps)
        }
        environmentLines = environment(of: parameters(for: top.flatMap(\.steps), at: start))
        guard top.count > 1, !flows else {
            let steps =
                top.count == 1
                ? top[0].steps
                : top.flatMap { part -> [Step] in
                    guard part.isFolder else { return part.steps }
                    let name = Self.groupName(part.name)
                    return [
                        Step(
                            name: name, location: part.steps[0].location,
                            action: .group(GroupAction(name: name, steps: part.steps)))
                    ]
                }
            return [made(title, steps, 0)]
        }
        var names = ImportedNames()
        return top.enumerated().map { number, part in
            made(names.unique(part.isFolder ? part.name : title, joinedBy: " "), part.steps, number)
        }
    }

    private static func captures(_ steps: [Step]) -> [String] {
        steps.flatMap { step in step.captures.map(\.name) + captures(step.inner) }
    }

    /// Names that steps read before they set them themselves.
    private static func reads(_ steps: [Step]) -> Set<String> {
        var set: Set<String> = []
        var found: Set<String> = []
        func walk(_ steps: [Step]) {
            for step in steps {
                if case .http(let action) = step.action {
                    for template in action.allTemplates {
                        for name in template.freeNames where !set.contains(name.name) {
                            found.insert(name.name)
                        }
                    }
                }
                for check in step.expectation.checks {
                    _ = check.matcher.map { value -> ValueTemplate in
                        for name in value.freeNames where !set.contains(name.name) { found.insert(name.name) }
                        return value
                    }
                }
                walk(step.inner)
                for capture in step.captures { set.insert(capture.name) }
            }
        }
        walk(steps)
        return found
    }

    /// Names that must have a value from the start, each after those that its own value reads.
    private func parameters(for steps: [Step], at start: SourceLocation) -> [Scenario.Parameter] {
        var variables = requests.variables
        var done: Set<String> = []
        var result: [Scenario.Parameter] = []
        let keys = Dictionary(
            (variables.known.map(\.key) + variables.used + assigned.map(\.key)).map {
                (variables.name(of: $0), $0)
            },
            uniquingKeysWith: { first, _ in first })
        var open: Set<String> = []
        func add(_ name: String) {
            guard !done.contains(name), open.insert(name).inserted, let key = keys[name] else { return }
            let written = value(of: key, &variables)
            let template = TemplateWriting.template(written, at: start)
            for inner in template.freeNames where inner.name != "env" { add(inner.name) }
            // Values that read each other have none.
            let isRound = template.freeNames.contains { $0.name != "env" && !done.contains($0.name) }
            let standard: ValueTemplate = isRound ? .literal(.string("")) : .of(template)
            done.insert(name)
            result.append(.init(name: name, standard: standard, location: start))
        }
        for name in Self.reads(steps).sorted() { add(name) }
        return result
    }

    private func value(of key: String, _ variables: inout PostmanVariables) -> String {
        if let last = assigned.last(where: { $0.key == key }), variables.variable(key)?.value.isEmpty != false
        {
            return last.value
        }
        let name = ImportedNames.environment(key, or: "VALUE")
        guard let variable = variables.variable(key), !variable.value.isEmpty, !variable.isSecret else {
            // Until an answer tells it, it is empty.
            return captured.contains(key) ? "${env.\(name) || ''}" : "${env.\(name)}"
        }
        let written = variables.written(variable.value, at: variable.location)
        let isAddress = variable.value.contains("://") && !variable.value.contains("{{")
        return isAddress ? "${env.\(name) || \(TemplateText.literal(variable.value))}" : written
    }

    private func environment(of parameters: [Scenario.Parameter]) -> [String] {
        parameters.compactMap { parameter in
            guard case .template(let template)? = parameter.standard, let sole = template.soleExpression,
                case .member(.name("env", _), let name) = sole
            else { return nil }
            return "set \(name) in the environment: the variable '\(parameter.name)'"
        }
    }
}

extension HTTPAction {
    /// What it computes.
    var allTemplates: [Template] {
        var found =
            [url] + headers.map(\.value) + query.map(\.value) + cookies.map(\.value)
            + (bearer.map { [$0] } ?? [])
        found += settings.templates
        switch body {
        case .none: break
        case .json(let value): found += value.templates
        case .text(let text), .file(let text): found.append(text)
        case .form(let fields): found += fields.map(\.value)
        case .multipart(let parts):
            for part in parts {
                found += [part.name] + [part.fileName, part.type].compactMap(\.self)
                switch part.content {
                case .text(let text), .file(let text): found.append(text)
                }
            }
        }
        return found
    }
}
