/// The question of a DNS message, with what an answer must repeat of it. Source: RFC 1035 §4.1.
struct NameQuestion: Equatable {
    enum Kind: Equatable {
        /// A
        case ipv4
        /// AAAA
        case ipv6
        case other(UInt16)
    }

    /// Lower case, without the last dot.
    var name: String
    var kind: Kind
    private let head: [UInt8]
    private let question: [UInt8]

    /// - Returns: `nil` for anything but a query with one question.
    init?(_ message: some Collection<UInt8>) {
        let bytes = Array(message.prefix(512))
        guard bytes.count > 12, bytes[2] & 0xF8 == 0, bytes[4] == 0, bytes[5] == 1 else { return nil }
        var place = 12
        var labels: [String] = []
        while place < bytes.count, bytes[place] != 0 {
            let length = Int(bytes[place])
            // A pointer has nothing to point at in a question.
            guard length < 64, place + 1 + length < bytes.count else { return nil }
            let label = bytes[(place + 1)..<(place + 1 + length)]
            labels.append(
                String(
                    decoding: label.map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }, as: UTF8.self))
            place += 1 + length
        }
        guard place + 5 <= bytes.count, place - 12 <= 255 else { return nil }
        name = labels.joined(separator: ".").lowercased()
        switch UInt16(bytes[place + 1]) << 8 | UInt16(bytes[place + 2]) {
        case 1: kind = .ipv4
        case 28: kind = .ipv6
        case let number: kind = .other(number)
        }
        head = Array(bytes[0..<12])
        question = Array(bytes[12..<(place + 5)])
    }

    /// The answer with one address, which lasts for this moment only.
    func answer(address: [UInt8]) -> [UInt8] {
        let type: UInt8 = address.count == 4 ? 1 : 28
        return message(status: 0, answers: 1) + question
            + [0xC0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, UInt8(address.count)] + address
    }

    /// The name is there and has nothing of this kind.
    var emptyAnswer: [UInt8] { message(status: 0, answers: 0) + question }

    /// NXDOMAIN: there is no such name.
    var denial: [UInt8] { message(status: 3, answers: 0) + question }

    /// Addresses in a reply to this question, whatever names led to them.
    func addresses(inReply message: [UInt8]) -> [[UInt8]] {
        var place = 12 + question.count
        guard message.count >= place, message[2] & 0x80 != 0, message[0...1] == head[0...1] else { return [] }
        var found: [[UInt8]] = []
        for _ in 0..<(Int(message[6]) << 8 | Int(message[7])) {
            while place < message.count, message[place] != 0, message[place] < 0xC0 {
                place += 1 + Int(message[place])
            }
            // The end of the name, one byte or a pointer of two; type, class, time to live, length.
            guard place < message.count else { break }
            place += message[place] == 0 ? 1 : 2
            guard place + 10 <= message.count else { break }
            let type = Int(message[place]) << 8 | Int(message[place + 1])
            let length = Int(message[place + 8]) << 8 | Int(message[place + 9])
            place += 10
            guard place + length <= message.count else { break }
            if type == 1 && length == 4 || type == 28 && length == 16 {
                found.append(Array(message[place..<(place + length)]))
            }
            place += length
        }
        return found
    }

    private func message(status: UInt8, answers: UInt8) -> [UInt8] {
        // The same id; a response, recursion as desired, and available.
        [head[0], head[1], 0x80 | head[2] & 0x01, 0x80 | status, 0, 1, 0, answers, 0, 0, 0, 0]
    }
}

/// Addresses that stand for names, so that a later connection tells which name it meant.
///
/// From 198.18.0.0/15, which is for measuring only (RFC 2544): no such address is reachable, and none is let through.
struct StandInNames {
    private var addresses: [String: [UInt8]] = [:]
    private var names: [[UInt8]: String] = [:]
    static let capacity = 60_000

    /// - Returns: `nil` when there are too many names.
    mutating func address(for name: String) -> [UInt8]? {
        if let known = addresses[name] { return known }
        let number = addresses.count + 1
        guard number <= Self.capacity else { return nil }
        let address: [UInt8] = [198, 18, UInt8(number >> 8), UInt8(number & 0xFF)]
        addresses[name] = address
        names[address] = name
        return address
    }

    func name(of address: [UInt8]) -> String? { names[address] }

    /// Notes which name a real address was found by.
    mutating func learn(_ address: [UInt8], for name: String) {
        if names.count < Self.capacity { names[address] = name }
    }

    /// Names that mean this machine or only ask for an address's name: answered without being an attempt.
    static func isHarmless(_ name: String, host: String) -> Bool {
        let host = host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost") || name == host
            || (!host.isEmpty && name.hasPrefix(host + ".")) || name.hasSuffix(".in-addr.arpa")
            || name.hasSuffix(".ip6.arpa") || name.isEmpty
    }
}
