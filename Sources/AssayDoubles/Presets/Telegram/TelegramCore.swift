internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What the Telegram double knows and answers. Pure: time and randomness are passed in.
struct TelegramCore {
    static let switches = [
        IdentitySwitches.row(
            "payload", ["bad-hash", "stale", "missing-field", "wrong-bot"], "how signed fields are wrong"),
        Switch(
            "field", .word(["auth_date", "id", "first_name", "username", "user", "query_id", "hash"]),
            "what a payload with a missing-field is without"),
        IdentitySwitches.row("login", ["denied", "server_error"], "how every login ends"),
        IdentitySwitches.row(
            "bot", ["unauthorized", "too-many-requests", "blocked", "chat-not-found", "server-error"],
            "what the bot's API answers"),
    ]
    /// Sent messages and updates that wait, each.
    static let capacity = 10_000

    let options: TelegramOptions
    let token: String
    let users: [TelegramOptions.User]
    var url = ""
    var board: IdentitySwitches
    private var random: SeededRandom
    /// Of the request being answered, milliseconds since 1970.
    private(set) var now: Int64 = 0
    /// How long the last request is willing to wait for updates; 0 when its answer is ready.
    var pollSeconds: Int64 = 0
    /// What the bot sent, the latest last.
    var sent: [JSON] = []
    var sentCount = 0
    /// What waits for the bot, with the ids.
    var updates: [(id: Int64, update: JSON)] = []
    var lastUpdate: Int64 = 0
    var lastMessage: Int64 = 0

    init(_ options: TelegramOptions, token: String, users: [TelegramOptions.User], random: SeededRandom) {
        self.options = options
        self.token = token
        self.users = users
        self.random = random
        board = IdentitySwitches(Self.switches, options: options.switches)
    }

    /// The number before the token's colon.
    var botID: Int64 { Int64(token.prefix { $0 != ":" }) ?? 0 }
    var seconds: Int64 { now / 1000 }

    mutating func reset() {
        (sent, sentCount, updates, lastUpdate, lastMessage) = ([], 0, [], 0, 0)
        board.reset()
    }

    mutating func answer(_ request: HTTPRequest, at now: Int64) -> IdentityAnswer {
        self.now = now
        pollSeconds = 0
        if let answer = board.answer(request) { return answer }
        do throws(SwitchError) {
            try board.begin(request, at: now)
        } catch {
            return .refused(error)
        }
        var answer = routed(request)
        // The widget's script asks from the page of the program under test.
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer
    }

    private mutating func routed(_ request: HTTPRequest) -> IdentityAnswer {
        let path = String(request.path)
        if path.hasPrefix("/bot") { return bot(request, path) }
        switch (request.verb, path) {
        case ("OPTIONS", _):
            return IdentityAnswer(
                204,
                headers: [
                    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
                    ("Access-Control-Allow-Headers", "Content-Type, X-Assay-Switches"),
                ])
        case ("GET", "/login/payload"), ("POST", "/login/payload"):
            return withUser(request) { $0.payload($1) }
        case ("GET", "/login/verify"), ("POST", "/login/verify"): return verify(request)
        case ("GET", "/login"): return login(Parameters(request.query))
        case ("GET", "/auth"): return auth(Parameters(request.query))
        case ("GET", "/webapp/init-data"), ("POST", "/webapp/init-data"):
            return withUser(request) { $0.initData($1, TelegramFields(request)) }
        case ("POST", "/webapp/verify"): return verifyInitData(request)
        case ("GET", "/js/telegram-widget.js"):
            return IdentityAnswer(
                200, TelegramPages.widget(url), type: "text/javascript; charset=utf-8")
        case ("GET", "/__assay/messages"):
            return .json(200, ["messages": .array(sent), "count": .int(Int64(sentCount))])
        case ("DELETE", "/__assay/messages"):
            (sent, sentCount) = ([], 0)
            return .json(200, ["messages": [], "count": 0])
        case ("POST", "/__assay/updates"): return push(request)
        case ("GET", "/health"): return .json(200, ["status": "ok"])
        case (_, let path):
            guard let methods = Self.methods[path] else { return .notFound(path) }
            return .notAllowed(methods)
        }
    }

