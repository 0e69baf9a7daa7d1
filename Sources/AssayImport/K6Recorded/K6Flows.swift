// Long: drafts, their requests and their texts are one reading that shares its names and captures.
internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Steps of what a recorded script did.
struct K6Flows {
    private let recording: K6Recording
    private let file: String
    private let symbols: [JSON]
    private let markedSymbols: [JSON]
    private(set) var notes: [ImportNote] = []
    private(set) var requestCount = 0
    /// Own metrics that steps record.
    private(set) var metrics: Set<String> = []
    private(set) var feedNames: [(name: String, variable: String)] = []
    private var names = ImportedNames(["load", "feed"])
    private var ids = ImportedNames()
    /// The variable of each placeholder, by what it is.
    private var variables: [JSON: String] = [:]
    /// Captures by the number of the answer that has them.
    private var captures: [Int: [(name: String, source: Capture.Source)]] = [:]
    private var checkCount = 0
    private var prepared: [String: [Draft]] = [:]

    init(_ recording: K6Recording, file: String) {
        self.recording = recording
        self.file = file
        symbols = recording.plain["symbols"]?.arrayValue ?? []
        markedSymbols = recording.marked?["symbols"]?.arrayValue ?? []
        for note in recording.plain["notes"]?.arrayValue ?? [] {
            notes.append(
                ImportNote(location: place(note), subject: "", message: note["text"]?.stringValue ?? ""))
        }
        for read in recording.plain["environment"]?.arrayValue ?? [] where recording.marked == nil {
            notes.append(
                ImportNote(
                    location: place(read), subject: "__ENV.\(read["name"]?.stringValue ?? "")",
                    message: "has the value of the pass that was recorded"))
        }
    }

    var summary: [String] {
        var lines = ["\(requestCount) request\(requestCount == 1 ? "" : "s")"]
        if checkCount > 0 { lines.append("\(checkCount) checks (`expect`)") }
        let taken = captures.values.reduce(0) { $0 + $1.count }
        if taken > 0 { lines.append("\(taken) values taken from answers (`capture`)") }
        if !feedNames.isEmpty { lines.append("\(feedNames.count) shared arrays (`feeds`)") }
        return lines
    }

    private func place(_ event: JSON) -> SourceLocation {
        var shown = file
        // Other files of the script are told by their own names.
        if let name = event["file"]?.stringValue?.split(separator: "/").last.map(String.init),
            let own = file.split(separator: "/").last, name != own
        {
            shown = String(file.dropLast(own.count)) + name
        }
        return SourceLocation(file: shown, line: max(1, Int(event["line"]?.intValue ?? 1)), column: 1)
    }

    private mutating func note(_ event: JSON, _ subject: String, _ message: String) {
        notes.append(ImportNote(location: place(event), subject: subject, message: message))
    }

    // MARK: steps

    /// The same event of each pass.
    private struct Versions {
        var plain: JSON
        var random: JSON?
        var marked: JSON?

        func member(_ name: String) -> Versions? {
            guard let plain = plain[name] else { return nil }
            return Versions(plain: plain, random: random?[name], marked: marked?[name])
        }

        /// Elements of a list; those of the other passes where these are as many.
        var elements: [Versions] {
            let list = plain.arrayValue ?? []
            func same(_ other: JSON?) -> [JSON]? {
                other?.arrayValue.flatMap { $0.count == list.count ? $0 : nil }
            }
            let (random, marked) = (same(random), same(marked))
            return list.enumerated().map { place, element in
                Versions(plain: element, random: random?[place], marked: marked?[place])
            }
        }
    }

    /// Reads all that was recorded: what later parts read decides what the answers of earlier ones must tell.
    mutating func read() {
        prepared["setup"] = prepare("setup")
        for name in recording.plain["flows"]?.objectValue?.keys ?? [] {
            prepared["flows/\(name)"] = prepare("flows", name)
        }
        prepared["teardown"] = prepare("teardown")
    }

