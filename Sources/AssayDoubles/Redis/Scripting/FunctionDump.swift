/// What FUNCTION DUMP gives and RESTORE takes: libraries in the form of Redis's snapshot files.
///
/// Source: https://rdb.fnordig.de/file_format.html for lengths and strings, the payload of DUMP for the end.
enum FunctionDump {
    private static let libraryMark: UInt8 = 0xF5
    private static let version: UInt8 = 10
    private static let limitBytes = 512 << 20

    static func render(_ codes: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for code in codes {
            bytes.append(libraryMark)
            switch code.count {
            case ..<0x40: bytes.append(UInt8(code.count))
            case ..<0x4000: bytes += [0x40 | UInt8(code.count >> 8), UInt8(code.count & 0xFF)]
            default: bytes += [0x80] + (0..<4).map { UInt8(truncatingIfNeeded: code.count >> (24 - $0 * 8)) }
            }
            bytes += code
        }
        bytes += [version, 0]
        let checksum = RedisChecksum.crc64(bytes)
        return bytes + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
    }

    /// - Throws: the error of RESTORE.
    static func parse(_ bytes: [UInt8]) throws(RedisFailure) -> [[UInt8]] {
        let damaged = RedisFailure.err("DUMP payload version or checksum are wrong")
        guard bytes.count >= 10 else { throw damaged }
        let end = bytes.count - 10
        let stored = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[end + 2 + $1]) << ($1 * 8) }
        guard Int(bytes[end]) | Int(bytes[end + 1]) << 8 <= version,
            RedisChecksum.crc64(bytes.dropLast(8)) == stored
        else { throw damaged }
        var reader = Reader(bytes: bytes[..<end])
        var codes: [[UInt8]] = []
        while let mark = reader.next() {
            guard mark == libraryMark else { throw .err("given type is not a function") }
            guard let code = reader.string() else { throw .err("Failed loading library payload") }
            codes.append(code)
        }
        return codes
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func next() -> UInt8? { bytes.popFirst() }

        private mutating func number(_ count: Int) -> Int? {
            guard bytes.count >= count else { return nil }
            defer { bytes = bytes.dropFirst(count) }
            return bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        }

        private mutating func take(_ count: Int?) -> [UInt8]? {
            guard let count, count >= 0, count <= bytes.count else { return nil }
            defer { bytes = bytes.dropFirst(count) }
            return Array(bytes.prefix(count))
        }

        private mutating func length(_ first: UInt8) -> Int? {
            switch first >> 6 {
            case 0: return Int(first)
            case 1:
                guard let low = next() else { return nil }
                return Int(first & 0x3F) << 8 | Int(low)
            default:
                switch first {
                case 0x80: return number(4)
                case 0x81: return number(8)
                default: return nil
                }
            }
        }

        mutating func string() -> [UInt8]? {
            guard let first = next() else { return nil }
            guard first == 0xC3 else { return take(length(first)) }
            guard let packed = next().flatMap({ length($0) }), let size = next().flatMap({ length($0) }),
                size <= limitBytes, let compressed = take(packed)
            else { return nil }
            return FunctionDump.expand(compressed, to: size)
        }
    }

    /// Undoes LZF: runs of literals, and copies of what came before.
    private static func expand(_ bytes: [UInt8], to size: Int) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let control = rest.popFirst() {
            if control < 32 {
                let count = Int(control) + 1
                guard rest.count >= count else { return nil }
                result += rest.prefix(count)
                rest = rest.dropFirst(count)
                continue
            }
            var count = Int(control >> 5)
            if count == 7 {
                guard let more = rest.popFirst() else { return nil }
                count += Int(more)
            }
            guard let low = rest.popFirst() else { return nil }
            let start = result.count - (Int(control & 0x1F) << 8 | Int(low)) - 1
            guard start >= 0, result.count + count + 2 <= size else { return nil }
            for place in start..<start + count + 2 { result.append(result[place]) }
        }
        return result.count == size ? result : nil
    }
}

/// The checksum at the end of what DUMP gives: CRC-64 with Jones's polynomial, reflected.
enum RedisChecksum {
    private static let table: [UInt64] = (0..<256).map { start in
        (0..<8).reduce(UInt64(start)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0x95AC_9329_AC4B_C9B5 : value >> 1
        }
    }

    static func crc64(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }
}
