internal import AssayWire

/// Why arguments make no request.
struct HTTPRefusal: Error {
    var fault: ScriptHTTPFault

    init(_ message: String, code: Int = 0) { fault = ScriptHTTPFault(code: code, message: message) }
}

/// Reads what a script gives to `http.request` and the like.
///
/// One goes with one request: it stops at the first thing that is wrong, which stands in ``refusal`` then.
struct HTTPArguments {
    let runtime: ScriptRuntime
    let host: any ScriptHost
    let request: ScriptRequest
    var refusal: HTTPRefusal?
    private var compressions: [ContentCoding] = []

    static func read(
        _ method: String, _ runtime: ScriptRuntime, _ host: any ScriptHost, url: ScriptValue,
        body: ScriptValue, parameters: ScriptValue
    ) throws(ScriptThrow) -> Result<ScriptRequest, HTTPRefusal> {
        let address: (text: String, template: String?)
        if let text = runtime.string(url) {
            address = (text, nil)
        } else if let template = runtime.held(url, as: HTTPURLTemplate.self) {
            address = (template.url, template.name == template.url ? nil : template.name)
        } else {
            return .failure(HTTPRefusal("invalid URL: '#\(try exported(url, runtime))'", code: 1020))
        }
        let parsed = ScriptAddress.of(address.text)
        if let fault = parsed.fault, fault.isUnreadable {
            return .failure(HTTPRefusal(fault.reason, code: 1020))
        }
        let request = ScriptRequest(method: method, address: parsed, template: address.template)
        var arguments = HTTPArguments(runtime: runtime, host: host, request: request)
        arguments.takeSettings()
        try arguments.read(body: body)
        if !parameters.isNullish, arguments.refusal == nil { try arguments.read(parameters: parameters) }
        if let refusal = arguments.refusal { return .failure(refusal) }
        arguments.finish()
        return .success(request)
    }

    private init(runtime: ScriptRuntime, host: any ScriptHost, request: ScriptRequest) {
        self.runtime = runtime
        self.host = host
        self.request = request
    }

    private func takeSettings() {
        let settings = host.httpSettings
        request.throwsFailure = settings.throwsFailures
        request.redirects = settings.maxRedirects
        request.responseType = settings.discardsResponseBodies ? .none : .text
        request.expected = HTTPState.of(runtime).expected
        request.jar = host.cookies
        if !settings.userAgent.isEmpty { request.set("User-Agent", settings.userAgent) }
    }

    // MARK: body

    private mutating func read(body: ScriptValue) throws(ScriptThrow) {
        if body.isNullish { return }
        if let bytes = runtime.bytes(body) {
            request.body = bytes
        } else if body.isObject, !runtime.isArray(body), !runtime.isFunction(body), !runtime.isDate(body),
            runtime.held(body, as: HTTPFile.self) == nil
        {
            let form = try HTTPForm.read(body, runtime, host)
            request.body = form.bytes
            request.set("Content-Type", form.contentType)
        } else {
            refusal = HTTPRefusal("unknown request body type \(typeName(of: body))")
        }
    }

    /// Go's name of what a value is exported to, for messages.
    private func typeName(of value: ScriptValue) -> String { goTypeName(value, runtime) }

    // MARK: parameters

    private mutating func read(parameters: ScriptValue) throws(ScriptThrow) {
        var copy = self
        try runtime.forEachProperty(of: parameters) { name, value throws(ScriptThrow) in
            if copy.refusal == nil { try copy.read(name, value) }
        }
        self = copy
    }

    private mutating func read(_ name: String, _ value: ScriptValue) throws(ScriptThrow) {
        switch name {
        case "headers":
            try runtime.forEachProperty(of: value) { name, value throws(ScriptThrow) in
                request.set(canonicalHeaderName(name), try runtime.text(value))
            }
        case "cookies": try readCookies(value)
        case "tags": try readTags(value)
        case "timeout": try readTimeout(value)
        case "redirects":
            let number = try runtime.toNumber(value)
            request.redirects = number.isNaN ? 0 : Int(exactly: number.rounded(.towardZero)) ?? .max
        case "auth": try readAuthentication(value)
        case "jar": if let jar = runtime.held(value, as: ScriptCookieJar.self) { request.jar = jar }
        case "throw": request.throwsFailure = runtime.isTruthy(value)
        case "responseType":
            let text = try runtime.text(value)
            guard let type = ScriptResponseType(rawValue: text.lowercased()) else {
                refusal = HTTPRefusal("\(text) does not belong to ResponseType values")
                return
            }
            request.responseType = type
        case "responseCallback":
            guard let expected = HTTPExpectation.read(value, runtime) else {
                refusal = HTTPRefusal("unsupported responseCallback")
                return
            }
            request.expected = expected.statuses
        case "compression": try readCompression(value)
        default: break
        }
    }

