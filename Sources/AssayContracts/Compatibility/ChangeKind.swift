/// What can change in a schema, whoever writes or reads the values.
enum ChangeKind: String, CaseIterable, Sendable {
    case propertyAdded = "property-added"
    case optionalPropertyRemoved = "optional-property-removed"
    case requiredPropertyAdded = "required-property-added"
    case requiredPropertyRemoved = "required-property-removed"
    case propertyNewlyAllowed = "property-newly-allowed"
    case propertyRefused = "property-refused"
    case requiredPropertyNewlyAllowed = "required-property-newly-allowed"
    case requiredPropertyRefused = "required-property-refused"
    case propertyBecameRequired = "property-became-required"
    case propertyBecameOptional = "property-became-optional"
    case additionalPropertiesRefused = "additional-properties-refused"
    case additionalPropertiesAllowed = "additional-properties-allowed"
    case valueRefused = "value-refused"
    case valueAllowed = "value-allowed"
    case typeNarrowed = "type-narrowed"
    case typeWidened = "type-widened"
    case typeChanged = "type-changed"
    case becameNotNullable = "became-not-nullable"
    case becameNullable = "became-nullable"
    case enumAdded = "enum-added"
    case enumRemoved = "enum-removed"
    case enumValueRemoved = "enum-value-removed"
    case enumValueAdded = "enum-value-added"
    case constAdded = "const-added"
    case constRemoved = "const-removed"
    case constChanged = "const-changed"
    case lowerBoundRaised = "lower-bound-raised"
    case lowerBoundLowered = "lower-bound-lowered"
    case upperBoundLowered = "upper-bound-lowered"
    case upperBoundRaised = "upper-bound-raised"
    case multipleOfAdded = "multiple-of-added"
    case multipleOfRemoved = "multiple-of-removed"
    case multipleOfChanged = "multiple-of-changed"
    case uniqueItemsAdded = "unique-items-added"
    case uniqueItemsRemoved = "unique-items-removed"
    case patternAdded = "pattern-added"
    case patternRemoved = "pattern-removed"
    case patternChanged = "pattern-changed"
    case formatTightened = "format-tightened"
    case formatLoosened = "format-loosened"
    case formatChanged = "format-changed"
    case alternativeRemoved = "alternative-removed"
    case alternativeAdded = "alternative-added"
    case discriminatorChanged = "discriminator-changed"
    case allOfAdded = "all-of-added"
    case allOfRemoved = "all-of-removed"
    case constraintAdded = "constraint-added"
    case constraintRemoved = "constraint-removed"
    case constraintChanged = "constraint-changed"
    case defaultAdded = "default-added"
    case defaultRemoved = "default-removed"
    case defaultChanged = "default-changed"
    case becameReadOnly = "became-read-only"
    case noLongerReadOnly = "no-longer-read-only"
    case becameWriteOnly = "became-write-only"
    case noLongerWriteOnly = "no-longer-write-only"
    case deprecated
    case noLongerDeprecated = "no-longer-deprecated"

    private static let opposites: [(ChangeKind, ChangeKind)] = [
        (.propertyAdded, .optionalPropertyRemoved), (.requiredPropertyAdded, .requiredPropertyRemoved),
        (.propertyNewlyAllowed, .propertyRefused), (.requiredPropertyNewlyAllowed, .requiredPropertyRefused),
        (.propertyBecameRequired, .propertyBecameOptional),
        (.additionalPropertiesRefused, .additionalPropertiesAllowed), (.valueRefused, .valueAllowed),
        (.typeNarrowed, .typeWidened), (.becameNotNullable, .becameNullable), (.enumAdded, .enumRemoved),
        (.enumValueRemoved, .enumValueAdded), (.constAdded, .constRemoved),
        (.lowerBoundRaised, .lowerBoundLowered), (.upperBoundLowered, .upperBoundRaised),
        (.multipleOfAdded, .multipleOfRemoved), (.uniqueItemsAdded, .uniqueItemsRemoved),
        (.patternAdded, .patternRemoved), (.formatTightened, .formatLoosened),
        (.alternativeRemoved, .alternativeAdded), (.allOfAdded, .allOfRemoved),
        (.constraintAdded, .constraintRemoved), (.defaultAdded, .defaultRemoved),
        (.becameReadOnly, .noLongerReadOnly), (.becameWriteOnly, .noLongerWriteOnly),
        (.deprecated, .noLongerDeprecated),
    ]

    private static let mirrors: [ChangeKind: ChangeKind] = {
        var mirrors: [ChangeKind: ChangeKind] = [:]
        for (one, other) in opposites { (mirrors[one], mirrors[other]) = (other, one) }
        return mirrors
    }()

    /// What the same change is when the new version is taken for the old one.
    var mirror: ChangeKind { Self.mirrors[self] ?? self }
}

/// What a change does to the set of values that a schema accepts.
struct ChangeEffect: OptionSet, Sendable {
    let rawValue: UInt8
    /// Something that was accepted is not any more.
    static let narrows = ChangeEffect(rawValue: 1)
    /// Something is accepted that was not.
    static let widens = ChangeEffect(rawValue: 2)
    static let both: ChangeEffect = [.narrows, .widens]

    var mirror: ChangeEffect {
        var mirror: ChangeEffect = contains(.narrows) ? .widens : []
        if contains(.widens) { mirror.insert(.narrows) }
        return mirror
    }
}

/// A change at its place.
struct SchemaChange: Sendable {
    var kind: ChangeKind
    /// `$.items[].price`.
    var path: String
    /// What the rule's sentence speaks of; empty where it does not.
    var name = ""
    var before = ""
    var after = ""
    var old: SchemaLibrary.Place?
    var new: SchemaLibrary.Place?
}
