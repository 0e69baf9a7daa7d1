public import AssayCore
public import AssayFormats
public import AssayScenario

/// Reads test scripts of Artillery 2 into values of Assay's own model.
///
/// Semantics are those of Artillery 2.0.34; Documentation/artillery.md says where they differ. No I/O of its own.
public struct ArtilleryImport: Sendable {
    public var files: FileReader
    /// Of the process: `$env` and `$processEnvironment`.
    public var environment: [String: String]
    public var options: ArtilleryOptions
    /// Names of the parts of a stand, which scripts may read: `{{ api.url }}`.
    public var partNames: [String] = []
    /// Their members, once the stand is up.
    public var parts: [String: JSON] = [:]

    public init(
        files: FileReader, environment: [String: String] = [:], options: ArtilleryOptions = ArtilleryOptions()
    ) {
        self.files = files
        self.environment = environment
        self.options = options
    }

    /// Whether a file is a script of Artillery: `config` or flows at the top, and nothing of Assay's.
    public static func takes(_ bytes: [UInt8]) -> Bool {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: "", bag: bag), yaml.root["assay"] == nil,
            yaml.root["load"] == nil, let pairs = yaml.root.pairs
        else { return false }
        if yaml.root["scenarios"]?.elements?.contains(where: { $0["flow"] != nil }) == true { return true }
        return pairs.contains { $0.name == "config" } && yaml.root["config"]?.pairs != nil
            && ["target", "phases", "environments", "processor", "payload"].contains {
                yaml.root["config"]?[$0] != nil
            }
    }

    /// Reads a script with the files that it names.
    ///
    /// - Parameter path: as diagnostics show it; paths in the script begin at its folder.
    /// - Returns: the test with warnings, or everything that is wrong.
    public func test(_ path: String) -> Result<ArtilleryTest, Diagnostics> {
        let bag = DiagnosticBag()
        switch files.bytes(path) {
        case .failure(.missing):
            return .failure(Diagnostics([Diagnostic("AS034", "there is no file '\(path)'")]))
        case .failure(.unreadable(let reason)):
            return .failure(Diagnostics([Diagnostic("AS034", "'\(path)' cannot be read: \(reason)")]))
        case .success(let bytes):
            guard let yaml = YAMLReading(parsing: bytes, file: path, bag: bag) else {
                return .failure(Diagnostics(bag.all))
            }
            let reading = ArtilleryReading(self, yaml)
            if let config = options.config, !reading.put(over: config) {
                return .failure(Diagnostics(bag.all))
            }
            let test = reading.test()
            guard var test, !bag.hasErrors else { return .failure(Diagnostics(bag.all)) }
            test.warnings = bag.all
            return .success(test)
        }
    }
}

/// What a command line says of a script.
public struct ArtilleryOptions: Sendable, Equatable {
    /// One of `config.environments`.
    public var environment: String?
    /// JSON objects as text.
    public var variables: String?
    public var overrides: String?
    /// In place of `config.target`.
    public var target: String?
    /// Any certificate will do.
    public var isInsecure = false
    /// A file that is put over the script.
    public var config: String?
    /// The one scenario that runs: its name, or an expression that its name alone matches.
    public var scenario: String?
    /// One user and no more.
    public var isSolo = false
    /// The file of `config.payload`, in place of its `path`.
    public var payload: String?
    /// Draws what a script draws while it is read.
    public var seed: UInt64 = 0
    public init() {}
}

/// A script as Assay drives it.
public struct ArtilleryTest: Sendable {
    public var profile: LoadProfile
    /// What `ensure` asks of the whole run, in the order of the file.
    public var checks: [ArtilleryCheck]
    /// Of the scenarios, as counters name them.
    public var names: [String] { profile.scenarios.map(\.scenario.name) }
    /// Its functions in JavaScript; `nil` when it has none.
    public var processor: ArtilleryProcessor?
    /// What the script says and Assay does not do, and what it may not mean.
    public var warnings: [Diagnostic] = []
}
