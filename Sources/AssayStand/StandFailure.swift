public import AssayCore
public import AssayFormats
public import AssayNet

/// Why a stand did not come up: for exit status 3.
public struct StandFailure: Error, Sendable {
    public var member: String
    /// What was wanted and last seen.
    public var message: String
    public var location: SourceLocation?
    /// The text of the line at ``location``.
    public var line: String?
    /// The end of the member's log.
    public var lastLines: [String] = []
    /// The program is not installed, so a fallback may take its place.
    var isAbsent = false

    public init(
        member: String, message: String, location: SourceLocation? = nil, lastLines: [String] = []
    ) {
        self.init(member: member, message: message, location: location, lastLines: lastLines, isAbsent: false)
    }

    init(
        member: String, message: String, location: SourceLocation?, lastLines: [String] = [], isAbsent: Bool
    ) {
        self.member = member
        self.message = message
        self.location = location
        self.lastLines = lastLines
        self.isAbsent = isAbsent
    }
}

/// A member that ended while the stand was up.
public struct MemberDeath: Sendable {
    public var name: String
    /// What messages call it: `service 'api'`.
    public var title: String
    public var status: ExitStatus
    public var lastLines: [String]
}

/// What a stand needs from outside.
public struct StandSurroundings: Sendable {
    /// What paths in the project file start from.
    public var projectFolder: String
    /// Where private folders of stands are made.
    public var scratchFolder: String
    /// Whether databases may lie in memory, below ``memoryFolder``: they are small, and gone soon.
    public var prefersMemory = false
    public static let memoryFolder = "/dev/shm/assay-\(Accounts.current)"
    /// Where services' logs go; `nil` for none.
    public var logFolder: String?
    public var environment: TemplateEnvironment
    /// What `${name.…}` gives besides the stand's own members, like doubles.
    public var bindings: [String: JSON]
    /// Hides secrets on the way to files.
    public var mask: @Sendable (String) -> String
    /// Has the last word on how a service, or a dependency by `run:`, is started; is given its name.
    public var prepare: @Sendable (_ program: inout ProcessSpec, _ name: String) throws(SystemError) -> Void =
        { (_, _) throws(SystemError) in }
    /// Is told each port of this machine behind which a container listens, for no program of the stand holds it.
    public var published: @Sendable (UInt16) -> Void = { _ in }
    /// Makes what stands in for a Redis whose program is not installed; `nil` where nothing can.
    public var redisDouble: StandInMaker?
    /// Is told what each member binds as soon as it is up, `nil` for one that is left out.
    ///
    /// Answers with what can be bound only now, like proxies in front of it; `nil` for what is left out with it.
    public var settled:
        @Sendable (_ name: String, _ binding: JSONObject?) -> [(name: String, binding: JSONObject?)] =
            { _, _ in [] }
    /// Where the programs of dependencies are.
    public var installed = Installed()
    /// What services and programs of the project find in their environment besides what the stand gives them.
    public var inherited: [(name: String, value: String)] = Host.environment

    public init(
        projectFolder: String, scratchFolder: String, logFolder: String?, environment: TemplateEnvironment,
        bindings: [String: JSON] = [:], mask: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.projectFolder = projectFolder
        self.scratchFolder = scratchFolder
        self.logFolder = logFolder
        self.environment = environment
        self.bindings = bindings
        self.mask = mask
    }
}
