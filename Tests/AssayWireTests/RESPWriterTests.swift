import AssayWire
import Testing

@Suite("RESP, written")
struct RESPWriterTests {
    private func written(_ value: RESPValue, _ version: RESPVersion) -> String {
        var bytes: [UInt8] = []
        bytes.append(value, as: version)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("a command is an array of bulk strings, whatever its words hold")
    func commands() {
        var bytes: [UInt8] = []
        bytes.append(command: [Array("SET".utf8), [], [13, 10, 0, 255]])
        #expect(bytes == Array("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n".utf8) + [13, 10, 0, 255, 13, 10])
    }

    @Test(
        "what is written in RESP3 reads as the same value", arguments: RESPParserTests.examples.map(\.value))
    func roundTrips(_ value: RESPValue) {
        var bytes: [UInt8] = []
        bytes.append(value, as: .three)
        let read = readRESP(bytes)
        #expect(read.error == nil)
        #expect(read.values == [value == .nullArray ? .null : value])
    }

    struct Older: CustomTestStringConvertible {
        var value: RESPValue
        var text: String
        var testDescription: String { text.debugDescription }
    }

    static let older: [Older] = [
        Older(value: .null, text: "$-1\r\n"), Older(value: .nullArray, text: "*-1\r\n"),
        Older(value: .boolean(true), text: ":1\r\n"), Older(value: .boolean(false), text: ":0\r\n"),
        Older(value: .double(2.5), text: "$3\r\n2.5\r\n"), Older(value: .double(3), text: "$1\r\n3\r\n"),
        Older(value: .double(.infinity), text: "$3\r\ninf\r\n"),
        Older(value: .bigNumber("123"), text: "$3\r\n123\r\n"),
        Older(value: .bulkError(Array("ERR a\r\nb".utf8)), text: "-ERR a  b\r\n"),
        Older(value: .verbatim(format: "txt", [97]), text: "$1\r\na\r\n"),
        Older(value: .map([RESPPair(.text("a"), .null)]), text: "*2\r\n$1\r\na\r\n$-1\r\n"),
        Older(value: .set([.integer(1)]), text: "*1\r\n:1\r\n"),
        Older(value: .push([.boolean(true)]), text: "*1\r\n:1\r\n"),
        Older(value: .attributed([RESPPair(.ok, .ok)], .integer(1)), text: ":1\r\n"),
        Older(value: .array([.map([]), .double(-0.5)]), text: "*2\r\n*0\r\n$4\r\n-0.5\r\n"),
    ]

    @Test("RESP2 gets what it has for the newer types", arguments: older)
    func downgrades(_ example: Older) { #expect(written(example.value, .two) == example.text) }

    @Test("nothing in a line can end it, and a format is three characters")
    func escapes() {
        #expect(written(.failure("ERR a\r\n+OK"), .three) == "-ERR a  +OK\r\n")
        #expect(written(.simple(Array("a\nb".utf8)), .two) == "+a b\r\n")
        #expect(written(.verbatim(format: "markdown", [97]), .three) == "=5\r\ntxt:a\r\n")
    }

    @Test("doubles have the fewest digits that read back")
    func doubles() {
        #expect(
            [0.1, 1e21, -2, .nan, -.infinity].map(RESPValue.text) == ["0.1", "1e+21", "-2", "nan", "-inf"])
    }
}
