public import AssayCore
import AssayFormats

/// Checks that every name a scenario reads is set before it is read.
struct NameCheck {
    let stand: StandNames?
    let known: KnownNames
    private var found: [Diagnostic] = []
    private var rows: [Scenario.Case] = []
    /// Steps walked so far, to say where a capture could stand.
    private var walked: [Step] = []
    private var captured: [(name: String, step: Step)] = []

    /// What is set at one point of a scenario.
    struct Scope {
        var names: Set<String> = []
        /// Names set only on one way to this point, with the reason and its remedy.
        var lost: [String: Loss] = [:]

        mutating func set(_ name: String) {
            names.insert(name)
            lost[name] = nil
        }
    }

    enum Loss {
        case branch(line: Int)
        case parallel(line: Int)
    }

    init(stand: StandNames?, known: KnownNames) {
        self.stand = stand
        self.known = known
    }

    mutating func problems(in scenario: Scenario) -> [Diagnostic] {
        rows = scenario.cases
        captured = Self.captures(in: scenario.steps)
        var scope = Scope(names: Set(known.variables))
        for name in known.feeds.keys { scope.set(name) }
        if !rows.isEmpty { scope.set("case") }
        for parameter in scenario.parameters {
            if let standard = parameter.standard {
                read(standard, scope, "the default of '\(parameter.name)'")
            }
            scope.set(parameter.name)
        }
        var tags = Computed()
        tags.add(scenario.seriesTags)
        for row in rows { read(row.values, scope, "the case '\(row.name)'") }
        for variable in scenario.variables {
            read(variable.value, scope, "the variable '\(variable.name)'")
            scope.set(variable.name)
        }
        read(tags, scope, "a tag of '\(scenario.name)'")
        walk(scenario.steps, &scope)
        // They count for every request, so what any step sets may be read.
        var settings = Computed()
        settings.add(scenario.http)
        read(settings, scope, "'http'")
        return found
    }

    /// Checks what a profile says of all requests.
    mutating func problems(in settings: HTTPSettings) -> [Diagnostic] {
        var scope = Scope(names: Set(known.variables))
        for name in known.feeds.keys { scope.set(name) }
        var computed = Computed()
        computed.add(settings)
        read(computed, scope, "'http'")
        return found
    }

    /// Checks steps that belong to no scenario: setup and teardown of a profile.
    ///
    /// - Returns: problems, and the names that the steps set.
    mutating func problems(in steps: [Step]) -> (problems: [Diagnostic], names: [String]) {
        captured = Self.captures(in: steps)
        var scope = Scope(names: Set(known.variables))
        walk(steps, &scope)
        return (found, scope.names.sorted())
    }

    /// Checks tags of a profile.
    mutating func problems(in tags: [SeriesTag]) -> [Diagnostic] {
        var scope = Scope(names: Set(known.variables))
        for name in known.feeds.keys { scope.set(name) }
        var computed = Computed()
        computed.add(tags)
        read(computed, scope, "a tag of the profile")
        return found
    }

    private static func captures(in steps: [Step]) -> [(name: String, step: Step)] {
        steps.flatMap { step in step.captures.map { ($0.name, step) } + captures(in: step.inner) }
    }

    // MARK: Walking

    private mutating func walk(_ steps: [Step], _ scope: inout Scope) {
        for step in steps { walk(step, &scope) }
    }

    private mutating func walk(_ step: Step, _ scope: inout Scope) {
        var computed = Computed()
        computed.add(step.action)
        computed.add(step.expectation)
        computed.add(step.captures)
        computed.add(step.seriesTags)
        var reading = scope
        // The records of a call are numbered.
        if case .factory = step.action { reading.set("index") }
        read(computed, reading, "step '\(step.name)'")
        walkInner(step, &scope)
        walked.append(step)
        for capture in step.captures {
            checkVariable(capture, of: step)
            scope.set(capture.name)
        }
        // Values of metrics are computed when the captures are taken.
        var measured = Computed()
        measured.add(step.metrics)
        read(measured, scope, "a metric of step '\(step.name)'")
        // Cleanup sees what is set when it is registered; what it captures is its own.
        var cleanup = scope
        walk(step.cleanup, &cleanup)
    }

