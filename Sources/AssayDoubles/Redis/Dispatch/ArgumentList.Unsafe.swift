/// Where an argument lies, counted from the first byte of its request.
struct ArgumentRange {
    var start: Int
    var count: Int
}

/// The words of a command, its name first; they lie in somebody else's memory and are good until the command returns.
// SAFETY: made only of memory that outlives the command being run; every range lies inside of it.
@safe struct ArgumentList: RandomAccessCollection {
    private let base: UnsafePointer<UInt8>
    private let ranges: UnsafePointer<ArgumentRange>
    let count: Int

    init(_ base: UnsafePointer<UInt8>, _ ranges: UnsafePointer<ArgumentRange>, count: Int) {
        unsafe self.base = unsafe base
        unsafe self.ranges = unsafe ranges
        self.count = count
    }

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    @inline(__always)
    subscript(place: Int) -> ByteSlice {
        precondition(place >= 0 && place < count, "an argument that is not there")
        let range = unsafe ranges[place]
        return unsafe ByteSlice(base + range.start, count: range.count)
    }
}

/// The words of a command that are kept: of a queued one, a blocked one, one of a script.
// SAFETY: both memories are allocated here and freed in deinit; nothing changes them in between.
@safe final class OwnedArguments {
    private let base: UnsafeMutablePointer<UInt8>
    private let ranges: UnsafeMutablePointer<ArgumentRange>
    let count: Int

    init(_ words: some Collection<some Collection<UInt8>>) {
        count = words.count
        let total = words.reduce(0) { $0 + $1.count }
        unsafe base = UnsafeMutablePointer<UInt8>.allocate(capacity: Swift.max(total, 1))
        unsafe ranges = UnsafeMutablePointer<ArgumentRange>.allocate(capacity: Swift.max(count, 1))
        var place = 0
        for (index, word) in words.enumerated() {
            let begin = place
            for byte in word {
                unsafe base[place] = byte
                place += 1
            }
            unsafe ranges[index] = ArgumentRange(start: begin, count: place - begin)
        }
    }

    deinit {
        unsafe base.deallocate()
        unsafe ranges.deallocate()
    }

    /// Hands the words to `body`; they are good within it.
    func withWords<Result>(_ body: (ArgumentList) -> Result) -> Result {
        withExtendedLifetime(self) { body(list) }
    }

    /// Good as long as `self` is, for which the caller must see; rather use ``withWords(_:)``.
    var list: ArgumentList { unsafe ArgumentList(base, ranges, count: count) }

    /// About how much memory it takes.
    var memoryBytes: Int { list.reduce(32) { $0 + $1.count + MemoryLayout<ArgumentRange>.size } }
}
