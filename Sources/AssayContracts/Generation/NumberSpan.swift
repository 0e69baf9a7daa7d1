import AssayCore
import AssayFormats

/// The numbers that a shape allows, as a grid (whole numbers, multiples) or as a stretch of the line.
struct NumberSpan {
    /// `true`: only whole numbers.
    let isInteger: Bool
    private let minimum: ValueShape.Limit?
    private let maximum: ValueShape.Limit?
    /// The grid's distance, `digits * 10^exponent`; `nil` for any number.
    private let unit: (digits: Int64, exponent: Int)?
    /// Numbers beyond are not exact in most languages that read JSON.
    private static let bound: Int64 = 1 << 53

    init(_ shape: ValueShape, isInteger: Bool) {
        self.isInteger = isInteger
        minimum = shape.minimum
        maximum = shape.maximum
        var found: (digits: Int64, exponent: Int)?
        for multiple in shape.multiples {
            guard let number = DecimalNumber(multiple), number.digits > 0, number.digits < 1 << 40 else {
                continue
            }
            let next = (Int64(number.digits), number.exponent)
            found = found.map { Self.common($0, next) } ?? next
        }
        if isInteger { found = found.map { Self.common($0, (1, 0)) } ?? (1, 0) }
        unit = found
    }

    /// The least grid that lies on both.
    private static func common(
        _ left: (digits: Int64, exponent: Int), _ right: (digits: Int64, exponent: Int)
    ) -> (digits: Int64, exponent: Int) {
        let exponent = min(left.exponent, right.exponent)
        func scaled(_ value: (digits: Int64, exponent: Int)) -> Int64? {
            var digits = value.digits
            for _ in 0..<max(0, value.exponent - exponent) {
                let (next, overflow) = digits.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                digits = next
            }
            return digits
        }
        guard let a = scaled(left), let b = scaled(right) else { return left }
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        let (product, overflow) = (a / x).multipliedReportingOverflow(by: b)
        return overflow ? left : (product, exponent)
    }

    // MARK: The grid

    private var step: Double { unit.map { Double("\($0.digits)e\($0.exponent)") ?? 1 } ?? 1 }

    /// Number `place` of the grid.
    private func value(_ place: Int64) -> JSON {
        guard let unit else { return .double(Double(place)) }
        let (digits, overflow) = place.multipliedReportingOverflow(by: unit.digits)
        if !overflow, unit.exponent >= 0, unit.exponent < 18 {
            var whole = digits
            var isWhole = true
            for _ in 0..<unit.exponent {
                let (next, overflow) = whole.multipliedReportingOverflow(by: 10)
                isWhole = isWhole && !overflow
                whole = next
            }
            if isWhole { return .int(whole) }
        }
        let number = overflow ? Double(place) * step : Double("\(digits)e\(unit.exponent)") ?? 0
        // A whole number is written as one.
        return Int64(exactly: number).map { .int($0) } ?? .double(number)
    }

    /// The places of the grid's first and last number; empty ones are `nil`.
    private var places: ClosedRange<Int64>? {
        var low = -Self.bound
        var high = Self.bound
        if let minimum, let number = minimum.value.doubleValue {
            let place = (number / step).rounded(.up)
            guard place <= Double(Self.bound) * 512 else { return nil }
            low = max(-(1 << 62), Int64(clampingDouble: place))
            if case .int(let whole) = minimum.value, isInteger, unit?.digits == 1, unit?.exponent == 0 {
                low = max(-(1 << 62), whole)
            }
            if minimum.isExcluded, !isMore(value(low), than: minimum.value) { low += 1 }
        }
        if let maximum, let number = maximum.value.doubleValue {
            let place = (number / step).rounded(.down)
            guard place >= -Double(Self.bound) * 512 else { return nil }
            high = min(1 << 62, Int64(clampingDouble: place))
            if case .int(let whole) = maximum.value, isInteger, unit?.digits == 1, unit?.exponent == 0 {
                high = min(1 << 62, whole)
            }
            if maximum.isExcluded, !isMore(maximum.value, than: value(high)) { high -= 1 }
        }
        if minimum != nil, low > high, maximum == nil { high = low + 1000 }
        if maximum != nil, low > high, minimum == nil { low = high - 1000 }
        return low <= high ? low...high : nil
    }

    private func isMore(_ left: JSON, than right: JSON) -> Bool { right.isLess(than: left) == true }

    // MARK: The line

    private var line: ClosedRange<Double>? {
        var low = minimum?.value.doubleValue ?? -1e9
        var high = maximum?.value.doubleValue ?? 1e9
        if minimum != nil, maximum == nil, low > high { high = low + 1e9 }
        if maximum != nil, minimum == nil, high < low { low = high - 1e9 }
        // An excluded end is left by a small but visible step, where there is room for one.
        let room = high - low
        let small = room > 1 ? 0.01 : room / 100
        if minimum?.isExcluded == true { low += small }
        if maximum?.isExcluded == true { high -= small }
        return low <= high ? low...high : nil
    }

