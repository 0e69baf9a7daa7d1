internal import AssayNet
internal import Glibc

/// What a client has sent, and the words of the command at its front.
///
/// Requests are arrays of bulk strings, or lines of words (`PING\r\n`); both may come in any pieces. Lengths are
/// bounded by ``Limits``: nothing is set aside because a length announces it.
// SAFETY: both memories are allocated here, replaced only by `reserve` and `add`, freed in deinit; ranges of words lie
// between `begin` and `end`, which is initialised.
@safe final class RequestBuffer {
    struct Limits {
        var bulkBytes = 512 << 20
        var bufferBytes = 1 << 30
        /// Before AUTH.
        var isTrusted = true
    }

    enum Event: Equatable {
        /// A command is whole: ``words``.
        case request
        case needMore
        /// What follows `-ERR Protocol error: `; the connection ends with it.
        case failed(String)
    }

    private var memory: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    private var begin = 0
    private var end = 0
    /// Read so far of the request at the front, from `begin`.
    private var place = 0
    private var ranges: UnsafeMutablePointer<ArgumentRange>
    private var rangeCapacity = 16
    private var rangeCount = 0
    private var wordsToCome = -1
    private var bulkLength = -1
    /// Words of a line, which are not as they were sent.
    private var line: OwnedArguments?

    private static let lineBytes = 64 * 1024
    private static let readBytes = 16 * 1024

    init(capacityBytes: Int = 64 * 1024) {
        capacity = capacityBytes
        unsafe memory = UnsafeMutablePointer<UInt8>.allocate(capacity: capacityBytes)
        unsafe ranges = UnsafeMutablePointer<ArgumentRange>.allocate(capacity: 16)
    }

    deinit {
        unsafe memory.deallocate()
        unsafe ranges.deallocate()
    }

    var isEmpty: Bool { begin == end }
    var count: Int { end - begin }

    /// Forgets everything.
    func clear() {
        (begin, end) = (0, 0)
        beginRequest()
    }

    /// The words of the request that ``next(_:)`` found; good until the next call.
    var words: ArgumentList {
        if let line { return line.list }
        return unsafe ArgumentList(memory + begin, ranges, count: rangeCount)
    }

    /// Reads what a connection has.
    ///
    /// - Returns: see ``Channel/receive(into:)``.
    func fill(from channel: Channel) -> Int? {
        // A long text is read to its end with as few calls as can be.
        reserve(
            bulkLength > Self.readBytes
                ? min(bulkLength + 2 - (end - begin - place), 1 << 20) : Self.readBytes)
        // SAFETY: `capacity - end` bytes from `end` on belong to the buffer.
        var room = unsafe UnsafeMutableRawBufferPointer(start: memory + end, count: capacity - end)
            .mutableBytes
        let count = channel.receive(into: &room)
        end += count ?? 0
        return count
    }

    /// Adds bytes, as a test does.
    func append(_ bytes: [UInt8]) {
        reserve(bytes.count)
        for byte in bytes {
            unsafe memory[end] = byte
            end += 1
        }
    }

    private func reserve(_ more: Int) {
        guard end + more > capacity else { return }
        let kept = end - begin
        if kept + more <= capacity {
            unsafe memmove(memory, memory + begin, kept)
        } else {
            let grown = max(capacity * 2, kept + more)
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
            unsafe larger.update(from: memory + begin, count: kept)
            unsafe memory.deallocate()
            unsafe memory = larger
            capacity = grown
        }
        (begin, end) = (0, kept)
    }

    // MARK: requests

    private func beginRequest() {
        place = 0
        rangeCount = 0
        wordsToCome = -1
        bulkLength = -1
        line = nil
    }

    /// Forgets the request that was found, so that ``next(_:)`` finds the one behind it.
    @inline(__always)
    func consume() {
        begin += place
        beginRequest()
        if begin == end { (begin, end) = (0, 0) }
    }

