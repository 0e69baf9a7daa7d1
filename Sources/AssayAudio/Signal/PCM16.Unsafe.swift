/// Samples as AudioSocket and WAV files carry them: 16 bits, two's complement, little-endian.
public enum PCM16 {
    /// Appends the samples of a payload; nothing is allocated when there is room. An odd last byte is no sample.
    public static func decode(_ bytes: RawSpan, into samples: inout [Int16]) {
        let (old, count) = (samples.count, bytes.byteCount / 2)
        samples.append(contentsOf: repeatElement(0, count: count))
        // SAFETY: `count` samples are two bytes each of both, of the target behind the `old` first.
        unsafe samples.withUnsafeMutableBytes { target in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[(2 * old)...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[..<(2 * count)]))
            }
        }
        guard Int16(littleEndian: 1) != 1 else { return }
        for place in old..<samples.count { samples[place] = samples[place].byteSwapped }
    }

    /// Appends the bytes of the samples; nothing is allocated when there is room.
    public static func encode(_ samples: Span<Int16>, into bytes: inout [UInt8]) {
        guard Int16(littleEndian: 1) == 1 else {
            for place in samples.indices {
                let value = UInt16(bitPattern: samples[place])
                bytes.append(UInt8(truncatingIfNeeded: value))
                bytes.append(UInt8(truncatingIfNeeded: value >> 8))
            }
            return
        }
        // SAFETY: the samples lie in memory as they are sent, and are only read.
        unsafe samples.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    public static func encode(_ samples: [Int16]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * samples.count)
        encode(samples.span, into: &bytes)
        return bytes
    }

    public static func decode(_ bytes: [UInt8]) -> [Int16] {
        var samples: [Int16] = []
        samples.reserveCapacity(bytes.count / 2)
        // SAFETY: bytes of bytes, only read while the array stays as it is.
        unsafe decode(bytes.span.bytes, into: &samples)
        return samples
    }
}

extension MuLaw {
    /// Appends the samples of a payload; nothing is allocated when there is room.
    public static func decode(_ bytes: RawSpan, into samples: inout [Int16]) {
        for place in 0..<bytes.byteCount {
            // SAFETY: `place` is below the count of bytes.
            samples.append(decode(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)))
        }
    }
}
