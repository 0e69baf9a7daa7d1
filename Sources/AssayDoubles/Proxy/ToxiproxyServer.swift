public import AssayCore
internal import AssayFormats
public import AssayNet
internal import AssayWire

/// toxiproxy's HTTP API, version 2: proxies that its clients make, poison and take away.
///
/// A proxy listens on loopback whatever is asked for. ``stop()`` ends them all; the server of the API is somebody else's.
public final class ToxiproxyServer: DoubleService {
    /// What `GET /version` says: the version whose API this is.
    static let version = "2.9.0"

    private let registry: ReactorBound<ProxyRegistry>

    /// - Parameters:
    ///   - reactor: carries the proxies; requests are answered on its thread.
    ///   - random: of everything that toxics draw.
    public init(on reactor: Reactor, random: SeededRandom) {
        registry = ReactorBound(ProxyRegistry(on: reactor, random: random), on: reactor)
    }

    public var detail: String { "toxiproxy's API, \(Self.version)" }

    /// Takes every proxy away, its connections included.
    public func reset() { registry.value.removeAll() }

    /// Ends every proxy and its connections.
    public func stop() { registry.value.removeAll() }

    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if request.headers["User-Agent"]?.hasPrefix("Mozilla/") == true {
            return Self.answer(403, ["error": "User agent not allowed", "status": 403])
        }
        do throws(ToxiproxyError) {
            return try ToxiproxyRequest(request, registry.value).answer()
        } catch {
            return Self.answer(
                error.status, ["error": .string(error.message), "status": .int(Int64(error.status))])
        }
    }

    static func answer(_ status: Int, _ json: JSON) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: Array((json.rendered() + "\n").utf8))
    }
}

/// One request to the API.
private struct ToxiproxyRequest {
    let method: String
    let words: [String]
    let body: [UInt8]
    let registry: ProxyRegistry

    init(_ request: HTTPRequest, _ registry: ProxyRegistry) {
        method = request.method
        words = request.path.split(separator: "/").map { percentDecoded($0) }
        body = request.body
        self.registry = registry
    }

    func answer() throws(ToxiproxyError) -> HTTPResponse {
        switch (method, words.count, words.first) {
        case ("GET", 1, "version"):
            return ToxiproxyServer.answer(200, ["version": .string(ToxiproxyServer.version)])
        case ("GET", 1, "metrics"): return HTTPResponse(text: metrics, type: "text/plain; version=0.0.4")
        case ("POST", 1, "reset"):
            try registry.reset()
            return HTTPResponse(status: 204)
        case ("POST", 1, "populate"): return try populate()
        case ("GET", 1, "proxies"):
            let all = registry.proxies.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
            return ToxiproxyServer.answer(200, .object(JSONObject(all)))
        case ("POST", 1, "proxies"):
            return ToxiproxyServer.answer(201, try registry.add(try wish(try object())).json)
        case (_, 2..., "proxies"): return try answer(of: try registry.find(words[1]))
        case (_, 1, "version"), (_, 1, "metrics"), (_, 1, "reset"), (_, 1, "populate"), (_, 1, "proxies"):
            return HTTPResponse(status: 405)
        default: return HTTPResponse(status: 404, text: "404 page not found\n")
        }
    }

    private func answer(of proxy: TCPProxy) throws(ToxiproxyError) -> HTTPResponse {
        switch (method, words.count) {
        case ("GET", 2): break
        case ("POST", 2), ("PATCH", 2):
            try registry.update(proxy, try wish(try object(), instead: proxy))
        case ("DELETE", 2):
            registry.remove(proxy)
            return HTTPResponse(status: 204)
        case (_, 3...) where words[2] == "toxics": return try answerToxics(of: proxy)
        case (_, 2): return HTTPResponse(status: 405)
        default: return HTTPResponse(status: 404, text: "404 page not found\n")
        }
        return ToxiproxyServer.answer(200, proxy.json)
    }

    // MARK: proxies

    private func object() throws(ToxiproxyError) -> JSON {
        let json: JSON
        do {
            json = try JSON(parsing: body)
        } catch {
            throw .badBody("\(error)")
        }
        guard json.objectValue != nil else { throw .badBody("expected an object, got \(json.typeName)") }
        return json
    }

    private func text(_ json: JSON, _ name: String) throws(ToxiproxyError) -> String? {
        guard let value = json[name], value != .null else { return nil }
        guard let text = value.stringValue else { throw .badBody("'\(name)' is a text") }
        return text
    }

    private func wish(
        _ json: JSON, instead proxy: TCPProxy? = nil, suffix: String = ""
    ) throws(ToxiproxyError) -> ProxyRegistry.Wish {
        var name = proxy?.name ?? ""
        if proxy == nil { name = try text(json, "name") ?? "" }
        if name.isEmpty { throw .missing("name" + suffix) }
        let upstream = try text(json, "upstream") ?? proxy?.upstream?.description ?? ""
        if upstream.isEmpty { throw .missing("upstream" + suffix) }
        let listen = try text(json, "listen") ?? proxy.map { "\($0.listen)" } ?? ""
        var isEnabled = proxy?.isEnabled ?? true
        if let value = json["enabled"], value != .null {
            guard let flag = value.boolValue else { throw .badBody("'enabled' is true or false") }
            isEnabled = flag
        }
        return ProxyRegistry.Wish(name: name, listen: listen, upstream: upstream, isEnabled: isEnabled)
    }

