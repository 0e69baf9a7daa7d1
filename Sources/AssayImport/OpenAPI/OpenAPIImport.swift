public import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Makes scenarios of the operations of an OpenAPI document.
public struct OpenAPIImport: Sendable {
    /// What a scenario is made of.
    public enum Grouping: String, Sendable, CaseIterable {
        /// The operations of a tag one after the other, which hand on what they create.
        case tag
        case operation
    }

    public var grouping = Grouping.tag
    /// Where the interface is when nothing else is said; `nil` leaves it to `BASE_URL`.
    public var server: String?

    public init() {}

    /// - Parameters:
    ///   - calls: the operations in the order of the document.
    ///   - title: of the document.
    ///   - notes: what could not be made into a call.
    /// - Throws: AS626 when there is no operation.
    public func files(
        of calls: [DescribedCall], title: String, file: String, notes: [ImportNote] = []
    ) throws(Diagnostics) -> ImportedFiles {
        guard !calls.isEmpty else {
            throw Diagnostics([
                Diagnostic(
                    "AS626", "the document has no operation to make a scenario of",
                    at: notes.first?.location ?? SourceLocation(file: file, line: 1, column: 1))
            ])
        }
        var making = OpenAPIScenarios(server: server, file: file)
        var groups: [(name: String, calls: [DescribedCall])] = []
        for call in calls {
            let name = grouping == .operation ? Self.name(of: call) : Self.group(of: call)
            if grouping == .tag, let place = groups.firstIndex(where: { $0.name == name }) {
                groups[place].calls.append(call)
            } else {
                groups.append((name, [call]))
            }
        }
        let scenarios = groups.enumerated().map { making.scenario($1.name, $1.calls, number: $0) }
        var bundle = ImportedBundle(source: file, verb: "openapi")
        bundle.notes = notes + making.notes
        bundle.summary =
            ["\(calls.count) operations in \(scenarios.count) scenario\(scenarios.count == 1 ? "" : "s")"]
            + making.summary
        return bundle.files(of: scenarios, named: title)
    }

    static func name(of call: DescribedCall) -> String { call.id ?? "\(call.method) \(call.path)" }

    /// The first tag, else the first word of the path.
    private static func group(of call: DescribedCall) -> String {
        call.tags.first
            ?? call.path.split(separator: "/").first { !$0.hasPrefix("{") }.map(String.init) ?? "root"
    }
}

/// Scenarios while they are made.
struct OpenAPIScenarios {
    let server: String?
    let file: String
    private(set) var notes: [ImportNote] = []
    private var secrets: [String: String] = [:]
    private var captured = 0

    init(server: String?, file: String) {
        self.server = server
        self.file = file
    }

    var summary: [String] {
        let taken = captured > 0 ? ["\(captured) ids taken from earlier answers (`capture`)"] : []
        return taken
            + secrets.sorted { $0.key < $1.key }.map { "set \($0.key) in the environment: \($0.value)" }
    }

    mutating func scenario(_ name: String, _ calls: [DescribedCall], number: Int) -> Scenario {
        let start = SourceLocation(file: file, line: 1, column: number + 1)
        let address = server.map { "${env.BASE_URL || \(TemplateText.literal($0))}" } ?? "${env.BASE_URL}"
        let base = Scenario.Parameter(
            name: "base", standard: .of(TemplateWriting.template(address, at: start)), location: start)
        var names = ImportedNames(["base"])
        var ids = ImportedNames()
        let ordered = Self.ordered(calls)
        var steps: [Step] = []
        // Which earlier step tells the value of `{id}` behind a path.
        var told: [String: String] = [:]
        for call in ordered {
            let action = self.action(call, told)
            let id = ids.unique(ImportedNames.slug(call.id ?? "\(call.method) \(call.path)", or: "call"))
            var step = Step(id: id, name: id, location: call.location, action: .http(action))
            step.expectation = Self.expectation(call)
            for (key, wanted) in Self.wanted(call, of: ordered) where told[key] == nil {
                guard let path = try? JSONPath(parsing: wanted.path) else { continue }
                let variable = names.unique(ImportedNames.variable(wanted.name, or: "id"), joinedBy: "_")
                step.captures.append(
                    Capture(
                        name: variable, source: .jsonPath(.fixed(path, source: wanted.path)),
                        location: call.location))
                told[key] = variable
                captured += 1
            }
            if call.isDeprecated {
                notes.append(
                    ImportNote(
                        location: call.location, subject: call.method + " " + call.path,
                        message: "is deprecated"))
            }
            steps.append(step)
        }
        return Scenario(name: name, location: start, tags: ["imported"], parameters: [base], steps: steps)
    }

