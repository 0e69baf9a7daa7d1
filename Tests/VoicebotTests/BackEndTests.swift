import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import voicebot_service

/// Real servers on ports of their own.
@Suite("Asking a back end")
struct BackEndTests {
    /// Asks a server several times.
    ///
    /// - Returns: for each time the answer's text or the trouble, and how often the server was asked.
    private static func asked(
        _ times: Int, breaker: CircuitBreaker?, timeout: Duration = .seconds(5),
        _ handler: @escaping HTTPServer.Handler
    ) throws -> ([String], Int) {
        let reactor = try Reactor()
        return try reactor.run { () -> Result<([String], Int), SystemError> in
            let counter = ReactorBound(Counter(), on: reactor)
            do throws(SystemError) {
                let server = try HTTPServer(on: reactor) { request in
                    counter.value.count += 1
                    return await handler(request)
                }
                defer { server.stop() }
                guard let url = try? URLParts(parsing: server.url + "/base/") else {
                    return .success(([], 0))
                }
                let backEnd = BackEnd(
                    "shop", at: BackEndAddress(url: url, key: "k"), timeout: timeout, breaker: breaker,
                    on: reactor)
                var told: [String] = []
                for _ in 0..<times {
                    do throws(Trouble) {
                        let answer = try await backEnd.ask(
                            .init(target: "/x?y=1", call: "c", body: [104, 105]))
                        told.append(String(decoding: answer, as: UTF8.self))
                    } catch {
                        told.append(error.isResting ? "resting" : error.description)
                    }
                }
                return .success((told, counter.value.count))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private final class Counter {
        var count = 0
    }

    private static let breaker = CircuitBreaker(failuresToOpen: 2, rest: .seconds(3600))

    @Test("The request says who asks, for which call, below the address's own path")
    func request() throws {
        let (told, _) = try Self.asked(1, breaker: nil) { request in
            let fields = ["authorization", "x-call-id", "content-type"].map { request.headers[$0] ?? "-" }
            let body = String(decoding: request.body, as: UTF8.self)
            return HTTPResponse(
                text: ([request.method, request.target] + fields + [body]).joined(separator: " "))
        }
        #expect(told == ["POST /base/x?y=1 Bearer k c application/json hi"])
    }

    @Test("After failures in a row it is not asked any more")
    func rests() throws {
        let (told, count) = try Self.asked(4, breaker: Self.breaker) { _ in HTTPResponse(status: 503) }
        #expect(told == ["shop: status 503", "shop: status 503", "resting", "resting"])
        #expect(count == 2)
    }

    @Test("Without a breaker it is asked again and again")
    func noBreaker() throws {
        let (_, count) = try Self.asked(4, breaker: nil) { _ in HTTPResponse(status: 503) }
        #expect(count == 4)
    }

    @Test("A refusal is trouble, and no reason to rest")
    func refusal() throws {
        let (told, count) = try Self.asked(4, breaker: Self.breaker) { _ in HTTPResponse(status: 404) }
        #expect(told == Array(repeating: "shop: status 404", count: 4))
        #expect(count == 4)
    }

    @Test("What does not come in time has failed")
    func late() throws {
        let (told, _) = try Self.asked(1, breaker: nil, timeout: .milliseconds(20)) { _ in
            var response = HTTPResponse()
            response.delivery.fault = .silence
            return response
        }
        #expect(told.first?.hasPrefix("shop: timeout") == true, "\(told)")
    }
}
