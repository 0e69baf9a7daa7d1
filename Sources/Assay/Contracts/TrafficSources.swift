internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayReport
internal import AssayScenario

/// Reads what `assay contract export openapi` is given: run records, HTTP archives, recorded mappings, scenarios.
struct TrafficSources {
    let workspace: Workspace
    let bag: DiagnosticBag
    /// Hosts or services whose exchanges are taken; empty for those of the only one.
    var origins: [String] = []
    private var entries: [ObservedTraffic.Entry] = []

    init(_ workspace: Workspace, bag: DiagnosticBag) {
        self.workspace = workspace
        self.bag = bag
    }

    /// What was read, of the wanted hosts.
    ///
    /// - Returns: what was read, after telling what is wrong with it: AS496 when there is nothing, AS505 when an origin names
    ///   no host.
    func exchanges(of paths: [String]) -> [ObservedExchange] {
        let known = Set(entries.map(\.host)).subtracting([""]).sorted()
        for origin in origins where !known.contains(where: { Self.isMeant($0, origin) }) {
            let near = nearestName(to: origin, among: known)
            bag.add(
                Diagnostic(
                    "AS505", "nothing goes to '\(origin)'",
                    fix: near.map { "did you mean '\($0)'?" }
                        ?? (known.isEmpty
                            ? "the sources name no host"
                            : "there are: " + known.prefix(8).joined(separator: ", "))))
        }
        let taken = entries.filter { entry in
            origins.isEmpty || entry.host.isEmpty || origins.contains { Self.isMeant(entry.host, $0) }
        }
        if taken.isEmpty, !bag.hasErrors {
            bag.add(
                Diagnostic(
                    "AS496", "there is no HTTP exchange in \(paths.joined(separator: ", "))",
                    fix: "give a run's folder, a HAR file, recorded mappings or scenarios"))
        }
        return taken.map(\.exchange)
    }

    private static func isMeant(_ host: String, _ origin: String) -> Bool {
        var wanted = origin.lowercased()[...]
        if let scheme = wanted.firstRange(of: "://") { wanted = wanted[scheme.upperBound...] }
        if let slash = wanted.firstIndex(of: "/") { wanted = wanted[..<slash] }
        let host = host.lowercased()
        return host == wanted || host.prefix { $0 != ":" } == wanted
    }

    // MARK: reading

    private static let limitBytes = 512 << 20

    /// Reads one source; what is wrong with it is in the bag.
    mutating func read(_ path: String) {
        let traffic: ObservedTraffic?
        switch Files.kind(of: path) {
        case .folder:
            if Files.kind(of: path + "/record.jsonl") == .file {
                traffic = record(path + "/record.jsonl")
            } else if Files.kind(of: path + "/mappings") == .folder {
                traffic = mappings(in: path)
            } else {
                traffic = scenarios(path)
            }
        case .file: traffic = file(path)
        default:
            bag.add(Diagnostic("AS495", "there is no file or folder '\(path)'"))
            return
        }
        guard let traffic else { return }
        tellHosts(of: traffic, path)
        entries += traffic.entries
    }

    /// AS497: two services in one document would be neither of them.
    private func tellHosts(of traffic: ObservedTraffic, _ path: String) {
        let counts = Dictionary(grouping: traffic.entries.map(\.host).filter { !$0.isEmpty }, by: \.self)
        guard counts.count > 1, origins.isEmpty else { return }
        let hosts = counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let shown = hosts.prefix(6).map { "\($0.key) (\($0.value.count))" }.joined(separator: ", ")
        bag.add(
            Diagnostic(
                "AS497", "'\(path)' has requests to \(counts.count) hosts: \(shown)",
                fix: "say whose document it is: --origin \(hosts[0].key)"))
    }

    private func bytes(_ path: String) -> [UInt8]? {
        do throws(SystemError) {
            return try Files.read(path, limitBytes: Self.limitBytes)
        } catch {
            bag.add(Diagnostic("AS495", "'\(path)' cannot be read: \(error)"))
            return nil
        }
    }

