internal import AssayFormats
internal import AssayNet

/// The module `k6/crypto`: hashes, keyed hashes and random bytes.
enum CryptoModule {
    static let module = NativeModule(
        "k6/crypto",
        HashAlgorithm.allCases.map(oneShot) + [
            .function("createHash", arity: 1, createHash), .function("createHMAC", arity: 2, createHMAC),
            .function("hmac", arity: 4, hmac), .function("randomBytes", arity: 1, randomBytes),
            .function("hexEncode", arity: 1, hexEncode),
        ])

    /// More bytes at once are refused.
    private static let randomLimit = 256 << 20

    /// `sha256(input, encoding)`.
    private static func oneShot(_ algorithm: HashAlgorithm) -> NativeExport {
        .function(algorithm.rawValue, arity: 2) { (runtime, _, arguments) throws(ScriptThrow) in
            let hash = RunningHash(algorithm)
            hash.update(try runtime.wantedBytes(arguments[0], "\(algorithm.rawValue) failed: "))
            return try rendered(hash.digest(), arguments[1], runtime)
        }
    }

    /// A hash, plain or keyed, that a script goes on with.
    private final class Hasher {
        let update: ([UInt8]) -> Void
        let digest: () -> [UInt8]
        private let holding: ScriptHolding

        /// About what OpenSSL takes for one.
        private static let weight = 1024

        init(_ hash: RunningHash, _ runtime: ScriptRuntime) throws(ScriptThrow) {
            holding = try runtime.hold(Self.weight)
            (update, digest) = (hash.update, hash.digest)
        }
        init(_ hash: RunningHMAC, _ runtime: ScriptRuntime) throws(ScriptThrow) {
            holding = try runtime.hold(Self.weight)
            (update, digest) = (hash.update, hash.digest)
        }
    }

    private static let hasherType = NativeClass(
        "Hasher",
        members: [
            .function("update", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
                try hasher(this, runtime).update(try runtime.wantedBytes(arguments[0]))
                return .undefined
            },
            .function("digest", arity: 1) { (runtime, this, arguments) throws(ScriptThrow) in
                try rendered(try hasher(this, runtime).digest(), arguments[0], runtime)
            },
        ])

    private static func hasher(_ this: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> Hasher {
        guard let hasher = runtime.held(this, as: Hasher.self) else {
            throw .typeError("this is no hash of k6/crypto")
        }
        return hasher
    }

    private static func algorithm(
        _ value: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> HashAlgorithm {
        let name = try runtime.optionalText(value) ?? ""
        guard let algorithm = HashAlgorithm(rawValue: name) else {
            throw runtime.goError("invalid algorithm: \(name)")
        }
        return algorithm
    }

    private static func createHash(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let hash = RunningHash(try algorithm(arguments[0], runtime))
        return try runtime.makeObject(of: hasherType, holding: Hasher(hash, runtime))
    }

    private static func keyed(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> RunningHMAC {
        RunningHMAC(try algorithm(arguments[0], runtime), key: try runtime.wantedBytes(arguments[1]))
    }

    private static func createHMAC(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        try runtime.makeObject(of: hasherType, holding: Hasher(try keyed(runtime, arguments), runtime))
    }

    /// `hmac(algorithm, key, input, encoding)`.
    private static func hmac(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let hash = try keyed(runtime, arguments)
        hash.update(try runtime.wantedBytes(arguments[2]))
        return try rendered(hash.digest(), arguments[3], runtime)
    }

    private static func rendered(
        _ digest: [UInt8], _ encoding: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> ScriptValue {
        switch try runtime.optionalText(encoding) ?? "" {
        case "hex": return runtime.make(hexadecimal(digest))
        case "base64": return runtime.makeText(Base64Variant.standard.encode(digest))
        case "base64url": return runtime.makeText(Base64Variant.url.encode(digest))
        case "base64rawurl": return runtime.makeText(Base64Variant.urlUnpadded.encode(digest))
        case "binary": return runtime.makeArrayBuffer(digest)
        case let other: throw runtime.goError("invalid output encoding: \(other)")
        }
    }

    private static func randomBytes(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let size = try runtime.toNumber(arguments[0])
        guard size >= 1, size <= Double(randomLimit) else { throw runtime.goError("invalid size") }
        return runtime.makeArrayBuffer(Crypto.random(count: Int(size)))
    }

    private static func hexEncode(
        _ runtime: ScriptRuntime, _: ScriptValue, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        runtime.make(hexadecimal(try runtime.wantedBytes(arguments[0])))
    }
}
