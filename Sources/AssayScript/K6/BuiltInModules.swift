internal import AssayCore

/// What scripts of k6 find without a file: every module that Assay has, and the global names.
public enum BuiltInModules {
    /// All of it, for ``ScriptProgram/make(path:builtIns:sources:keepsSource:)``.
    public static let k6 = ScriptProgram.BuiltIns(
        modules: all, globals: globals, refusal: refusal, sources: JslibModule.sources(),
        commonNames: HTTPResponse.record.names)

    static let all: [NativeModule] =
        [
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
        ScriptVariables.globals + ScriptTimers.globals + [
            Console.global, OpenFunction.global, WebCrypto.global,
        ]

    /// What k6 has and Assay has not, with what to do instead.
    private static let absent: [(name: String, reason: String, fix: String?)] = [
        ("k6/browser", "Assay drives no browser", browserFix),
        ("k6/experimental/browser", "Assay drives no browser", browserFix),
        ("k6/net/grpc", "Assay has no gRPC", nil), ("k6/experimental/grpc", "Assay has no gRPC", nil),
        (
            "k6/experimental/redis", "scripts have no Redis",
            "Assay's own scenarios have steps for it: `redis:`"
        ),
        ("k6/experimental/timers", "k6 itself has removed it", globalFix),
        ("k6/experimental/webcrypto", "k6 itself has removed it", globalFix),
        ("k6/experimental/tracing", "k6 itself has removed it", "set the header `traceparent` yourself"),
        ("k6/experimental/streams", "Assay has no streams", filesFix),
        ("k6/experimental/fs", "Assay reads files at the start only", filesFix),
        (
            "k6/experimental/csv", "Assay reads files at the start only",
            "read it with open() and https://jslib.k6.io/papaparse/5.1.1/index.js inside a SharedArray"
        ),
        (
            "k6/secrets", "Assay has no sources of secrets",
            "give them as variables: --env NAME=VALUE, __ENV.NAME"
        ),
        ("k6/crypto/x509", "scripts read no certificates", nil),
        ("k6/cloud", "Assay does not run in Grafana's cloud", nil),
    ]
    private static let globalFix = "leave the import out: what it had is there without"
    private static let browserFix = "ask for the pages and their requests with k6/http"
    private static let filesFix = "read the file with open() inside a SharedArray"

    private static func refusal(_ name: String) -> ScriptProgram.SourceFailure? {
        guard name == "k6" || name.hasPrefix("k6/"), !all.contains(where: { $0.name == name }) else {
            return nil
        }
        if let known = absent.first(where: { $0.name == name }) {
            return .init(
                "the module '\(name)' is not supported: \(known.reason)", code: "AS655", fix: known.fix)
        }
        if name.hasPrefix("k6/x/") {
            return .init(
                "the module '\(name)' is not supported: it is an extension, which only a k6 built with it has",
                code: "AS655")
        }
        let near = nearestName(to: name, among: all.map(\.name))
        return .init("k6 has no module '\(name)'", code: "AS656", fix: near.map { "did you mean '\($0)'?" })
    }
}
