import AssayCore
import AssayFormats

/// Two versions of a document's schemas, and what is already known of their differences.
///
/// Not `Sendable`: it belongs to one comparison.
final class SchemaComparer {
    /// Two schemas that are compared, each the sum of several places.
    struct Pair: Hashable {
        var old: [SchemaSpot]
        var new: [SchemaSpot]
        var use: SchemaUse
        /// Inside a `not`, what narrows widens.
        var isFlipped = false
        /// Whether null is allowed is judged further out.
        var ignoresNull = false
    }

    let old: SchemaSide
    let new: SchemaSide
    private let oldSource: ComparedDocument
    private let newSource: ComparedDocument
    /// Effects of pairs that were compared on the side.
    private var effects: [Pair: ChangeEffect] = [:]
    /// Pairs in which nothing changed, nor in anything below them.
    private(set) var unchanged: Set<Pair> = []
    private(set) var stepsLeft: Int
    private var depth = 0
    private var isCut = false

    /// So many pairs of schemas are looked at in one comparison of documents.
    static let stepLimit = 1_000_000
    /// So deep unions inside unions are matched by what their members say.
    static let depthLimit = 24

    init(
        old: ComparedDocument, new: ComparedDocument, stepLimit: Int = SchemaComparer.stepLimit
    ) throws(SchemaError) {
        (oldSource, newSource) = (old, new)
        self.old = try SchemaSide(old)
        self.new = try SchemaSide(new)
        stepsLeft = stepLimit
    }

    /// Whether all was looked at.
    var isFinished: Bool { !isCut && stepsLeft > 0 && old.isWithinLimits && new.isWithinLimits }

    /// Counts one step; `false` when there are none left.
    func takeStep() -> Bool {
        guard stepsLeft > 0 else { return false }
        stepsLeft -= 1
        return true
    }

    /// All changes between two schemas.
    ///
    /// - Parameter old: what values must satisfy; nothing allows anything.
    func compare(
        _ old: [SchemaSpot], _ new: [SchemaSpot], use: SchemaUse
    ) throws(SchemaError) -> [SchemaChange] {
        let run = SchemaComparison(self, isBrief: false)
        try run.run(Pair(old: old, new: new, use: use))
        isCut = isCut || run.changes.count >= SchemaComparison.changeLimit
        if run.changes.isEmpty, isFinished { unchanged.formUnion(run.visited) }
        return run.changes
    }

    /// What the changes between two schemas do together, without telling them.
    func effect(of pair: Pair) throws(SchemaError) -> ChangeEffect {
        if let known = effects[pair] { return known }
        guard depth < Self.depthLimit else { return .both }
        depth += 1
        defer { depth -= 1 }
        let run = SchemaComparison(self, isBrief: true)
        try run.run(pair)
        let effect = isFinished ? run.effect : .both
        effects[pair] = effect
        return effect
    }

    // MARK: Findings

    func finding(
        of change: SchemaChange, in view: ChangeView, operation: String?, prefix: String
    ) -> CompatibilityFinding {
        let (id, level, _) = view.judged(change.kind)
        return CompatibilityFinding(
            rule: id, level: level, side: view.side, operation: operation,
            path: prefix.isEmpty ? change.path : prefix + " " + change.path,
            message: view.message(of: change), old: change.old.flatMap { location($0, old, oldSource) },
            new: change.new.flatMap { location($0, new, newSource) })
    }

    /// Where a place is written, or the nearest around it.
    private func location(
        _ place: SchemaLibrary.Place, _ side: SchemaSide, _ source: ComparedDocument
    ) -> SourceLocation? {
        let file = side.fileName(of: place)
        var pointer = place.pointer
        if let positions = side.positions(of: place) { return positions.nearestLocation(of: pointer) }
        while let locate = source.locate {
            if let found = locate(file, pointer) { return found }
            guard let slash = pointer.lastIndex(of: "/") else { return nil }
            pointer = String(pointer[..<slash])
        }
        return nil
    }
}

/// Where in a value a schema holds, as steps from the outside.
final class ComparedPath: Sendable {
    private let parent: ComparedPath?
    private let step: String

    init(_ step: String, below parent: ComparedPath? = nil) {
        self.step = step
        self.parent = parent
    }

    static let root = ComparedPath("$")

    func property(_ name: String) -> ComparedPath {
        let isPlain =
            !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
            }
        return ComparedPath(isPlain ? "." + name : "[" + JSON.string(name).rendered() + "]", below: self)
    }

    func below(_ step: String) -> ComparedPath { ComparedPath(step, below: self) }

    /// `$.items[].price`; the middle of a very long path is left out.
    var text: String {
        var steps: [String] = []
        var next: ComparedPath? = self
        while let path = next {
            steps.append(path.step)
            next = path.parent
        }
        if steps.count > 40 {
            steps = Array(steps.prefix(20)) + ["…"] + Array(steps.suffix(20))
        }
        return steps.reversed().joined()
    }
}
