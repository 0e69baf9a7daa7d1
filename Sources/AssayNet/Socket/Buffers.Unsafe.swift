internal import AssayWire

/// The reactor's one read buffer: every connection reads into it, none owns it.
@safe final class InputBuffer {
    // SAFETY: allocated here, freed in deinit, handed out only while `self` is alive.
    let memory: UnsafeMutableRawBufferPointer

    init(capacityBytes: Int) {
        unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacityBytes, alignment: 64)
    }

    deinit { unsafe memory.deallocate() }
}

/// Bytes to be sent, grown as needed and used again and again.
@safe public final class OutputBuffer {
    // SAFETY: allocated here, replaced only by `reserve`, freed in deinit; `count` bytes of it are initialised.
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    public private(set) var count = 0

    public init(capacityBytes: Int = 16 * 1024) {
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: capacityBytes, alignment: 16)
        capacity = capacityBytes
    }

    deinit { unsafe memory.deallocate() }

    public func removeAll() { count = 0 }

    /// The bytes so far; not to be kept.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: memory, count: count) }

    /// A copy of the bytes so far.
    public var contents: [UInt8] { unsafe [UInt8](bytes) }

    @inline(__always)
    public func append(_ source: [UInt8]) {
        unsafe source.withUnsafeBytes { unsafe append($0) }
    }

    func replace(with bytes: [UInt8]) {
        removeAll()
        append(bytes)
    }

    public func append(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe append($0) }
    }

    public func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    public func append(_ byte: UInt8) {
        reserve(1)
        unsafe memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// A whole number in decimal digits.
    public func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let begin = count
        repeat {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        var digits = unsafe UnsafeMutableRawBufferPointer(start: memory + begin, count: count - begin)
        unsafe digits.reverse()
    }

    /// A header line; one that would break the head is left out.
    func appendField(_ name: String, _ value: String) {
        let begin = count
        append(name)
        let colon = count
        append(": ")
        append(value)
        // SAFETY: read below their count, and nothing is appended meanwhile.
        let line = unsafe bytes
        var isRight = colon > begin
        for place in begin..<colon where unsafe !isTokenByte(line[place]) { isRight = false }
        for place in colon..<count {
            let byte = unsafe line[place]
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { isRight = false }
        }
        if isRight { append("\r\n") } else { count = begin }
    }

    /// Puts a header line behind the request line of the message that stands here, in place of one of that name.
    func insertField(_ name: String, _ value: String) {
        var message = contents
        if let place = HTTPFieldName(name)?.value(in: unsafe message.span.bytes) {
            message.replaceSubrange(place, with: value.utf8)
        } else if let end = message.firstIndex(of: 0x0A) {
            message.insert(contentsOf: "\(name): \(value)\r\n".utf8, at: end + 1)
        }
        removeAll()
        append(message)
    }

    func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        reserve(source.count)
        // SAFETY: `reserve` made room, and a source never lies in this buffer's own memory.
        unsafe (memory + count).copyMemory(from: start, byteCount: source.count)
        count += source.count
    }

    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let grown = max(capacity * 2, count + more)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
        unsafe larger.copyMemory(from: memory, byteCount: count)
        unsafe memory.deallocate()
        unsafe memory = larger
        capacity = grown
    }
}
