import AssayFormats
import Testing

@Suite struct HTMLTests {
    /// What k6 1.1 makes of them.
    static let documents: [(markup: String, tree: String)] = [
        ("<p>a<p>b", "<html><head></head><body><p>a</p><p>b</p></body></html>"),
        ("hello", "<html><head></head><body>hello</body></html>"),
        ("<b>1<p>2</b>3</p>", "<html><head></head><body><b>1</b><p><b>2</b>3</p></body></html>"),
        (
            "<table><tr><td>1<td>2<tr><td>3</table>",
            "<html><head></head><body><table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table></body></html>"
        ),
        (
            "<table>x<tr><td>y</table>",
            "<html><head></head><body>x<table><tbody><tr><td>y</td></tr></tbody></table></body></html>"
        ),
        (
            "<ul><li>a<li>b<ul><li>c</ul><li>d</ul>",
            "<html><head></head><body><ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul></body></html>"
        ),
        (
            "<select><option>1<option selected>2<optgroup label=x><option>3</select>",
            "<html><head></head><body><select><option>1</option><option selected=\"\">2</option><optgroup label=\"x\"><option>3</option></optgroup></select></body></html>"
        ),
        (
            "<a href=1>x<a href=2>y</a>",
            "<html><head></head><body><a href=\"1\">x</a><a href=\"2\">y</a></body></html>"
        ),
        (
            "<div><p>x<div>y</div>z</p></div>",
            "<html><head></head><body><div><p>x</p><div>y</div>z<p></p></div></body></html>"
        ),
        (
            "<!doctype html><html lang=en><head><title>a &amp; b</title><script>if(a<b){}</script><body class=c>t&nbsp;&lt;&eacute;&copy;2 &#39;&#x41;</body></html><!--c-->",
            "<!DOCTYPE html><html lang=\"en\"><head><title>a &amp; b</title><script>if(a<b){}</script></head><body class=\"c\">t\u{A0}&lt;é©2 &#39;A</body></html><!--c-->"
        ),
        (
            "<br/><img src='a\"b'><input disabled value=a&b>",
            "<html><head></head><body><br/><img src=\"a&#34;b\"/><input disabled=\"\" value=\"a&amp;b\"/></body></html>"
        ),
        (
            "<textarea>\n a<b></textarea><pre>\nx</pre>",
            "<html><head></head><body><textarea> a&lt;b&gt;</textarea><pre>x</pre></body></html>"
        ),
        (
            "<svg><path d=1 /><g><title>t</title></g></svg><p>q",
            "<html><head></head><body><svg><path d=\"1\"></path><g><title>t</title></g></svg><p>q</p></body></html>"
        ),
        (
            "<form><input name=a><form><input name=b></form>",
            "<html><head></head><body><form><input name=\"a\"/><input name=\"b\"/></form></body></html>"
        ),
        (
            "<dl><dt>a<dd>b<dt>c</dl>",
            "<html><head></head><body><dl><dt>a</dt><dd>b</dd><dt>c</dt></dl></body></html>"
        ),
        ("</p></br>x", "<html><head></head><body><br/>x</body></html>"),
        ("<h1>a<h2>b</h1>", "<html><head></head><body><h1>a</h1><h2>b</h2></body></html>"),
        ("<b><i>x</b>y</i>", "<html><head></head><body><b><i>x</i></b><i>y</i></body></html>"),
        (
            "<a><div><a>x</a></div></a>",
            "<html><head></head><body><a></a><div><a></a><a>x</a></div></body></html>"
        ),
        ("<p><b>one<p>two", "<html><head></head><body><p><b>one</b></p><p><b>two</b></p></body></html>"),
        (
            "<title>x</title><meta charset=utf-8>text<link rel=a>",
            "<html><head><title>x</title><meta charset=\"utf-8\"/></head><body>text<link rel=\"a\"/></body></html>"
        ),
        (
            "<noscript><p>x</p></noscript>",
            "<html><head><noscript><p>x</p></noscript></head><body></body></html>"
        ),
        (
            "<body><noscript><p>x</p></noscript>",
            "<html><head></head><body><noscript><p>x</p></noscript></body></html>"
        ),
        ("<button>a<button>b", "<html><head></head><body><button>a</button><button>b</button></body></html>"),
        (
            "<table><tbody><tr><form><input type=hidden name=h></form><td>x</td></tr></table>",
            "<html><head></head><body><table><tbody><tr><form></form><input type=\"hidden\" name=\"h\"/><td>x</td></tr></tbody></table></body></html>"
        ),
        ("<div>a</span>b</div>", "<html><head></head><body><div>ab</div></body></html>"),
        ("<1>", "<html><head></head><body>&lt;1&gt;</body></html>"),
        (
            "a < b & c &unknown; &amp",
            "<html><head></head><body>a &lt; b &amp; c &amp;unknown; &amp;</body></html>"
        ),
        ("<!-- x --><p>", "<!-- x --><html><head></head><body><p></p></body></html>"),
        (
            "<table><caption>c</caption><col><tr><th>x</table>y",
            "<html><head></head><body><table><caption>c</caption><colgroup><col/></colgroup><tbody><tr><th>x</th></tr></tbody></table>y</body></html>"
        ),
        ("<nobr>a<nobr>b", "<html><head></head><body><nobr>a</nobr><nobr>b</nobr></body></html>"),
        ("<ul><li><p>a</ul>b", "<html><head></head><body><ul><li><p>a</p></li></ul>b</body></html>"),
        ("<?php x ?><p>a", "<!--?php x ?--><html><head></head><body><p>a</p></body></html>"),
        ("</html>x<p>y", "<html><head></head><body>x<p>y</p></body></html>"),
        ("<head></head> <title>late</title>", "<html><head><title>late</title></head> <body></body></html>"),
        ("<b><b><b><b><p>x", "<html><head></head><body><b><b><b><b><p>x</p></b></b></b></b></body></html>"),
        ("<math><mi>x</mi></math>", "<html><head></head><body><math><mi>x</mi></math></body></html>"),
        (
            "<p><table><td>x</p></table>",
            "<html><head></head><body><p><table><tbody><tr><td>x<p></p></td></tr></tbody></table></p></body></html>"
        ),
        ("<iframe><p>x</iframe>", "<html><head></head><body><iframe><p>x</iframe></body></html>"),
        (
            "<a href=\"?a=1&copy=2&lt;\">",
            "<html><head></head><body><a href=\"?a=1&amp;copy=2&lt;\"></a></body></html>"
        ),
        ("<template><p>x</template>", "<html><head><template><p>x</p></template></head><body></body></html>"),
        ("\r\n<p>a\r\nb", "<html><head></head><body><p>a\nb</p></body></html>"),
        (
            "<select><div>x</div><option>a</select>",
            "<html><head></head><body><select>x<option>a</option></select></body></html>"
        ),
        ("<font><p>a</font>b", "<html><head></head><body><font></font><p><font>a</font>b</p></body></html>"),
        (
            "<script>x</script ><style>p{a:'</p>'}</style>",
            "<html><head><script>x</script><style>p{a:'</p>'}</style></head><body></body></html>"
        ),
    ]

