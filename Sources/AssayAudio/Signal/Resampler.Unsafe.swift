import CSpeexDSP

/// Changes the rate of a stream of samples, by libspeexdsp's windowed-sinc filter.
///
/// The first sample out belongs to the first sample in: the filter's delay is taken off.
@safe struct Resampler: ~Copyable {
    // SAFETY: made in `init`, used by this value alone (it cannot be copied), freed in `deinit`.
    private let state: OpaquePointer
    private let from: Int
    private let to: Int

    /// 0…10 of libspeexdsp: 8 keeps all that a telephone lets through and costs 0.2 ms a second of speech.
    private static let quality: CInt = 8

    init(from: Int, to: Int) {
        // SAFETY: plain numbers go in; what comes out is owned here.
        let made = unsafe speex_resampler_init(1, UInt32(from), UInt32(to), Self.quality, nil)
        guard let state = unsafe made else { preconditionFailure("libspeexdsp refuses \(from) to \(to) Hz") }
        unsafe self.state = state
        unsafe speex_resampler_skip_zeros(state)
        self.from = from
        self.to = to
    }

    deinit { unsafe speex_resampler_destroy(state) }

    /// All of a sound: as many samples as last as long, rounded up.
    func resample(_ samples: [Int16]) -> [Int16] {
        let total = (samples.count * to + from - 1) / from
        var output = [Int16](repeating: 0, count: total)
        var (read, written) = feed(samples, from: 0, into: &output, from: 0)
        precondition(read == samples.count || written == total, "libspeexdsp takes all there is room for")
        // The end of the sound is still inside the filter: silence pushes it out.
        let silence = [Int16](repeating: 0, count: 1024)
        while written < total {
            (read, written) = feed(silence, from: 0, into: &output, from: written)
            precondition(read > 0, "libspeexdsp takes silence")
        }
        return output
    }

    /// - Returns: how far both arrays are used now.
    private func feed(
        _ input: [Int16], from readStart: Int, into output: inout [Int16], from writeStart: Int
    ) -> (read: Int, written: Int) {
        var (read, written) = (readStart, writeStart)
        while read < input.count, written < output.count {
            // SAFETY: both counts are of what lies between the place given and the end of its array.
            let step = unsafe input.withUnsafeBufferPointer { source in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    var taken = UInt32(clamping: min(source.count - read, 1 << 20))
                    var made = UInt32(clamping: min(target.count - written, 1 << 20))
                    guard let from = source.baseAddress, let to = target.baseAddress else { return (0, 0) }
                    unsafe speex_resampler_process_int(
                        state, 0, from + read, &taken, to + written, &made)
                    return (Int(taken), Int(made))
                }
            }
            guard step != (0, 0) else { break }
            read += step.0
            written += step.1
        }
        return (read, written)
    }
}

extension Sound {
    /// The same sound at another rate: as many samples as last as long.
    ///
    /// - Complexity: O(samples); what is above half the lower rate is filtered out.
    public func resampled(to rate: Int) -> Sound {
        guard rate != self.rate, !samples.isEmpty else { return Sound(samples: samples, rate: rate) }
        return Sound(samples: Resampler(from: self.rate, to: rate).resample(samples), rate: rate)
    }
}
