import AssayCore
import AssayFormats
import Testing

@testable import AssayDoubles

@Suite("Operators: XML")
struct XMLOperatorTests {
    @Test(
        "equalToXml compares what documents say, not how they are written",
        arguments: [
            OperatorCase(
                #"{"equalToXml": "<a x='1' y='2'><b>text</b><c/></a>"}"#,
                right: [
                    "<?xml version='1.0'?>\n<a y=\"2\" x=\"1\">\n  <c></c>\n  <!-- note -->\n  <b> text </b>\n</a>",
                    "<a x='1' y='2'><b><![CDATA[text]]></b><c/></a>",
                ],
                wrong: [
                    ("<a x='1' y='3'><b>text</b><c/></a>", "/a/@y expected '2', got '3'"),
                    ("<a x='1'><b>text</b><c/></a>", "/a/@y is absent"),
                    ("<a x='1' y='2' z='3'><b>text</b><c/></a>", "/a/@z is not expected"),
                    ("<a x='1' y='2'><b>other</b><c/></a>", "/a/b[1] expected text 'text', got 'other'"),
                    ("<a x='1' y='2'><b>text</b></a>", "/a/c[1] is absent"),
                    ("<a x='1' y='2'><b>text</b><c/><c/></a>", "/a/c is not expected"),
                    ("<z/>", "/a expected <a>, got <z>"), ("<a", "this is not XML: unclosed token"),
                ]),
            OperatorCase(
                #"{"equalToXml": "<p:a xmlns:p='u'><p:b/></p:a>"}"#,
                right: ["<q:a xmlns:q='u'><q:b/></q:a>", "<a xmlns='u'><b/></a>"],
                wrong: [
                    (
                        "<p:a xmlns:p='v'><p:b/></p:a>",
                        "/a expected namespace 'u', got 'v'; /a/b[1] expected namespace 'u', got 'v'"
                    ),
                    ("<p:a><p:b/></p:a>", "the prefix 'p' has no namespace"),
                ]),
            OperatorCase(
                #"{"equalToXml": "<a xmlns='u'>x</a>", "exemptedComparisons": ["NAMESPACE_URI", "TEXT_VALUE"]}"#,
                right: ["<a>y</a>"],
                wrong: [("<b/>", "/a expected <a>, got <b>")]),
            OperatorCase(
                #"{"equalToXml": "<l><e>1</e><e>2</e></l>"}"#, right: ["<l><e>1</e><e>2</e></l>"],
                wrong: [
                    (
                        "<l><e>2</e><e>1</e></l>",
                        "/l/e[1] expected text '1', got '2'; /l/e[2] expected text '2', got '1'"
                    )
                ]),
            OperatorCase(
                #"{"equalToXml": "<l><e>1</e><e>2</e></l>", "ignoreOrderOfSameNode": true}"#,
                right: ["<l><e>2</e><e>1</e></l>"],
                wrong: [("<l><e>2</e><e>3</e></l>", "/l/e[1] expected text '1', got '3'")]),
            OperatorCase(
                #"{"equalToXml": "<m><id>${xmlunit.ignore}</id><n>${xmlunit.isNumber}</n><r a='${xmlunit.matchesRegex([a-z]+)}'/><d>${xmlunit.isDateTime}</d></m>", "enablePlaceholders": true}"#,
                right: ["<m><id>anything</id><n>4.5</n><r a='abc'/><d>2026-01-02T03:04:05Z</d></m>"],
                wrong: [
                    (
                        "<m><id/><n>x</n><r a='abc'/><d>2026-01-02</d></m>",
                        "/m/n[1] expected text '${xmlunit.isNumber}', got 'x'"
                    )
                ]),
            OperatorCase(
                #"{"equalToXml": "<m>[[xmlunit.ignore]]</m>", "enablePlaceholders": true, "placeholderOpeningDelimiterRegex": "\\[\\[", "placeholderClosingDelimiterRegex": "]]"}"#,
                right: ["<m>x</m>", "<m/>"], wrong: [("<n/>", "/m expected <m>, got <n>")]),
            OperatorCase(
                #"{"equalToXml": "<p:a k='1'/>", "namespaceAwareness": "NONE"}"#, right: ["<p:a k='1'/>"],
                wrong: [("<q:a k='1'/>", "/p:a expected <p:a>, got <q:a>")]),
            OperatorCase(
                #"{"equalToXml": "<p:a/>", "namespaceAwareness": "LEGACY"}"#, right: ["<q:a/>", "<a/>"],
                wrong: [("<b/>", "/a expected <a>, got <b>")]),
        ])
    func equalToXML(row: OperatorCase) throws { try row.check() }

