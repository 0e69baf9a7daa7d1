internal import AssayWire

/// `res.html()`, `res.submitForm()` and `res.clickLink()`: what an answer's page leads to, over `k6/html`.
enum HTTPForms {
    /// The page, or what a selector finds in it.
    static func html(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let page = try page(runtime, this)
        guard arguments.count > 0 else { return page }
        defer { runtime.free(page) }
        // No selector finds nothing.
        let selector = arguments[0].isNullish ? runtime.make("") : runtime.duplicate(arguments[0])
        defer { runtime.free(selector) }
        return try invoke(page, "find", [selector], runtime)
    }

    private static func page(_ runtime: ScriptRuntime, _ this: ScriptValue) throws(ScriptThrow) -> ScriptValue
    {
        let response = try HTTPResponse.held(this, runtime)
        try HTTPResponseBody.demand(of: this, response, for: "HTML", runtime)
        let body = try HTTPResponseBody.bytes(of: this, response, runtime)
        return try HTMLModule.parse(String(decoding: body, as: UTF8.self), url: response.url, runtime)
    }

    // MARK: forms

    /// `res.submitForm({formSelector, fields, submitSelector, params})`.
    static func submit(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let response = try HTTPResponse.held(this, runtime)
        let options = arguments[0]
        let selector = try text(options, "formSelector", runtime) ?? "form"
        let form = try find(selector, runtime, this)
        defer { runtime.free(form) }
        if try size(of: form, runtime) == 0 {
            throw .error(
                "no form found for selector '\(selector)' in response '\(ScriptAddress.of(response.url).clean)'"
            )
        }
        let method = try attribute("method", of: form, runtime)?.uppercased() ?? "GET"
        let target = try address(try attribute("action", of: form, runtime), from: response)
        let values = try invoke(form, "serializeObject", [], runtime)
        defer { runtime.free(values) }
        try addSubmit(
            try text(options, "submitSelector", runtime) ?? "[type=\"submit\"]", of: form, to: values, runtime
        )
        if options.isObject {
            try runtime.with(options, "fields") { fields throws(ScriptThrow) in
                try runtime.forEachProperty(of: fields) { name, value in
                    runtime.set(values, name, runtime.duplicate(value))
                }
            }
        }
        return try follow(method, target, values, options, runtime)
    }

    private static func addSubmit(
        _ selector: String, of form: ScriptValue, to values: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        let wanted = runtime.make(selector)
        defer { runtime.free(wanted) }
        let button = try invoke(form, "find", [wanted], runtime)
        defer { runtime.free(button) }
        guard let name = try attribute("name", of: button, runtime) else { return }
        let value = try invoke(button, "val", [], runtime)
        if value.isUndefined { return }
        runtime.set(values, name, value)
    }

    private static func follow(
        _ method: String, _ target: String, _ values: ScriptValue, _ options: ScriptValue,
        _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        var target = target
        if method == "GET" {
            var fields: [(name: String, value: String)] = []
            try runtime.forEachProperty(of: values) { name, value throws(ScriptThrow) in
                fields.append((name, try runtime.text(value)))
            }
            let query = String(decoding: formEncoded(fields), as: UTF8.self)
            target = target.prefix { $0 != "?" && $0 != "#" } + (query.isEmpty ? "" : "?" + query)
        }
        let url = runtime.make(target)
        defer { runtime.free(url) }
        let parameters = options.isObject ? try runtime.get(options, "params") : .undefined
        defer { runtime.free(parameters) }
        return try HTTPCalls.make(
            method, runtime, url: url, body: method == "GET" ? .null : values, parameters: parameters)
    }

    // MARK: links

    /// `res.clickLink({selector, params})`.
    static func click(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let response = try HTTPResponse.held(this, runtime)
        let options = arguments[0]
        let selector = try text(options, "selector", runtime) ?? "a[href]"
        let link = try find(selector, runtime, this)
        defer { runtime.free(link) }
        if try size(of: link, runtime) == 0 {
            throw .error(
                "no element found for selector '\(selector)' in response '\(ScriptAddress.of(response.url).clean)'"
            )
        }
        guard let reference = try attribute("href", of: link, runtime) else {
            throw .error(
                "no valid href attribute value found on element '\(selector)' in response '\(ScriptAddress.of(response.url).clean)'"
            )
        }
        let url = runtime.make(try address(reference, from: response))
        defer { runtime.free(url) }
        let parameters = options.isObject ? try runtime.get(options, "params") : .undefined
        defer { runtime.free(parameters) }
        return try HTTPCalls.make("GET", runtime, url: url, body: .undefined, parameters: parameters)
    }

    // MARK: selections

    private static func find(
        _ selector: String, _ runtime: ScriptRuntime, _ this: ScriptValue
    ) throws(ScriptThrow) -> ScriptValue {
        let page = try page(runtime, this)
        defer { runtime.free(page) }
        let wanted = runtime.make(selector)
        defer { runtime.free(wanted) }
        return try invoke(page, "find", [wanted], runtime)
    }

    private static func invoke(
        _ selection: ScriptValue, _ name: String, _ arguments: [ScriptValue], _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        try runtime.with(selection, name) { method throws(ScriptThrow) in
            try runtime.call(method, this: selection, arguments)
        }
    }

    private static func size(of selection: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> Int {
        let size = try invoke(selection, "size", [], runtime)
        defer { runtime.free(size) }
        return runtime.integer(size) ?? 0
    }

    private static func attribute(
        _ name: String, of selection: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> String? {
        let wanted = runtime.make(name)
        defer { runtime.free(wanted) }
        let value = try invoke(selection, "attr", [wanted], runtime)
        defer { runtime.free(value) }
        return value.isUndefined ? nil : try runtime.text(value)
    }

    private static func text(
        _ options: ScriptValue, _ name: String, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> String? {
        guard options.isObject else { return nil }
        return try runtime.with(options, name) { value throws(ScriptThrow) in
            value.isUndefined ? nil : try runtime.text(value)
        }
    }

    /// Where a reference on the answer's page leads to; the page itself without one.
    private static func address(
        _ reference: String?, from response: ScriptResponse
    ) throws(ScriptThrow) -> String {
        guard let reference else { return response.url }
        guard let base = ScriptAddress.of(response.url).parts else {
            throw .error("the answer has no address")
        }
        do throws(URLError) {
            return try base.resolving(reference).text
        } catch {
            throw .error("parse \(quoted(ScriptAddress.of(reference).clean)): \(error.reason)")
        }
    }
}
