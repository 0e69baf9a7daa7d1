import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("The preset telegram")
struct TelegramTests {
    private static let token = "123456:the-token"

    private static func core() -> TelegramCore {
        var ann = TelegramOptions.User(id: 7, firstName: "Ann", username: "ann")
        ann.lastName = "Ängström & Söhne"
        let bob = TelegramOptions.User(id: 8, firstName: "Bob")
        var core = TelegramCore(
            TelegramOptions(), token: token, users: [ann, bob], random: SeededRandom(seed: 1))
        core.url = "http://127.0.0.1:1"
        return core
    }

    private static func ask(
        _ core: inout TelegramCore, _ target: String, _ body: String? = nil,
        _ headers: [(String, String)] = []
    ) throws -> (status: Int, json: JSON, headers: HTTPHeaders) {
        let request = HTTPRequest(
            method: body == nil ? "GET" : "POST", target: target, headers: HTTPHeaders(headers),
            body: Array((body ?? "").utf8))
        let answer = core.answer(request, at: 1_800_000_000_999)
        return (answer.status, (try? JSON(parsing: answer.body)) ?? .null, answer.headers)
    }

    @Test("The login widget's hash is keyed with the token's SHA-256, over sorted lines")
    func loginHash() {
        // Computed with Python's hashlib and hmac.
        let fields = [("id", "42"), ("username", "ann"), ("first_name", "Ann"), ("auth_date", "1700000000")]
        let hash = TelegramSignature.hash(
            of: fields.map { (name: $0.0, value: $0.1) }, .login, token: "123:abc")
        #expect(hash == "d1d9d36a397367537762cfc97a1e5c3d87287abf208043d620a4bf92c6404eb8")
        let other = TelegramSignature.hash(
            of: fields.map { (name: $0.0, value: $0.1) }, .webApp, token: "123:abc")
        #expect(other == "15383469f56db6c32a3ca65bbf754bd87190f046baad34dd2ceb3382941accdd")
    }

