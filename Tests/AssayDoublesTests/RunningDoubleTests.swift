import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import Glibc
import Testing

@Suite("A double on a port")
struct RunningDoubleTests {
    private static let place = SourceLocation(file: "assay.yml", line: 1, column: 1)

    @Test("A login over HTTP gives a token whose signature OpenSSL computes too", .enabled(if: hasOpenSSL))
    func signedForAll() throws {
        let reactor = try Reactor()
        let seen = reactor.run { () -> Seen? in await Self.login(on: reactor) }
        let login = try #require(seen)
        #expect(login.status == 200)
        let token = try #require(try JSON(parsing: login.body)["token"]?.stringValue)
        let parts = token.split(separator: ".")
        let signed = "\(parts[0]).\(parts[1])"
        // The key is hexadecimal, so nothing in the line means something to the shell.
        let other = Self.output(
            of: "printf %s '\(signed)' | openssl dgst -sha256 -hmac '\(login.key)' -binary | base64 -w0")
        #expect(Base64.decode(String(parts[2])) == Base64.decode(other))
        #expect(login.journal == ["POST /auth/login 200"])
    }

    private struct Seen: Sendable {
        var status: Int
        var body: [UInt8]
        var key: String
        var journal: [String]
    }

    private static func login(on reactor: Reactor) async -> Seen? {
        let spec = DoubleSpec(name: "auth", location: place, options: JWTAuthOptions())
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        guard let double = try? spec.start(on: reactor, environment: environment, names: [:], seed: 1),
            let port = double.bindings["port"]?.intValue, let key = double.bindings["key"]?.stringValue
        else { return nil }
        defer { double.stop() }
        guard Set(double.bindings.keys) == Set(spec.memberNames), double.secrets == [key] else { return nil }
        let client = HTTPClient(on: reactor)
        let body = "telegram_id=123456789&username=testuser"
        await client.exchange(
            with: HTTPOrigin(host: "127.0.0.1", port: UInt16(port)), timeout: 5_000_000_000
        ) { output in
            output.append(
                "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
        let journal = double.journal?.entries.map { "\($0.request.method) \($0.request.target) \($0.status)" }
        return Seen(status: Int(client.last.status), body: client.body, key: key, journal: journal ?? [])
    }

    private static let hasOpenSSL = !output(of: "openssl version 2>/dev/null").isEmpty

    private static func output(of command: String) -> String {
        guard let pipe = unsafe popen(command, "r") else { return "" }
        // SAFETY: the pipe is closed once, after its last use; at most the buffer's size is written.
        defer { unsafe pclose(pipe) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe fread(&buffer, 1, buffer.count, pipe)
        return String(decoding: buffer[0..<count], as: UTF8.self)
    }
}
