public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// Fills in `response-template` responses: body, texts of a JSON body, headers, a body file's name and what is in it,
/// and where a request is forwarded to.
public final class HandlebarsResponses: ResponseTemplating {
    let environment: HandlebarsEnvironment
    let limits: HandlebarsLimits
    public let isGlobal: Bool
    private let random: SeededRandom
    /// How many responses were made: each draws from a stream of its own.
    private let count = Mutex<UInt64>(0)
    private let files = Mutex<[String: (bytes: [UInt8], template: HandlebarsTemplate)]>([:])
    /// Compiled body files that are kept.
    private static let fileLimit = 256

    /// - Parameters:
    ///   - environment: what templates know of the outside; `now` goes by its clock.
    ///   - random: what templates make up is the same for the same stream.
    ///   - isGlobal: every response is a template, as under WireMock's `--global-response-templating`.
    public init(
        _ environment: HandlebarsEnvironment, random: SeededRandom, isGlobal: Bool = false,
        limits: HandlebarsLimits = HandlebarsLimits()
    ) {
        self.environment = environment
        self.random = random
        self.isGlobal = isGlobal
        self.limits = limits
    }

    public func compile(
        _ response: StubResponse, at node: MappingNode, _ reading: MappingReading
    ) -> (any CompiledResponse)? {
        var compiler = ResponseCompiler(reading: reading, limits: limits)
        let body: TemplatedResponse.Body
        switch response.body {
        case .none, .bytes: body = .fixed
        case .text(let text): body = .text(compiler.template(text, node["body"] ?? node))
        case .json(let json): body = .json(compiler.templates(in: json, node["jsonBody"] ?? node))
        case .file(let name):
            body = .file(
                compiler.template(name, node["bodyFileName"] ?? node),
                isTemplate: response.transformerParameters["disableBodyFileTemplating"]?.boolValue != true)
        }
        let headers = compiler.templates(in: response.headers, node["headers"] ?? node)
        var proxy: TemplatedResponse.Proxy?
        if let target = response.proxy {
            proxy = TemplatedResponse.Proxy(
                url: compiler.template(target.baseURL, node["proxyBaseUrl"] ?? node),
                headers: compiler.templates(
                    in: target.addedHeaders, node["additionalProxyRequestHeaders"] ?? node))
        }
        guard compiler.isClean else { return nil }
        return TemplatedResponse(
            definition: response, body: body, headers: headers, proxy: proxy, templating: self)
    }

    /// Randomness for one response, and a name for its request.
    func stream() -> (random: SeededRandom, id: String) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        var stream = random.split(number)
        let id = randomUUID(using: &stream)
        return (stream, id)
    }

    /// The template that a file holds, compiled again only when the file has changed.
    func template(ofFile name: String, _ bytes: [UInt8]) throws(HandlebarsError) -> HandlebarsTemplate {
        if let known = files.withLock({ $0[name] }), known.bytes == bytes { return known.template }
        let template = try HandlebarsTemplate(String(decoding: bytes, as: UTF8.self), limits: limits)
        files.withLock { files in
            if files.count >= Self.fileLimit { files.removeAll() }
            files[name] = (bytes, template)
        }
        return template
    }
}

/// Compiles the texts of one response and says which are no templates.
private struct ResponseCompiler {
    let reading: MappingReading
    let limits: HandlebarsLimits
    var isClean = true

    mutating func template(_ text: String, _ node: MappingNode) -> HandlebarsTemplate? {
        do {
            return try HandlebarsTemplate(text, limits: limits)
        } catch {
            isClean = false
            reading.error("template \(error)", at: node, fix: error.fix)
            return nil
        }
    }

    mutating func templates(in json: JSON, _ node: MappingNode) -> TemplatedJSON {
        switch json {
        case .string(let text):
            guard text.utf8.contains(UInt8(ascii: "{")) else { return .fixed(json) }
            return template(text, node).map { .text($0) } ?? .fixed(json)
        case .array: return .array((node.elements ?? []).map { templates(in: $0.value, $0) })
        case .object:
            return .object(
                (node.members ?? []).map { member in
                    (template(member.name, member.node), templates(in: member.node.value, member.node))
                })
        default: return .fixed(json)
        }
    }

