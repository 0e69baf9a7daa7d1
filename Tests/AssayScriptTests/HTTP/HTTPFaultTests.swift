import AssayCore
import AssayNet
import Testing

@testable import AssayScript

@Suite("Numbers and words of requests that failed")
struct HTTPFaultTests {
    @Test(
        "A handshake that failed is told as k6 tells it",
        arguments: [
            (
                "the peer sent the alert 'certificate required' (116)", 1010,
                "remote error: tls: certificate required"
            ),
            (
                "the peer sent the alert 'unknown CA' (48)", 1010,
                "remote error: tls: unknown certificate authority"
            ),
            (
                "the peer does not speak TLS (wrong version number)", 1301,
                "tls: first record does not look like a TLS handshake"
            ),
            ("no shared cipher", 1300, "tls: no shared cipher"),
        ])
    func handshake(note: String, code: Int, message: String) {
        let exchange = Exchange(outcome: .tlsFailed, at: 1, note: note)
        let fault = ScriptHTTPFault(exchange, method: "GET", url: "https://h/", isAnswering: false)
        #expect(fault.code == code && fault.message == message)
        #expect(fault.report == "Get \"https://h/\": \(message)")
    }
}