    // MARK: order

    private static let ranks = [
        "POST": 0, "GET": 1, "HEAD": 2, "OPTIONS": 3, "PUT": 4, "PATCH": 5, "DELETE": 9,
    ]

    /// What creates comes before what reads, what removes comes last, the innermost first.
    private static func ordered(_ calls: [DescribedCall]) -> [DescribedCall] {
        func key(_ place: Int, _ call: DescribedCall) -> (Int, Int, Int, Int) {
            let parameters = call.path.split(separator: "{").count
            let removes = call.method == "DELETE"
            let isDoor = ["login", "token", "auth", "session", "register", "signup"].contains {
                call.path.lowercased().hasSuffix($0) && call.method == "POST"
            }
            return (
                removes ? 2 : isDoor ? 0 : 1, removes ? -parameters : parameters, ranks[call.method] ?? 6,
                place
            )
        }
        return calls.enumerated().sorted { key($0.offset, $0.element) < key($1.offset, $1.element) }.map(
            \.element)
    }

    /// Values of this answer that other calls need in their paths: `/orders/{orderId}` needs the id of what `/orders` makes.
    private static func wanted(
        _ call: DescribedCall, of calls: [DescribedCall]
    ) -> [(key: String, value: (name: String, path: String))] {
        guard call.method == "POST" || call.method == "GET" || call.method == "PUT" else { return [] }
        var result: [(key: String, value: (name: String, path: String))] = []
        for other in calls {
            for parameter in parameters(of: other.path) {
                let key = parameter.before + "{" + parameter.name
                guard parameter.before == call.path, !result.contains(where: { $0.key == key }) else {
                    continue
                }
                let resource = Correlation.resource(of: call.path)
                let small = parameter.name.lowercased().filter { $0 != "_" && $0 != "-" }
                let choices = [small, "id", "uuid", resource.lowercased() + "id", "key", "slug", "name"]
                let found = choices.lazy.compactMap { choice in
                    call.answers.first { $0.name.lowercased().filter { $0 != "_" && $0 != "-" } == choice }
                }.first
                guard let found else { continue }
                let isPlain = ["id", "uuid", "key", "slug", "name"].contains(small)
                result.append((key, (isPlain ? "\(resource)_\(parameter.name)" : parameter.name, found.path)))
            }
        }
        return result
    }

