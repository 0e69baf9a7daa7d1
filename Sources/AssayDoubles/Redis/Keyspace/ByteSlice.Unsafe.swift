internal import Glibc

/// Bytes that belong to somebody else: an argument in a connection's input, a key in a table.
///
/// It is good until the command that was given it returns; `Array(slice)` is a copy to keep.
// SAFETY: made only of memory that outlives the command being run; every read is below `count`.
@safe struct ByteSlice: RandomAccessCollection {
    let memory: UnsafeBufferPointer<UInt8>

    init(_ memory: UnsafeBufferPointer<UInt8>) { unsafe self.memory = unsafe memory }

    init(_ start: UnsafePointer<UInt8>, count: Int) {
        unsafe memory = unsafe UnsafeBufferPointer(start: start, count: count)
    }

    var startIndex: Int { 0 }
    var endIndex: Int { unsafe memory.count }
    var count: Int { unsafe memory.count }

    @inline(__always)
    subscript(place: Int) -> UInt8 {
        precondition(place >= 0 && place < count, "a byte outside of a slice")
        return unsafe memory[place]
    }

    /// A part of it, as good for as long as the whole.
    @inline(__always)
    subscript(range: Range<Int>) -> ByteSlice {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range outside of a slice")
        return unsafe ByteSlice(UnsafeBufferPointer(rebasing: memory[range]))
    }

    func withContiguousStorageIfAvailable<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        unsafe try body(memory)
    }

    /// The bytes as text; what is no UTF-8 is replaced.
    var text: String { unsafe String(decoding: memory, as: UTF8.self) }

    @inline(__always)
    func equals(_ other: ByteSlice) -> Bool {
        guard count == other.count else { return false }
        guard count > 0, let own = unsafe memory.baseAddress, let others = unsafe other.memory.baseAddress
        else { return true }
        return unsafe memcmp(own, others, count) == 0
    }

    @inline(__always)
    func equals(_ other: [UInt8]) -> Bool { other.withSlice { equals($0) } }

    /// Byte order, the shorter first when one begins with the other: negative, zero or positive.
    func compared(to other: ByteSlice) -> Int {
        let common = Swift.min(count, other.count)
        if common > 0, let own = unsafe memory.baseAddress, let others = unsafe other.memory.baseAddress {
            let order = unsafe memcmp(own, others, common)
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }

    /// Whether it is a word in whatever case: `call[3].isWord("withscores")`.
    ///
    /// - Parameter word: in lower case.
    @inline(__always)
    func isWord(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        // SAFETY: a static string's memory is there for ever, and `count` bytes long.
        let letters = unsafe word.utf8Start
        for place in 0..<count {
            var byte = unsafe memory[place]
            if byte &- 0x41 < 26 { byte |= 0x20 }
            if unsafe byte != letters[place] { return false }
        }
        return true
    }

    /// A hash of the bytes, the same in every process.
    @inline(__always)
    var hash: UInt32 {
        let first: UInt64 = 0x9E37_79B9_7F4A_7C15
        let second: UInt64 = 0xD6E8_FEB8_6659_FD93
        var state = UInt64(truncatingIfNeeded: count) &* second
        var place = 0
        let raw = unsafe UnsafeRawBufferPointer(memory)
        // SAFETY: eight bytes are read only where eight are left.
        while place &+ 8 <= count {
            let word = unsafe raw.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            let product = (state ^ word).multipliedFullWidth(by: first)
            state = product.high ^ product.low
            place &+= 8
        }
        var rest: UInt64 = 0
        while place < count {
            rest = unsafe rest << 8 | UInt64(memory[place])
            place &+= 1
        }
        let product = (state ^ rest).multipliedFullWidth(by: second)
        let mixed = product.high ^ product.low
        return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
    }
}

extension [UInt8] {
    /// The bytes as a slice that is good within `body`.
    @inline(__always)
    func withSlice<Result, Failure: Error>(
        _ body: (ByteSlice) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SAFETY: the array is alive and unchanged for the call.
        unsafe try withUnsafeBufferPointer { (memory) throws(Failure) in
            unsafe try body(ByteSlice(memory))
        }
    }

    mutating func append(_ slice: ByteSlice) { unsafe append(contentsOf: slice.memory) }

    init(_ slice: ByteSlice) { unsafe self.init(slice.memory) }
}
