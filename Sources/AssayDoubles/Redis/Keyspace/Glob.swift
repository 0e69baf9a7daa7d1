/// Whether bytes match a pattern with `*`, `?`, `[a-z]`, `[^a]` and `\` before what stands for itself.
///
/// Source: what Redis documents for KEYS.
func globMatches(_ pattern: [UInt8], _ text: [UInt8], ignoringCase: Bool = false) -> Bool {
    pattern.withSlice { pattern in text.withSlice { globMatches(pattern, $0, ignoringCase: ignoringCase) } }
}

func globMatches(_ pattern: ByteSlice, _ text: ByteSlice, ignoringCase: Bool = false) -> Bool {
    var matcher = GlobMatcher(pattern: pattern, text: text, ignoresCase: ignoringCase)
    return matcher.matches(0, 0)
}

private struct GlobMatcher {
    let pattern: ByteSlice
    let text: ByteSlice
    let ignoresCase: Bool
    /// A star that nothing further on can save ends all before it too, so that time is bounded.
    var isHopeless = false

    private func folded(_ byte: UInt8) -> UInt8 { ignoresCase && byte &- 0x41 < 26 ? byte | 0x20 : byte }

    mutating func matches(_ patternStart: Int, _ textStart: Int) -> Bool {
        var (p, t) = (patternStart, textStart)
        while p < pattern.count {
            switch pattern[p] {
            case 0x2A:
                while p + 1 < pattern.count, pattern[p + 1] == 0x2A { p += 1 }
                if p + 1 == pattern.count { return true }
                while t <= text.count {
                    if matches(p + 1, t) { return true }
                    if isHopeless { return false }
                    t += 1
                }
                isHopeless = true
                return false
            case 0x3F:
                guard t < text.count else { return false }
                t += 1
            case 0x5B:
                guard t < text.count, matchesSet(&p, text[t]) else { return false }
                t += 1
            default:
                if pattern[p] == 0x5C, p + 1 < pattern.count { p += 1 }
                guard t < text.count, folded(pattern[p]) == folded(text[t]) else { return false }
                t += 1
            }
            p += 1
        }
        return t == text.count
    }

    /// - Parameter p: at `[`; afterwards at `]`, or at the pattern's last byte.
    private func matchesSet(_ p: inout Int, _ byte: UInt8) -> Bool {
        p += 1
        let isNegated = p < pattern.count && pattern[p] == 0x5E
        if isNegated { p += 1 }
        var isIn = false
        let byte = folded(byte)
        while p < pattern.count, pattern[p] != 0x5D {
            if pattern[p] == 0x5C, p + 1 < pattern.count {
                p += 1
                if folded(pattern[p]) == byte { isIn = true }
            } else if p + 2 < pattern.count, pattern[p + 1] == 0x2D {
                var (low, high) = (folded(pattern[p]), folded(pattern[p + 2]))
                if low > high { swap(&low, &high) }
                p += 2
                if byte >= low, byte <= high { isIn = true }
            } else if folded(pattern[p]) == byte {
                isIn = true
            }
            p += 1
        }
        if p >= pattern.count { p = pattern.count - 1 }
        return isIn != isNegated
    }
}
