public import AssayFormats
public import AssayScenario

/// What all passes of a run share: the outside, as far as steps may reach it.
public struct RunContext: Sendable {
    /// Values of the stand's parts, `env` and `secret`.
    public var constants: [String: JSON]
    public var environment: TemplateEnvironment
    public var stand: any StandAccess
    /// Judges `schema` and `golden`; `nil` when a run has none.
    public var external: (any ExternalMatchers)?
    public var masker: Masker
    /// Where relative paths of `run` and `file` start.
    public var projectFolder: String
    /// Bound of a `run` step that names none.
    public var programTimeout: Duration

    public init(
        constants: [String: JSON], environment: TemplateEnvironment, stand: any StandAccess,
        external: (any ExternalMatchers)? = nil, masker: Masker = Masker(secrets: []), projectFolder: String = ".",
        programTimeout: Duration = .seconds(60)
    ) {
        self.constants = constants
        self.environment = environment
        self.stand = stand
        self.external = external
        self.masker = masker
        self.projectFolder = projectFolder
        self.programTimeout = programTimeout
    }
}
