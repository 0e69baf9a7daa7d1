/// Members of a JSON object in the order they were written; setting a key again keeps its place.
public struct JSONObject: Sendable {
    public private(set) var keys: [String] = []
    public private(set) var values: [JSON] = []
    /// Only kept for objects too large to search one by one.
    private var places: [String: Int]?
    private static let searchedLimit = 12

    public init() {}

    /// A later pair replaces an earlier one of the same key.
    public init(_ members: some Sequence<(String, JSON)>) {
        for (key, value) in members { self[key] = value }
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
                if places != nil { places?[key] = keys.count - 1 } else { indexIfLarge() }
            case (nil, nil): break
            }
        }
    }

    private func place(of key: String) -> Int? {
        if let places { return places[key] }
        return keys.firstIndex(of: key)
    }

    private mutating func indexIfLarge() {
        guard keys.count > Self.searchedLimit else { return }
        places = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
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
