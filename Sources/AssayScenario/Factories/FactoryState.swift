public import AssayFormats

/// What the factories of one scenario remember: how far their sequences are, and which fixtures are loaded.
///
/// It belongs to a session, so a scenario draws the same numbers alone, first and last. Sessions that share a database
/// while they run, like branches of `parallel` and users of a load, take stripes of the numbers: no two are the same.
public struct FactoryState: Sendable, Equatable {
    /// The next number of each sequence that was used.
    private var counters: [String: Int] = [:]
    private var offset = 0
    private var step = 1
    /// Records of the fixtures that are loaded.
    public private(set) var fixtures: [String: JSON] = [:]
    /// Fixtures that were there when the session began.
    private var given: [String: JSON] = [:]
    /// Whether others use the same database at the same time, so that fixtures must be there already.
    private(set) var isShared = false

    /// - Parameter fixtures: records of fixtures that the database holds already.
    public init(fixtures: [String: JSON] = [:]) {
        self.fixtures = fixtures
        given = fixtures
    }

    /// Whether a number was drawn since the state began, by this session or those before it.
    public var hasDrawn: Bool { !counters.isEmpty }

    /// The next number of a sequence, from 0.
    mutating func draw(_ sequence: String) -> Int {
        let number = counters[sequence] ?? offset
        counters[sequence] = number &+ step
        return number
    }

    mutating func remember(_ fixture: String, _ value: JSON) { fixtures[fixture] = value }

    /// Forgets fixtures that are taken out of the database again.
    public mutating func forgetOwnFixtures() { fixtures = given }

    /// The state of one of several sessions that go on side by side from here.
    public func stripe(_ index: Int, of count: Int) -> FactoryState {
        var part = self
        part.offset = offset &+ step &* index
        part.step = step &* max(1, count)
        part.counters = counters.mapValues { $0 &+ step &* index }
        part.given = fixtures  // in the database for as long as the part goes on
        part.isShared = true
        return part
    }

    /// Goes on behind the stripes that ``stripe(_:of:)`` gave out, once they have ended.
    public mutating func join(_ parts: [FactoryState]) {
        for part in parts {
            for (name, next) in part.counters {
                counters[name] = max(counters[name] ?? offset, next &- part.step &+ step)
            }
        }
    }
}
