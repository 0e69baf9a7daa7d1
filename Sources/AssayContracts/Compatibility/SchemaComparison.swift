import AssayFormats

/// One walk over two schemas side by side, the nearest places first; each pair is looked at once, so that schemas that
/// refer to themselves end.
final class SchemaComparison {
    typealias Pair = SchemaComparer.Pair

    /// A pair with what both sides ask for.
    struct Node {
        var pair: Pair
        var path: ComparedPath
        var old: SchemaShape
        var new: SchemaShape
    }

    let comparer: SchemaComparer
    /// Only the effect is wanted: ends as soon as nothing can be added to it.
    let isBrief: Bool
    private(set) var changes: [SchemaChange] = []
    private(set) var effect: ChangeEffect = []
    private(set) var visited: Set<Pair> = []
    private var waiting: [(pair: Pair, path: ComparedPath)] = []

    /// More changes than this are not told.
    static let changeLimit = 5_000

    init(_ comparer: SchemaComparer, isBrief: Bool) {
        self.comparer = comparer
        self.isBrief = isBrief
    }

    func run(_ pair: Pair) throws(SchemaError) {
        push(pair, .root)
        var next = 0
        while next < waiting.count {
            let (pair, path) = waiting[next]
            next += 1
            guard comparer.takeStep(), changes.count < Self.changeLimit else { return }
            if isBrief, effect == .both { return }
            try visit(
                Node(
                    pair: pair, path: path, old: try comparer.old.shape(of: pair.old),
                    new: try comparer.new.shape(of: pair.new)))
        }
    }

    func push(_ pair: Pair, _ path: ComparedPath) {
        if pair.old.isEmpty, pair.new.isEmpty { return }
        guard !comparer.unchanged.contains(pair), visited.insert(pair).inserted else { return }
        waiting.append((pair, path))
    }

    /// Schemas further in.
    func push(_ old: [SchemaSpot], _ new: [SchemaSpot], _ path: ComparedPath, in node: Node) {
        var pair = node.pair
        (pair.old, pair.new, pair.ignoresNull) = (old, new, false)
        push(pair, path)
    }

    func tell(
        _ kind: ChangeKind, _ node: Node, path: ComparedPath? = nil, name: String = "", before: String = "",
        after: String = "", old: SchemaLibrary.Place? = nil, new: SchemaLibrary.Place? = nil
    ) {
        let kind = node.pair.isFlipped ? kind.mirror : kind
        effect.formUnion(SchemaRule.of(kind).effect)
        guard !isBrief else { return }
        changes.append(
            SchemaChange(
                kind: kind, path: (path ?? node.path).text, name: name, before: before, after: after,
                old: old ?? node.old.place, new: new ?? node.new.place))
    }

    private func visit(_ node: Node) throws(SchemaError) {
        switch (node.old.never, node.new.never) {
        case (.some, .some): return
        case (.some(let spot), nil): return tell(.valueAllowed, node, old: spot.place)
        case (nil, .some(let spot)): return tell(.valueRefused, node, new: spot.place)
        case (nil, nil): break
        }
        let first = changes.count
        compareNull(node)
        compareNotes(node)
        if node.old.unions.isEmpty != node.new.unions.isEmpty,
            max(node.old.unions.count, node.new.unions.count) == 1
        {
            // One side is a choice and the other is not: it is taken for a choice of one.
            try compareWrapped(node)
        } else {
            let isOtherType = compareTypes(node)
            if !isOtherType { compareValues(node) }
            compareBounds(node)
            compareTexts(node)
            if node.old.admits("object"), node.new.admits("object") { try compareObjects(node) }
            if node.old.admits("array"), node.new.admits("array") { try compareArrays(node) }
            try compareConstraints(node)
            try compareUnions(node)
        }
        if !isBrief { try tellAllOf(node, changesFrom: first) }
    }

    // MARK: allOf

    /// Says of which member of `allOf` changes come that were told, when that member is new or gone.
    private func tellAllOf(_ node: Node, changesFrom first: Int) throws(SchemaError) {
        let before = try members(node.pair.old, node.old, comparer.old)
        let after = try members(node.pair.new, node.new, comparer.new)
        let told = changes[first...]
        for member in after where !before.contains(where: { $0.label == member.label }) {
            let isFelt = told.contains {
                SchemaRule.of($0.kind).effect.contains(node.pair.isFlipped ? .widens : .narrows)
                    && $0.new.map { $0.isInside(member.spot.place) } ?? false
            }
            if isFelt { tell(.allOfAdded, node, name: member.label, new: member.spot.place) }
        }
        for member in before where !after.contains(where: { $0.label == member.label }) {
            let isFelt = told.contains {
                SchemaRule.of($0.kind).effect.contains(node.pair.isFlipped ? .narrows : .widens)
                    && $0.old.map { $0.isInside(member.spot.place) } ?? false
            }
            if isFelt { tell(.allOfRemoved, node, name: member.label, old: member.spot.place) }
        }
    }

    /// Members of `allOf` in a schema, and the schema itself by its name: `allOf` of it and another adds the other.
    private func members(
        _ spots: [SchemaSpot], _ shape: SchemaShape, _ side: SchemaSide
    ) throws(SchemaError) -> [(label: String, spot: SchemaSpot)] {
        var members: [(label: String, spot: SchemaSpot)] = []
        for piece in shape.pieces where !piece.spot.isAlone {
            let count = piece.members["allOf"]?.arrayValue?.count ?? 0
            for index in 0..<count {
                let spot = try side.canonical(side.spot(below: piece.spot, "allOf/\(index)"))
                members.append(
                    (side.definitionName(of: spot).map { "'\($0)'" } ?? "number \(index + 1)", spot))
            }
        }
        for spot in spots {
            if let name = side.definitionName(of: spot) { members.append(("'\(name)'", spot)) }
        }
        return members
    }
}

extension SchemaLibrary.Place {
    /// Whether it is that place or below it.
    func isInside(_ other: SchemaLibrary.Place) -> Bool {
        document == other.document
            && (pointer == other.pointer || pointer.hasPrefix(other.pointer + "/"))
    }
}
