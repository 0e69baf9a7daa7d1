internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What a login or a registration says about somebody.
struct Credentials: Equatable {
    struct Fault: Error { var reason: String }

    var telegramID: Int64?
    var username: String?
    var password: String?

    init(telegramID: Int64? = nil, username: String? = nil, password: String? = nil) {
        self.telegramID = telegramID
        self.username = username
        self.password = password
    }

    /// Reads a JSON object or a form.
    init(body: [UInt8], type: String) throws(Fault) {
        var members = JSONObject()
        if type.lowercased().hasPrefix("application/x-www-form-urlencoded") {
            for (name, value) in queryPairs(String(decoding: body, as: UTF8.self)) {
                members[name] = .string(value)
            }
        } else {
            do {
                guard let object = try JSON(parsing: body, maxDepth: 8).objectValue else {
                    throw JSONFault.notAnObject
                }
                members = object
            } catch {
                throw Fault(reason: "the body is neither a JSON object nor a form: \(error)")
            }
        }
        // A form has texts only, so a number may come as one.
        switch members["telegram_id"] {
        case nil, .null?, .string("")?: break
        case .string(let text)?: telegramID = Int64(text)
        case let value?: telegramID = value.intValue
        }
        if let written = members["telegram_id"], written != .null, written != "", telegramID == nil {
            throw Fault(reason: "telegram_id is a whole number")
        }
        username = try Self.text("username", members)
        password = try Self.text("password", members)
    }

    private enum JSONFault: Error { case notAnObject }

    private static func text(_ name: String, _ members: JSONObject) throws(Fault) -> String? {
        guard let value = members[name], value != .null, value != "" else { return nil }
        guard let text = value.stringValue, text.utf8.count <= 256 else {
            throw Fault(reason: "\(name) is a text of at most 256 bytes")
        }
        return text
    }
}

/// Who is known to the identity service. Pure: no clock, no sockets.
struct UserDirectory {
    struct User: Equatable {
        var id: String
        var username: String?
        var password: String?
        var role: String
        var roles: [String] = []
    }

    enum Refusal: String, Error {
        case unknownUser = "unknown_user"
        case wrongPassword = "wrong_password"
        case nameTaken = "name_taken"
        case nothingToLogInWith = "username_or_telegram_id_required"
        case full = "too_many_users"
    }

    /// Registrations are kept for the run, so there is an end to them.
    static let capacity = 100_000
    private var byTelegramID: [Int64: User] = [:]
    private var byName: [String: User] = [:]
    private let registersUnknown: Bool

    init(_ users: [JWTAuthOptions.User], registersUnknown: Bool) {
        self.registersUnknown = registersUnknown
        for known in users {
            let identity = Self.identity(known.telegramID, known.username)
            let user = User(
                id: known.id ?? Self.id(of: identity), username: known.username, password: known.password,
                role: known.role, roles: known.roles)
            if let telegramID = known.telegramID { byTelegramID[telegramID] = user }
            if let name = known.username { byName[name] = user }
        }
    }

    /// A Telegram id stands for itself, whatever name comes with it; a name needs its password if it has one.
    mutating func login(_ credentials: Credentials) -> Result<User, Refusal> {
        if let telegramID = credentials.telegramID {
            if let user = byTelegramID[telegramID] { return .success(user) }
            guard registersUnknown else { return .failure(.unknownUser) }
            // Not kept: the same Telegram id always gives the same user.
            let id = Self.id(of: Self.identity(telegramID, nil))
            return .success(User(id: id, username: credentials.username, role: "user"))
        }
        guard let name = credentials.username else { return .failure(.nothingToLogInWith) }
        guard let user = byName[name] else {
            guard registersUnknown else { return .failure(.unknownUser) }
            // Kept only for the password: without one, the same name always gives the same user.
            guard credentials.password == nil else { return register(credentials) }
            return .success(User(id: Self.id(of: Self.identity(nil, name)), username: name, role: "user"))
        }
        guard let password = user.password else { return .success(user) }
        let matches = Crypto.equal(Array(password.utf8), Array((credentials.password ?? "").utf8))
        return matches ? .success(user) : .failure(.wrongPassword)
    }

    /// Registers a user, always with the role `user`.
    mutating func register(_ credentials: Credentials) -> Result<User, Refusal> {
        let user = User(
            id: Self.id(of: Self.identity(credentials.telegramID, credentials.username)),
            username: credentials.username, password: credentials.password, role: "user")
        guard credentials.telegramID != nil || credentials.username != nil else {
            return .failure(.nothingToLogInWith)
        }
        if let telegramID = credentials.telegramID, byTelegramID[telegramID] != nil {
            return .failure(.nameTaken)
        }
        if let name = credentials.username, byName[name] != nil { return .failure(.nameTaken) }
        guard byTelegramID.count + byName.count < Self.capacity else { return .failure(.full) }
        if let telegramID = credentials.telegramID { byTelegramID[telegramID] = user }
        if let name = credentials.username { byName[name] = user }
        return .success(user)
    }

    private static func identity(_ telegramID: Int64?, _ username: String?) -> String {
        telegramID.map { "telegram:\($0)" } ?? "name:\(username ?? "")"
    }

    /// The same UUID for the same somebody in every run. Source: RFC 9562 §5.8 (version 8), over SHA-256.
    static func id(of identity: String) -> String {
        var bytes = Array(Crypto.sha256(Array("assay jwt user \(identity)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(hexadecimal(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
