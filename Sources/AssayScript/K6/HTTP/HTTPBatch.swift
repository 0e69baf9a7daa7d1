/// `http.batch([...])` and `http.batch({...})`.
enum HTTPBatch {
    static func run(_ runtime: ScriptRuntime, _ arguments: ScriptArguments) throws(ScriptThrow) -> ScriptValue
    {
        let host = try HTTPCalls.host(
            of: runtime, or: "Using batch in the init context is not supported")
        guard arguments.count > 0 else { throw .error("no argument was provided to http.batch()") }
        guard arguments.count == 1 else {
            throw .error("http.batch() accepts only an array or an object of requests")
        }
        let wanted = arguments[0]
        let isArray = runtime.isArray(wanted)
        guard isArray || wanted.isObject && !runtime.isFunction(wanted) else {
            throw .error("invalid http.batch() argument type \(goTypeName(wanted, runtime))")
        }
        var names: [String] = []
        var requests: [ScriptRequest] = []
        var refused: (name: String, response: ScriptResponse)?
        var count = 0
        func add(_ name: String, _ value: ScriptValue) throws(ScriptThrow) {
            count += 1
            if refused != nil { return }
            switch try read(value, key: name, runtime, host) {
            case .success(let request):
                request.holding = try runtime.hold(request.weight)
                names.append(name)
                requests.append(request)
            case .failure(let refusal):
                let response = ScriptResponse(nil)
                response.fault = refusal.fault
                refused = (name, response)
            }
        }
        if isArray {
            try runtime.forEachElement(of: wanted) { value throws(ScriptThrow) in
                try add(String(count), value)
            }
        } else {
            try runtime.forEachProperty(of: wanted) { name, value throws(ScriptThrow) in try add(name, value)
            }
        }
        if let refused {
            let unsent = requests.map { _ in ScriptResponse(nil) }
            return try giveUp(
                refused.response, named: refused.name, after: unsent, names, count, isArray, runtime, host)
        }
        return try send(requests, names, isArray, runtime, host)
    }

    private static func send(
        _ requests: [ScriptRequest], _ names: [String], _ isArray: Bool, _ runtime: ScriptRuntime,
        _ host: any ScriptHost
    ) throws(ScriptThrow) -> ScriptValue {
        if requests.isEmpty { return isArray ? runtime.makeArray() : runtime.makeObject() }
        let responses = try runtime.wait { await host.exchange(requests) }
        // All are told of before the first that is thrown.
        var thrown: ScriptThrow?
        for response in responses {
            do throws(ScriptThrow) { try HTTPCalls.report(response, runtime) } catch {
                thrown = thrown ?? error
            }
        }
        if let thrown { throw thrown }
        return try gather(responses, names, isArray, count: responses.count, runtime)
    }

    /// None is sent: one of them could not be read.
    private static func giveUp(
        _ refused: ScriptResponse, named name: String, after unsent: [ScriptResponse], _ names: [String],
        _ count: Int, _ isArray: Bool, _ runtime: ScriptRuntime, _ host: any ScriptHost
    ) throws(ScriptThrow) -> ScriptValue {
        let report = refused.fault?.report ?? ""
        if host.httpSettings.throwsFailures { throw .error(report) }
        host.warn("A batch request failed", [ScriptTag("error", report)])
        return try gather(unsent + [refused], names + [name], isArray, count: count, runtime)
    }

    private static func gather(
        _ responses: [ScriptResponse], _ names: [String], _ isArray: Bool, count: Int,
        _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        let all = isArray ? runtime.makeArray() : runtime.makeObject()
        do throws(ScriptThrow) {
            for (place, response) in responses.enumerated() {
                response.holding = try runtime.hold(response.bytes.count)
                let made = try HTTPResponse.make(response, runtime)
                if isArray { runtime.set(all, at: place, made) } else { runtime.set(all, names[place], made) }
            }
        } catch {
            runtime.free(all)
            throw error
        }
        if isArray, count > responses.count {
            for place in responses.count..<count { runtime.set(all, at: place, .null) }
        }
        return all
    }

    // MARK: one request

    private static func read(
        _ value: ScriptValue, key: String, _ runtime: ScriptRuntime, _ host: any ScriptHost
    ) throws(ScriptThrow) -> Result<ScriptRequest, HTTPRefusal> {
        if runtime.isArray(value) { return try read(array: value, runtime, host) }
        guard value.isObject, runtime.held(value, as: HTTPURLTemplate.self) == nil else {
            return try HTTPArguments.read(
                "GET", runtime, host, url: value, body: .undefined, parameters: .undefined)
        }
        let url = try runtime.get(value, "url")
        defer { runtime.free(url) }
        if url.isUndefined { return .failure(HTTPRefusal("batch request \(key) doesn't have a url key")) }
        var method = "GET"
        var hasBody = true
        let given = try runtime.get(value, "method")
        defer { runtime.free(given) }
        if !given.isUndefined {
            guard let text = runtime.string(given) else {
                return .failure(HTTPRefusal("invalid method type '\(try exported(given, runtime))'"))
            }
            method = text.uppercased()
            hasBody = method != "GET" && method != "HEAD"
        }
        return try runtime.with(value, "body") { body throws(ScriptThrow) in
            try runtime.with(value, "params") { parameters throws(ScriptThrow) in
                try HTTPArguments.read(
                    method, runtime, host, url: url, body: hasBody ? body : .undefined,
                    parameters: parameters)
            }
        }
    }

    /// `[method, url, body, params]`.
    private static func read(
        array: ScriptValue, _ runtime: ScriptRuntime, _ host: any ScriptHost
    ) throws(ScriptThrow) -> Result<ScriptRequest, HTTPRefusal> {
        let count = try runtime.length(of: array)
        guard count >= 2 else {
            return .failure(HTTPRefusal("invalid batch request '\(try exported(array, runtime))'"))
        }
        var parts: [ScriptValue] = []
        defer { for part in parts { runtime.free(part) } }
        for place in 0..<4 {
            parts.append(place < count ? try runtime.get(array, at: place) : .undefined)
        }
        guard let method = runtime.string(parts[0]) else {
            return .failure(HTTPRefusal("invalid method type '\(try exported(parts[0], runtime))'"))
        }
        return try HTTPArguments.read(
            method, runtime, host, url: parts[1], body: parts[2], parameters: parts[3])
    }
}
