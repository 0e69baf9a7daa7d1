import AssayNet
import AssayWire
import Testing

@Suite("Digest authentication")
struct DigestTests {
    static func digest(_ challenge: String..., user: String = "Mufasa", password: String = "Circle of Life")
        -> DigestAuthentication?
    {
        DigestAuthentication(challenge: challenge, user: user, password: password) { Crypto.hash($0, $1) }
    }

    static let rfcNonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    static let rfcClient = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

    static func challenge(_ more: String) -> String {
        "Digest realm=\"http-auth@example.org\", nonce=\"\(rfcNonce)\", "
            + "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", \(more)"
    }

    @Test(
        "The examples of RFC 7616 §3.9.1 come out",
        arguments: [
            ("qop=\"auth, auth-int\", algorithm=MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "qop=\"auth, auth-int\", algorithm=SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
            ),
        ])
    func examples(_ more: String, _ response: String) throws {
        var digest = try #require(Self.digest(Self.challenge(more)))
        let value = digest.authorization(
            method: "GET", target: "/dir/index.html", body: [], clientText: Self.rfcClient)
        let fields = try #require(AuthChallenge.all(in: value).first)
        #expect(fields["response"] == response)
        #expect(fields["username"] == "Mufasa" && fields["nc"] == "00000001" && fields["qop"] == "auth")
        #expect(fields["uri"] == "/dir/index.html" && fields["opaque"] != nil)
    }

    // The user and the texts of RFC 7616 §3.9.2; the sums printed there are of another function, these of Python's hashlib.
    @Test("SHA-512-256 with a hidden user whose name is not ASCII")
    func hiddenUser() throws {
        let challenge =
            "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, "
            + "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", "
            + "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=true"
        var digest = try #require(Self.digest(challenge, user: "Jäsøn Doe", password: "Secret, or not?"))
        let value = digest.authorization(
            method: "GET", target: "/doe.json", body: [], clientText: "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm")
        let fields = try #require(AuthChallenge.all(in: value).first)
        #expect(
            fields["username"] == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b")
        #expect(
            fields["response"] == "7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c")
        #expect(fields["userhash"] == "true")
    }

    @Test("The strongest of several challenges is taken") func strongest() throws {
        var digest = try #require(
            Self.digest(
                Self.challenge("qop=auth, algorithm=MD5"), "Basic realm=x",
                Self.challenge("qop=auth, algorithm=SHA-256")))
        let value = digest.authorization(method: "GET", target: "/", body: [], clientText: "c")
        #expect(value.contains("algorithm=SHA-256"))
    }

    @Test(
        "What cannot be answered is not",
        arguments: [
            "Basic realm=x", "Digest realm=\"a\"", "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-1",
            "Digest realm=\"a\", nonce=\"b\", qop=\"token\"",
        ])
    func unanswerable(_ challenge: String) { #expect(Self.digest(challenge) == nil) }

    @Test("A nonce is used again with a higher count, and another once the server names it") func counting()
        throws
    {
        var digest = try #require(Self.digest(Self.challenge("qop=auth")))
        func fields() -> AuthChallenge? {
            AuthChallenge.all(
                in: digest.authorization(method: "GET", target: "/", body: [], clientText: "c")
            ).first
        }
        #expect(fields()?["nc"] == "00000001")
        #expect(fields()?["nc"] == "00000002")
        digest.heed(authenticationInfo: "qop=auth, rspauth=\"x\", nextnonce=\"new\"")
        let next = fields()
        #expect(next?["nc"] == "00000001" && next?["nonce"] == "new")
    }

    @Test(
        "auth-int covers the body; a session keeps the key of its first request; RFC 2069 has neither count nor quality"
    )
    func kinds() throws {
        var covered = try #require(Self.digest(Self.challenge("qop=auth-int")))
        #expect(covered.coversBody)
        let one = covered.authorization(method: "POST", target: "/", body: [1], clientText: "c")
        covered = try #require(Self.digest(Self.challenge("qop=auth-int")))
        let other = covered.authorization(method: "POST", target: "/", body: [2], clientText: "c")
        #expect(AuthChallenge.all(in: one)[0]["response"] != AuthChallenge.all(in: other)[0]["response"])
        var session = try #require(Self.digest(Self.challenge("qop=auth, algorithm=MD5-sess")))
        _ = session.authorization(method: "GET", target: "/", body: [], clientText: "first")
        let second = session.authorization(method: "GET", target: "/", body: [], clientText: "second")
        #expect(second.contains("cnonce=\"first\"") && second.contains("algorithm=MD5-sess"))
        // RFC 2069 §2.4, with the sum that its errata gives.
        var old = try #require(
            Self.digest(
                "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
                password: "CircleOfLife"))
        let value = old.authorization(method: "GET", target: "/dir/index.html", body: [], clientText: "c")
        #expect(value.contains("response=\"1949323746fe6a43ef61f9606e7febea\""))
        #expect(!value.contains("nc=") && !value.contains("qop="))
    }

    @Test("stale is told apart from a wrong password") func stale() {
        #expect(DigestAuthentication.isStale([Self.challenge("stale=TRUE")]))
        #expect(!DigestAuthentication.isStale([Self.challenge("stale=false")]))
        #expect(!DigestAuthentication.isStale(["Basic realm=x, stale=true"]))
    }
}
