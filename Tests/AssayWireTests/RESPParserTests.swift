import AssayWire
import Testing

/// Reads values from a text cut at the places given, and says what came.
func readRESP(
    _ bytes: [UInt8], cutAt cuts: [Int] = [], limits: RESPLimits = RESPLimits()
) -> (values: [RESPValue], error: RESPError?) {
    var parser = RESPParser()
    var values: [RESPValue] = []
    var start = 0
    for stop in cuts + [bytes.count] {
        while start < stop {
            let (event, consumed) = unsafe parser.next(
                bytes.span.bytes.extracting(start..<stop), limits: limits)
            start += consumed
            switch event {
            case .needMore: break
            case .value(let value): values.append(value)
            case .failed(let error): return (values, error)
            }
        }
    }
    return (values, parser.end())
}

@Suite("RESP, read")
struct RESPParserTests {
    struct Example: CustomTestStringConvertible {
        var text: String
        var value: RESPValue
        init(_ text: String, _ value: RESPValue) {
            self.text = text
            self.value = value
        }
        var testDescription: String { text.debugDescription }
    }

    static let examples: [Example] = [
        Example("+OK\r\n", .ok),
        Example("+\r\n", .simple([])),
        Example("-ERR unknown command\r\n", .failure("ERR unknown command")),
        Example(":0\r\n", .integer(0)), Example(":+7\r\n", .integer(7)), Example(":-12\r\n", .integer(-12)),
        Example(":9223372036854775807\r\n", .integer(.max)),
        Example(":-9223372036854775808\r\n", .integer(.min)),
        Example("$5\r\nhello\r\n", .text("hello")), Example("$0\r\n\r\n", .text("")),
        Example("$4\r\n\r\n\r\n\r\n", .text("\r\n\r\n")),
        Example("$-1\r\n", .null), Example("*-1\r\n", .nullArray), Example("_\r\n", .null),
        Example("*0\r\n", .array([])),
        Example("*3\r\n:1\r\n$1\r\na\r\n_\r\n", .array([.integer(1), .text("a"), .null])),
        Example("#t\r\n", .boolean(true)), Example("#f\r\n", .boolean(false)),
        Example(",1.25\r\n", .double(1.25)), Example(",10\r\n", .double(10)),
        Example(",-1e3\r\n", .double(-1000)),
        Example(",inf\r\n", .double(.infinity)), Example(",-inf\r\n", .double(-.infinity)),
        Example(
            "(3492890328409238509324850943850943825024385\r\n",
            .bigNumber("3492890328409238509324850943850943825024385")),
        Example("(-1\r\n", .bigNumber("-1")),
        Example("!8\r\nERR a\r\nb\r\n", .bulkError(Array("ERR a\r\nb".utf8))),
        Example("=8\r\nmkd:text\r\n", .verbatim(format: "mkd", Array("text".utf8))),
        Example("=4\r\ntxt:\r\n", .verbatim(format: "txt", [])),
        Example(
            "%2\r\n+a\r\n:1\r\n:2\r\n*1\r\n_\r\n",
            .map([RESPPair(.simple([97]), .integer(1)), RESPPair(.integer(2), .array([.null]))])),
        Example("%0\r\n", .map([])), Example("~2\r\n:1\r\n:1\r\n", .set([.integer(1), .integer(1)])),
        Example(">2\r\n+pubsub\r\n+x\r\n", .push([.simple(Array("pubsub".utf8)), .simple([120])])),
        Example(
            "|1\r\n+ttl\r\n:5\r\n+OK\r\n",
            .attributed([RESPPair(.simple(Array("ttl".utf8)), .integer(5))], .ok)),
        Example("*2\r\n|0\r\n:1\r\n:2\r\n", .array([.attributed([], .integer(1)), .integer(2)])),
        Example("|0\r\n|0\r\n_\r\n", .attributed([], .attributed([], .null))),
        Example("*1\r\n>1\r\n+x\r\n", .array([.push([.simple([120])])])),
        Example(
            "*2\r\n*2\r\n:1\r\n*0\r\n%1\r\n~0\r\n#t\r\n",
            .array([.array([.integer(1), .array([])]), .map([RESPPair(.set([]), .boolean(true))])])),
    ]

