/// The number of bytes that stands before a message in framed protocols.
public struct LengthPrefix: Sendable, Hashable {
    public enum Order: String, Sendable, CaseIterable {
        case big, little
    }

    /// 1…8.
    public var bytes: Int
    public var order: Order
    /// The number counts the prefix too.
    public var includesItself: Bool

    public init(bytes: Int, order: Order = .big, includesItself: Bool = false) {
        precondition((1...8).contains(bytes), "a prefix has 1 to 8 bytes")
        self.bytes = bytes
        self.order = order
        self.includesItself = includesItself
    }

    /// The longest message that it can announce.
    public var limit: Int {
        let most = bytes == 8 ? Int.max : (1 << (8 * bytes)) - 1
        return includesItself ? most - bytes : most
    }

    /// The prefix of a message.
    ///
    /// - Returns: `nil` when the message is longer than ``limit``.
    public func encode(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= limit else { return nil }
        let number = UInt64(count + (includesItself ? bytes : 0))
        let little = (0..<bytes).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
        return order == .little ? little : little.reversed()
    }

    /// The length of the message behind a prefix.
    ///
    /// - Parameter prefix: exactly ``bytes`` of them.
    /// - Returns: `nil` when they are no length: over 2⁶³, or smaller than the prefix that they include.
    public func decode(_ prefix: some Collection<UInt8>) -> Int? {
        var number: UInt64 = 0
        for (place, byte) in prefix.enumerated() {
            number |= UInt64(byte) << UInt64(8 * (order == .little ? place : bytes - 1 - place))
        }
        guard let count = Int(exactly: number) else { return nil }
        if includesItself { return count >= bytes ? count - bytes : nil }
        return count
    }
}
