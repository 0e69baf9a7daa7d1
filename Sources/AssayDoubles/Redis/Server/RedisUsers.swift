/// A user of AUTH and ACL: who it is and whether it may in. What it may do is kept and shown, not enforced.
struct RedisUser {
    var isOn = false
    var needsNoPassword = false
    var passwords: [String] = []
    /// Rules of keys, channels and commands as written.
    var rules: [String] = []

    /// May in without a password.
    var isOpen: Bool { isOn && needsNoPassword }

    static let initial = RedisUser(isOn: true, needsNoPassword: true, rules: ["~*", "&*", "+@all"])
}

extension RedisServer {
    /// - Throws: WRONGPASS.
    func authenticate(_ client: RedisClient, _ name: String, _ password: String) throws(RedisFailure) {
        guard let user = users[name], user.isOn, user.needsNoPassword || user.passwords.contains(password)
        else {
            throw RedisFailure("WRONGPASS invalid username-password pair or user is disabled.")
        }
        client.user = name
        client.isAuthenticated = true
    }

    /// CONFIG SET requirepass: the password of the user `default`, none when empty.
    func requirePassword(_ password: String) {
        var user = users["default"] ?? .initial
        user.needsNoPassword = password.isEmpty
        user.passwords = password.isEmpty ? [] : [password]
        users["default"] = user
        config.password = password
    }
}
