internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// Codes and tokens that were given out, in bounded numbers; the oldest make room.
struct UpworkTokens: Sendable {
    struct Code: Sendable {
        var client: String
        var redirect: String
        /// Milliseconds since 1970.
        var expires: Int64
    }

    struct Pair: Sendable {
        var access: String
        var refresh: String?
        var client: String
        var accessExpires: Int64
        var refreshExpires: Int64
    }

    enum Standing { case good, expired, unknown }

    private var codes: [(name: String, code: Code)] = []
    private var pairs: [Pair] = []
    private static let limit = 5000
    static let codeLifetime: Int64 = 10 * 60_000
    /// Two weeks, as Upwork's refresh tokens live.
    static let refreshLifetime: Int64 = 14 * 86_400_000

    mutating func keep(_ code: Code, as name: String) {
        codes.append((name, code))
        if codes.count > Self.limit { codes.removeFirst() }
    }

    /// A code counts once.
    mutating func take(code name: String, at now: Int64) -> Code? {
        guard let place = codes.firstIndex(where: { $0.name == name }) else { return nil }
        let code = codes.remove(at: place).code
        return code.expires > now ? code : nil
    }

    mutating func keep(_ pair: Pair) {
        pairs.append(pair)
        if pairs.count > Self.limit { pairs.removeFirst() }
    }

    /// Takes the pair of a refresh token out, when it still counts.
    mutating func take(refresh: String, at now: Int64) -> Pair? {
        guard let place = pairs.firstIndex(where: { $0.refresh == refresh }) else { return nil }
        let pair = pairs[place]
        guard pair.refreshExpires > now else { return nil }
        pairs.remove(at: place)
        return pair
    }

    func standing(of access: String, at now: Int64) -> Standing {
        guard let pair = pairs.last(where: { $0.access == access }) else { return .unknown }
        return pair.accessExpires > now ? .good : .expired
    }
}
