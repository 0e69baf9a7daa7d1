/// One challenge of a `WWW-Authenticate` header (RFC 9110 §11.6.1): `Digest realm="a", nonce="b"`.
public struct AuthChallenge: Sendable, Equatable {
    /// Lower case.
    public var scheme: String
    private var parameters: [String: String] = [:]

    /// The value of a parameter, without its quotes; names in lower case.
    public subscript(name: String) -> String? { parameters[name] }

    /// All challenges of a header, in order; what cannot be read ends the list.
    public static func all(in header: String) -> [AuthChallenge] {
        var reader = ChallengeReader(Array(header.utf8))
        var challenges: [AuthChallenge] = []
        while let word = reader.word() {
            if reader.skip(UInt8(ascii: "=")) {
                guard !challenges.isEmpty, let value = reader.value() else { break }
                challenges[challenges.count - 1].parameters[word.lowercased()] = value
            } else {
                challenges.append(AuthChallenge(scheme: word.lowercased()))
                reader.skipToken68()
            }
        }
        return challenges
    }
}

private struct ChallengeReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func skipBlanks(orCommas: Bool = false) {
        while place < bytes.count, isBlank(bytes[place]) || orCommas && bytes[place] == UInt8(ascii: ",") {
            place += 1
        }
    }

    mutating func word() -> String? {
        skipBlanks(orCommas: true)
        let start = place
        while place < bytes.count, isTokenByte(bytes[place]) { place += 1 }
        return place > start ? String(decoding: bytes[start..<place], as: UTF8.self) : nil
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        let before = place
        skipBlanks()
        guard place < bytes.count, bytes[place] == byte else {
            place = before
            return false
        }
        place += 1
        return true
    }

    /// A token, or a text in quotes.
    mutating func value() -> String? {
        skipBlanks()
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
            let start = place
            while place < bytes.count, isTokenByte(bytes[place]) { place += 1 }
            return place > start ? String(decoding: bytes[start..<place], as: UTF8.self) : nil
        }
        place += 1
        var text: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count { place += 1 }
            text.append(bytes[place])
            place += 1
        }
        guard place < bytes.count else { return nil }
        place += 1
        return String(decoding: text, as: UTF8.self)
    }

    /// `Negotiate YII…==`: no parameters, but one run of characters up to the next comma.
    mutating func skipToken68() {
        let before = place
        skipBlanks()
        let start = place
        while place < bytes.count, isTokenByte(bytes[place]) || bytes[place] == UInt8(ascii: "/") {
            place += 1
        }
        let end = place
        while place < bytes.count, bytes[place] == UInt8(ascii: "=") { place += 1 }
        let equals = place - end
        skipBlanks()
        let isWhole = place == bytes.count || bytes[place] == UInt8(ascii: ",")
        // `realm="a"` goes on behind its sign; `nonce=,` cannot be told from padding and is none.
        if end == start || !isWhole || equals > 2 { place = before }
    }
}
