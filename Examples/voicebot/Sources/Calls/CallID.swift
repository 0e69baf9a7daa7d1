internal import AssayFormats

/// Names of calls: UUIDs in their usual form.
enum CallID {
    /// Of a UUID's 16 bytes; `nil` for another number of them.
    static func text(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 16 else { return nil }
        let digits = hexadecimal(bytes)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    static func random() -> String {
        var random = SystemRandomNumberGenerator()
        return randomUUID(using: &random)
    }
}
