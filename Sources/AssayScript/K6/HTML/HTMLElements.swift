internal import AssayFormats

/// Elements as scripts see them: single nodes with the methods that browsers have for their kind.
enum HTMLElements {
    final class Held {
        /// Of one node.
        let selection: HTMLSelection
        init(_ selection: HTMLSelection) { self.selection = selection }
        var node: Int { selection.nodes[0] }
        var value: HTMLNode { selection.document[node] }
    }

    /// The first node of a selection; `undefined` of none. The caller's.
    static func make(_ selection: HTMLSelection, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        guard let node = selection.nodes.first, node >= 0 else { return .undefined }
        let kind = selection.document.isElement(node) ? selection.document[node].text : ""
        let type = types[kind] ?? plainType
        var one = selection.made([node])
        one.holding = try runtime.hold(one.weight)
        return try runtime.makeObject(of: type, holding: Held(one))
    }

    /// All nodes of a selection; the caller's.
    static func array(_ selection: HTMLSelection, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        try array(of: selection, runtime, make)
    }

    /// What is made of each node of a selection; the caller's.
    static func array(
        of selection: HTMLSelection, _ runtime: ScriptRuntime,
        _ make: (HTMLSelection, ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    ) throws(ScriptThrow) -> ScriptValue {
        let array = runtime.makeArray()
        do throws(ScriptThrow) {
            for (index, each) in selection.each.enumerated() {
                runtime.set(array, at: index, try make(each, runtime))
            }
        } catch {
            runtime.free(array)
            throw error
        }
        return array
    }

    /// The selection of an element of a script; `nil` of anything else.
    static func selection(_ value: ScriptValue, _ runtime: ScriptRuntime) -> HTMLSelection? {
        runtime.held(value, as: Held.self)?.selection
    }

    // MARK: kinds

    private static let plainType = NativeClass("Element", members: base)
    /// By the element's name; made once, and its prototype when a runtime meets the first such element.
    private static let types: [String: NativeClass] = {
        var types: [String: NativeClass] = [:]
        for (name, own) in HTMLElementTable.members {
            let names = Set(own.map(\.name))
            types[name] = NativeClass("Element", members: base.filter { !names.contains($0.name) } + own)
        }
        return types
    }()

    // MARK: making members

    /// A method of one kind of element or of all.
    static func method(
        _ name: String, arity: Int = 0,
        _ body: @escaping @Sendable (Held, ScriptRuntime, ScriptArguments) throws(ScriptThrow) -> ScriptValue
    ) -> NativeExport {
        .function(name, arity: arity) { (runtime, this, arguments) throws(ScriptThrow) in
            guard let held = runtime.held(this, as: Held.self) else {
                throw .typeError("this is no element of k6/html")
            }
            return try body(held, runtime, arguments)
        }
    }

    static func text(_ name: String, _ body: @escaping @Sendable (Held) -> String?) -> NativeExport {
        method(name) { (held, runtime, _) throws(ScriptThrow) in
            body(held).map { runtime.make($0) } ?? .undefined
        }
    }

    static func flag(_ name: String, _ body: @escaping @Sendable (Held) -> Bool) -> NativeExport {
        method(name) { (held, _, _) throws(ScriptThrow) in .bool(body(held)) }
    }

    static func number(_ name: String, _ body: @escaping @Sendable (Held) -> Double) -> NativeExport {
        method(name) { (held, _, _) throws(ScriptThrow) in .number(body(held)) }
    }

    /// Another element.
    static func element(_ name: String, _ body: @escaping @Sendable (Held) -> HTMLSelection?) -> NativeExport
    {
        method(name) { (held, runtime, _) throws(ScriptThrow) in
            guard let found = body(held) else { return .undefined }
            return try make(found, runtime)
        }
    }

    static func elements(_ name: String, _ body: @escaping @Sendable (Held) -> HTMLSelection) -> NativeExport
    {
        method(name) { (held, runtime, _) throws(ScriptThrow) in try array(body(held), runtime) }
    }

    static func texts(_ name: String, _ body: @escaping @Sendable (Held) -> [String]) -> NativeExport {
        method(name) { (held, runtime, _) throws(ScriptThrow) in
            runtime.makeArray(body(held).map { runtime.make($0) })
        }
    }

    // MARK: what all have

    private static func node(_ name: String, _ place: @escaping @Sendable (HTMLNode) -> Int) -> NativeExport {
        element(name) { held in
            let node = place(held.value)
            return node >= 0 ? held.selection.made([node]) : nil
        }
    }

    private static let base: [NativeExport] = attributes + neighbours + queries + nature

    private static let attributes: [NativeExport] = [
        method("getAttribute", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            held.value[try runtime.text(arguments[0])].map { runtime.make($0) } ?? .undefined
        },
        method("getAttributeNode", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            let name = try runtime.text(arguments[0])
            guard let attribute = held.value.attributes.first(where: { $0.name == name }) else {
                return .undefined
            }
            return try HTMLAttributes.make(attribute, of: held, runtime)
        },
        method("attributes") { (held, runtime, _) throws(ScriptThrow) in
            let all = runtime.makeObject()
            do throws(ScriptThrow) {
                for attribute in held.value.attributes {
                    runtime.set(all, attribute.name, try HTMLAttributes.make(attribute, of: held, runtime))
                }
            } catch {
                runtime.free(all)
                throw error
            }
            return all
        },
        method("hasAttribute", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            .bool(held.value[try runtime.text(arguments[0])] != nil)
        },
        flag("hasAttributes") { !$0.value.attributes.isEmpty },
        text("id") { $0.value["id"] ?? "" }, text("className") { $0.value["class"] },
        text("lang") { $0.value["lang"] },
        texts("classList") { ($0.value["class"] ?? "").split { $0.isWhitespace }.map(String.init) },
    ]

    private static let neighbours: [NativeExport] = [
        node("firstChild") { $0.firstChild }, node("lastChild") { $0.lastChild },
        node("previousSibling") { $0.previous }, node("nextSibling") { $0.next },
        node("parentNode") { $0.parent },
        element("firstElementChild") { $0.selection.children().at(0) },
        element("lastElementChild") { $0.selection.children().at(-1) },
        element("previousElementSibling") { $0.selection.neighbour(.backward, nil) },
        element("nextElementSibling") { $0.selection.neighbour(.forward, nil) },
        element("parentElement") { $0.selection.parent() },
        element("ownerDocument") { $0.selection.made([0]) },
        elements("childNodes") { $0.selection.contents() }, elements("children") { $0.selection.children() },
        number("childElementCount") { Double($0.selection.children().nodes.count) },
        flag("hasChildNodes") { $0.value.firstChild >= 0 },
    ]

    private static func query(
        _ name: String, _ prefix: String = "",
        _ body: @escaping @Sendable (HTMLSelection, ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    ) -> NativeExport {
        method(name, arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            try body(held.selection.find(prefix + (try runtime.text(arguments[0]))), runtime)
        }
    }

    private static let queries: [NativeExport] = [
        query("querySelector") { (found, runtime) throws(ScriptThrow) in try make(found, runtime) },
        query("querySelectorAll") { (found, runtime) throws(ScriptThrow) in try array(found, runtime) },
        query("getElementsByTagName") { (found, runtime) throws(ScriptThrow) in try array(found, runtime) },
        query("getElementsByClassName", ".") { (found, runtime) throws(ScriptThrow) in
            try array(found, runtime)
        },
        method("matches", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            .bool(held.selection.is(.init(try runtime.text(arguments[0]))))
        },
        method("contains", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            guard let other = runtime.held(arguments[0], as: Held.self) else { return .bool(false) }
            return .bool(
                other.selection.document === held.selection.document
                    && held.selection.document.contains(held.node, other.node))
        },
        method("isSameNode", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            guard let other = runtime.held(arguments[0], as: Held.self) else { return .bool(false) }
            return .bool(other.selection.document === held.selection.document && other.node == held.node)
        },
        method("isEqualNode", arity: 1) { (held, runtime, arguments) throws(ScriptThrow) in
            .bool(runtime.held(arguments[0], as: Held.self)?.selection.html == held.selection.html)
        },
        method("selection") { (held, runtime, _) throws(ScriptThrow) in
            try HTMLModule.make(held.selection, runtime)
        },
    ]

    private static let nature: [NativeExport] = [
        text("nodeName") { $0.selection.nodeName }, text("textContent") { $0.selection.text },
        text("innerHTML") { $0.selection.html },
        text("nodeValue") { [.text, .comment].contains($0.value.kind) ? $0.value.text : nil },
        number("nodeType") { held in
            switch held.value.kind {
            case .element: 1
            case .text: 3
            case .comment: 8
            case .document: 9
            case .doctype: 10
            }
        },
        text("toString") { held in
            held.value.kind == .element ? "[object html.Node]" : "[object \(held.selection.nodeName)]"
        },
        text("namespaceURI") { HTMLAttributes.namespaceURI(held: $0) },
        flag("isDefaultNamespace") { $0.value.namespace == .html },
    ]
}

/// Attributes as scripts see them.
enum HTMLAttributes {
    private final class Held {
        let element: HTMLElements.Held
        init(_ element: HTMLElements.Held) { self.element = element }
    }

    private static let type = NativeClass(
        "Attribute",
        members: [
            .function("prefix") { (runtime, _, _) throws(ScriptThrow) in runtime.make("") },
            .function("namespaceURI") { (runtime, _, _) throws(ScriptThrow) in
                runtime.make("http://www.w3.org/1999/xhtml")
            },
            .function("localName") { (runtime, this, _) throws(ScriptThrow) in try runtime.get(this, "name")
            },
        ])

    static func make(
        _ attribute: HTMLAttribute, of element: HTMLElements.Held, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        let owner = try HTMLElements.make(element.selection, runtime)
        let object = try runtime.makeObject(of: type, holding: Held(element))
        runtime.set(object, "name", runtime.make(attribute.name))
        runtime.set(object, "value", runtime.make(attribute.value))
        runtime.define(object, "owner_element", owner)
        return object
    }

    static func namespaceURI(held: HTMLElements.Held) -> String {
        switch held.value.namespace {
        case .html: "http://www.w3.org/1999/xhtml"
        case .svg: "http://www.w3.org/2000/svg"
        case .math: "http://www.w3.org/1998/Math/MathML"
        }
    }
}
