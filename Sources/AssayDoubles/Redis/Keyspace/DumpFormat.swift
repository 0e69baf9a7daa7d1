/// CRC-64 as Redis computes it (Jones), which ends a dump.
enum DumpChecksum {
    private static let table: [UInt64] = (0..<256).map { index in
        var value = UInt64(index)
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x95AC_9329_AC4B_C9B5 : value >> 1 }
        return value
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(UInt64(0)) { table[Int(truncatingIfNeeded: $0 ^ UInt64($1)) & 0xFF] ^ $0 >> 8 }
    }
}

/// Writes a value in the plain forms of an RDB file, which every version reads.
struct DumpWriter {
    static let version: UInt16 = 10
    private var bytes: [UInt8] = []

    mutating func write(_ value: RedisValue) {
        guard case .collection(let collection) = value else {
            bytes.append(0)
            write(value.bytes ?? [])
            return
        }
        let parts = collection.digestParts
        switch collection.type {
        case .list: bytes.append(1)
        case .set: bytes.append(2)
        case .sortedSet: bytes.append(5)
        case .hash: bytes.append(4)
        case .string, .stream: return
        }
        let isPaired = collection.type == .hash || collection.type == .sortedSet
        writeLength(isPaired ? parts.count / 2 : parts.count)
        for (index, part) in parts.enumerated() {
            if collection.type == .sortedSet, index % 2 == 1 {
                let score = part.withSlice { $0.double } ?? 0
                withLittleEndian(score.bitPattern) { bytes.append($0) }
            } else {
                write(part)
            }
        }
    }

    private func withLittleEndian<Number: FixedWidthInteger>(_ number: Number, _ put: (UInt8) -> Void) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            put(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private mutating func write(_ text: [UInt8]) {
        writeLength(text.count)
        bytes += text
    }

    private mutating func writeLength(_ length: Int) {
        if length < 64 {
            bytes.append(UInt8(length))
        } else if length < 16384 {
            bytes += [0x40 | UInt8(length >> 8), UInt8(truncatingIfNeeded: length)]
        } else if length <= Int(UInt32.max) {
            bytes.append(0x80)
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: length >> shift)) }
        } else {
            bytes.append(0x81)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
        }
    }

    /// With the version and the checksum.
    var finished: [UInt8] {
        var all = bytes
        withLittleEndian(Self.version) { all.append($0) }
        let sum = DumpChecksum.of(all)
        withLittleEndian(sum) { all.append($0) }
        return all
    }
}

/// Reads a value as a Redis up to 7.0 writes it, streams and modules excepted.
///
/// Lengths are bounded by what is there: nothing is set aside because a length announces it.
struct DumpReader {
    enum Value: Equatable {
        case string([UInt8])
        case list([[UInt8]])
        case set([[UInt8]])
        /// Fields and values in turn.
        case hash([[UInt8]])
        /// Members and scores in turn.
        case sortedSet([[UInt8]])
    }

    private let bytes: ByteSlice
    private var place = 0

    init(_ bytes: ByteSlice) { self.bytes = bytes }

