public import AssayCore
import AssayFormats

/// Reads scenarios and load profiles from YAML, with everything that is wrong in them at once.
///
/// Documentation/scenarios.md is the guide to both files.
public struct ScenarioReader: Sendable {
    public var files: FileReader
    /// Names of the project's stand; `nil` leaves `on:`, `of:` and `${api.url}` unchecked.
    public var stand: StandNames?

    /// The project's factories and fixtures; `nil` leaves the names of `create`, `build` and `fixture` unchecked.
    public var factories: FactorySet?

    /// What is wrong with the text of a threshold; `nil` leaves thresholds to the caller.
    public var checkThreshold: ThresholdCheck?

    /// What is wrong with the bytes of a sound that a call names, in words; `nil` leaves sounds unchecked.
    public var checkSound: SoundCheck?

    public typealias SoundCheck = @Sendable (_ bytes: [UInt8]) -> String?
    /// - Parameter metrics: Assay's own, and those that the profile's scenarios define.
    public typealias ThresholdCheck =
        @Sendable (
            _ text: LoadProfile.ThresholdText, _ metrics: MetricRegistry
        ) -> [Diagnostic]

    public init(
        files: FileReader, stand: StandNames? = nil, factories: FactorySet? = nil,
        checkThreshold: ThresholdCheck? = nil
    ) {
        self.files = files
        self.stand = stand
        self.factories = factories
        self.checkThreshold = checkThreshold
    }

    /// Reads a scenario and the scenarios it uses.
    ///
    /// - Parameter path: shown in messages and the start of relative paths in the file.
    public func scenario(_ path: String) -> Result<Scenario, Diagnostics> {
        let session = ReadingSession(files: files, stand: stand, factories: factories)
        session.checkSound = checkSound
        let scenario = session.scenario(path, namedAt: nil)
        return session.result(scenario)
    }

    /// Reads a load profile, its scenarios and its feeds.
    public func profile(_ path: String) -> Result<LoadProfile, Diagnostics> {
        let session = ReadingSession(files: files, stand: stand, factories: factories)
        session.checkThreshold = checkThreshold
        session.checkSound = checkSound
        return session.result(session.profile(path))
    }
}

/// Names that are set before a scenario's own.
struct KnownNames: Sendable {
    /// What a profile's setup captured.
    var variables: [String] = []
    /// Columns of a profile's feeds, by their names.
    var feeds: [String: [String]] = [:]
}

/// One reading of a file and of all that it names.
final class ReadingSession {
    let files: FileReader
    let stand: StandNames?
    let factories: FactorySet?
    /// What a profile sets for all its scenarios, those that they use among them.
    var known = KnownNames()
    var checkThreshold: ScenarioReader.ThresholdCheck?
    var checkSound: ScenarioReader.SoundCheck?
    /// Where each of the user's own metrics was first defined, by its name in lower case without points.
    var ownMetrics: [String: OwnMetric] = [:]
    /// Sounds read so far: many steps may say the same.
    private var sounds: Set<String> = []
    let bag = DiagnosticBag()
    /// Files that are being read, outermost first.
    private var open: [String] = []
    private var scenarios: [String: Scenario] = [:]
    private var failed: Set<String> = []

    init(files: FileReader, stand: StandNames?, factories: FactorySet? = nil) {
        self.files = files
        self.stand = stand
        self.factories = factories
    }

    func result<Value>(_ value: Value?) -> Result<Value, Diagnostics> {
        guard let value, !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
        return .success(value)
    }

    /// - Parameter place: where the file is named, with the reading it is named in; `nil` for the first file.
    func scenario(_ path: String, namedAt place: (node: YAMLNode, reading: YAMLReading)?) -> Scenario? {
        if let read = scenarios[path] { return read }
        if failed.contains(path) { return nil }
        if let start = open.firstIndex(of: path) {
            let round = (open[start...] + [path]).joined(separator: " → ")
            place?.reading.error(
                "AS035", "the scenario uses itself: \(round)",
                at: place?.node.location ?? Self.start(of: path),
                fix: "take one of the `use` steps out")
            return nil
        }
        guard let reading = reading(path, namedAt: place) else {
            failed.insert(path)
            return nil
        }
        open.append(path)
        defer { open.removeLast() }
        let file = ScenarioFile(yaml: reading, session: self)
        guard let scenario = file.scenario() else {
            failed.insert(path)
            return nil
        }
        var check = NameCheck(stand: stand, known: known)
        for problem in check.problems(in: scenario) { reading.add(problem) }
        scenarios[path] = scenario
        return scenario
    }

    /// The file's YAML; problems are recorded where the file is named.
    func reading(_ path: String, namedAt place: (node: YAMLNode, reading: YAMLReading)?) -> YAMLReading? {
        guard let bytes = bytes(path, namedAt: place) else { return nil }
        return YAMLReading(parsing: bytes, file: path, bag: bag)
    }

    func bytes(_ path: String, namedAt place: (node: YAMLNode, reading: YAMLReading)?) -> [UInt8]? {
        let message: String
        switch files.bytes(path) {
        case .success(let bytes): return bytes
        case .failure(.missing):
            let (folder, name) = FileReader.split(path)
            message =
                "there is no file '\(name)' in " + (folder.isEmpty ? "the project's folder" : "'\(folder)'")
        case .failure(.unreadable(let reason)): message = "'\(path)' cannot be read: \(reason)"
        }
        let fix = suggestion(for: path)
        if let place {
            place.reading.error("AS034", message, at: place.node, fix: fix)
        } else {
            bag.add(Diagnostic("AS034", message, fix: fix))
        }
        return nil
    }

    /// The bytes of a sound; `nil` when it has been looked at before, or cannot be read.
    func sound(_ path: String, namedAt place: (node: YAMLNode, reading: YAMLReading)) -> [UInt8]? {
        if sounds.contains(path) { return nil }
        guard let bytes = bytes(path, namedAt: place) else { return nil }
        sounds.insert(path)
        return bytes
    }

    private func suggestion(for path: String) -> String? {
        guard let list = files.names else { return nil }
        let (folder, name) = FileReader.split(path)
        let names = list(folder).sorted()
        if let nearest = nearestName(to: name, among: names) { return "did you mean '\(nearest)'?" }
        let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        return names.isEmpty ? nil : "there are: " + shown + (names.count > 5 ? ", …" : "")
    }

    static func start(of path: String) -> SourceLocation { SourceLocation(file: path, line: 1, column: 1) }
}
