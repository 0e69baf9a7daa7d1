import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayVerifier
import AssayWire
import Synchronization
import Testing

/// A provider of a small contract, right or wrong in one place.
final class Shop: Sendable {
    enum Fault: String, Sendable, CaseIterable {
        case none
        case failsOnEmptyText, answersUnknownEnum, answersUndocumentedStatus, asksNoCredentials,
            leavesOutMember
        case acceptsWrongType, refusesValid, closesConnection
        /// Fails, with so much text that only the first of the credentials is shown.
        case echoesCredentials
        /// Right, but each connection is closed, unannounced, when it is used a second time.
        case dropsKeptConnections
    }

    static let contract = """
        openapi: 3.1.0
        info: {title: shop, version: "1"}
        servers: [{url: /api}]
        security: [{token: []}]
        paths:
          /orders:
            post:
              operationId: makeOrder
              requestBody:
                required: true
                content: {application/json: {schema: {$ref: "#/components/schemas/NewOrder"}}}
              responses:
                "201":
                  description: made
                  content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
                "400": {description: refused}
                "401": {description: who are you}
            get:
              security: []
              parameters:
                - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 50}}
              responses:
                "200":
                  description: all
                  content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Order"}}}}
                "400": {description: refused}
          /orders/{id}:
            get:
              parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
              responses:
                "200":
                  description: one
                  content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
                "400": {description: refused}
                "401": {description: who are you}
                "404": {description: none}
        components:
          securitySchemes: {token: {type: http, scheme: bearer}}
          schemas:
            NewOrder:
              type: object
              required: [quantity]
              properties:
                quantity: {type: integer, minimum: 1}
                note: {type: string}
            Order:
              type: object
              required: [id, quantity, state]
              properties:
                id: {type: integer}
                quantity: {type: integer}
                note: {type: string}
                state: {enum: [open, closed]}
        """

    static func document() throws -> APIDocument {
        let text = try YAMLDocument(parsing: contract, file: "shop.yaml")
        return try #require(APIDocument.read(YAMLReading(text, bag: DiagnosticBag())))
    }

    let fault: Fault
    private let orders = Mutex<[JSON]>([])
    private let asked = Mutex<[String]>([])
    private let peers = Mutex<Set<String>>([])

    init(_ fault: Fault = .none) { self.fault = fault }

    /// What it was asked, in order: method, target, body.
    var requests: [String] { asked.withLock { $0 } }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let isKept = peers.withLock { !$0.insert(request.peer.map { "\($0)" } ?? "").inserted }
        if fault == .dropsKeptConnections, isKept {
            var response = refusal(201)
            response.delivery.fault = .empty
            return response
        }
        asked.withLock {
            $0.append("\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self))")
        }
        if fault == .echoesCredentials {
            let text = String(repeating: "x", count: 290) + (request.headers["authorization"] ?? "")
            return HTTPResponse(status: 500, text: text)
        }
        let path = String(request.path)
        if path == "/api/orders" {
            switch request.method {
            case "GET": return list(request)
            case "POST": return isAllowed(request) ? make(request) : refusal(401)
            default: return refusal(405)
            }
        }
        guard path.hasPrefix("/api/orders/") else { return refusal(404) }
        guard request.method == "GET" else { return refusal(405) }
        guard isAllowed(request) else { return refusal(401) }
        guard let id = Int64(path.dropFirst("/api/orders/".count)) else { return refusal(400) }
        guard let order = orders.withLock({ $0.first { $0["id"] == .int(id) } }) else {
            return refusal(fault == .answersUndocumentedStatus ? 410 : 404)
        }
        return answer(200, order)
    }

    private func isAllowed(_ request: HTTPRequest) -> Bool {
        fault == .asksNoCredentials || request.headers["authorization"] == "Bearer right"
    }

    private func list(_ request: HTTPRequest) -> HTTPResponse {
        for pair in queryPairs(request.query) where pair.name == "limit" {
            guard let limit = Int(pair.value), (1...50).contains(limit) else { return refusal(400) }
        }
        return answer(200, .array(orders.withLock { Array($0.prefix(5)) }))
    }

    private func make(_ request: HTTPRequest) -> HTTPResponse {
        guard request.headers["content-type"] == "application/json",
            let sent = try? JSON(parsing: request.body),
            let members = sent.objectValue
        else { return refusal(400) }
        let quantity = members["quantity"]
        let isRight = quantity?.intValue.map { $0 >= 1 } ?? false
        let isTaken = fault == .acceptsWrongType && quantity?.stringValue != nil
        guard isRight || isTaken, members["note"] == nil || members["note"]?.stringValue != nil else {
            return refusal(400)
        }
        if fault == .refusesValid, let quantity = quantity?.intValue, quantity > 1000 { return refusal(400) }
        if fault == .failsOnEmptyText, members["note"] == "" { return refusal(500) }
        if fault == .closesConnection, members["note"] == "" {
            var response = refusal(201)
            response.delivery.fault = .empty
            return response
        }
        return answer(201, add(quantity: isTaken ? 1 : quantity ?? 1, note: members["note"]))
    }

    private func add(quantity: JSON, note: JSON?) -> JSON {
        orders.withLock { orders in
            var order: JSONObject = [
                "id": .int(Int64(orders.count + 1)), "quantity": quantity, "state": "open",
            ]
            if let note { order["note"] = note }
            if fault == .answersUnknownEnum, note != nil { order["state"] = "waiting" }
            if fault == .leavesOutMember, note != nil { order["state"] = nil }
            orders.append(.object(order))
            return .object(order)
        }
    }

    private func refusal(_ status: Int) -> HTTPResponse { HTTPResponse(status: status, text: "no") }

    private func answer(_ status: Int, _ body: JSON) -> HTTPResponse {
        HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }

    /// Probes it on a free port.
    ///
    /// - Parameter change: of the options.
    func probed(
        seed: UInt64 = 1, _ change: (inout ProbeOptions) -> Void = { _ in }
    ) throws -> ProbeReport {
        var options = ProbeOptions(seed: seed)
        options.credentials.bearer = "right"
        change(&options)
        let probed = options
        let document = try Self.document()
        return try live { address, reactor, scope in
            await ContractProbe(document, contract: "shop.yaml", at: address, options: probed).run(
                on: reactor, in: scope)
        }
    }

    /// Serves while something is asked.
    func live<Value: Sendable>(
        _ work: @escaping @Sendable (LiveAddress, Reactor, CancelScope) async -> Value
    ) throws -> Value {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { self.answer($0) }
        let address = try LiveAddress(server.url)
        return reactor.run {
            let value = await work(address, reactor, CancelScope(on: reactor))
            server.stop()
            return value
        }
    }
}
