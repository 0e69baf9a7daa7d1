import AssayFormats

/// A compiled schema in the form that ``TapeJudge`` runs: checks without references, and lists that they point into.
struct TapeProgram: Sendable {
    /// Kinds of values, one bit each.
    struct Kinds: OptionSet {
        let rawValue: UInt8
        static let null = Kinds(rawValue: 1)
        static let boolean = Kinds(rawValue: 2)
        static let integer = Kinds(rawValue: 4)
        /// Numbers that are not whole.
        static let fraction = Kinds(rawValue: 8)
        static let string = Kinds(rawValue: 16)
        static let array = Kinds(rawValue: 32)
        static let object = Kinds(rawValue: 64)
        static let all = Kinds(rawValue: 127)
    }

    /// A run of checks or of other lists.
    struct Run {
        var start: Int32 = 0
        var end: Int32 = 0
        var isEmpty: Bool { start == end }
        var indices: Range<Int> { Int(start)..<Int(end) }
    }

    struct Node {
        var kinds = Kinds.all
        /// Draft 4: a number written with a fraction is no integer.
        var wantsWrittenIntegers = false
        var acceptsNull = false
        var always = Run()
        var numbers = Run()
        var texts = Run()
        var arrays = Run()
        var objects = Run()
        var isPlain = true
    }

    enum Check {
        case never
        case names(Int)
        case literals(Int)
        case all(Run), any(Run), one(Run)
        case not(Int)
        case conditional(Int, then: Int, otherwise: Int)
        case reference(Int)
        /// Judged on built values, by the schema of this place in the other form.
        case built(Int)
        case bound(SchemaKeyword.Bound, Int)
        case multiple(Int)
        case format(Int)
        case length(SchemaKeyword.Bound, Int)
        case pattern(Int)
        case content(Int)
        case itemCount(SchemaKeyword.Bound, Int)
        case unique
        case items(prefix: Run, rest: Int)
        case contains(Int, least: Int, most: Int)
        case memberCount(SchemaKeyword.Bound, Int)
        case members(Int)
        case memberNames(Int)
        case dependent(Int)
        case hidden(Int)
    }

    /// What an object's members must be.
    struct Members {
        var names = NameList()
        /// By the place of the name; -1 where only the presence counts.
        var schemas: [Int32] = []
        /// By the place of the name: its bit when it is required, else 0.
        var bits: [UInt64] = []
        var required: UInt64 = 0
        var patterns: [(pattern: Pattern, schema: Int)] = []
        var additional = -1

        mutating func place(of name: String) -> Int {
            let place = names.add(name)
            if place == schemas.count {
                schemas.append(-1)
                bits.append(0)
            }
            return place
        }
    }

    /// What must hold when a member is there.
    struct Dependent {
        var name: [UInt8]
        /// Holds whether the member is there or not.
        var isAlways = false
        var others: [[UInt8]] = []
        var schema = -1
    }

    /// The same schemas in the other form.
    let schemas: SchemaProgram
    var nodes: [Node] = []
    var checks: [Check] = []
    /// Nodes that checks list.
    var parts: [Int32] = []
    var nameLists: [NameList] = []
    var literals: [EnumeratedValues] = []
    var bounds: [JSON] = []
    var divisors: [(whole: Int64, number: DecimalNumber)] = []
    var formats: [FormatCheck] = []
    var patterns: [Pattern] = []
    var contents: [ContentCheck] = []
    var members: [Members] = []
    var dependents: [[Dependent]] = []
    var hidden: [[[UInt8]]] = []
}
