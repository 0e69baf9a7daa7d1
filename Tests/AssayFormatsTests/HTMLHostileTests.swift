import AssayFormats
import Testing

/// Pages and selectors whose work would grow with the square of their size or worse: with these sizes such a test would not
/// end. Nothing is timed.
@Suite struct HTMLHostileTests {
    struct Page: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var markup: @Sendable () -> String

        init(_ name: String, _ markup: @escaping @Sendable () -> String) {
            testDescription = name
            self.markup = markup
        }
    }

    private static let count = 12_000

    private static func row(_ text: String, _ count: Int = count) -> String {
        String(repeating: text, count: count)
    }

    private static func numbered(_ piece: @escaping @Sendable (Int) -> String) -> String {
        (0..<count).map(piece).joined()
    }

    static let pages: [Page] = [
        Page("attributes of one element") { "<p " + numbered { "a\($0) " } + ">" },
        Page("attributes of html") { numbered { "<html a\($0)>" } },
        Page("attributes of body") { numbered { "<body a\($0)>" } },
        Page("formatting that is never closed") { numbered { "<font a=\($0)>" } },
        Page("formatting that paragraphs cut") { numbered { "<p><font a=\($0)></p>x" } },
        Page("formatting that blocks cut") { numbered { "<font a=\($0)></div><div>" } },
        Page("formatting in formatting that ends misnested") {
            (0..<400).map { "<b a=\($0)>" }.joined() + row("<div></b></div><b>")
        },
        Page("blocks in formatting") { row("<b><div></b>") },
        Page("elements in each other") { row("<div>") },
        Page("elements of unknown names") { numbered { "<x\($0)>" } },
        Page("end tags of nothing") { row("<span>", 600) + numbered { "</x\($0)>" } },
        Page("end tags that a block hides") { "<x><div>" + row("<span>", 600) + row("</x>") },
        Page("SVG in SVG") { "<svg>" + row("<g>") + row("</g>") },
        Page("tables in tables") { row("<table><tr><td>") },
        Page("what tables do not hold") { "<table>" + row("x<b>y") },
        Page("templates in templates") { row("<template>") },
        Page("markers") { row("<object><b>") },
        Page("ruby") { "<ruby>" + row("<rt><b>") },
        Page("a reference without an end") { "&" + row("a") },
        Page("a number without an end") { "&#" + row("9") },
        Page("comments that are never closed") { row("<!--") },
        Page("sections that are never closed") { "<svg>" + row("<![CDATA[") },
        Page("attributes that are never closed") { row("<a b='") },
        Page("scripts in comments in scripts") { "<script>" + row("<!--<script>") },
        Page("framesets in framesets") { row("<frameset>") },
        Page("zeros") { row("<p>\0") },
    ]

    @Test("A hostile page is read in time that grows with its length, and so does its tree", arguments: pages)
    func reads(_ page: Page) {
        let markup = page.markup()
        let document = HTMLDocument(parsing: markup)
        // One for each byte, and one made again for each byte, are too many already.
        #expect(document.nodes.count <= 2 * markup.utf8.count + 2000)
        // Walks of the whole tree end, and none needs a stack as deep as the tree.
        #expect(document.text(of: 0).utf8.count <= markup.utf8.count * 3)
        #expect(!document.innerHTML(of: 0).isEmpty)
    }

    @Test(
        "However tags are nested, elements lie in few others",
        arguments: ["<div>", "<b><div></b>", "<svg><g>", "<table><tr><td>", "<a><table>", "<template><tr>"])
    func depth(_ piece: String) {
        let document = HTMLDocument(parsing: Self.row(piece))
        var depths = [Int](repeating: 0, count: document.nodes.count)
        document.forEachDescendant(of: 0) { depths[$0] = depths[document[$0].parent] + 1 }
        #expect((depths.max() ?? 0) < 1100)
    }

    // MARK: selectors

    private static let flat = HTMLDocument(parsing: row("<p>x"))
    private static let deep = HTMLDocument(parsing: row("<div>", 500) + row("<p>x</p>"))
    private static let mixed = HTMLDocument(
        parsing: "<body " + numbered { "a\($0) " } + ">" + row("<h2>t</h2><!--c--><p>x</p>", count / 2))

    static let selectors: [(selector: String, flat: Int, deep: Int)] = [
        ("a ~ p", 0, 0), ("p ~ p", count - 1, count - 1), ("zz ~ p ~ p ~ p ~ p", 0, 0),
        ("p + p + p", count - 2, count - 2), ("p:nth-child(2n)", count / 2, count / 2),
        ("p:nth-last-of-type(2)", 1, 1), ("p:only-child", 0, 0), ("p:last-child", 1, 1),
        ("a b c d e f g p", 0, 0), ("zz div > div div > div p", 0, 0), ("div div div div div div zz", 0, 0),
        ("div p", 0, count), ("*:has(zz)", 0, 0), ("*:has(p:last-child)", 2, 502), ("div:not(:has(p))", 0, 0),
        ("*:contains(y)", 0, 0), ("body:contains(XX)", 1, 1), ("p:not(zz ~ p)", count, count),
        ("p:lang(en)", 0, 0), ("div:haschild(p)", 0, 1), (":disabled", 0, 0), ("p:is(zz p, zz ~ p)", 0, 0),
    ]

    @Test("Asking for all elements takes time that grows with the document", arguments: selectors)
    func selects(_ text: String, _ flat: Int, _ deep: Int) throws {
        let selector = try #require(CSSSelector(parsing: text))
        #expect(selector.matches(below: 0, in: Self.flat).count == flat)
        #expect(selector.matches(below: 0, in: Self.deep).count == deep)
        _ = selector.matches(below: 0, in: Self.mixed)
    }

    @Test("Each element is told from the others as when it is asked for alone")
    func alone() throws {
        let document = HTMLDocument(
            parsing: Self.row("<div>", 20) + Self.row("<p class=a>x<p><h2 id=b>y</h2>", 9))
        for text in [
            "div p:nth-child(4)", "p ~ h2 + p", "*:has(h2)", "*:contains(yx)", "div div > p:last-of-type",
            "p:not(.a) + h2 ~ p",
        ] {
            let selector = try #require(CSSSelector(parsing: text))
            let all = selector.matches(below: 0, in: document)
            #expect(!all.isEmpty)
            for node in document.nodes.indices {
                #expect(selector.matches(node, in: document) == all.contains(node), "\(text), node \(node)")
            }
        }
    }

    @Test("A selector has 32 compounds at most, lists not counted, and nothing overflows")
    func longSelectors() {
        let chain = { (count: Int) in Array(repeating: "p", count: count).joined(separator: " ") }
        #expect(CSSSelector(parsing: chain(32)) != nil)
        #expect(CSSSelector(parsing: chain(33)) == nil)
        #expect(CSSSelector(parsing: "p " + Self.row(":not(", 1000)) == nil)
        #expect(CSSSelector(parsing: ":is(\(chain(20))) \(chain(20))") != nil)
        #expect(CSSSelector(parsing: "\(chain(20)):is(\(chain(20)))") == nil)
        #expect(CSSSelector(parsing: Array(repeating: "p", count: 5000).joined(separator: ",")) != nil)
    }

    @Test("A path meets each node of an XML once, however many ways lead to it")
    func paths() throws {
        let text = Self.row("<a>", 90) + Self.row("<b>x</b>\n", 2000) + "<c>y</c>" + Self.row("</a>", 90)
        #expect(try XPath(parsing: "//a//a//a//a//a//a//a//c").value(in: text) == "y")
        #expect(try XPath(parsing: "//*//*//..//*//zz").value(in: text) == nil)
        #expect(
            try XPath(parsing: "//a").value(in: "<a>" + Self.row("\n", 1_000_000) + "</a>")?.utf8.count
                == 1_000_000)
    }
}

