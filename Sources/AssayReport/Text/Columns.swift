import AssayCore

/// Widths of text in a terminal.
enum Columns {
    /// Columns that a text takes: wide East Asian characters and emoji take two, combining marks none.
    static func width(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x300...0x36F: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return character.unicodeScalars.contains("\u{FE0F}") ? 2 : 1
        }
    }

    /// The text within `columns`; what does not fit ends in `…`.
    static func fit(_ text: String, _ columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var (out, used) = ("", 0)
        for character in text {
            let size = width(of: character)
            if used + size > columns - 1 { break }
            out.append(character)
            used += size
        }
        return out + "…"
    }

    /// As ``fit(_:_:)`` for a text that already carries colours, which take no columns.
    static func fitPainted(_ text: String, _ columns: Int) -> String {
        func visible(_ limit: Int) -> (text: String, isWhole: Bool) {
            var (out, used, isEscape) = ("", 0, false)
            for character in text {
                if isEscape || character == "\u{1B}" {
                    isEscape = character != "m"
                } else {
                    used += width(of: character)
                    if used > limit { return (out, false) }
                }
                out.append(character)
            }
            return (out, true)
        }
        if visible(columns).isWhole { return text }
        let cut = visible(columns - 1).text + "…"
        return text.contains("\u{1B}") ? cut + "\u{1B}[0m" : cut
    }

    static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    static func right(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - width(text))) + text
    }

    /// Words broken into lines of at most `columns`; a longer word stays whole on its own line.
    static func wrap(_ parts: [String], separator: String, _ columns: Int) -> [String] {
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, width(last) + width(separator) + width(part) <= columns {
                lines[lines.count - 1] = last + separator + part
            } else {
                lines.append(part)
            }
        }
        return lines
    }
}

/// Eight heights of a bar, for lines of text.
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// - Parameter count: how many characters at most; values are averaged to fit.
    static func text(_ values: [Double], _ count: Int) -> String {
        guard !values.isEmpty, count > 0 else { return "" }
        let size = min(count, values.count)
        let means = (0..<size).map { place -> Double in
            let (from, to) = (place * values.count / size, (place + 1) * values.count / size)
            return values[from..<to].reduce(0, +) / Double(to - from)
        }
        let top = means.max() ?? 0
        return String(means.map { top > 0 ? bars[min(7, max(0, Int($0 / top * 7.99)))] : bars[0] })
    }
}

/// `0:47`, `1:02:03`: a place in a run.
func clockText(nanoseconds: Int64) -> String {
    let seconds = Int(max(0, nanoseconds) / 1_000_000_000)
    let tail = seconds % 60 < 10 ? "0\(seconds % 60)" : "\(seconds % 60)"
    guard seconds >= 3600 else { return "\(seconds / 60):\(tail)" }
    let minutes = seconds / 60 % 60
    return "\(seconds / 3600):\(minutes < 10 ? "0" : "")\(minutes):\(tail)"
}

/// Wall clock of a label, UTC: `2026-11-21 10:15:00 UTC`. Days from civil after Howard Hinnant's algorithm.
func dateText(milliseconds: Int64) -> String {
    let seconds = milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    let (days, rest) = (
        (seconds >= 0 ? seconds : seconds - 86_399) / 86_400, ((seconds % 86_400) + 86_400) % 86_400
    )
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year + era * 400 + (month <= 2 ? 1 : 0))-\(two(month))-\(two(day))"
        + " \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) UTC"
}

/// A fraction as a percentage for people: `0.02 %`.
func percentText(_ fraction: Double) -> String { significant(fraction * 100) + " %" }

/// A seed as it is printed and given to `--seed`.
func seedText(_ seed: UInt64) -> String { String(seed, radix: 16, uppercase: true) }
