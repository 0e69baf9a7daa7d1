/// Which keyspace events are published: the letters of `notify-keyspace-events`.
struct KeyspaceEvents: OptionSet {
    let rawValue: UInt16

    /// `K`: on `__keyspace@0__:KEY`.
    static let keyspace = KeyspaceEvents(rawValue: 1 << 0)
    /// `E`: on `__keyevent@0__:EVENT`.
    static let keyevent = KeyspaceEvents(rawValue: 1 << 1)
    static let generic = KeyspaceEvents(rawValue: 1 << 2)
    static let string = KeyspaceEvents(rawValue: 1 << 3)
    static let list = KeyspaceEvents(rawValue: 1 << 4)
    static let set = KeyspaceEvents(rawValue: 1 << 5)
    static let hash = KeyspaceEvents(rawValue: 1 << 6)
    static let sortedSet = KeyspaceEvents(rawValue: 1 << 7)
    static let expired = KeyspaceEvents(rawValue: 1 << 8)
    static let evicted = KeyspaceEvents(rawValue: 1 << 9)
    static let stream = KeyspaceEvents(rawValue: 1 << 10)
    static let miss = KeyspaceEvents(rawValue: 1 << 11)
    static let module = KeyspaceEvents(rawValue: 1 << 12)
    static let new = KeyspaceEvents(rawValue: 1 << 13)

    /// `A`: everything but misses and new keys.
    static let all: KeyspaceEvents = [
        .generic, .string, .list, .set, .hash, .sortedSet, .expired, .evicted, .stream, .module,
    ]

    private static let letters: [(Character, KeyspaceEvents)] = [
        ("g", .generic), ("$", .string), ("l", .list), ("s", .set), ("h", .hash), ("z", .sortedSet),
        ("x", .expired), ("e", .evicted), ("t", .stream), ("d", .module),
    ]
    private static let others: [(Character, KeyspaceEvents)] = [
        ("K", .keyspace), ("E", .keyevent), ("m", .miss), ("n", .new),
    ]

    /// - Returns: `nil` when a letter means nothing.
    init?(letters text: String) {
        self = []
        for letter in text {
            if letter == "A" {
                formUnion(.all)
            } else if let known = (Self.letters + Self.others).first(where: { $0.0 == letter }) {
                formUnion(known.1)
            } else {
                return nil
            }
        }
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }

    /// As CONFIG GET shows it: `AKE`.
    var text: String {
        var text =
            isSuperset(of: .all)
            ? "A" : String(Self.letters.filter { contains($0.1) }.map { $0.0 })
        text += String(Self.others.filter { contains($0.1) }.map { $0.0 })
        return text
    }
}
