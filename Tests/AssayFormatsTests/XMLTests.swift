import AssayFormats
import Testing

@Suite("XML and HTML text")
struct XMLTests {
    @Test("text and attributes cannot leave their place")
    func escaping() {
        let text = "<a href=\"x\" b='y'>&]]>\u{0}\u{1B}\t\r\n\u{FFFF}é😀"
        #expect(
            text.xmlEscaped
                == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;]]&gt;\u{FFFD}\u{FFFD}\t&#13;\n\u{FFFD}é😀")
        #expect("a\t\r\nb".xmlAttributeEscaped == "a&#9;&#13;&#10;b")
        #expect("<script>".htmlEscaped == "&lt;script&gt;")
    }

    @Test("a document is indented, and closed at the end")
    func writer() {
        var xml = XMLWriter()
        xml.open("suites")
        xml.open("suite", [("name", "a \"b\" & c")])
        xml.element("case", [("name", "<x>")])
        xml.element("out", text: "1 < 2")
        #expect(
            xml.finish() == """
                <?xml version="1.0" encoding="UTF-8"?>
                <suites>
                  <suite name="a &quot;b&quot; &amp; c">
                    <case name="&lt;x&gt;"/>
                    <out>1 &lt; 2</out>
                  </suite>
                </suites>

                """)
    }
}
