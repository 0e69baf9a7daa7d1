internal import AssayFormats

/// Objects that were seen at one place.
struct ObjectShape: Sendable, Hashable {
    struct Member: Sendable, Hashable {
        var shape: ExampleShape
        /// How many objects had it.
        var count: Int
        /// The last place that it had in an object, so that members stay about as they were written.
        var place: Int
    }

    var count = 1
    /// By name; empty once there were too many different ones.
    var members: [ExactText: Member] = [:]
    /// Of all values of objects with too many different names; one shape, or none.
    private var crowd: [ExampleShape] = []

    /// Objects with more different names than this are kept as maps.
    static let nameLimit = 1024

    init(_ object: JSONObject, depth: Int) {
        self.init(object.lazy.map { ($0.key, ExampleShape($0.value, depth: depth + 1)) }, isOpen: false)
    }

    /// - Parameter isOpen: there may be others, so none is required.
    init(_ shapes: some Sequence<(String, ExampleShape)>, isOpen: Bool) {
        if isOpen { count = 2 }
        for (place, (name, shape)) in shapes.enumerated() {
            var shape = shape
            if SecretWords.isSecret(name) { shape.strings?.values = nil }
            members[ExactText(name)] = Member(shape: shape, count: 1, place: place)
        }
        collapseIfCrowded()
    }

    mutating func merge(_ other: ObjectShape) {
        count += other.count
        if crowd.isEmpty, other.crowd.isEmpty {
            members.merge(other.members) { mine, theirs in
                Member(
                    shape: mine.shape.merged(with: theirs.shape), count: mine.count + theirs.count,
                    place: max(mine.place, theirs.place))
            }
            collapseIfCrowded()
        } else {
            let all = [values, other.values].compactMap(\.self)
            members = [:]
            crowd = [all.dropFirst().reduce(all[0]) { $0.merged(with: $1) }]
        }
    }

    private mutating func collapseIfCrowded() {
        guard members.count > Self.nameLimit, let values else { return }
        members = [:]
        crowd = [values]
    }

    /// The shape of any value; `nil` when every object was empty.
    var values: ExampleShape? {
        if let crowd = crowd.first { return crowd }
        let shapes = members.values.map(\.shape)
        guard var all = shapes.first else { return nil }
        for shape in shapes.dropFirst() { all.merge(shape) }
        return all
    }

    /// Members in the order to be written.
    var ordered: [(name: String, member: Member)] {
        members.sorted { ($0.value.place, $0.key) < ($1.value.place, $1.key) }.map { ($0.key.text, $0.value) }
    }

    // MARK: maps

    /// From so many different names on, objects whose names are plain words can be maps.
    private static let mapNames = 20
    /// As many when only one object was seen, whose names could not change.
    private static let mapNamesOfOne = 64
    /// Names that are written like ids need fewer.
    private static let mapIDs = 3

    /// The shape of the values, when the names are data themselves: ids, dates, or many that differ from object to
    /// object, with values alike.
    var map: ExampleShape? {
        if let crowd = crowd.first { return crowd }
        let names = members.keys
        if names.count >= Self.mapIDs, names.allSatisfy({ IdentifierKind($0.text) != nil }) {
            return Self.likeValues(values)
        }
        let isCrowd =
            count == 1
            ? names.count >= Self.mapNamesOfOne
            : names.count >= Self.mapNames && !members.values.contains { $0.count == count }
        guard isCrowd else { return nil }
        return Self.likeValues(values)
    }

    /// Values that are of one kind, and objects with most members in common.
    private static func likeValues(_ values: ExampleShape?) -> ExampleShape? {
        guard let values, values.unseen == 0, values.types.count(where: { $0 != "null" }) == 1 else {
            return nil
        }
        guard let objects = values.objects, !objects.members.isEmpty else { return values }
        let steady = objects.members.values.count { $0.count == objects.count }
        return steady * 2 >= objects.members.count || objects.map != nil ? values : nil
    }
}
