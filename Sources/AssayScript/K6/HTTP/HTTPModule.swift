internal import AssayCore

/// `k6/http`.
enum HTTPModule {
    static let module = NativeModule("k6/http", constants + requests + rest)

    private static let requests: [NativeExport] = [
        .function("get", arity: 2) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPCalls.bodiless("GET", runtime, arguments)
        },
        .function("head", arity: 2) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPCalls.bodiless("HEAD", runtime, arguments)
        },
        verb("post", "POST"), verb("put", "PUT"), verb("patch", "PATCH"), verb("del", "DELETE"),
        verb("options", "OPTIONS"),
        .function("request", arity: 4) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPCalls.make(
                try HTTPCalls.method(arguments[0], runtime), runtime, url: arguments[1], body: arguments[2],
                parameters: arguments[3])
        },
        HTTPAsync.export,
        .function("batch", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPBatch.run(runtime, arguments)
        },
    ]

    private static let rest: [NativeExport] = [
        .function("url", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPURLTemplate.make(runtime, arguments)
        },
        .function("file", arity: 3) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPFile.make(runtime, arguments)
        },
        .type(HTTPCookieJar.type),
        .function("cookieJar") { runtime, _, _ throws(ScriptThrow) in
            let host = try HTTPCalls.host(
                of: runtime, or: "Making cookie jars in the init context is not supported")
            return try HTTPCookieJar.make(host.cookies, runtime)
        },
        .function("expectedStatuses", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPExpectation.make(runtime, arguments)
        },
        .function("setResponseCallback", arity: 1) { runtime, _, arguments throws(ScriptThrow) in
            guard let expected = HTTPExpectation.read(arguments[0], runtime) else {
                throw .error("unsupported argument, expected http.expectedStatuses")
            }
            HTTPState.of(runtime).expected = expected.statuses
            return .undefined
        },
    ]

    private static func verb(_ name: String, _ method: String) -> NativeExport {
        .function(name, arity: 3) { runtime, _, arguments throws(ScriptThrow) in
            try HTTPCalls.make(
                method, runtime, url: arguments[0], body: arguments[1], parameters: arguments[2])
        }
    }

    private static let constants: [NativeExport] = [
        ("TLS_1_0", "tls1.0"), ("TLS_1_1", "tls1.1"), ("TLS_1_2", "tls1.2"), ("TLS_1_3", "tls1.3"),
        ("OCSP_STATUS_GOOD", "good"), ("OCSP_STATUS_REVOKED", "revoked"),
        ("OCSP_STATUS_SERVER_FAILED", "server_failed"), ("OCSP_STATUS_UNKNOWN", "unknown"),
        ("OCSP_REASON_UNSPECIFIED", "unspecified"), ("OCSP_REASON_KEY_COMPROMISE", "key_compromise"),
        ("OCSP_REASON_CA_COMPROMISE", "ca_compromise"),
        ("OCSP_REASON_AFFILIATION_CHANGED", "affiliation_changed"),
        ("OCSP_REASON_SUPERSEDED", "superseded"),
        ("OCSP_REASON_CESSATION_OF_OPERATION", "cessation_of_operation"),
        ("OCSP_REASON_CERTIFICATE_HOLD", "certificate_hold"),
        ("OCSP_REASON_REMOVE_FROM_CRL", "remove_from_crl"),
        ("OCSP_REASON_PRIVILEGE_WITHDRAWN", "privilege_withdrawn"),
        ("OCSP_REASON_AA_COMPROMISE", "aa_compromise"),
    ].map { name, value in .text(name, value) }
}

/// What `k6/http` keeps for a virtual user.
final class HTTPState {
    /// Set by `http.setResponseCallback`; `nil`: nobody asks whether an answer is as expected.
    var expected: ScriptExpectedStatuses? = .standard
    /// Of boundaries; made when there is one.
    var random: SeededRandom?

    static func of(_ runtime: ScriptRuntime) -> HTTPState { runtime.state(HTTPState.self) { HTTPState() } }
}