    /// Whether version and checksum are right.
    static func isSound(_ bytes: ByteSlice) -> Bool {
        guard bytes.count > 10 else { return false }
        let end = bytes.count
        let version = UInt16(bytes[end - 10]) | UInt16(bytes[end - 9]) << 8
        guard version <= DumpWriter.version else { return false }
        let sum = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[end - 8 + $1]) << UInt64(8 * $1) }
        return sum == 0 || sum == DumpChecksum.of(bytes[0..<(end - 8)])
    }

    mutating func readValue() -> Value? {
        guard let type = byte() else { return nil }
        let value = read(type)
        return place == bytes.count ? value : nil
    }

    private mutating func read(_ type: UInt8) -> Value? {
        switch type {
        case 0: return text().map { .string($0) }
        case 1: return texts(1).map { .list($0) }
        case 2: return texts(1).map { .set($0) }
        case 4: return texts(2).map { .hash($0) }
        case 3, 5: return scored(isBinary: type == 5).map { .sortedSet($0) }
        case 11: return text().flatMap { $0.withSlice { PackedReader.integers($0) } }.map { .set($0) }
        case 16: return packed().map { .hash($0) }
        case 17: return packed().map { .sortedSet($0) }
        case 18: return quicklist().map { .list($0) }
        default: return nil
        }
    }

    private mutating func byte() -> UInt8? {
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return bytes[place]
    }

    private mutating func number(_ count: Int) -> UInt64? {
        guard count <= bytes.count - place else { return nil }
        defer { place += count }
        return (0..<count).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }

    /// A length, or the kind of a text that is written otherwise.
    private mutating func length() -> (value: Int, isSpecial: Bool)? {
        guard let head = byte() else { return nil }
        switch head >> 6 {
        case 0: return (Int(head & 63), false)
        case 1:
            guard let next = byte() else { return nil }
            return (Int(head & 63) << 8 | Int(next), false)
        case 2:
            guard head == 0x80 || head == 0x81, let value = number(head == 0x80 ? 4 : 8) else { return nil }
            let swapped = head == 0x80 ? UInt64(UInt32(value).byteSwapped) : value.byteSwapped
            return swapped <= UInt64(Int32.max) ? (Int(swapped), false) : nil
        default: return (Int(head & 63), true)
        }
    }

    private mutating func text() -> [UInt8]? {
        guard let (value, isSpecial) = length() else { return nil }
        guard isSpecial else {
            guard value <= bytes.count - place else { return nil }
            defer { place += value }
            return [UInt8](bytes[place..<(place + value)])
        }
        switch value {
        case 0: return number(1).map { Array(String(Int8(truncatingIfNeeded: $0)).utf8) }
        case 1: return number(2).map { Array(String(Int16(truncatingIfNeeded: $0)).utf8) }
        case 2: return number(4).map { Array(String(Int32(truncatingIfNeeded: $0)).utf8) }
        case 3: return compressed()
        default: return nil
        }
    }

    /// A text packed by LZF.
    private mutating func compressed() -> [UInt8]? {
        guard let (size, first) = length(), let (whole, second) = length(), !first, !second,
            size <= bytes.count - place, whole <= 512 << 20
        else { return nil }
        let packed = bytes[place..<(place + size)]
        place += size
        var made: [UInt8] = []
        var at = 0
        while at < packed.count {
            let control = Int(packed[at])
            at += 1
            if control < 32 {
                guard at + control < packed.count else { return nil }
                made.append(contentsOf: packed[at..<(at + control + 1)])
                at += control + 1
                continue
            }
            var count = control >> 5
            if count == 7 {
                guard at < packed.count else { return nil }
                count += Int(packed[at])
                at += 1
            }
            guard at < packed.count else { return nil }
            let from = made.count - ((control & 31) << 8) - Int(packed[at]) - 1
            at += 1
            guard from >= 0, made.count + count + 2 <= whole else { return nil }
            for offset in 0..<(count + 2) { made.append(made[from + offset]) }
        }
        return made.count == whole ? made : nil
    }

    private mutating func texts(_ each: Int) -> [[UInt8]]? {
        guard let (count, isSpecial) = length(), !isSpecial, count > 0, count * each <= bytes.count - place
        else {
            return nil
        }
        var made: [[UInt8]] = []
        for _ in 0..<(count * each) {
            guard let text = text() else { return nil }
            made.append(text)
        }
        return made
    }

    private mutating func scored(isBinary: Bool) -> [[UInt8]]? {
        guard let (count, isSpecial) = length(), !isSpecial, count > 0 else { return nil }
        var made: [[UInt8]] = []
        for _ in 0..<count {
            guard let member = text(), let score = isBinary ? binaryScore() : textScore() else { return nil }
            made += [member, Array(NumberText.digits17(score).utf8)]
        }
        return made
    }

    private mutating func binaryScore() -> Double? {
        guard let bits = number(8) else { return nil }
        let score = Double(bitPattern: bits)
        return score.isNaN ? nil : score
    }

    private mutating func textScore() -> Double? {
        guard let count = byte() else { return nil }
        switch count {
        case 255: return -.infinity
        case 254: return .infinity
        case 253: return nil
        default:
            guard Int(count) <= bytes.count - place else { return nil }
            defer { place += Int(count) }
            return bytes[place..<(place + Int(count))].double
        }
    }

    private mutating func packed() -> [[UInt8]]? {
        guard let text = text(), let parts = text.withSlice({ PackedReader.listpack($0) }), !parts.isEmpty,
            parts.count % 2 == 0
        else { return nil }
        return parts
    }

    private mutating func quicklist() -> [[UInt8]]? {
        guard let (count, isSpecial) = length(), !isSpecial, count > 0 else { return nil }
        var made: [[UInt8]] = []
        for _ in 0..<count {
            guard let (kind, isSpecial) = length(), !isSpecial, let text = text() else { return nil }
            if kind == 1 {
                made.append(text)
            } else if let parts = text.withSlice({ PackedReader.listpack($0) }) {
                made += parts
            } else {
                return nil
            }
        }
        return made
    }
}

