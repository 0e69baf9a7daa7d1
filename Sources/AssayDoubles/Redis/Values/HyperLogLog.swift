/// Redis's count of distinct elements: 16,384 registers of 6 bits in a string.
///
/// The string has a head of 16 bytes (`HYLL`, the encoding, three unused bytes, the last estimate), then
/// either all registers (dense) or runs of equal ones (sparse): `00xxxxxx` up to 64 zeros, `01xxxxxx
/// yyyyyyyy` up to 16,384 zeros, `1vvvvvxx` up to 4 registers of value v + 1. Estimates by Otmar Ertl,
/// arXiv:1702.01284.
struct HyperLogLog {
    enum Failure: Error {
        /// A string of another kind.
        case other
        /// Runs that do not add up.
        case corrupted
    }

    static let registerCount = 1 << 14
    private static let headBytes = 16
    private static let denseBytes = headBytes + registerCount * 6 / 8
    /// The longest run of zeros that there can be, and one.
    private static let highest = 51

    private(set) var bytes: [UInt8]

    var isDense: Bool { bytes[4] == 0 }

    /// An empty count.
    init() {
        bytes = Array("HYLL".utf8) + [1, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
        bytes += Self.sparse([UInt8](repeating: 0, count: Self.registerCount)) ?? []
    }

    /// - Throws: ``Failure/other``.
    init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.count >= Self.headBytes, bytes.starts(with: "HYLL".utf8), bytes[4] <= 1,
            bytes[4] == 1 || bytes.count == Self.denseBytes
        else { throw .other }
        self.bytes = bytes
    }

    // MARK: Registers

    /// - Throws: ``Failure/corrupted``.
    func registers() throws(Failure) -> [UInt8] {
        var registers = [UInt8](repeating: 0, count: Self.registerCount)
        if isDense {
            for index in 0..<Self.registerCount { registers[index] = denseRegister(index) }
            return registers
        }
        var next = 0
        for run in try runs() {
            guard run.length <= Self.registerCount - next else { throw .corrupted }
            if run.value > 0 { for index in next..<next + run.length { registers[index] = run.value } }
            next += run.length
        }
        guard next == Self.registerCount else { throw .corrupted }
        return registers
    }

    /// The runs of a sparse count.
    func runs() throws(Failure) -> [(value: UInt8, length: Int, isLong: Bool)] {
        var runs: [(value: UInt8, length: Int, isLong: Bool)] = []
        var place = Self.headBytes
        while place < bytes.count {
            let byte = bytes[place]
            if byte & 0x80 != 0 {
                runs.append(((byte >> 2 & 0x1F) + 1, Int(byte & 3) + 1, false))
            } else if byte & 0x40 != 0 {
                guard place + 1 < bytes.count else { throw .corrupted }
                runs.append((0, (Int(byte & 0x3F) << 8 | Int(bytes[place + 1])) + 1, true))
                place += 1
            } else {
                runs.append((0, Int(byte) + 1, false))
            }
            place += 1
        }
        return runs
    }

    private func denseRegister(_ index: Int) -> UInt8 {
        let bit = index * 6
        let byte = Self.headBytes + bit / 8
        let low = UInt16(bytes[byte]) | UInt16(byte + 1 < bytes.count ? bytes[byte + 1] : 0) << 8
        return UInt8(truncatingIfNeeded: low >> UInt16(bit % 8) & 0x3F)
    }

    private mutating func setDense(_ index: Int, _ value: UInt8) {
        let bit = index * 6
        let byte = Self.headBytes + bit / 8
        let shift = UInt16(bit % 8)
        var word = UInt16(bytes[byte]) | UInt16(byte + 1 < bytes.count ? bytes[byte + 1] : 0) << 8
        word = word & ~(0x3F << shift) | UInt16(value) << shift
        bytes[byte] = UInt8(truncatingIfNeeded: word)
        if byte + 1 < bytes.count { bytes[byte + 1] = UInt8(truncatingIfNeeded: word >> 8) }
    }

    /// Takes over registers, sparse as long as they fit.
    private mutating func setRegisters(_ registers: [UInt8], limitBytes: Int, dense: Bool) {
        if !dense, let runs = Self.sparse(registers), Self.headBytes + runs.count <= limitBytes {
            bytes = Array(bytes[..<Self.headBytes]) + runs
            return
        }
        bytes =
            Array(bytes[..<Self.headBytes]) + [UInt8](repeating: 0, count: Self.denseBytes - Self.headBytes)
        bytes[4] = 0
        for index in 0..<Self.registerCount where registers[index] > 0 { setDense(index, registers[index]) }
    }

