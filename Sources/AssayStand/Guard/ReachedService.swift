public import AssayCore
public import AssayFormats
internal import AssayWire

/// A service that runs elsewhere: the stand knows its address and does not start it.
public struct ReachedService: Sendable {
    public var name: String
    public var location: SourceLocation
    /// An http or https URL.
    public var url: Template
    /// Its other ports by their names, as a service that the stand starts has them.
    public var ports: [(name: String, number: Template)] = []

    /// What `${<name>.…}` has.
    public static let members = ["url", "host", "port", "address", "ports"]

    /// - Parameters:
    ///   - text: the URL.
    ///   - ports: the other ports as they were written.
    /// - Throws: ``StandFailure`` for a text that is no URL, or no port.
    func binding(_ text: String, ports written: [String] = []) throws(StandFailure) -> JSON {
        var named = JSONObject()
        for (port, text) in zip(ports, written) {
            guard let number = UInt16(text), number > 0 else {
                throw StandFailure(
                    member: name, message: "port '\(port.name)' is a number from 1 to 65535, found '\(text)'",
                    location: port.number.location)
            }
            named[port.name] = .int(Int64(number))
        }
        do throws(URLError) {
            let parts = try URLParts(parsing: text)
            let host = parts.host.contains(":") ? "[\(parts.host)]" : parts.host
            return [
                "url": .string(text.hasSuffix("/") ? String(text.dropLast()) : text),
                "host": .string(parts.host), "port": .int(Int64(parts.port)),
                "address": .string("\(host):\(parts.port)"), "ports": .object(named),
            ]
        } catch {
            throw StandFailure(member: name, message: "no http URL: \(error)", location: url.location)
        }
    }
}

extension Stand {
    /// Names a service that runs elsewhere.
    func bind(_ service: ReachedService) throws(StandFailure) {
        let url = try render(service.url, for: service.name, [:])
        var ports: [String] = []
        for port in service.ports { ports.append(try render(port.number, for: service.name, [:])) }
        bindings[service.name] = try service.binding(url, ports: ports)
        members.append(
            .init(
                name: service.name, kind: .service, detail: "\(surroundings.mask(url)), not started here",
                readyAfterNanoseconds: 0))
    }
}

extension StandReader {
    /// `{url: …}` and no program.
    func isReached(_ pair: YAMLNode.Pair) -> Bool { pair.value["url"] != nil && pair.value["run"] == nil }

    func reached(_ pair: YAMLNode.Pair) -> ReachedService? {
        yaml.mapping(pair.value, "service that is not started") { fields in
            let url = fields.required("url") { node -> Template? in
                guard let text = yaml.template(node) else { return nil }
                if let constant = text.constantText, (try? URLParts(parsing: constant)) == nil {
                    yaml.error(
                        "AS211", "service '\(pair.name)' is at '\(constant)', which is no http URL", at: node,
                        fix: "write it whole: `url: https://api.example.com`")
                    return nil
                }
                return text
            }
            let ports = fields.value("ports").map { yaml.entries($0, "ports") } ?? []
            guard let url else { return nil }
            return ReachedService(
                name: pair.name, location: pair.key.location, url: url,
                ports: ports.compactMap { port in yaml.template(port.value).map { (port.name, $0) } })
        }
    }
}

extension Template {
    /// The whole text when nothing in it is computed.
    fileprivate var constantText: String? {
        var text = ""
        for segment in segments {
            guard case .text(let part) = segment else { return nil }
            text += part
        }
        return text
    }
}
