public import AssayCore

/// A fixed amount of work: so many passes each, or so many in all.
public struct IterationSchedule: Sendable, Equatable {
    public enum Work: Sendable, Equatable {
        /// Every user makes this many.
        case each(Int)
        /// All users together make this many, whoever is free takes the next.
        case total(Int)
    }

    /// Users in all segments together.
    public let users: Int
    public let work: Work

    /// Negative numbers count as zero.
    public init(users: Int, work: Work) {
        self.users = max(0, users)
        switch work {
        case .each(let each): self.work = .each(max(0, each))
        case .total(let total): self.work = .total(max(0, total))
        }
    }

    /// Passes in all segments together; saturates.
    public var count: Int {
        switch work {
        case .each(let each):
            let (product, overflow) = users.multipliedReportingOverflow(by: each)
            return overflow ? .max : product
        case .total(let total): return users == 0 ? 0 : total
        }
    }

    /// The numbers of one segment's users: user *i* belongs to segment *i* mod count.
    public func users(of segment: Segment) -> StrideTo<Int> {
        stride(from: segment.index, to: users, by: segment.count)
    }

    /// How many passes one segment makes.
    ///
    /// A shared total is striped over the segments that have a user at all, so that the segments' shares always add
    /// up to ``count``.
    public func count(of segment: Segment) -> Int {
        switch work {
        case .each(let each):
            let own = striped(users, segment.index, segment.count)
            let (product, overflow) = own.multipliedReportingOverflow(by: each)
            return overflow ? .max : product
        case .total(let total):
            let sharing = min(users, segment.count)
            return segment.index < sharing ? striped(total, segment.index, sharing) : 0
        }
    }

    /// How many of `0..<count` leave the remainder `index`.
    private func striped(_ count: Int, _ index: Int, _ step: Int) -> Int {
        count > index ? (count - index - 1) / step + 1 : 0
    }
}
