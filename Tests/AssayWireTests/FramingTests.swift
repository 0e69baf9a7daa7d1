import AssayWire
import Testing

@Suite("Messages among the bytes of a connection")
struct FramingTests {
    @Test(
        "A length is written and read in both orders",
        arguments: [
            (LengthPrefix(bytes: 2), 258, [1, 2]), (LengthPrefix(bytes: 2, order: .little), 258, [2, 1]),
            (LengthPrefix(bytes: 4, includesItself: true), 1, [0, 0, 0, 5]),
            (LengthPrefix(bytes: 1), 255, [255]),
            (LengthPrefix(bytes: 8, order: .little), 3, [3, 0, 0, 0, 0, 0, 0, 0]),
        ] as [(LengthPrefix, Int, [UInt8])])
    func prefixes(prefix: LengthPrefix, count: Int, bytes: [UInt8]) {
        #expect(prefix.encode(count) == bytes)
        #expect(prefix.decode(bytes) == count)
    }

    @Test("A length that does not fit, or is none, is refused")
    func wrongPrefixes() {
        #expect(LengthPrefix(bytes: 1).encode(256) == nil)
        #expect(LengthPrefix(bytes: 1, includesItself: true).encode(255) == nil)
        #expect(LengthPrefix(bytes: 2, includesItself: true).decode([0, 1]) == nil)
        #expect(LengthPrefix(bytes: 8).decode([0xFF, 0, 0, 0, 0, 0, 0, 0]) == nil)
    }

    /// Offers the bytes one more at a time, as they come.
    private static func find(_ end: MessageEnd, in bytes: [UInt8], limit: Int = 100) -> [MessageSearch.Found]
    {
        var search = MessageSearch(end, limitBytes: limit)
        return (0...bytes.count).map { search.find(in: bytes[..<$0]) }.filter { $0 != .needMore }
    }

    @Test("A delimiter is found at every cut, and is no part of the message")
    func delimiters() {
        #expect(
            Self.find(.delimiter([13, 10]), in: Array("a\rb\r\nc".utf8))
                == [.message(0..<3, consumed: 5), .message(0..<3, consumed: 5)])
        #expect(Self.find(.delimiter([1, 1, 2]), in: [1, 1, 1, 2]).last == .message(0..<1, consumed: 4))
        #expect(Self.find(.delimiter([10]), in: [10]).last == .message(0..<0, consumed: 1))
        #expect(
            Self.find(.delimiter([10]), in: [1, 2, 3, 10], limit: 3).last == .message(0..<3, consumed: 4))
        #expect(Self.find(.delimiter([10]), in: [1, 2, 3, 10], limit: 2).first == .tooLong(announced: nil))
    }

    @Test("Lengths and prefixes say where a message ends")
    func lengths() {
        #expect(Self.find(.length(3), in: [1, 2, 3]) == [.message(0..<3, consumed: 3)])
        #expect(Self.find(.length(0), in: []) == [.message(0..<0, consumed: 0)])
        #expect(Self.find(.length(101), in: [1]).first == .tooLong(announced: 101))
        let two = MessageEnd.prefix(LengthPrefix(bytes: 2))
        #expect(Self.find(two, in: [0, 2, 7, 8]) == [.message(2..<4, consumed: 4)])
        #expect(Self.find(two, in: [0, 0]) == [.message(2..<2, consumed: 2)])
        #expect(Self.find(two, in: [1, 0]) == [.tooLong(announced: 256)])
        #expect(
            Self.find(.prefix(LengthPrefix(bytes: 2, includesItself: true)), in: [0, 1]) == [.badPrefix])
    }
}
