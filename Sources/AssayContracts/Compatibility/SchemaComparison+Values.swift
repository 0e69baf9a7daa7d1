import AssayFormats

/// Types, enumerations, bounds, texts.
extension SchemaComparison {
    func compareNull(_ node: Node) {
        let (old, new) = (node.old, node.new)
        guard !node.pair.ignoresNull, old.acceptsNull != new.acceptsNull else { return }
        // Where anything is allowed, null is part of what the change of type or enumeration says.
        let (open, other) = new.acceptsNull ? (new, old) : (old, new)
        if open.types == nil, open.allowed == nil, open.unions.isEmpty,
            other.types != nil || other.allowed != nil || !other.unions.isEmpty
        {
            return
        }
        let kind = new.acceptsNull ? ChangeKind.becameNullable : .becameNotNullable
        tell(
            kind, node, old: old.types?.place ?? old.allowed?.place,
            new: new.types?.place ?? new.allowed?.place)
    }

    /// - Returns: whether no value can have both types.
    func compareTypes(_ node: Node) -> Bool {
        let (old, new) = (node.old.knownTypes, node.new.knownTypes)
        guard let before = old.map(SchemaShape.typeText), let after = new.map(SchemaShape.typeText) else {
            if old == nil, new == nil { return false }
            tell(
                old == nil ? .typeNarrowed : .typeWidened, node,
                before: old.map(SchemaShape.typeText) ?? "any", after: new.map(SchemaShape.typeText) ?? "any",
                old: node.old.types?.place ?? node.old.allowed?.place,
                new: node.new.types?.place ?? node.new.allowed?.place)
            return false
        }
        let narrows = !(old ?? []).allSatisfy { node.new.admitsAll(of: $0, among: new ?? []) }
        let widens = !(new ?? []).allSatisfy { node.old.admitsAll(of: $0, among: old ?? []) }
        guard narrows || widens else { return false }
        let isEnumerated = node.old.allowed != nil && node.new.allowed != nil
        let isDisjoint = !(old ?? []).contains { SchemaShape.overlaps($0, new ?? []) }
        // Values that are listed on both sides are compared one by one.
        if isEnumerated, !isDisjoint { return false }
        tell(
            narrows && widens ? .typeChanged : narrows ? .typeNarrowed : .typeWidened, node, before: before,
            after: after, old: node.old.types?.place ?? node.old.allowed?.place,
            new: node.new.types?.place ?? node.new.allowed?.place)
        return isDisjoint
    }

    func compareValues(_ node: Node) {
        switch (node.old.allowed, node.new.allowed) {
        case (nil, nil): return
        case (nil, let new?):
            tell(
                node.new.isOneConstant ? .constAdded : .enumAdded, node, after: Self.list(new.value),
                new: new.place)
        case (let old?, nil):
            tell(
                node.old.isOneConstant ? .constRemoved : .enumRemoved, node, before: Self.list(old.value),
                old: old.place)
        case (let old?, let new?):
            let before = Set(old.value)
            let after = Set(new.value)
            if before == after { return }
            if node.old.isOneConstant, node.new.isOneConstant {
                tell(
                    .constChanged, node, before: Self.list(old.value), after: Self.list(new.value),
                    old: old.place, new: new.place)
                return
            }
            for value in old.value where !after.contains(value) {
                tell(.enumValueRemoved, node, name: Self.list([value]), old: old.place, new: new.place)
            }
            for value in new.value where !before.contains(value) {
                tell(.enumValueAdded, node, name: Self.list([value]), old: old.place, new: new.place)
            }
        }
    }

    private static func list(_ values: [JSON]) -> String {
        if values.isEmpty { return "no values" }
        let shown = values.prefix(12).map { Shortened.value($0) }.joined(separator: ", ")
        return values.count > 12 ? shown + ", …" : shown
    }

    // MARK: Bounds

    private static let lower = [
        ("minimum", "number"), ("minLength", "string"), ("minItems", "array"), ("minProperties", "object"),
    ]
    private static let upper = [
        ("maximum", "number"), ("maxLength", "string"), ("maxItems", "array"), ("maxProperties", "object"),
    ]

