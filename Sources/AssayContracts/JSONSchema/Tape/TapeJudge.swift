import AssayFormats

/// Whether a value on a tape holds; says neither where nor why it does not.
///
/// Builds no values and no texts for what schemas mostly ask. When it cannot say (names that are repeated, a pattern
/// that takes too many steps, references that go round), ``gaveUp`` is set and ``SchemaJudge`` has to be asked.
struct TapeJudge {
    let program: TapeProgram
    let tape: JSONTape
    var steps = 0
    private var depth = 0
    var gaveUp = false

    init(_ program: TapeProgram, _ tape: JSONTape) {
        self.program = program
        self.tape = tape
    }

    mutating func judge() -> Bool { judge(0, 0) }

    mutating func giveUp() -> Bool {
        gaveUp = true
        return false
    }

    mutating func judge(_ index: Int, _ value: Int) -> Bool {
        let entry = tape.entries[value]
        steps += 1
        guard steps <= JSONSchema.stepLimit, depth < JSONSchema.depthLimit, !gaveUp else { return giveUp() }
        if program.nodes[index].isPlain { return true }
        let kind = Self.kind(of: entry)
        if kind == .null, program.nodes[index].acceptsNull { return true }
        if !program.nodes[index].kinds.contains(kind) {
            // A whole number may be written with a fraction.
            guard kind == .fraction, program.nodes[index].kinds.contains(.integer),
                isWhole(entry, strictly: program.nodes[index].wantsWrittenIntegers)
            else { return false }
        }
        depth += 1
        defer { depth -= 1 }
        let own =
            switch kind {
            case .integer, .fraction: program.nodes[index].numbers
            case .string: program.nodes[index].texts
            case .array: program.nodes[index].arrays
            case .object: program.nodes[index].objects
            default: TapeProgram.Run()
            }
        for place in own.indices where !judge(program.checks[place], value, entry) { return false }
        for place in program.nodes[index].always.indices {
            if !judgeCombination(program.checks[place], value, entry) { return false }
        }
        return true
    }

