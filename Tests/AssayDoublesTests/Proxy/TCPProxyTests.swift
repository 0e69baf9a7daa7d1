import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("A TCP proxy in front of a server")
struct TCPProxyTests {
    private static let deadline: Int64 = 20_000_000_000

    /// A server that sends back what it gets, and ends when its client does.
    private static func echo(on reactor: Reactor) throws -> Listener {
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        Task(executorPreference: reactor) {
            while let client = await listener.accept() {
                Task(executorPreference: reactor) {
                    while await client.readable() == .ready, let bytes = client.receive(limitBytes: 65_536) {
                        await send(bytes, to: client)
                    }
                    client.close()
                }
            }
        }
        return listener
    }

    private static func send(_ bytes: [UInt8], to channel: Channel) async {
        var place = 0
        while place < bytes.count, let count = channel.send(bytes, from: place) {
            place += count
            if count == 0 { _ = await channel.writable() }
        }
    }

    private static func connect(to address: SocketAddress, on reactor: Reactor) async -> Channel? {
        guard
            case .success(let channel) = await reactor.connect(
                to: [address], until: Reactor.monotonicNow() + deadline)
        else { return nil }
        return channel
    }

    /// What comes until the end, or until there is enough.
    private static func read(_ channel: Channel, until count: Int = .max) async -> (bytes: Int, end: String) {
        var all = 0
        while all < count {
            guard await channel.readable(until: Reactor.monotonicNow() + deadline) == .ready else {
                return (all, "late")
            }
            guard let bytes = channel.receive(limitBytes: 65_536) else {
                return (all, channel.wasReset ? "reset" : "closed")
            }
            all += bytes.count
        }
        return (all, "open")
    }

    private static func run(
        _ toxics: [Toxic], _ body: @escaping @Sendable (Channel, Reactor) async -> String
    ) throws -> String {
        let reactor = try Reactor()
        let server = try echo(on: reactor)
        let upstream = ProxyUpstream("\(server.address)")
        return reactor.run {
            let proxy = TCPProxy("p", to: upstream, on: reactor, random: SeededRandom(seed: 1))
            proxy.use(toxics)
            guard (try? proxy.enable()) != nil,
                let client = await connect(to: proxy.listen, on: reactor)
            else { return "no proxy" }
            let seen = await body(client, reactor)
            client.close()
            proxy.disable()
            server.close()
            return seen
        }
    }

    @Test("ten megabytes go through and back, and a closed direction leaves the other open")
    func through() throws {
        let seen = try Self.run([]) { client, reactor in
            let bound = ReactorBound(client, on: reactor)
            Task(executorPreference: reactor) {
                await Self.send([UInt8](repeating: 65, count: 10_000_000), to: bound.value)
                bound.value.shutdownWriting()
            }
            let came = await Self.read(client)
            return "\(came.bytes) \(came.end)"
        }
        #expect(seen == "10000000 closed")
    }

    @Test(
        "toxics end connections as they say",
        arguments: [
            (Toxic.Kind.limitData(bytes: 5), "5 closed"), (.resetPeer(.zero), "0 reset"),
            (.timeout(.milliseconds(20)), "0 closed"), (.down, "0 "),
            (.garbage(bytes: 40), "40 closed"),
            (.latency(.milliseconds(10), jitter: .zero), "11 open"),
            (.slicer(average: 3, variation: 1, delay: .milliseconds(1)), "11 open"),
        ])
    func toxics(kind: Toxic.Kind, wanted: String) throws {
        let seen = try Self.run([Toxic(name: "t", kind)]) { client, _ in
            await Self.send(Array("hello world".utf8), to: client)
            let came = await Self.read(client, until: kind == .garbage(bytes: 40) ? .max : 11)
            return "\(came.bytes) \(came.end)"
        }
        // What closes with unread bytes may show as a reset.
        #expect(seen.hasPrefix(wanted))
    }

