import AssayCore
import Testing

@testable import AssayWire

/// Messages made and damaged at random, from a fixed seed.
@Suite("HTTP/1.1 at random")
struct HTTP1PropertyTests {
    @Test("a random response comes out as it was made, however it is cut", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let body = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let status = [200, 201, 404, 500].randomElement(using: &random) ?? 200
            var message = Array("HTTP/1.1 \(status) Some Reason\r\n".utf8)
            for _ in 0..<Int.random(in: 0...8, using: &random) { message += Self.header(using: &random) }
            let isChunked = Bool.random(using: &random)
            if isChunked {
                message += Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
                var rest = body[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...200, using: &random))
                    message += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [0x0D, 0x0A]
                    rest = rest.dropFirst(piece.count)
                }
                message += Array("0\r\n\r\n".utf8)
            } else {
                message += Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
            }
            let whole = readResponse(message)
            #expect(whole.error == nil)
            #expect(whole.status == status)
            #expect(whole.body == body)
            #expect(whole.consumed == message.count)
            #expect(readResponse(message, cuts: Self.cuts(of: message, using: &random)) == whole)
            Self.damage(&message, using: &random)
            #expect(
                readResponse(message, cuts: Self.cuts(of: message, using: &random)) == readResponse(message),
                "\(String(decoding: message, as: UTF8.self).debugDescription)")
        }
    }

    @Test("the quick way to read a header line and the careful one agree", arguments: 0..<20 as Range<UInt64>)
    func linesAgree(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limits = HTTP1Limits(lineBytes: 60)
        for _ in 0..<500 {
            var line = Self.header(using: &random)
            if Bool.random(using: &random) { Self.damage(&line, using: &random) }
            let text = "\(String(decoding: line, as: UTF8.self).debugDescription)"
            var (quick, careful) = (FieldScanner(), FieldScanner())
            let next = unsafe line.withUnsafeBytes {
                unsafe quick.readPlainLine($0, at: 0, offset: 7, limits: limits)
            }
            guard let next else {
                #expect(quick == FieldScanner(), "nothing may have changed: \(text)")
                continue
            }
            #expect(next <= line.count)
            #expect(Array(line[next - 2..<next]) == [0x0D, 0x0A], "\(text)")
            let failure = unsafe line.withUnsafeBytes {
                unsafe careful.readLine($0, 0..<next - 2, offset: 7, limits: limits)
            }
            #expect(failure == nil, "\(text)")
            #expect(quick == careful, "\(text)")
        }
    }

    @Test("eight bytes at a time find what one at a time finds", arguments: 0..<20 as Range<UInt64>)
    func scansAgree(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Array("abcXYZ-z".utf8).randomElement(using: &random) ?? 0
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            let start = Int.random(in: 0...bytes.count, using: &random)
            let rest = bytes[start...]
            let (text, token, feed) = unsafe bytes.withUnsafeBytes {
                unsafe (
                    endOfPlainText($0, from: start), endOfToken($0, from: start), lineFeed($0, from: start)
                )
            }
            #expect(text == rest.firstIndex { !(0x20...0x7E).contains($0) } ?? bytes.count)
            #expect(token == rest.firstIndex { !Self.tokens.contains($0) } ?? bytes.count)
            #expect(feed == rest.firstIndex(of: 0x0A))
        }
    }

    private static let tokens = Set(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    private static func header(using random: inout SeededRandom) -> [UInt8] {
        let names = [
            "Server", "Date", "Connection", "X-Request-ID", "ETag", "content-encoding", "Set-Cookie", "Host",
            "A",
        ]
        let values = [
            "keep-alive", "nginx/1.22.1", "", "a, b,c", "\"quoted\"", "é", "x\ty",
            "Sat, 21 Nov 2026 07:19:12 GMT",
        ]
        let name = names.randomElement(using: &random) ?? "",
            value = values.randomElement(using: &random) ?? ""
        return Array("\(name):\(Bool.random(using: &random) ? " " : "")\(value)\r\n".utf8)
    }

    private static func damage(_ bytes: inout [UInt8], using random: inout SeededRandom) {
        let odd: [UInt8] = [0, 0x09, 0x0A, 0x0D, 0x20, 0x2C, 0x3A, 0x3B, 0x7F, 0x80, 0x30, 0x61]
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let byte = odd.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            default: bytes.remove(at: place)
            }
        }
    }

    private static func cuts(of bytes: [UInt8], using random: inout SeededRandom) -> [Int] {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
            Int.random(in: 0...bytes.count, using: &random)
        }.sorted()
    }
}
