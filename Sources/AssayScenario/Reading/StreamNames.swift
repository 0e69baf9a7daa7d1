import AssayCore
import AssayFormats

/// Streams and connections that the steps of a file open by name and go on with.
struct StreamNames {
    /// What a step of a kind opens, as messages name it.
    enum Kind: String, CaseIterable {
        case sse, tcp, ws

        var noun: String {
            switch self {
            case .sse: "stream"
            case .tcp: "connection"
            case .ws: "WebSocket"
            }
        }
        var example: String {
            switch self {
            case .sse: "- sse: {open: \"${api.url}/events\""
            case .tcp: "- tcp: {connect: \"${api.host}:${api.port}\""
            case .ws: "- ws: {open: \"ws://127.0.0.1:8080/live\""
            }
        }
    }

    private struct Name: Hashable {
        var kind: Kind
        var text: String
    }

    private var opened: Set<Name> = []
    private var goneOn: [(name: Name, location: SourceLocation)] = []

    mutating func saw(_ kind: Kind, _ text: String, at location: SourceLocation, isOpened: Bool) {
        let name = Name(kind: kind, text: text)
        if isOpened { opened.insert(name) } else { goneOn.append((name, location)) }
    }

    /// Steps that go on with something that nothing opens: AS548.
    ///
    /// A scenario with parameters is made to be used by others, which may have opened it.
    func problems(in scenario: Scenario) -> [Diagnostic] {
        guard scenario.parameters.isEmpty, !goneOn.isEmpty else { return [] }
        let all = opened.union(Self.opened(in: scenario.steps))
        return goneOn.filter { !all.contains($0.name) }.map { name, location in
            let known = all.filter { $0.kind == name.kind }.map(\.text).sorted()
            let fix =
                nearestName(to: name.text, among: known).map { "did you mean '\($0)'?" }
                ?? (known.isEmpty
                    ? "begin with `\(name.kind.example), as: \(name.text)}`"
                    : "there are: " + known.joined(separator: ", "))
            return Diagnostic(
                "AS548", "no step opens the \(name.kind.noun) '\(name.text)'", at: location, fix: fix)
        }
    }

    /// What steps open, those of the scenarios that they use among them.
    private static func opened(in steps: [Step]) -> Set<Name> {
        var names: Set<Name> = []
        for step in steps {
            switch step.action {
            case .sse(let action):
                if case .open = action.wish { names.insert(Name(kind: .sse, text: action.stream)) }
            case .tcp(let action):
                if case .connect = action.wish { names.insert(Name(kind: .tcp, text: action.connection)) }
            case .ws(let action):
                if case .open = action.wish { names.insert(Name(kind: .ws, text: action.socket)) }
            case .use(let use): names.formUnion(opened(in: use.scenario.steps))
            default: names.formUnion(opened(in: step.inner))
            }
        }
        return names
    }
}

extension ScenarioFile {
    /// Name of a stream or a connection: constant, because results are counted by it.
    func streamName(_ node: YAMLNode, _ kind: StreamNames.Kind) -> String? {
        guard let text = constantText(node, "a \(kind.noun)'s name") else { return nil }
        guard !text.isEmpty, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }) else {
            yaml.error(
                "AS547",
                "a \(kind.noun) is named by letters, digits, `-` and `_`, found '\(Shown.text(text, limit: 40))'",
                at: node, fix: "write `as: \(kind == .tcp ? "line" : "feed")`")
            return nil
        }
        return text
    }

    /// Reads `as` beside the key that opens and `on` beside the others, and notes who opens what.
    ///
    /// - Parameters:
    ///   - besides: keys that stand beside one wish only.
    ///   - code: of what is told of keys in the wrong step.
    func streamHandle(
        _ kind: StreamNames.Kind, usual: String, opening: String, _ wished: YAMLNode.Pair?,
        besides: [(key: String, beside: [String])], code: DiagnosticCode, at place: SourceLocation,
        _ fields: inout MappingReader
    ) -> (name: String, location: SourceLocation) {
        let opens = wished?.name == opening
        let node = fields.value(opens ? "as" : "on")
        let name = node.flatMap { streamName($0, kind) } ?? usual
        let location = node?.location ?? place
        guard let wished else { return (name, location) }
        streams.saw(kind, name, at: location, isOpened: opens)
        if opens, let on = fields.pair("on") {
            yaml.error(
                code, "`\(opening)` begins a \(kind.noun), and `on` goes on with one", at: on.key,
                fix: "name the new one: `as: \(on.value.scalarText ?? usual)`")
        }
        for (key, beside) in [("as", [opening])] + besides
        where !beside.contains(wished.name) && fields.remaining.contains(where: { $0.name == key }) {
            guard let pair = fields.pair(key) else { continue }
            let places = beside.map { "`\($0)`" }.joined(separator: " and ")
            yaml.error(
                code, "'\(key)' belongs to \(places), and this step has `\(wished.name)`", at: pair.key,
                fix: "move it to the step with \(places)")
        }
        return (name, location)
    }
}