@Suite struct HTMLMemoryTests {
    @Test("A tree that takes more than it may is none")
    func limited() {
        let page = String(repeating: "<b>", count: 10_000)
        #expect(HTMLDocument(parsing: page, memoryLimit: 100_000) == nil)
        #expect(HTMLDocument(parsing: "<p>x", memoryLimit: 100_000)?.text(of: 0) == "x")
        let document = HTMLDocument(parsing: page)
        #expect(HTMLDocument(parsing: page, memoryLimit: document.byteCount - 1) == nil)
        #expect(HTMLDocument(parsing: page, memoryLimit: document.byteCount + page.utf8.count) != nil)
        #expect(
            HTMLDocument(
                parsing: "<p title='\(String(repeating: "x", count: 90_000))'>", memoryLimit: 80_000) == nil)
    }

    @Test("What a page takes grows with its texts, attributes and elements")
    func counted() {
        let sizes = [
            "<p>", "<p>x", "<p a=b>x", "<p a=b>\(String(repeating: "x", count: 100))", "<p a=b>x<p>x",
        ]
        .map { HTMLDocument(parsing: $0).byteCount }
        #expect(
            sizes[0] < sizes[1] && sizes[1] < sizes[2] && sizes[2] + 100 < sizes[3] && sizes[2] < sizes[4])
    }
}