/// The packed forms in which a real server keeps small values.
enum PackedReader {
    /// Members of an intset.
    static func integers(_ bytes: ByteSlice) -> [[UInt8]]? {
        guard bytes.count >= 8 else { return nil }
        let width = little(bytes, 0, 4)
        let count = little(bytes, 4, 4)
        guard [2, 4, 8].contains(width), count > 0, Int64(bytes.count - 8) == width * count else {
            return nil
        }
        return (0..<Int(count)).map { index in
            let value = little(bytes, 8 + index * Int(width), Int(width))
            return Array(String(signed(value, Int(width) * 8)).utf8)
        }
    }

    /// Elements of a listpack.
    static func listpack(_ bytes: ByteSlice) -> [[UInt8]]? {
        guard bytes.count >= 7, little(bytes, 0, 4) == Int64(bytes.count), bytes[bytes.count - 1] == 0xFF
        else {
            return nil
        }
        var place = 6
        var made: [[UInt8]] = []
        while place < bytes.count - 1 {
            guard let (size, element) = element(bytes, place), place + size < bytes.count else { return nil }
            made.append(element)
            place +=
                size + (size < 128 ? 1 : size < 16384 ? 2 : size < 2_097_152 ? 3 : size < 268_435_456 ? 4 : 5)
        }
        return place == bytes.count - 1 ? made : nil
    }

    private static func element(_ bytes: ByteSlice, _ place: Int) -> (size: Int, element: [UInt8])? {
        let head = bytes[place]
        let rest = bytes.count - 1 - place
        func number(_ size: Int) -> (Int, [UInt8])? {
            guard size < rest else { return nil }
            return (size + 1, Array(String(signed(little(bytes, place + 1, size), size * 8)).utf8))
        }
        func text(_ header: Int, _ count: Int) -> (Int, [UInt8])? {
            guard count >= 0, header + count <= rest else { return nil }
            return (header + count, [UInt8](bytes[(place + header)..<(place + header + count)]))
        }
        switch head {
        case 0x00...0x7F: return (1, Array(String(head).utf8))
        case 0x80...0xBF: return text(1, Int(head & 63))
        case 0xC0...0xDF:
            guard rest >= 2 else { return nil }
            let value = Int64(head & 31) << 8 | Int64(bytes[place + 1])
            return (2, Array(String(signed(value, 13)).utf8))
        case 0xE0...0xEF:
            guard rest >= 2 else { return nil }
            return text(2, Int(head & 15) << 8 | Int(bytes[place + 1]))
        case 0xF0:
            guard rest >= 5 else { return nil }
            return text(5, Int(little(bytes, place + 1, 4)))
        case 0xF1: return number(2)
        case 0xF2: return number(3)
        case 0xF3: return number(4)
        case 0xF4: return number(8)
        default: return nil
        }
    }

    private static func little(_ bytes: ByteSlice, _ place: Int, _ count: Int) -> Int64 {
        Int64(
            bitPattern: (0..<count).reduce(UInt64(0)) {
                place + $1 < bytes.count ? $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) : $0
            })
    }

    private static func signed(_ value: Int64, _ bits: Int) -> Int64 {
        (value << Int64(64 - bits)) >> Int64(64 - bits)
    }
}
