public import AssayFormats

/// How one value is compared, in place of being equal to the example.
///
/// Source: the Pact specification, versions 2 to 4, and the names that its reference implementation reads and writes.
public indirect enum PactRule: Sendable, Hashable {
    case equality
    case regex(Pattern)
    /// The same kind of JSON value; lists also have so many elements.
    case type(min: Int?, max: Int?)
    case include(String)
    case number, integer, decimal, boolean, null
    /// A pattern of Java's `DateTimeFormatter`; the standard one when empty.
    case date(String)
    case time(String)
    case datetime(String)
    /// What the bytes themselves look like.
    case contentType(String)
    /// Each variant is found in the list, in any order.
    case arrayContains([PactVariant])
    case eachKey([PactRule])
    case eachValue([PactRule])
    /// Members have any names, and values like the example's.
    case values
    case semver
    case statusCode(PactStatusClass)
    case notEmpty
    /// Of a plugin; nothing matches it here.
    case unknown(String, JSONObject)

    var isType: Bool { if case .type = self { true } else { false } }

    /// Looks at a whole collection, whatever the names in it are.
    var isOfValues: Bool {
        switch self {
        case .values, .eachValue, .arrayContains: true
        default: false
        }
    }

    /// Whether a value below the rule's place that it says nothing about is wrong.
    var reachesDown: Bool {
        switch self {
        case .values, .eachValue, .eachKey, .unknown: false
        default: true
        }
    }
}

/// A kind of element that a list must hold.
public struct PactVariant: Sendable, Hashable {
    /// Which element of the example it is.
    public var index: Int
    /// Paths count from the element.
    public var rules: PactRuleSet
    public var generators: [PactGeneratorPlace]
}

/// A class of status codes.
public enum PactStatusClass: Sendable, Hashable {
    case info, success, redirect, clientError, serverError, nonError, error
    case codes([Int])

    /// As files name it.
    static let names: [(name: String, value: PactStatusClass)] = [
        ("info", .info), ("success", .success), ("redirect", .redirect), ("clientError", .clientError),
        ("serverError", .serverError), ("nonError", .nonError), ("error", .error),
    ]

    func contains(_ status: Int) -> Bool {
        switch self {
        case .info: (100...199).contains(status)
        case .success: (200...299).contains(status)
        case .redirect: (300...399).contains(status)
        case .clientError: (400...499).contains(status)
        case .serverError: (500...599).contains(status)
        case .nonError: status < 400
        case .error: status >= 400
        case .codes(let codes): codes.contains(status)
        }
    }

    var words: String {
        switch self {
        case .info: "a status of 1xx"
        case .success: "a status of 2xx"
        case .redirect: "a status of 3xx"
        case .clientError: "a status of 4xx"
        case .serverError: "a status of 5xx"
        case .nonError: "a status below 400"
        case .error: "a status of 400 or more"
        case .codes(let codes): "one of the statuses " + codes.map(String.init).joined(separator: ", ")
        }
    }
}

/// Rules for one place, and whether all or one of them must hold.
public struct PactRuleList: Sendable, Hashable {
    public enum Combination: String, Sendable { case and = "AND", or = "OR" }

    public var rules: [PactRule]
    public var combination: Combination

    public init(_ rules: [PactRule], _ combination: Combination = .and) {
        self.rules = rules
        self.combination = combination
    }
}

/// Rules for the places of one part of a message, in the order written.
public struct PactRuleSet: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var path: PactPath
        public var list: PactRuleList

        public init(_ path: PactPath, _ list: PactRuleList) {
            self.path = path
            self.list = list
        }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }

    public var isEmpty: Bool { entries.isEmpty }

    /// Adds a rule for a place; more than one of a place are combined as the first says.
    public mutating func add(
        _ rule: PactRule, at path: PactPath, _ combination: PactRuleList.Combination = .and
    ) {
        if let place = entries.firstIndex(where: { $0.path == path }) {
            entries[place].list.rules.append(rule)
        } else {
            entries.append(Entry(path, PactRuleList([rule], combination)))
        }
    }
}

/// The matching rules of a request, response or message.
public struct PactRules: Sendable, Hashable {
    public enum Category: String, Sendable, CaseIterable {
        case method, path, query, header, status, body, content, metadata
    }

    private var sets: [Category: PactRuleSet] = [:]

    public init() {}

    /// Empty when nothing is said about the part.
    public subscript(category: Category) -> PactRuleSet {
        get { sets[category] ?? PactRuleSet() }
        set { sets[category] = newValue.isEmpty ? nil : newValue }
    }

    public var isEmpty: Bool { sets.isEmpty }
}
