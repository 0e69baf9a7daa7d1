/// The names of elements that the rules of parsing tell apart; all others are ``other``.
enum HTMLTag: String, CaseIterable, Sendable {
    case a, address, applet, area, article, aside, b, base, basefont, bgsound, big, blockquote, body, br
    case button, caption, center, code, col, colgroup, dd, details, dialog, dir, div, dl, dt, em, embed
    case fieldset, figcaption, figure, font, footer, form, frame, frameset, h1, h2, h3, h4, h5, h6, head
    case header, hgroup, hr, html, i, iframe, image, img, input, keygen, li, link, listing, main
    case malignmark, marquee, math, menu, meta, mglyph, nav, nobr, noembed, noframes, noscript, object, ol
    case optgroup, option, p, param, plaintext, pre, rb, rp, rt, rtc, ruby, s, script, search, section
    case select, small, source, span, strike, strong, style, sub, summary, sup, svg, table, tbody, td
    case template, textarea, tfoot, th, thead, title, tr, track, tt, u, ul, `var`, wbr, xmp
    case other

    init(_ name: String) { self = Self.named[name] ?? .other }

    private static let named = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
        .merging(["other": .other]) { $1 }

    var traits: HTMLTraits { Self.traits[self] ?? [] }

    private static let traits: [HTMLTag: HTMLTraits] = {
        var traits: [HTMLTag: HTMLTraits] = [:]
        for (trait, tags) in HTMLTagGroups.table {
            for tag in tags { traits[tag, default: []].insert(trait) }
        }
        return traits
    }()
}

/// What elements have in common. Source: WHATWG HTML §13.1.2, §13.2.4, §13.2.6.
struct HTMLTraits: OptionSet, Sendable {
    let rawValue: UInt16

    /// Ends the search of a list item's or a misnested tag's start.
    static let special = HTMLTraits(rawValue: 1)
    /// Goes on behind a block that cuts it.
    static let formatting = HTMLTraits(rawValue: 2)
    /// Around which an end tag does not look for its start tag; then the same of ends of items, of what ends
    /// before paragraphs, and of parts of tables.
    static let scope = HTMLTraits(rawValue: 4)
    static let listScope = HTMLTraits(rawValue: 8)
    static let buttonScope = HTMLTraits(rawValue: 16)
    static let tableScope = HTMLTraits(rawValue: 32)
    /// Whose end is implied by the end of what they are in; then those that the end of a template implies.
    static let impliedEnd = HTMLTraits(rawValue: 64)
    static let templateEnd = HTMLTraits(rawValue: 128)
    /// Without content or end tag.
    static let void = HTMLTraits(rawValue: 256)
    /// Whose characters are written as they are.
    static let unescaped = HTMLTraits(rawValue: 512)
    /// Belongs into the head.
    static let headContent = HTMLTraits(rawValue: 1024)
    /// A plain block: an open paragraph ends before it.
    static let block = HTMLTraits(rawValue: 2048)
    /// Directly in which nothing but parts of a table stands.
    static let tableContext = HTMLTraits(rawValue: 4096)
    /// Ends SVG and MathML around it.
    static let breakingOut = HTMLTraits(rawValue: 8192)
    /// A part of a table, itself left out.
    static let tablePart = HTMLTraits(rawValue: 16384)

    static let headings: Set<HTMLTag> = [.h1, .h2, .h3, .h4, .h5, .h6]
}

/// Which elements have which traits.
private enum HTMLTagGroups {
    static let table: [(HTMLTraits, Set<HTMLTag>)] = [
        (.special, special), (.formatting, formatting), (.scope, scopes),
        (.listScope, scopes.union([.ol, .ul])), (.buttonScope, scopes.union([.button])),
        (.tableScope, [.html, .table, .template]), (.impliedEnd, implied),
        (.templateEnd, implied.union([.caption, .colgroup, .tbody, .td, .tfoot, .th, .thead, .tr])),
        (.void, voids),
        (
            .unescaped,
            [.iframe, .noembed, .noframes, .noscript, .plaintext, .script, .style, .xmp]
        ),
        (.headContent, headContent), (.block, blocks),
        (.tableContext, [.table, .tbody, .thead, .tfoot, .tr]),
        (.breakingOut, breakingOut),
        (.tablePart, [.caption, .col, .colgroup, .tbody, .td, .tfoot, .th, .thead, .tr]),
    ]

    private static let scopes: Set<HTMLTag> = [
        .applet, .caption, .html, .table, .td, .th, .marquee, .object, .template,
    ]
    private static let implied: Set<HTMLTag> = [.dd, .dt, .li, .optgroup, .option, .p, .rb, .rp, .rt, .rtc]
    private static let formatting: Set<HTMLTag> = [
        .a, .b, .big, .code, .em, .font, .i, .nobr, .s, .small, .strike, .strong, .tt, .u,
    ]
    private static let voids: Set<HTMLTag> = [
        .area, .base, .br, .col, .embed, .hr, .img, .input, .keygen, .link, .meta, .param, .source, .track,
        .wbr,
    ]
    private static let headContent: Set<HTMLTag> = [
        .base, .basefont, .bgsound, .link, .meta, .noframes, .noscript, .script, .style, .template, .title,
    ]
    private static let blocks: Set<HTMLTag> = [
        .address, .article, .aside, .blockquote, .center, .details, .dialog, .dir, .div, .dl, .fieldset,
        .figcaption, .figure, .footer, .header, .hgroup, .main, .menu, .nav, .ol, .p, .search, .section,
        .summary, .ul,
    ]
    private static let special: Set<HTMLTag> = blocks.union(voids).union(headContent).union(scopes).union(
        HTMLTraits.headings
    )
    .union([
        .body, .button, .colgroup, .dd, .dt, .form, .frame, .frameset, .head, .iframe, .li, .listing,
        .noembed, .plaintext, .pre, .select, .tbody, .textarea, .tfoot, .thead, .tr, .xmp,
    ]).subtracting([.dialog])
    private static let breakingOut: Set<HTMLTag> = HTMLTraits.headings.union([
        .b, .big, .blockquote, .body, .br, .center, .code, .dd, .div, .dl, .dt, .em, .embed, .head, .hr, .i,
        .img, .li, .listing, .menu, .meta, .nobr, .ol, .p, .pre, .ruby, .s, .small, .span, .strong, .strike,
        .sub, .sup, .table, .tt, .u, .ul, .var,
    ])
}