    @Test("every type is read, however the bytes are cut", arguments: examples)
    func types(_ example: Example) {
        let bytes = Array(example.text.utf8)
        #expect(readRESP(bytes) == ([example.value], nil))
        for cut in 0...bytes.count {
            #expect(readRESP(bytes, cutAt: [cut]) == ([example.value], nil), "cut at \(cut)")
        }
        #expect(readRESP(bytes, cutAt: Array(0...bytes.count)) == ([example.value], nil))
        for end in 1..<bytes.count {
            let (values, error) = readRESP(Array(bytes[..<end]))
            #expect(values.isEmpty && error == RESPError(.endedEarly, at: end))
        }
    }

    @Test("values one after another are told apart at every cut")
    func several() {
        let bytes = Self.examples.flatMap { Array($0.text.utf8) }
        let values = Self.examples.map(\.value)
        for cut in 0...bytes.count { #expect(readRESP(bytes, cutAt: [cut]) == (values, nil)) }
        for size in [1, 3, 10] {
            #expect(
                readRESP(bytes, cutAt: Array(stride(from: 0, to: bytes.count, by: size))) == (values, nil))
        }
    }

    @Test("limits are of one value, not of all that a connection brings")
    func limitsStartAnew() {
        let bytes = Array(
            String(repeating: "*5\r\n:1\r\n:1\r\n:1\r\n:1\r\n$9\r\n123456789\r\n", count: 20).utf8)
        #expect(readRESP(bytes, limits: Self.tight).values.count == 20)
    }

    @Test("nan is read, with C's sign too", arguments: [",nan\r\n", ",-nan\r\n"])
    func notANumber(_ text: String) {
        guard case .double(let value)? = readRESP(Array(text.utf8)).values.first else {
            Issue.record("no double")
            return
        }
        #expect(value.isNaN)
    }

    @Test("the length of a value is known when it has ended")
    func lengths() {
        var parser = RESPParser()
        let bytes = Array("*2\r\n$2\r\nab\r\n:1\r\n+x\r\n".utf8)
        let (event, consumed) = unsafe parser.next(bytes.span.bytes, limits: RESPLimits())
        #expect(event == .value(.array([.text("ab"), .integer(1)])) && consumed == 16)
        #expect(parser.valueLength == 16)
    }

    struct Refusal: CustomTestStringConvertible {
        var text: String
        var said: String
        init(_ text: String, _ said: String) {
            self.text = text
            self.said = said
        }
        var testDescription: String { text.prefix(40).debugDescription }
    }

    static let tight = RESPLimits(lineBytes: 30, valueBytes: 100, elements: 8, depth: 3)

