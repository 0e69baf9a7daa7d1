internal import AssayCore

/// What scripts of k6 find without a file: every module that Assay has, and the global names.
public enum BuiltInModules {
    /// All of it, for ``ScriptProgram/make(path:builtIns:sources:keepsSource:)``.
    public static let k6 = ScriptProgram.BuiltIns(modules: all, globals: globals, refusal: refusal)

    static let all: [NativeModule] = [
        CheckModule.module,
        MetricsModule.module,
        EncodingModule.module,
        CryptoModule.module,
        DataModule.module,
        ExecutionModule.module,
        HTMLModule.module,
        HTTPModule.module,
        ScriptTimers.module,
        ScriptSocketModule.module,
        JslibModule.summary,
    ] + WebSocketsModule.modules

    static let globals: [NativeExport] =
        ScriptVariables.globals + ScriptTimers.globals + [Console.global, OpenFunction.global, WebCrypto.global]

    /// What k6 has and Assay has not, with what to do instead.
    private static let absent: [(prefix: String, reason: String)] = [
        (
            "k6/browser",
            "Assay drives no browser: test pages with a browser tool, and their requests with k6/http"
        ),
        (
            "k6/experimental/browser",
            "Assay drives no browser: test pages with a browser tool, and their requests with k6/http"
        ),
        ("k6/net/grpc", "Assay has no gRPC"), ("k6/experimental/grpc", "Assay has no gRPC"),
        (
            "k6/experimental/redis",
            "Assay's own scenarios have steps for Redis (`redis:`), its scripts have none"
        ),
        ("k6/experimental/tracing", "k6 itself has removed it"),
        ("k6/experimental/streams", "Assay has no streams: read the file with open() and a SharedArray"),
        ("k6/experimental/fs", "Assay reads files with open(), best inside a SharedArray"),
        (
            "k6/experimental/csv",
            "Assay reads CSV with open() and https://jslib.k6.io/papaparse, best inside a SharedArray"
        ),
        ("k6/secrets", "Assay takes secrets from variables: --env NAME=VALUE and __ENV.NAME"),
        ("k6/crypto/x509", "Assay reads no certificates in scripts"),
        ("k6/cloud", "Assay does not run in Grafana's cloud"),
        ("k6/x/", "it is an extension, and those are programs in Go that only a k6 built with them has"),
    ]

    private static func refusal(_ name: String) -> String? {
        guard name == "k6" || name.hasPrefix("k6/"), !all.contains(where: { $0.name == name }) else {
            return nil
        }
        if let known = absent.first(where: {
            name == $0.prefix || $0.prefix.hasSuffix("/") && name.hasPrefix($0.prefix)
        }) {
            return "the module '\(name)' is not supported: \(known.reason)"
        }
        let near = nearestName(to: name, among: all.map(\.name))
        return "there is no module '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? "")
    }
}
