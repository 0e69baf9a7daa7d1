import Testing

@testable import AssayNet

@Suite("SOCKS version 5")
struct SOCKS5Tests {
    private func talk(
        _ target: SOCKS5.Target, _ credentials: ProxyOptions.Credentials? = nil, _ answers: [[UInt8]]
    ) -> [String] {
        var talk = SOCKS5(to: target, credentials: credentials)
        var answers = answers[...]
        var received: [UInt8] = []
        var said: [String] = []
        while said.count < 20 {
            switch talk.next(received) {
            case .send(let bytes):
                said.append("send " + bytes.map(String.init).joined(separator: " "))
                received = answers.popFirst() ?? []
            case .receive(let count):
                said.append("receive \(count)")
                return said
            case .done:
                said.append("done")
                return said
            case .failed(let reason):
                said.append(reason)
                return said
            }
        }
        return said
    }

    @Test("a name or an address is asked for, with a password where there is one")
    func asking() {
        let reply: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(
            talk(.name("ab", 258), nil, [[5, 0], reply]) == [
                "send 5 1 0", "send 5 1 0 3 2 97 98 1 2", "done",
            ])
        #expect(
            talk(.address(.loopback(port: 80)), .init(user: "u", password: "pw"), [[5, 2], [1, 0], reply])
                == ["send 5 2 0 2", "send 1 1 117 2 112 119", "send 5 1 0 1 127 0 0 1 0 80", "done"])
    }

    @Test(
        "each refusal says why",
        arguments: [
            ([[4, 0]], "does not speak SOCKS version 5"),
            ([[5, 255]], "wants a user and password; its URL has none"),
            ([[5, 0], [5, 5, 0, 1, 0]], "refused the connection: connection refused"),
            ([[5, 0], [5, 2, 0, 1, 0]], "refused the connection: not allowed by its rules"),
            ([[5, 0], [5, 0, 0, 9, 0]], "answered with an address of unknown kind 9"),
            ([[5]], "receive 1"), ([[5, 0], [5, 0, 0, 3, 4]], "receive 6"),
        ] as [([[UInt8]], String)])
    func refusals(_ answers: [[UInt8]], _ expected: String) {
        #expect(talk(.name("a", 1), nil, answers).last == expected)
    }
}
