internal import AssayFormats

/// Which methods the kinds of elements have beyond those of all. Source: the reflected attributes of WHATWG HTML, as far as
/// k6 has them.
enum HTMLElementTable {
    /// By element name.
    static let members: [String: [NativeExport]] = {
        var members: [String: [NativeExport]] = [:]
        for (names, own) in reflected + HTMLElementTable.own {
            for name in names.split(separator: " ") { members[String(name), default: []] += own }
        }
        return members
    }()

    // MARK: attributes under another name

    /// Attributes as texts; a method is called as its attribute, `method=attribute` otherwise.
    private static func texts(_ list: String) -> [NativeExport] {
        pairs(list).map { name, attribute in HTMLElements.text(name) { $0.value[attribute] ?? "" } }
    }

    /// Whether attributes are there.
    private static func flags(_ list: String) -> [NativeExport] {
        pairs(list).map { name, attribute in HTMLElements.flag(name) { $0.value[attribute] != nil } }
    }

    /// Attributes as whole numbers.
    private static func numbers(_ list: String, otherwise: Double = 0) -> [NativeExport] {
        pairs(list).map { name, attribute in
            HTMLElements.number(name) {
                $0.value[attribute].flatMap { Int($0) }.map(Double.init) ?? otherwise
            }
        }
    }

    /// Attributes as addresses, whole where that of the page is known.
    private static func addresses(_ list: String) -> [NativeExport] {
        pairs(list).map { name, attribute in HTMLElements.text(name) { $0.address(attribute) } }
    }

    /// One of some words, the first where it is none of them; an empty first word stands for undefined.
    private static func word(_ name: String, _ words: String, of attribute: String? = nil) -> NativeExport {
        let words = words.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let attribute = attribute ?? name.lowercased()
        return HTMLElements.text(name) { held in
            let value = held.value[attribute]
            return words.first { $0 == value } ?? words[0]
        }
    }

    private static func pairs(_ list: String) -> [(name: String, attribute: String)] {
        list.split(separator: " ").map { entry in
            let parts = entry.split(separator: "=").map(String.init)
            return (parts[0], parts.count > 1 ? parts[1] : parts[0].lowercased())
        }
    }

    private static let origin = HTMLElements.text("crossOrigin") { held in
        ["anonymous", "use-credentials"].first { $0 == held.value["crossorigin"] }
    }
    private static let referrer = word(
        "referrerPolicy",
        "|no-referrer|no-referrer-when-downgrade|origin|origin-when-cross-origin|unsafe-url")
    private static let completion = word("autocomplete", "on|off")
    private static let inputTypes =
        "text|button|checkbox|color|date|datetime-local|email|file|hidden|image|month|number|password|radio|range"
        + "|reset|search|submit|tel|time|url|week"
    private static let encodings = "application/x-www-form-urlencoded|multipart/form-data|text/plain"

    private static let reflected: [(String, [NativeExport])] = [
        (
            "a area",
            [referrer] + texts("download rel target type accessKey hrefLang")
                + addresses("href toString=href")
        ),
        (
            "audio video",
            [word("preload", "auto|metadata|none"), origin]
                + flags("autoplay controls loop muted defaultMuted=muted") + addresses("src")
                + texts("currentSrc=src mediaGroup")
        ),
        ("base", addresses("href") + texts("target")),
        (
            "button",
            [word("type", "submit|button|menu|reset")] + texts("accessKey") + flags("autofocus disabled")
                + numbers("tabIndex")
        ),
        ("data", texts("value")), ("embed", texts("height width src type")),
        ("fieldset", flags("disabled") + texts("name")),
        (
            "form",
            addresses("action") + texts("name target acceptCharset=accept-charset") + flags("noValidate") + [
                word("enctype", encodings), word("encoding", encodings, of: "enctype"), completion,
            ]
        ),
        ("iframe", flags("allowfullscreen") + [referrer] + texts("height width name") + addresses("src")),
        (
            "img",
            addresses("currentSrc=src src") + texts("sizes srcset alt name useMap") + [origin, referrer]
                + numbers("height width") + flags("isMap")
        ),
        (
            "input",
            [word("type", inputTypes), completion] + numbers("tabIndex size")
                + numbers("maxLength", otherwise: -1)
                + flags("disabled autofocus required checked defaultChecked=checked readonly multiple")
                + texts(
                    "name value alt height width accept pattern placeholder min max defaultValue=value dirName "
                        + "accessKey step") + addresses("src")
        ),
        ("keygen", flags("autofocus disabled") + texts("challenge name") + [word("keytype", "RSA|DSA|EC")]),
        ("label", texts("htmlFor=for")), ("legend", texts("accessKey")),
        ("li", numbers("value") + [word("type", "|1|a|A|i|I|disc|square|circle")]),
        ("link", [origin, referrer] + addresses("href") + texts("hreflang media rel target type")),
        ("map", texts("name")),
        (
            "meta",
            texts("content name") + [
                word("httpEquiv", "content-type|default-style|refresh", of: "http-equiv")
            ]
        ),
        ("meter", numbers("min max high low optimum")), ("del ins", texts("cite datetime")),
        (
            "object",
            addresses("data") + texts("height name type useMap width") + numbers("tabIndex")
                + flags("typeMustMatch")
        ),
        ("ol", flags("reversed") + numbers("start") + [word("type", "1|a|A|i|I")]),
        ("optgroup", flags("disabled") + texts("label")),
        ("option", flags("defaultSelected=selected selected")),
        ("output", texts("htmlFor=for name")), ("param pre", texts("name value")), ("quote", texts("cite")),
        ("script", texts("crossOrigin type charset") + addresses("src") + flags("async defer noModule")),
        ("select", flags("autofocus disabled multiple required") + texts("name") + numbers("tabIndex")),
        ("source", texts("keySystem media sizes srcset type") + addresses("src")), ("style", texts("media")),
        ("table", flags("sortable")), ("td th", numbers("colSpan rowSpan", otherwise: 1) + texts("headers")),
        ("th", texts("abbr") + [word("scope", "|row|col|colgroup|rowgroup")] + flags("sorted")),
        (
            "textarea",
            texts("value defaultValue=value placeholder accessKey") + numbers("rows cols maxLength tabIndex")
                + flags("readOnly required") + [
                    completion, word("autocapitalize", "sentences|none|off|characters|words"),
                    word("wrap", "soft|hard|off"),
                ]
        ),
        ("time", texts("datetime")),
        (
            "track",
            [word("kind", "subtitle|captions|descriptions|chapters|metadata")] + addresses("src")
                + texts("srclang label") + flags("default")
        ),
        ("ul", texts("type")),
    ]
}
