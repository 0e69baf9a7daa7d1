internal import CNghttp2

/// The head of a request as fields of HTTP/2, made from the head that HTTP/1 would send.
///
/// Names are in lower case, `Host` becomes `:authority`, and fields that are about one connection are left out
/// (RFC 9113 §8.2.2): Connection and what it names, Keep-Alive, Proxy-Connection, Transfer-Encoding, Upgrade,
/// HTTP2-Settings, and TE but for `trailers`.
// SAFETY: `vectors` point into `text`; both are allocated together in `fill` and freed in deinit or the next `fill`.
@safe final class HTTP2Fields {
    private(set) var source: [UInt8] = []
    private var isSecure = false
    private var text: UnsafeMutablePointer<UInt8>?
    private(set) var vectors: UnsafeMutablePointer<nghttp2_nv>?
    private(set) var count = 0

    init() {
        unsafe text = nil
        unsafe vectors = nil
    }

    deinit {
        unsafe text?.deallocate()
        unsafe vectors?.deallocate()
    }

    /// Whether these are the fields of this head.
    func belong(to head: UnsafeRawBufferPointer, isSecure: Bool) -> Bool {
        guard source.count == head.count, unsafe !head.isEmpty, isSecure == self.isSecure else {
            return false
        }
        return unsafe source.withUnsafeBytes { own in
            var place = 0
            while place &+ 8 <= own.count {
                if unsafe word(own, place) != word(head, place) { return false }
                place &+= 8
            }
            while place < own.count {
                if unsafe own[place] != head[place] { return false }
                place &+= 1
            }
            return true
        }
    }

    /// - Returns: `false` when the bytes are no head of HTTP/1.
    func fill(from head: UnsafeRawBufferPointer, isSecure: Bool) -> Bool {
        source.removeAll(keepingCapacity: true)
        count = 0
        guard let lines = unsafe HTTP1HeadLines(Array(unsafe head)) else { return false }
        unsafe source.append(contentsOf: head)
        self.isSecure = isSecure
        let fields = lines.fields(isSecure: isSecure)
        let size = fields.reduce(0) { $0 + $1.name.count + $1.value.count }
        unsafe text?.deallocate()
        unsafe vectors?.deallocate()
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, size))
        let list = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: max(1, fields.count))
        unsafe text = bytes
        unsafe vectors = list
        var place = unsafe bytes
        for (index, field) in fields.enumerated() {
            let name = unsafe place
            for byte in field.name {
                unsafe place.initialize(to: byte)
                unsafe place += 1
            }
            let value = unsafe place
            for byte in field.value {
                unsafe place.initialize(to: byte)
                unsafe place += 1
            }
            unsafe (list + index).initialize(
                to: nghttp2_nv(
                    name: name, value: value, namelen: field.name.count, valuelen: field.value.count,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
        }
        count = fields.count
        return true
    }
}

/// The fields of the heads that were sent last, so that a constant request is translated once.
public final class HTTP2FieldCache {
    private var slots: [HTTP2Fields?] = Array(repeating: nil, count: 64)
    public init() {}

    /// - Returns: `nil` when the bytes are no head of HTTP/1; valid until the next call.
    func fields(for head: UnsafeRawBufferPointer, isSecure: Bool) -> HTTP2Fields? {
        guard head.count > 8 else { return nil }
        // Constant heads of one run differ in their length or in their path's end, nearly always.
        let words =
            unsafe head.loadUnaligned(fromByteOffset: head.count / 4, as: UInt64.self)
            &* 0x9E37_79B9_7F4A_7C15
        let slot = Int(truncatingIfNeeded: (words >> 32) ^ UInt64(head.count)) & 63
        if let known = slots[slot], unsafe known.belong(to: head, isSecure: isSecure) { return known }
        let fields = slots[slot] ?? HTTP2Fields()
        slots[slot] = fields
        return unsafe fields.fill(from: head, isSecure: isSecure) ? fields : nil
    }
}