    @Test("a server that is not there closes the connection and is named")
    func unreachable() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let upstream = ProxyUpstream("\(listener.address)")
        listener.close()
        let address = "\(listener.address)"
        let seen = reactor.run { () -> [String] in
            let proxy = TCPProxy("p", to: upstream, on: reactor, random: SeededRandom(seed: 1))
            guard (try? proxy.enable()) != nil, let client = await Self.connect(to: proxy.listen, on: reactor)
            else { return [] }
            let came = await Self.read(client)
            proxy.disable()
            return ["\(came.bytes) \(came.end)"] + proxy.failures.map(\.reason)
        }
        #expect(seen.first == "0 closed")
        #expect(seen.last?.hasPrefix("cannot connect to \(address): connect") == true)
        #expect(seen.count == 2)
    }

    @Test("toxiproxy's API makes, poisons, disables and removes a proxy")
    func api() throws {
        let reactor = try Reactor()
        let server = try Self.echo(on: reactor)
        let upstream = "\(server.address)"
        let seen = reactor.run { () -> [String] in
            let api = ToxiproxyServer(on: reactor, random: SeededRandom(seed: 1))
            var seen: [String] = []
            func ask(_ method: String, _ target: String, _ body: String = "") async -> JSON {
                let answer = await api.answer(
                    HTTPRequest(method: method, target: target, body: Array(body.utf8)))
                let json = try? JSON(parsing: answer.body)
                seen.append("\(answer.status) \(json?["error"]?.stringValue ?? "")")
                return json ?? .null
            }
            let made = await ask("POST", "/proxies", #"{"name":"db","upstream":"\#(upstream)"}"#)
            let listen = made["listen"]?.stringValue.flatMap(ProxyUpstream.hostAndPort)
            seen.append("\(made["enabled"] == true) \(made["toxics"] == .array([])) \(listen?.host ?? "")")
            _ = await ask("POST", "/proxies", #"{"name":"db","upstream":"\#(upstream)"}"#)
            _ = await ask("POST", "/proxies", #"{"name":"x"}"#)
            _ = await ask("POST", "/proxies", "{")
            _ = await ask("GET", "/proxies/other")
            let toxic = await ask(
                "POST", "/proxies/db/toxics", #"{"type":"latency","attributes":{"latency":10}}"#)
            seen.append(toxic.rendered())
            _ = await ask("POST", "/proxies/db/toxics", #"{"type":"latency"}"#)
            _ = await ask("POST", "/proxies/db/toxics", #"{"type":"lag"}"#)
            _ = await ask("POST", "/proxies/db/toxics", #"{"type":"latency","stream":"side"}"#)
            let changed = await ask(
                "PATCH", "/proxies/db/toxics/latency_downstream", #"{"attributes":{"jitter":3}}"#)
            seen.append(changed["attributes"]?.rendered() ?? "")
            _ = await ask("POST", "/proxies/db", #"{"enabled":false}"#)
            let port = listen?.port ?? 0
            let refused = await Self.connect(to: .loopback(port: port), on: reactor)
            seen.append(refused == nil ? "refused" : "taken")
            _ = await ask("POST", "/reset")
            let again = await Self.connect(to: .loopback(port: port), on: reactor)
            seen.append(again == nil ? "refused" : "taken")
            _ = await ask("GET", "/proxies/db/toxics/latency_downstream")
            let populated = await ask(
                "POST", "/populate",
                #"[{"name":"a","upstream":"\#(upstream)","listen":"0.0.0.0:0"},{"name":"b","upstream":"h:1","enabled":false}]"#
            )
            seen.append(populated["proxies"]?.arrayValue?.map { $0["enabled"] == true }.description ?? "")
            _ = await ask("DELETE", "/proxies/db")
            _ = await ask("DELETE", "/proxies/db")
            again?.close()
            api.stop()
            server.close()
            return seen
        }
        #expect(
            seen == [
                "201 ", "true true 127.0.0.1", "409 proxy already exists",
                "400 missing required field: upstream",
                "400 bad request body: line 1, column 2: expected a member's name in double quotes, found the end of the text",
                "404 proxy not found", "200 ",
                #"{"attributes":{"latency":10,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1.0}"#,
                "409 toxic already exists", "400 invalid toxic type",
                "400 stream was invalid, can be either upstream or downstream", "200 ",
                #"{"latency":10,"jitter":3}"#, "200 ", "refused", "204 ", "taken", "404 toxic not found",
                "201 ",
                "[true, false]", "204 ", "404 proxy not found",
            ])
    }
}
