/// Finds object shapes that stand at several places, and names them.
///
/// Two objects are one shape when they have the same members of the same kinds all the way down; what is required,
/// null or of a format may differ, and the definition is what they have in common.
struct SchemaFolding {
    private struct Entry {
        var shape: ExampleShape
        var places = 0
        /// How often each name was proposed.
        var hints: [SchemaName.Hint: Int] = [:]
    }

    /// What is written once, by name.
    private(set) var definitions: [(name: String, shape: ExampleShape)] = []
    private var names: [String: String] = [:]

    /// - Parameters:
    ///   - roots: shapes with names of what they are.
    ///   - rootsCount: the roots are places themselves; else only what is in them.
    init(_ roots: [(hint: SchemaName.Hint, shape: ExampleShape)], rootsCount: Bool) {
        var entries: [String: Entry] = [:]
        for (hint, shape) in roots {
            if rootsCount {
                Self.walk(shape, hint, &entries)
            } else {
                Self.walkParts(of: shape, hint, &entries)
            }
        }
        var taken: Set<String> = []
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) where entry.places > 1 {
            let name = SchemaName.choose(entry.hints, taken: taken)
            taken.insert(name)
            names[key] = name
            definitions.append((name, entry.shape))
        }
        definitions.sort { $0.name < $1.name }
    }

    /// The definition of a shape, if it has one.
    func name(of shape: ExampleShape) -> String? { Self.key(of: shape).flatMap { names[$0] } }

    /// Looks at a place; what is inside a shape is looked at once.
    private static func walk(
        _ shape: ExampleShape, _ hint: SchemaName.Hint, _ entries: inout [String: Entry]
    ) {
        guard let key = key(of: shape) else { return walkParts(of: shape, hint, &entries) }
        if entries[key] != nil {
            entries[key]?.shape.merge(shape.withoutNulls)
        } else {
            entries[key] = Entry(shape: shape.withoutNulls)
            walkParts(of: shape, hint, &entries)
        }
        entries[key]?.places += 1
        entries[key]?.hints[hint, default: 0] += 1
    }

    private static func walkParts(
        of shape: ExampleShape, _ hint: SchemaName.Hint, _ entries: inout [String: Entry]
    ) {
        if let arrays = shape.arrays {
            if let tuple = arrays.tuple {
                for position in tuple { walk(position, hint, &entries) }
            } else if let items = arrays.items {
                walk(items, hint.element, &entries)
            }
        }
        guard let objects = shape.objects else { return }
        if let values = objects.map {
            walk(values, hint.element, &entries)
        } else {
            for (name, member) in objects.ordered { walk(member.shape, hint.member(name), &entries) }
        }
    }

    /// Fewer members do not make a thing of its own.
    private static let leastMembers = 2

    /// The same for shapes that are one; `nil` for what is no object, or one too small.
    private static func key(of shape: ExampleShape) -> String? {
        guard let object = shape.onlyObjects, object.members.count >= leastMembers, object.map == nil else {
            return nil
        }
        var text = ""
        write(shape, into: &text)
        return text
    }

    private static func write(_ shape: ExampleShape, into text: inout String) {
        if shape.unseen > 0 { text += "?" }
        if shape.booleans > 0 { text += "b" }
        if shape.integers + shape.otherNumbers > 0 { text += "n" }
        if shape.strings != nil { text += "s" }
        if let arrays = shape.arrays {
            text += "["
            if let items = arrays.items { write(items, into: &text) }
            text += "]"
        }
        guard let objects = shape.objects else { return }
        text += "{"
        if let values = objects.map {
            text += "*:"
            write(values, into: &text)
        } else {
            for (name, member) in objects.members.sorted(by: { $0.key < $1.key }) {
                // Lengths keep names apart from what stands around them.
                text += "\(name.text.utf8.count)\(name.text):"
                write(member.shape, into: &text)
                text += ","
            }
        }
        text += "}"
    }
}
