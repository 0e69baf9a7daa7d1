public import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Makes a scenario of a recorded session: an HTTP archive (HAR) of a browser or a proxy.
public struct HARImport: Sendable {
    /// Hosts that are wanted besides the site of the first page.
    public var hosts: Set<String> = []
    /// Images, styles, scripts and fonts too.
    public var includesAssets = false
    /// Gaps of half a second and more become think times.
    public var keepsThinkTimes = true
    /// Requests that were made at the same time are made so again.
    public var keepsParallel = true
    /// The scenario's name; by default that of the file.
    public var name: String?

    /// What an archive may hold at most.
    static let limits = YAMLLimits(bytes: 64 << 20, depth: 100, nodes: 4_000_000)

    public init() {}

    /// - Parameters:
    ///   - bytes: the archive.
    ///   - file: its path as notes and diagnostics show it.
    /// - Throws: AS001–AS008 for what is no JSON, AS621 for what is no archive, AS622 for one without a request to keep.
    public func files(from bytes: [UInt8], file: String) throws(Diagnostics) -> ImportedFiles {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsingJSON: bytes, file: file, bag: bag, limits: Self.limits),
            let archive = HARFile(yaml)
        else { throw Diagnostics(bag.all) }
        let selection = HARSelection(archive, hosts: hosts, includesAssets: includesAssets)
        guard !selection.kept.isEmpty else {
            throw Diagnostics([
                Diagnostic(
                    "AS622",
                    "the archive has no request to make a scenario of; "
                        + selection.lines.joined(separator: ", "),
                    at: yaml.root.location,
                    fix: "name the hosts that are meant with --host, or take static files with --assets")
            ])
        }
        let title = name ?? ImportedNames.slug(Self.stem(of: file), or: "session")
        var session = HARSession(options: self, archive: archive, selection: selection)
        let scenario = session.scenario(named: title)
        var bundle = ImportedBundle(source: file, verb: "har")
        bundle.notes = archive.notes + session.notes
        bundle.summary = session.summary + selection.lines
        return bundle.files(of: [scenario], named: title)
    }

    /// `session` of `recordings/session.har`.
    static func stem(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return name.firstIndex(of: ".").map { $0 == name.startIndex ? name : String(name[..<$0]) } ?? name
    }
}

/// One archive while its steps are made.
struct HARSession {
    let options: HARImport
    let archive: HARFile
    let kept: [(entry: HARFile.Entry, address: WebAddress)]
    private var requests: HARRequests
    private var thinks = 0
    private var together = 0

    init(options: HARImport, archive: HARFile, selection: HARSelection) {
        self.options = options
        self.archive = archive
        kept = selection.kept
        var origins: [String] = []
        for (_, address) in kept where !origins.contains(address.origin) { origins.append(address.origin) }
        requests = HARRequests(origins: Array(origins.prefix(50)))
    }

    var notes: [ImportNote] { requests.notes }

    var summary: [String] {
        var lines = ["\(kept.count) request\(kept.count == 1 ? "" : "s") of \(archive.entries.count) entries"]
        let captures = requests.correlation.captures.values.reduce(0) { $0 + $1.count }
        if captures > 0 {
            lines.append(
                "\(captures) value\(captures == 1 ? "" : "s") taken from earlier answers (`capture`)")
        }
        if together > 0 { lines.append("\(together) requests made at the same time (`parallel`)") }
        if thinks > 0 { lines.append("\(thinks) think times") }
        lines += requests.secrets.summary
        if requests.droppedHeaders > 0 {
            lines.append("left out: \(requests.droppedHeaders) headers that a browser adds to every request")
        }
        if requests.droppedCookies > 0 {
            lines.append("left out: \(requests.droppedCookies) cookies of trackers")
        }
        return lines
    }

    mutating func scenario(named title: String) -> Scenario {
        var actions: [HTTPAction] = []
        for (place, item) in kept.enumerated() {
            actions.append(requests.action(item.entry, item.address))
            if let answer = item.entry.answer { requests.learn(answer, of: place, item.address) }
        }
        let start = SourceLocation(file: kept.first?.entry.location.file ?? "", line: 1, column: 1)
        let parameters = requests.bases.map { origin, name in
            let variable = ImportedNames.environment(
                name == "base" ? "base url" : name + " url", or: "BASE_URL")
            return Scenario.Parameter(
                name: name,
                standard: .template(
                    TemplateWriting.template(
                        "${env.\(variable) || \(TemplateText.literal(origin))}", at: start)),
                location: start)
        }
        var steps: [Step] = []
        var ids = ImportedNames()
        var page: String??
        var group: [Step] = []
        let titles = pageTitles()
        func close(_ steps: inout [Step]) {
            guard !group.isEmpty else { return }
            if let id = page ?? nil, let title = titles[id], titles.count > 1 {
                steps.append(
                    Step(
                        name: title, location: group[0].location,
                        action: .group(GroupAction(name: title, steps: group))))
            } else {
                steps += group
            }
            group = []
        }
        var place = 0
        var lastEnd: Int64?
        while place < kept.count {
            let entry = kept[place].entry
            if page != .some(entry.page) {
                close(&steps)
                page = .some(entry.page)
            }
            if let think = think(before: entry, after: lastEnd) { group.append(think) }
            let end = bundleEnd(from: place)
            let made = (place..<end).map { step(at: $0, actions[$0], &ids) }
            if made.count > 1 {
                together += made.count
                group.append(parallel(made))
            } else {
                group += made
            }
            lastEnd =
                kept[place..<end].compactMap(\.entry.ended).max().map { max($0, lastEnd ?? $0) } ?? lastEnd
            place = end
        }
        close(&steps)
        return Scenario(
            name: title, location: start, tags: ["imported"], parameters: parameters, steps: steps)
    }

