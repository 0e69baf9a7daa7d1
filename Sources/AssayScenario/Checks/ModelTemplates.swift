import AssayCore
import AssayFormats

/// What a part of a scenario computes when it runs.
struct Computed {
    var expressions: [Expression] = []

    mutating func add(_ template: Template?) { expressions += template?.expressions ?? [] }
    mutating func add(_ value: ValueTemplate) { for template in value.templates { add(template) } }
    mutating func add(_ fields: [HTTPAction.Field]) { for field in fields { add(field.value) } }

    mutating func add(_ settings: HTTPSettings) { for template in settings.templates { add(template) } }

    mutating func add(_ path: TemplatedPath) {
        if case .templated(let template) = path { add(template) }
    }

    mutating func add(_ matcher: Matcher<ValueTemplate>) {
        _ = matcher.map { (value: ValueTemplate) -> ValueTemplate in
            add(value)
            return value
        }
    }

    mutating func add(_ expectation: Expectation) {
        for check in expectation.checks {
            if case .json(let path) = check.subject { add(path) }
            add(check.matcher)
        }
    }

    mutating func add(_ tags: [SeriesTag]) { for tag in tags { add(tag.value) } }

    mutating func add(_ metrics: [OwnMetric]) {
        for metric in metrics {
            switch metric.value {
            case .taken(.jsonPath(let path)): add(path)
            case .taken: break
            case .computed(let value): add(value)
            }
        }
    }

    mutating func add(_ captures: [Capture]) {
        for capture in captures { if case .jsonPath(let path) = capture.source { add(path) } }
    }

    /// What the action itself computes before any step inside it.
    mutating func add(_ action: Action) {
        switch action {
        case .http(let http):
            add(http.url)
            add(http.headers)
            add(http.query)
            add(http.bearer)
            add(http.cookies)
            add(http.base)
            add(http.settings)
            switch http.body {
            case .none: break
            case .json(let value): add(value)
            case .text(let text), .file(let text): add(text)
            case .form(let fields): add(fields)
            case .multipart(let parts):
                for part in parts {
                    add(part.name)
                    switch part.content {
                    case .text(let text), .file(let text): add(text)
                    }
                    add(part.fileName)
                    add(part.type)
                }
            }
        case .sql(let sql):
            add(sql.choice?.template)
            add(sql.statement)
            for argument in sql.arguments { add(argument) }
        case .redis(let redis):
            add(redis.choice?.template)
            for word in redis.commands.joined() { add(word) }
        case .ws(let action):
            if case .open(let opening) = action.wish { add(.http(opening.request)) }
            if let filter = action.filter { add(Expectation(checks: filter.checks)) }
            for value in action.values { add(value) }
        case .sse(let action):
            if case .open(let opening) = action.wish { add(.http(opening.request)) }
            if let filter = action.filter { add(Expectation(checks: filter.checks)) }
            for template in action.templates { add(template) }
        case .tcp(let action):
            for value in action.values { add(value) }
            if case .connect(let connecting) = action.wish {
                var settings = HTTPSettings()
                settings.connection = connecting.settings
                add(settings)
            }
        case .call(let call): for template in call.templates { add(template) }
        case .factory(let action): for value in action.call.values { add(value) }
        case .fixture, .truncate: break
        case .run(let run):
            switch run.command {
            case .shell(let text): add(text)
            case .words(let words): for word in words { add(word) }
            }
            add(run.environment)
            add(run.folder)
            add(run.input)
        case .log(let log):
            switch log.wanted {
            case .contains(let text), .matches(let text): add(text)
            case .json(let matcher): add(matcher)
            }
        case .double(let double): for template in double.templates { add(template) }
        case .think(.computed(let seconds, _)): add(seconds)
        case .think: break
        case .print(let text): add(text)
        case .repeat(let action):
            switch action.count {
            case .times(let value), .over(let value, _): add(value)
            case .whileTrue(let expression, _): expressions.append(expression)
            }
        case .parallel(let action):
            add(action.times)
            add(action.expectation)
        case .if(let action): expressions.append(action.condition)
        case .group, .metric, .script, .hook: break
        case .use(let action): for variable in action.with { add(variable.value) }
        }
    }

    /// Names in the order written, each with the member that is read of it, when one is.
    var reads: [Read] { expressions.flatMap { Self.reads($0) } }

    struct Read {
        var name: String
        var member: String?
        var location: SourceLocation
        /// Stands left of `||`, so it may be missing.
        var hasDefault = false
    }

    private static func reads(_ expression: Expression) -> [Read] {
        switch expression {
        case .literal: []
        case .name(let name, let location): [Read(name: name, member: nil, location: location)]
        case .member(.name(let name, let location), let key):
            [Read(name: name, member: key, location: location)]
        case .member(let base, _): reads(base)
        case .index(let base, let index): reads(base) + reads(index)
        case .call(_, let arguments, _): arguments.flatMap { reads($0) }
        case .array(let elements): elements.flatMap { reads($0) }
        case .object(let members): members.flatMap { reads($0.value) }
        case .not(let operand), .negate(let operand): reads(operand)
        case .optional(let inner, _):
            reads(inner).map {
                Read(name: $0.name, member: $0.member, location: $0.location, hasDefault: true)
            }
        case .binary(.or, let left, let right):
            reads(left).map {
                Read(name: $0.name, member: $0.member, location: $0.location, hasDefault: true)
            }
                + reads(right)
        case .binary(_, let left, let right): reads(left) + reads(right)
        }
    }
}

extension Step {
    /// Steps inside this one, cleanup not among them.
    public var inner: [Step] {
        switch action {
        case .repeat(let action): action.steps
        case .parallel(let action): action.steps + action.branches.joined()
        case .if(let action): action.then + action.otherwise
        case .group(let action): action.steps
        case .ws, .sse, .tcp: []
        case .http, .sql, .redis, .call, .factory, .fixture, .truncate, .run, .log, .double, .think, .use,
            .metric, .script, .print, .hook:
            []
        }
    }

    /// Whether its answer can be captured from.
    var answers: Bool {
        switch action {
        case .http, .sql, .redis, .call, .ws, .sse, .tcp, .factory, .fixture, .run, .double: true
        case .truncate, .log, .think, .repeat, .parallel, .if, .group, .use, .metric, .script, .print, .hook:
            false
        }
    }
}

extension Scenario {
    /// Names that `use … capture` can take: parameters, variables and what its steps capture.
    var givenNames: [String] {
        var names = parameters.map(\.name) + variables.map(\.name)
        func collect(_ steps: [Step]) {
            for step in steps {
                names += step.captures.map(\.name)
                if case .parallel = step.action { continue }
                collect(step.inner)
            }
        }
        collect(steps)
        return names
    }
}
