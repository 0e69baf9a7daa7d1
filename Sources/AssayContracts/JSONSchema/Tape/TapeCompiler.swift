import AssayFormats

/// Brings the schemas that a root reaches into the form of ``TapeProgram``.
struct TapeCompiler {
    private typealias Rule = SchemaKeyword.Rule
    private typealias Kinds = TapeProgram.Kinds

    private let source: SchemaProgram
    private var program: TapeProgram
    private var places: [Int: Int] = [:]
    private var waiting: [Int] = []

    /// - Returns: `nil` when what a schema means depends on the way that led to it (`$dynamicRef`).
    static func compile(_ source: SchemaProgram, root: Int) -> TapeProgram? {
        var compiler = TapeCompiler(source: source, program: TapeProgram(schemas: source))
        _ = compiler.place(of: root)
        while let next = compiler.waiting.popLast() {
            guard compiler.fill(next) else { return nil }
        }
        return compiler.program
    }

    private init(source: SchemaProgram, program: TapeProgram) {
        self.source = source
        self.program = program
    }

    private mutating func place(of node: Int) -> Int {
        if let known = places[node] { return known }
        let place = program.nodes.count
        program.nodes.append(TapeProgram.Node())
        places[node] = place
        waiting.append(node)
        return place
    }

    private mutating func list(_ nodes: [Int]) -> TapeProgram.Run {
        let found = nodes.map { Int32(place(of: $0)) }
        let start = Int32(program.parts.count)
        program.parts += found
        return .init(start: start, end: Int32(program.parts.count))
    }

    private mutating func run(_ checks: [TapeProgram.Check]) -> TapeProgram.Run {
        let start = Int32(program.checks.count)
        program.checks += checks
        return .init(start: start, end: Int32(program.checks.count))
    }

    private mutating func fill(_ index: Int) -> Bool {
        let schema = source.nodes[index]
        guard let place = places[index] else { return true }
        var node = TapeProgram.Node()
        node.acceptsNull = schema.acceptsNull
        node.isPlain = schema.keywords.isEmpty
        var always: [TapeProgram.Check] = []
        var numbers = always
        var texts = always
        var arrays = always
        var objects = always
        var members = TapeProgram.Members()
        var hasMembers = false
        if schema.needsEvaluated {
            // What others looked at is known on built values only.
            guard !reachesDynamicReference(index) else { return false }
            always = [.built(index)]
        } else {
            // Members first, so that names are looked for in the schema's order.
            for keyword in schema.keywords.filter(\.isMembers) + schema.keywords.filter({ !$0.isMembers }) {
                switch keyword.rule {
                case .type(let names, let isWritten):
                    node.kinds.formIntersection(Self.kinds(names))
                    node.wantsWrittenIntegers = isWritten
                case .members, .required:
                    hasMembers = true
                    add(keyword.rule, to: &members, &objects)
                case .bound, .multipleOf: numbers.append(number(keyword.rule))
                case .length, .pattern, .content: texts.append(text(keyword.rule))
                case .format(_, let check):
                    program.formats.append(check)
                    if check.text != nil { texts.append(.format(program.formats.count - 1)) }
                    if check.number != nil { numbers.append(.format(program.formats.count - 1)) }
                case .itemCount, .unique, .items, .contains: arrays.append(array(keyword.rule))
                case .memberCount, .propertyNames, .dependentRequired, .dependentSchemas, .hidden:
                    objects.append(object(keyword.rule))
                default:
                    guard let check = combination(keyword.rule) else { return false }
                    always.append(check)
                }
            }
        }
        if hasMembers {
            program.members.append(members)
            objects.append(.members(program.members.count - 1))
        }
        node.always = run(always)
        node.numbers = run(numbers)
        node.texts = run(texts)
        node.arrays = run(arrays)
        node.objects = run(objects)
        program.nodes[place] = node
        return true
    }

    private static func kinds(_ names: [String]) -> Kinds {
        var kinds: Kinds = []
        for name in names {
            switch name {
            case "null": kinds.insert(.null)
            case "boolean": kinds.insert(.boolean)
            case "integer": kinds.insert(.integer)
            case "number": kinds.formUnion([.integer, .fraction])
            case "string": kinds.insert(.string)
            case "array": kinds.insert(.array)
            default: kinds.insert(.object)
            }
        }
        return kinds
    }

