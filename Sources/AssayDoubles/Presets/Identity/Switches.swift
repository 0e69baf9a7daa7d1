internal import AssayCore
internal import AssayFormats

/// The switches that a double has: what it can be told to get wrong, and the words for how.
struct SwitchTable: Sendable {
    struct Row: Sendable {
        var name: String
        /// `nil` where any text is right, like a claim's name.
        var words: [String]?
    }

    /// Turns a switch off where a wider scope has it on.
    static let off = "none"
    var rows: [Row]

    init(_ rows: KeyValuePairs<String, [String]?>) {
        self.rows = rows.map { Row(name: $0.key, words: $0.value) }
    }

    /// - Returns: the word as it is kept; `nil` when it is that of another switch or of none.
    func accepts(_ word: String, for name: String) -> Bool {
        guard let row = rows.first(where: { $0.name == name }) else { return false }
        guard let words = row.words else { return !word.isEmpty && word.utf8.count <= 256 }
        return word == Self.off || words.contains(word)
    }

    /// Why a setting is refused, with what was meant.
    func refusal(of word: String, for name: String) -> String {
        guard let row = rows.first(where: { $0.name == name }) else {
            let near = nearestName(to: name, among: rows.map(\.name)).map { "did you mean '\($0)'?" }
            return "there is no switch '\(name)'; "
                + (near ?? "there are: " + rows.map(\.name).joined(separator: ", "))
        }
        guard let words = row.words else { return "switch '\(name)' takes a text of 1 to 256 bytes" }
        let near = nearestName(to: word, among: words).map { "did you mean '\($0)'?" }
        return "switch '\(name)' has no '\(word)'; "
            + (near ?? "it has: " + (words + [Self.off]).joined(separator: ", "))
    }
}

/// Some switches with their words, for a number of uses or until they are changed.
struct Switches: Sendable, Equatable {
    struct Refusal: Error, Equatable { var reason: String }

    private(set) var words: [String: String] = [:]
    /// How many more times one of them is obeyed; for ever when `nil`.
    private(set) var times: Int?

    init() {}

    init(_ words: [String: String], times: Int? = nil) {
        self.words = words
        self.times = times
    }

    /// The word of a switch, which counts as one use.
    mutating func take(_ name: String) -> String? {
        guard let word = words[name] else { return nil }
        if let left = times {
            times = left - 1
            if left <= 1 { self = Switches() }
        }
        return word
    }

    /// Reads the body of a PUT: `{"tokens": "expired", "times": 2}`.
    init(_ object: JSONObject, of table: SwitchTable) throws(Refusal) {
        for (name, value) in object where name != "times" {
            guard let word = value.stringValue, table.accepts(word, for: name) else {
                throw Refusal(reason: table.refusal(of: value.stringValue ?? value.rendered(), for: name))
            }
            words[name] = word
        }
        if let value = object["times"] {
            guard let count = value.intValue, (1...1_000_000).contains(count) else {
                throw Refusal(reason: "times is a whole number from 1 to 1000000")
            }
            times = Int(count)
        }
    }

    /// Reads the header `X-Assay-Fault: expired, callback=wrong-state`; a word alone stands for the first switch
    /// that has it.
    init(header: String, of table: SwitchTable) throws(Refusal) {
        for part in header.split(separator: ",") {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            if words.count == 2 {
                guard table.accepts(words[1], for: words[0]) else {
                    throw Refusal(reason: table.refusal(of: words[1], for: words[0]))
                }
                self.words[words[0]] = words[1]
            } else if let row = table.rows.first(where: { $0.words?.contains(words[0]) ?? false }) {
                self.words[row.name] = words[0]
            } else {
                let all = table.rows.flatMap { $0.words ?? [] }
                let near = nearestName(to: words[0], among: all).map { "; did you mean '\($0)'?" }
                throw Refusal(reason: "no switch has the word '\(words[0])'" + (near ?? ""))
            }
        }
    }

