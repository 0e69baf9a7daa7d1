extension Sound {
    /// The sound as a WAV file of one channel, 16-bit PCM.
    public func wav() -> [UInt8] {
        Self.wavHeader(rate: rate, channels: 1, dataBytes: samples.count * 2) + PCM16.encode(samples)
    }

    /// Both directions of a call as one file: one on the left, the other on the right.
    ///
    /// The shorter one is followed by silence; the one with the lower rate is resampled to the other's.
    public static func stereoWAV(left: Sound, right: Sound) -> [UInt8] {
        let rate = max(left.rate, right.rate)
        let (a, b) = (left.resampled(to: rate).samples, right.resampled(to: rate).samples)
        let count = max(a.count, b.count)
        var bytes = wavHeader(rate: rate, channels: 2, dataBytes: count * 4)
        bytes.reserveCapacity(bytes.count + count * 4)
        for place in 0..<count {
            bytes.append(littleEndian: place < a.count ? UInt16(bitPattern: a[place]) : 0)
            bytes.append(littleEndian: place < b.count ? UInt16(bitPattern: b[place]) : 0)
        }
        return bytes
    }

    /// The 44 bytes before the samples of a 16-bit PCM file.
    ///
    /// - Parameter dataBytes: what follows; lengths that the format cannot hold are written as "to the end".
    public static func wavHeader(rate: Int, channels: Int, dataBytes: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(contentsOf: "RIFF".utf8)
        bytes.append(littleEndian: UInt32(clamping: dataBytes + 36))
        bytes.append(contentsOf: "WAVEfmt ".utf8)
        bytes.append(littleEndian: 16 as UInt32)
        bytes.append(littleEndian: 1 as UInt16)
        bytes.append(littleEndian: UInt16(clamping: channels))
        bytes.append(littleEndian: UInt32(clamping: rate))
        bytes.append(littleEndian: UInt32(clamping: rate * channels * 2))
        bytes.append(littleEndian: UInt16(clamping: channels * 2))
        bytes.append(littleEndian: 16 as UInt16)
        bytes.append(contentsOf: "data".utf8)
        bytes.append(littleEndian: UInt32(clamping: dataBytes))
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        var rest = value
        for _ in 0..<(value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