    /// - Returns: `nil` when the keyword depends on the way that led to it.
    private mutating func combination(_ rule: Rule) -> TapeProgram.Check? {
        switch rule {
        case .never: return .never
        case .oneOfValues(let values): return literals(values)
        case .constant(let value): return literals(EnumeratedValues([value]))
        case .all(let parts): return .all(list(parts))
        case .any(let parts, _): return .any(list(parts))
        case .one(let parts, _): return .one(list(parts))
        case .not(let part): return .not(place(of: part))
        case .conditional(let condition, let then, let otherwise):
            return .conditional(
                place(of: condition), then: then.map { place(of: $0) } ?? -1,
                otherwise: otherwise.map { place(of: $0) } ?? -1)
        case .reference(let target): return .reference(place(of: target))
        case .dynamicReference(let anchor, let target):
            let anchored = source.dynamicAnchors.compactMap { $0[anchor] }
            guard anchored.count <= 1 else { return nil }
            return .reference(place(of: anchored.first ?? target))
        default: return nil
        }
    }

    private mutating func literals(_ values: EnumeratedValues) -> TapeProgram.Check {
        let texts = values.values.compactMap(\.stringValue)
        if texts.count == values.values.count {
            var names = NameList()
            for text in texts { _ = names.add(text) }
            program.nameLists.append(names)
            return .names(program.nameLists.count - 1)
        }
        program.literals.append(values)
        return .literals(program.literals.count - 1)
    }

    private mutating func number(_ rule: Rule) -> TapeProgram.Check {
        switch rule {
        case .bound(let bound, let limit):
            program.bounds.append(limit)
            return .bound(bound, program.bounds.count - 1)
        case .multipleOf(let written, let number):
            program.divisors.append((written.intValue ?? 0, number))
            return .multiple(program.divisors.count - 1)
        default: return .never
        }
    }

    private mutating func text(_ rule: Rule) -> TapeProgram.Check {
        switch rule {
        case .length(let bound, let count): return .length(bound, count)
        case .pattern(let pattern):
            program.patterns.append(pattern)
            return .pattern(program.patterns.count - 1)
        case .content(let check):
            program.contents.append(check)
            return .content(program.contents.count - 1)
        default: return .never
        }
    }

    private mutating func array(_ rule: Rule) -> TapeProgram.Check {
        switch rule {
        case .itemCount(let bound, let count): return .itemCount(bound, count)
        case .unique: return .unique
        case .items(let prefix, let rest):
            return .items(prefix: list(prefix), rest: rest.map { place(of: $0) } ?? -1)
        case .contains(let part, let least, let most, _):
            return .contains(place(of: part), least: least, most: most ?? Int.max)
        default: return .never
        }
    }

    private mutating func object(_ rule: Rule) -> TapeProgram.Check {
        var dependents: [TapeProgram.Dependent] = []
        switch rule {
        case .memberCount(let bound, let count): return .memberCount(bound, count)
        case .propertyNames(let part): return .memberNames(place(of: part))
        case .hidden(let names):
            program.hidden.append(names.map { Array($0.utf8) })
            return .hidden(program.hidden.count - 1)
        case .dependentRequired(let rules):
            for (name, others) in rules {
                dependents.append(.init(name: Array(name.utf8), others: others.map { Array($0.utf8) }))
            }
        case .dependentSchemas(let rules):
            for (name, part) in rules {
                dependents.append(.init(name: Array(name.utf8), schema: place(of: part)))
            }
        default: return .never
        }
        program.dependents.append(dependents)
        return .dependent(program.dependents.count - 1)
    }

    private mutating func add(
        _ rule: Rule, to members: inout TapeProgram.Members, _ objects: inout [TapeProgram.Check]
    ) {
        if case .members(let rules) = rule {
            for (name, part) in rules.named.sorted(by: { $0.value < $1.value }) {
                members.schemas[members.place(of: name.text)] = Int32(place(of: part))
            }
            members.patterns = rules.patterns.map { ($0.pattern, place(of: $0.schema)) }
            members.additional = rules.additional.map { place(of: $0) } ?? -1
        }
        guard case .required(let names) = rule else { return }
        var many: [String] = []
        for name in Set(names.map(MemberName.init)).map(\.text).sorted() {
            let used = members.required.nonzeroBitCount
            guard used < 64 else {
                many.append(name)
                continue
            }
            members.bits[members.place(of: name)] = 1 << UInt64(used)
            members.required |= 1 << UInt64(used)
        }
        if !many.isEmpty {
            // More than a word has bits: looked up one by one.
            program.dependents.append([.init(name: [], isAlways: true, others: many.map { Array($0.utf8) })])
            objects.append(.dependent(program.dependents.count - 1))
        }
    }

    private func reachesDynamicReference(_ start: Int) -> Bool {
        source.nodes.contains { node in
            node.keywords.contains { keyword in
                guard case .dynamicReference(let anchor, _) = keyword.rule else { return false }
                return source.dynamicAnchors.count { $0[anchor] != nil } > 1
            }
        }
    }
}

extension SchemaKeyword {
    fileprivate var isMembers: Bool { if case .members = rule { true } else { false } }
}
