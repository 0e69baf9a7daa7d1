import AssayCore
import Testing

@testable import AssayNet

/// Certificates of a test in a folder of their own, and a server that uses one.
struct TLSFixture {
    let reactor: Reactor
    let authority: CertificateAuthority
    let folder: String

    init(_ reactor: Reactor) throws {
        self.reactor = reactor
        authority = CertificateAuthority(seed: [1, 2, 3])
        folder =
            "/tmp/assay-tls-\(Host.processID)-\(Crypto.random(count: 6).map(String.init).joined(separator: "-"))"
        try Files.makeFolder(folder)
        try Files.write(authority.certificate, to: authorityFile)
    }

    var authorityFile: String { folder + "/ca.pem" }

    func remove() { try? Files.remove(folder) }

    /// A server that says what it was asked for; `POST` bodies come back.
    func server(
        _ certificate: MadeCertificate? = nil, _ change: (inout TLSServerOptions) -> Void = { _ in }
    ) throws -> HTTPServer {
        let certificate = certificate ?? authority.issue(for: ["localhost", "api.example.com", "127.0.0.1"])
        var tls = TLSServerOptions(certificate: certificate.certificate, key: certificate.key)
        change(&tls)
        var options = HTTPServerOptions()
        options.tls = try ServerTLS(tls)
        return try HTTPServer(on: reactor, options: options) { request in
            var response = HTTPResponse(text: "\(request.method) \(request.target)")
            if !request.body.isEmpty { response.body = request.body }
            return response
        }
    }

    /// Trusts the fixture's authority.
    func options(_ change: (inout ConnectOptions.Values) -> Void = { _ in }) -> ConnectOptions {
        var values = ConnectOptions.Values()
        values.tls.authorityFile = authorityFile
        change(&values)
        return ConnectOptions(values)
    }

    /// One GET; what came of it as text.
    func get(_ url: HTTPOrigin, _ options: ConnectOptions, _ path: String = "/") async -> String {
        let client = HTTPClient(on: reactor)
        defer { client.closeAll() }
        await client.exchange(with: url, via: options, timeout: 5_000_000_000) {
            $0.append("GET \(path) HTTP/1.1\r\nHost: \(url.authority)\r\n\r\n")
        }
        return Self.text(client)
    }

    static func text(_ client: HTTPClient) -> String {
        let last = client.last
        guard last.outcome == .answered else { return "\(last.outcome.name): \(last.note ?? "")" }
        return "\(last.status) \(String(decoding: client.body.prefix(80), as: UTF8.self))"
    }
}

extension HTTPServer {
    func origin(_ host: String = "127.0.0.1") -> HTTPOrigin {
        HTTPOrigin(host: host, port: address.port ?? 0, isSecure: url.hasPrefix("https"))
    }
}
