/// Members of a JSON object in the order they were written; setting a key again keeps its place.
public struct JSONObject: Sendable {
    public private(set) var keys: [String] = []
    public private(set) var values: [JSON] = []
    /// Only kept for objects too large to search one by one.
    private var places: [ExactName: Int]?
    private static let searchedLimit = 12

    public init() {}

    /// A later pair replaces an earlier one of the same key.
    public init(_ members: some Sequence<(String, JSON)>) {
        for (key, value) in members { self[key] = value }
    }

    /// Pairs names with values in order. Names must differ from each other; rows of a table can share one list.
    init(distinctKeys keys: [String], values: [JSON]) {
        precondition(keys.count == values.count, "as many names as values")
        self.keys = keys
        self.values = values
        indexIfLarge()
    }

    public var count: Int { keys.count }
    public var isEmpty: Bool { keys.isEmpty }

    /// Setting `nil` removes the member.
    public subscript(key: String) -> JSON? {
        get { place(of: key).map { values[$0] } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): values[place] = value
            case (let place?, nil):
                keys.remove(at: place)
                values.remove(at: place)
                places = nil
                indexIfLarge()
            case (nil, let value?):
                keys.append(key)
                values.append(value)
                if places != nil { places?[ExactName(key)] = keys.count - 1 } else { indexIfLarge() }
            case (nil, nil): break
            }
        }
    }

    /// A name compared scalar by scalar, as JSON does, not up to canonical equivalence as `String` does.
    private struct ExactName: Hashable {
        let text: String
        init(_ text: String) { self.text = text }
        static func == (left: ExactName, right: ExactName) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }
        func hash(into hasher: inout Hasher) { hasher.combine(text) }
    }

    private func place(of key: String) -> Int? {
        if let places { return places[ExactName(key)] }
        return keys.firstIndex { ExactName($0) == ExactName(key) }
    }

    private mutating func indexIfLarge() {
        guard keys.count > Self.searchedLimit else { return }
        places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { (ExactName($1), $0) })
    }
}

extension JSONObject: Sequence {
    public func makeIterator() -> AnyIterator<(key: String, value: JSON)> {
        var pairs = zip(keys, values).makeIterator()
        return AnyIterator { pairs.next().map { (key: $0.0, value: $0.1) } }
    }
}

extension JSONObject: Hashable {
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && zip(left.keys, left.values).allSatisfy { right[$0] == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        // Order must not count, so members' hashes are added up.
        var sum = 0
        for (key, value) in zip(keys, values) {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSON)...) { self.init(members) }
}
