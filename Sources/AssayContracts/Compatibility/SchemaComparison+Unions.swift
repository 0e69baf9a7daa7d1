import AssayFormats

/// `anyOf` and `oneOf`: members are matched by what they are called, else by what they look like. Members of `oneOf` are
/// taken to exclude each other.
extension SchemaComparison {
    func compareUnions(_ node: Node) throws(SchemaError) {
        let (old, new) = (node.old.unions, node.new.unions)
        guard old.count == new.count else {
            // Which of several belongs to which cannot be said.
            let keyword = (new.first ?? old.first)?.keyword ?? "anyOf"
            tell(.constraintChanged, node, name: keyword, old: old.first?.place, new: new.first?.place)
            return
        }
        for (before, after) in zip(old, new) {
            compareDiscriminators(before, after, node)
            try compare(
                before.members.map { [$0] }, after.members.map { [$0] }, before, after, node)
        }
    }

    /// Compares a choice with a schema that is none.
    func compareWrapped(_ node: Node) throws(SchemaError) {
        if let union = node.new.unions.first {
            let base = node.new.pieces.map {
                SchemaSpot(resource: $0.spot.resource, place: $0.spot.place, isAlone: true)
            }
            try compare([node.pair.old], union.members.map { base + [$0] }, nil, union, node)
        } else if let union = node.old.unions.first {
            let base = node.old.pieces.map {
                SchemaSpot(resource: $0.spot.resource, place: $0.spot.place, isAlone: true)
            }
            try compare(union.members.map { base + [$0] }, [node.pair.new], union, nil, node)
        }
    }

    private func compareDiscriminators(
        _ old: SchemaShape.Union, _ new: SchemaShape.Union, _ node: Node
    ) {
        guard !isBrief else { return }
        let before = old.discriminator?.value["propertyName"]?.stringValue
        let after = new.discriminator?.value["propertyName"]?.stringValue
        guard before != after else { return }
        tell(
            .discriminatorChanged, node, before: before.map { "'\($0)'" } ?? "none",
            after: after.map { "'\($0)'" } ?? "none", old: old.discriminator?.place ?? old.place,
            new: new.discriminator?.place ?? new.place)
    }

    private func compare(
        _ old: [[SchemaSpot]], _ new: [[SchemaSpot]], _ before: SchemaShape.Union?,
        _ after: SchemaShape.Union?,
        _ node: Node
    ) throws(SchemaError) {
        let left = try alternatives(old, before, comparer.old)
        let right = try alternatives(new, after, comparer.new)
        let matched = try match(left, right, node)
        let isNamed = old.count > 1 && new.count > 1
        for (one, other) in matched.pairs {
            var pair = node.pair
            (pair.old, pair.new, pair.ignoresNull) = (left[one].spots, right[other].spots, true)
            push(pair, isNamed ? node.path.below("(\(left[one].label(with: right[other])))") : node.path)
        }
        let isOverlapping = matched.pairs.contains { (left[$0.0].tag == nil) != (right[$0.1].tag == nil) }
        tellOverlaps(isOverlapping, before, after, node)
        for index in matched.removed {
            let isCovered = try right.containsTrying { (other) throws(SchemaError) in
                try !effect(left[index], other, node).contains(.narrows)
            }
            if isCovered { continue }
            tell(
                .alternativeRemoved, node, name: "'\(left[index].label)'", old: left[index].place,
                new: after?.place)
        }
        for index in matched.added {
            let isCovered = try left.containsTrying { (other) throws(SchemaError) in
                try !effect(other, right[index], node).contains(.widens)
            }
            if isCovered { continue }
            tell(
                .alternativeAdded, node, name: "'\(right[index].label)'", old: before?.place,
                new: right[index].place
            )
        }
    }

    /// A member of `oneOf` that lost what tells it apart takes values from the others.
    private func tellOverlaps(
        _ isOverlapping: Bool, _ old: SchemaShape.Union?, _ new: SchemaShape.Union?, _ node: Node
    ) {
        guard isOverlapping, let old, let new, old.keyword == "oneOf" || new.keyword == "oneOf" else {
            return
        }
        tell(.constraintChanged, node, name: "oneOf", old: old.place, new: new.place)
    }

    // MARK: Matching

    private struct Alternative {
        var spots: [SchemaSpot]
        /// Its name among definitions.
        var name: String?
        /// What its discriminator, or a required property of one value, says.
        var tag: String?
        var title: String?
        var types: String
        var properties: Set<String>
        var place: SchemaLibrary.Place?

