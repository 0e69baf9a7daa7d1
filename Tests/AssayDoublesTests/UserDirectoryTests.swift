@testable import AssayDoubles
import Testing

@Suite("Users of the identity service")
struct UserDirectoryTests {
    private static let known: [JWTAuthOptions.User] = [
        .init(username: "admin", password: "key", role: "admin"),
        .init(id: "fixed", telegramID: 7, username: "ann"),
    ]

    private static func directory(registersUnknown: Bool = true) -> UserDirectory {
        UserDirectory(known, registersUnknown: registersUnknown)
    }

    private static func role(_ result: Result<UserDirectory.User, UserDirectory.Refusal>) -> String {
        switch result {
        case .success(let user): user.role
        case .failure(let refusal): refusal.rawValue
        }
    }

    @Test(
        "A login answers with a role or with the reason why not",
        arguments: [
            (Credentials(username: "admin", password: "key"), "admin"),
            (Credentials(username: "admin", password: "kez"), "wrong_password"),
            (Credentials(username: "admin"), "wrong_password"),
            (Credentials(telegramID: 7), "user"),
            // A stranger who calls themselves admin is no administrator.
            (Credentials(telegramID: 8, username: "admin"), "user"),
            (Credentials(username: "stranger"), "user"),
            (Credentials(), "username_or_telegram_id_required"),
        ])
    func login(credentials: Credentials, answer: String) {
        var directory = Self.directory()
        #expect(Self.role(directory.login(credentials)) == answer)
    }

    @Test("Strangers are refused where the options say so")
    func refused() {
        var directory = Self.directory(registersUnknown: false)
        #expect(Self.role(directory.login(Credentials(telegramID: 8))) == "unknown_user")
        #expect(Self.role(directory.login(Credentials(username: "bob"))) == "unknown_user")
        #expect(Self.role(directory.login(Credentials(telegramID: 7))) == "user")
    }

    @Test("The same somebody has the same UUID in every run, and everybody their own")
    func stable() throws {
        var (first, second) = (Self.directory(), Self.directory())
        let ann = try first.login(Credentials(telegramID: 9, username: "a")).get().id
        #expect(try second.login(Credentials(telegramID: 9, username: "b")).get().id == ann)
        #expect(try second.login(Credentials(telegramID: 10)).get().id != ann)
        #expect(try second.login(Credentials(username: "9")).get().id != ann)
        #expect(try second.login(Credentials(telegramID: 7)).get().id == "fixed")
        let groups = ann.split(separator: "-").map(\.count)
        #expect(groups == [8, 4, 4, 4, 12])
    }

    @Test("A password given at the first login is asked for at the next one")
    func remembered() {
        var directory = Self.directory()
        #expect(Self.role(directory.login(Credentials(username: "bob", password: "one"))) == "user")
        #expect(Self.role(directory.login(Credentials(username: "bob", password: "two"))) == "wrong_password")
        #expect(Self.role(directory.login(Credentials(username: "bob", password: "one"))) == "user")
    }

    @Test("Nobody registers under a name that is taken, or as an administrator")
    func registration() {
        var directory = Self.directory()
        #expect(Self.role(directory.register(Credentials(username: "admin", password: "x"))) == "name_taken")
        #expect(Self.role(directory.register(Credentials(telegramID: 7))) == "name_taken")
        #expect(Self.role(directory.register(Credentials(username: "bob", password: "x"))) == "user")
        #expect(Self.role(directory.register(Credentials(username: "bob", password: "x"))) == "name_taken")
    }

    @Test(
        "JSON and forms say the same",
        arguments: [
            ("application/json", #"{"telegram_id": 123456789, "username": "testuser"}"#),
            ("application/json; charset=utf-8", #"{"telegram_id": "123456789", "username": "testuser"}"#),
            ("application/x-www-form-urlencoded", "telegram_id=123456789&username=testuser"),
            ("", #"{"telegram_id": 123456789, "username": "testuser", "password": null}"#),
        ])
    func bodies(type: String, body: String) throws {
        let credentials = try Credentials(body: Array(body.utf8), type: type)
        #expect(credentials == Credentials(telegramID: 123_456_789, username: "testuser"))
    }

    @Test(
        "Bodies that say something else are refused",
        arguments: [
            "", "[]", "telegram_id=1", #"{"telegram_id": "x"}"#, #"{"username": 5}"#,
            #"{"telegram_id": 1.5}"#,
        ])
    func badBodies(body: String) {
        #expect(throws: Credentials.Fault.self) {
            try Credentials(body: Array(body.utf8), type: "application/json")
        }
    }
}
