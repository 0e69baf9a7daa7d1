internal import AssayCore
internal import AssayFormats

/// So many a minute: a bucket that fills evenly. Pure; times are passed in.
struct RateBudget: Sendable, Equatable {
    let perMinute: Double
    private var left: Double
    /// Of the last refill, milliseconds.
    private var at: Int64?

    init(perMinute: Double) {
        self.perMinute = perMinute
        left = perMinute
    }

    private mutating func refill(_ now: Int64) {
        if let at, now > at { left = min(perMinute, left + Double(now - at) * perMinute / 60_000) }
        // Time travel back must not stop the filling.
        at = now
    }

    /// Whether so many are left; takes nothing.
    ///
    /// - Returns: milliseconds until they are, 0 when they are now. What is more than a minute's worth waits for a full
    ///   bucket, at most a minute.
    mutating func wait(for amount: Double, at now: Int64) -> Int64 {
        refill(now)
        let missing = min(amount, perMinute) - left
        return missing <= 1e-9 ? 0 : Int64((missing * 60_000 / perMinute).rounded(.up))
    }

    mutating func take(_ amount: Double) { left = max(0, left - amount) }

    var remaining: Int { Int(left) }

    /// Until it is full again.
    var resetMilliseconds: Int64 { Int64(((perMinute - left) * 60_000 / perMinute).rounded(.up)) }

    /// As rate limit headers write it: `6m0s`, `1.5s`, `20ms`.
    static func text(milliseconds: Int64) -> String {
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let minutes = milliseconds / 60_000
        let rest = milliseconds % 60_000
        let fraction = rest % 1000
        var seconds = String(rest / 1000)
        if fraction > 0 {
            let digits = String(fraction + 1000).dropFirst()
            seconds += "." + String(digits.reversed().drop { $0 == "0" }.reversed())
        }
        return (minutes > 0 ? "\(minutes)m" : "") + seconds + "s"
    }
}

extension RateBudget {
    /// Reads `60/min`.
    static func perMinute(_ node: YAMLNode, _ yaml: YAMLReading) -> Double? {
        guard let rate = yaml.rate(node) else { return nil }
        guard rate.perSecond > 0 else {
            yaml.error(
                "AS122", "a limit is more than 0, found \(node.scalarText ?? "")", at: node,
                fix: "turn the switch `rate-limit` to refuse everything")
            return nil
        }
        return rate.perSecond * 60
    }
}
