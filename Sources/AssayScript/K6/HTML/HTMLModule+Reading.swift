internal import AssayFormats

/// What selections tell of themselves.
extension HTMLModule {
    static let reading: [NativeExport] = [
        .function("text") { (runtime, this, _) throws(ScriptThrow) in
            let selection = try receiver(this, runtime)
            guard let text = selection.text(atMost: runtime.holdings.limit) else {
                throw runtime.outOfMemory()
            }
            return runtime.make(text)
        },
        .function("html") { (runtime, this, _) throws(ScriptThrow) in
            runtime.make(try receiver(this, runtime).html)
        },
        .function("attr", arity: 2) { (runtime, this, arguments) throws(ScriptThrow) in
            let name = try runtime.optionalText(arguments[0]) ?? ""
            return try receiver(this, runtime).attribute(name).map { runtime.make($0) }
                ?? runtime.duplicate(arguments[1])
        },
        .function("size") { (runtime, this, _) throws(ScriptThrow) in
            .number(Double(try receiver(this, runtime).nodes.count))
        },
        .function("val") { (runtime, this, _) throws(ScriptThrow) in
            make(try receiver(this, runtime).value, runtime)
        },
        .function("serialize") { (runtime, this, _) throws(ScriptThrow) in
            runtime.makeText(encoded(try receiver(this, runtime).fields))
        },
        .function("serializeArray") { (runtime, this, _) throws(ScriptThrow) in
            runtime.makeArray(
                try receiver(this, runtime).fields.map { field in
                    let object = runtime.makeObject()
                    runtime.set(object, "name", runtime.make(field.name))
                    runtime.set(object, "value", make(field.value, runtime))
                    return object
                })
        },
        .function("serializeObject") { (runtime, this, _) throws(ScriptThrow) in
            let object = runtime.makeObject()
            for field in try receiver(this, runtime).fields {
                runtime.set(object, field.name, make(field.value, runtime))
            }
            return object
        },
    ]

    private static func make(_ value: HTMLSelection.Value?, _ runtime: ScriptRuntime) -> ScriptValue {
        switch value {
        case nil: .undefined
        case .text(let text)?: runtime.make(text)
        case .texts(let texts)?: runtime.makeArray(texts.map { runtime.make($0) })
        }
    }

    /// As forms are sent; of fields with one name the last counts, as in k6.
    static func encoded(_ fields: [(name: String, value: HTMLSelection.Value)]) -> [UInt8] {
        var values: [String: [String]] = [:]
        for (name, value) in fields {
            switch value {
            case .text(let text): values[name] = [text]
            case .texts(let texts): values[name] = texts
            }
        }
        return formEncoded(values.flatMap { name, values in values.map { (name, $0) } })
    }

    // MARK: data attributes

    /// `data()`: all of them; `data("fooBar")`: that of `data-foo-bar`.
    static func data(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let selection = try receiver(this, runtime)
        guard let node = selection.nodes.first.map({ selection.document[$0] }), !node.attributes.isEmpty
        else {
            return .undefined
        }
        if let name = try runtime.optionalText(arguments[0]) {
            guard let value = node["data-" + dashed(name)] else { return .undefined }
            return try converted(value, runtime)
        }
        let object = runtime.makeObject()
        for attribute in node.attributes
        where attribute.name.hasPrefix("data-") && attribute.name.utf8.count > 5 {
            runtime.set(
                object, camelCased(String(attribute.name.dropFirst(5))),
                try converted(attribute.value, runtime))
        }
        return object
    }

    /// `fooBar` to `foo-bar`.
    private static func dashed(_ name: String) -> String {
        name.reduce(into: "") { text, sign in
            if sign.isUppercase, !text.isEmpty { text.append("-") }
            text += sign.lowercased()
        }
    }

    private static func camelCased(_ name: String) -> String {
        let parts = name.split(separator: "-")
        return (parts.first.map(String.init) ?? "")
            + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Numbers, booleans and JSON as what they are.
    private static func converted(_ text: String, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        switch text {
        case "", "null", "undefined": return .undefined
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if text.hasPrefix("{") || text.hasPrefix("["), let json = try? JSON(parsing: Array(text.utf8)) {
            return try runtime.make(json: json)
        }
        // Only what is written as numbers are: "101.00" and "1e2" stay texts.
        if let number = Double(text), number.isFinite {
            let value = ScriptValue.number(number)
            if try runtime.text(value) == text { return value }
        }
        return runtime.make(text)
    }
}
