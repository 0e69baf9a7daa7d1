internal import AssayNet
internal import AssayWire

/// The answer as a script has it: `res.status`, `res.body`, `res.json()`.
///
/// Everything but the object itself is made when the script asks for it, and kept from then on.
enum HTTPResponse {
    static func make(_ response: ScriptResponse, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue
    {
        try runtime.makeObject(of: record, holding: response)
    }

    /// In the order in which k6 shows them.
    static let record = NativeRecord([
        field("remote_ip") { response, runtime in runtime.make(response.remoteIP ?? "") },
        field("remote_port") { response, runtime in runtime.make(Int(response.peer?.address?.port ?? 0)) },
        field("url") { response, runtime in runtime.make(response.url) },
        field("status") { response, _ in .int(Int32(truncatingIfNeeded: response.status)) },
        field("status_text") { response, runtime in runtime.make(statusLine(response)) },
        field("proto") { response, runtime in runtime.make(proto(response)) },
        field("headers", headers), field("cookies", HTTPResponseCookies.make), HTTPResponseBody.field,
        field("timings", timings),
        field("tls_version") { response, runtime in runtime.make(tlsVersion(response)) },
        field("tls_cipher_suite") { response, runtime in
            runtime.make(response.isAnswered ? response.peer?.cipher ?? "" : "")
        },
        field("ocsp", ocsp),
        field("error") { response, runtime in runtime.make(response.fault?.message ?? "") },
        field("error_code") { response, _ in .int(Int32(truncatingIfNeeded: response.fault?.code ?? 0)) },
        field("request", HTTPResponseRequest.make),
        .method("clickLink", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
            try HTTPForms.click(runtime, this, arguments)
        },
        .method("html", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
            try HTTPForms.html(runtime, this, arguments)
        },
        .method("json", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
            try json(runtime, this, arguments)
        },
        .method("submitForm", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
            try HTTPForms.submit(runtime, this, arguments)
        },
    ])

    // MARK: properties

    typealias Make = @Sendable (ScriptResponse, ScriptRuntime) throws(ScriptThrow) -> ScriptValue

    /// - Throws: for `this` of another class.
    static func held(_ this: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptResponse {
        guard let response = runtime.held(this, as: ScriptResponse.self) else {
            throw .typeError("this is no Response")
        }
        return response
    }

    private static func field(_ name: String, _ make: @escaping Make) -> NativeRecord.Field {
        .value(name) { runtime, this, _ throws(ScriptThrow) in try make(try held(this, runtime), runtime) }
    }

    private static func headers(
        _ response: ScriptResponse, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        let headers = runtime.makeObject()
        if response.isAnswered {
            for field in shownHeaders(response.head) {
                runtime.set(headers, field.name, runtime.make(field.value))
            }
        }
        return headers
    }

    private static func timings(
        _ response: ScriptResponse, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        let times = ScriptTimings(response.exchange)
        let shown = runtime.makeObject()
        runtime.set(shown, "duration", .number(times.duration))
        runtime.set(shown, "blocked", .number(times.blocked))
        runtime.set(shown, "looking_up", .int(0))
        runtime.set(shown, "connecting", .number(times.connecting))
        runtime.set(shown, "tls_handshaking", .number(times.handshaking))
        runtime.set(shown, "sending", .number(times.sending))
        runtime.set(shown, "waiting", .number(times.waiting))
        runtime.set(shown, "receiving", .number(times.receiving))
        return shown
    }

    private static func statusLine(_ response: ScriptResponse) -> String {
        guard response.isAnswered else { return "" }
        // HTTP/2 has no phrase; Go puts in the usual one.
        if response.exchange?.isHTTP2 == true {
            return HTTPStatus(response.status)?.description ?? String(response.status)
        }
        return statusText(response.head)
    }

    private static func proto(_ response: ScriptResponse) -> String {
        guard response.isAnswered else { return "" }
        if response.exchange?.isHTTP2 == true { return "HTTP/2.0" }
        return String(decoding: response.head.prefix { $0 != 0x20 }, as: UTF8.self)
    }

    /// `TLSv1.3` is `tls1.3` in k6.
    private static func tlsVersion(_ response: ScriptResponse) -> String {
        guard response.isAnswered, let version = response.peer?.tlsVersion else { return "" }
        return "tls" + version.drop { !$0.isNumber }
    }

    private static func ocsp(_ response: ScriptResponse, _ runtime: ScriptRuntime) throws(ScriptThrow)
        -> ScriptValue
    {
        let shown = runtime.makeObject()
        for name in ["produced_at", "this_update", "next_update", "revoked_at"] {
            runtime.set(shown, name, .int(0))
        }
        runtime.set(shown, "revocation_reason", runtime.make(""))
        let isProtected = response.isAnswered && response.peer?.tlsVersion != nil
        runtime.set(shown, "status", runtime.make(isProtected ? "unknown" : ""))
        return shown
    }

    // MARK: JSON

    /// The value of `res.json()` is kept with the object, hidden.
    private static func json(
        _ runtime: ScriptRuntime, _ this: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let response = try held(this, runtime)
        try HTTPResponseBody.demand(of: this, response, for: "JSON", runtime)
        if arguments.count > 0 {
            let document = response.document ?? HTTPDocument()
            response.document = document
            let body = try HTTPResponseBody.bytes(of: this, response, runtime)
            return try document.select(try runtime.text(arguments[0]), body, runtime)
        }
        let known = runtime.hidden(this)
        if !known.isUndefined { return known }
        if let fault = response.jsonFault { throw .error(fault) }
        let body = try HTTPResponseBody.bytes(of: this, response, runtime)
        do throws(ScriptThrow) {
            let value = try runtime.parse(json: body)
            runtime.setHidden(this, runtime.duplicate(value))
            return value
        } catch {
            guard let fault = jsonFault(body) else { throw error }
            runtime.dropException()
            response.jsonFault = fault
            throw .error(fault)
        }
    }
}

/// The times of a request as k6 has them, milliseconds.
struct ScriptTimings {
    var blocked = 0.0
    var connecting = 0.0
    var handshaking = 0.0
    var sending = 0.0
    var waiting = 0.0
    var receiving = 0.0
    var duration: Double { sending + waiting + receiving }

    init(_ exchange: Exchange?) {
        guard let exchange, exchange.bytesSent > 0 else { return }
        func milliseconds(_ nanoseconds: Int64) -> Double { Double(max(0, nanoseconds)) / 1e6 }
        connecting = milliseconds(exchange.connectingNanoseconds)
        handshaking = milliseconds(exchange.tlsNanoseconds)
        blocked = milliseconds(exchange.waitingNanoseconds) + connecting + handshaking
        sending = milliseconds(exchange.writtenAt - exchange.sentAt)
        if exchange.firstByteAt > 0 {
            waiting = milliseconds(exchange.firstByteAt - exchange.writtenAt)
            receiving = milliseconds(exchange.endAt - max(exchange.firstByteAt, exchange.writtenAt))
        } else {
            waiting = milliseconds(exchange.endAt - exchange.writtenAt)
        }
    }
}
