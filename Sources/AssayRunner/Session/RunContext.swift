public import AssayFormats
public import AssayScenario

/// What all passes of a run share: the outside, as far as steps may reach it.
///
/// A class, because ten thousand users hold it.
public final class RunContext: Sendable {
    /// Values of the stand's parts, `env` and `secret`.
    public let constants: [String: JSON]
    public let environment: TemplateEnvironment
    public let stand: any StandAccess
    /// Judges `schema` and `golden`; `nil` when a run has none.
    public let external: (any ExternalMatchers)?
    /// Judges exchanges by contracts; `nil` when none is to be: nothing has one, or a load takes no sample.
    public let contracts: (any ExchangeJudge)?
    public let masker: Masker
    /// Where relative paths of `run` and `file` start.
    public let projectFolder: String
    /// Bound of a `run` step that names none.
    public let programTimeout: Duration
    public let factories: FactorySet
    /// Records of fixtures that every database of the run holds from the start.
    public let fixtures: [String: JSON]
    /// Whether rows that steps create are taken out when their scenario ends: nothing else puts the database back.
    public let removesRows: Bool
    /// What calls say; read once a run.
    public let sounds: SoundShelf
    /// Takes recordings of calls; `nil` when a run keeps none.
    public let recordings: RecordingShelf?
    /// How the project makes its requests, where nothing narrower says it.
    public let http: HTTPSettings
    /// Takes lines that steps print, from any thread; `nil` drops them.
    public let tell: (@Sendable (_ line: String) -> Void)?

    public init(
        constants: [String: JSON], environment: TemplateEnvironment, stand: any StandAccess,
        external: (any ExternalMatchers)? = nil, contracts: (any ExchangeJudge)? = nil,
        masker: Masker = Masker(secrets: []),
        projectFolder: String = ".",
        programTimeout: Duration = .seconds(60), factories: FactorySet = FactorySet(),
        fixtures: [String: JSON] = [:], removesRows: Bool = true,
        sounds: SoundShelf = SoundShelf(), recordings: RecordingShelf? = nil,
        http: HTTPSettings = HTTPSettings(), tell: (@Sendable (_ line: String) -> Void)? = nil
    ) {
        self.constants = constants
        self.environment = environment
        self.stand = stand
        self.external = external
        self.contracts = contracts
        self.masker = masker
        self.projectFolder = projectFolder
        self.programTimeout = programTimeout
        self.factories = factories
        self.fixtures = fixtures
        self.removesRows = removesRows
        self.sounds = sounds
        self.recordings = recordings
        self.http = http
        self.tell = tell
    }
}
