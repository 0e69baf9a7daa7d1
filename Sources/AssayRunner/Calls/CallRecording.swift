internal import AssayAudio

/// Both directions of a call, aligned by time: what the caller sent and what it would hear.
///
/// Bounded: what is said after that is not in it.
struct CallRecording {
    private struct Track {
        var samples: [Int16] = []

        /// Puts samples where they are heard; short gaps are the network's, not the speaker's.
        mutating func put(_ new: some Collection<Int16>, at position: Int, slack: Int, limit: Int) {
            if position > samples.count + slack {
                samples += repeatElement(0, count: min(position, limit) - samples.count)
            }
            samples += new.prefix(max(0, limit - samples.count))
        }
    }

    private let startedAt: Int64
    private let rate: Int
    private let slack: Int
    /// Samples of each side at most.
    private var limit: Int
    private var caller = Track()
    private var bot = Track()
    /// Something did not fit.
    private(set) var isCut = false

    init(startedAt: Int64, rate: Int, longest: Duration) {
        self.startedAt = startedAt
        self.rate = rate
        slack = rate / 33
        limit = Sound.samples(in: longest, rate: rate)
    }

    /// Samples that are kept, of both sides.
    var size: Int { caller.samples.count + bot.samples.count }
    var isEmpty: Bool { size == 0 }
    var nanoseconds: Int64 {
        Sound.nanoseconds(ofSamples: max(caller.samples.count, bot.samples.count), rate: rate)
    }

    mutating func said(_ samples: some Collection<Int16>, at time: Int64) {
        let position = position(time)
        caller.put(samples, at: position, slack: slack, limit: limit)
        if position >= limit { isCut = true }
    }

    mutating func heard(_ samples: some Collection<Int16>, at time: Int64) {
        let position = position(time)
        bot.put(samples, at: position, slack: slack, limit: limit)
        if position >= limit { isCut = true }
    }

    /// Nothing more is kept.
    mutating func stop() {
        limit = max(caller.samples.count, bot.samples.count)
        isCut = true
    }

    private func position(_ time: Int64) -> Int {
        Sound.samples(inNanoseconds: max(0, time - startedAt), rate: rate)
    }

    /// Left the caller, right the other side.
    func wav() -> [UInt8] {
        let length = max(caller.samples.count, bot.samples.count)
        func whole(_ track: Track) -> Sound {
            Sound(
                samples: track.samples + [Int16](repeating: 0, count: length - track.samples.count),
                rate: rate)
        }
        return Sound.stereoWAV(left: whole(caller), right: whole(bot))
    }
}