    /// The steps of a part: `setup`, `flows/default`, `teardown`.
    mutating func steps(_ part: String) -> [Step] {
        (prepared[part] ?? []).compactMap { finished($0, mayBeParallel: true) }
    }

    private mutating func prepare(_ path: String...) -> [Draft] {
        func found(_ json: JSON?) -> JSON? { path.reduce(json) { $0?[$1] } }
        guard let events = found(recording.plain) else { return [] }
        let versions = Versions(
            plain: events, random: found(recording.random), marked: found(recording.marked))
        return drafts(versions)
    }

    private indirect enum Draft {
        case request(Step, response: Int)
        case batch([Draft], JSON)
        case group(String, [Draft], JSON)
        case other(Step)
    }

    private mutating func drafts(_ events: Versions) -> [Draft] {
        var result: [Draft] = []
        for event in events.elements {
            let place = place(event.plain)
            switch event.plain["kind"]?.stringValue {
            case "http": result.append(request(event))
            case "batch": result.append(.batch(event.member("events").map { drafts($0) } ?? [], event.plain))
            case "group":
                let name = event.plain["name"]?.stringValue ?? "group"
                result.append(
                    .group(Self.groupName(name), event.member("events").map { drafts($0) } ?? [], event.plain)
                )
            case "sleep": if let step = sleep(event) { result.append(.other(step)) }
            case "check": check(event, &result)
            case "counter":
                guard let name = event.plain["name"]?.stringValue, let value = event.plain["value"],
                    Self.isMetric(name),
                    value.doubleValue ?? -1 >= 0
                else {
                    note(
                        event.plain, event.plain["name"]?.stringValue ?? "", "the metric is not carried over")
                    continue
                }
                metrics.insert(name)
                var step = Step(name: name, location: place, action: .metric)
                step.metrics = [
                    OwnMetric(
                        metric: .own(name, .counter, .count), value: .computed(.literal(value)),
                        location: place)
                ]
                result.append(.other(step))
            default: break
            }
        }
        return result
    }