    @Test("A payload of its own counts, until something in it is changed")
    func payload() throws {
        var core = Self.core()
        let payload = try Self.ask(&core, "/login/payload?user=ann").json
        #expect(payload["id"] == 7)
        #expect(payload["auth_date"] == 1_800_000_000)
        #expect(try Self.ask(&core, "/login/verify", payload.rendered()).status == 200)
        var changed = try #require(payload.objectValue)
        changed["id"] = 8
        let refused = try Self.ask(&core, "/login/verify", JSON.object(changed).rendered())
        #expect(refused.status == 401)
        #expect(refused.json["error"] == "bad_hash")
        changed["hash"] = nil
        #expect(
            try Self.ask(&core, "/login/verify", JSON.object(changed).rendered()).json["error"]
                == "missing_hash")
    }

    @Test(
        "Payloads are wrong in the way that a request asks for",
        arguments: [
            ("payload=bad-hash", "bad_hash"), ("payload=wrong-bot", "bad_hash"),
            ("payload=stale", "stale_auth_date"), ("payload=missing-field", "missing_field"),
            ("payload=missing-field, field=first_name", "missing_field"),
            ("payload=missing-field, field=hash", "missing_hash"),
        ])
    func spoilt(header: String, error: String) throws {
        var core = Self.core()
        let payload = try Self.ask(&core, "/login/payload", nil, [("X-Assay-Switches", header)]).json
        #expect(try Self.ask(&core, "/login/verify", payload.rendered()).json["error"] == .string(error))
        let text = try Self.ask(&core, "/login/payload").json.rendered()
        #expect(try Self.ask(&core, "/login/verify", text).status == 200)
    }

    @Test("A login by address sends the browser back with the fields in the query")
    func redirect() throws {
        var core = Self.core()
        let answer = try Self.ask(&core, "/login?auth_url=http%3A%2F%2Flocalhost%2Fcb%3Fx%3D1&user=8")
        #expect(answer.status == 302)
        let location = try #require(answer.headers["location"])
        #expect(location.hasPrefix("http://localhost/cb?x=1&id=8&first_name=Bob&auth_date=1800000000&hash="))
        #expect(try Self.ask(&core, "/login?auth_url=javascript:alert(1)").status == 400)
        #expect(try Self.ask(&core, "/login?auth_url=http://localhost/&user=nobody").status == 404)
        let back = try Self.ask(&core, "/auth?bot_id=123456&return_to=http://localhost/cb").headers[
            "location"]
        let result = try #require(back?.split(separator: "#tgAuthResult=").last)
        let payload = try JSON(parsing: try #require(Base64.decode(String(result))))
        #expect(try Self.ask(&core, "/login/verify", payload.rendered()).status == 200)
    }

    @Test("Init data of a Mini App counts, its user being JSON")
    func initData() throws {
        var core = Self.core()
        let made = try Self.ask(&core, "/webapp/init-data?user=ann&start_param=x").json
        let text = try #require(made["init_data"]?.stringValue)
        #expect(text.contains("start_param=x"))
        let verified = try Self.ask(&core, "/webapp/verify", made.rendered())
        #expect(verified.status == 200)
        #expect(verified.json["user"]?["last_name"] == "Ängström & Söhne")
        let body = JSON.object(["init_data": .string(text + "&more=1")]).rendered()
        #expect(try Self.ask(&core, "/webapp/verify", body).json["error"] == "bad_hash")
    }

    @Test("Somebody unknown logs in with an id and a name, and a name alone is not enough")
    func strangers() throws {
        var core = Self.core()
        #expect(try Self.ask(&core, "/login/payload", #"{"id": 99, "first_name": "Zoe"}"#).json["id"] == 99)
        #expect(try Self.ask(&core, "/login/payload?user=zoe").status == 404)
        #expect(try Self.ask(&core, "/login/payload?id=99").status == 404)
    }

    @Test("A bot sends messages and gets what people write, once")
    func bot() throws {
        var core = Self.core()
        let bot = "/bot\(Self.token)"
        #expect(try Self.ask(&core, bot + "/getMe").json["result"]?["username"] == "assay_bot")
        #expect(
            try Self.ask(&core, "/bot1:x/getMe").json == [
                "ok": false, "error_code": 401, "description": "Unauthorized",
            ])
        #expect(try Self.ask(&core, bot + "/getCoffee").status == 404)
        _ = try Self.ask(&core, "/__assay/updates", #"{"user": "ann", "text": "/start a"}"#)
        _ = try Self.ask(&core, "/__assay/updates", #"{"user": 8, "callback_data": "yes"}"#)
        let updates = try Self.ask(&core, bot + "/getUpdates").json["result"]
        #expect(updates?[0]?["message"]?["entities"]?[0]?["length"] == 6)
        #expect(updates?[1]?["callback_query"]?["data"] == "yes")
        let rest = try Self.ask(&core, bot + "/getUpdates?offset=2&timeout=5").json["result"]
        #expect(rest?.arrayValue?.count == 1)
        #expect(core.pollSeconds == 0)
        #expect(try Self.ask(&core, bot + "/getUpdates?offset=3&timeout=5").json["result"] == [])
        #expect(core.pollSeconds == 5)
        for (body, description) in [
            (#"{"text": "x"}"#, "Bad Request: chat_id is empty"),
            (#"{"chat_id": 7}"#, "Bad Request: message text is empty"),
            (#"{"chat_id": "@nobody", "text": "x"}"#, "Bad Request: chat not found"),
        ] {
            #expect(
                try Self.ask(&core, bot + "/sendMessage", body).json["description"] == .string(description))
        }
        #expect(
            try Self.ask(&core, bot + "/sendMessage", #"{"chat_id": "@ann", "text": "hi"}"#).json["ok"]
                == true)
        let sent = try Self.ask(&core, "/__assay/messages").json
        #expect(sent["count"] == 1)
        #expect(sent["messages"]?[0]?["chat"]?["id"] == 7)
        let limited = try Self.ask(
            &core, bot + "/sendMessage", #"{"chat_id": 7, "text": "hi"}"#,
            [("X-Assay-Switches", "bot=too-many-requests")])
        #expect(limited.status == 429)
        #expect(limited.json["parameters"]?["retry_after"] == 5)
    }
}
