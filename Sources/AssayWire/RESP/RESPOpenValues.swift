/// A text of which some bytes are still to come.
struct OpenText: Sendable {
    var type: UInt8
    var count: Int
    var bytes: [UInt8] = []
    /// Of CR LF.
    var endsSeen = 0

    var missing: Int { count - bytes.count }
    var taken: Int { bytes.count + endsSeen }

    init(type: UInt8, count: Int) {
        self.type = type
        self.count = count
    }
}

/// An array or the like of which some elements are still to come.
struct OpenAggregate: Sendable {
    var type: UInt8
    var missing: Int
    var elements: [RESPValue] = []
    /// Set when they are whole and their value is awaited.
    var attributes: [RESPPair]?

    init(type: UInt8, missing: Int) {
        self.type = type
        self.missing = missing
    }

    var pairs: [RESPPair] {
        stride(from: 0, to: elements.count, by: 2).map { RESPPair(elements[$0], elements[$0 + 1]) }
    }

    var value: RESPValue {
        switch type {
        case 0x25: .map(pairs)
        case 0x7E: .set(elements)
        case 0x3E: .push(elements)
        case 0x7C: .attributed(attributes ?? [], elements.first ?? .null)
        default: .array(elements)
        }
    }
}
