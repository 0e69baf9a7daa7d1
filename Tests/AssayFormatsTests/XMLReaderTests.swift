import AssayCore
import AssayFormats
import Testing

@Suite("Reading XML")
struct XMLReaderTests {
    private func events(_ text: String, limits: XMLLimits = .standard) throws -> [XMLEvent] {
        var xml = try XMLReader(Array(text.utf8), file: "a.xml", limits: limits)
        var events: [XMLEvent] = []
        while let event = try xml.next() { events.append(event) }
        return events
    }

    private func refusal(_ text: String, limits: XMLLimits = .standard) -> Diagnostic? {
        do {
            _ = try events(text, limits: limits)
            return nil
        } catch {
            return error as? Diagnostic
        }
    }

    @Test("elements, attributes and text come with their places")
    func reads() throws {
        let found = try events("<?xml version=\"1.0\"?>\n<a x=\"1 &amp; &#x41;\">\n  é<b/><![CDATA[<&]]></a>")
        #expect(
            found == [
                XMLEvent(.start(name: "a", attributes: [XMLAttribute("x", "1 & A")]), line: 2, column: 1),
                XMLEvent(.text("\n  é"), line: 2, column: 23),
                XMLEvent(.start(name: "b", attributes: []), line: 3, column: 4),
                XMLEvent(.end(name: "b"), line: 3, column: 8),
                XMLEvent(.text("<&"), line: 3, column: 17),
                XMLEvent(.end(name: "a"), line: 3, column: 22),
            ])
    }

    @Test("a text longer than one chunk is whole")
    func long() throws {
        let body = String(repeating: "0123456789 é\n", count: 20_000)
        var xml = try XMLReader(Array("<a><b>\(body)</b><c/></a>".utf8), file: "a.xml")
        _ = try xml.next()
        _ = try xml.next()
        #expect(try xml.text() == body)
        #expect(try xml.next()?.kind == .start(name: "c", attributes: []))
    }

    @Test("what stops being XML is told with its place")
    func damaged() {
        #expect(
            refusal("<a>\n  <b></a>")?.rendered()
                == "error[AS220]: this is not XML: mismatched tag\n  a.xml:2:8")
        #expect(refusal("")?.rendered() == "error[AS220]: this is not XML: no element found\n  a.xml:1:1")
        #expect(refusal("<a>")?.code == "AS220")
        #expect(refusal("<a>\u{0}</a>")?.code == "AS220")
    }

    @Test("entities of the text's own are refused, so nothing grows and nothing is loaded")
    func entities() {
        let laughs = """
            <!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;&l;&l;&l;&l;">]>
            <a>&m;</a>
            """
        #expect(
            refusal(laughs)?.rendered() == """
                error[AS221]: the XML declares or uses entities of its own, which are not read
                  a.xml:1:25
                  fix: write the characters themselves, or references like &#38;
                """)
        let files = [
            "<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><a>&f;</a>",
            "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;]><a/>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>&f;</a>",
        ]
        for text in files { #expect(refusal(text)?.code == "AS221", "\(text)") }
    }

    @Test("a DOCTYPE that names another file is passed over")
    func doctype() throws {
        let text = "<!DOCTYPE coverage SYSTEM \"http://127.0.0.1:1/coverage-04.dtd\"><coverage/>"
        #expect(try events(text).count == 2)
    }

    @Test("depth and size are bounded")
    func bounds() {
        let deep = String(repeating: "<a>", count: 101) + String(repeating: "</a>", count: 101)
        #expect(
            refusal(deep)?.rendered()
                == "error[AS221]: more than 100 elements inside each other\n  a.xml:1:301")
        #expect(
            refusal("<a>12345</a>", limits: XMLLimits(bytes: 10))?.rendered()
                == "error[AS221]: the XML is too large: 12 B, at most 10 B\n  a.xml:1:1")
    }

    @Test("UTF-16 and Latin 1 are read as their declaration says")
    func encodings() throws {
        var latin = try XMLReader(
            Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>".utf8) + [0xE9] + Array("</a>".utf8),
            file: "a.xml")
        _ = try latin.next()
        #expect(try latin.text() == "é")
        let wide: [UInt8] = [0xFF, 0xFE] + "<a>é</a>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        var utf16 = try XMLReader(wide, file: "a.xml")
        _ = try utf16.next()
        #expect(try utf16.text() == "é")
    }
}