    private mutating func walkInner(_ step: Step, _ scope: inout Scope) {
        switch step.action {
        case .repeat(let action):
            var inner = scope
            inner.set("index")
            var own: Set<String> = ["index"]
            if case .over(_, let name) = action.count {
                inner.set(name)
                own.insert(name)
            }
            walk(action.steps, &inner)
            for name in inner.names where !own.contains(name) { scope.set(name) }
        case .parallel(let action):
            var inner = scope
            inner.set("index")
            walk(action.steps, &inner)
            for branch in action.branches { walk(branch, &scope) }
            for name in inner.names.subtracting(scope.names) where name != "index" {
                scope.lost[name] = .parallel(line: step.location.line)
            }
        case .if(let action):
            var (then, otherwise) = (scope, scope)
            walk(action.then, &then)
            walk(action.otherwise, &otherwise)
            for name in then.names.union(otherwise.names).subtracting(scope.names) {
                if then.names.contains(name), otherwise.names.contains(name) {
                    scope.set(name)
                } else {
                    scope.lost[name] = .branch(line: step.location.line)
                }
            }
        case .group(let action): walk(action.steps, &scope)
        case .http, .sql, .redis, .call, .ws, .sse, .tcp, .factory, .fixture, .truncate, .run, .log, .double,
            .think, .use, .metric, .script, .print, .hook:
            break
        }
    }

    /// `use` captures variables of the used scenario.
    private mutating func checkVariable(_ capture: Capture, of step: Step) {
        guard case .use(let action) = step.action, case .variable(let name) = capture.source else { return }
        let names = action.scenario.givenNames
        guard !names.contains(name) else { return }
        let fix =
            nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
            ?? (names.isEmpty ? "capture it there" : "it sets: " + names.joined(separator: ", "))
        found.append(
            Diagnostic("AS038", "'\(action.scenario.name)' sets no '\(name)'", at: capture.location, fix: fix)
        )
    }

    // MARK: Reading

    private mutating func read(_ value: ValueTemplate, _ scope: Scope, _ reader: String) {
        var computed = Computed()
        computed.add(value)
        read(computed, scope, reader)
    }

    private mutating func read(_ computed: Computed, _ scope: Scope, _ reader: String) {
        for read in computed.reads { check(read, scope, reader) }
    }

    private mutating func check(_ read: Computed.Read, _ scope: Scope, _ reader: String) {
        let name = read.name
        if name == "case", scope.names.contains("case") { return checkRow(read, reader) }
        if let columns = known.feeds[name], let column = read.member, !columns.contains(column) {
            let fix =
                nearestName(to: column, among: columns).map { "did you mean '\($0)'?" }
                ?? "it has: " + columns.joined(separator: ", ")
            let missing =
                name == LoadProfile.figuresName ? "a load has no such figure" : "the feed has no such column"
            return tell("AS042", "\(reader) reads ${\(name).\(column)}, but \(missing)", read, fix)
        }
        if scope.names.contains(name) { return }
        if name == "env" || name == "secret" { return checkEnvironment(read, reader) }
        if let part = stand?.part(name) {
            guard let member = read.member, !part.members.contains(member) else { return }
            let fix =
                nearestName(to: member, among: part.members).map { "did you mean '\($0)'?" }
                ?? "it has: " + part.members.joined(separator: ", ")
            return tell(
                "AS042",
                "\(reader) reads ${\(name).\(member)}, but \(part.kind.rawValue) '\(name)' has no '\(member)'",
                read, fix)
        }
        if stand == nil, let member = read.member, StandNames.usualMembers.contains(member) { return }
        if let loss = scope.lost[name] { return tell(loss, read, reader) }
        tell("AS041", "\(reader) reads ${\(name)}, but nothing sets it", read, unsetFix(read, scope))
    }

