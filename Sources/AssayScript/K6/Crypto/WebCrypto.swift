internal import AssayFormats
internal import AssayNet

/// The global `crypto`: random values, hashes, and what keys of HMAC and AES are for.
enum WebCrypto {
    static let global = NativeExport.lazy("crypto") { runtime throws(ScriptThrow) in
        try runtime.makeObject([
            .function("getRandomValues", arity: 1, getRandomValues),
            .function("randomUUID") { (runtime, _, _) throws(ScriptThrow) in
                var system = SystemRandomNumberGenerator()
                return runtime.make(AssayFormats.randomUUID(using: &system))
            },
            .value("subtle") { runtime throws(ScriptThrow) in try runtime.makeObject(subtle) },
        ])
    }

    /// Kinds of arrays that can be filled.
    private static let fillable: Set<String> = [
        "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
        "Uint32Array",
        "BigInt64Array", "BigUint64Array",
    ]

    private static func getRandomValues(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let array = arguments[0]
        let mismatch = "TypeMismatchError: typedArray parameter isn't a TypedArray instance"
        guard runtime.isBuffer(array) else { throw runtime.goError(mismatch) }
        let kind = try runtime.with(array, "constructor") { type throws(ScriptThrow) in
            try runtime.string(of: type, "name") ?? ""
        }
        guard fillable.contains(kind) else { throw runtime.goError(mismatch) }
        let count = runtime.bytes(array)?.count ?? 0
        guard count <= 65_536 else {
            throw runtime.goError(
                "QuotaExceededError: typedArray parameter is too big; maximum length is 65536")
        }
        let fill = try runtime.evaluate(
            "((to, from) => new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(new Uint8Array(from)))"
        )
        defer { runtime.free(fill) }
        let bytes = runtime.makeArrayBuffer(Crypto.random(count: count))
        defer { runtime.free(bytes) }
        runtime.free(try runtime.call(fill, [array, bytes]))
        return runtime.duplicate(array)
    }

    // MARK: subtle

    private static let subtle: [NativeExport] =
        [
            settled("digest", arity: 2, digest), settled("generateKey", arity: 3, WebCryptoKey.generate),
            settled("importKey", arity: 5, WebCryptoKey.take),
            settled("exportKey", arity: 2, WebCryptoKey.give),
            settled("encrypt", arity: 3) { (runtime, arguments) throws(ScriptThrow) in
                try WebCipher.run(runtime, arguments, encrypts: true)
            },
            settled("decrypt", arity: 3) { (runtime, arguments) throws(ScriptThrow) in
                try WebCipher.run(runtime, arguments, encrypts: false)
            },
            settled("sign", arity: 3) { (runtime, arguments) throws(ScriptThrow) in
                let key = try WebCryptoKey.read(arguments[1], for: "sign", arguments[0], runtime)
                return runtime.makeArrayBuffer(try mac(key, arguments[2], runtime))
            },
            settled("verify", arity: 4) { (runtime, arguments) throws(ScriptThrow) in
                let key = try WebCryptoKey.read(arguments[1], for: "verify", arguments[0], runtime)
                let expected = try mac(key, arguments[3], runtime)
                return .bool(Crypto.equal(expected, try runtime.wantedBytes(arguments[2])))
            },
        ]
        + ["deriveBits", "deriveKey", "unwrapKey", "wrapKey"].map { name in
            settled(name, arity: 0) { (runtime, _) throws(ScriptThrow) in
                throw runtime.webError("NotSupportedError", "Assay does not have crypto.subtle.\(name)")
            }
        }

    /// A function whose promise is settled when it returns.
    private static func settled(
        _ name: String, arity: Int,
        _ body: @escaping @Sendable (ScriptRuntime, ScriptArguments) throws(ScriptThrow) -> ScriptValue
    ) -> NativeExport {
        .function(name, arity: arity) { (runtime, _, arguments) throws(ScriptThrow) in
            try promised(runtime) { () throws(ScriptThrow) in try body(runtime, arguments) }
        }
    }

    /// A promise that is settled at once.
    private static func promised(
        _ runtime: ScriptRuntime, _ body: () throws(ScriptThrow) -> ScriptValue
    ) throws(ScriptThrow) -> ScriptValue {
        let made = runtime.makePromise()
        do throws(ScriptThrow) {
            let value = try body()
            defer { runtime.free(value) }
            runtime.free(try runtime.call(made.resolve.value, [value]))
        } catch .error(let message) {
            let error = runtime.makeError(message)
            defer { runtime.free(error) }
            runtime.free(try runtime.call(made.reject.value, [error]))
        } catch .value(let thrown) {
            defer { runtime.free(thrown) }
            runtime.free(try runtime.call(made.reject.value, [thrown]))
        } catch {
            runtime.free(made.promise)
            throw error
        }
        return made.promise
    }

    /// An algorithm by name, or an object that names it.
    static func name(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> String {
        (value.isObject ? try runtime.string(of: value, "name") : try runtime.optionalText(value)) ?? ""
    }

    static func hash(
        _ value: ScriptValue, _ operation: String, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> HashAlgorithm {
        let name = try name(value, runtime)
        switch name.uppercased() {
        case "SHA-1": return .sha1
        case "SHA-256": return .sha256
        case "SHA-384": return .sha384
        case "SHA-512": return .sha512
        default: throw runtime.unsupported(name, operation)
        }
    }

    private static func digest(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let running = RunningHash(try hash(arguments[0], "digest", runtime))
        running.update(try runtime.wantedBytes(arguments[1]))
        return runtime.makeArrayBuffer(running.digest())
    }

    private static func mac(
        _ key: WebCryptoKey, _ data: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> [UInt8] {
        guard case .hmac(let hash) = key.kind else { throw runtime.unsupported(key.name, "sign") }
        let running = RunningHMAC(hash, key: key.bytes)
        running.update(try runtime.wantedBytes(data))
        return running.digest()
    }
}
