internal import AssayWire
internal import CScriptEngine

/// `k6/websockets`, and `k6/experimental/websockets` as it was called before.
enum WebSocketsModule {
    static let modules = ["k6/websockets", "k6/experimental/websockets"].map {
        NativeModule($0, [.type(ScriptBlob.type), .type(socketType)])
    }

    private static let socketType = NativeClass(
        "WebSocket", arity: 1,
        members: methods + SocketListeners.Event.allCases.map(listener) + readings,
        construct: { runtime, _, arguments throws(ScriptThrow) in try construct(runtime, arguments) })

    // MARK: making

    private static func construct(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard let host = runtime.host, host.phase.hasUser else {
            throw runtime.goError("using websockets in the init context is not supported")
        }
        guard !arguments[0].isNullish else { throw runtime.goError("WebSocket requires a url") }
        let request = ScriptSocketRequest(url: try runtime.text(arguments[0]), isNamed: true)
        try check(request.url, runtime)
        let userAgent = host.socketSettings.userAgent
        if !userAgent.isEmpty { SocketParameters.set("User-Agent", userAgent, in: &request.headers) }
        try SocketParameters.read(
            arguments[2], into: request, isStrict: true, tagsOf: "invalid WebSocket tags option", runtime)
        if runtime.isArray(arguments[1]) {
            try runtime.forEachElement(of: arguments[1]) { word throws(ScriptThrow) in
                request.protocols.append(try runtime.text(word))
            }
        } else if arguments[1].isString {
            request.protocols.append(try runtime.text(arguments[1]))
        }
        host.begin(request)
        let socket = WebSocketObject(request, host)
        let object = try runtime.makeObject(of: socketType, holding: socket)
        do throws(ScriptThrow) {
            try socket.start(runtime.retain(object), runtime)
        } catch {
            runtime.free(object)
            throw error
        }
        return object
    }

    private static func check(_ url: String, _ runtime: ScriptRuntime) throws(ScriptThrow) {
        let scheme = url.contains(":") ? String(url.prefix { $0 != ":" }).lowercased() : ""
        guard scheme == "ws" || scheme == "wss" else {
            throw runtime.goError("WebSocket requires url with scheme ws or wss, but got \"\(scheme)\"")
        }
        if let hash = url.firstIndex(of: "#"), url.index(after: hash) < url.endIndex {
            throw runtime.goError(
                "WebSocket requires no url fragment, but got \"\(url[url.index(after: hash)...])\"")
        }
        do {
            _ = try URLParts(parsingWebSocket: url)
        } catch {
            throw runtime.goError(
                "WebSocket requires valid url, but got \"\(url)\" which resulted in \(error.reason)")
        }
    }

    // MARK: members

    private static let methods: [NativeExport] = [
        .function("addEventListener", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
            let name = try runtime.text(arguments[0])
            guard runtime.isFunction(arguments[1]) else {
                throw runtime.goError("handler for event type \"\(name)\" isn't a callable function")
            }
            guard let event = SocketListeners.Event(rawValue: name) else {
                runtime.host?.log(.warning, "can't add event handler: unknown event type: \(name)")
                return .undefined
            }
            try socket(this, runtime).addListener(event, runtime.retain(arguments[1]), runtime)
            return .undefined
        },
        .function("send", arity: 1) { runtime, this, arguments throws(ScriptThrow) in
            let socket = try socket(this, runtime)
            guard socket.state == .open else { throw runtime.goError("InvalidStateError") }
            if arguments[0].isString {
                try socket.send(.text, Array(runtime.text(arguments[0]).utf8), runtime)
            } else if let blob = runtime.held(arguments[0], as: ScriptBlob.self) {
                try socket.send(.binary, blob.bytes, runtime)
            } else if let bytes = try SocketValues.bytes(arguments[0], runtime) {
                try socket.send(.binary, bytes, runtime)
            } else {
                throw runtime.goError(
                    "unsupported send type \(try SocketValues.className(arguments[0], runtime))")
            }
            return .undefined
        },
        .function("ping") { runtime, this, _ throws(ScriptThrow) in
            try socket(this, runtime).ping(runtime)
            return .undefined
        },
        .function("close", arity: 2) { runtime, this, arguments throws(ScriptThrow) in
            let code = arguments[0].isNullish ? 0 : try runtime.toNumber(arguments[0])
            let reason = arguments[1].isUndefined ? "" : try runtime.text(arguments[1])
            try socket(this, runtime).close(Int(exactly: code.rounded(.towardZero)) ?? -1, reason, runtime)
            return .undefined
        },
    ]

    private static let readings: [NativeExport] = [
        .accessor("url") { runtime, this, _ throws(ScriptThrow) in
            runtime.make(try socket(this, runtime).request.url)
        },
        .accessor("readyState") { runtime, this, _ throws(ScriptThrow) in
            runtime.make(try socket(this, runtime).state.rawValue)
        },
        .accessor("bufferedAmount") { runtime, this, _ throws(ScriptThrow) in
            runtime.make(try socket(this, runtime).bufferedAmount)
        },
        .accessor("extensions") { runtime, this, _ throws(ScriptThrow) in
            runtime.makeArray(try socket(this, runtime).extensions.map { runtime.make($0) })
        },
        .accessor("protocol") { runtime, this, _ throws(ScriptThrow) in
            runtime.make(try socket(this, runtime).request.selectedProtocol)
        },
        .accessor("binaryType") { runtime, this, _ throws(ScriptThrow) in
            runtime.make(try socket(this, runtime).binaryType.rawValue)
        } set: { runtime, this, arguments throws(ScriptThrow) in
            let name = try runtime.text(arguments[0])
            guard let type = WebSocketObject.BinaryType(rawValue: name) else {
                throw runtime.goError(
                    "unknown binaryType \(name), the supported ones are \"blob\" and \"arraybuffer\"")
            }
            try socket(this, runtime).binaryType = type
            return .undefined
        },
    ]

    /// `onopen` and the like.
    private static func listener(_ event: SocketListeners.Event) -> NativeExport {
        .accessor("on\(event.rawValue)") { runtime, this, _ throws(ScriptThrow) in
            guard let listener = try socket(this, runtime).listeners.on[event] else { return .null }
            return runtime.duplicate(listener.value)
        } set: { runtime, this, arguments throws(ScriptThrow) in
            let socket = try socket(this, runtime)
            guard !arguments[0].isNullish else {
                socket.setListener(event, nil)
                return .undefined
            }
            guard runtime.isFunction(arguments[0]) else {
                throw runtime.goError("a value for 'on\(event.rawValue)' should be callable")
            }
            socket.setListener(event, runtime.retain(arguments[0]))
            return .undefined
        }
    }

    private static func socket(
        _ this: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> WebSocketObject {
        guard let socket = runtime.held(this, as: WebSocketObject.self) else {
            throw .typeError("this is not a WebSocket")
        }
        return socket
    }
}