    /// The `{parameters}` of a path with what stands before each, without the slash.
    private static func parameters(of path: String) -> [(name: String, before: String)] {
        var result: [(name: String, before: String)] = []
        var before = ""
        for segment in path.split(separator: "/") {
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                result.append((String(segment.dropFirst().dropLast()), before))
            }
            before += "/" + segment
        }
        return result
    }

    // MARK: a request

    private mutating func action(_ call: DescribedCall, _ told: [String: String]) -> HTTPAction {
        let place = call.location
        var url = "${base}"
        for segment in call.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            url += "/" + self.segment(String(segment), call, told)
        }
        var action = HTTPAction(method: call.method, url: Template(constant: "", at: place))
        let queries = call.arguments.filter { $0.place == .query }.map(\.text)
        let fields = queries.compactMap { WebFields.read($0) }
        if fields.count == queries.count, WebFields.areDistinct(fields.flatMap(\.self)) {
            action.query = fields.flatMap(\.self).map {
                .init(name: $0.name, value: Template(constant: $0.value, at: place))
            }
        } else {
            url += "?" + TemplateText.escaped(queries.joined(separator: "&"))
        }
        action.url = TemplateWriting.template(url, at: place)
        for argument in call.arguments where argument.place == .header && HTTPWords.isMethod(argument.name) {
            action.headers.append(
                .init(name: argument.name, value: Template(constant: argument.text, at: place)))
        }
        for argument in call.arguments where argument.place == .cookie {
            action.cookies.append(
                .init(name: argument.name, value: Template(constant: argument.text, at: place)))
        }
        body(call, &action)
        for credential in call.credentials { self.credential(credential, call, &action) }
        return action
    }

    /// A part of the path: the variable that an earlier step took, else the value that was made.
    private mutating func segment(_ segment: String, _ call: DescribedCall, _ told: [String: String])
        -> String
    {
        guard segment.contains("{") else { return TemplateText.escaped(segment) }
        if segment.hasPrefix("{"), segment.hasSuffix("}") {
            let name = segment.dropFirst().dropLast()
            let found = Self.parameters(of: call.path).first { $0.name == name }
            if let found, let variable = told[found.before + "{" + name] { return "${\(variable)}" }
        }
        var text = segment
        for argument in call.arguments where argument.place == .path {
            text = text.replacing("{\(argument.name)}", with: argument.text)
        }
        return TemplateText.escaped(text)
    }

    private mutating func body(_ call: DescribedCall, _ action: inout HTTPAction) {
        let place = call.location
        func constant(_ text: String) -> Template { Template(constant: text, at: place) }
        func type(_ type: String) {
            action.headers.append(.init(name: "Content-Type", value: constant(type)))
        }
        switch call.body {
        case .none: break
        case .json(let value, let media):
            action.body = .json(.literal(value))
            if !media.lowercased().hasPrefix("application/json") { type(media) }
        case .form(let fields):
            action.body = .form(fields.map { .init(name: $0.name, value: constant($0.value)) })
        case .multipart(let parts):
            action.body = .multipart(
                parts.map { part in
                    .init(
                        name: constant(part.name), content: .text(constant(part.value)),
                        fileName: part.isFile ? constant("file.bin") : nil)
                })
            if parts.contains(where: \.isFile) {
                notes.append(
                    ImportNote(
                        location: place, subject: call.method + " " + call.path,
                        message:
                            "the content of its files was made up: write `{file: PATH}` in place of the text")
                )
            }
        case .text(let text, let media):
            action.body = .text(constant(text))
            if let media { type(media) }
        }
    }

    private mutating func credential(
        _ credential: DescribedCall.Credential, _ call: DescribedCall, _ action: inout HTTPAction
    ) {
        let place = call.location
        func environment(_ name: String, _ what: String) -> Template {
            secrets[name] = what
            return TemplateWriting.template("${env.\(name)}", at: place)
        }
        switch credential {
        case .bearer: action.bearer = environment("TOKEN", "the bearer token")
        case .basic:
            action.settings.authorization = .basic(
                user: environment("USERNAME", "the user of Basic authentication"),
                password: environment("PASSWORD", "the password of Basic authentication"))
        case .key(let where_, let name):
            let value = environment(ImportedNames.environment(name, or: "API_KEY"), "the key '\(name)'")
            switch where_ {
            case .query:
                action.query.removeAll { $0.name == name }
                action.query.append(.init(name: name, value: value))
            case .cookie:
                action.cookies.removeAll { $0.name == name }
                action.cookies.append(.init(name: name, value: value))
            case .header, .path:
                guard HTTPWords.isMethod(name) else { return }
                action.headers.removeAll { $0.name.lowercased() == name.lowercased() }
                action.headers.append(.init(name: name, value: value))
            }
        case .other(let name):
            notes.append(
                ImportNote(
                    location: place, subject: call.method + " " + call.path,
                    message: "who sends it is said by '\(name)', which is not carried over"))
        }
    }

    private static func expectation(_ call: DescribedCall) -> Expectation {
        let codes = call.statuses.filter { (100...599).contains($0) }
        let wanted: Wanted =
            switch codes.count {
            case 0: .between(.literal(.int(200)), .literal(.int(299)))
            case 1: .equals(.literal(.int(Int64(codes[0]))))
            default: .any(codes.map { .equals(.literal(.int(Int64($0)))) })
            }
        return Expectation(checks: [
            Check(subject: .status, matcher: wanted, location: call.location, name: "status")
        ])
    }
}