    /// A name that own metrics may have.
    private static func isMetric(_ name: String) -> Bool {
        func plain(_ name: String) -> String {
            name.lowercased().replacing(".", with: "_").replacing("-", with: "_")
        }
        guard let first = name.utf8.first, (first | 0x20) >= 0x61, (first | 0x20) <= 0x7A,
            name.utf8.count <= 100
        else {
            return false
        }
        return name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A
                || "._-".utf8.contains($0)
        } && !MetricRegistry.standard.all.contains { plain($0.name) == plain(name) }
    }

    private static func groupName(_ text: String) -> String {
        let words = text.split(whereSeparator: { $0 == "/" || $0.isNewline }).joined(separator: " ")
        return words.isEmpty ? "group" : TemplateText.escaped(words)
    }

    private mutating func finished(_ draft: Draft, mayBeParallel: Bool) -> Step? {
        switch draft {
        case .other(let step): return step
        case .request(var step, let response):
            step.captures = (captures[response] ?? []).map {
                Capture(name: $0.name, source: $0.source, location: step.location)
            }
            return step
        case .group(let name, let inner, let event):
            let steps = inner.compactMap { finished($0, mayBeParallel: mayBeParallel) }
            return steps.isEmpty
                ? nil
                : Step(
                    name: name, location: place(event), action: .group(GroupAction(name: name, steps: steps)))
        case .batch(let inner, let event):
            let steps = inner.compactMap { finished($0, mayBeParallel: false) }
            guard steps.count > 1 else { return steps.first }
            let tells = steps.contains { !$0.captures.isEmpty }
            if tells {
                note(
                    event, "batch",
                    "its requests are made one after the other, as later ones read what they are answered")
                return Step(
                    name: "batch", location: place(event),
                    action: .group(GroupAction(name: "batch", steps: steps)))
            }
            let branches = steps.enumerated().map { number, step in
                let condition = Expression.binary(
                    .equal, .name("index", step.location), .literal(.int(Int64(number))))
                return Step(
                    name: "if", location: step.location,
                    action: .if(IfAction(condition: condition, then: [step], otherwise: [])))
            }
            return Step(
                name: "parallel", location: place(event),
                action: .parallel(
                    ParallelAction(
                        times: .literal(.int(Int64(steps.count))), steps: branches, expectation: Expectation()
                    )))
        }
    }

    private mutating func sleep(_ event: Versions) -> Step? {
        func length(_ json: JSON?) -> Duration? {
            guard let seconds = json?["seconds"]?.doubleValue, seconds >= 0, seconds < 1e6 else { return nil }
            return .milliseconds(Int64((seconds * 1000).rounded()))
        }
        guard let first = length(event.plain) else {
            note(event.plain, "sleep", "its length comes from an answer and is not carried over")
            return nil
        }
        let other = length(event.random) ?? first
        let action: ThinkAction =
            first == other ? .fixed(first) : .between(min(first, other), max(first, other))
        return Step(name: "think", location: place(event.plain), action: .think(action))
    }

    private mutating func check(_ event: Versions, _ drafts: inout [Draft]) {
        let name = event.plain["name"]?.stringValue ?? ""
        let location = place(event.plain)
        let kind = event.plain["of"]?.stringValue
        let path = kind == "json" ? Self.path(event.plain["path"]) : nil
        guard let response = event.plain["response"]?.intValue,
            let source = event.plain["source"]?.stringValue,
            let checks = K6Checks.checks(source, path: path, of: kind, at: location)
        else { return note(event.plain, "check '\(name)'", "is not carried over") }
        func add(_ drafts: inout [Draft]) -> Bool {
            for place in drafts.indices.reversed() {
                switch drafts[place] {
                case .request(var step, let number) where number == Int(response):
                    step.expectation.checks += checks
                    drafts[place] = .request(step, response: number)
                    return true
                case .group(let name, var inner, let event):
                    if add(&inner) {
                        drafts[place] = .group(name, inner, event)
                        return true
                    }
                case .batch(var inner, let event):
                    if add(&inner) {
                        drafts[place] = .batch(inner, event)
                        return true
                    }
                default: break
                }
            }
            return false
        }
        if add(&drafts) {
            checkCount += 1
        } else {
            note(
                event.plain, "check '\(name)'",
                "is not carried over, as its request is in another group or function")
        }
    }

    // MARK: requests

    private mutating func request(_ event: Versions) -> Draft {
        requestCount += 1
        let location = place(event.plain)
        let method = event.plain["method"]?.stringValue ?? "GET"
        var action = HTTPAction(
            method: HTTPWords.isMethod(method) ? method : "GET",
            url: template(event.member("url"), event.plain, "the address"))
        if action.url.source.isEmpty { action.url = Template(constant: "http://localhost/", at: location) }
        for pair in event.member("headers")?.elements ?? [] {
            guard let name = pair.plain[0]?.stringValue, HTTPWords.isMethod(name) else { continue }
            let value = template(
                Versions(plain: pair.plain[1] ?? "", random: pair.random?[1], marked: pair.marked?[1]),
                event.plain, name)
            if name.lowercased() == "authorization", let token = Self.bearer(value) {
                action.bearer = token
            } else if !action.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                action.headers.append(.init(name: name, value: value))
            }
        }
        for pair in event.member("cookies")?.elements ?? [] {
            guard let name = pair.plain[0]?.stringValue, !action.cookies.contains(where: { $0.name == name })
            else { continue }
            action.cookies.append(
                .init(
                    name: name,
                    value: template(
                        Versions(
                            plain: pair.plain[1] ?? "", random: pair.random?[1], marked: pair.marked?[1]),
                        event.plain,
                        name)))
        }
        body(event, &action)
        settings(event.plain, &action)
        let given = event.plain["name"]?.stringValue
        let words = action.url.segments.map { segment in
            if case .text(let text) = segment { text } else { " " }
        }.joined()
        let address = WebAddress(words)?.path ?? words
        let named = address.prefix { $0 != "?" }.split(separator: "/").filter { !$0.contains { $0.isNumber } }
            .joined(separator: " ")
        let id = ids.unique(
            ImportedNames.slug(given ?? "\(method) \(named.isEmpty ? "root" : named)", or: "request"))
        var step = Step(id: id, name: id, location: location, action: .http(action))
        for tag in event.plain["tags"]?.arrayValue ?? [] {
            guard let key = tag[0]?.stringValue, let value = tag[1]?.stringValue, TemplateWriting.isName(key),
                !SeriesTag.reserved.contains(key), !step.seriesTags.contains(where: { $0.key == key })
            else { continue }
            step.seriesTags.append(SeriesTag(key: key, value: Template(constant: value, at: location)))
        }
        return .request(step, response: Int(event.plain["response"]?.intValue ?? -1))
    }

    private static func bearer(_ value: Template) -> Template? {
        guard case .text(let text)? = value.segments.first, text.hasPrefix("Bearer "),
            value.segments.count > 1
        else {
            return nil
        }
        let rest = String(TemplateWriting().text(value).dropFirst("Bearer ".count))
        return TemplateWriting.template(rest, at: value.location)
    }

    private mutating func settings(_ event: JSON, _ action: inout HTTPAction) {
        if let text = event["timeout"]?.stringValue {
            let length =
                Duration(unitText: text) ?? Double(text).map { .milliseconds(Int64(max(0, min($0, 1e9)))) }
            action.settings.timeouts.whole = length
        }
        if let most = event["redirects"]?.intValue, (0...50).contains(most) {
            action.settings.redirects = .init(most: Int(most))
        }
        if let coding = event["compression"]?.stringValue {
            if ["gzip", "deflate", "br", "zstd"].contains(coding) {
                action.settings.compress = coding
            } else {
                note(event, "compression", "'\(coding)' is not carried over")
            }
        }
        if let auth = event["auth"]?.stringValue, let address = action.url.constantText {
            guard let scheme = address.firstRange(of: "://"), let at = address.firstIndex(of: "@"),
                auth == "basic" || auth == "digest"
            else { return note(event, "auth", "'\(auth)' is not carried over") }
            let words = address[scheme.upperBound..<at].split(separator: ":", maxSplits: 1).map(String.init)
            let user = Template(constant: words.first ?? "", at: action.url.location)
            let password = TemplateWriting.template("${env.PASSWORD}", at: action.url.location)
            note(event, "auth", "the password is read from the environment: set PASSWORD")
            action.settings.authorization =
                auth == "basic"
                ? .basic(user: user, password: password) : .digest(user: user, password: password)
            action.url = Template(
                constant: String(address[..<scheme.upperBound])
                    + String(address[address.index(after: at)...]), at: action.url.location)
        }
    }

    private mutating func body(_ event: Versions, _ action: inout HTTPAction) {
        let location = place(event.plain)
        if let text = event.member("text") {
            let written = self.written(text, event.plain, "the body")
            let type = action.headers.first { $0.name.lowercased() == "content-type" }?.value.constantText?
                .lowercased()
            if type?.contains("json") == true || type == nil && written.hasPrefix("{"),
                let value = JSONTemplates.value(written, at: location)
            {
                action.body = .json(value)
                action.headers.removeAll {
                    $0.name.lowercased() == "content-type"
                        && $0.value.constantText?.lowercased().hasPrefix("application/json") == true
                }
            } else {
                action.body = .text(TemplateWriting.template(written, at: location))
            }
            return
        }
        func name(_ field: Versions) -> String { field.plain["name"]?.stringValue ?? "" }
        if let fields = event.member("form")?.elements {
            let isDistinct = Set(fields.map(name)).count == fields.count
            let values = fields.map { ($0, template($0.member("value"), event.plain, name($0))) }
            action.body =
                isDistinct
                ? .form(values.map { .init(name: name($0.0), value: $0.1) })
                : .multipart(
                    values.map {
                        .init(name: Template(constant: name($0.0), at: location), content: .text($0.1))
                    })
            action.headers.removeAll { $0.name.lowercased() == "content-type" }
        } else if let parts = event.member("parts")?.elements {
            action.body = .multipart(
                parts.map { part in
                    .init(
                        name: Template(constant: name(part), at: location),
                        content: .text(template(part.member("value"), event.plain, name(part))),
                        fileName: part.plain["file"]?.stringValue.map {
                            Template(constant: $0, at: location)
                        },
                        type: part.plain["type"]?.stringValue.map { Template(constant: $0, at: location) })
                })
        }
    }

    // MARK: texts

    private mutating func template(_ text: Versions?, _ event: JSON, _ what: String) -> Template {
        guard let text else { return Template(constant: "", at: place(event)) }
        return TemplateWriting.template(written(text, event, what), at: place(event))
    }

    private mutating func written(_ text: Versions, _ event: JSON, _ what: String) -> String {
        let versions = RecordedText.Versions(
            plain: text.plain.stringValue ?? "", random: text.random?.stringValue,
            marked: text.marked?.stringValue)
        let (pieces, isUnclear) = RecordedText.pieces(
            versions, symbols: symbols, markedSymbols: markedSymbols)
        if isUnclear {
            note(event, what, "holds something random: it stays as it was in the pass that was recorded")
        }
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += TemplateText.escaped(text)
            case .expression(let expression): result += "${\(expression)}"
            case .symbol(let about): result += symbol(about, event)
            }
        }
        return result
    }

    /// `${name}` of a placeholder; the first one that reads a value decides that it is taken.
    private mutating func symbol(_ about: JSON, _ event: JSON) -> String {
        if about["kind"]?.stringValue == "expression" { return "${\(about["text"]?.stringValue ?? "''")}" }
        if about["kind"]?.stringValue == "feed" {
            let name = about["name"]?.stringValue ?? "feed"
            let variable = feedName(name)
            let path = (about["path"]?.arrayValue ?? []).map { part in
                part.intValue.map { "[\($0)]" } ?? Self.member(part.stringValue ?? "")
            }.joined()
            return "${\(variable)\(path)}"
        }
        if let name = variables[about] { return "${\(name)}" }
        guard let response = about["response"]?.intValue, let source = Self.source(about) else {
            note(event, "", "a value of an answer is not carried over")
            return "''"
        }
        let parts = about["path"]?.arrayValue ?? []
        let last = parts.last { $0.stringValue != nil }?.stringValue ?? about["name"]?.stringValue ?? "value"
        let name = names.unique(ImportedNames.variable(last, or: "value"), joinedBy: "_")
        variables[about] = name
        captures[Int(response), default: []].append((name, source))
        return "${\(name)}"
    }

    private mutating func feedName(_ name: String) -> String {
        if let known = feedNames.first(where: { $0.name == name }) { return known.variable }
        let variable = names.unique(ImportedNames.variable(name, or: "rows"), joinedBy: "_")
        feedNames.append((name, variable))
        return variable
    }

    private static func member(_ name: String) -> String {
        TemplateWriting.isName(name) ? "." + name : "[\(TemplateText.literal(name))]"
    }

    private static func path(_ path: JSON?) -> String {
        "$"
            + (path?.arrayValue ?? []).map { part in
                part.intValue.map { "[\($0)]" } ?? Correlation.member(part.stringValue ?? "")
            }.joined()
    }

    private static func source(_ about: JSON) -> Capture.Source? {
        switch about["kind"]?.stringValue {
        case "json":
            let source = path(about["path"])
            return (try? JSONPath(parsing: source)).map { .jsonPath(.fixed($0, source: source)) }
        case "header": return about["name"]?.stringValue.map { .header($0.lowercased()) }
        case "cookie": return about["name"]?.stringValue.map { .cookie($0) }
        case "body": return .body
        default: return nil
        }
    }
}