    func compareBounds(_ node: Node) {
        func holds(_ type: String) -> Bool { node.old.admits(type) && node.new.admits(type) }
        for (name, type) in Self.lower where holds(type) {
            compare(
                name, node, isTighter: SchemaShape.isTighter(lower:than:), tightened: .lowerBoundRaised,
                loosened: .lowerBoundLowered)
        }
        for (name, type) in Self.upper where holds(type) {
            compare(
                name, node, isTighter: SchemaShape.isTighter(upper:than:), tightened: .upperBoundLowered,
                loosened: .upperBoundRaised)
        }
        if holds("number") { compareMultiples(node) }
        if holds("array") {
            switch (node.old.uniqueItems, node.new.uniqueItems) {
            case (nil, let new?): tell(.uniqueItemsAdded, node, new: new)
            case (let old?, nil): tell(.uniqueItemsRemoved, node, old: old)
            default: break
            }
        }
    }

    private func compare(
        _ name: String, _ node: Node, isTighter: (SchemaShape.Bound, SchemaShape.Bound) -> Bool,
        tightened: ChangeKind, loosened: ChangeKind
    ) {
        let old = node.old.bounds[name]
        let new = node.new.bounds[name]
        let isNarrower: Bool
        switch (old, new) {
        case (nil, nil): return
        case (nil, .some): isNarrower = true
        case (.some, nil): isNarrower = false
        case (let old?, let new?):
            if old.isSame(as: new) { return }
            isNarrower = isTighter(new, old)
        }
        // Where values are listed, a bound that they all keep changes nothing.
        let (listed, bound) = isNarrower ? (node.old.allowed, new) : (node.new.allowed, old)
        if let listed, let bound, listed.value.allSatisfy({ bound.isKept(by: $0, name, isTighter) }) {
            return
        }
        tell(
            isNarrower ? tightened : loosened, node, name: name, before: old?.text ?? "none",
            after: new?.text ?? "none", old: old?.place, new: new?.place)
    }

    private func compareMultiples(_ node: Node) {
        let (old, new) = (node.old.multiples, node.new.multiples)
        let (before, after) = (Set(old.map(\.value)), Set(new.map(\.value)))
        if before == after { return }
        func text(_ values: [SchemaShape.Placed<JSON>]) -> String {
            values.isEmpty ? "none" : values.map { $0.value.rendered() }.joined(separator: " and ")
        }
        let kind: ChangeKind =
            if Self.divides(before, after) {
                .multipleOfAdded
            } else if Self.divides(after, before) { .multipleOfRemoved } else { .multipleOfChanged }
        tell(
            kind, node, before: text(old), after: text(new), old: old.first?.place, new: new.first?.place)
    }

    /// Whether every multiple of all of `multiples` is one of each of `divisors`.
    private static func divides(_ divisors: Set<JSON>, _ multiples: Set<JSON>) -> Bool {
        divisors.allSatisfy { divisor in
            guard let divisor = DecimalNumber(divisor) else { return false }
            return multiples.contains { DecimalNumber($0)?.isMultiple(of: divisor) ?? false }
        }
    }

    // MARK: Texts

    func compareTexts(_ node: Node) {
        if node.old.admits("string"), node.new.admits("string"), !isPatternKept(node) {
            tell(
                node.old.patterns, node.new.patterns, node, .patternAdded, .patternRemoved, .patternChanged)
        }
        let (old, new) = (node.old.formats, node.new.formats)
        for (narrow, wide) in [("int32", "int64"), ("float", "double")] {
            let isWider = old.map(\.value) == [narrow] && new.map(\.value) == [wide]
            let isNarrower = old.map(\.value) == [wide] && new.map(\.value) == [narrow]
            guard isWider || isNarrower else { continue }
            return tell(
                isWider ? .formatLoosened : .formatTightened, node, before: old[0].value, after: new[0].value,
                old: old[0].place, new: new[0].place)
        }
        tell(old, new, node, .formatTightened, .formatLoosened, .formatChanged)
    }

