/// Colours and places of text in k6's summaries.
struct K6Paint {
    var isOn: Bool

    enum Colour: String {
        case white = "37"
        case red = "31"
        case green = "32"
        case cyan = "36"
    }

    func paint(_ text: String, _ colour: Colour, faint: Bool = false) -> String {
        isOn ? "\u{1B}[\(faint ? "2;" : "")\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    func faint(_ text: String) -> String { isOn ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
    func bold(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// How many characters a text without colours takes.
    static func width(_ text: String) -> Int { text.unicodeScalars.count }

    static func dots(_ count: Int) -> String { String(repeating: ".", count: max(0, count)) }
    static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
