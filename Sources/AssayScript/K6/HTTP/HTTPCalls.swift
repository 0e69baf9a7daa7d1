/// The calls of `k6/http` that make one request: read the arguments, let the host send it, give the answer.
enum HTTPCalls {
    /// What the arguments of a call came to.
    enum Preparation {
        case request(ScriptRequest)
        /// They are wrong, and the script is to go on with an answer that says so.
        case refused(ScriptResponse)
    }

    /// - Throws: in code outside of functions, where nothing is sent.
    static func host(of runtime: ScriptRuntime, or message: String) throws(ScriptThrow) -> any ScriptHost {
        guard let host = runtime.host, host.phase.hasUser else { throw .error(message) }
        return host
    }

    static func host(of runtime: ScriptRuntime) throws(ScriptThrow) -> any ScriptHost {
        try host(of: runtime, or: "Making http requests in the init context is not supported")
    }

    /// The method that a script names; none is GET.
    static func method(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> String {
        let method = value.isNullish ? "" : try runtime.text(value)
        return method.isEmpty ? "GET" : method
    }

    /// `http.get(url, params)`.
    static func bodiless(
        _ method: String, _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        if arguments.count > 2 {
            try host(of: runtime).log(
                .warning,
                "http.\(method.lowercased()) only accepts a url and a params argument (2 arguments), "
                    + "but \(arguments.count) were given")
        }
        return try make(method, runtime, url: arguments[0], body: .undefined, parameters: arguments[1])
    }

    /// Makes a request and waits for its answer.
    static func make(
        _ method: String, _ runtime: ScriptRuntime, url: ScriptValue, body: ScriptValue,
        parameters: ScriptValue
    ) throws(ScriptThrow) -> ScriptValue {
        let host = try host(of: runtime)
        let request: ScriptRequest
        switch try prepare(method, runtime, url: url, body: body, parameters: parameters) {
        case .request(let made): request = made
        case .refused(let response): return try HTTPResponse.make(response, runtime)
        }
        return try deliver(try runtime.wait { await host.exchange(request) }, runtime)
    }

    /// Reads the arguments of a call. Whoever does not wait for the answer says ``ScriptHTTPHost/begin(_:)`` to the host.
    ///
    /// - Throws: what the script's own code threw meanwhile; wrong arguments with the option `throw`.
    static func prepare(
        _ method: String, _ runtime: ScriptRuntime, url: ScriptValue, body: ScriptValue,
        parameters: ScriptValue
    ) throws(ScriptThrow) -> Preparation {
        let host = try host(of: runtime)
        switch try HTTPArguments.read(
            method, runtime, host, url: url, body: body, parameters: parameters)
        {
        case .success(let request):
            request.holding = try runtime.hold(request.weight)
            return .request(request)
        case .failure(let refusal):
            if host.httpSettings.throwsFailures { throw .error(refusal.fault.message) }
            host.warn("Request Failed", [ScriptTag("error", refusal.fault.report)])
            let response = ScriptResponse(nil)
            response.fault = refusal.fault
            return .refused(response)
        }
    }

    /// The script's view of an answer, whose bytes count from here on.
    ///
    /// - Throws: the failure, when the request or the options say `throw`.
    static func deliver(
        _ response: ScriptResponse, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        try report(response, runtime)
        response.holding = try runtime.hold(response.bytes.count)
        return try HTTPResponse.make(response, runtime)
    }

    /// Tells of a failure, or throws it.
    static func report(_ response: ScriptResponse, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        if response.status == 101 {
            throw .error("unsupported response status: 101 Switching Protocols")
        }
        guard let fault = response.fault, !response.isAnswered else { return }
        if response.request?.throwsFailure == true { throw .error(fault.report) }
        if fault.isCancelled { return }
        runtime.host?.warn("Request Failed", [ScriptTag("error", fault.report)])
    }
}

extension ScriptRequest {
    /// About what it takes, with what is made to send it, bytes.
    var weight: Int { 2048 + (body?.count ?? 0) + (plainBody?.count ?? 0) }
}