    private static let methods = [
        "/login/payload": "GET, POST", "/login/verify": "GET, POST", "/login": "GET", "/auth": "GET",
        "/webapp/init-data": "GET, POST", "/webapp/verify": "POST", "/js/telegram-widget.js": "GET",
        "/__assay/messages": "GET, DELETE", "/__assay/updates": "POST", "/health": "GET",
    ]
}

// MARK: Logging in

extension TelegramCore {
    /// Who a request speaks of: a known one by `user` (id or name), the first one without, or one made of `id` and
    /// `first_name`.
    func user(_ fields: TelegramFields) -> TelegramOptions.User? {
        if let name = fields["user"] {
            return users.first { String($0.id) == name || $0.username == name }
        }
        guard let id = fields["id"] else { return users.first }
        if let known = users.first(where: { String($0.id) == id }), fields["first_name"] == nil {
            return known
        }
        guard let number = Int64(id), number > 0, let name = fields["first_name"] else { return nil }
        var made = TelegramOptions.User(id: number, firstName: name, username: fields["username"])
        made.lastName = fields["last_name"]
        made.photoURL = fields["photo_url"]
        return made
    }

    private mutating func withUser(
        _ request: HTTPRequest, _ answer: (inout TelegramCore, TelegramOptions.User) -> IdentityAnswer
    ) -> IdentityAnswer {
        guard let user = user(TelegramFields(request)) else {
            return .json(
                404,
                [
                    "error": "unknown_user",
                    "reason": "name one of the double's `users`, or send id and first_name",
                ])
        }
        return answer(&self, user)
    }