        var label: String { name ?? title ?? tag ?? types }
        /// What two that go together are called.
        func label(with other: Alternative) -> String {
            other.name ?? name ?? other.title ?? title ?? other.tag ?? tag ?? other.types
        }
    }

    private func alternatives(
        _ members: [[SchemaSpot]], _ union: SchemaShape.Union?, _ side: SchemaSide
    ) throws(SchemaError) -> [Alternative] {
        var found: [Alternative] = []
        for spots in members {
            let shape = try side.shape(of: spots)
            let own = spots.last.map(side.value(of:))
            let name = spots.last.flatMap(side.definitionName(of:))
            let title = own?["title"]?.stringValue
            let tag = try self.tag(of: shape, union, side)
            let types = shape.knownTypes.map(SchemaShape.typeText) ?? "any value"
            found.append(
                Alternative(
                    spots: spots, name: name, tag: tag, title: title,
                    types: types, properties: Set(shape.declaredNames), place: spots.last?.place))
        }
        return found
    }

    /// `kind=cat`: the value of the property that tells alternatives apart.
    private func tag(
        of shape: SchemaShape, _ union: SchemaShape.Union?, _ side: SchemaSide
    ) throws(SchemaError) -> String? {
        let named = union?.discriminator?.value["propertyName"]?.stringValue
        for name in named.map({ [$0] }) ?? shape.required.keys.sorted() {
            let spots = try shape.property(name, side)
            guard !spots.isEmpty, let allowed = try side.shape(of: spots).allowed, allowed.value.count == 1
            else { continue }
            return "\(name)=\(allowed.value[0].stringValue ?? allowed.value[0].rendered())"
        }
        return nil
    }

    private func effect(
        _ old: Alternative, _ new: Alternative, _ node: Node
    ) throws(SchemaError) -> ChangeEffect {
        try comparer.effect(
            of: Pair(old: old.spots, new: new.spots, use: node.pair.use, ignoresNull: true))
    }

    private func match(
        _ old: [Alternative], _ new: [Alternative], _ node: Node
    ) throws(SchemaError) -> (pairs: [(Int, Int)], removed: [Int], added: [Int]) {
        var pairs: [(Int, Int)] = []
        var left = Array(old.indices)
        var right = Array(new.indices)
        func take(_ isMatch: (Alternative, Alternative) throws(SchemaError) -> Bool) throws(SchemaError) {
            for one in left {
                for other in right where try isMatch(old[one], new[other]) {
                    pairs.append((one, other))
                    left.removeAll { $0 == one }
                    right.removeAll { $0 == other }
                    break
                }
            }
        }
        try take { (one, other) throws(SchemaError) in one.name != nil && one.name == other.name }
        try take { (one, other) throws(SchemaError) in one.tag != nil && one.tag == other.tag }
        try take { (one, other) throws(SchemaError) in one.title != nil && one.title == other.title }
        try take { (one, other) throws(SchemaError) in try effect(one, other, node).isEmpty }
        // What is left goes together when it looks alike and is not said to be something else.
        func isOther(_ one: Alternative, _ other: Alternative) -> Bool {
            (one.tag != nil && other.tag != nil) || (one.name != nil && other.name != nil)
        }
        try take { (one, other) throws(SchemaError) in
            let common = one.properties.intersection(other.properties).count
            return !isOther(one, other) && common > 0
                && 2 * common >= one.properties.union(other.properties).count
        }
        for type in Set(left.map { old[$0].types }) {
            let ones = left.filter { old[$0].types == type }
            let others = right.filter { new[$0].types == type }
            guard ones.count == 1, others.count == 1, !isOther(old[ones[0]], new[others[0]]),
                old[ones[0]].properties.isEmpty == new[others[0]].properties.isEmpty
            else { continue }
            pairs.append((ones[0], others[0]))
            left.removeAll { $0 == ones[0] }
            right.removeAll { $0 == others[0] }
        }
        return (pairs, left, right)
    }
}

extension SchemaSide {
    /// What a schema is called where schemas are kept to be referred to.
    func definitionName(of spot: SchemaSpot) -> String? {
        let tokens = JSONPointer.tokens(spot.place.pointer)
        guard tokens.count >= 2, ["$defs", "definitions", "schemas"].contains(tokens[tokens.count - 2]) else {
            // A document of its own that is referred to.
            guard tokens.isEmpty, spot.place.document != 0 else { return nil }
            return fileName(of: spot.place)
        }
        return tokens.last
    }
}

extension Array {
    func containsTrying(
        _ isWanted: (Element) throws(SchemaError) -> Bool
    ) throws(SchemaError) -> Bool {
        for element in self where try isWanted(element) { return true }
        return false
    }
}
