public import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayPolicy
internal import AssayScenario
internal import AssayStand

/// What `assay.yml` says: the strategy of one project.
public struct Project: Sendable {
    public var name: String
    /// Folder of the file; paths in it start here.
    public var folder: String
    var stand = StandSpec()
    var doubles: [DoubleSpec] = []
    public var levels: [Level] = []
    public var pipelines: [Pipeline] = []
    public var policy = PolicySpec()
    var coverage = CoveragePolicy()
    /// Paths that the stand's dependencies and doubles name: when one of them changes, everything is concerned.
    var standFiles: [String] = []
    /// Folders and files of factories and fixtures.
    var factories: [String] = []
    /// Folders of contracts that parts of the stand are held to.
    var contracts: [(path: String, location: SourceLocation)] = []
    /// What services and doubles say of their contracts themselves, by name.
    var contractBindings: [String: ContractBinding] = [:]
    /// How requests are made, where neither scenario nor profile says it.
    var http = HTTPSettings()
    /// The Pushgateway that load runs tell of themselves; `nil` for none.
    var push: PushSpec?

    public struct Level: Sendable {
        public enum Work: Sendable {
            /// A folder of scenarios, or one file.
            case scenarios(String)
            case load(profile: String)
            /// The contracts themselves: documents, examples, versions.
            case contracts(ContractLevel)
            /// Tests that another runner runs.
            case runner(RunnerLevel)
            /// Another tool's work, which this version does not run; why.
            case skipped(String)
        }
        public var name: String
        public var work: Work
        public var location: SourceLocation
        /// What its scenarios find, and what becomes of what they write.
        var isolation = Isolation.none
        /// Changes that concern it; `nil` when it declares none.
        var paths: PathPatterns?
    }

    public struct Pipeline: Sendable {
        public var name: String
        public var levels: [String]
    }

    struct Leftovers: Sendable {
        /// Folders in which files are looked for.
        var folders = ["."]
    }

    public struct PolicySpec: Sendable {
        /// A passed test slower than this fails; `nil` for no bound.
        public var slowTest: Duration? = .seconds(5)
        public var randomOrder = true
        /// Bound of a test that names none.
        public var timeout = Duration.seconds(60)
        var flaky = FlakyPolicy()
        var quarantine = QuarantineSource.none
        /// Whether a scenario that leaves something behind fails; `nil` when nobody looks.
        var leftovers: Leftovers?
        public var externalCalls = ExternalCalls.allow
        /// Which voice calls are kept as sound files.
        public var recordings = Recordings.failed

        public enum Recordings: String, Sendable, CaseIterable { case failed, always, never }

        /// What becomes of a service's try to reach something that the stand did not start.
        public enum ExternalCalls: String, Sendable, CaseIterable {
            case allow
            /// Let through and told.
            case report
            /// Refused, and a failure.
            case deny
        }
    }

    /// A project without a file: one scenario or profile by itself, without a stand.
    static func bare(folder: String) -> Project { Project(name: "assay", folder: folder) }
}

extension Project {
    func isolation(of level: String) -> Isolation {
        levels.first { $0.name == level }?.isolation ?? .none
    }

    /// What templates and steps may name.
    var standNames: StandNames {
        var parts = stand.services.map { service in
            var part = StandNames.Part(
                name: service.name, kind: .service, members: ["url", "host", "port", "ports"])
            switch service.replicas {
            case .count(let count): part.copies = count
            case .told: part.copies = .max
            case nil: break
            }
            if part.copies != nil { part.members += ["urls", "count"] }
            return part
        }
        parts += stand.reached.map {
            StandNames.Part(name: $0.name, kind: .reached, members: ReachedService.members)
        }
        parts += stand.dependencies.map { dependency in
            StandNames.Part(
                name: dependency.name, kind: .dependency, members: dependency.members,
                isDatabase: dependency.isDatabase, isRedis: dependency.isRedis)
        }
        parts += doubles.map {
            StandNames.Part(
                name: $0.name, kind: .double, members: $0.memberNames, isRedis: $0.kind is RedisDoubleKind)
        }
        return StandNames(parts: parts)
    }
}
