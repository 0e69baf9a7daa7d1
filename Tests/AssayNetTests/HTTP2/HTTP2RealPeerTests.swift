import AssayCore
import AssayTestSupport
import AssayWire
import Testing

@testable import AssayNet

@Suite("HTTP/2 with a real server")
struct HTTP2RealPeerTests {
    static let hasNginx = Files.kind(of: "/usr/sbin/nginx") == .file

    /// nginx in the clear and with TLS, while `body` runs.
    static func withNginx<Result: Sendable>(
        _ body:
            @escaping @Sendable (Reactor, _ clear: HTTPOrigin, _ secure: HTTPOrigin, _ folder: String) async
            -> Result
    ) throws -> Result {
        let reactor = try Reactor()
        let free = try [
            Listener(at: .loopback(port: 0), on: reactor), Listener(at: .loopback(port: 0), on: reactor),
        ]
        let ports = try free.map { try #require($0.address.port) }
        for listener in free { listener.close() }
        let folder = "/tmp/assay-h2-\(Host.processID)-\(ports[0])"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(
            Array(String(repeating: "all work and no play\n", count: 50_000).utf8), to: folder + "/play.txt")
        let configuration = """
            daemon off; master_process off; pid \(folder)/pid; error_log \(folder)/error.log;
            events { worker_connections 256; }
            http {
              access_log off; gzip on; gzip_types text/plain; gzip_min_length 10; keepalive_requests 100000;
              http2_max_concurrent_streams 16; client_max_body_size 8m;
              client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p; fastcgi_temp_path \(folder)/f;
              uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
              types { text/plain txt; }
              server {
                listen 127.0.0.1:\(ports[0]) http2; listen 127.0.0.1:\(ports[1]) ssl http2; root \(folder);
                ssl_certificate \(folder)/own.pem; ssl_certificate_key \(folder)/own.key;
                location /item { return 200 '{"ok":true}'; }
                location /echo { proxy_pass http://127.0.0.1:\(ports[0])/item; }
                location /up { client_body_in_single_buffer on; client_body_buffer_size 4m; return 200 'taken'; }
              }
              server { listen unix:\(folder)/plain; location / { return 200 ok; } }
            }
            """
        try Files.write(Array(configuration.utf8), to: folder + "/nginx.conf")
        return try reactor.run {
            let key = ProcessSpec(
                command: [
                    "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days",
                    "2",
                    "-keyout", folder + "/own.key", "-out", folder + "/own.pem",
                ], environment: [])
            _ = try? await ChildProcess.runToEnd(
                key, on: reactor, until: Reactor.monotonicNow() + 20_000_000_000)
            let spec = ProcessSpec(
                command: ["/usr/sbin/nginx", "-p", folder, "-c", folder + "/nginx.conf"], environment: [])
            guard let process = try? await ChildProcess.start(spec, on: reactor) else {
                return Swift.Result<Result, SystemError>.failure(SystemError(call: "nginx", errno: 2))
            }
            let origins = ports.enumerated().map {
                HTTPOrigin(host: "127.0.0.1", port: $1, isSecure: $0 == 1)
            }
            for _ in 0..<500 {
                let channel = await reactor.connect(
                    to: [.loopback(port: ports[1])], until: Reactor.monotonicNow() + 1_000_000_000)
                if case .success(let channel) = channel {
                    channel.close()
                    break
                }
                await reactor.sleep(for: .milliseconds(10))
            }
            let result = await body(reactor, origins[0], origins[1], folder)
            await process.stop()
            return .success(result)
        }.get()
    }

    @Test(
        "nginx in the clear: static files, gzip, HEAD, uploads, its errors, many streams at once",
        .enabled(if: hasNginx, "nginx is not installed"))
    func clear() throws {
        let seen = try Self.withNginx { reactor, origin, _, _ in
            let options = ConnectOptions(version: .http2)
            let client = HTTPClient(on: reactor)
            func ask(_ method: String, _ path: String, _ headers: String = "", body: String = "") async
                -> String
            {
                await client.exchange(
                    with: origin, via: options, toHead: method == "HEAD", timeout: 10_000_000_000
                ) {
                    $0.append("\(method) \(path) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n\(body)")
                }
                let last = client.last
                return
                    "\(last.outcome.name) \(last.status) \(client.body.count) \(last.isHTTP2) \(last.note ?? "")"
            }
            var seen = [
                await ask("GET", "/item"), await ask("HEAD", "/play.txt"), await ask("GET", "/play.txt"),
            ]
            seen.append(await ask("GET", "/play.txt", "Accept-Encoding: gzip\r\nConnection: keep-alive\r\n"))
            seen.append("\(client.headers["content-encoding"] ?? "-") \(client.last.connectingNanoseconds)")
            seen.append(await ask("GET", "/missing"))
            let body = String(repeating: "x", count: 3_000_000)
            seen.append(await ask("POST", "/up", "Content-Length: 3000000\r\n", body: body))
            seen.append(await ask("POST", "/up", "Content-Length: 9000000\r\n", body: body + body + body))
            seen.append(await ask("GET", "/item"))
            client.closeAll()
            return seen
        }
        #expect(
            seen.prefix(6) == [
                "answered 200 11 true ", "answered 200 0 true ", "answered 200 1050000 true ",
                "answered 200 1050000 true ", "gzip 0", "answered 404 153 true ",
            ])
        #expect(seen[6] == "answered 200 5 true " && seen[7].hasPrefix("answered 413"))
        #expect(seen[8] == "answered 200 11 true ")
    }