    private func readCookies(_ value: ScriptValue) throws(ScriptThrow) {
        try runtime.forEachProperty(of: value) { name, value throws(ScriptThrow) in
            if value.isNullish { return }
            var cookie = ScriptRequestCookie(name, "")
            if value.isObject, !runtime.isArray(value) {
                try runtime.forEachProperty(of: value) { attribute, value throws(ScriptThrow) in
                    switch attribute.lowercased() {
                    case "value": cookie.value = try runtime.text(value)
                    case "replace": cookie.replaces = runtime.isTruthy(value)
                    default: break
                    }
                }
            } else {
                cookie.value = try runtime.text(value)
            }
            request.cookies.append(cookie)
        }
    }

    private mutating func readTags(_ value: ScriptValue) throws(ScriptThrow) {
        var wrong: String?
        try runtime.forEachProperty(of: value) { name, value throws(ScriptThrow) in
            guard value.isString || value.isNumber || value.isBool else {
                wrong = wrong ?? name
                return
            }
            let text = try runtime.text(value)
            if name == "name" { request.name = text } else { request.tags.append(ScriptTag(name, text)) }
        }
        guard let wrong else { return }
        refusal = HTTPRefusal(
            "invalid HTTP request metric tags: invalid value for metric tag '\(wrong)': only String, Boolean and "
                + "Number types are accepted as a metric tag values")
    }

    private mutating func readTimeout(_ value: ScriptValue) throws(ScriptThrow) {
        if let milliseconds = runtime.number(value) {
            request.timeoutNanoseconds = nanoseconds(milliseconds: milliseconds)
        } else if let text = runtime.string(value) {
            guard let parsed = durationNanoseconds(text) else {
                refusal = HTTPRefusal("invalid timeout value: time: invalid duration \(quoted(text))")
                return
            }
            request.timeoutNanoseconds = parsed
        } else {
            refusal = HTTPRefusal(
                "invalid timeout value: unable to use type \(typeName(of: value)) as a duration value")
        }
    }

    private mutating func readAuthentication(_ value: ScriptValue) throws(ScriptThrow) {
        switch try runtime.text(value) {
        case "digest": request.authentication = .digest
        case "ntlm":
            throw .error("auth: 'ntlm' is not supported: Assay speaks basic and digest authentication")
        default: request.authentication = .basic
        }
    }

    private mutating func readCompression(_ value: ScriptValue) throws(ScriptThrow) {
        let text = try runtime.text(value).trimmedBlanks
        if text.isEmpty { return }
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = word.trimmedBlanks
            guard let coding = ContentCoding(rawValue: name), coding != .identity else {
                refusal = HTTPRefusal(
                    "unknown compression algorithm \(name), supported algorithms are [gzip deflate zstd br]")
                return
            }
            compressions.append(coding)
        }
    }

    // MARK: the end

    /// Packs the body and sets the headers that speak of it.
    private func finish() {
        if let body = request.body, !compressions.isEmpty { pack(body) }
        guard let place = request.headers.firstIndex(where: { $0.name == "Content-Length" }) else { return }
        let said = request.headers.remove(at: place).value
        let length = request.body?.count ?? 0
        if Int(said) == length { return }
        host.log(
            .warning,
            "The specified Content-Length header \(quoted(said)) in the \(request.method) request for "
                + "\(request.address.clean) doesn't match the actual request body length of \(length), "
                + "so it will be ignored!")
    }

    private func pack(_ body: [UInt8]) {
        request.plainBody = body
        var packed = body
        // For want of memory only; the body then goes as it is, and says so.
        for coding in compressions { packed = (try? encodeContent(packed, as: coding)) ?? packed }
        request.body = packed
        let encoding = compressions.map(\.rawValue).joined(separator: ", ")
        guard let own = request.headers.first(where: { $0.name == "Content-Encoding" }) else {
            return request.set("Content-Encoding", encoding)
        }
        if own.value == encoding { return }
        host.log(
            .warning,
            "There's a mismatch between the desired `compression` the manually set `Content-Encoding` header in the "
                + "\(request.method) request for '\(request.address.clean)', the custom header has precedence and "
                + "won't be overwritten. This may result in invalid data being sent to the server.")
    }
}

extension ScriptRequest {
    /// Sets a header, once.
    ///
    /// - Parameter name: canonical.
    func set(_ name: String, _ value: String) {
        if let place = headers.firstIndex(where: { $0.name == name }) {
            headers[place].value = value
        } else {
            headers.append(HTTPHeaders.Field(name: name, value: value))
        }
    }
}