    /// Registers as runs; `nil` when a value is too large for them.
    private static func sparse(_ registers: [UInt8]) -> [UInt8]? {
        var runs: [UInt8] = []
        var place = 0
        while place < registers.count {
            let value = registers[place]
            if value > 32 { return nil }
            var end = place + 1
            while end < registers.count, registers[end] == value, value == 0 || end - place < 4 { end += 1 }
            let length = end - place - 1
            if value > 0 {
                runs.append(0x80 | (value - 1) << 2 | UInt8(length))
            } else if length < 64 {
                runs.append(UInt8(length))
            } else {
                runs.append(0x40 | UInt8(length >> 8))
                runs.append(UInt8(truncatingIfNeeded: length))
            }
            place = end
        }
        return runs
    }

    // MARK: Counting

    /// Counts elements.
    ///
    /// - Returns: whether a register changed.
    mutating func add(_ elements: [[UInt8]], limitBytes: Int) throws(Failure) -> Bool {
        guard !elements.isEmpty else { return false }
        if isDense {
            var changed = false
            for element in elements {
                let (index, value) = Self.register(of: element)
                if denseRegister(index) < value {
                    setDense(index, value)
                    changed = true
                }
            }
            if changed { forgetEstimate() }
            return changed
        }
        var registers = try registers()
        var changed = false
        for element in elements {
            let (index, value) = Self.register(of: element)
            if registers[index] < value {
                registers[index] = value
                changed = true
            }
        }
        if changed {
            setRegisters(registers, limitBytes: limitBytes, dense: false)
            forgetEstimate()
        }
        return changed
    }

    /// Takes over the highest of each register.
    mutating func replaceRegisters(_ registers: [UInt8], limitBytes: Int, dense: Bool) {
        setRegisters(registers, limitBytes: limitBytes, dense: dense || isDense)
        forgetEstimate()
    }

    /// - Returns: false when it was dense already.
    mutating func makeDense() throws(Failure) -> Bool {
        guard !isDense else { return false }
        setRegisters(try registers(), limitBytes: 0, dense: true)
        return true
    }

    /// The last estimate; `nil` after changes.
    var knownEstimate: Int64? {
        guard bytes[15] & 0x80 == 0 else { return nil }
        return bytes[8..<16].reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Estimates, and keeps the estimate.
    mutating func estimate() throws(Failure) -> Int64 {
        let estimate = Self.estimate(try registers())
        for index in 0..<8 { bytes[8 + index] = UInt8(truncatingIfNeeded: estimate >> Int64(8 * index)) }
        return estimate
    }

    private mutating func forgetEstimate() { bytes[15] |= 0x80 }

    static func estimate(_ registers: [UInt8]) -> Int64 {
        var histogram = [Int](repeating: 0, count: 64)
        for register in registers { histogram[Int(register & 0x3F)] += 1 }
        let count = Double(registerCount)
        var z = count * tau((count - Double(histogram[highest])) / count)
        for value in stride(from: highest - 1, through: 1, by: -1) {
            z = (z + Double(histogram[value])) * 0.5
        }
        z += count * sigma(Double(histogram[0]) / count)
        let alpha = 0.721347520444481703680
        return Int64((alpha * count * count / z).rounded())
    }

    private static func sigma(_ start: Double) -> Double {
        if start == 1 { return .infinity }
        var (x, y, z, previous) = (start, 1.0, start, Double.nan)
        while z != previous {
            x *= x
            previous = z
            z += x * y
            y += y
        }
        return z
    }

    private static func tau(_ start: Double) -> Double {
        if start == 0 || start == 1 { return 0 }
        var (x, y, z, previous) = (start, 1.0, 1 - start, Double.nan)
        while z != previous {
            x = x.squareRoot()
            previous = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
        }
        return z / 3
    }

    // MARK: Hashing

    /// Which register an element counts in, and how many zeros its hash has, plus one.
    static func register(of element: [UInt8]) -> (index: Int, value: UInt8) {
        let hash = murmur(element)
        let rest = hash >> 14 | 1 << 50
        return (Int(hash & UInt64(registerCount - 1)), UInt8(rest.trailingZeroBitCount + 1))
    }

    /// MurmurHash2 of 64 bits by Austin Appleby (public domain), with Redis's seed.
    private static func murmur(_ data: [UInt8]) -> UInt64 {
        let m: UInt64 = 0xC6A4_A793_5BD1_E995
        var hash = 0xADC8_3B19 ^ UInt64(data.count) &* m
        var place = 0
        while place + 8 <= data.count {
            var word: UInt64 = 0
            for index in (0..<8).reversed() { word = word << 8 | UInt64(data[place + index]) }
            word = word &* m
            word ^= word >> 47
            hash = (hash ^ word &* m) &* m
            place += 8
        }
        if place < data.count {
            var tail: UInt64 = 0
            for index in (place..<data.count).reversed() { tail = tail << 8 | UInt64(data[index]) }
            hash = (hash ^ tail) &* m
        }
        hash ^= hash >> 47
        hash = hash &* m
        return hash ^ hash >> 47
    }
}
