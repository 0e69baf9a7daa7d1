internal import AssayCore

/// Values with units as files have them: exact, in the largest unit that has no fraction.
enum WrittenUnits {
    static func text(_ length: Duration) -> String {
        let nanoseconds = length.nanoseconds
        guard nanoseconds != 0 else { return "0s" }
        let units: [(String, Int64)] = [
            ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
            ("us", 1000),
        ]
        for (unit, size) in units where nanoseconds % size == 0 { return "\(nanoseconds / size)\(unit)" }
        return "\(nanoseconds)ns"
    }

    static func tree(_ length: Duration) -> YAMLTree { .word(text(length)) }

    static func tree(_ rate: Rate) -> YAMLTree {
        let minute = rate.perSecond * 60
        if rate.perSecond != rate.perSecond.rounded(), minute == minute.rounded(),
            minute / 60 == rate.perSecond
        {
            return .word("\(number(minute))/min")
        }
        return .word("\(number(rate.perSecond))/s")
    }

    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
