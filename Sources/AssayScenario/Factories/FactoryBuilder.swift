public import AssayCore
public import AssayFormats

/// Makes records one after the other, those that others need first.
///
/// It does nothing itself: ``next()`` gives the row to insert, ``receive(_:)`` takes what the database answered.
/// ```swift
/// builder.make(records)
/// while let insert = try builder.next() { builder.receive(try await database.run(insert)) }
/// let value = builder.result
/// ```
public struct FactoryBuilder: Sendable {
    /// What is done with records that have a table.
    public enum Strategy: Sendable {
        case create
        /// Nothing is inserted, and what the database would fill in is null.
        case build
    }

    /// What templates reach besides the record: parts of the stand, `env` and `secret`.
    public struct Surroundings: Sendable {
        public var constants: [String: JSON]
        public var environment: TemplateEnvironment
        public init(constants: [String: JSON], environment: TemplateEnvironment) {
            self.constants = constants
            self.environment = environment
        }
    }

    let set: FactorySet
    let strategy: Strategy
    let surroundings: Surroundings
    public internal(set) var state: FactoryState
    public internal(set) var random: SeededRandom
    /// What was asked for: a record, a list of them, or fixtures by their names. Null until it is there.
    public private(set) var result = JSON.null
    /// What is under way; the last is needed by the one before it.
    var levels: [Level] = []
    /// More levels than this are a circle that only overrides make.
    private static let depthLimit = 200

    enum Level: Sendable {
        case records(Series)
        case record(RecordDraft)
        case fixture(FixtureProgress)
    }

    /// Records of one call, one after the other.
    struct Series: Sendable {
        var records: FactoryRecords
        var next = 0
        var made: [JSON] = []

        var value: JSON { records.isList ? .array(made) : made.first ?? .null }
    }

    public init(
        _ set: FactorySet, strategy: Strategy, state: FactoryState, random: SeededRandom,
        surroundings: Surroundings
    ) {
        self.set = set
        self.strategy = strategy
        self.state = state
        self.random = random
        self.surroundings = surroundings
    }

    /// Asks for records; ``result`` has them when ``next()`` gives `nil`.
    public mutating func make(_ records: FactoryRecords) { levels = [.records(Series(records: records))] }

    /// Asks for fixtures in the order given; those that are loaded are taken as they are.
    public mutating func load(_ names: [String], at location: SourceLocation) {
        let group = names.map { (name: $0, location: location) }
        levels = [.fixture(FixtureProgress(name: nil, location: location, content: .group(group)))]
    }

    /// The next row to insert; ``receive(_:)`` is to be called before this is called again.
    ///
    /// - Returns: `nil` when everything asked for is there.
    public mutating func next() throws(FactoryError) -> Insert? {
        do throws(FactoryError) {
            return try proceed()
        } catch {
            throw FactoryError(error.message + trail, at: error.location)
        }
    }

    private mutating func proceed() throws(FactoryError) -> Insert? {
        while let level = levels.popLast() {
            guard levels.count < Self.depthLimit else { throw tooDeep(level) }
            switch level {
            case .records(let series): try proceed(series)
            case .fixture(let progress): try proceed(progress)
            case .record(let draft): if let insert = try proceed(draft) { return insert }
            }
        }
        return nil
    }

    /// Takes the row as the database holds it.
    public mutating func receive(_ row: JSONObject) {
        guard case .record(var draft)? = levels.popLast() else { return }
        draft.finish(with: row)
        levels.append(.record(draft))
    }

    /// Who needs the record that is being made: ` (for field 'user' of factory 'ban')`; empty when a step does.
    public var trail: String {
        let needs = levels.reversed().lazy.compactMap { level -> String? in
            guard case .record(let draft) = level, let field = draft.current else { return nil }
            return " (for field '\(field.written)' of \(draft.factory.title))"
        }
        return needs.prefix(3).joined()
    }

    // MARK: levels

    private mutating func proceed(_ series: Series) throws(FactoryError) {
        guard series.next < series.records.overrides.count else { return deliver(series.value) }
        var series = series
        let draft = try draft(series.records, series.records.overrides[series.next])
        series.next += 1
        levels.append(.records(series))
        levels.append(.record(draft))
    }

    private mutating func proceed(_ given: RecordDraft) throws(FactoryError) -> Insert? {
        var draft = given
        switch draft.phase {
        case .filling:
            switch try fill(&draft) {
            case .records(let records):
                levels.append(.record(draft))
                levels.append(.records(Series(records: records)))
            case .fixture(let name, let location):
                levels.append(.record(draft))
                try begin(name, at: location)
            case nil:
                draft.current = nil
                if strategy == .create, let insert = draft.insert {
                    levels.append(.record(draft))
                    return insert
                }
                draft.finish(with: nil)
                levels.append(.record(draft))
            }
        case .following(let place):
            guard strategy == .create, place < draft.after.count else {
                deliver(.object(draft.result))
                return nil
            }
            draft.phase = .following(place + 1)
            draft.current = "after"
            let records = try records(draft.after[place], of: draft, field: nil)
            levels.append(.record(draft))
            levels.append(.records(Series(records: records)))
        }
        return nil
    }

    /// Hands a value to what waits for it.
    mutating func deliver(_ value: JSON) {
        switch levels.popLast() {
        case nil: result = value
        case .records(var series):
            series.made.append(value)
            levels.append(.records(series))
        case .record(var draft):
            draft.take(value)
            levels.append(.record(draft))
        case .fixture(var progress):
            progress.made.append(value)
            levels.append(.fixture(progress))
        }
    }

    private func tooDeep(_ level: Level) -> FactoryError {
        let names = levels.suffix(6).compactMap { level in
            if case .record(let draft) = level { draft.factory.name } else { nil }
        }
        return FactoryError(
            "more than \(Self.depthLimit) records need each other: … " + names.joined(separator: " → "),
            at: location(of: level))
    }

    private func location(of level: Level) -> SourceLocation {
        switch level {
        case .records(let series): series.records.location
        case .record(let draft): draft.factory.location
        case .fixture(let progress): progress.location
        }
    }
}

/// Why a record could not be made.
public struct FactoryError: Error, Sendable, Equatable {
    /// Names factory and field.
    public var message: String
    /// Of the field, else of the factory or the step.
    public var location: SourceLocation?

    public init(_ message: String, at location: SourceLocation?) {
        self.message = message
        self.location = location
    }

    public var diagnostic: Diagnostic { Diagnostic("AS279", message, at: location) }
}
