extension WAVLayout {
    /// The samples of a data chunk, mixed down to one channel of 16 bits.
    func samples(of data: ArraySlice<UInt8>) throws(SoundError) -> [Int16] {
        var samples: [Int16] = []
        samples.reserveCapacity(data.count / frameBytes)
        // Channels are added up at 32 bits, so that the mean is rounded once.
        let scale = Int64(channels) << 16
        for frame in stride(from: data.startIndex, to: data.endIndex, by: frameBytes) {
            var sum: Int64 = 0
            for channel in 0..<channels { sum += try sample(of: data, at: frame + channel * sampleBytes) }
            samples.append(Int16(clamping: (sum + scale / 2).flooredQuotient(scale)))
        }
        return samples
    }

    /// One sample with its full scale at 2³¹.
    private func sample(of data: ArraySlice<UInt8>, at place: Int) throws(SoundError) -> Int64 {
        switch encoding {
        case .integer(1): return (Int64(data[place]) - 128) << 24
        case .integer(2): return Int64(Int16(bitPattern: data.uint16(at: place))) << 16
        case .integer(3):
            let bits = UInt32(data.uint16(at: place)) << 8 | UInt32(data[place + 2]) << 24
            return Int64(Int32(bitPattern: bits))
        case .integer: return Int64(Int32(bitPattern: data.uint32(at: place)))
        case .mulaw: return Int64(MuLaw.decode(data[place])) << 16
        case .alaw: return Int64(ALaw.decode(data[place])) << 16
        case .float32: return try fixed(Double(Float(bitPattern: data.uint32(at: place))), at: place)
        case .float64: return try fixed(Double(bitPattern: data.uint64(at: place)), at: place)
        }
    }

    private func fixed(_ value: Double, at place: Int) throws(SoundError) -> Int64 {
        guard !value.isNaN else {
            throw SoundError(
                at: place, "this sample is not a number", fix: "the file is damaged: make it again")
        }
        return Int64((min(max(value, -1), 1) * 0x1p31).rounded())
    }
}

extension Int64 {
    /// The quotient rounded down, also for negative numbers; `divisor` is above 0.
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
