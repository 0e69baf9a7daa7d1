import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayPolicy
import AssayRunner
import AssayWire
import Testing

@testable import Assay
@testable import AssayDoubles

@Suite("Contracts of a stand that is up")
struct StandContractsTests {
    private static func contracts(_ name: String = #function) throws -> StandContracts {
        let folder = try TestFolder("stand contracts " + name)
        try folder.write(
            """
            assay: 1
            project: p
            contracts: contracts/
            stand:
              doubles: {stock: {routes: [{on: {get: /items}, answer: {status: 200, json: []}}]}}
              services: {ui: {run: ./ui}}
            """, "assay.yml")
        try folder.write(
            """
            assay: 1
            contracts:
              stock-api: {provider: stock, routes: [{on: {post: /items}, request: item.schema.json, answers: {200: any}}]}
              ui-api: {provider: ui, routes: [{on: {post: /items}, request: item.schema.json, answers: {200: any}}]}
            """, "contracts/contracts.yml")
        try folder.write(#"{"type": "object", "required": ["id"]}"#, "contracts/item.schema.json")
        return try #require(StandContracts(try Workspace.open(folder.path).get()))
    }

    private static let addresses: [String: JSON] = [
        "stock": ["url": "http://127.0.0.1:4001"], "ui": ["url": "http://127.0.0.1:4002"],
    ]

    private static func exchange(
        _ port: UInt16, _ contract: String?, _ body: [UInt8], headers: [StepExchange.Field] = []
    ) -> StepExchange {
        StepExchange(
            host: "127.0.0.1", port: port, contract: contract, step: "s", isAsExpected: true, method: "POST",
            target: "/items", requestHeaders: headers, requestBody: body, status: 200, responseHeaders: [],
            responseBody: [])
    }

    @Test("what a double answers verifies no provider, and a step to a bound double is judged there alone")
    func doubles() throws {
        let contracts = try Self.contracts()
        let judge = contracts.judge(Self.addresses)
        #expect(!judge.judges(host: "127.0.0.1", port: 4001, contract: nil))
        #expect(!judge.judges(host: "127.0.0.1", port: 4001, contract: "stock-api"))
        #expect(judge.judges(host: "127.0.0.1", port: 4001, contract: "ui-api"))
        #expect(judge.judges(host: "127.0.0.1", port: 4002, contract: nil))
        #expect(judge.judge(Self.exchange(4001, "ui-api", Array("{}".utf8))).count == 1)
        #expect(contracts.judged.all.isEmpty)
        #expect(judge.judge(Self.exchange(4002, nil, Array("{}".utf8))).count == 1)
        #expect(contracts.judged.all.map(\.key.description) == ["ui-api"])
    }

    private static func packed(_ text: String) throws -> [UInt8] {
        try encodeContent(Array(text.utf8), as: .gzip)
    }

    @Test("a packed body is judged unpacked, and one in an unknown coding is not judged")
    func packed() throws {
        let contracts = try Self.contracts()
        let watch = try #require(contracts.watch("stock"))
        func ask(_ coding: String, _ body: [UInt8]) -> [String] {
            let before = contracts.doubles.all.found.count
            var request = HTTPRequest(method: "POST", target: "/items")
            request.headers["Content-Encoding"] = coding
            request.headers["Content-Type"] = "application/json"
            request.body = body
            watch.see(WatchedExchange(request, nil, begunAt: 0, endedAt: 1))
            return contracts.doubles.all.found.dropFirst(before).map(\.mismatch.expected)
        }
        #expect(ask("gzip", try Self.packed(#"{"id": 1}"#)).isEmpty)
        #expect(ask("gzip", try Self.packed("{}")) == ["a member 'id'"])
        #expect(ask("br", [0x1f, 1, 2]).isEmpty)
        #expect(ask("identity", [0x1f, 1, 2]).count == 1)
        let judge = contracts.judge(Self.addresses)
        let step = Self.exchange(
            4002, nil, try Self.packed(#"{"id": 1}"#), headers: [("Content-Encoding", "gzip")])
        #expect(judge.judge(step).isEmpty)
    }
}
