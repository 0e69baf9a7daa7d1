/// An HTTP exchange as contracts see it: free of transfer coding, else as it was on the wire.
public struct ContractExchange: Sendable, Hashable {
    public var request: Request
    /// `nil` when only the request is judged.
    public var response: Response?

    public init(request: Request, response: Response? = nil) {
        self.request = request
        self.response = response
    }

    /// One header as sent; names differ in case only by writing.
    public struct Header: Sendable, Hashable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public struct Request: Sendable, Hashable {
        /// Upper case.
        public var method: String
        /// As sent: percent-encoded, without the query.
        public var path: String
        /// As sent, without its `?`; `nil` when there is none.
        public var query: String?
        public var headers: [Header]
        /// `nil` when none was sent.
        public var body: [UInt8]?
        /// The body is in a content coding that could not be undone: nothing can be said of it.
        public var isCoded = false

        public init(
            method: String, path: String, query: String? = nil, headers: [Header] = [], body: [UInt8]? = nil
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.body = body
        }

        /// The first header of this name.
        public func header(_ name: String) -> String? { headers.value(of: name) }
    }

    public struct Response: Sendable, Hashable {
        public var status: Int
        public var headers: [Header]
        /// Empty when none was sent.
        public var body: [UInt8]
        /// The body is in a content coding that could not be undone: nothing can be said of it.
        public var isCoded = false

        public init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// The first header of this name.
        public func header(_ name: String) -> String? { headers.value(of: name) }
    }
}

extension [ContractExchange.Header] {
    func value(of name: String) -> String? {
        let name = name.lowercased()
        return first { $0.name.lowercased() == name }?.value
    }
}
