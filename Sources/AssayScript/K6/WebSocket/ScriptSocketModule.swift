internal import CScriptEngine

/// `k6/ws`
enum ScriptSocketModule {
    static let module = NativeModule("k6/ws", [.function("connect", arity: 3, connect)])

    private static let connect: NativeFunction = { runtime, _, arguments throws(ScriptThrow) in
        guard let host = runtime.host, host.phase.hasUser else {
            throw runtime.goError("using websockets in the init context is not supported")
        }
        guard arguments.count == 2 || arguments.count == 3 else {
            throw runtime.goError("invalid number of arguments to ws.connect")
        }
        let setUp = arguments[arguments.count - 1]
        guard runtime.isFunction(setUp) else {
            throw runtime.goError("last argument to ws.connect must be a function")
        }
        let request = ScriptSocketRequest(url: try runtime.text(arguments[0]), isNamed: false)
        let userAgent = host.socketSettings.userAgent
        if !userAgent.isEmpty { SocketParameters.set("User-Agent", userAgent, in: &request.headers) }
        if arguments.count == 3 {
            try SocketParameters.read(
                arguments[1], into: request, isStrict: false, tagsOf: "invalid ws.connect() metric tags",
                runtime)
        }
        host.begin(request)
        let startedAt = host.monotonicNow
        let opening = try runtime.wait { await host.open(request) }
        request.settle(opening, host)
        defer { host.measure(.ended(session: host.monotonicNow - startedAt), of: request) }
        guard let socket = opening.socket else { return try refused(opening, host, runtime) }
        try BlockingSocket(request, socket, host).run(setUp, runtime)
        return response(opening, url: request.url, runtime)
    }

    /// A connection that came to nothing.
    private static func refused(
        _ opening: ScriptSocketOpening, _ host: any ScriptHost, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        let failure = opening.failure ?? ""
        if host.socketSettings.throwsFailures { throw runtime.goError(failure) }
        return response(opening, url: "", failure: opening.status == 0 ? failure : "", runtime)
    }

    private static func response(
        _ opening: ScriptSocketOpening, url: String, failure: String = "", _ runtime: ScriptRuntime
    ) -> ScriptValue {
        let response = runtime.makeObject()
        runtime.set(response, "url", runtime.make(url))
        runtime.set(response, "status", runtime.make(opening.status))
        let headers = runtime.makeObject()
        for header in opening.headers { runtime.set(headers, header.name, runtime.make(header.value)) }
        runtime.set(response, "headers", headers)
        runtime.set(response, "body", runtime.makeText(opening.body))
        runtime.set(response, "error", runtime.make(failure))
        return response
    }

    // MARK: the socket

    static let socketType = NativeClass(
        "Socket",
        members: [
            .function("on", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
                if runtime.isFunction(arguments[1]) {
                    try socket(this, runtime).on(
                        runtime.text(arguments[0]), runtime.retain(arguments[1]), runtime)
                }
                return .undefined
            },
            .function("send", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
                let text = arguments[0].isUndefined ? "" : try runtime.text(arguments[0])
                try socket(this, runtime).send(.text, Array(text.utf8), runtime)
                return .undefined
            },
            .function("sendBinary", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
                guard arguments.count > 0 else {
                    throw runtime.goError("missing argument, expected ArrayBuffer")
                }
                let name = try SocketValues.className(arguments[0], runtime)
                guard name == "ArrayBuffer", let bytes = runtime.bytes(arguments[0]) else {
                    throw runtime.goError("expected ArrayBuffer as argument, received: \(name)")
                }
                try socket(this, runtime).send(.binary, bytes, runtime)
                return .undefined
            },
            .function("ping") { runtime, this, _ throws(ScriptThrow) in
                try socket(this, runtime).ping(runtime)
                return .undefined
            },
            .function("setTimeout", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
                try socket(this, runtime).setTimer("setTimeout", arguments, repeats: false, runtime)
                return .undefined
            },
            .function("setInterval", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
                try socket(this, runtime).setTimer("setInterval", arguments, repeats: true, runtime)
                return .undefined
            },
            .function("close", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
                let code = arguments.count > 0 ? try runtime.toNumber(arguments[0]) : 1001
                try socket(this, runtime).close(Int(exactly: code.rounded(.towardZero)) ?? 0, runtime)
                return .undefined
            },
        ])

    private static func socket(
        _ this: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> BlockingSocket {
        guard let socket = runtime.held(this, as: BlockingSocket.self) else {
            throw .typeError("this is not the socket of ws.connect")
        }
        return socket
    }
}

extension ScriptSocketRequest {
    /// Takes what the answer says, and measures it.
    func settle(_ opening: ScriptSocketOpening, _ host: any ScriptHost) {
        status = opening.status
        selectedProtocol = opening.selectedProtocol
        host.measure(.opened(connecting: opening.connecting), of: self)
    }
}
