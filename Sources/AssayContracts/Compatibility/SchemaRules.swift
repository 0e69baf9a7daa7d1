/// How one kind of change is judged from each side: one row of the table.
struct SchemaRule: Sendable {
    /// What the change is to one side.
    struct Cell: Sendable {
        var level: CompatibilityLevel
        /// Why it breaks whom; empty when it does not.
        var why: String
        /// Without its `request-` or `response-`, where it is not the kind's own name.
        var id: String?

        static func error(_ why: String, id: String? = nil) -> Cell { Cell(level: .error, why: why, id: id) }
        static func warning(_ why: String, id: String? = nil) -> Cell {
            Cell(level: .warning, why: why, id: id)
        }
        static let info = Cell(level: .info, why: "", id: nil)
        static func info(id: String) -> Cell { Cell(level: .info, why: "", id: id) }
    }

    var kind: ChangeKind
    var effect: ChangeEffect
    /// A sentence with `{name}`, `{old}` and `{new}`.
    var says: String
    var request: Cell
    var response: Cell
    /// The level for data at rest where it breaks: for new readers when it narrows, for old ones when it widens.
    var stored: CompatibilityLevel

    init(
        _ kind: ChangeKind, _ effect: ChangeEffect, _ says: String, request: Cell, response: Cell,
        stored: CompatibilityLevel = .error
    ) {
        self.kind = kind
        self.effect = effect
        self.says = says
        self.request = request
        self.response = response
        self.stored = stored
    }

    /// Rows by kind.
    static let table: [ChangeKind: SchemaRule] = {
        var table: [ChangeKind: SchemaRule] = [:]
        for rule in objectRules + valueRules + boundRules + otherRules { table[rule.kind] = rule }
        return table
    }()

    static func of(_ kind: ChangeKind) -> SchemaRule {
        guard let rule = table[kind] else { preconditionFailure("no rule for \(kind.rawValue)") }
        return rule
    }

    private static let refused = "consumers that still send it are refused"
    private static let unread = "what consumers send there is not read any more"
    private static let missed = "consumers that rely on it do not find it"
    private static let stricter = "requests that were right are refused now"
    private static let looser = "consumers meet values that they were not promised"

    static let objectRules: [SchemaRule] = [
        SchemaRule(
            .propertyAdded, .narrows, "property '{name}' was added", request: .info, response: .info,
            stored: .warning),
        SchemaRule(
            .optionalPropertyRemoved, .widens, "property '{name}' was removed",
            request: .warning(unread, id: "property-removed"), response: .warning(missed), stored: .warning),
        SchemaRule(
            .requiredPropertyAdded, .narrows, "required property '{name}' was added",
            request: .error("consumers that do not send it are refused"),
            response: .info(id: "property-added")),
        SchemaRule(
            .requiredPropertyRemoved, .widens, "required property '{name}' was removed",
            request: .warning(unread, id: "property-removed"), response: .error(missed)),
        SchemaRule(
            .propertyNewlyAllowed, .widens, "property '{name}' was added to an object that allowed no others",
            request: .info(id: "property-added"),
            response: .warning(
                "consumers that keep to the old schema refuse it", id: "property-added-to-closed-object")),
        SchemaRule(
            .propertyRefused, .narrows, "property '{name}' was removed from an object that allows no others",
            request: .error(refused), response: .warning(missed, id: "optional-property-removed")),
        SchemaRule(
            .requiredPropertyNewlyAllowed, .both,
            "required property '{name}' was added to an object that allowed no others",
            request: .error("consumers that do not send it are refused", id: "required-property-added"),
            response: .warning(
                "consumers that keep to the old schema refuse it", id: "property-added-to-closed-object")),
        SchemaRule(
            .requiredPropertyRefused, .both,
            "required property '{name}' was removed from an object that allows no others",
            request: .error(refused, id: "property-refused"),
            response: .error(missed, id: "required-property-removed")),
        SchemaRule(
            .propertyBecameRequired, .narrows, "property '{name}' became required",
            request: .error("consumers that leave it out are refused"), response: .info),
        SchemaRule(
            .propertyBecameOptional, .widens, "property '{name}' became optional", request: .info,
            response: .error("consumers that rely on it may not find it")),
        SchemaRule(
            .additionalPropertiesRefused, .narrows, "other properties than those described are refused now",
            request: .error("consumers that send more are refused"), response: .info),
        SchemaRule(
            .additionalPropertiesAllowed, .widens, "other properties than those described are allowed now",
            request: .info, response: .warning("consumers that keep to the old schema refuse them")),
    ]

    static let valueRules: [SchemaRule] = [
        SchemaRule(
            .valueRefused, .narrows, "nothing is allowed here any more", request: .error(refused),
            response: .warning(missed)),
        SchemaRule(
            .valueAllowed, .widens, "something is allowed here where nothing was", request: .info,
            response: .warning(looser)),
        SchemaRule(
            .typeNarrowed, .narrows, "the type was {old} and is {new}", request: .error(stricter),
            response: .info),
        SchemaRule(
            .typeWidened, .widens, "the type was {old} and is {new}", request: .info,
            response: .error(looser)),
        SchemaRule(
            .typeChanged, .both, "the type was {old} and is {new}", request: .error(stricter),
            response: .error(looser)),
        SchemaRule(
            .becameNotNullable, .narrows, "null is not allowed any more",
            request: .error("consumers that send null are refused"), response: .info),
        SchemaRule(
            .becameNullable, .widens, "null is allowed now", request: .info,
            response: .error("consumers meet null where a value was promised")),
        SchemaRule(
            .enumAdded, .narrows, "only {new} are allowed now", request: .error(stricter), response: .info),
        SchemaRule(
            .enumRemoved, .widens, "other values than {old} are allowed now", request: .info,
            response: .error(looser)),
        SchemaRule(
            .enumValueRemoved, .narrows, "value {name} was removed",
            request: .error("consumers that send it are refused"), response: .info),
        SchemaRule(
            .enumValueAdded, .widens, "value {name} was added", request: .info,
            response: .warning("consumers that know the old values only do not know what to do with it")),
        SchemaRule(
            .constAdded, .narrows, "the value must be {new} now", request: .error(stricter),
            response: .info),
        SchemaRule(
            .constRemoved, .widens, "the value need not be {old} any more", request: .info,
            response: .error(looser)),
        SchemaRule(
            .constChanged, .both, "the value had to be {old} and must be {new} now",
            request: .error(stricter), response: .error(looser)),
    ]

