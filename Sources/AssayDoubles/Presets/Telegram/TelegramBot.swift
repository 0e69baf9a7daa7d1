internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What a bot is answered, and what the double lets people write to it.
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
    mutating func bot(_ request: HTTPRequest, _ path: String) -> IdentityAnswer {
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
    mutating func push(_ request: HTTPRequest) -> IdentityAnswer {
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