    /// Where the rules of insertion differ from what is merely open.
    static let others: [(markup: String, tree: String)] = [
        ("<p>a<plaintext>b</p>", "<html><head></head><body><p>a</p><plaintext>b</p>"),
        ("&ImaginaryI;&NotEqualTilde;&notinva;", "<html><head></head><body>ⅈ\u{2242}\u{338}∉</body></html>"),
        (
            "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN' \"http://www.w3.org/TR/html4/strict.dtd\"><p><table></table>",
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><html><head></head><body><p></p><table></table></body></html>"
        ),
        (
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><p><table></table>",
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><html><head></head><body><p><table></table></p></body></html>"
        ),
        (
            "<!doctype html system 'a\"b'>",
            "<!DOCTYPE html SYSTEM 'a\"b'><html><head></head><body></body></html>"
        ),
        (
            "<frameset><frame src=a><noframes><p></noframes></frameset>",
            "<html><head></head><frameset><frame src=\"a\"></frame><noframes><p></noframes></frameset></html>"
        ),
        ("x<frameset>", "<html><head></head><body>x</body></html>"),
        (
            "<template><tr><td>x</template>y",
            "<html><head><template><tr><td>x</td></tr></template></head><body>y</body></html>"
        ),
        (
            "<svg><lineargradient viewbox=1></lineargradient><![CDATA[a<b]]><p>c",
            "<html><head></head><body><svg><linearGradient viewBox=\"1\"></linearGradient>a&lt;b</svg><p>c</p></body></html>"
        ),
        ("<![CDATA[a]]>", "<!--[CDATA[a]]--><html><head></head><body></body></html>"),
        (
            "<math><mi><p>x</p></mi><annotation-xml encoding=text/html><b>y",
            "<html><head></head><body><math><mi><p>x</p></mi><annotation-xml encoding=\"text/html\"><b>y</b></annotation-xml></math></body></html>"
        ),
        (
            "<script><!--<script></script>--></script>x",
            "<html><head><script><!--<script></script>--></script></head><body>x</body></html>"
        ),
        ("a\0b<p title='c\0d'>", "<html><head></head><body>ab<p title=\"c\u{FFFD}d\"></p></body></html>"),
        (
            "<!--a--!>b<!-->c<!--->d<!--e-",
            "<!--a--><html><head></head><body>b<!---->c<!---->d<!--e--></body></html>"
        ),
        (
            "&lang;&notit;<a b='&notit;'>",
            "<html><head></head><body>⟨¬it;<a b=\"&amp;notit;\"></a></body></html>"
        ),
        (
            "<table><tr><td><select><tr><td>x",
            "<html><head></head><body><table><tbody><tr><td><select></select></td></tr><tr><td>x</td></tr></tbody></table></body></html>"
        ),
    ]

