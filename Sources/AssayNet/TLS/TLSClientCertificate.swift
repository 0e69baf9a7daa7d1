/// A certificate that a client shows to servers that ask for one.
public struct TLSClientCertificate: Sendable, Hashable {
    /// PEM: the certificate, followed by its chain.
    public var certificate: [UInt8]
    /// PEM.
    public var key: [UInt8]
    /// Of the key.
    public var keyPassword: String?
    /// Servers that it is meant for: `api.example.com`, `*.example.com`; empty for any.
    public var servers: [String]
    /// What it is called where something is wrong with it.
    public var name: String

    public init(
        certificate: [UInt8], key: [UInt8], keyPassword: String? = nil, servers: [String] = [], name: String
    ) {
        self.certificate = certificate
        self.key = key
        self.keyPassword = keyPassword
        self.servers = servers.map { $0.lowercased() }
        self.name = name
    }

    /// How well it suits a server by name: 2 where it is meant for it, 1 where it is meant for any, else 0.
    func fitness(for server: String) -> Int {
        let server = server.lowercased()
        let isMeant = servers.contains { name in
            name.hasPrefix("*.") ? server.hasSuffix(name.dropFirst()) : name == server
        }
        return isMeant ? 2 : servers.isEmpty ? 1 : 0
    }
}