    // MARK: steps

    private func step(at place: Int, _ action: HTTPAction, _ ids: inout ImportedNames) -> Step {
        let (entry, address) = kept[place]
        let words = address.path.split(separator: "/").filter {
            !$0.contains { $0.isNumber } && $0.utf8.count < 30
        }
        let id = ids.unique(
            ImportedNames.slug(
                "\(entry.method) " + (words.isEmpty ? "home" : words.joined(separator: " ")), or: "step"))
        var expectation = Expectation()
        if let status = entry.answer?.status {
            // Without the browser's cache, the answer is a whole one.
            let wanted = status == 304 ? 200 : status
            expectation.checks.append(
                Check(
                    subject: .status, matcher: .equals(.literal(.int(Int64(wanted)))),
                    location: entry.location,
                    name: "status is \(wanted)"))
        }
        let captures = (requests.correlation.captures[place] ?? []).map {
            Capture(name: $0.name, source: $0.source, location: entry.location)
        }
        return Step(
            id: id, name: id, location: entry.location, action: .http(action), expectation: expectation,
            captures: captures)
    }

    private mutating func think(before entry: HARFile.Entry, after lastEnd: Int64?) -> Step? {
        guard options.keepsThinkTimes, let lastEnd, let started = entry.started else { return nil }
        let gap = started - lastEnd
        guard gap >= 500 else { return nil }
        thinks += 1
        // To a tenth of a second, and at most a minute: longer, nobody was there.
        let tenths = min(600, (gap + 50) / 100)
        return Step(
            name: "think", location: entry.location, action: .think(.fixed(.milliseconds(tenths * 100))))
    }

    /// The end of the requests that were under way at the same time as the first, none of which tells a value.
    private func bundleEnd(from start: Int) -> Int {
        guard options.keepsParallel, tellsNothing(start), var until = kept[start].entry.ended else {
            return start + 1
        }
        var end = start + 1
        while end < kept.count, end - start < 32, tellsNothing(end),
            kept[end].entry.page == kept[start].entry.page,
            let began = kept[end].entry.started, let ended = kept[end].entry.ended, began < until
        {
            until = min(until, ended)
            end += 1
        }
        return end
    }

    /// Values that are taken inside `parallel` are not known behind it, and neither are cookies.
    private func tellsNothing(_ place: Int) -> Bool {
        guard let answer = kept[place].entry.answer else { return false }
        return (requests.correlation.captures[place] ?? []).isEmpty && Correlation.cookies(of: answer).isEmpty
            && !(300...399).contains(answer.status) && kept[place].entry.resource != "document"
    }

    /// Each branch makes one of the requests.
    private func parallel(_ steps: [Step]) -> Step {
        let location = steps[0].location
        let branches = steps.enumerated().map { number, step in
            let condition = Expression.binary(.equal, .name("index", location), .literal(.int(Int64(number))))
            return Step(
                name: "if", location: location,
                action: .if(IfAction(condition: condition, then: [step], otherwise: [])))
        }
        return Step(
            name: "parallel", location: location,
            action: .parallel(
                ParallelAction(
                    times: .literal(.int(Int64(steps.count))), steps: branches, expectation: Expectation())))
    }

    /// What pages are called as groups, where there is more than one.
    private func pageTitles() -> [String: String] {
        var names = ImportedNames()
        var titles: [String: String] = [:]
        let used = Set(kept.compactMap(\.entry.page))
        for page in archive.pages where used.contains(page.id) && titles[page.id] == nil {
            let title = WebAddress(page.title).map { $0.path == "/" ? "home" : $0.path } ?? page.title
            let plain = title.split(whereSeparator: { $0 == "/" || $0.isNewline }).joined(separator: " ")
            titles[page.id] = names.unique(
                TemplateText.escaped(plain.isEmpty ? page.id : String(plain.prefix(60))))
        }
        return titles
    }
}