    /// Reads the option `switches: {tokens: expired}`; what is wrong goes into the reading's bag.
    static func read(_ node: YAMLNode, _ yaml: YAMLReading, of table: SwitchTable) -> Switches? {
        yaml.mapping(node, "switches") { fields in
            var words: [String: String] = [:]
            for row in table.rows {
                words[row.name] = fields.optional(row.name) { node in
                    row.words.map { yaml.enumeration(node, of: $0 + [SwitchTable.off]) } ?? yaml.text(node)
                }
            }
            return Switches(words, times: fields.optional("times") { yaml.int($0, in: 1...1_000_000) })
        }
    }
}

/// The switches of a double: as written in its options, and as set while it runs, for all or for one client.
struct IdentitySwitches: Sendable {
    let table: SwitchTable
    private let written: Switches
    private let writtenOf: [String: Switches]
    private var options: Switches
    private var optionsOf: [String: Switches]
    private var current = Switches()
    private var currentOf: [String: Switches] = [:]
    /// That of the request being answered.
    private var request = Switches()

    init(_ table: SwitchTable, written: Switches = Switches(), of clients: [String: Switches] = [:]) {
        self.table = table
        self.written = written
        writtenOf = clients
        (options, optionsOf) = (written, clients)
    }

    /// Takes note of a request's `X-Assay-Fault` header.
    mutating func begin(header: String?) throws(Switches.Refusal) {
        request =
            try header.map { header throws(Switches.Refusal) in
                try Switches(header: header, of: table)
            } ?? Switches()
    }

    /// What a switch says for this use: the request's own header counts first, then what was set while running for
    /// the client and for all, then the options of the client and of the double.
    mutating func take(_ name: String, client: String? = nil) -> String? {
        let found =
            request.take(name) ?? client.flatMap { currentOf[$0]?.take(name) } ?? current.take(name)
            ?? client.flatMap { optionsOf[$0]?.take(name) } ?? options.take(name)
        return found == SwitchTable.off ? nil : found
    }

    /// Whether a switch may say this word in some scope.
    func mayHave(_ word: String, for name: String) -> Bool {
        [request, current, options].contains { $0.words[name] == word }
            || currentOf.values.contains { $0.words[name] == word }
            || optionsOf.values.contains { $0.words[name] == word }
    }

    /// Back to what the options say.
    mutating func reset() {
        (options, optionsOf) = (written, writtenOf)
        (current, currentOf) = (Switches(), [:])
    }

    /// Answers `/__assay/switches`.
    ///
    /// - Parameter clients: whose switches can be set one by one.
    mutating func answer(_ method: String, body: [UInt8], clients: [String]) -> IdentityAnswer {
        switch method {
        case "GET": break
        case "DELETE": reset()
        case "PUT":
            do throws(Switches.Refusal) {
                try set(body, clients: clients)
            } catch {
                return .json(400, ["error": "bad_switch", "reason": .string(error.reason)])
            }
        default: return .notAllowed("GET, PUT, DELETE")
        }
        return .json(200, shown)
    }

    private mutating func set(_ body: [UInt8], clients: [String]) throws(Switches.Refusal) {
        guard var object = try? JSON(parsing: body, maxDepth: 4).objectValue else {
            throw Switches.Refusal(reason: #"the body is a JSON object, like {"tokens": "expired"}"#)
        }
        let client = object["client"]
        object["client"] = nil
        let switches = try Switches(object, of: table)
        guard let client else {
            current = switches
            return
        }
        guard let name = client.stringValue, clients.contains(name) else {
            throw Switches.Refusal(
                reason:
                    "there is no client \(client.rendered()); there are: \(clients.joined(separator: ", "))")
        }
        currentOf[name] = switches
    }

    private var shown: JSON {
        var all = options.words
        for (name, word) in current.words { all[name] = word }
        func json(_ words: [String: String]) -> JSON {
            .object(JSONObject(words.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        var clients = optionsOf.mapValues(\.words)
        for (client, switches) in currentOf {
            clients[client, default: [:]].merge(switches.words) { $1 }
        }
        let known = table.rows.map { row -> (String, JSON) in
            (row.name, row.words.map { .array($0.map { .string($0) }) } ?? "any text")
        }
        return [
            "switches": json(all),
            "clients": .object(
                JSONObject(clients.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })),
            "known": .object(JSONObject(known)),
        ]
    }
}
