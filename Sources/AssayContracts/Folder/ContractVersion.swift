/// A version as folders name it: `v1`, `v2`, `v2.1`, `v03`.
///
/// Ordered by its numbers. It stays as written, for it is the name of a folder: `v01` and `v1` are two versions.
public struct ContractVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// At least one.
    public let numbers: [Int]
    /// As it was written.
    public let description: String

    /// - Returns: `nil` when the text is no `v` with one to four numbers after it.
    public init?(_ text: some StringProtocol) {
        guard text.first == "v" else { return nil }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> Int? in
            part.utf8.allSatisfy { (48...57).contains($0) } && part.utf8.count <= 9 ? Int(part) : nil
        }
        guard numbers.count == parts.count, (1...4).contains(numbers.count) else { return nil }
        self.numbers = numbers
        description = String(text)
    }

    public static func < (left: Self, right: Self) -> Bool {
        if left.numbers == right.numbers { return left.description < right.description }
        return left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}

/// A contract by its name, and perhaps the version that is meant: `ui-api`, `ui-api@v1`.
public struct ContractReference: Sendable, Hashable, CustomStringConvertible {
    public var name: String
    /// `nil` for the one that the manifest says, or the highest.
    public var version: ContractVersion?

    public init(_ name: String, version: ContractVersion? = nil) {
        self.name = name
        self.version = version
    }

    /// - Returns: `nil` when what follows the `@` is no version, or the name is empty.
    public init?(parsing text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        self.name = String(name)
        guard parts.count == 2 else { return }
        guard let version = ContractVersion(parts[1]) else { return nil }
        self.version = version
    }

    public var description: String { name + (version.map { "@\($0)" } ?? "") }
}
