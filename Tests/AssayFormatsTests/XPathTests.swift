@testable import AssayFormats
import Testing

@Suite("XPath")
struct XPathTests {
    private static let page = """
        <?xml version="1.0"?>
        <list kind="a"><item id="1"><name>one</name></item><item id="2"><name>two</name><x>t<y>u</y></x></item></list>
        """

    @Test(
        "A path takes the first value that it finds",
        arguments: [
            ("/list/item/name", "one"), ("//name", "one"), ("/list/item[2]/name", "two"),
            ("//item[last()]/@id", "2"),
            ("//item[@id='2']/name/text()", "two"), ("//item[name='two']/@id", "2"), ("/list/@kind", "a"),
            ("string(//item[@id])", "one"), ("//x", "tu"), ("//y/../../@id", "2"), ("/list/*/name", "one"),
            ("list/item/@id", "1"),
        ])
    func values(path: String, value: String) throws {
        #expect(try XPath(parsing: path).value(in: Self.page) == value)
    }

    @Test(
        "What is not there has no value",
        arguments: ["/item", "//item[3]", "//item/@x", "//name/@id", "//item[@id='9']"])
    func absent(path: String) throws { #expect(try XPath(parsing: path).value(in: Self.page) == nil) }

    @Test("A text that is no XML has no value")
    func noXML() throws { #expect(try XPath(parsing: "//a").value(in: "<a") == nil) }

    @Test(
        "What is no path says what was expected",
        arguments: [
            ("/a[", "the name of an element", "the end"), ("/a[0]", "a place from 1 on", "`]`"),
            ("//", "the name of an element", "the end"), ("/a]", "`/`, `[` or the end of the path", "`]`"),
            ("count(//a)", "`/`, `[` or the end of the path", "`(//a)`"),
        ])
    func faults(path: String, expected: String, found: String) {
        #expect(throws: XPath.Fault(expected: expected, found: found)) { try XPath(parsing: path) }
    }
}
