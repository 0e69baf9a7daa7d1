internal import AssayFormats

extension HTMLElements.Held {
    /// An attribute as an address: relative to the page's where that is known.
    func address(_ attribute: String) -> String {
        guard let value = value[attribute] else { return "" }
        return selection.url.isEmpty ? value : HTMLAddresses.resolved(value, from: selection.url)
    }

    /// The form that an element belongs to.
    var form: HTMLSelection? {
        let around = selection.closest(.init("form"))
        if !around.nodes.isEmpty { return around }
        guard let id = value["form"], !id.isEmpty else { return nil }
        return byID(id)
    }

    func byID(_ id: String) -> HTMLSelection? {
        let all = CSSSelector(parsing: "[id]")?.matches(below: 0, in: selection.document) ?? []
        return all.first { selection.document[$0]["id"] == id }.map { selection.made([$0]) }
    }

    var labels: HTMLSelection {
        let around = selection.closest(.init("label"))
        guard let id = value["id"], !id.isEmpty else { return around }
        let all = CSSSelector(parsing: "label[for]")?.matches(below: 0, in: selection.document) ?? []
        return selection.made(around.nodes + all.filter { selection.document[$0]["for"] == id })
    }

    /// What an element says of its form, or the form itself.
    func ofForm(_ attribute: String) -> String? {
        value["form" + attribute] ?? form?.attribute(attribute)
    }

    /// The place of this element among those found in the nearest of some ancestors; -1 without one.
    func place(in ancestors: String, among found: String) -> Double {
        let around = selection.parents(.init(ancestors))
        return Double(around.find(found).nodes.firstIndex(of: node) ?? -1)
    }
}

extension HTMLElementTable {
    private typealias Make = HTMLElements

    private static let form = Make.element("form") { $0.form?.at(0) }
    private static let labels = Make.elements("labels") { $0.labels }
    private static let controls = "input,select,button,textarea"

    static let own: [(String, [NativeExport])] = [
        ("a area", links), ("button input", formFields),
        ("button", [Make.text("value") { $0.selection.valueOrHTML }]),
        (
            "canvas",
            ["width", "height"].map { name in
                Make.number(name) { $0.value[name].flatMap { Int($0) }.map(Double.init) ?? 150 }
            }
        ),
        ("datalist", [Make.elements("options") { $0.selection.find("option") }]),
        (
            "fieldset",
            [
                form, Make.text("type") { _ in "fieldset" }, Make.text("validity") { _ in nil },
                Make.elements("elements") { $0.selection.find(controls) },
            ]
        ),
        (
            "form",
            [
                Make.elements("elements") { $0.selection.find(controls + ",fieldset") },
                Make.number("length") { Double($0.selection.find(controls + ",fieldset").nodes.count) },
                Make.text("method") { $0.value["method"] == "post" ? "post" : "get" },
            ]
        ),
        ("input", [Make.element("list", list)]),
        ("keygen", [form, labels, Make.text("type") { _ in "keygen" }]),
        ("label", [form, Make.element("control") { held in held.value["for"].flatMap(held.byID) }]),
        ("legend object", [form]),
        ("link", [Make.texts("relList") { ($0.value["rel"] ?? "").split(separator: " ").map(String.init) }]),
        ("map", [Make.elements("areas") { $0.selection.find("area") }, Make.elements("images", images)]),
        ("meter progress", [labels]),
        ("option", options),
        (
            "output",
            [form, labels, Make.text("type") { _ in "output" }]
                + ["value", "defaultValue"].map { name in Make.text(name) { $0.selection.text } }
        ),
        (
            "progress",
            [
                Make.number("max", maximum), Make.number("value") { progress($0) ?? 0 },
                Make.number("position") { progress($0) ?? -1 },
            ]
        ),
        ("script title", [Make.text("text") { $0.selection.text }]), ("select", choices),
        (
            "style",
            [Make.text("type") { held in held.value["type"].flatMap { $0.isEmpty ? nil : $0 } ?? "text/css" }]
        ),
        (
            "table",
            ["caption", "thead", "tfoot"].map { name in
                Make.element(name == "thead" ? "tHead" : name == "tfoot" ? "tFoot" : name) {
                    $0.selection.children(.init(name)).at(0)
                }
            } + [Make.elements("tBodies") { $0.selection.find("tbody") }]
        ),
        ("table thead tbody tfoot", [Make.elements("rows") { $0.selection.find("tr") }]),
        ("td th", [Make.number("cellIndex") { $0.place(in: "tr", among: "th,td") }]),
        (
            "tr",
            [
                Make.elements("cells") { $0.selection.find("th,td") },
                Make.number("rowIndex") { $0.place(in: "table", among: "tr") },
                Make.number("sectionRowIndex") { $0.place(in: "thead,tbody,tfoot", among: "tr") },
            ]
        ),
        (
            "textarea",
            [
                form, labels, Make.text("type") { _ in "textarea" },
                Make.number("length") { Double(($0.value["value"] ?? "").utf8.count) },
            ]
        ),
        ("col", [Make.number("span") { Double(max(1, $0.value["span"].flatMap { Int($0) } ?? 1)) }]),
        ("audio video", [Make.elements("textTracks") { $0.selection.find("track") }]),
    ]

