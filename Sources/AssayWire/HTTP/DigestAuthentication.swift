/// What digest authentication hashes with (RFC 7616 §3.2), the better the later.
public enum DigestAlgorithm: String, Sendable, CaseIterable {
    case md5 = "MD5"
    case sha256 = "SHA-256"
    case sha512_256 = "SHA-512-256"
}

/// Answers a server's digest challenge, again and again with one nonce (RFC 7616).
///
/// Pure: hashes come from `hash`, the client's random text with each call.
public struct DigestAuthentication: Sendable {
    public typealias Hash = @Sendable (DigestAlgorithm, [UInt8]) -> [UInt8]

    private let algorithm: DigestAlgorithm
    private let isSession: Bool
    /// The algorithm as the server named it; `nil` when it named none.
    private let algorithmName: String?
    private let realm: String
    private var nonce: String
    private let opaque: String?
    private let quality: Quality
    private let hidesUser: Bool
    private let isUTF8: Bool
    private let user: String
    private let password: String
    private let hash: Hash
    /// Of a session, the hash that its first answer fixed, with the client's text of it.
    private var sessionKey: (key: String, text: String)?
    /// How many requests have used the nonce.
    private var uses: UInt32 = 0

    /// What is protected: nothing but the request's line (as RFC 2069 had it), the same with a count, or the body too.
    private enum Quality: Sendable { case none, auth, authInt }

    /// Takes the best challenge of several.
    ///
    /// - Parameters:
    ///   - headers: values of `WWW-Authenticate`.
    ///   - hash: gives the hash of bytes.
    /// - Returns: `nil` when none is a digest challenge that can be answered.
    public init?(
        challenge headers: [String], user: String, password: String, hash: @escaping Hash
    ) {
        let challenges = headers.flatMap { AuthChallenge.all(in: $0) }.filter { $0.scheme == "digest" }
        let readable = challenges.compactMap { challenge in
            Self.algorithm(challenge).map { (challenge, $0.algorithm, $0.isSession) }
        }
        let strength = { (algorithm: DigestAlgorithm) in
            DigestAlgorithm.allCases.firstIndex(of: algorithm) ?? 0
        }
        guard
            let (challenge, algorithm, isSession) = readable.max(by: { strength($0.1) < strength($1.1) }),
            let realm = challenge["realm"], let nonce = challenge["nonce"],
            let quality = Self.quality(challenge)
        else { return nil }
        self.algorithm = algorithm
        self.isSession = isSession
        self.realm = realm
        self.nonce = nonce
        self.quality = quality
        algorithmName = challenge["algorithm"]
        opaque = challenge["opaque"]
        hidesUser = challenge["userhash"]?.lowercased() == "true"
        isUTF8 = challenge["charset"]?.lowercased() == "utf-8"
        self.user = user
        self.password = password
        self.hash = hash
    }

    /// Whether a challenge says that only the nonce was too old, and not that the password is wrong.
    public static func isStale(_ headers: [String]) -> Bool {
        headers.flatMap { AuthChallenge.all(in: $0) }.contains {
            $0.scheme == "digest" && $0["stale"]?.lowercased() == "true"
        }
    }

    private static func algorithm(_ challenge: AuthChallenge) -> (
        algorithm: DigestAlgorithm, isSession: Bool
    )? {
        let name = (challenge["algorithm"] ?? "MD5").uppercased()
        let isSession = name.hasSuffix("-SESS")
        return DigestAlgorithm(rawValue: isSession ? String(name.dropLast(5)) : name).map { ($0, isSession) }
    }

    private static func quality(_ challenge: AuthChallenge) -> Quality? {
        guard let offered = challenge["qop"] else { return Quality.none }
        let words = offered.split(separator: ",").map { word in
            word.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        return words.contains("auth") ? .auth : words.contains("auth-int") ? .authInt : nil
    }

    /// The hash covers the body too, so all of it must be known before a request begins.
    public var coversBody: Bool { quality == .authInt }

    /// Value of the `Authorization` header of the next request.
    ///
    /// - Parameters:
    ///   - target: as in the request line.
    ///   - clientText: random, a new one each time.
    public mutating func authorization(
        method: String, target: String, body: [UInt8], clientText: String
    ) -> String {
        uses += 1
        let key = key(clientText)
        let line = "\(method):\(target)" + (quality == .authInt ? ":" + hexHash(body) : "")
        let count = hexCount
        let text = isSession ? sessionKey?.text ?? clientText : clientText
        let signed: String
        switch quality {
        case .none: signed = "\(key):\(nonce):\(hexHash(line))"
        case .auth: signed = "\(key):\(nonce):\(count):\(text):auth:\(hexHash(line))"
        case .authInt: signed = "\(key):\(nonce):\(count):\(text):auth-int:\(hexHash(line))"
        }
        var value = "Digest " + userField
        value += ", realm=\(quoted(realm)), nonce=\(quoted(nonce)), uri=\(quoted(target))"
        value += ", response=\"\(hexHash(signed))\""
        if let algorithmName { value += ", algorithm=\(algorithmName)" }
        if quality != .none || isSession { value += ", cnonce=\(quoted(text))" }
        if let opaque { value += ", opaque=\(quoted(opaque))" }
        if quality != .none {
            value += ", qop=\(quality == .auth ? "auth" : "auth-int"), nc=\(count)"
        }
        if hidesUser { value += ", userhash=true" }
        return value
    }

    /// Heeds `Authentication-Info`: a server may name the nonce to be used next.
    public mutating func heed(authenticationInfo header: String) {
        // It has the form of a challenge's parameters.
        guard let next = AuthChallenge.all(in: "Digest " + header).first?["nextnonce"] else { return }
        nonce = next
        uses = 0
        sessionKey = nil
    }

    private mutating func key(_ clientText: String) -> String {
        let own = hexHash("\(user):\(realm):\(password)")
        guard isSession else { return own }
        if let sessionKey { return sessionKey.key }
        let key = hexHash("\(own):\(nonce):\(clientText)")
        sessionKey = (key, clientText)
        return key
    }

    private var userField: String {
        if hidesUser { return "username=\"\(hexHash("\(user):\(realm)"))\"" }
        if isUTF8, !user.utf8.allSatisfy({ $0 < 0x80 }) {
            return "username*=UTF-8''\(percentEncoded(user, for: .query))"
        }
        return "username=\(quoted(user))"
    }

    private var hexCount: String {
        let digits = String(uses, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private func hexHash(_ text: String) -> String { hexHash(Array(text.utf8)) }

    private func hexHash(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in hash(algorithm, bytes) {
            text.append(hexDigits[Int(byte >> 4)])
            text.append(hexDigits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

/// A text in quotes (RFC 9110 §5.6.4).
private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