    private func populate() throws(ToxiproxyError) -> HTTPResponse {
        let list: JSON
        do {
            list = try JSON(parsing: body)
        } catch {
            throw .badBody("\(error)")
        }
        guard let entries = list.arrayValue else { throw .badBody("expected a list, got \(list.typeName)") }
        // All are looked at before any is made.
        var wishes: [ProxyRegistry.Wish] = []
        for (place, entry) in entries.enumerated() {
            wishes.append(try wish(entry, suffix: " at proxy \(place + 1)"))
        }
        var made: [JSON] = []
        for wish in wishes { made.append(try registry.addOrReplace(wish).json) }
        return ToxiproxyServer.answer(201, ["proxies": .array(made)])
    }

    // MARK: toxics

    private func answerToxics(of proxy: TCPProxy) throws(ToxiproxyError) -> HTTPResponse {
        switch (method, words.count) {
        case ("GET", 3): return ToxiproxyServer.answer(200, .array(proxy.toxics.map(\.json)))
        case ("POST", 3):
            let toxic = try toxic(try object())
            if proxy.toxics.contains(where: { $0.name == toxic.name }) { throw .toxicExists }
            proxy.use(proxy.toxics + [toxic])
            return ToxiproxyServer.answer(200, toxic.json)
        case (_, 4):
            guard let place = proxy.toxics.firstIndex(where: { $0.name == words[3] }) else {
                throw .toxicNotFound
            }
            var toxics = proxy.toxics
            switch method {
            case "GET": return ToxiproxyServer.answer(200, toxics[place].json)
            case "POST", "PATCH":
                toxics[place] = try changed(toxics[place], try object())
                proxy.use(toxics)
                return ToxiproxyServer.answer(200, toxics[place].json)
            case "DELETE":
                toxics.remove(at: place)
                proxy.use(toxics)
                return HTTPResponse(status: 204)
            default: return HTTPResponse(status: 405)
            }
        case (_, 3): return HTTPResponse(status: 405)
        default: return HTTPResponse(status: 404, text: "404 page not found\n")
        }
    }

    private func toxic(_ json: JSON) throws(ToxiproxyError) -> Toxic {
        let streamName = try text(json, "stream") ?? ""
        guard let stream = Toxic.Stream(rawValue: streamName.isEmpty ? "downstream" : streamName.lowercased())
        else { throw .invalidStream }
        let type = try text(json, "type") ?? ""
        guard Toxic.Kind.typeNames.contains(type) else { throw .invalidType }
        let kind = try kind(type, json["attributes"] ?? .null)
        let name = try text(json, "name") ?? ""
        return Toxic(
            name: name.isEmpty ? "\(type)_\(stream.rawValue)" : name, kind, stream: stream,
            toxicity: try toxicity(json) ?? 1)
    }

    /// Attributes that are not named stay as they are; name, type and stream cannot change.
    private func changed(_ toxic: Toxic, _ json: JSON) throws(ToxiproxyError) -> Toxic {
        var attributes = toxic.kind.attributes.objectValue ?? JSONObject()
        for (name, value) in json["attributes"]?.objectValue ?? JSONObject() { attributes[name] = value }
        var toxic = toxic
        toxic.kind = try kind(toxic.kind.typeName, .object(attributes))
        toxic.toxicity = try toxicity(json) ?? toxic.toxicity
        return toxic
    }

    private func kind(_ type: String, _ attributes: JSON) throws(ToxiproxyError) -> Toxic.Kind {
        guard let kind = Toxic.Kind(type: type, attributes: attributes) else {
            throw .badBody("the attributes of a \(type) toxic are whole numbers from 0 on")
        }
        return kind
    }

    private func toxicity(_ json: JSON) throws(ToxiproxyError) -> Double? {
        guard let value = json["toxicity"], value != .null else { return nil }
        guard let number = value.doubleValue, (0...1).contains(number) else {
            throw .badBody("'toxicity' is a number from 0 to 1")
        }
        return number
    }

    // MARK: metrics

    private var metrics: String {
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ value: (TCPProxy) -> Int) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for proxy in registry.proxies.values.sorted(by: { $0.name < $1.name }) {
                let label = proxy.name.flatMap { character in
                    switch character {
                    case "\\": "\\\\"
                    case "\"": "\\\""
                    case "\n": "\\n"
                    default: String(character)
                    }
                }
                text += "\(name){proxy=\"\(String(label))\"} \(value(proxy))\n"
            }
        }
        family("toxiproxy_proxy_connections_total", "counter", "Connections taken.") { $0.accepted }
        family("toxiproxy_proxy_connections", "gauge", "Connections open now.") { $0.openConnections }
        family("toxiproxy_proxy_toxics", "gauge", "Toxics of the proxy.") { $0.toxics.count }
        family("toxiproxy_proxy_failures_total", "counter", "Connections the server did not take.") {
            $0.failed
        }
        return text
    }
}

extension TCPProxy {
    /// As toxiproxy shows it.
    var json: JSON {
        [
            "name": .string(name), "listen": .string("\(listen)"),
            "upstream": .string(upstream?.description ?? ""),
            "enabled": .bool(isEnabled), "toxics": .array(toxics.map(\.json)),
        ]
    }
}