    static let refusals: [Refusal] = [
        Refusal("HTTP/1.1 400\r\n", "expected the type of a value, like '+' or '$', got 'H' at byte 0"),
        Refusal("\r\n", "expected the type of a value, like '+' or '$', got the end of the line at byte 0"),
        Refusal("*1\r\nx", "expected the type of a value, like '+' or '$', got 'x' at byte 4"),
        Refusal("+OK\n", "expected a line that ends with CR LF, got the end of the line at byte 3"),
        Refusal("+a\rb\r\n", "expected a line that ends with CR LF, got the end of the line at byte 2"),
        Refusal(":\r\n", "expected a whole number of 64 bits, got the end of the line at byte 1"),
        Refusal(":1x\r\n", "expected a whole number of 64 bits, got 'x' at byte 2"),
        Refusal(":-\r\n", "expected a whole number of 64 bits, got the end of the line at byte 2"),
        Refusal(":9223372036854775808\r\n", "expected a whole number of 64 bits, got '8' at byte 19"),
        Refusal(":-9223372036854775809\r\n", "expected a whole number of 64 bits, got '9' at byte 20"),
        Refusal(":92233720368547758070\r\n", "expected a whole number of 64 bits, got '0' at byte 20"),
        Refusal("$\r\n", "expected a length in digits, got the end of the line at byte 1"),
        Refusal("$-2\r\n", "expected a length in digits, got '-' at byte 1"),
        Refusal("%-1\r\n", "expected a length in digits, got '-' at byte 1"),
        Refusal("*1\r\n$3a\r\n", "expected a length in digits, got 'a' at byte 6"),
        Refusal("*?\r\n", "expected a length, got '?' at byte 1: streamed values are not accepted"),
        Refusal("#x\r\n", "expected 't' or 'f', got 'x' at byte 1"),
        Refusal("#tt\r\n", "expected 't' or 'f', got 't' at byte 2"),
        Refusal("_x\r\n", "expected nothing behind '_', got 'x' at byte 1"),
        Refusal(",1.\r\n", "expected a decimal number, 'inf' or 'nan', got the end of the line at byte 3"),
        Refusal(",0x1p3\r\n", "expected a decimal number, 'inf' or 'nan', got 'x' at byte 2"),
        Refusal(",\r\n", "expected a decimal number, 'inf' or 'nan', got the end of the line at byte 1"),
        Refusal("(1.5\r\n", "expected digits, got '.' at byte 2"),
        Refusal(
            "=3\r\ntxt\r\n", "expected three characters and ':' before a verbatim text, got none at byte 7"),
        Refusal(
            "=4\r\ntxtx\r\n", "expected three characters and ':' before a verbatim text, got 'x' at byte 7"),
        Refusal("$3\r\nabcd\r\n", "expected CR LF behind a text of the announced length, got 'd' at byte 7"),
        Refusal("$1\r\na\rb", "expected CR LF behind a text of the announced length, got 'b' at byte 6"),
        Refusal("+0123456789012345678901234567890\r\n", "the line at byte 0 is longer than 30 bytes"),
        Refusal("$94\r\n", "with what begins at byte 0 the reply is over 100 bytes"),
        Refusal("$99999999999999999999999\r\n", "with what begins at byte 0 the reply is over 100 bytes"),
        Refusal(
            "*2\r\n$50\r\n01234567890123456789012345678901234567890123456789\r\n$50\r\n",
            "with what begins at byte 61 the reply is over 100 bytes"),
        Refusal("*2147483647\r\n", "with those announced at byte 0 the reply has more than 8 elements"),
        Refusal(
            "*99999999999999999999999\r\n",
            "with those announced at byte 0 the reply has more than 8 elements"),
        Refusal(
            "%4611686018427387904\r\n", "with those announced at byte 0 the reply has more than 8 elements"),
        Refusal("*4\r\n:1\r\n*5\r\n", "with those announced at byte 8 the reply has more than 8 elements"),
        Refusal("*1\r\n*1\r\n*1\r\n*1\r\n", "more than 3 values inside each other at byte 12"),
        Refusal("|0\r\n|0\r\n|0\r\n|0\r\n", "more than 3 values inside each other at byte 12"),
    ]

    @Test("what is no reply or over a limit is refused by name and place, at every cut", arguments: refusals)
    func refuses(_ refusal: Refusal) {
        let bytes = Array(refusal.text.utf8)
        let whole = readRESP(bytes, limits: Self.tight)
        #expect(whole.values.isEmpty && whole.error?.description == refusal.said)
        for cut in 0...bytes.count {
            #expect(readRESP(bytes, cutAt: [cut], limits: Self.tight).error == whole.error, "cut at \(cut)")
        }
        #expect(readRESP(bytes, cutAt: Array(0...bytes.count), limits: Self.tight).error == whole.error)
    }

    @Test("limits are told from bytes that are no RESP")
    func kinds() {
        #expect(
            RESPError(.tooDeep(limit: 1), at: 0).isLimit && RESPError(.lineTooLong(limit: 1), at: 0).isLimit)
        #expect(!RESPError(.badType, at: 0).isLimit && !RESPError(.endedEarly, at: 0).isLimit)
    }

    @Test("an announced length sets nothing aside: 64 MiB that never come cost nothing")
    func hostileLength() {
        var parser = RESPParser()
        let bytes = Array("*900000\r\n$60000000\r\nabc".utf8)
        let (event, consumed) = unsafe parser.next(bytes.span.bytes, limits: RESPLimits())
        #expect(event == .needMore && consumed == bytes.count && parser.isInside)
    }

    @Test("a line is refused as soon as it is too long, not when it ends")
    func endlessLine() {
        var parser = RESPParser()
        let piece = [UInt8](repeating: UInt8(ascii: "-"), count: 10)
        var seen = RESPEvent.needMore
        for _ in 0..<4 where seen == .needMore {
            seen = unsafe parser.next(piece.span.bytes, limits: Self.tight).event
        }
        #expect(seen == .failed(RESPError(.lineTooLong(limit: 30), at: 0)))
    }
}
