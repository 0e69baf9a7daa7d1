public import AssayNet

/// Is told of every exchange of a double, on the reactor's thread.
public struct DoubleWatch: Sendable {
    let see: @Sendable (WatchedExchange) -> Void
    public init(_ see: @escaping @Sendable (WatchedExchange) -> Void) { self.see = see }

    /// Tells all of them, one after another.
    public init(_ watches: [DoubleWatch]) {
        self.init { exchange in for watch in watches { watch.see(exchange) } }
    }
}

/// What a double was asked and what its own answer was.
public struct WatchedExchange: Sendable {
    public var request: HTTPRequest
    /// What the double itself says. `nil` when nothing of it says how the real service answers: no route matched, the body
    /// is streamed, or a fault on purpose took its place.
    public var response: HTTPResponse?
    /// The route that answered; `nil` for a double without routes.
    public var stubID: String?
    /// When it came and when it was answered, CLOCK_MONOTONIC nanoseconds.
    public var begunAt: Int64
    public var endedAt: Int64

    init(_ request: HTTPRequest, _ served: Served?, begunAt: Int64, endedAt: Int64) {
        self.request = request
        self.begunAt = begunAt
        self.endedAt = endedAt
        guard let served, served.isMatched, served.response.stream == nil,
            served.response.delivery.fault == nil
        else { return }
        response = served.response
        stubID = served.stubID
    }
}