    /// Looks for the next request; call ``consume()`` when it is dealt with.
    func next(_ limits: Limits) -> Event {
        if line != nil { return .request }  // one that had to wait
        while true {
            if wordsToCome < 0 {
                guard begin + place < end else { return .needMore }
                guard unsafe memory[begin + place] == 0x2A else { return nextLine() }
                switch readLength(limits.isTrusted ? Int(Int32.max) : 10, "mbulk") {
                case .need: return .needMore
                case .failed(let text): return .failed(text)
                case .length(let count):
                    guard count > 0 else {
                        consume()
                        continue
                    }
                    wordsToCome = count
                }
            }
            while wordsToCome > 0 {
                if bulkLength < 0 {
                    guard begin + place < end else { return .needMore }
                    let head = unsafe memory[begin + place]
                    guard head == 0x24 else {
                        return .failed("expected '$', got '\(Character(UnicodeScalar(head)))'")
                    }
                    switch readLength(limits.isTrusted ? limits.bulkBytes : 16384, "bulk") {
                    case .need: return .needMore
                    case .failed(let text): return .failed(text)
                    case .length(let count): bulkLength = count
                    }
                }
                guard begin + place + bulkLength + 2 <= end else { return .needMore }
                add(ArgumentRange(start: place, count: bulkLength))
                place += bulkLength + 2
                bulkLength = -1
                wordsToCome -= 1
            }
            return .request
        }
    }

    @inline(__always)
    private func add(_ range: ArgumentRange) {
        if rangeCount == rangeCapacity {
            let larger = UnsafeMutablePointer<ArgumentRange>.allocate(capacity: rangeCapacity * 2)
            unsafe larger.update(from: ranges, count: rangeCount)
            unsafe ranges.deallocate()
            unsafe ranges = larger
            rangeCapacity *= 2
        }
        unsafe ranges[rangeCount] = range
        rangeCount += 1
    }

    private enum Length {
        case need
        case length(Int)
        case failed(String)
    }

    /// Reads `*3\r\n` or `$3\r\n`.
    @inline(__always)
    private func readLength(_ limit: Int, _ what: String) -> Length {
        var at = begin + place + 1
        var value = 0
        let first = at
        while at < end {
            let digit = unsafe memory[at] &- 0x30
            guard digit < 10, at - first < 12 else { break }
            value = value &* 10 &+ Int(digit)
            at += 1
        }
        // The usual: digits and CR LF.
        if at > first, at + 1 < end, unsafe memory[at] == 0x0D, value <= limit {
            place = at + 2 - begin
            return .length(value)
        }
        return readUnusualLength(limit, what)
    }

    private func readUnusualLength(_ limit: Int, _ what: String) -> Length {
        let from = begin + place
        guard let stop = unsafe memchr(memory + from, 0x0D, end - from) else {
            return end - from > Self.lineBytes ? .failed("too big \(what) count string") : .need
        }
        let length =
            unsafe UnsafePointer(stop.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(memory + from)
        guard from + length + 1 < end else { return .need }
        let text = unsafe ByteSlice(memory + from + 1, count: length - 1)
        let name = what == "mbulk" ? "multibulk" : "bulk"
        guard let value = text.canonicalInteger, value <= Int64(Int.max) else {
            return .failed("invalid \(name) length")
        }
        if limit == 10 || limit == 16384, value > limit { return .failed("unauthenticated \(name) length") }
        guard value <= limit, what == "mbulk" || value >= 0 else { return .failed("invalid \(name) length") }
        place += length + 2
        return .length(Int(value))
    }

    // MARK: lines

    private func nextLine() -> Event {
        let from = begin
        guard let found = unsafe memchr(memory + from, 0x0A, end - from) else {
            return end - from > Self.lineBytes ? .failed("too big inline request") : .needMore
        }
        var length =
            unsafe UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(memory + from)
        place = length + 1
        if length > 0, unsafe memory[from + length - 1] == 0x0D { length -= 1 }
        guard let words = unsafe ByteSlice(memory + from, count: length).quotedWords else {
            return .failed("unbalanced quotes in request")
        }
        guard !words.isEmpty else {
            consume()
            return begin < end ? next(Limits()) : .needMore
        }
        line = OwnedArguments(words)
        return .request
    }
}
