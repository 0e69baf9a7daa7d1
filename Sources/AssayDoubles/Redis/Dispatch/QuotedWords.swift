extension ByteSlice {
    /// The words of a line as a person types them: between blanks, in double quotes with escapes like `\n` and
    /// `\x41`, in single quotes with `\'`.
    ///
    /// - Returns: `nil` when a quote is not closed, or something follows it at once.
    var quotedWords: [[UInt8]]? {
        var words: [[UInt8]] = []
        var place = 0
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
        while true {
            while place < count, isBlank(self[place]) { place += 1 }
            guard place < count, self[place] != 0 else { return words }
            var word: [UInt8] = []
            while place < count, !isBlank(self[place]), self[place] != 0 {
                let byte = self[place]
                guard byte == 0x22 || byte == 0x27 else {
                    word.append(byte)
                    place += 1
                    continue
                }
                place += 1
                guard readQuoted(byte, &place, &word) else { return nil }
                if place < count, !isBlank(self[place]) { return nil }
            }
            words.append(word)
        }
    }

    private func readQuoted(_ quote: UInt8, _ place: inout Int, _ word: inout [UInt8]) -> Bool {
        while place < count {
            let byte = self[place]
            if byte == quote {
                place += 1
                return true
            }
            guard byte == 0x5C, place + 1 < count else {
                word.append(byte)
                place += 1
                continue
            }
            let next = self[place + 1]
            if quote == 0x27 {
                word.append(next == 0x27 ? next : byte)
                place += next == 0x27 ? 2 : 1
            } else if next == 0x78, place + 3 < count, let high = hexDigit(self[place + 2]),
                let low = hexDigit(self[place + 3])
            {
                word.append(high << 4 | low)
                place += 4
            } else {
                word.append(Self.escapes[next] ?? next)
                place += 2
            }
        }
        return false
    }

    private static let escapes: [UInt8: UInt8] = [0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x62: 0x08, 0x61: 0x07]
}

func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}
