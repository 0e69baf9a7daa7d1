extension Threshold.Measure {
    /// Reads a limit in this measure; `nil` when it is none.
    func limit(_ text: String) -> Double? {
        let bare = Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        switch self {
        case .time: return Duration(unitText: text).map { Double($0.nanoseconds) }
        case .fraction:
            if text.hasSuffix("%") {
                return Double(text.dropLast()).flatMap { $0 >= 0 && $0 <= 100 ? $0 / 100 : nil }
            }
            return bare.flatMap { $0 <= 1 ? $0 : nil }
        case .perSecond: return Rate(unitText: text)?.perSecond
        case .bytesPerSecond:
            guard text.hasSuffix("/s") else { return nil }
            return ByteCount(unitText: String(text.dropLast(2))).map { Double($0.bytes) }
        case .bytes: return ByteCount(unitText: text).map { Double($0.bytes) }
        case .count: return bare
        }
    }

    var example: String {
        switch self {
        case .time: "a time like 500ms"
        case .fraction: "a part like 10% or 0.1"
        case .perSecond: "a rate like 100/s"
        case .bytesPerSecond: "a rate like 10MB/s"
        case .bytes: "a size like 64KiB"
        case .count: "a number like 200"
        }
    }

    /// What a bare number was probably meant as.
    func suggestion(_ number: String) -> String? {
        switch self {
        case .time: number.hasPrefix("-") ? nil : "\(number)ms"
        case .fraction: Double(number).map { $0 > 1 && $0 <= 100 } == true ? "\(number)%" : nil
        case .perSecond: number.hasPrefix("-") ? nil : "\(number)/s"
        case .bytesPerSecond: number.hasPrefix("-") ? nil : "\(number)B/s"
        case .bytes, .count: nil
        }
    }
}
