import AssayCore

/// What functions need of the outside, passed in: this module reads no clock, no file and links no cryptography.
public struct TemplateEnvironment: Sendable {
    /// Wall clock, milliseconds since 1970 UTC.
    public var nowMilliseconds: @Sendable () -> Int64
    public var sha256: @Sendable (_ message: [UInt8]) -> [UInt8]
    public var hmacSHA256: @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]
    /// Contents of a file by the path a user wrote; throws AS059.
    public var readFile: @Sendable (_ path: String) throws(TemplateError) -> [UInt8]

    public init(
        nowMilliseconds: @escaping @Sendable () -> Int64,
        sha256: @escaping @Sendable (_ message: [UInt8]) -> [UInt8],
        hmacSHA256: @escaping @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8],
        readFile: @escaping @Sendable (_ path: String) throws(TemplateError) -> [UInt8]
    ) {
        self.nowMilliseconds = nowMilliseconds
        self.sha256 = sha256
        self.hmacSHA256 = hmacSHA256
        self.readFile = readFile
    }

    /// The value of any function of ``TemplateFunction``'s table.
    ///
    /// - Parameter random: the caller's own stream; the same seed gives the same values.
    /// - Throws: AS058 for arguments that do not fit, AS059 when a file cannot be read.
    public func call(
        _ function: String, _ arguments: [JSON], random: inout some RandomNumberGenerator
    ) throws(TemplateError) -> JSON {
        let arguments = TemplateArguments(function, arguments)
        if let value = try arguments.pureValue() { return value }
        switch TemplateFunction.named(function)?.need {
        case .randomness: return try randomValue(arguments, &random)
        case .clock: return try timeValue(arguments)
        case .cryptography: return try digestValue(arguments)
        case .files: return try fileValue(arguments)
        case .nothing, nil: throw arguments.fault("there is no such function")
        }
    }

    /// Largest text that `random.string` makes.
    private static let randomTextLimit: Int64 = 1 << 20

    private func randomValue(
        _ arguments: TemplateArguments, _ random: inout some RandomNumberGenerator
    ) throws(TemplateError) -> JSON {
        switch arguments.function {
        case "random.int":
            let (low, high) = (try arguments.int(0), try arguments.int(1))
            guard low <= high else { throw arguments.fault("\(low) is more than \(high)") }
            return .int(.random(in: low...high, using: &random))
        case "random.of":
            guard let element = try arguments.list(0).randomElement(using: &random) else {
                throw arguments.fault("the list is empty")
            }
            return element
        case "random.string":
            let length = try arguments.int(0, in: 0...Self.randomTextLimit)
            let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
            let text = (0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
            return .string(String(decoding: text, as: UTF8.self))
        default: return .string(randomUUID(using: &random))
        }
    }

    private func timeValue(_ arguments: TemplateArguments) throws(TemplateError) -> JSON {
        let moment = nowMilliseconds() + (try arguments.offsetMilliseconds(0))
        return switch arguments.function {
        case "now.ms": .int(moment)
        case "now.unix": .int(Int64((Double(moment) / 1000).rounded(.down)))
        case "now.date": .string(CivilTime(milliseconds: moment).dateText)
        default: .string(CivilTime(milliseconds: moment).text)
        }
    }

    private func digestValue(_ arguments: TemplateArguments) throws(TemplateError) -> JSON {
        switch arguments.function {
        case "sha256": return .string(hexadecimal(sha256(arguments.bytes(0))))
        case "hmac.sha256": return .string(hexadecimal(hmacSHA256(arguments.bytes(0), arguments.bytes(1))))
        default: return .string(try webToken(arguments))
        }
    }

    private func fileValue(_ arguments: TemplateArguments) throws(TemplateError) -> JSON {
        let path = try arguments.text(0)
        let bytes = try readFile(path)
        guard path.lowercased().hasSuffix(".json") else {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw TemplateError("AS059", "file('\(path)') is not UTF-8 text")
            }
            return .string(text)
        }
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw TemplateError("AS059", "file('\(path)') is not JSON: \(error)")
        }
    }

    /// A signed JSON Web Token. Source: RFC 7515 §3.1, RFC 7519; `none` (RFC 7515 §A.5) for tests that must be refused.
    private func webToken(_ arguments: TemplateArguments) throws(TemplateError) -> String {
        let claims = try arguments.object(0)
        let options = arguments.count > 2 ? try arguments.object(2) : JSONObject()
        if let unknown = options.keys.first(where: { $0 != "alg" && $0 != "header" }) {
            throw arguments.fault("options are alg and header, found '\(unknown)'")
        }
        let algorithm = options["alg"] ?? "HS256"
        guard algorithm == "HS256" || algorithm == "none" else {
            throw arguments.fault("alg is 'HS256' or 'none', found \(algorithm.rendered())")
        }
        var header: JSONObject = JSONObject([("alg", algorithm), ("typ", "JWT")])
        if let more = options["header"] {
            guard let members = more.objectValue else {
                throw arguments.fault("header is an object, found \(more.kindText)")
            }
            for (key, value) in members { header[key] = value }
        }
        let parts = [JSON.object(header), .object(claims)].map {
            Base64.url.encode(Array($0.rendered().utf8))
        }
        let signed = parts.joined(separator: ".")
        guard algorithm == "HS256" else { return signed + "." }
        return signed + "." + Base64.url.encode(hmacSHA256(arguments.bytes(1), Array(signed.utf8)))
    }
}
