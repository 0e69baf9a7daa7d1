internal import AssayNet

/// A key of `crypto.subtle`, and how scripts make, import and export it: those of keyed hashes and of AES.
final class WebCryptoKey {
    enum Kind: Equatable {
        case hmac(HashAlgorithm)
        /// `CBC`, `CTR` or `GCM`.
        case aes(String)
    }

    let kind: Kind
    let bytes: [UInt8]
    let isExtractable: Bool
    let usages: [String]

    private init(_ kind: Kind, _ bytes: [UInt8], isExtractable: Bool, usages: [String]) {
        (self.kind, self.bytes, self.isExtractable, self.usages) = (kind, bytes, isExtractable, usages)
    }

    private static let type = NativeClass("CryptoKey", members: [])

    /// `AES-GCM`, `HMAC`.
    var name: String {
        switch kind {
        case .hmac: "HMAC"
        case .aes(let mode): "AES-\(mode)"
        }
    }

    // MARK: scripts' view

    /// The key that a script gives to a function.
    ///
    /// - Parameters:
    ///   - algorithm: what the script asks for; its name must be the key's.
    ///   - usage: what the key must be for.
    static func read(
        _ value: ScriptValue, for usage: String, _ algorithm: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> WebCryptoKey {
        guard let key = runtime.held(value, as: WebCryptoKey.self) else {
            throw runtime.webError(
                "InvalidAccessError", "key argument does hold not a valid CryptoKey object")
        }
        guard try WebCrypto.name(algorithm, runtime).uppercased() == key.name else {
            throw runtime.webError("InvalidAccessError", "algorithm name does not match key algorithm name")
        }
        guard key.usages.contains(usage) else {
            throw runtime.webError("InvalidAccessError", "key does not contain the '\(usage)' usage")
        }
        return key
    }

    /// `{type, extractable, algorithm: {name, length, hash}, usages}`.
    private func shown(_ runtime: ScriptRuntime) throws(ScriptThrow) -> ScriptValue {
        let shown = try runtime.makeObject(of: Self.type, holding: self)
        let algorithm = runtime.makeObject()
        runtime.set(algorithm, "name", runtime.make(name))
        runtime.set(algorithm, "length", .number(Double(bytes.count * 8)))
        if case .hmac(let hash) = kind {
            let object = runtime.makeObject()
            runtime.set(object, "name", runtime.make(hash.webName))
            runtime.set(algorithm, "hash", object)
        }
        runtime.set(shown, "type", runtime.make("secret"))
        runtime.set(shown, "extractable", .bool(isExtractable))
        runtime.set(shown, "algorithm", algorithm)
        runtime.set(shown, "usages", runtime.makeArray(usages.map { runtime.make($0) }))
        return shown
    }

    // MARK: making

    /// `generateKey(algorithm, extractable, usages)`.
    static func generate(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let kind = try kind(arguments[0], "generateKey", runtime)
        let length = try length(arguments[0], runtime)
        let bits: Double
        switch kind {
        case .aes:
            guard let length else {
                throw runtime.webError("SyntaxError", "could not get length from algorithm parameter")
            }
            guard [128, 192, 256].contains(length) else {
                throw runtime.webError("OperationError", "invalid key length")
            }
            bits = length
        case .hmac(let hash):
            bits = length ?? hash.blockBits
            guard bits > 0, bits <= 65_536, bits.truncatingRemainder(dividingBy: 8) == 0 else {
                throw runtime.webError("OperationError", "length must be a multiple of 8 above 0")
            }
        }
        let usages = try usages(arguments[2], of: kind, runtime) { _ in "invalid key usage" }
        let key = WebCryptoKey(
            kind, Crypto.random(count: Int(bits) / 8), isExtractable: runtime.isTruthy(arguments[1]),
            usages: usages)
        return try key.shown(runtime)
    }

    /// A number, or a text of one.
    private static func length(
        _ algorithm: ScriptValue, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> Double? {
        guard algorithm.isObject else { return nil }
        return try runtime.with(algorithm, "length") { value throws(ScriptThrow) in
            value.isNullish ? nil : try runtime.toNumber(value)
        }
    }

    /// `importKey(format, data, algorithm, extractable, usages)`.
    static func take(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        let form = try runtime.optionalText(arguments[0]) ?? ""
        guard ["raw", "jwk", "pkcs8", "spki"].contains(form) else {
            throw runtime.webError("ImplementationError", "unsupported format \(form)")
        }
        let kind = try kind(arguments[2], "importKey", runtime)
        let bytes: [UInt8]
        switch form {
        case "raw":
            guard runtime.isBuffer(arguments[1]), let given = runtime.bytes(arguments[1]) else {
                throw .error("data is neither an ArrayBuffer, nor a TypedArray nor DataView")
            }
            bytes = given
        case "jwk": bytes = try octets(arguments[1], runtime)
        default: throw runtime.webError("NotSupportedError", "unsupported key format \(form)")
        }
        if case .aes = kind, ![16, 24, 32].contains(bytes.count) {
            throw runtime.webError("DataError", "invalid key length \(bytes.count) bytes")
        }
        let usages = try usages(arguments[4], of: kind, runtime) { "invalid key usage: \($0)" }
        let key = WebCryptoKey(
            kind, bytes, isExtractable: runtime.isTruthy(arguments[3]), usages: usages)
        return try key.shown(runtime)
    }

    /// The bytes of a key as RFC 7518 §6.4 writes it.
    private static func octets(_ value: ScriptValue, _ runtime: ScriptRuntime) throws(ScriptThrow) -> [UInt8]
    {
        guard value.isObject else {
            throw runtime.webError(
                "ImplementationError", "invalid keyData format for JWK format: it is no object")
        }
        let kind = try runtime.string(of: value, "kty") ?? ""
        guard kind == "oct" else {
            throw runtime.webError("DataError", "invalid symmetric JWK: invalid key type: \(kind)")
        }
        let text = try runtime.string(of: value, "k") ?? ""
        do throws(Base64Variant.Corruption) {
            return try Base64Variant.urlUnpadded.decode(Array(text.utf8))
        } catch {
            throw runtime.webError(
                "DataError",
                "failed to decode symmetric key: illegal base64 data at input byte \(error.offset)")
        }
    }

    // MARK: giving

    /// `exportKey(format, key)`.
    static func give(
        _ runtime: ScriptRuntime, _ arguments: ScriptArguments
    ) throws(ScriptThrow) -> ScriptValue {
        guard let key = runtime.held(arguments[1], as: WebCryptoKey.self) else {
            throw runtime.webError(
                "InvalidAccessError", "key argument does hold not a valid CryptoKey object")
        }
        guard key.isExtractable else {
            throw runtime.webError("InvalidAccessError", "the key is not extractable")
        }
        switch try runtime.optionalText(arguments[0]) ?? "" {
        case "raw": return runtime.makeArrayBuffer(key.bytes)
        case "jwk": return key.written(runtime)
        case let form: throw runtime.webError("NotSupportedError", "unsupported key format \(form)")
        }
    }

    private func written(_ runtime: ScriptRuntime) -> ScriptValue {
        let written = runtime.makeObject()
        runtime.set(written, "kty", runtime.make("oct"))
        runtime.set(
            written, "k",
            runtime.make(String(decoding: Base64Variant.urlUnpadded.encode(bytes), as: UTF8.self)))
        let algorithm =
            switch kind {
            case .hmac(let hash): "HS" + hash.webName.dropFirst(4)
            case .aes(let mode): "A\(bytes.count * 8)\(mode)"
            }
        runtime.set(written, "alg", runtime.make(algorithm))
        runtime.set(written, "ext", .bool(isExtractable))
        runtime.set(written, "key_ops", runtime.makeArray(usages.map { runtime.make($0) }))
        return written
    }

    // MARK: arguments

    /// Algorithms that scripts of k6 may name as well.
    private static let others = ["ECDSA", "ECDH", "RSA-OAEP", "RSA-PSS", "RSASSA-PKCS1-V1_5"]

    private static func kind(
        _ algorithm: ScriptValue, _ operation: String, _ runtime: ScriptRuntime
    ) throws(ScriptThrow) -> Kind {
        let said = try WebCrypto.name(algorithm, runtime)
        switch said.uppercased() {
        case "AES-CBC": return .aes("CBC")
        case "AES-CTR": return .aes("CTR")
        case "AES-GCM": return .aes("GCM")
        case "HMAC":
            guard algorithm.isObject else {
                throw runtime.webError("SyntaxError", "could not get hash from algorithm parameter")
            }
            return try runtime.with(algorithm, "hash") { value throws(ScriptThrow) in
                if value.isNullish {
                    throw runtime.webError("SyntaxError", "could not get hash from algorithm parameter")
                }
                return .hmac(try WebCrypto.hash(value, operation, runtime))
            }
        case let name where others.contains(name):
            throw runtime.webError(
                "NotSupportedError", "Assay has no keys of \(said): those of HMAC and AES alone")
        default: throw runtime.unsupported(said, operation)
        }
    }

    private static func usages(
        _ value: ScriptValue, of kind: Kind, _ runtime: ScriptRuntime, refusal: (String) -> String
    ) throws(ScriptThrow) -> [String] {
        var usages: [String] = []
        if runtime.isArray(value) {
            try runtime.forEachElement(of: value) { element throws(ScriptThrow) in
                usages.append(try runtime.text(element))
            }
        }
        let known =
            switch kind {
            case .hmac: ["sign", "verify"]
            case .aes: ["encrypt", "decrypt", "wrapKey", "unwrapKey"]
            }
        if let wrong = usages.first(where: { !known.contains($0) }) {
            throw runtime.webError("SyntaxError", refusal(wrong))
        }
        if usages.isEmpty {
            throw runtime.webError(
                "SyntaxError", "usages cannot not be empty for a secret or private CryptoKey")
        }
        return usages
    }
}

extension HashAlgorithm {
    /// As the Web calls those it knows.
    fileprivate var webName: String {
        switch self {
        case .sha1: "SHA-1"
        case .sha384: "SHA-384"
        case .sha512: "SHA-512"
        default: "SHA-256"
        }
    }

    /// What a key is made of unless a script says how long it is.
    fileprivate var blockBits: Double { self == .sha384 || self == .sha512 ? 1024 : 512 }
}

extension ScriptRuntime {
    /// An exception of the Web's kind, which has a name of its own.
    func webError(_ name: String, _ message: String) -> ScriptThrow {
        let error = makeError(message)
        set(error, "name", make(name))
        return .value(error)
    }

    func unsupported(_ algorithm: String, _ operation: String) -> ScriptThrow {
        webError(
            "NotSupportedError",
            "algorithm \"\(algorithm)\" doesn't support (in implementation) operation \"\(operation)\"")
    }
}
