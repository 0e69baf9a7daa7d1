public import AssayCore

/// How late own frames may be before what a run measured says more about this machine than about the bot.
public struct LatenessBound: Sendable, Hashable {
    /// Nanoseconds.
    public var p99: Int64
    public var maximum: Int64

    public init(p99: Int64 = 2_000_000, maximum: Int64 = 20_000_000) {
        self.p99 = p99
        self.maximum = maximum
    }

    /// Judges the lateness of all own frames of a run (`call.lateness`, nanoseconds).
    public func judge(_ lateness: HistogramSnapshot) -> LatenessVerdict {
        guard let p99 = lateness.value(at: 0.99) else { return .unknown }
        if p99 > UInt64(self.p99) { return .late(.p99(Int64(clamping: p99)), self) }
        if lateness.maximum > UInt64(maximum) {
            return .late(.maximum(Int64(clamping: lateness.maximum)), self)
        }
        return .onTime
    }
}

/// Whether the caller kept its own time.
public enum LatenessVerdict: Sendable, Hashable {
    public enum Excess: Sendable, Hashable { case p99(Int64), maximum(Int64) }

    case onTime
    /// No frame was written, so nothing is known.
    case unknown
    case late(Excess, LatenessBound)

    public var isOnTime: Bool { self == .onTime }

    /// Why there is no judgement of the bot, in a sentence; `nil` when there is one.
    public var reason: String? {
        switch self {
        case .onTime: nil
        case .unknown: "no frame of audio was written, so it is not known whether the calls were on time"
        case .late(.p99(let value), let bound):
            "the calls were not on time: own frames were late by \(text(value)) (p99), over the bound of "
                + "\(text(bound.p99))"
        case .late(.maximum(let value), let bound):
            "the calls were not on time: an own frame was late by \(text(value)), over the bound of "
                + "\(text(bound.maximum))"
        }
    }

    private func text(_ nanoseconds: Int64) -> String { shortText(nanoseconds: Double(nanoseconds)) }
}
