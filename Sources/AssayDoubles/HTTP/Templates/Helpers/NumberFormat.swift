/// Numbers as Java's DecimalFormat writes them.
struct NumberFormat {
    enum Rounding: String, CaseIterable {
        case up, down, ceiling, floor
        case halfUp = "half_up"
        case halfDown = "half_down"
        case halfEven = "half_even"
    }

    /// Signs of a language and country.
    struct Place {
        var group = ","
        var decimal = "."
        var currency = "¤"
        var currencyIsBehind = false

        /// - Parameter name: `en_GB`, `de-DE`, `fr`; others write as English does.
        init(_ name: String) {
            let parts = name.split { $0 == "_" || $0 == "-" }.map(String.init)
            let language = parts.first?.lowercased() ?? "en"
            let country = parts.count > 1 ? parts[1].uppercased() : ""
            switch language {
            case "de", "it", "es", "nl", "pt", "tr", "da", "id": (group, decimal) = (".", ",")
            case "fr", "nb", "no", "cs", "sk", "pl", "fi", "sv", "ru", "uk", "hu", "bg":
                (group, decimal) = ("\u{A0}", ",")
                if language == "fr" { group = "\u{202F}" }
            default: break
            }
            if country == "CH" { (group, decimal) = ("’", ".") }
            currencyIsBehind = decimal == "," && language != "nl" && language != "tr" && country != "BR"
            currency = Self.currencies[country] ?? "¤"
        }

        private static let currencies = [
            "US": "$", "GB": "£", "AU": "$", "CA": "$", "NZ": "$", "JP": "¥", "CN": "¥", "IN": "₹",
            "BR": "R$", "CH": "CHF",
            "SE": "kr", "NO": "kr", "DK": "kr.", "PL": "zł", "CZ": "Kč", "RU": "₽", "UA": "₴", "TR": "₺",
            "KR": "₩",
            "DE": "€", "FR": "€", "IT": "€", "ES": "€", "NL": "€", "AT": "€", "BE": "€", "IE": "€", "FI": "€",
            "PT": "€", "GR": "€",
        ]
    }

    var prefix = ""
    var suffix = ""
    var groupsBy: Int? = 3
    var minimumInteger = 1
    var maximumInteger = 309
    var minimumFraction = 0
    var maximumFraction = 3
    var rounding = Rounding.halfEven
    /// Shown times this.
    var factor = 1.0
    var place = Place("en")

    init() {}

    /// Reads a pattern like `#,##0.00`; the part for negative numbers (after `;`) is not used.
    init(pattern: String) {
        let positive = pattern.prefix { $0 != ";" }
        let digits = Set("#0,.")
        guard let first = positive.firstIndex(where: { digits.contains($0) }) else {
            prefix = String(positive)
            return
        }
        let last = positive.lastIndex { digits.contains($0) } ?? first
        let body = positive[first...last]
        prefix = positive[..<first].filter { $0 != "'" }
        suffix = positive[positive.index(after: last)...].filter { $0 != "'" }
        if suffix.contains("%") || prefix.contains("%") { factor = 100 }
        if suffix.contains("‰") { factor = 1000 }
        let halves = body.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = halves[0]
        minimumInteger = whole.count { $0 == "0" }
        groupsBy = whole.lastIndex(of: ",").map { whole.distance(from: $0, to: whole.endIndex) - 1 }
        let fraction = halves.count > 1 ? halves[1] : ""
        minimumFraction = fraction.count { $0 == "0" }
        maximumFraction = fraction.count { $0 == "0" || $0 == "#" }
    }