    @Test("Markup is mended as k6 and browsers mend it", arguments: documents + others)
    func mends(_ markup: String, _ tree: String) {
        #expect(HTMLDocument(parsing: markup).innerHTML(of: 0) == tree)
    }

    @Test("Elements nested too deeply lie beside each other, and nothing overflows")
    func deep() {
        let document = HTMLDocument(parsing: String(repeating: "<div>", count: 20_000) + "x")
        #expect(document.text(of: 0) == "x")
        #expect(document.outerHTML(of: 0).hasPrefix("<html><head></head><body><div>"))
    }

    @Test("A page may be cut off anywhere; the tag that it ends in is dropped")
    func cutOff() {
        let page =
            "<!-- a --><!doctype html>" + Self.page
            + "</><?x y?></p ><a b='c' d=\"e\" f=g/ =h>&amp;&#x41;&#65</a><br/><textarea>t</textarea>"
            + "<script>if(a<b){}</script><!--x--!><!><style>p{}</style><title>é</title></1>"
        for end in page.indices {
            #expect(HTMLDocument(parsing: String(page[..<end])).innerHTML(of: 0).contains("<body"))
        }
        for tag in ["<p", "</p", "<p ", "<p a", "<p a=", "<p a='", "<p a='b'", "<p/", "</", "</>"] {
            let text = tag == "</" ? "x&lt;/" : "x"
            #expect(
                HTMLDocument(parsing: "x" + tag).innerHTML(of: 0)
                    == "<html><head></head><body>\(text)</body></html>")
        }
        #expect(HTMLDocument(parsing: String(repeating: "</>", count: 50_000) + "x").text(of: 0) == "x")
    }

    @Test("Of two attributes with one name the first counts")
    func attributes() throws {
        let document = HTMLDocument(parsing: "<DIV ID=a id=b Class = 'X'>")
        let element = try #require(CSSSelector(parsing: "div")?.firstMatch(below: 0, in: document))
        #expect(document[element]["id"] == "a")
        #expect(document[element]["class"] == "X")
    }

    static let page = """
        <!doctype html><html lang="en-GB"><body>
        <div id="main" class="box big"><h1>Title</h1><p class="a">one <b>bold</b></p><p class="a b">two</p></div>
        <ul><li>1<li class="x">2<li>3<li>4<li>5</ul>
        <form id="f.1"><input name="user" type="text"><input name="ok" type="checkbox" checked>
        <input type="hidden" name="token" value="a-b c"><select><option>1<option selected>2</select>
        <button disabled>go</button></form><a href="/x">link</a><a name="y">anchor</a><span></span>
        """

    /// How many elements of the page each finds; nil is no selector. Compared with k6 1.1 where k6 knows it.
    static let selectors: [(String, Int?)] = [
        ("div", 1), ("DIV", 1), ("*", 25), ("#main", 1), (".a", 2), (".a.b", 1), ("p.a, h1", 3), ("div p", 2),
        ("div > b", 0),
        ("div b", 1), ("h1 + p", 1), ("h1 ~ p", 2), ("p + p", 1), ("[name]", 4), ("[name=user]", 1),
        ("[name='user']", 1), ("[type!=text]", 24), ("[class~=big]", 1), ("[lang|=en]", 1),
        ("[href^='/']", 1),
        ("[value$=c]", 1), ("[value*=-]", 1), ("[type=TEXT i]", 1), ("#f\\.1", 1), ("li:nth-child(2)", 1),
        ("li:nth-child(odd)", 3), ("li:nth-child(2n)", 2), ("li:nth-child(-n+2)", 2),
        ("li:nth-last-child(1)", 1),
        ("li:first-child", 1), ("li:last-child", 1), ("p:first-of-type", 1), ("p:last-of-type", 1),
        ("h1:only-of-type", 1), ("li:not(.x)", 4), ("div:has(b)", 1), ("p:contains(TWO)", 1),
        ("p:containsOwn(bold)", 0),
        ("span:empty", 1), ("html:root", 1), ("a:link", 1), (":input", 5), ("button:disabled", 1),
        ("input:enabled", 2),
        (":checked", 2), ("p:matches(^t)", 1), ("  div  >  p  ", 2), ("p:lang(en)", 2), ("b:only-child", 1),
        ("div >", nil), ("", nil), ("[", nil), (":nope", nil), ("a,,b", nil), ("li:nth-child(x)", nil),
        ("p:not(", nil),
        ("1a", nil), (".1", nil),
    ]

    @Test("Selectors find what they mean", arguments: selectors)
    func selects(_ text: String, _ count: Int?) {
        let document = HTMLDocument(parsing: Self.page)
        #expect(CSSSelector(parsing: text)?.matches(below: 0, in: document).count == count)
    }
}
