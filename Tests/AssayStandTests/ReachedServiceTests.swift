import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

@Suite("Services that run elsewhere")
struct ReachedServiceTests {
    private func start(_ url: String, ports: String = "{}") throws -> Result<JSON?, StandFailure> {
        let bag = DiagnosticBag()
        let text = "services: {api: {url: \"\(url)\", ports: \(ports)}}"
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "assay.yml", bag: bag))
        let read = StandReader(yaml).read(yaml.root)
        try bag.throwIfErrors()
        let spec = try #require(read)
        let folder = "/tmp/assay-reached-tests-\(Host.processID)-\(UInt32.random(in: 0 ... .max))"
        defer { try? Files.remove(folder) }
        let surroundings = StandSurroundings(
            projectFolder: ".", scratchFolder: folder, logFolder: nil,
            environment: TemplateEnvironment(
                nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
                readFile: { path throws(TemplateError) in throw TemplateError("AS059", path) }))
        let reactor = try Reactor()
        return reactor.run {
            do throws(StandFailure) {
                let stand = try await Stand.start(spec, on: reactor, in: surroundings)
                let binding = stand.bindings["api"]
                await stand.stop()
                return .success(binding)
            } catch {
                return .failure(error)
            }
        }
    }

    @Test(
        "the parts of its URL are what templates read",
        arguments: [
            (
                "https://api.shop.example", "https://api.shop.example", "api.shop.example", 443,
                "api.shop.example:443"
            ),
            ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1", "127.0.0.1", 8080, "127.0.0.1:8080"),
            ("http://[::1]:81", "http://[::1]:81", "::1", 81, "[::1]:81"),
            ("${'http' + '://a.example'}", "http://a.example", "a.example", 80, "a.example:80"),
        ])
    func parts(written: String, url: String, host: String, port: Int, address: String) throws {
        let binding = try start(written).get()
        #expect(binding?["url"]?.stringValue == url)
        #expect(binding?["host"]?.stringValue == host)
        #expect(binding?["port"]?.intValue.map(Int.init) == port)
        #expect(binding?["address"]?.stringValue == address)
    }

    @Test("its other ports are read by their names, as those of a service that the stand starts")
    func ports() throws {
        let binding = try start("http://a.example", ports: "{calls: 9092, metrics: \"${9000 + 1}\"}").get()
        #expect(binding?["ports"] == ["calls": 9092, "metrics": 9001])
    }

    @Test("what is no port is told", arguments: ["0", "65536", "many"])
    func noPort(text: String) throws {
        guard case .failure(let failure) = try start("http://a.example", ports: "{calls: \(text)}") else {
            Issue.record("it started")
            return
        }
        #expect(failure.message == "port 'calls' is a number from 1 to 65535, found '\(text)'")
    }

    @Test("a computed text that is no URL is told when the stand starts")
    func noURL() throws {
        guard case .failure(let failure) = try start("${'api.' + 'example'}") else {
            Issue.record("it started")
            return
        }
        #expect(failure.member == "api")
        #expect(failure.message.hasPrefix("no http URL: 'api.example'"))
    }
}