    // MARK: links

    /// A part of the address in `href`.
    private static func part(_ name: String, _ body: @escaping @Sendable (HTMLAddresses) -> String)
        -> NativeExport
    {
        Make.text(name) { body(HTMLAddresses($0.address("href"))) }
    }

    private static let links: [NativeExport] = [
        part("hash") { $0.fragment.isEmpty ? "" : "#" + $0.fragment }, part("host") { $0.hostAndPort },
        part("hostname") { $0.host }, part("port") { $0.port }, part("username") { $0.user },
        part("password") { $0.password }, part("pathname") { $0.path },
        part("protocol") { $0.scheme.isEmpty ? ":" : $0.scheme },
        part("origin") { $0.scheme.isEmpty ? "" : $0.scheme + "://" + $0.authority },
        part("search") { $0.query.isEmpty ? "" : "?" + $0.query }, Make.text("text") { $0.selection.text },
        Make.texts("relList") { ($0.value["rel"] ?? "").split(separator: " ").map(String.init) },
    ]

    // MARK: forms

    private static let formFields: [NativeExport] = [
        form, labels, Make.text("name") { $0.value["name"] ?? "" },
        Make.text("formAction") { held in
            let action = held.ofForm("action") ?? ""
            let url = held.selection.url
            if url.isEmpty { return action }
            return action.isEmpty ? url : HTMLAddresses.resolved(action, from: url)
        },
        Make.text("formEnctype") { held in
            let kind = held.ofForm("enctype") ?? ""
            return ["multipart/form-data", "text/plain"].contains(kind)
                ? kind : "application/x-www-form-urlencoded"
        },
        Make.text("formMethod") { $0.ofForm("method")?.lowercased() == "post" ? "post" : "get" },
        Make.flag("formNoValidate") { $0.ofForm("novalidate") != nil },
        Make.text("formTarget") { $0.ofForm("target") ?? "" },
    ]

    @Sendable private static func list(_ held: HTMLElements.Held) -> HTMLSelection? {
        guard let id = held.value["list"], !id.isEmpty,
            !["hidden", "checkbox", "radio", "file", "button"].contains(held.value["type"] ?? ""),
            let found = held.byID(id), found.nodeName == "datalist"
        else { return nil }
        return found
    }

    @Sendable private static func images(_ held: HTMLElements.Held) -> HTMLSelection {
        guard let id = held.value["id"] else { return held.selection.made([]) }
        let all = CSSSelector(parsing: "img[usemap],object[usemap]")?
            .matches(below: 0, in: held.selection.document)
        return held.selection.made((all ?? []).filter { held.selection.document[$0]["usemap"] == "#" + id })
    }

    private static let options: [NativeExport] = [
        Make.flag("disabled") { held in
            held.value["disabled"] != nil
                || held.selection.parents(.init("optgroup")).attribute("disabled") != nil
        },
        form, Make.number("index") { max(0, $0.place(in: "select,datalist", among: "option")) },
        Make.text("label") { $0.value["label"] ?? $0.selection.text },
        Make.text("text") { $0.selection.text },
        Make.text("value") { $0.selection.valueOrHTML },
    ]

    private static let choices: [NativeExport] = [
        form, labels, Make.number("length") { Double($0.selection.find("option").nodes.count) },
        Make.elements("options") { $0.selection.find("option") },
        Make.elements("selectedOptions") { $0.selection.find("option[selected]") },
        Make.number("selectedIndex") { held in
            let all = held.selection.find("option").nodes
            return Double(held.selection.find("option[selected]").nodes.first.flatMap(all.firstIndex) ?? -1)
        },
        Make.number("size") { $0.value["multiple"] != nil ? 4 : 1 },
        Make.text("type") { $0.value["multiple"] != nil ? "select-multiple" : "select" },
        Make.text("value") { held in
            let selected = held.selection.find("option[selected]")
            return selected.nodes.isEmpty ? "" : selected.at(0).valueOrHTML
        },
    ]

    @Sendable private static func maximum(_ held: HTMLElements.Held) -> Double {
        guard let value = held.value["max"].flatMap(Double.init), value >= 0 else { return 1 }
        return value
    }

    private static func progress(_ held: HTMLElements.Held) -> Double? {
        guard let value = held.value["value"].flatMap(Double.init), value >= 0 else { return nil }
        return value / maximum(held)
    }
}
