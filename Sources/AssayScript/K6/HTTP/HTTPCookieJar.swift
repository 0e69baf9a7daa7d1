internal import AssayNet
internal import AssayWire

/// `http.cookieJar()` and `new http.CookieJar()`.
enum HTTPCookieJar {
    static let type = NativeClass(
        "CookieJar",
        members: [
            .function("cookiesForURL", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
                let (jar, place) = try read(this, arguments, runtime)
                return show(place.map { jar.cookies(for: $0, now: WallClock.seconds) } ?? [], runtime)
            },
            .function("set", arity: 4) { runtime, this, arguments throws(ScriptThrow) in
                let (jar, place) = try read(this, arguments, runtime)
                var cookie = ScriptCookie(try text(arguments[1], runtime), try text(arguments[2], runtime))
                try readAttributes(arguments[3], of: &cookie, runtime)
                guard let place else { return .bool(true) }
                let more = 256 + cookie.name.utf8.count + cookie.value.utf8.count + cookie.path.utf8.count
                jar.holding = try runtime.hold(jar.byteCount + more, insteadOf: jar.holding)
                jar.set(cookie, from: place, now: WallClock.seconds)
                return .bool(true)
            },
            .function("clear", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
                let (jar, place) = try read(this, arguments, runtime)
                if let place { jar.clear(place, now: WallClock.seconds) }
                return .undefined
            },
            .function("delete", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
                let name = arguments[1].isNullish ? "" : try runtime.text(arguments[1])
                if name.isEmpty { throw .error("cookie: is null") }
                let (jar, place) = try read(this, arguments, runtime)
                if let place { jar.remove(name, place, now: WallClock.seconds) }
                return .undefined
            },
        ],
        construct: { runtime, _, _ throws(ScriptThrow) in try make(ScriptCookieJar(), runtime) })

    static func make(_ jar: ScriptCookieJar, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue {
        try runtime.makeObject(of: type, holding: jar)
    }

    /// Nothing is an empty text.
    private static func text(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> String {
        value.isNullish ? "" : try runtime.text(value)
    }

    /// - Returns: no place for an address that has no cookies: it is not of the web.
    private static func read(
        _ this: ScriptValue, _ arguments: ScriptArguments, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> (ScriptCookieJar, ScriptCookieJar.Place?) {
        guard let jar = runtime.held(this, as: ScriptCookieJar.self) else {
            throw .typeError("this is no CookieJar")
        }
        let address = ScriptAddress.of(try text(arguments[0], runtime))
        guard let parts = address.parts else {
            if let fault = address.fault, fault.isUnreadable { throw .error(fault.reason) }
            return (jar, nil)
        }
        return (
            jar,
            ScriptCookieJar.Place(
                host: parts.host, target: parts.target, isSecure: parts.scheme == "https")
        )
    }

    /// `{name: [value, …]}`.
    private static func show(
        _ cookies: [(name: String, value: String)], _ runtime: ScriptRuntime
    ) -> ScriptValue {
        let shown = runtime.makeObject()
        for (name, values) in grouped(cookies.map { ($0.name, $0.value) }) {
            runtime.set(shown, name, runtime.makeArray(values.map { runtime.make($0) }))
        }
        return shown
    }

    private static func readAttributes(
        _ options: ScriptValue, of cookie: inout ScriptCookie, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) {
        var read = cookie
        try runtime.forEachProperty(of: options) { name, value throws(ScriptThrow) in
            switch name.lowercased() {
            case "path": read.path = try runtime.text(value)
            case "domain": read.domain = try runtime.text(value)
            case "expires":
                let text = try runtime.text(value)
                read.expires = text.isEmpty ? nil : try httpDate(text)
            case "max_age":
                let number = try runtime.toNumber(value)
                read.maxAge =
                    number.isNaN ? 0 : Int(exactly: number.rounded(.towardZero)) ?? (number < 0 ? -1 : .max)
            case "secure": read.isSecure = runtime.isTruthy(value)
            case "http_only": read.isHTTPOnly = runtime.isTruthy(value)
            default: break
            }
        }
        cookie = read
    }

    private static func httpDate(_ text: String) throws(ScriptThrow) -> Int64 {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        guard days.contains(String(text.prefix(3))), let seconds = cookieDate(text.utf8) else {
            throw .error(
                "unable to parse \"expires\" date string \(quoted(text)): parsing time \(quoted(text)) as "
                    + "\"Mon, 02 Jan 2006 15:04:05 MST\": cannot parse \(quoted(text)) as \"Mon\"")
        }
        return seconds
    }
}

/// Values of one name together, in the order of their first.
func grouped<Value>(_ pairs: [(String, Value)]) -> [(String, [Value])] {
    var groups: [(String, [Value])] = []
    for (name, value) in pairs {
        if let place = groups.firstIndex(where: { $0.0 == name }) {
            groups[place].1.append(value)
        } else {
            groups.append((name, [value]))
        }
    }
    return groups
}
