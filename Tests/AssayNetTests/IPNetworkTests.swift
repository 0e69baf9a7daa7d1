import Testing

@testable import AssayNet

@Suite("Networks of addresses")
struct IPNetworkTests {
    @Test(
        "an address is in a network when its first bits are the same",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/9", "10.127.0.1", true),
            ("10.0.0.0/9", "10.128.0.1", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1/32", "127.0.0.2", false), ("::1/128", "::1", true), ("fe80::/10", "fe90::1", true),
            ("fe80::/10", "ff00::1", false), ("10.0.0.0/8", "::1", false),
        ])
    func contains(network: String, address: String, isIn: Bool) throws {
        let address = try #require(SocketAddress(numeric: address, port: 80))
        #expect(try #require(IPNetwork(network)).contains(address) == isIn)
    }

    @Test(
        "what is no network is none",
        arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "host/8", "::1/129", "10.0.0.0/"])
    func refuses(text: String) { #expect(IPNetwork(text) == nil) }

    @Test(
        "names lead elsewhere by exact name, by port, and by pattern, the longest first",
        arguments: [
            ("a.example.com", 80, "1.1.1.1"), ("b.example.com", 80, "2.2.2.2"),
            ("x.b.example.com", 80, "3.3.3.3"),
            ("a.example.com", 8080, "4.4.4.4"), ("other.org", 80, nil),
        ] as [(String, UInt16, String?)])
    func overrides(host: String, port: UInt16, target: String?) {
        var values = ConnectOptions.Values()
        values.hosts = [
            HostOverride(name: "*.example.com", target: "2.2.2.2"),
            HostOverride(name: "*.b.example.com", target: "3.3.3.3"),
            HostOverride(name: "a.example.com", target: "1.1.1.1"),
            HostOverride(name: "a.example.com", port: 8080, target: "4.4.4.4"),
        ]
        #expect(ConnectOptions(values).override(of: host, port: port)?.target == target)
    }
}