    private static func written(_ number: Double) -> JSON { .double(number) }

    // MARK: Values

    /// The number closest to nought.
    var simplest: JSON? {
        if unit != nil {
            guard let places else { return nil }
            return value(min(max(0, places.lowerBound), places.upperBound))
        }
        guard let line else { return nil }
        return Self.written(min(max(0, line.lowerBound), line.upperBound))
    }

    func random(_ random: inout SeededRandom) -> JSON? {
        if random.chance(0.2), let edge = random.pick(boundaries)?.value { return edge }
        if unit != nil {
            guard let places else { return nil }
            let near = min(max(0, places.lowerBound), places.upperBound)
            let reach: Int64 = random.chance(0.7) ? 1000 : 1 << 53
            let low = max(places.lowerBound, near - reach)
            let high = min(places.upperBound, near + reach)
            return value(Int64.random(in: low...high, using: &random))
        }
        guard let line else { return nil }
        let drawn = random.double(in: line.lowerBound..<max(line.upperBound, line.lowerBound.nextUp))
        let rounded = (drawn * 100).rounded() / 100
        return Self.written(line.contains(rounded) ? rounded : drawn)
    }

    /// Values at the bounds and next to them, each with what it is.
    var boundaries: [(value: JSON, what: String)] {
        var found: [(value: JSON, what: String)] = []
        func add(_ value: JSON, _ what: String) {
            if !found.contains(where: { $0.value == value }) { found.append((value, what)) }
        }
        if unit != nil, let places {
            if minimum != nil {
                add(value(places.lowerBound), "at its minimum")
                if places.lowerBound < places.upperBound {
                    add(value(places.lowerBound + 1), "just above its minimum")
                }
            }
            if maximum != nil {
                add(value(places.upperBound), "at its maximum")
                if places.lowerBound < places.upperBound {
                    add(value(places.upperBound - 1), "just below its maximum")
                }
            }
            for (place, what) in [(Int64(0), "nought"), (1, "one"), (-1, "minus one")]
            where places.contains(place) {
                add(value(place), what)
            }
            if maximum == nil, places.contains(Int64(Int32.max)) {
                add(value(Int64(Int32.max)), "at the end of 32 bits")
                if places.contains(Int64(Int32.max) + 1) {
                    add(value(Int64(Int32.max) + 1), "beyond 32 bits")
                }
            }
            if minimum == nil, places.contains(Int64(Int32.min) - 1) {
                add(value(Int64(Int32.min) - 1), "below 32 bits")
            }
        } else if unit == nil, let line {
            if minimum != nil { add(Self.written(line.lowerBound), "at its minimum") }
            if maximum != nil { add(Self.written(line.upperBound), "at its maximum") }
            for (number, what) in [
                (0.0, "nought"), (1.0, "one"), (-1.5, "minus one and a half"), (0.1, "a tenth"),
            ]
            where line.contains(number) { add(Self.written(number), what) }
        }
        return found
    }

    /// Numbers just outside, each with the rule it breaks.
    var outside: [(value: JSON, rule: NegativeRule, bound: String)] {
        var found: [(value: JSON, rule: NegativeRule, bound: String)] = []
        func moved(_ limit: ValueShape.Limit, by distance: Int64) -> JSON? {
            if limit.isExcluded { return limit.value }
            switch limit.value {
            case .int(let whole):
                let (next, overflow) = whole.addingReportingOverflow(distance)
                if overflow { return nil }
                return .int(next)
            case .double(let number):
                guard isInteger else { return .double(number + Double(distance)) }
                let whole = Int64(clampingDouble: number.rounded(distance < 0 ? .down : .up))
                let (next, overflow) = whole.addingReportingOverflow(distance)
                return overflow ? nil : .int(next)
            default: return nil
            }
        }
        if let minimum, let value = moved(minimum, by: -1) {
            found.append(
                (
                    value, .belowMinimum,
                    "\(minimum.isExcluded ? "more than" : "at least") \(minimum.value.rendered())"
                ))
        }
        if let maximum, let value = moved(maximum, by: 1) {
            found.append(
                (
                    value, .aboveMaximum,
                    "\(maximum.isExcluded ? "less than" : "at most") \(maximum.value.rendered())"
                ))
        }
        return found
    }
}

extension Int64 {
    /// The nearest whole number that fits.
    init(clampingDouble value: Double) {
        if value >= 9.2e18 {
            self = .max
        } else if value <= -9.2e18 {
            self = .min
        } else {
            self = value.isNaN ? 0 : Int64(value)
        }
    }
}
