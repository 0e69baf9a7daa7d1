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
    private var board: IdentitySwitches
    private var random: SeededRandom
    /// Of the request being answered, milliseconds since 1970.
    private(set) var now: Int64 = 0
    /// How long the last request is willing to wait for updates; 0 when its answer is ready.
    private(set) var pollSeconds: Int64 = 0
    /// What the bot sent, the latest last.
    private var sent: [JSON] = []
    private var sentCount = 0
    /// What waits for the bot, with the ids.
    private var updates: [(id: Int64, update: JSON)] = []
    private var lastUpdate: Int64 = 0
    private var lastMessage: Int64 = 0

    init(_ options: TelegramOptions, token: String, users: [TelegramOptions.User], random: SeededRandom) {
        self.options = options
        self.token = token
        self.users = users
        self.random = random
        board = IdentitySwitches(Self.switches, options: options.switches)
    }

    /// The number before the token's colon.
    var botID: Int64 { Int64(token.prefix { $0 != ":" }) ?? 0 }
    private var seconds: Int64 { now / 1000 }

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
    private func user(_ fields: TelegramFields) -> TelegramOptions.User? {
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

// MARK: The bot's API

extension TelegramCore {
    private func refused(_ status: Int, _ description: String, after seconds: Int64? = nil) -> IdentityAnswer
    {
        var body: JSONObject = [
            "ok": false, "error_code": .int(Int64(status)), "description": .string(description),
        ]
        if let seconds { body["parameters"] = ["retry_after": .int(seconds)] }
        return .json(status, .object(body))
    }

    private func done(_ result: JSON) -> IdentityAnswer { .json(200, ["ok": true, "result": result]) }

    /// `/bot<token>/<method>`. Source: core.telegram.org/bots/api.
    private mutating func bot(_ request: HTTPRequest, _ path: String) -> IdentityAnswer {
        let parts = path.dropFirst(4).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, percentDecoded(parts[0]) == token else { return refused(401, "Unauthorized") }
        switch board.word("bot") {
        case "unauthorized"?: return refused(401, "Unauthorized")
        case "too-many-requests"?: return refused(429, "Too Many Requests: retry after 5", after: 5)
        case "blocked"?: return refused(403, "Forbidden: bot was blocked by the user")
        case "chat-not-found"?: return refused(400, "Bad Request: chat not found")
        case "server-error"?: return refused(500, "Internal Server Error")
        default: break
        }
        let fields = TelegramFields(request)
        // The API does not mind the case of a method's name.
        switch parts[1].lowercased() {
        case "getme": return done(.object(me))
        case "sendmessage": return sendMessage(fields)
        case "getupdates": return getUpdates(fields)
        case "deletewebhook", "answercallbackquery", "setmycommands", "sendchataction": return done(true)
        case "getwebhookinfo":
            return done(
                [
                    "url": "", "has_custom_certificate": false,
                    "pending_update_count": .int(Int64(updates.count)),
                ])
        case "setwebhook":
            return refused(400, "Bad Request: this double hands updates to getUpdates, not to webhooks")
        default: return refused(404, "Not Found")
        }
    }

    private var me: JSONObject {
        [
            "id": .int(botID), "is_bot": true, "first_name": .string(options.botName),
            "username": .string(options.botName), "can_join_groups": true,
            "can_read_all_group_messages": false, "supports_inline_queries": false,
        ]
    }

    private func person(_ user: TelegramOptions.User?, id: Int64) -> JSONObject {
        var members: JSONObject = ["id": .int(id), "first_name": .string(user?.firstName ?? "Somebody")]
        if let name = user?.lastName { members["last_name"] = .string(name) }
        if let name = user?.username { members["username"] = .string(name) }
        return members
    }

    private mutating func sendMessage(_ fields: TelegramFields) -> IdentityAnswer {
        guard let chat = fields["chat_id"] else { return refused(400, "Bad Request: chat_id is empty") }
        guard let text = fields["text"] else { return refused(400, "Bad Request: message text is empty") }
        guard text.utf16.count <= 4096 else { return refused(400, "Bad Request: message is too long") }
        let known = users.first { String($0.id) == chat || $0.username.map { "@" + $0 } == chat }
        guard let id = known?.id ?? Int64(chat) else { return refused(400, "Bad Request: chat not found") }
        lastMessage += 1
        var place = person(known, id: id)
        place["type"] = .string(id < 0 ? "group" : "private")
        let message: JSONObject = [
            "message_id": .int(lastMessage), "from": .object(me), "chat": .object(place),
            "date": .int(seconds), "text": .string(text),
        ]
        var kept = message
        for name in ["parse_mode", "reply_markup"] {
            if let value = fields.json(name) { kept[name] = value }
        }
        // The oldest make room; the count goes on.
        if sent.count >= Self.capacity { sent.removeFirst(Self.capacity / 10) }
        sent.append(.object(kept))
        sentCount += 1
        return done(.object(message))
    }

    private mutating func getUpdates(_ fields: TelegramFields) -> IdentityAnswer {
        let limit = fields["limit"].flatMap { Int($0) } ?? 100
        guard (1...100).contains(limit) else { return refused(400, "Bad Request: limit is 1 to 100") }
        let offset = fields["offset"].flatMap { Int64($0) } ?? 0
        if offset < 0 { updates = updates.suffix(Int(min(-offset, Int64(Self.capacity)))) }
        if offset > 0 { updates.removeAll { $0.id < offset } }
        if updates.isEmpty { pollSeconds = max(0, fields["timeout"].flatMap { Int64($0) } ?? 0) }
        return done(.array(updates.prefix(limit).map(\.update)))
    }

    /// `POST /__assay/updates`: somebody writes to the bot, `{"user": "ann", "text": "/start"}`, or presses one of its
    /// buttons, `{"user": "ann", "callback_data": "yes"}`.
    private mutating func push(_ request: HTTPRequest) -> IdentityAnswer {
        let fields = TelegramFields(request)
        guard let user = user(fields) else { return .json(404, ["error": "unknown_user"]) }
        guard updates.count < Self.capacity else { return .full("\(Self.capacity) updates that nobody got") }
        var from = person(user, id: user.id)
        from["is_bot"] = false
        var place = person(user, id: user.id)
        place["type"] = "private"
        lastUpdate += 1
        lastMessage += 1
        var message: JSONObject = [
            "message_id": .int(lastMessage), "from": .object(from), "chat": .object(place),
            "date": .int(seconds),
        ]
        var update: JSONObject = ["update_id": .int(lastUpdate)]
        if let data = fields["callback_data"] {
            message["from"] = .object(me)
            update["callback_query"] = [
                "id": .string(String(lastUpdate)), "from": .object(from), "message": .object(message),
                "chat_instance": .string(String(user.id)), "data": .string(data),
            ]
        } else {
            let text = fields["text"] ?? "/start"
            message["text"] = .string(text)
            if text.hasPrefix("/") {
                let length = text.prefix { $0 != " " }.utf16.count
                message["entities"] = [["type": "bot_command", "offset": 0, "length": .int(Int64(length))]]
            }
            update["message"] = .object(message)
        }
        updates.append((lastUpdate, .object(update)))
        return .json(201, .object(update))
    }
}
