import AssayFormats

/// The values of an `enum`; many are looked up by hash.
struct EnumeratedValues: Sendable {
    let values: [JSON]
    private let hashed: Set<JSON>?
    private static let searchedLimit = 16

    init(_ values: [JSON]) {
        self.values = values
        hashed = values.count > Self.searchedLimit ? Set(values) : nil
    }

    var isHashed: Bool { hashed != nil }

    func contains(_ value: JSON) -> Bool { hashed?.contains(value) ?? values.contains(value) }
}
