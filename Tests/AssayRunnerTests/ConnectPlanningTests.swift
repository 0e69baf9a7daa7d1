import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import Testing

@testable import AssayRunner

@Suite("Options of connections")
struct ConnectPlanningTests {
    private static let names = StandNames(parts: [
        .init(name: "proxy", kind: .dependency, members: ["url", "none"])
    ])

    private func scenario(_ http: String) throws -> Scenario {
        let text =
            "assay: 1\nscenario: x\nvars: {later: \"${uuid()}\"}\nhttp: \(http)\nsteps: [{http: {get: \"http://a/\"}}]\n"
        return try ScenarioReader(files: FileReader(texts: ["x.yml": text]), stand: Self.names).scenario(
            "x.yml"
        ).get()
    }

    /// The options of each scenario's first step.
    private func plan(_ settings: [String]) throws -> (options: [ConnectOptions], faults: [Diagnostic]) {
        var planner = Planner(constants: ["proxy": ["url": "http://p:1", "none": ""]])
        planner.projectFolder = "/nowhere"
        var options: [ConnectOptions] = []
        for http in settings {
            guard case .http(let planned)? = planner.plan(try scenario(http)).steps.first?.action else {
                continue
            }
            options.append(planned.connect)
        }
        return (options, planner.faults)
    }

    @Test("equal settings are one object, none are the standard one")
    func interning() throws {
        let same = "{tls: {insecure: true}, version: any}"
        let options = try plan([same, same, "{}", "{tls: {insecure: true}}"]).options
        #expect(
            options[0] === options[1] && options[2] === ConnectOptions.standard && options[3] !== options[0])
        #expect(options[0].tls.verifies == false && options[0].version == .any)
    }

    @Test("everything that is said reaches the options, with the run's constants filled in")
    func values() throws {
        let (options, faults) = try plan([
            """
            {proxy: {url: "${proxy.url}", except: [localhost]}, local-address: "::1", dns: {ttl: 5s}, connections: none,
              streams: 7, connect-timeout: 2s, tls: {versions: 1.3, session-reuse: true, server-name: b},
              hosts: {"api.Test:443": "[::1]:8443", b.test: localhost, c.test: "::1"}}
            """, "{proxy: \"${proxy.none}\"}",
        ])
        let values = try #require(options.first).values
        #expect(faults.isEmpty)
        #expect(values.proxy?.description == "http://p:1" && values.proxy?.exceptions.count == 1)
        #expect(values.localAddresses == [SocketAddress(numeric: "::1", port: 0)].compactMap(\.self))
        #expect(values.nameLifetime == .seconds(5) && values.reuse == .none && values.streams == 7)
        #expect(values.connectTimeout == .seconds(2))
        #expect(values.tls.lowest == .tls1_3 && values.tls.resumesSessions && values.tls.serverName == "b")
        #expect(
            values.hosts == [
                HostOverride(name: "api.test", port: 443, target: "::1", targetPort: 8443),
                HostOverride(name: "b.test", target: "localhost"),
                HostOverride(name: "c.test", target: "::1"),
            ])
        #expect(options[1].values.proxy == nil)
    }

    @Test(
        "what has no meaning is told once with its place",
        arguments: [
            (
                "{proxy: \"${later}\"}",
                "proxy: '${later}' is not known before the run, and connections are planned before it"
            ),
            (
                "{proxy: \"http://p/x\"}",
                "proxy: the URL of a proxy has no path; in its user and password '/' is written %2F, '?' %3F and "
                    + "'#' %23"
            ),
            (
                "{proxy: {url: \"http://p\", except: [\"a:b\"]}}",
                "proxy: expected a port behind the colon in the proxy's exception 'a:b'"
            ),
            ("{local-address: eth0}", "local-address: expected a numeric address, found 'eth0'"),
            (
                "{hosts: {a.test: \"b:c\"}}",
                "hosts: expected an address with or without a port for a.test, found 'b:c'"
            ),
            (
                "{tls: {ca: ca.pem}}",
                "tls: /nowhere/ca.pem cannot be read: open /nowhere/ca.pem: ENOENT (No such file or directory)"
            ),
            ("{tls: {ca: \"\"}}", "tls: 'ca' names no file"),
            (
                "{tls: {server-name: \"${proxy.none}\"}}",
                "tls: 'server-name' names no server; leave it out to take the URL's host"
            ),
        ])
    func faults(_ http: String, _ expected: String) throws {
        let (options, faults) = try plan([http, http])
        #expect(faults.map(\.message) == [expected])
        #expect(faults.first?.code == "AS518" && faults.first?.location?.line == 4)
        #expect(options.first?.values.fault?.hasPrefix(expected + " (x.yml:4") == true)
    }
}