    @Test(
        "users share connections: no more streams than the server allows, and every answer arrives",
        .enabled(if: hasNginx, "nginx is not installed"), arguments: [false, true])
    func shared(_ isSecure: Bool) throws {
        let (statuses, connections) = try Self.withNginx { reactor, clear, secure, _ in
            let pool = ReactorBound(HTTPPool(on: reactor), on: reactor)
            var tls = TLSOptions()
            tls.verifies = false
            let options = ConnectOptions(tls: tls, version: .http2, reuse: .shared(most: 2), streams: 100)
            let origin = isSecure ? secure : clear
            let found = await withTaskGroup(of: [String].self) { group in
                for _ in 0..<50 {
                    group.addTask(executorPreference: reactor) {
                        let client = HTTPClient(on: reactor, sharing: pool.value)
                        var seen: [String] = []
                        for _ in 0..<20 {
                            await client.exchange(with: origin, via: options, timeout: 10_000_000_000) {
                                $0.append("GET /item HTTP/1.1\r\nHost: x\r\n\r\n")
                            }
                            let opened = client.last.connectingNanoseconds > 0 ? " opened" : ""
                            seen.append(
                                "\(client.last.outcome.name) \(client.last.status) \(client.body.count)\(opened)"
                            )
                        }
                        return seen
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            pool.value.closeAll()
            return (
                Set(found.map { $0.replacing(" opened", with: "") }), found.count { $0.hasSuffix("opened") }
            )
        }
        #expect(statuses == ["answered 200 11"] && connections <= 2 && connections > 0)
    }

    @Test("TLS agrees on the version, or says why not", .enabled(if: hasNginx, "nginx is not installed"))
    func agreeing() throws {
        let seen = try Self.withNginx { reactor, clear, secure, _ in
            var tls = TLSOptions()
            tls.verifies = false
            var seen: [String] = []
            for version in HTTPVersionChoice.allCases {
                for origin in [clear, secure] where version != .http1 || origin.isSecure {
                    let client = HTTPClient(on: reactor)
                    await client.exchange(
                        with: origin, via: ConnectOptions(tls: tls, version: version), timeout: 5_000_000_000
                    ) { $0.append("GET /item HTTP/1.1\r\nHost: x\r\n\r\n") }
                    seen.append("\(version.rawValue) \(client.last.outcome.name) \(client.last.isHTTP2)")
                    client.closeAll()
                }
            }
            return seen
        }
        #expect(
            seen == [
                "1.1 answered false", "2 answered true", "2 answered true",
                // nginx takes no HTTP/1.1 where it listens for HTTP/2 in the clear.
                "any protocol-error false", "any answered true",
            ])
    }
}
