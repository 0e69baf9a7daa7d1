internal import AssayFormats
internal import AssayNet

/// The global `crypto`: random values, and of `crypto.subtle` what needs no keys but raw ones.
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
            .function("digest", arity: 2) { (runtime, _, arguments) throws(ScriptThrow) in
                try promised(runtime) { () throws(ScriptThrow) in try digest(runtime, arguments) }
            },
            .function("importKey", arity: 5) { (runtime, _, arguments) throws(ScriptThrow) in
                try promised(runtime) { () throws(ScriptThrow) in try importKey(runtime, arguments) }
            },
            .function("sign", arity: 3) { (runtime, _, arguments) throws(ScriptThrow) in
                try promised(runtime) { () throws(ScriptThrow) in
                    runtime.makeArrayBuffer(try mac(runtime, arguments[1], arguments[2]))
                }
            },
            .function("verify", arity: 4) { (runtime, _, arguments) throws(ScriptThrow) in
                try promised(runtime) { () throws(ScriptThrow) in
                    let expected = try mac(runtime, arguments[1], arguments[3])
                    return .bool(Crypto.equal(expected, try runtime.wantedBytes(arguments[2])))
                }
            },
        ]
        + [
            "decrypt", "deriveBits", "deriveKey", "encrypt", "exportKey", "generateKey", "unwrapKey",
            "wrapKey",
        ].map { name in
            .function(name) { (runtime, _, _) throws(ScriptThrow) in
                try promised(runtime) { () throws(ScriptThrow) in
                    throw .error("Assay does not have crypto.subtle.\(name)")
                }
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

    /// A raw key for keyed hashes.
    private final class Key {
        let bytes: [UInt8]
        let algorithm: HashAlgorithm
        init(_ bytes: [UInt8], _ algorithm: HashAlgorithm) {
            (self.bytes, self.algorithm) = (bytes, algorithm)
        }
    }

    private static let keyType = NativeClass("CryptoKey", members: [])

    /// An algorithm by name, or an object that names it.
    private static func name(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> String {
        (value.isObject ? try runtime.string(of: value, "name") : try runtime.optionalText(value)) ?? ""
    }

    private static func hash(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow)
        -> HashAlgorithm
    {
        let name = try name(value, runtime)
        switch name.uppercased() {
        case "SHA-1": return .sha1
        case "SHA-256": return .sha256
        case "SHA-384": return .sha384
        case "SHA-512": return .sha512
        default: throw .error("NotSupportedError: unsupported algorithm: \(name)")
        }
    }

    private static func digest(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let running = RunningHash(try hash(arguments[0], runtime))
        running.update(try runtime.wantedBytes(arguments[1]))
        return runtime.makeArrayBuffer(running.digest())
    }

    private static func importKey(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let form = try runtime.optionalText(arguments[0]) ?? ""
        guard form == "raw", try name(arguments[2], runtime).uppercased() == "HMAC" else {
            throw .error("Assay imports raw keys for HMAC only, not '\(form)' ones for others")
        }
        let algorithm = try runtime.with(arguments[2], "hash") { value throws(ScriptThrow) in
            try hash(value, runtime)
        }
        let key = try runtime.makeObject(
            of: keyType, holding: Key(try runtime.wantedBytes(arguments[1]), algorithm))
        runtime.set(key, "type", runtime.make("secret"))
        return key
    }

    private static func mac(
        _ runtime: ScriptRuntime, _ key: ScriptValue, _ data: ScriptValue
    ) throws(ScriptThrow) -> [UInt8] {
        guard let key = runtime.held(key, as: Key.self) else {
            throw .error("InvalidAccessError: the key is none that importKey() made")
        }
        let running = RunningHMAC(key.algorithm, key: key.bytes)
        running.update(try runtime.wantedBytes(data))
        return running.digest()
    }
}