    func render(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : (number < 0 ? "-∞" : "∞") }
        let digits = Self.rounded(
            abs(number * factor), min(maximumFraction, 340), rounding, isNegative: number < 0)
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        var whole = String(parts[0])
        if whole == "0", minimumInteger == 0 { whole = "" }
        if whole.count > maximumInteger { whole = String(whole.suffix(maximumInteger)) }
        whole = String(repeating: "0", count: max(0, minimumInteger - whole.count)) + whole
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        while fraction.count > minimumFraction, fraction.last == "0" { fraction.removeLast() }
        fraction += String(repeating: "0", count: max(0, minimumFraction - fraction.count))
        if whole.isEmpty, fraction.isEmpty { whole = "0" }
        if let groupsBy, groupsBy > 0 { whole = Self.grouped(whole, by: place.group, every: groupsBy) }
        let text = whole + (fraction.isEmpty ? "" : place.decimal + fraction)
        let isZero = text.allSatisfy { !("1"..."9").contains($0) }
        return (number < 0 && !isZero ? "-" : "") + prefix + text + suffix
    }

    /// `1234567.5` as `1,234,567.5`.
    static func grouped(_ text: String, by separator: String, every size: Int = 3) -> String {
        let sign = text.prefix { $0 == "-" }
        let whole = text.dropFirst(sign.count).prefix { $0 != "." }
        let rest = text.dropFirst(sign.count + whole.count)
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % size == 0 { result += separator }
            result.append(digit)
        }
        return sign + result + rest
    }

    static func fixed(_ number: Double, digits: Int) -> String {
        guard number.isFinite else { return "\(number)" }
        let text = rounded(abs(number), digits, .halfUp, isNegative: number < 0)
        return (number < 0 ? "-" : "") + text
    }

    /// Decimal digits of a positive number, rounded from the shortest form that reads back the same.
    private static func rounded(
        _ number: Double, _ fraction: Int, _ rounding: Rounding, isNegative: Bool
    ) -> String {
        var (whole, rest) = plainDigits(number)
        guard rest.count > fraction else {
            let text = String(rest.map { Character(UnicodeScalar($0 + 48)) })
            let padded = text + String(repeating: "0", count: fraction - rest.count)
            let integer = String(whole.map { Character(UnicodeScalar($0 + 48)) })
            return fraction == 0 ? integer : integer + "." + padded
        }
        let dropped = rest[fraction...]
        rest = Array(rest[..<fraction])
        let isNothing = dropped.allSatisfy { $0 == 0 }
        let isHalf = dropped.first == 5 && dropped.dropFirst().allSatisfy { $0 == 0 }
        let isAbove = (dropped.first ?? 0) > 5 || dropped.first == 5 && !isHalf
        let lastIsOdd = (rest.last ?? whole.last ?? 0) % 2 == 1
        let goesUp =
            switch rounding {
            case .up: !isNothing
            case .down: false
            case .ceiling: !isNothing && !isNegative
            case .floor: !isNothing && isNegative
            case .halfUp: isAbove || isHalf
            case .halfDown: isAbove
            case .halfEven: isAbove || isHalf && lastIsOdd
            }
        var digits = whole + rest
        if goesUp {
            var place = digits.count - 1
            while place >= 0, digits[place] == 9 {
                digits[place] = 0
                place -= 1
            }
            if place >= 0 { digits[place] += 1 } else { digits.insert(1, at: 0) }
        }
        whole = Array(digits.dropLast(fraction))
        let text = String(digits.map { Character(UnicodeScalar($0 + 48)) })
        return fraction == 0 ? text : String(text.prefix(whole.count)) + "." + text.suffix(fraction)
    }

    /// Digits before and after the point, without an exponent.
    private static func plainDigits(_ number: Double) -> (whole: [UInt8], fraction: [UInt8]) {
        let text = "\(number)"
        let parts = text.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var whole = mantissa[0].utf8.map { $0 - 48 }
        var fraction = mantissa.count > 1 ? mantissa[1].utf8.map { $0 - 48 } : []
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        while exponent > 0 {
            whole.append(fraction.isEmpty ? 0 : fraction.removeFirst())
            exponent -= 1
        }
        while exponent < 0 {
            // Before an exponent stands one digit.
            fraction.insert(whole[0], at: 0)
            whole = [0]
            exponent += 1
        }
        while fraction.last == 0 { fraction.removeLast() }
        while whole.count > 1, whole[0] == 0 { whole.removeFirst() }
        return (whole, fraction)
    }
}