    /// The fields of the login widget, signed.
    private mutating func fields(_ user: TelegramOptions.User) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [
            ("id", String(user.id)), ("first_name", user.firstName),
        ]
        if let name = user.lastName { fields.append(("last_name", name)) }
        if let name = user.username { fields.append(("username", name)) }
        if let address = user.photoURL { fields.append(("photo_url", address)) }
        return signed(fields, .login)
    }

    /// Adds `auth_date` and `hash`, wrong in the way that the switch `payload` says.
    private mutating func signed(
        _ fields: [(name: String, value: String)], _ form: TelegramSignature.Form
    ) -> [(name: String, value: String)] {
        let word = board.word("payload")
        let moment = word == "stale" ? seconds - options.maxAge.components.seconds - 3600 : seconds
        var fields = fields + [("auth_date", String(moment))]
        if word == "missing-field" {
            let name = board.word("field") ?? "auth_date"
            fields.removeAll { $0.name == name }
            if name == "hash" { return fields }
        }
        var hash = TelegramSignature.hash(
            of: fields, form, token: word == "wrong-bot" ? "1:of-another-bot" : token)
        if word == "bad-hash" {
            hash = String(hash.reversed()) == hash ? "0" + hash.dropFirst() : String(hash.reversed())
        }
        return fields + [("hash", hash)]
    }

    /// What a page's callback gets: numbers are numbers.
    private mutating func payloadJSON(_ user: TelegramOptions.User) -> JSON {
        .object(
            JSONObject(
                fields(user).map { field in
                    let isNumber = field.name == "id" || field.name == "auth_date"
                    let number = isNumber ? Int64(field.value) : nil
                    return (field.name, number.map { .int($0) } ?? .string(field.value))
                }))
    }

    private mutating func payload(_ user: TelegramOptions.User) -> IdentityAnswer {
        switch board.word("login") {
        case "denied"?: .json(403, ["error": "denied"])
        case "server_error"?: .json(500, ["error": "server_error"])
        default: .json(200, payloadJSON(user))
        }
    }

    private func verdict(
        _ fields: [(name: String, value: String)], _ form: TelegramSignature.Form, user: JSON
    ) -> IdentityAnswer {
        do throws(TelegramSignature.Refusal) {
            try TelegramSignature.verify(
                fields, form, token: token, oldest: seconds - options.maxAge.components.seconds)
            return .json(200, ["valid": true, "user": user])
        } catch {
            return .json(401, ["valid": false, "error": .string(error.rawValue)])
        }
    }

    private func verify(_ request: HTTPRequest) -> IdentityAnswer {
        let fields = TelegramFields(request)
        let members = fields.pairs.filter { $0.name != "hash" }.map { ($0.name, JSON.string($0.value)) }
        return verdict(fields.pairs, .login, user: .object(JSONObject(members)))
    }

    /// The widget's way by an address: the browser is sent to `auth_url` with the fields in its query.
    private mutating func login(_ parameters: Parameters) -> IdentityAnswer {
        guard let address = parameters["auth_url"], RedirectURI.isAbsolute(address),
            address.hasPrefix("http://") || address.hasPrefix("https://")
        else { return .json(400, ["error": "bad_request", "reason": "auth_url is a whole http address"]) }
        return decided(parameters, asking: "auth_url", address) { core, user in
            .redirect(to: adding(core.fields(user).map { ($0.name, $0.value) }, to: address))
        }
    }

    /// The way of oauth.telegram.org: back to `return_to` with the fields behind `#tgAuthResult=`.
    private mutating func auth(_ parameters: Parameters) -> IdentityAnswer {
        guard let bot = parameters["bot_id"], Int64(bot) == botID else {
            return .json(400, ["error": "bad_request", "reason": "bot_id is not that of the double's token"])
        }
        guard let address = parameters["return_to"], RedirectURI.isAbsolute(address),
            address.hasPrefix("http://") || address.hasPrefix("https://")
        else { return .json(400, ["error": "bad_request", "reason": "return_to is a whole http address"]) }
        if board.word("login") == "denied" { return .redirect(to: address + "#tgAuthResult=false") }
        return decided(parameters, asking: "return_to", address) { core, user in
            let payload = Base64.url.encode(Array(core.payloadJSON(user).rendered().utf8))
            return .redirect(to: address + "#tgAuthResult=" + payload)
        }
    }

    private mutating func decided(
        _ parameters: Parameters, asking name: String, _ address: String,
        _ answer: (inout TelegramCore, TelegramOptions.User) -> IdentityAnswer
    ) -> IdentityAnswer {
        switch board.word("login") {
        case "denied"?: return .page(403, TelegramPages.denied)
        case "server_error"?: return .json(500, ["error": "server_error"])
        default: break
        }
        if options.login == .form, parameters["user"] == nil {
            return .page(200, TelegramPages.choice(users, asking: name, address, bot: botID))
        }
        let named = parameters["user"]
        guard
            let user = named == nil
                ? users.first
                : users.first(where: {
                    String($0.id) == named || $0.username == named
                })
        else { return .json(404, ["error": "unknown_user"]) }
        return answer(&self, user)
    }

    // MARK: Mini Apps

    private mutating func initData(
        _ user: TelegramOptions.User, _ parameters: TelegramFields
    ) -> IdentityAnswer {
        var members: JSONObject = ["id": .int(user.id), "first_name": .string(user.firstName)]
        if let name = user.lastName { members["last_name"] = .string(name) }
        if let name = user.username { members["username"] = .string(name) }
        members["language_code"] = .string(parameters["language_code"] ?? "en")
        if let address = user.photoURL { members["photo_url"] = .string(address) }
        var fields: [(name: String, value: String)] = [
            ("query_id", random.text(bytes: 12)), ("user", JSON.object(members).rendered()),
        ]
        for name in ["start_param", "chat_type", "chat_instance"] {
            if let value = parameters[name] { fields.append((name, value)) }
        }
        return .json(200, ["init_data": .string(TelegramSignature.query(signed(fields, .webApp)))])
    }

    private func verifyInitData(_ request: HTTPRequest) -> IdentityAnswer {
        guard let text = TelegramFields(request)["init_data"] else {
            return .json(400, ["error": "bad_request", "reason": "init_data is missing"])
        }
        let fields = queryPairs(text)
        let user = fields.first { $0.name == "user" }.flatMap { try? JSON(parsing: $0.value, maxDepth: 8) }
        return verdict(fields, .webApp, user: user ?? .null)
    }
}
