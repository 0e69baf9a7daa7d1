public import AssayCore
import AssayFormats

/// How records of one kind are made: their columns or members, with the values they have unless told otherwise.
struct Factory: Sendable {
    var name: String
    var location: SourceLocation
    /// Where its records are rows; `nil` for objects that are only built.
    var table: TableName?
    /// The dependency that has the table.
    var database: String?
    /// Columns that tell its rows apart.
    var key: [String] = []
    /// Columns that the database fills in.
    var returning: [String] = []
    /// Columns or members, in the order written.
    var fields: [Field] = []
    /// Values that fields may read and callers may override, but that are no part of the record.
    var parameters: [Field] = []
    var traits: [Trait] = []
    /// Made once a record is there, and reading it.
    var after: [FactoryCall] = []
    /// Whose sequence it counts on: its own, or that of the factory it extends when both fill one table.
    var counter: String
    /// Takes any column: the rows of a fixture.
    var isOpen = false

    struct Field: Sendable {
        var name: String
        var rule: FieldRule
        var location: SourceLocation
        /// The parameter that `take` reads: overrides for its record may be given under this field's name too.
        var source: String?
    }

    struct Trait: Sendable {
        var name: String
        var location: SourceLocation
        var fields: [Field] = []
        var parameters: [Field] = []
        var after: [FactoryCall] = []
        /// Traits that it takes along.
        var traits: [TraitName] = []
    }

    init(name: String, location: SourceLocation) {
        self.name = name
        self.location = location
        counter = name
    }

    /// Members that a record of it has, as far as they are known before it is made.
    var memberNames: [String] { fields.map(\.name) + returning.filter { name in !hasField(name) } }

    /// Names that a caller may give values for.
    var settableNames: [String] {
        (memberNames + parameters.map(\.name) + traits.flatMap { ($0.fields + $0.parameters).map(\.name) })
            .filter { !$0.contains(".") }
    }

    private func hasField(_ name: String) -> Bool { fields.contains { $0.name == name } }

    func trait(_ name: String) -> Trait? { traits.first { $0.name == name } }
}

/// A trait where it is asked for.
struct TraitName: Sendable, Equatable {
    var name: String
    var location: SourceLocation
}

/// How a field gets its value.
indirect enum FieldRule: Sendable {
    /// May read the record's other fields, its parameters and `n`, the record's number.
    case value(ValueTemplate)
    /// `start`, then `step` more for each record.
    case sequence(start: Int64, step: Int64)
    /// One element after the other, then from the first again.
    case cycle([ValueTemplate])
    /// Any element, drawn from the seed.
    case oneOf([ValueTemplate])
    case condition(Expression, then: ValueTemplate, otherwise: ValueTemplate)
    /// A record of another factory, or a member of it.
    case related(FactoryCall, take: [String])
    /// A member of what a parameter holds; null when that is null.
    case taken(from: String, path: [String])
    /// A member of a fixture, which is loaded when it is not yet.
    case reference(fixture: String, Expression)
}

/// A factory where it is asked for.
public struct FactoryCall: Sendable {
    public var factory: String
    public var location: SourceLocation
    var traits: [TraitName] = []
    var overrides: [Override] = []
    var count = Count.one

    enum Count: Sendable {
        case one
        case times(ValueTemplate)
        /// One record a row; what a row gives goes before the overrides of all.
        case rows([[Override]])
        /// A list of objects, used like rows.
        case list(ValueTemplate)
    }

    init(factory: String, location: SourceLocation) {
        self.factory = factory
        self.location = location
    }

    /// Whether it gives a list.
    var isList: Bool { if case .one = count { false } else { true } }
}

/// A value that a caller gives in place of a factory's own.
struct Override: Sendable {
    var name: String
    var location: SourceLocation
    var value: Value

    indirect enum Value: Sendable {
        case value(ValueTemplate)
        /// Overrides for the record that the field asks another factory for; an object for any other field.
        case members([Override])
        case rule(FieldRule)
    }
}

/// Rows and records with a name.
struct Fixture: Sendable {
    var name: String
    var location: SourceLocation
    var content: Content

    enum Content: Sendable {
        /// One record, or a list of them.
        case record(FactoryCall)
        /// Records by their names.
        case named([(name: String, call: FactoryCall)])
        /// Other fixtures, loaded in this order.
        case group([(name: String, location: SourceLocation)])
    }
}

/// All factories and fixtures of a project.
public struct FactorySet: Sendable {
    var factories: [String: Factory] = [:]
    var fixtures: [String: Fixture] = [:]

    /// Without any.
    public init() {}

    public var factoryNames: [String] { factories.values.filter { !$0.isOpen }.map(\.name).sorted() }
    public var fixtureNames: [String] { fixtures.keys.sorted() }
}