    @Test(
        "matchesXPath asks a document by XPath 1.0",
        .enabled(if: XPathLibrary.isThere, "libxml2 is not installed"),
        arguments: [
            OperatorCase(
                #"{"matchesXPath": "/todo/item"}"#,
                right: ["<todo><item/></todo>", "<t:todo xmlns:t='u'><t:item/></t:todo>"],
                wrong: [
                    ("<todo/>", "/todo/item finds nothing"),
                    ("{}", "this is not XML: not well-formed (invalid token)"),
                ]),
            OperatorCase(
                #"{"matchesXPath": "/todo[count(item) = 2]"}"#, right: ["<todo><item/><item/></todo>"],
                wrong: [("<todo><item/></todo>", "/todo[count(item) = 2] finds nothing")]),
            OperatorCase(
                #"{"matchesXPath": "count(//item) > 1"}"#, right: ["<todo><item/><item/></todo>"],
                wrong: [("<todo><item/></todo>", "count(//item) > 1 finds nothing")]),
            OperatorCase(
                #"{"matchesXPath": {"expression": "//item/text()", "contains": "wash"}}"#,
                right: ["<l><item>dry</item><item>wash up</item></l>"],
                wrong: [("<l><item>dry</item></l>", "//item/text() is 'dry'")]),
            OperatorCase(
                #"{"matchesXPath": {"expression": "//item", "equalToXml": "<item><n>1</n></item>"}}"#,
                right: ["<l><item><n>1</n></item></l>"],
                wrong: [("<l><item><n>2</n></item></l>", "//item is '<item><n>2</n></item>'")]),
            OperatorCase(
                #"{"matchesXPath": {"expression": "//item/@id", "equalTo": "7"}}"#,
                right: ["<l><item id='7'/></l>"], wrong: [("<l><item id='8'/></l>", "//item/@id is '8'")]),
            OperatorCase(
                #"{"matchesXPath": "/s:outer/m:inner[.=111]", "xPathNamespaces": {"s": "http://s", "m": "http://m"}}"#,
                right: ["<a:outer xmlns:a='http://s'><b:inner xmlns:b='http://m'>111</b:inner></a:outer>"],
                wrong: [
                    (
                        "<a:outer xmlns:a='http://s'><b:inner xmlns:b='http://x'>111</b:inner></a:outer>",
                        "/s:outer/m:inner[.=111] finds nothing"
                    )
                ]),
        ])
    func matchesXPath(row: OperatorCase) throws { try row.check() }

    @Test("Entity bombs, outside entities and depth are refused; nothing is fetched")
    func hostile() throws {
        let matcher = try OperatorBench.matcher(#"{"equalToXml": "<a/>"}"#)
        let bomb =
            "<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;&l;\"><!ENTITY n \"&m;&m;&m;&m;\">]><a>&n;</a>"
        let outside = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"
        let deep = String(repeating: "<a>", count: 5000) + String(repeating: "</a>", count: 5000)
        for text in [bomb, outside, deep] {
            #expect(!matcher.matches(.text(text)))
            #expect(throws: Diagnostic.self) { try XMLTree(parsing: text) }
        }
        #expect(
            matcher.reason(for: .text(bomb))
                == "the XML declares or uses entities of its own, which are not read")
    }

    @Test(
        "What is wrong with a matcher is said when the mapping is read",
        arguments: [
            (#"{"equalToXml": "<a"}"#, "equalToXml: line 1, column 1: this is not XML: unclosed token"),
            (
                #"{"equalToXml": "<a/>", "exemptedComparisons": ["TEXT_VALU"]}"#,
                "expected a kind of comparison, found the text 'TEXT_VALU' | did you mean 'TEXT_VALUE'?"
            ),
            (
                #"{"equalToXml": "<a/>", "namespaceAwareness": "LAX"}"#,
                "expected STRICT, NONE or LEGACY, found the text 'LAX'"
            ),
        ])
    func problems(matcher: String, message: String) throws {
        #expect(try OperatorBench.problems(matcher) == [message])
    }

    @Test(
        "A path that is no XPath is refused", .enabled(if: XPathLibrary.isThere, "libxml2 is not installed"))
    func badPath() throws {
        #expect(
            try OperatorBench.problems(#"{"matchesXPath": "/a["}"#) == ["'/a[' is no XPath 1.0 expression"])
    }
}
