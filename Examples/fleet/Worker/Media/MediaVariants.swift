internal import AssayNet

/// Media made one's own, and handed out to accounts.
enum MediaVariants {
    /// Who gets which media, in the order of the accounts.
    ///
    /// - Parameter perAccount: at most as many as there are media.
    /// - Returns: for each account different media; every medium is used as often as any other, or once more.
    static func distribute(
        _ media: [String], to accounts: [String], perAccount: Int
    ) -> [(account: String, media: [String])] {
        guard !media.isEmpty else { return accounts.map { ($0, []) } }
        let count = min(perAccount, media.count)
        return accounts.enumerated().map { place, account in
            (account, (0..<count).map { media[(place * count + $0) % media.count] })
        }
    }

    /// The same picture in other bytes: what follows the end of a picture or film, players pass over.
    ///
    /// - Returns: always the same for the same account and number, and for no two of them alike.
    static func unique(_ content: [UInt8], for account: String, number: Int) -> [UInt8] {
        let salt = Crypto.hmacSHA256(key: Crypto.sha256(content), Array("\(account)\n\(number)".utf8))
        return content + mark + salt
    }

    /// Where the original ends.
    static let mark = Array("\0FLEET\0".utf8)
}
