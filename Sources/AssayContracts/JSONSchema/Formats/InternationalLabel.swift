/// Labels of host names as IDNA 2008 has them (RFC 5890 to 5893).
///
/// What a scalar may be is derived from the properties that Swift's library knows (RFC 5892 §3). Scripts, joining
/// types and directions are not among those and stand here as ranges.
enum InternationalLabel {
    /// Whether a label begins as the encoded form of another does.
    static func isEncoded(_ label: [Unicode.Scalar]) -> Bool {
        label.count >= 4 && label.prefix(4).map { $0.properties.lowercaseMapping } == ["x", "n", "-", "-"]
    }

    /// Whether a label of ASCII that ``isEncoded(_:)`` stands for one that holds.
    static func holds(encoded label: [Unicode.Scalar]) -> Bool { decoded(label) != nil }

    /// What an encoded label stands for; `nil` when that is no label, or would be encoded in another way.
    private static func decoded(_ label: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        let bytes = label.dropFirst(4).map { byte in
            UInt8(ascii: byte) | ((65...90).contains(byte.value) ? 0x20 : 0)
        }
        guard let scalars = Punycode.decoded(bytes), !scalars.allSatisfy(\.isASCII), holds(scalars),
            Punycode.encoded(scalars) == bytes
        else { return nil }
        return scalars
    }

    /// The length of a label as it is sent; `nil` when it is no label.
    static func encodedLength(of label: [Unicode.Scalar]) -> Int? {
        if label.allSatisfy(\.isASCII) {
            let isName = HostName.isHostName(label.map { UInt8($0.value) }[...])
            return isName && !label.contains(".") ? label.count : nil
        }
        guard holds(label) else { return nil }
        let length = 4 + Punycode.encoded(label).count
        return length <= 63 ? length : nil
    }

    /// RFC 5891 §4.2.3.
    private static func holds(_ label: [Unicode.Scalar]) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= 63, first != "-", last != "-",
            !(label.count >= 4 && label[2] == "-" && label[3] == "-")
        else { return false }
        switch first.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: break
        }
        return label.indices.allSatisfy { holds(label, at: $0) } && keepsBidiRule(label)
    }

    // MARK: Scalars

    private static func holds(_ label: [Unicode.Scalar], at place: Int) -> Bool {
        let scalar = label[place]
        switch scalar.value {
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9, 0x200C, 0x200D:
            return holdsInContext(label, at: place)
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        // Old Hangul, and marks that only symbols carry.
        case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7FB, 0x20D0...0x20FF, 0x1D100...0x1D24F:
            return false
        default: break
        }
        let properties = scalar.properties
        if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint
            || properties.isWhitespace || properties.isNoncharacterCodePoint
        {
            return false
        }
        switch properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .otherLetter, .modifierLetter, .decimalNumber,
            .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }

    /// The rules of RFC 5892 appendix A.
    private static func holdsInContext(_ label: [Unicode.Scalar], at place: Int) -> Bool {
        let before = place > 0 ? label[place - 1] : nil
        let after = place + 1 < label.count ? label[place + 1] : nil
        switch label[place].value {
        case 0xB7: return before == "l" && after == "l"
        case 0x375:
            guard let after else { return false }
            return (0x370...0x3FF).contains(after.value) || (0x1F00...0x1FFF).contains(after.value)
        case 0x5F3, 0x5F4:
            guard let before else { return false }
            return (0x590...0x5FF).contains(before.value) || (0xFB1D...0xFB4F).contains(before.value)
        case 0x30FB: return label.contains(where: isJapanese)
        case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
        case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
        default:
            guard let before else { return false }
            if before.properties.canonicalCombiningClass == .virama { return true }
            return label[place].value == 0x200C && joins(label, at: place)
        }
    }

    private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF,
            0x2E80...0x2FD5, 0x3005, 0x3007, 0x3021...0x3029, 0x3038...0x303A, 0x3400...0x4DBF,
            0x4E00...0x9FFF, 0xF900...0xFAD9, 0x20000...0x323AF:
            true
        default: false
        }
    }

    // MARK: Joining

    /// Whether letters on both sides would join if nothing stood between them.
    private static func joins(_ label: [Unicode.Scalar], at place: Int) -> Bool {
        func isTransparent(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: true
            default: false
            }
        }
        let before = label[..<place].last { !isTransparent($0) }
        let after = label[(place + 1)...].first { !isTransparent($0) }
        guard let before, let after else { return false }
        return isCursive(before) && !joinsOnlyBefore(before) && isCursive(after)
    }

    private static func isCursive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x621, 0x674: return false
        case 0x620...0x6FF, 0x710...0x77F, 0x7CA...0x7EA, 0x8A0...0x8C9, 0x1820...0x18AA, 0xA840...0xA871:
            switch scalar.properties.generalCategory {
            case .otherLetter, .modifierLetter: return true
            default: return false
            }
        default: return false
        }
    }

    /// Letters that join with what stands before them alone (joining type R).
    private static func joinsOnlyBefore(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677, 0x688...0x699,
            0x6C0, 0x6C3...0x6CB, 0x6CD, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6EE, 0x6EF, 0x710, 0x715...0x719,
            0x71E, 0x728, 0x72A, 0x72C, 0x72F, 0x74D, 0x759...0x75B, 0x76B, 0x76C, 0x771, 0x773, 0x774,
            0x778, 0x779:
            true
        default: false
        }
    }

    // MARK: Direction

    private enum Direction { case left, right, arabicNumber, europeanNumber, mark, neutral }

    private static func direction(of scalar: Unicode.Scalar) -> Direction {
        switch scalar.value {
        case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
        case 0x600...0x605, 0x660...0x669, 0x66B, 0x66C, 0x6DD, 0x8E2, 0x10E60...0x10E7E: return .arabicNumber
        case 0x2D, 0x200C, 0x200D: return .neutral
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        default: break
        }
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
            return .right
        default: return .left
        }
    }

    /// RFC 5893 §2, for one label by itself.
    private static func keepsBidiRule(_ label: [Unicode.Scalar]) -> Bool {
        let directions = label.map(direction)
        guard directions.contains(where: { $0 == .right || $0 == .arabicNumber }) else { return true }
        return keepsBidiRule(directions)
    }

    private static func keepsBidiRule(_ directions: [Direction]) -> Bool {
        guard let first = directions.first, let last = directions.last(where: { $0 != .mark }) else {
            return false
        }
        switch first {
        case .right:
            if directions.contains(.left) { return false }
            if directions.contains(.europeanNumber), directions.contains(.arabicNumber) { return false }
            return last == .right || last == .europeanNumber || last == .arabicNumber
        case .left:
            if directions.contains(.right) || directions.contains(.arabicNumber) { return false }
            return last == .left || last == .europeanNumber
        default: return false
        }
    }

    /// RFC 5893 §2: where one label of a name runs from right to left, the rule holds for all of them.
    static func keepBidiRule(_ labels: [[Unicode.Scalar]]) -> Bool {
        let directions = labels.map { (isEncoded($0) ? decoded($0) ?? [] : $0).map(direction) }
        let isBidi = directions.joined().contains { $0 == .right || $0 == .arabicNumber }
        return !isBidi || directions.allSatisfy(keepsBidiRule)
    }
}
