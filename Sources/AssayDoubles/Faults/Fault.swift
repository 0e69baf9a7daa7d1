public import AssayCore
public import AssayFormats

/// One line of a double's `faults:`: what goes wrong, and with which requests.
public struct Fault: Sendable {
    public var condition: Condition
    public var effect: Effect
    public var location: SourceLocation
    /// As written, to be shown and sent back.
    public var source: JSON

    public init(
        _ effect: Effect, when condition: Condition = Condition(), at location: SourceLocation, source: JSON
    ) {
        self.effect = effect
        self.condition = condition
        self.location = location
        self.source = source
    }

    /// Which requests are concerned; all that is given must hold.
    public struct Condition: Sendable {
        /// Requests of this form only.
        public var request: RequestJudge?
        /// The n-th, 2n-th, … of those.
        public var every: Int?
        /// A share of those, 0 … 1, drawn.
        public var rate: Double?
        /// Since the start of the double, by its clock.
        public var from: Duration = .zero
        public var to: Duration?
        /// Once it strikes, this many requests in a row.
        public var burst = 1
        /// Never more often than this.
        public var times: Int?

        public init() {}
    }

    /// Where in a body.
    public enum Place: Sendable, Equatable {
        case beforeHead
        case bytes(Int)
        case middle
    }

    /// An answer in place of the double's own.
    public struct Refusal: Sendable, Equatable {
        public var status: Int
        public var headers: [Header] = []
        /// A JSON object with the status's words unless said.
        public var body: String?
        public init(status: Int) { self.status = status }

        public struct Header: Sendable, Equatable {
            public var name: String
            public var value: String
        }
    }

    /// How an answer breaks; a request has one of these at most.
    public enum Breakage: Sendable, Equatable {
        /// The double does not see the request.
        case refusal(Refusal)
        case reset(Place)
        case close(Place)
        /// No answer, and the connection is closed after a while.
        case timeout(Duration)
        case neverAnswer
        case halfClose
        case malformedChunk
        case garbage(bytes: Int)
        case wrongContentLength(by: Int)
        /// Well-formed HTTP around JSON that stops in the middle.
        case truncatedJSON
    }

    /// What goes wrong; several things at a time are possible.
    public struct Effect: Sendable, Equatable {
        public var latency: DelayDistribution?
        public var bytesPerSecond: Int?
        public var closesAfter: Duration?
        public var slicer: Slicer?
        public var breakage: Breakage?

        public init() {}

        public struct Slicer: Sendable, Equatable {
            public var pieces: Int
            public var over: Duration
        }
    }
}