    private func file(_ path: String) -> ObservedTraffic? {
        if path.hasSuffix(".jsonl") { return record(path) }
        if path.hasSuffix(".yml") || path.hasSuffix(".yaml") { return scenarios(path) }
        guard let bytes = bytes(path) else { return nil }
        let json = try? JSON(parsing: bytes)
        if json.map(MappingTraffic.recognises) ?? false {
            let folder = Self.folder(of: Self.folder(of: path))
            return mapping(bytes, path, files: folder + "/__files")
        }
        if path.hasSuffix(".har") || json.map(HARReader.recognises) ?? false {
            return archive(bytes, path)
        }
        if json == nil, path.hasSuffix(".json") { return archive(bytes, path) }
        bag.add(
            Diagnostic(
                "AS495", "'\(path)' is no run record, HAR file, mapping file or scenario",
                fix: "record traffic with `assay contract record`, or give a run's folder"))
        return nil
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// An archive whose end is missing, as after a killed recording, is read up to there.
    private func archive(_ bytes: [UInt8], _ path: String) -> ObservedTraffic? {
        let tail = Array(HARWriter.tail.utf8)
        if (try? JSON(parsing: bytes)) == nil, bytes.starts(with: #"{"log":"#.utf8) {
            let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { Array(bytes[..<$0]) } ?? []
            for start in [bytes, whole, whole.dropLast(whole.last == UInt8(ascii: ",") ? 1 : 0) + []] {
                guard let read = try? JSON(parsing: start + tail), HARReader.recognises(read) else {
                    continue
                }
                bag.add(
                    Diagnostic(
                        "AS504", "the end of '\(path)' is missing, as after a killed recording",
                        fix: "what is there is used", severity: .warning))
                return HARReader.read(start + tail, file: path, bag: bag)
            }
        }
        return HARReader.read(bytes, file: path, bag: bag)
    }

    private func mappings(in folder: String) -> ObservedTraffic? {
        var all = ObservedTraffic()
        let names = ((try? Files.names(in: folder + "/mappings")) ?? []).filter { $0.hasSuffix(".json") }
        for name in names.sorted() {
            let path = "\(folder)/mappings/\(name)"
            guard let bytes = bytes(path), let read = mapping(bytes, path, files: folder + "/__files") else {
                continue
            }
            all.entries += read.entries
        }
        return all
    }

    private func mapping(_ bytes: [UInt8], _ path: String, files: String) -> ObservedTraffic? {
        MappingTraffic { name in
            // A name does not lead out of the folder.
            name.split(separator: "/").contains("..")
                ? nil : try? Files.read(files + "/" + name, limitBytes: 64 << 20)
        }.read(bytes, file: path, bag: bag)
    }

    private func record(_ path: String) -> ObservedTraffic? {
        guard let bytes = bytes(path) else { return nil }
        do throws(Diagnostic) {
            let reading = try RecordReader.read(bytes, file: path)
            bag.add(reading.warnings)
            return RecordedTraffic(reading.record).traffic
        } catch {
            bag.add(error)
            return nil
        }
    }

    private func scenarios(_ path: String) -> ObservedTraffic? {
        switch workspace.scenarioFiles(below: path) {
        case .failure(let problem):
            bag.add(problem)
            return nil
        case .success(let files):
            var all = ScenarioTraffic()
            for file in files {
                switch workspace.reader(forRun: false).scenario(file) {
                case .success(let scenario): all.add(scenario)
                case .failure(let problems): bag.add(problems.all)
                }
            }
            return all.traffic
        }
    }
}

/// The HTTP exchanges of a run's record, with tests in their order.
private struct RecordedTraffic {
    private(set) var traffic = ObservedTraffic()

    init(_ record: RunRecord) {
        for test in record.tests {
            for attempt in test.attempts { if let step = attempt.failure { add(step) } }
            for step in test.steps { add(step) }
        }
        for failure in record.failures { if let sample = failure.sample { add(sample) } }
        for slow in record.slowest { add(slow.exchange) }
    }

    private mutating func add(_ step: StepResult) {
        if step.kind == "http", let exchange = step.exchange { add(exchange) }
        for child in step.children { add(child) }
    }

    private mutating func add(_ exchange: ExchangeReport) {
        if let entry = ObservedTraffic.Entry(request: exchange.request, response: exchange.response) {
            traffic.entries.append(entry)
        }
    }
}
