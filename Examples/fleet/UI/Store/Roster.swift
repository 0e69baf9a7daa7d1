internal import AssayFormats
internal import AssayNet
internal import FleetCore

/// Where an account's requests go out.
struct Proxy: Sendable, Equatable {
    var id: String
    var host: String
    var port: Int
}

struct Account: Sendable, Equatable {
    enum State: String, CaseIterable { case active, paused, banned }
    var id: String
    var username: String
    var state = State.active
    var proxy: Proxy?
}

/// A picture or film that accounts publish.
struct Media: Sendable, Equatable {
    var id: String
    var kind: String
    var content: [UInt8]
    var hash: String { hexadecimal(Crypto.sha256(content)) }
}

/// Accounts with their proxies, and media, in the order of their making.
struct Roster {
    private(set) var accounts: [Account] = []
    private(set) var media: [Media] = []
    private var places: [String: Int] = [:]

    /// More are refused: memory is bounded.
    static let most = 10_000

    /// - Parameters:
    ///   - accounts: how many there are from the beginning, `acc-001` and so on, each with a proxy but every fourth.
    ///   - media: the same for media, whose bytes follow from their ids.
    init(accounts: Int, media: Int) {
        for number in 0..<accounts {
            let name = Self.padded(number + 1)
            let proxy =
                number % 4 == 3
                ? nil : Proxy(id: "proxy-\(name)", host: "10.20.0.\(number % 250 + 1)", port: 8000 + number)
            _ = add(Account(id: "acc-\(name)", username: "user_\(name)", proxy: proxy))
        }
        for number in 0..<media {
            let id = "media-\(Self.padded(number + 1))"
            var content = Array("FLEET \(id)\n".utf8)
            while content.count < 512 { content += Crypto.sha256(content) }
            self.media.append(Media(id: id, kind: number % 3 == 2 ? "video" : "photo", content: content))
        }
    }

    subscript(id: String) -> Account? { places[id].map { accounts[$0] } }

    var isFull: Bool { accounts.count >= Self.most }

    /// - Returns: `false` when there is one of that id.
    mutating func add(_ account: Account) -> Bool {
        guard places[account.id] == nil else { return false }
        places[account.id] = accounts.count
        accounts.append(account)
        return true
    }

    mutating func remove(_ id: String) -> Bool {
        guard let place = places[id] else { return false }
        accounts.remove(at: place)
        places = Dictionary(uniqueKeysWithValues: accounts.enumerated().map { ($1.id, $0) })
        return true
    }

    private static func padded(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 3 - text.count)) + text
    }
}