    @inline(__always)
    private static func kind(of entry: JSONTape.Entry) -> TapeProgram.Kinds {
        switch entry.kind {
        case .null: .null
        case .false, .true: .boolean
        case .integer: .integer
        case .number: .fraction
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    private func isWhole(_ entry: JSONTape.Entry, strictly: Bool) -> Bool {
        strictly ? tape.number(entry).isWrittenWhole : tape.number(entry).isWhole
    }

    // MARK: Any value

    private mutating func judgeCombination(
        _ check: TapeProgram.Check, _ value: Int, _ entry: JSONTape.Entry
    ) -> Bool {
        switch check {
        case .names(let list):
            guard entry.kind == .string else { return false }
            if entry.isEscaped {
                let bytes = tape.decodedBytes(entry)
                return program.nameLists[list].find(bytes, 0, bytes.count, hint: 0) >= 0
            }
            return program.nameLists[list].find(tape.text, Int(entry.start), Int(entry.end), hint: 0) >= 0
        case .literals(let place): return isAmong(program.literals[place], value)
        case .reference(let target): return judge(target, value)
        case .all(let parts):
            for place in parts.indices where !judge(Int(program.parts[place]), value) { return false }
            return true
        case .any(let parts):
            for place in parts.indices {
                if judge(Int(program.parts[place]), value) { return true }
                if gaveUp { return false }
            }
            return false
        case .one(let parts):
            var count = 0
            for place in parts.indices where count < 2 && !gaveUp {
                if judge(Int(program.parts[place]), value) { count += 1 }
            }
            return count == 1 && !gaveUp
        case .not(let part): return !judge(part, value) && !gaveUp
        case .conditional(let condition, let then, let otherwise):
            let branch = judge(condition, value) ? then : otherwise
            return !gaveUp && (branch < 0 || judge(branch, value))
        case .built(let node):
            var judge = SchemaJudge(schema: program.schemas, root: node, limit: 1)
            judge.run(tape.build(value))
            steps += judge.steps
            return judge.violations.isEmpty
        default: return false
        }
    }

    private func isAmong(_ values: EnumeratedValues, _ value: Int) -> Bool {
        if values.isHashed { return values.contains(tape.build(value)) }
        for literal in values.values where tape.equals(value, literal) { return true }
        return false
    }

    // MARK: One kind of value

    private mutating func judge(
        _ check: TapeProgram.Check, _ value: Int, _ entry: JSONTape.Entry
    ) -> Bool {
        switch check {
        case .members(let place): return judgeMembers(place, value, entry)
        case .items(let prefix, let rest): return judgeItems(prefix, rest, value, entry)
        case .bound(let bound, let limit):
            let number = tape.number(entry)
            guard let isLess = number.isLess(than: program.bounds[limit]),
                let isMore = program.bounds[limit].isLess(than: number)
            else { return true }
            return bound.allows(isLess: isLess, isMore: isMore)
        case .multiple(let place):
            let number = tape.number(entry)
            if case .int(let whole) = number, program.divisors[place].whole > 0 {
                return whole % program.divisors[place].whole == 0
            }
            return DecimalNumber(number)?.isMultiple(of: program.divisors[place].number) ?? true
        case .length(let bound, let limit): return bound.allows(length(of: entry), limit)
        case .pattern, .format, .content: return judgeText(check, entry)
        case .itemCount(let bound, let limit): return bound.allows(elements(value, entry), limit)
        case .unique: return isUnique(value, entry)
        case .contains(let part, let least, let most):
            var found = 0
            var child = value + 1
            while child < Int(entry.next), !gaveUp {
                if judge(part, child) { found += 1 }
                if found > most || found >= least && most == Int.max { break }
                child = Int(tape.entries[child].next)
            }
            return !gaveUp && found >= least && found <= most
        default: return judgeObject(check, value, entry)
        }
    }

    private func length(of entry: JSONTape.Entry) -> Int {
        if entry.isEscaped { return tape.decodedBytes(entry).count { $0 & 0xC0 != 0x80 } }
        var count = 0
        for place in Int(entry.start)..<Int(entry.end) where tape.text[place] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    func text(of entry: JSONTape.Entry) -> ArraySlice<UInt8> {
        entry.isEscaped ? tape.decodedBytes(entry)[...] : tape.text[Int(entry.start)..<Int(entry.end)]
    }

    private mutating func judgeText(_ check: TapeProgram.Check, _ entry: JSONTape.Entry) -> Bool {
        switch check {
        case .pattern(let place): return matches(program.patterns[place], entry)
        case .format(let place):
            let format = program.formats[place]
            if entry.kind == .string { return format.text?(text(of: entry)) ?? true }
            return format.number?(tape.number(entry)) ?? true
        case .content(let place): return program.contents[place].accepts(tape.decodedString(entry))
        default: return false
        }
    }

    mutating func matches(_ pattern: Pattern, _ entry: JSONTape.Entry) -> Bool {
        steps += 1
        do {
            return try pattern.matches(inUTF8: text(of: entry))
        } catch {
            return giveUp()
        }
    }

    // MARK: Arrays

    func elements(_ value: Int, _ entry: JSONTape.Entry) -> Int {
        var count = 0
        var child = value + 1
        while child < Int(entry.next) {
            count += 1
            child = Int(tape.entries[child].next)
        }
        return count
    }

    private mutating func judgeItems(
        _ prefix: TapeProgram.Run, _ rest: Int, _ value: Int, _ entry: JSONTape.Entry
    ) -> Bool {
        var child = value + 1
        var place = Int(prefix.start)
        while child < Int(entry.next) {
            if place < Int(prefix.end) {
                guard judge(Int(program.parts[place]), child) else { return false }
                place += 1
            } else {
                guard rest >= 0 else { return true }
                guard judge(rest, child) else { return false }
            }
            child = Int(tape.entries[child].next)
        }
        return true
    }

    /// So many texts are compared each with each.
    private static let comparedLimit = 16

    private func isUnique(_ value: Int, _ entry: JSONTape.Entry) -> Bool {
        if let answer = areUniqueTexts(value, entry) { return answer }
        var seen = Set<JSON>()
        var child = value + 1
        while child < Int(entry.next) {
            guard seen.insert(tape.build(child)).inserted else { return false }
            child = Int(tape.entries[child].next)
        }
        return true
    }

    /// - Returns: `nil` when there are more than a few, or others than texts without escapes.
    private func areUniqueTexts(_ value: Int, _ entry: JSONTape.Entry) -> Bool? {
        let first = value + 1
        let end = Int(entry.next)
        // Each text is one entry.
        guard end - first <= Self.comparedLimit else { return nil }
        for place in first..<end where tape.entries[place].kind != .string || tape.entries[place].isEscaped {
            return nil
        }
        for place in first..<end {
            let one = tape.entries[place]
            for other in first..<place where areEqual(one, tape.entries[other]) { return false }
        }
        return true
    }

    private func areEqual(_ one: JSONTape.Entry, _ other: JSONTape.Entry) -> Bool {
        guard one.end - one.start == other.end - other.start else { return false }
        var place = Int(other.start)
        for byte in Int(one.start)..<Int(one.end) {
            if tape.text[byte] != tape.text[place] { return false }
            place += 1
        }
        return true
    }
}
