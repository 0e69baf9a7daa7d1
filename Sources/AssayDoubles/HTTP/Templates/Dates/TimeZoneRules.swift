internal import AssayFormats
internal import AssayNet

/// A time zone: a fixed distance from UTC, or the rules of a place.
struct TimeZoneRules: Sendable, Equatable {
    /// As it was asked for, like `Australia/Sydney` or `+02:00`.
    let name: String
    /// When each offset begins, seconds since 1970 UTC, ascending.
    private let changes: [(at: Int64, offset: Int, label: String)]
    /// Before the first change.
    private let first: (offset: Int, label: String)

    static let utc = TimeZoneRules(name: "Z", fixed: 0)

    private init(name: String, fixed offset: Int) {
        self.init(name: name, changes: [], first: (offset, name))
    }

    private init(
        name: String, changes: [(at: Int64, offset: Int, label: String)], first: (offset: Int, label: String)
    ) {
        self.name = name
        self.changes = changes
        self.first = first
    }

    static func == (left: TimeZoneRules, right: TimeZoneRules) -> Bool { left.name == right.name }

    /// - Parameters:
    ///   - name: `UTC`, `GMT`, `Z`, `+02:00`, `GMT+2`, or a name of the system's time zone files.
    ///   - read: gives the file of a place, by its name; `nil` when there is none.
    init?(_ name: String, read: (String) -> [UInt8]? = TimeZoneRules.systemFile) {
        if ["UTC", "GMT", "Z", "UT"].contains(name.uppercased()) {
            self.init(name: name, fixed: 0)
            return
        }
        var offset = name[...]
        for prefix in ["UTC", "GMT", "UT"] where offset.hasPrefix(prefix) {
            offset = offset.dropFirst(prefix.count)
            break
        }
        if let seconds = Self.fixedOffset(offset) {
            self.init(name: name, fixed: seconds)
            return
        }
        guard let bytes = read(name), let parsed = Self.parse(bytes) else { return nil }
        self.init(name: name, changes: parsed.changes, first: parsed.first)
    }

    /// Seconds east of UTC at a moment.
    func offset(at milliseconds: Int64) -> Int { rule(at: milliseconds).offset }

    /// `AEST`, or the zone's name when it has no short one.
    func abbreviation(at milliseconds: Int64) -> String { rule(at: milliseconds).label }

    func civil(_ milliseconds: Int64) -> CivilTime {
        CivilTime(milliseconds: milliseconds + Int64(offset(at: milliseconds)) * 1000)
    }

    /// The moment at which this zone's clocks show a time; the earlier one when they show it twice.
    func moment(_ time: CivilTime) -> Int64 {
        let local = time.milliseconds
        let guess = local - Int64(offset(at: local)) * 1000
        let earlier = local - Int64(offset(at: guess - 3_600_000)) * 1000
        if civil(earlier) == time { return earlier }
        return local - Int64(offset(at: guess)) * 1000
    }

    private func rule(at milliseconds: Int64) -> (offset: Int, label: String) {
        let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : (changes[low - 1].offset, changes[low - 1].label)
    }

    /// `+02:00`, `-0530`, `+2`.
    static func fixedOffset(_ text: Substring) -> Int? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard (1...4).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        let number = Int(digits) ?? 0
        let (hours, minutes) = digits.count <= 2 ? (number, 0) : (number / 100, number % 100)
        guard hours <= 18, minutes < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// A file of the system's zones; names that lead out of their folder have none.
    static func systemFile(_ name: String) -> [UInt8]? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x5F: true
                    default: false
                    }
                }
        }
        guard isName else { return nil }
        return try? Files.read("/usr/share/zoneinfo/" + name, limitBytes: 1 << 20)
    }

    /// Reads the 64-bit part of a zone file. Source: RFC 8536. After the last change of its table (2037) the offset
    /// stays; the footer's rule is not read.
    private static func parse(
        _ bytes: [UInt8]
    ) -> (changes: [(at: Int64, offset: Int, label: String)], first: (offset: Int, label: String))? {
        guard bytes.starts(with: Array("TZif".utf8)), bytes.count > 44, bytes[4] >= 0x32 else { return nil }
        func number(_ place: Int, _ width: Int) -> Int64? {
            guard place >= 0, place + width <= bytes.count else { return nil }
            var value: Int64 = bytes[place] & 0x80 != 0 ? -1 : 0
            for byte in bytes[place..<place + width] { value = value << 8 | Int64(byte) }
            return value
        }
        func counts(_ place: Int) -> [Int] {
            (0..<6).map { Int(number(place + 20 + 4 * $0, 4) ?? 0) }
        }
        // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt
        let old = counts(0)
        guard old.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        let head = 44 + old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]
        guard head + 44 <= bytes.count else { return nil }
        let sizes = counts(head)
        let (times, types, letters) = (sizes[3], sizes[4], sizes[5])
        guard sizes.allSatisfy({ (0...100_000).contains($0) }), types > 0 else { return nil }
        let timesAt = head + 44
        let typesAt = timesAt + times * 9
        let lettersAt = typesAt + types * 6
        guard lettersAt + letters <= bytes.count else { return nil }
        let kinds: [(offset: Int, label: String)] = (0..<types).map { index in
            let place = typesAt + 6 * index
            let label = bytes[(lettersAt + min(Int(bytes[place + 5]), letters))..<(lettersAt + letters)]
                .prefix { $0 != 0 }
            return (Int(number(place, 4) ?? 0), String(decoding: label, as: UTF8.self))
        }
        let changes = (0..<times).compactMap { index -> (at: Int64, offset: Int, label: String)? in
            let kind = Int(bytes[timesAt + times * 8 + index])
            guard kinds.indices.contains(kind), let at = number(timesAt + 8 * index, 8) else { return nil }
            return (at, kinds[kind].offset, kinds[kind].label)
        }
        return (changes, kinds[0])
    }
}