    static let boundRules: [SchemaRule] = [
        SchemaRule(
            .lowerBoundRaised, .narrows, "{name} was {old} and is {new}", request: .error(stricter),
            response: .info),
        SchemaRule(
            .lowerBoundLowered, .widens, "{name} was {old} and is {new}", request: .info,
            response: .error(looser)),
        SchemaRule(
            .upperBoundLowered, .narrows, "{name} was {old} and is {new}", request: .error(stricter),
            response: .info),
        SchemaRule(
            .upperBoundRaised, .widens, "{name} was {old} and is {new}", request: .info,
            response: .error(looser)),
        SchemaRule(
            .multipleOfAdded, .narrows, "multipleOf was {old} and is {new}", request: .error(stricter),
            response: .info),
        SchemaRule(
            .multipleOfRemoved, .widens, "multipleOf was {old} and is {new}", request: .info,
            response: .error(looser)),
        SchemaRule(
            .multipleOfChanged, .both, "multipleOf was {old} and is {new}", request: .error(stricter),
            response: .error(looser)),
        SchemaRule(
            .uniqueItemsAdded, .narrows, "elements must differ now", request: .error(stricter),
            response: .info),
        SchemaRule(
            .uniqueItemsRemoved, .widens, "elements may repeat now", request: .info,
            response: .error(looser)),
        SchemaRule(
            .patternAdded, .narrows, "pattern {new} was added", request: .error(stricter),
            response: .info),
        SchemaRule(
            .patternRemoved, .widens, "pattern {old} was removed", request: .info,
            response: .error(looser)),
        SchemaRule(
            .patternChanged, .both, "the pattern was {old} and is {new}",
            request: .warning("requests that matched the old one may be refused"),
            response: .warning("values may come that the old one does not match")),
        SchemaRule(
            .formatTightened, .narrows, "the format was {old} and is {new}",
            request: .warning("requests of another format may be refused"), response: .info,
            stored: .warning),
        SchemaRule(
            .formatLoosened, .widens, "the format was {old} and is {new}", request: .info,
            response: .warning("consumers that read that format only may not read what comes"),
            stored: .warning),
        SchemaRule(
            .formatChanged, .both, "the format was {old} and is {new}",
            request: .warning("requests of the old format may be refused"),
            response: .warning("consumers that read the old format may not read the new one"),
            stored: .warning),
    ]

    static let otherRules: [SchemaRule] = [
        SchemaRule(
            .alternativeRemoved, .narrows, "alternative {name} was removed",
            request: .error("consumers that send it are refused"), response: .info),
        SchemaRule(
            .alternativeAdded, .widens, "alternative {name} was added", request: .info,
            response: .error("consumers meet a kind of value that they do not know")),
        SchemaRule(
            .discriminatorChanged, [], "the discriminator was {old} and is {new}",
            request: .error("the provider does not find it in what consumers send"),
            response: .error("consumers do not find what tells the alternatives apart"), stored: .warning),
        SchemaRule(
            .allOfAdded, .narrows, "allOf has one more member, {name}: values must satisfy it too",
            request: .error(stricter), response: .info),
        SchemaRule(
            .allOfRemoved, .widens, "allOf has one member less, {name}: values need not satisfy it any more",
            request: .info, response: .error(looser)),
        SchemaRule(
            .constraintAdded, .narrows, "`{name}` was added", request: .error(stricter), response: .info),
        SchemaRule(
            .constraintRemoved, .widens, "`{name}` was removed", request: .info,
            response: .warning(looser)),
        SchemaRule(
            .constraintChanged, .both, "`{name}` changed in a way that is not judged further",
            request: .warning("requests that were right may be refused"),
            response: .warning("consumers may meet values that they were not promised")),
        SchemaRule(
            .defaultAdded, [], "the default is {new} now", request: .info, response: .info, stored: .info),
        SchemaRule(
            .defaultRemoved, [], "the default was {old}, and there is none now",
            request: .warning("it is open what leaving it out means"), response: .info, stored: .info),
        SchemaRule(
            .defaultChanged, [], "the default was {old} and is {new}",
            request: .error("leaving it out means something else now"), response: .info, stored: .info),
        SchemaRule(
            .becameReadOnly, [], "it became read-only",
            request: .warning("what consumers send there is not taken any more"), response: .info,
            stored: .info),
        SchemaRule(
            .noLongerReadOnly, [], "it is read-only no longer", request: .info, response: .info,
            stored: .info),
        SchemaRule(
            .becameWriteOnly, [], "it became write-only", request: .info, response: .warning(missed),
            stored: .info),
        SchemaRule(
            .noLongerWriteOnly, [], "it is write-only no longer", request: .info, response: .info,
            stored: .info),
        SchemaRule(
            .deprecated, [], "it is deprecated now", request: .info, response: .info, stored: .info),
        SchemaRule(
            .noLongerDeprecated, [], "it is deprecated no longer", request: .info, response: .info,
            stored: .info),
    ]
}
