internal import AssayWire

/// `res.cookies`.
enum HTTPResponseCookies {
    /// What k6 shows for a cookie without a date: Go's zero time, past the range of its nanoseconds.
    private static let noDate = -6_795_364_578_871.0

    static func make(_ response: ScriptResponse, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        let shown = runtime.makeObject()
        guard response.isAnswered else { return shown }
        let cookies = headerValues("Set-Cookie", in: response.head).compactMap { ScriptCookie(setCookie: $0) }
        for (name, group) in grouped(cookies.map { ($0.name, $0) }) {
            runtime.set(shown, name, runtime.makeArray(group.map { show($0, runtime) }))
        }
        return shown
    }

    private static func show(_ cookie: ScriptCookie, _ runtime: ScriptRuntime) -> ScriptValue {
        let shown = runtime.makeObject()
        runtime.set(shown, "name", runtime.make(cookie.name))
        runtime.set(shown, "value", runtime.make(cookie.value))
        runtime.set(shown, "domain", runtime.make(cookie.domain))
        runtime.set(shown, "path", runtime.make(cookie.path))
        runtime.set(shown, "http_only", .bool(cookie.isHTTPOnly))
        runtime.set(shown, "secure", .bool(cookie.isSecure))
        runtime.set(shown, "max_age", runtime.make(cookie.maxAge))
        runtime.set(shown, "expires", .number(cookie.expires.map { Double($0) * 1000 } ?? noDate))
        return shown
    }
}

/// `res.request`.
enum HTTPResponseRequest {
    static func make(_ response: ScriptResponse, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        guard let request = response.request else { return .null }
        let shown = runtime.makeObject()
        runtime.set(shown, "method", runtime.make(request.method))
        runtime.set(shown, "url", runtime.make(request.address.shown))
        runtime.set(shown, "headers", headers(request, runtime))
        runtime.set(shown, "body", runtime.makeText(request.plainBody ?? request.body ?? []))
        runtime.set(shown, "cookies", cookies(request, runtime))
        return shown
    }

    private static func headers(_ request: ScriptRequest, _ runtime: ScriptRuntime) -> ScriptValue {
        let shown = runtime.makeObject()
        for field in request.headers {
            runtime.set(shown, field.name, runtime.makeArray([runtime.make(field.value)]))
        }
        if !request.sentCookies.isEmpty {
            var header: [UInt8] = []
            for cookie in request.sentCookies { ScriptCookie.append(cookie.name, cookie.value, to: &header) }
            runtime.set(shown, "Cookie", runtime.makeArray([runtime.makeText(header)]))
        }
        return shown
    }

    private static func cookies(_ request: ScriptRequest, _ runtime: ScriptRuntime) -> ScriptValue {
        let shown = runtime.makeObject()
        for (name, values) in grouped(request.sentCookies.map { ($0.name, $0.value) }) {
            let list = values.map { value in
                let cookie = runtime.makeObject()
                runtime.set(cookie, "name", runtime.make(name))
                runtime.set(cookie, "value", runtime.make(value))
                runtime.set(cookie, "replace", .bool(false))
                return cookie
            }
            runtime.set(shown, name, runtime.makeArray(list))
        }
        return shown
    }
}
