public import AssayFormats

/// What a number of JSON examples have in common: the kinds of their values, members and how often each was there.
///
/// Shapes merge in any order to the same result, and examples can be forgotten once they are added: memory grows with
/// what differs, not with how much was seen. Nothing is kept of values deeper than ``depthLimit``.
public struct ExampleShape: Sendable, Hashable {
    /// How many values were added.
    public private(set) var count = 0
    var nulls = 0
    var booleans = 0
    /// Numbers written without fraction and exponent.
    var integers = 0
    var otherNumbers = 0
    /// Values that were too deep to be looked at.
    var unseen = 0
    var strings: StringShape?
    var arrays: ArrayShape?
    var objects: ObjectShape?

    /// How many levels are looked at; what is deeper may be anything.
    public static let depthLimit = 64

    public init() {}

    /// The shape of one example.
    public init(_ example: JSON) { self.init(example, depth: 0) }

    public mutating func add(_ example: JSON) { merge(ExampleShape(example)) }

    init(_ example: JSON, depth: Int) {
        count = 1
        guard depth < Self.depthLimit else {
            unseen = 1
            return
        }
        switch example {
        case .null: nulls = 1
        case .bool: booleans = 1
        case .int: integers = 1
        case .double: otherNumbers = 1
        case .string(let text): strings = StringShape(text)
        case .array(let elements): arrays = ArrayShape(elements, depth: depth)
        case .object(let object): objects = ObjectShape(object, depth: depth)
        }
    }

    /// Adds everything that another shape has seen.
    public mutating func merge(_ other: ExampleShape) {
        count += other.count
        nulls += other.nulls
        booleans += other.booleans
        integers += other.integers
        otherNumbers += other.otherNumbers
        unseen += other.unseen
        strings = Self.merged(strings, other.strings) { $0.merge($1) }
        arrays = Self.merged(arrays, other.arrays) { $0.merge($1) }
        objects = Self.merged(objects, other.objects) { $0.merge($1) }
    }

    private static func merged<Part>(
        _ left: Part?, _ right: Part?, _ merge: (inout Part, Part) -> Void
    ) -> Part? {
        guard var left else { return right }
        if let right { merge(&left, right) }
        return left
    }

    func merged(with other: ExampleShape) -> ExampleShape {
        var result = self
        result.merge(other)
        return result
    }

    /// The names of JSON Schema for the kinds that were seen, null last.
    var types: [String] {
        var found: [String] = []
        if arrays != nil { found.append("array") }
        if booleans > 0 { found.append("boolean") }
        if integers > 0, otherNumbers == 0 { found.append("integer") }
        if otherNumbers > 0 { found.append("number") }
        if objects != nil { found.append("object") }
        if strings != nil { found.append("string") }
        if nulls > 0 { found.append("null") }
        return found
    }

    /// The same without the nulls, which belong to a place and not to what stands there.
    var withoutNulls: ExampleShape {
        var result = self
        result.count -= nulls
        result.nulls = 0
        return result
    }

    /// The object, when nothing else but nulls was seen.
    var onlyObjects: ObjectShape? {
        guard let objects, unseen == 0, objects.count + nulls == count else { return nil }
        return objects
    }
}

/// Texts that were seen at one place.
struct StringShape: Sendable, Hashable {
    var count = 1
    /// Formats that every text has.
    var formats: Set<String>
    /// The texts, until there are too many to be an enumeration.
    var values: Set<ExactText>?

    /// More different texts than this are not kept.
    static let valueLimit = 16
    /// A longer text is no word of an enumeration.
    static let wordLimit = 64

    init(_ text: String) {
        formats = RecognisedFormat.all(of: text)
        values = text.utf8.count > Self.wordLimit ? nil : [ExactText(text)]
    }

    mutating func merge(_ other: StringShape) {
        count += other.count
        formats.formIntersection(other.formats)
        guard let mine = values, let theirs = other.values else {
            values = nil
            return
        }
        let all = mine.union(theirs)
        values = all.count > Self.valueLimit ? nil : all
    }
}

/// Arrays that were seen at one place.
struct ArrayShape: Sendable, Hashable {
    var count = 1
    /// Shapes by position while every array has the same few elements, which may be a tuple.
    var positions: [ExampleShape]?
    /// Of all elements, once they are not told apart by position; one shape, or none when every array was empty.
    private var elements: [ExampleShape] = []

    /// Longer arrays are no tuples.
    static let tupleLimit = 8

    init(_ values: [JSON], depth: Int) {
        self.init(values.lazy.map { ExampleShape($0, depth: depth + 1) })
    }

    init(_ shapes: some Collection<ExampleShape>) {
        if (2...Self.tupleLimit).contains(shapes.count) {
            positions = Array(shapes)
        } else {
            var all = ExampleShape()
            for shape in shapes { all.merge(shape) }
            elements = shapes.isEmpty ? [] : [all]
        }
    }

    mutating func merge(_ other: ArrayShape) {
        count += other.count
        if let mine = positions, let theirs = other.positions, mine.count == theirs.count {
            positions = zip(mine, theirs).map { $0.merged(with: $1) }
            return
        }
        let all = [items, other.items].compactMap(\.self)
        positions = nil
        elements = all.isEmpty ? [] : [all.dropFirst().reduce(all[0]) { $0.merged(with: $1) }]
    }

    /// The shape of any element; `nil` when every array was empty.
    var items: ExampleShape? {
        guard let positions else { return elements.first }
        return positions.dropFirst().reduce(positions[0]) { $0.merged(with: $1) }
    }

    /// The positions, when several arrays had one kind at each, and not the same kind everywhere.
    var tuple: [ExampleShape]? {
        guard let positions, count > 1, positions.allSatisfy({ $0.types.count == 1 && $0.unseen == 0 }),
            Set(positions.map(\.types)).count > 1
        else { return nil }
        // Whole and broken numbers side by side are numbers, not a tuple.
        let isNumbers = positions.allSatisfy { ["integer", "number"].contains($0.types[0]) }
        return isNumbers ? nil : positions
    }
}

/// A text compared scalar by scalar, as JSON does, not up to canonical equivalence as `String` does.
struct ExactText: Hashable, Comparable, Sendable {
    var text: String
    init(_ text: String) { self.text = text }
    static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }
    static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
