import AssayNet

@testable import AssayScript

/// A connection whose peer is the test.
final class FakeSocket: ScriptSocket {
    var onChange: (() -> Void)?
    /// What the script sent, in order: `text hi`, `binary 3`, `ping 0`, `close 1001 why`, `leave`, `abort`.
    private(set) var said: [String] = []
    private var coming: [ScriptSocketEvent] = []
    private var hasSaidClose = false
    private var isEnded = false
    /// What the peer answers.
    var answers: (_ socket: FakeSocket, _ said: String) -> Void = { _, _ in }
    var unsentBytes = 0

    /// Something comes from the peer.
    func come(_ event: ScriptSocketEvent) {
        coming.append(event)
        onChange?()
    }

    func come(_ text: String) { come(.message(.text, Array(text.utf8))) }

    func take() -> ScriptSocketEvent? { coming.isEmpty ? nil : coming.removeFirst() }

    private func say(_ word: String) {
        said.append(word)
        answers(self, word)
    }

    func send(_ kind: ScriptSocketKind, _ bytes: [UInt8]) -> Bool {
        guard !hasSaidClose else { return false }
        say(kind == .text ? "text \(String(decoding: bytes, as: UTF8.self))" : "binary \(bytes.count)")
        return true
    }

    func ping(_ bytes: [UInt8]) -> Bool {
        guard !hasSaidClose else { return false }
        say("ping \(String(decoding: bytes, as: UTF8.self))")
        return true
    }

    func close(_ code: Int, reason: String) {
        guard !hasSaidClose else { return }
        hasSaidClose = true
        coming.removeAll()
        say("close \(code)\(reason.isEmpty ? "" : " \(reason)")")
    }

    func leave() { said.append("leave") }
    func abort() { said.append("abort") }
}
