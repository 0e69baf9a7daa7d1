internal import Glibc
internal import AssayWire

/// Where a command writes its reply: a connection's output, in the version of the protocol that it speaks.
// SAFETY: memory is allocated here, replaced only by `grow`, freed in deinit; `count` bytes of it are initialised.
@safe final class ReplyWriter {
    /// Whether maps, sets, doubles and the like are written as such.
    var isRESP3 = false
    private(set) var count = 0
    private var memory: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    private static let smallest = 1024

    init() {
        capacity = Self.smallest
        unsafe memory = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.smallest)
    }

    deinit { unsafe memory.deallocate() }

    /// The bytes so far; not to be kept over the next call.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: memory, count: count) }

    /// A copy of the bytes from a place on.
    func contents(from place: Int = 0) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: memory + place, count: count - place))
    }

    /// Forgets everything from a place on.
    func truncate(to place: Int) { count = min(count, place) }

    /// Forgets everything, and gives back memory that was for an unusual reply.
    func removeAll() {
        count = 0
        guard capacity > 64 * 1024 else { return }
        unsafe memory.deallocate()
        unsafe memory = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.smallest)
        capacity = Self.smallest
    }

    /// Forgets the first bytes, which are sent.
    func removeFirst(_ sent: Int) {
        guard sent < count else {
            removeAll()
            return
        }
        unsafe memmove(memory, memory + sent, count - sent)
        count -= sent
    }

    @inline(__always)
    private func reserve(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    private func grow(_ more: Int) {
        let grown = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
        unsafe larger.update(from: memory, count: count)
        unsafe memory.deallocate()
        unsafe memory = larger
        capacity = grown
    }

    /// What was written, as a value; nothing is left.
    func takeValue() -> RESPValue {
        defer { removeAll() }
        var parser = RESPParser()
        let limits = RESPLimits(lineBytes: .max / 4, valueBytes: .max / 4, elements: .max / 4, depth: 128)
        // SAFETY: nothing is written during the call.
        guard case .value(let value) = unsafe parser.next(bytes.bytes, limits: limits).event else {
            return .null
        }
        return value
    }

    // MARK: pieces

    @inline(__always)
    func append(_ byte: UInt8) {
        reserve(1)
        unsafe memory[count] = byte
        count &+= 1
    }

    @inline(__always)
    func append(_ text: StaticString) {
        let size = text.utf8CodeUnitCount
        reserve(size)
        unsafe (memory + count).update(from: text.utf8Start, count: size)
        count &+= size
    }

    @inline(__always)
    func append(_ slice: ByteSlice) {
        let size = slice.count
        guard size > 0, let start = unsafe slice.memory.baseAddress else { return }
        reserve(size)
        unsafe (memory + count).update(from: start, count: size)
        count &+= size
    }

    func append(_ bytes: [UInt8]) { bytes.withSlice { append($0) } }

    func append(_ text: String) {
        var text = text
        // SAFETY: the text's bytes are alive for the call.
        text.withUTF8 { unsafe append(ByteSlice($0)) }
    }

    @inline(__always)
    func append(decimal number: Int64) {
        reserve(20)
        var rest = number.magnitude
        if number < 0 {
            unsafe memory[count] = 0x2D
            count &+= 1
        }
        var size = 1
        var bound: UInt64 = 10
        while rest >= bound {
            size &+= 1
            if size == 20 { break }
            bound &*= 10
        }
        var place = count &+ size
        repeat {
            place &-= 1
            unsafe memory[place] = 0x30 | UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        count &+= size
    }

    @inline(__always)
    private func line(_ type: UInt8, _ number: Int64) {
        append(type)
        append(decimal: number)
        append("\r\n")
    }

    /// Inserts the head of an aggregate before what was written since.
    fileprivate func insertHead(_ type: UInt8, _ number: Int, at place: Int) {
        let tail = contents(from: place)
        count = place
        line(type, Int64(number))
        append(tail)
    }
}

// MARK: replies

extension ReplyWriter {
    func ok() { append("+OK\r\n") }

    /// `+QUEUED`
    func simple(_ text: StaticString) {
        append(0x2B)
        append(text)
        append("\r\n")
    }

    func simple(_ text: String) { singleLine(0x2B, text) }

    /// An error reply: `ERR syntax error`, without the dash.
    func error(_ text: String) { singleLine(0x2D, text) }

    private func singleLine(_ type: UInt8, _ text: String) {
        append(type)
        append([UInt8](text.utf8.map { $0 == 0x0D || $0 == 0x0A ? 0x20 : $0 }))
        append("\r\n")
    }

    func integer(_ number: Int) { line(0x3A, Int64(number)) }
    func integer(_ number: Int64) { line(0x3A, number) }

    @inline(__always)
    func bulk(_ slice: ByteSlice) {
        line(0x24, Int64(slice.count))
        append(slice)
        append("\r\n")
    }

    @inline(__always)
    func bulk(_ bytes: [UInt8]) { bytes.withSlice { bulk($0) } }

    func bulk(_ text: StaticString) {
        line(0x24, Int64(text.utf8CodeUnitCount))
        append(text)
        append("\r\n")
    }

    func bulk(_ text: String) {
        line(0x24, Int64(text.utf8.count))
        append(text)
        append("\r\n")
    }

    /// A whole number as a bulk string.
    func bulk(decimal number: Int64) {
        var size = number < 0 ? 2 : 1
        var rest = number.magnitude / 10
        while rest > 0 {
            size += 1
            rest /= 10
        }
        line(0x24, Int64(size))
        append(decimal: number)
        append("\r\n")
    }

    /// A bulk string, or null where there is none.
    func bulkOrNull(_ bytes: [UInt8]?) { if let bytes { bulk(bytes) } else { null() } }

    /// `$-1`, in RESP3 `_`.
    func null() { isRESP3 ? append("_\r\n") : append("$-1\r\n") }

    /// `*-1`, in RESP3 `_`.
    func nullArray() { isRESP3 ? append("_\r\n") : append("*-1\r\n") }

    /// The head of an array; `count` replies follow.
    func array(_ count: Int) { line(0x2A, Int64(count)) }

    /// The head of a map; `count` names and values follow.
    func map(_ count: Int) { isRESP3 ? line(0x25, Int64(count)) : line(0x2A, Int64(2 * count)) }

    /// The head of a set, in RESP2 an array; `count` replies follow.
    func set(_ count: Int) { line(isRESP3 ? 0x7E : 0x2A, Int64(count)) }

    /// The head of what comes unasked, in RESP2 an array; `count` replies follow.
    func push(_ count: Int) { line(isRESP3 ? 0x3E : 0x2A, Int64(count)) }

    /// An array of which the count is known only after its elements are written.
    func array(counting elements: () -> Int) {
        let place = count
        let number = elements()
        insertHead(0x2A, number, at: place)
    }

    /// As ``array(counting:)``, for elements that may fail; what was written is taken back then.
    func array(counting elements: () throws(RedisFailure) -> Int) throws(RedisFailure) {
        let place = count
        do throws(RedisFailure) {
            let number = try elements()
            insertHead(0x2A, number, at: place)
        } catch {
            truncate(to: place)
            throw error
        }
    }

    func boolean(_ isTrue: Bool) {
        isRESP3 ? append(isTrue ? "#t\r\n" : "#f\r\n") : append(isTrue ? ":1\r\n" : ":0\r\n")
    }

    /// A score: 17 significant digits, in RESP3 as a double.
    func double(_ number: Double) {
        let text = NumberText.digits17(number)
        guard isRESP3 else {
            bulk(text)
            return
        }
        append(0x2C)
        append(text)
        append("\r\n")
    }

    func bigNumber(_ digits: String) {
        guard isRESP3 else {
            bulk(digits)
            return
        }
        append(0x28)
        append(digits)
        append("\r\n")
    }

    /// A text for people, in RESP3 with its format: `txt`, `mkd`.
    func verbatim(_ text: String, format: StaticString = "txt") {
        guard isRESP3 else {
            bulk(text)
            return
        }
        line(0x3D, Int64(text.utf8.count + 4))
        append(format)
        append(0x3A)
        append(text)
        append("\r\n")
    }

    /// Any value.
    func value(_ value: RESPValue) {
        var bytes: [UInt8] = []
        bytes.append(value, as: isRESP3 ? .three : .two)
        append(bytes)
    }
}