    mutating func templates(
        in headers: HTTPHeaders, _ node: MappingNode
    ) -> [(name: String, value: HandlebarsTemplate?)] {
        headers.fields.map { ($0.name, template($0.value, node[$0.name] ?? node)) }
    }
}

/// A JSON body whose texts are templates.
indirect enum TemplatedJSON: Sendable {
    case fixed(JSON)
    case text(HandlebarsTemplate)
    case array([TemplatedJSON])
    case object([(name: HandlebarsTemplate?, value: TemplatedJSON)])
}

/// A response that is filled in for each request.
struct TemplatedResponse: CompiledResponse {
    enum Body: Sendable {
        case fixed
        case text(HandlebarsTemplate?)
        case json(TemplatedJSON)
        case file(HandlebarsTemplate?, isTemplate: Bool)
    }

    struct Proxy: Sendable {
        var url: HandlebarsTemplate?
        var headers: [(name: String, value: HandlebarsTemplate?)]
    }

    let definition: StubResponse
    let body: Body
    let headers: [(name: String, value: HandlebarsTemplate?)]
    let proxy: Proxy?
    let templating: HandlebarsResponses

    func render(_ request: StubRequest, files: any BodyFiles) -> StubResponse {
        let (random, id) = templating.stream()
        var filling = Filling(
            names: [
                "request": .object(RequestModel(request: request, id: id)),
                "parameters": .json(.object(definition.transformerParameters)),
            ], environment: templating.environment, random: random)
        do {
            var response = definition
            response.headers = try filling.headers(headers)
            response.body = try filledBody(&filling, files)
            if let proxy {
                response.proxy?.baseURL = try filling.text(proxy.url)
                response.proxy?.addedHeaders = try filling.headers(proxy.headers)
            }
            return response
        } catch {
            return StubResponse(
                status: 500, headers: HTTPHeaders([("Content-Type", "text/plain")]),
                body: .text("[ERROR] \(error)"))
        }
    }

    private func filledBody(
        _ filling: inout Filling, _ files: any BodyFiles
    ) throws(HandlebarsFailure) -> StubResponse.Body {
        switch body {
        case .fixed: return definition.body
        case .text(let template): return .text(try filling.text(template))
        case .json(let json): return .json(try filling.json(json))
        case .file(let template, let isTemplate):
            let name = try filling.text(template)
            guard isTemplate else { return .file(name) }
            let bytes: [UInt8]
            do {
                bytes = try files.read(name)
            } catch {
                let reason = error.problems.first.map { $0.detail ?? $0.title } ?? "status \(error.status)"
                throw HandlebarsFailure("the body file '\(name)' cannot be read: \(reason)")
            }
            // Pictures and the like are no templates.
            guard bytes.contains(UInt8(ascii: "{")), String(validating: bytes, as: UTF8.self) != nil else {
                return .bytes(bytes)
            }
            do {
                return .text(try filling.text(try templating.template(ofFile: name, bytes)))
            } catch let error as HandlebarsError {
                throw HandlebarsFailure("\(name):\(error)")
            } catch let failure as HandlebarsFailure {
                throw failure
            } catch {
                return .none
            }
        }
    }
}

/// Renders the templates of one response for one request.
private struct Filling {
    let names: [String: HandlebarsValue]
    let environment: HandlebarsEnvironment
    var random: SeededRandom

    mutating func text(_ template: HandlebarsTemplate?) throws(HandlebarsFailure) -> String {
        guard let template else { return "" }
        return try template.render(names, environment, random: &random)
    }

    mutating func headers(
        _ templates: [(name: String, value: HandlebarsTemplate?)]
    ) throws(HandlebarsFailure) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for (name, template) in templates {
            let value = try text(template)
            guard isHeaderValue(value.utf8) else {
                throw HandlebarsFailure("the header '\(name)' would hold a line break or another control")
            }
            headers.add(name, value)
        }
        return headers
    }

    mutating func json(_ value: TemplatedJSON) throws(HandlebarsFailure) -> JSON {
        switch value {
        case .fixed(let value): return value
        case .text(let template): return .string(try text(template))
        case .array(let values):
            var filled: [JSON] = []
            for value in values { filled.append(try json(value)) }
            return .array(filled)
        case .object(let members):
            var filled = JSONObject()
            for (name, value) in members { filled[try text(name)] = .some(try json(value)) }
            return .object(filled)
        }
    }
}
