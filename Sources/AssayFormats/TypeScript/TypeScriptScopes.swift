/// Which names mean what: imports that nobody uses as values are dropped, and what a namespace or an enumeration exports is
/// reached by its object.
struct TypeScriptScopes {
    enum Kind { case function, block }

    enum Meaning: Equatable {
        case value
        /// By its number among ``imports``.
        case imported(Int)
        /// A member of an object, by its number among ``spaces``.
        case member(Int)
    }

    struct Declaration {
        var scope: Int
        var name: String
        var meaning: Meaning
    }

    struct Reference {
        var scope: Int
        var name: String
        var start: Int
        /// `{name}`: the name of a property and a value.
        var isShorthand = false
        /// It only counts when this import is used: `import alias = name.of`.
        var alias: Int?
    }

    /// An enumeration's or a namespace's block.
    struct Space {
        var name: String
        /// Where it was declared.
        var outer: Int
        /// Of its block.
        var inner: Int
        /// What the object is called inside.
        var object: String
        /// What it exports.
        var exports: [String] = []
    }

    /// A name that an import makes.
    struct Import {
        var name: String
        /// The statement, by its number.
        var statement: Int
        var start: Int
        /// With the comma behind it, when there is one.
        var end: Int
        var isType: Bool
    }

    struct Statement {
        var start: Int
        var end: Int
    }

    struct Mark {
        let counts: [Int]
    }

    private(set) var parents = [-1]
    private(set) var kinds = [Kind.function]
    private(set) var current = 0
    var declarations: [Declaration] = []
    var references: [Reference] = []
    var spaces: [Space] = []
    var imports: [Import] = []
    var statements: [Statement] = []

    /// Where to go back to.
    var mark: Mark {
        Mark(counts: [
            parents.count, declarations.count, references.count, spaces.count, imports.count,
            statements.count, current,
        ])
    }

    mutating func restore(_ mark: Mark) {
        let counts = mark.counts
        parents.removeLast(parents.count - counts[0])
        kinds.removeLast(kinds.count - counts[0])
        declarations.removeLast(declarations.count - counts[1])
        references.removeLast(references.count - counts[2])
        spaces.removeLast(spaces.count - counts[3])
        imports.removeLast(imports.count - counts[4])
        statements.removeLast(statements.count - counts[5])
        current = counts[6]
    }

    mutating func push(_ kind: Kind) {
        parents.append(current)
        kinds.append(kind)
        current = parents.count - 1
    }

    mutating func pop() { current = parents[current] }

    /// - Parameter isHoisted: `var`: it is the function's.
    mutating func declare(_ name: String, _ meaning: Meaning = .value, isHoisted: Bool = false) {
        var scope = current
        while isHoisted, kinds[scope] == .block, parents[scope] >= 0 { scope = parents[scope] }
        declarations.append(Declaration(scope: scope, name: name, meaning: meaning))
    }

    mutating func refer(_ name: String, at start: Int, isShorthand: Bool = false, alias: Int? = nil) {
        references.append(
            Reference(scope: current, name: name, start: start, isShorthand: isShorthand, alias: alias))
    }

    func isDeclaredHere(_ name: String) -> Bool {
        declarations.contains { $0.scope == current && $0.name == name }
    }

    // MARK: the end

    private struct Key: Hashable {
        var scope: Int
        var name: String
    }

    /// Finds what the references mean.
    ///
    /// - Returns: which imports are used as values, and where a member's object has to be written.
    func resolved() -> (used: Set<Int>, members: [(reference: Reference, object: String)]) {
        var table: [Key: Meaning] = [:]
        // A value hides an import of its name: the same name is a type there.
        for declaration in declarations {
            let key = Key(scope: declaration.scope, name: declaration.name)
            if table[key] == nil || declaration.meaning != .value { table[key] = declaration.meaning }
        }
        shareExports(&table)
        let wanted = Set(table.filter { $0.value != .value }.map(\.key.name))
        var used: Set<Int> = []
        var members: [(Reference, String)] = []
        // Aliases stand behind what they are made of.
        for reference in references.reversed() where wanted.contains(reference.name) {
            if let alias = reference.alias, !used.contains(alias) { continue }
            var scope = reference.scope
            while scope >= 0 {
                if let meaning = table[Key(scope: scope, name: reference.name)] {
                    switch meaning {
                    case .value: break
                    case .imported(let number): used.insert(number)
                    case .member(let number): members.append((reference, spaces[number].object))
                    }
                    break
                }
                scope = parents[scope]
            }
        }
        return (used, members)
    }

    /// Blocks of one name see what the others export.
    private func shareExports(_ table: inout [Key: Meaning]) {
        var groups: [Key: [Int]] = [:]
        for (number, space) in spaces.enumerated() {
            groups[Key(scope: space.outer, name: space.name), default: []].append(number)
        }
        for numbers in groups.values where numbers.count > 1 {
            let names = Set(numbers.flatMap { spaces[$0].exports })
            for number in numbers {
                for name in names {
                    let key = Key(scope: spaces[number].inner, name: name)
                    if table[key] == nil { table[key] = .member(number) }
                }
            }
        }
    }

    func isValue(_ name: String) -> Bool { declarations.contains { $0.scope == 0 && $0.name == name } }
}