    private mutating func checkEnvironment(_ read: Computed.Read, _ reader: String) {
        guard let variable = read.member, !read.hasDefault, stand?.isInEnvironment?(variable) == false else {
            return
        }
        tell(
            "AS048", "\(reader) reads ${\(read.name).\(variable)}, but the environment has no \(variable)",
            read,
            read.name == "env"
                ? "set \(variable), or give it a default: ${env.\(variable) || 'value'}" : "set \(variable)")
    }

    private mutating func tell(_ loss: Loss, _ read: Computed.Read, _ reader: String) {
        switch loss {
        case .branch(let line):
            tell(
                "AS043",
                "\(reader) reads ${\(read.name)}, but it is set on one side of the `if` only (line \(line))",
                read, "set it on both sides, or give it a first value: `vars: {\(read.name): null}`")
        case .parallel(let line):
            tell(
                "AS043",
                "\(reader) reads ${\(read.name)}, but each branch of the `parallel` on line \(line) has its own",
                read, "read it inside the branch")
        }
    }

    private mutating func checkRow(_ read: Computed.Read, _ reader: String) {
        guard let member = read.member else { return }
        let missing = rows.filter { !$0.keys.contains(member) }
        guard let first = missing.first else { return }
        let message =
            "\(reader) reads ${case.\(member)}, but the case '\(first.name)' (line \(first.location.line)) has no '\(member)'"
        let near = nearestName(to: member, among: first.keys).map { "did you mean '\($0)'?" }
        tell(
            "AS042", message, read,
            missing.count == rows.count ? near ?? "add it to the cases" : "add `\(member): …` to that case")
    }

    private mutating func tell(
        _ code: DiagnosticCode, _ message: String, _ read: Computed.Read, _ fix: String?
    ) {
        found.append(Diagnostic(code, message, at: read.location, fix: fix))
    }

    /// The likeliest of: a name misspelt, a capture that comes too late, a capture forgotten.
    private func unsetFix(_ read: Computed.Read, _ scope: Scope) -> String {
        let name = read.name
        if name == "case" { return "add `cases: [{name: first, …}]` to the scenario" }
        if name == "feed" { return "name a `feed` in the load profile; tests have none" }
        if name == "index" { return "it is known inside `repeat` and `parallel`" }
        if let later = captured.first(where: { $0.name == name }) {
            return
                "step '\(later.step.name)' sets it only on line \(later.step.location.line); move that step before this one"
        }
        let names = scope.names.sorted() + (stand?.parts.map(\.name) ?? [])
        if let nearest = nearestName(to: name, among: names) { return "did you mean '\(nearest)'?" }
        if let step = walked.last(where: \.answers) {
            let path =
                switch step.action {
                case .sql: "$[0].\(name)"
                case .redis: "$"
                default: read.member.map { _ in "$" } ?? "$.id"
                }
            return "add `capture: {\(name): \(path)}` to step '\(step.name)' (line \(step.location.line))"
        }
        return "add it to `vars`: `vars: {\(name): …}`"
    }
}

extension Scenario {
    /// Names that its steps read although nothing sets them, for scenarios that were not read from YAML.
    ///
    /// - Parameter stand: names of the project's stand; `nil` takes `${api.url}` and the like for granted.
    /// - Returns: AS038 and AS041–AS043, without the text of their lines.
    public func unsetNames(stand: StandNames?) -> [Diagnostic] {
        var check = NameCheck(stand: stand, known: KnownNames())
        return check.problems(in: self)
    }
}

extension Scenario.Case {
    /// Columns of the row.
    var keys: [String] {
        switch values {
        case .object(let members): members.compactMap(\.key.constantText)
        case .literal(.object(let object)): object.keys
        case .literal, .template, .array: []
        }
    }
}
