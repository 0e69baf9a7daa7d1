import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("HTTP with real peers")
struct RealPeerTests {
    private static func exists(_ program: String) -> Bool {
        ["/usr/bin/", "/usr/sbin/"].contains { Files.kind(of: $0 + program) == .file }
    }

    private func run(_ words: [String], on reactor: Reactor) async -> String {
        let spec = ProcessSpec(command: words, environment: Host.environment.map { ($0.name, $0.value) })
        let deadline = Reactor.monotonicNow() + 20_000_000_000
        guard let result = try? await ChildProcess.runToEnd(spec, on: reactor, until: deadline) else {
            return "?"
        }
        return String(decoding: result.output, as: UTF8.self)
    }

    @Test(
        "curl talks to our server: keep-alive, chunked upload, 100-continue, HEAD, a large body",
        .enabled(if: exists("curl"), "curl is not installed"))
    func curl() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
            HTTPResponse(text: "\(request.method) \(request.target) \(request.body.count)\n")
        }
        let url = server.url
        let outputs = reactor.run {
            var outputs: [String] = []
            outputs.append(await run(["curl", "-s", url + "/a?b=c", url + "/second"], on: reactor))
            outputs.append(
                await run(
                    [
                        "sh", "-c",
                        "head -c 300000 /dev/zero | curl -s -T - -H 'Transfer-Encoding: chunked' \(url)/up",
                    ],
                    on: reactor))
            outputs.append(
                await run(
                    [
                        "sh", "-c",
                        "head -c 2000000 /dev/zero | curl -s --data-binary @- -H 'Expect: 100-continue' \(url)/big",
                    ],
                    on: reactor))
            outputs.append(
                await run(
                    ["curl", "-s", "-o", "/dev/null", "-I", "-w", "%{http_code}", url + "/head"], on: reactor)
            )
            server.stop()
            return outputs
        }
        #expect(
            outputs == [
                "GET /a?b=c 0\nGET /second 0\n", "PUT /up 300000\n", "POST /big 2000000\n", "200",
            ])
    }

    @Test(
        "our client talks to nginx: static, gzip, chunked, keep-alive, its errors",
        .enabled(if: exists("nginx"), "nginx is not installed"))
    func nginx() throws {
        let reactor = try Reactor()
        let free = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(free.address.port)
        free.close()
        let folder = "/tmp/assay-nginx-\(Host.processID)-\(port)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(
            Array(String(repeating: "all work and no play\n", count: 5000).utf8), to: folder + "/play.txt")
        let configuration = """
            daemon off; master_process off; pid \(folder)/pid; error_log \(folder)/error.log;
            events { worker_connections 64; }
            http {
              access_log off; gzip on; gzip_types text/plain; gzip_min_length 10;
              client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p; fastcgi_temp_path \(folder)/f;
              uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
              types { text/plain txt; }
              server { listen 127.0.0.1:\(port); root \(folder); location /item { return 200 '{"ok":true}'; } }
            }
            """
        try Files.write(Array(configuration.utf8), to: folder + "/nginx.conf")
        let seen = reactor.run {
            let spec = ProcessSpec(
                command: ["/usr/sbin/nginx", "-p", folder, "-c", folder + "/nginx.conf"], environment: [])
            guard let process = try? await ChildProcess.start(spec, on: reactor) else {
                return ["nginx did not start"]
            }
            let client = HTTPClient(on: reactor)
            func get(_ path: String, _ headers: String = "") async -> String {
                await client.exchange(with: HTTPOrigin(host: "127.0.0.1", port: port), timeout: 5_000_000_000)
                {
                    $0.append("GET \(path) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n")
                }
                return "\(client.last.outcome.name) \(client.last.status) \(client.body.count)"
            }
            for _ in 0..<200 where await get("/item") != "answered 200 11" {
                await reactor.sleep(for: .milliseconds(10))
            }
            var seen = [await get("/item"), await get("/play.txt"), await get("/missing")]
            // nginx packs on the fly, so this one is gzip and chunked.
            seen.append(await get("/play.txt", "Accept-Encoding: gzip\r\n"))
            seen.append(
                "\(client.headers["content-encoding"] ?? "-") \(client.headers["transfer-encoding"] ?? "-")")
            seen.append("\(client.last.connectingNanoseconds == 0)")
            client.closeAll()
            await process.stop()
            return seen
        }
        try #require(seen.count == 6, "\(seen)")
        #expect(seen.first == "answered 200 11" && seen[1] == "answered 200 105000")
        #expect(seen[2].hasPrefix("answered 404") && seen[3] == "answered 200 105000")
        #expect(seen[4] == "gzip chunked" && seen[5] == "true")
    }
}