    /// Whether listed values match all patterns of the other side.
    private func isPatternKept(_ node: Node) -> Bool {
        func matches(_ listed: SchemaShape.Placed<[JSON]>?, _ patterns: [SchemaShape.Placed<String>]) -> Bool
        {
            guard let listed else { return false }
            return listed.value.allSatisfy { value in
                guard let text = value.stringValue else { return true }
                return patterns.allSatisfy { comparer.old.matches(text, $0.value) }
            }
        }
        return matches(node.old.allowed, node.new.patterns) && matches(node.new.allowed, node.old.patterns)
            || (node.old.patterns.isEmpty && matches(node.old.allowed, node.new.patterns))
            || (node.new.patterns.isEmpty && matches(node.new.allowed, node.old.patterns))
    }

    /// Compares texts that must all hold.
    private func tell(
        _ old: [SchemaShape.Placed<String>], _ new: [SchemaShape.Placed<String>], _ node: Node,
        _ added: ChangeKind, _ removed: ChangeKind, _ changed: ChangeKind
    ) {
        let (before, after) = (Set(old.map(\.value)), Set(new.map(\.value)))
        if before == after { return }
        func text(_ values: [SchemaShape.Placed<String>]) -> String {
            values.isEmpty
                ? "none" : values.map { "'\(Shortened.bounded($0.value))'" }.joined(separator: " and ")
        }
        tell(
            before.isSubset(of: after) ? added : after.isSubset(of: before) ? removed : changed, node,
            before: text(old), after: text(new), old: old.first?.place, new: new.first?.place)
    }

    // MARK: Notes

    /// What does not say which values hold.
    func compareNotes(_ node: Node) {
        guard !isBrief, !node.pair.isFlipped else { return }
        switch (node.old.note("default"), node.new.note("default")) {
        case (nil, let new?):
            tell(.defaultAdded, node, after: Shortened.value(new.value), new: new.place)
        case (let old?, nil):
            tell(.defaultRemoved, node, before: Shortened.value(old.value), old: old.place)
        case (let old?, let new?) where old.value != new.value:
            tell(
                .defaultChanged, node, before: Shortened.value(old.value), after: Shortened.value(new.value),
                old: old.place, new: new.place)
        default: break
        }
        switch (node.old.flag("deprecated"), node.new.flag("deprecated")) {
        case (nil, let new?): tell(.deprecated, node, new: new)
        case (let old?, nil): tell(.noLongerDeprecated, node, old: old)
        default: break
        }
    }
}

extension SchemaShape {
    /// Types that values can have, by `type` or by what `enum` lists.
    var knownTypes: Set<String>? {
        if let types { return types.value }
        return allowed.map { Set($0.value.map(\.typeName)) }
    }

    var isOneConstant: Bool { isConstant && allowed?.value.count == 1 }

    static func typeText(_ types: Set<String>) -> String {
        types.isEmpty ? "null" : types.sorted().joined(separator: " or ")
    }

    /// Whether all values of a type are of one among `types`.
    func admitsAll(of type: String, among types: Set<String>) -> Bool {
        types.contains(type) || (type == "integer" && types.contains("number"))
    }

    static func overlaps(_ type: String, _ types: Set<String>) -> Bool {
        types.contains(type) || (type == "integer" && types.contains("number"))
            || (type == "number" && types.contains("integer"))
    }
}

extension SchemaShape.Bound {
    /// Whether a value is within the bound.
    ///
    /// - Parameter isTighter: of two bounds of this kind.
    fileprivate func isKept(
        by other: JSON, _ name: String, _ isTighter: (SchemaShape.Bound, SchemaShape.Bound) -> Bool
    ) -> Bool {
        let size: JSON
        switch (other, name) {
        case (.int, "minimum"), (.double, "minimum"), (.int, "maximum"), (.double, "maximum"): size = other
        case (.string(let text), "minLength"), (.string(let text), "maxLength"):
            size = .int(Int64(text.unicodeScalars.count))
        case (.array(let elements), "minItems"), (.array(let elements), "maxItems"):
            size = .int(Int64(elements.count))
        case (.object(let members), "minProperties"), (.object(let members), "maxProperties"):
            size = .int(Int64(members.count))
        // Bounds of other types say nothing of it.
        default: return true
        }
        return !isTighter(self, SchemaShape.Bound(value: size, place: place))
    }
}
