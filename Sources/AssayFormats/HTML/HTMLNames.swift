/// Names of elements that the rules of parsing tell apart. Source: WHATWG HTML §13.1.2, §13.2.4, §13.2.6.
enum HTMLNames {
    /// Without content or end tag.
    static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta", "param",
        "source",
        "track", "wbr",
    ]
    /// Whose characters are written as they are.
    static let unescaped: Set<String> = [
        "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp",
    ]
    /// Whose content is characters up to their end tag, references not resolved.
    static let raw: Set<String> = ["iframe", "noembed", "noframes", "noscript", "script", "style", "xmp"]
    /// The same, with references.
    static let escapableRaw: Set<String> = ["textarea", "title"]
    static let head: Set<String> = [
        "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script", "style", "template",
        "title",
    ]
    /// Before which an open paragraph ends.
    static let closingParagraphs: Set<String> = [
        "address", "article", "aside", "blockquote", "center", "details", "dialog", "dir", "div", "dl", "dd",
        "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search",
        "section", "summary", "table", "ul", "xmp",
    ]
    static let headings: Set<String> = ["h1", "h2", "h3", "h4", "h5", "h6"]
    /// Which go on behind a paragraph that cuts them.
    static let formatting: Set<String> = [
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
    ]
    /// Whose end is implied by the end of what they are in.
    static let impliedEnd: Set<String> = [
        "dd", "dt", "li", "optgroup", "option", "p", "rb", "rp", "rt", "rtc",
    ]
    static let tableSections: Set<String> = ["tbody", "thead", "tfoot"]
    /// Directly in which nothing but parts of a table stands.
    static let tableContexts: Set<String> = ["table", "tbody", "thead", "tfoot", "tr"]
    /// Around which an end tag does not look for its start tag.
    static let scope: Set<String> = [
        "applet", "caption", "html", "table", "td", "th", "marquee", "object", "template",
    ]
    static let markers: Set<String> = ["applet", "marquee", "object"]
    /// Which end a list item's or a misnested tag's search.
    static let special: Set<String> = closingParagraphs.union(void).union(raw).union(scope)
        .union(tableSections).union([
            "body", "button", "colgroup", "frame", "frameset", "head", "select", "textarea", "title", "tr",
        ]).subtracting(["dialog", "search"])
    /// Which end SVG and MathML around them.
    static let breakingOut: Set<String> = [
        "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed",
        "h1",
        "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol",
        "p",
        "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul",
        "var",
    ]
}
