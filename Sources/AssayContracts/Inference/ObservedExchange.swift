public import AssayFormats

/// An exchange that a document is made of: recorded, or what a scenario says of one.
public struct ObservedExchange: Sendable {
    public var exchange: ContractExchange
    /// The body was kept in part, or not at all: its media type counts, what it holds does not.
    public var isRequestBodyCut = false
    public var isResponseBodyCut = false
    /// Parts of the path that are parameters, by their place from 0, with a name where one is known.
    public var pathParameters: [Int: String] = [:]
    /// Query parameters whose values are not known.
    public var openQueryParameters: Set<String> = []
    /// What is known of the bodies in place of bytes.
    public var requestShape: ExampleShape?
    public var responseShape: ExampleShape?

    public init(_ exchange: ContractExchange) { self.exchange = exchange }

    /// Notes where a mask stands for whatever was there.
    mutating func openMasked() {
        for (place, segment) in PathTemplate.segments(exchange.request.path).enumerated()
        where segment.contains(SecretWords.mask) {
            pathParameters[place] = pathParameters[place] ?? ""
        }
        for field in URLText.fields(exchange.request.query ?? "") where field.value.contains(SecretWords.mask)
        {
            openQueryParameters.insert(field.name)
        }
    }
}

/// JSON of which parts are not known, as scenarios write it.
public indirect enum PartialJSON: Sendable {
    case known(JSON)
    /// A value of a kind (``JSON/typeName``).
    case some(String)
    case unknown
    case array([PartialJSON])
    /// - Parameter isOpen: there may be other members, and these may be missing another time.
    case object([(name: String, value: PartialJSON)], isOpen: Bool)
}

extension ExampleShape {
    /// The shape of what is known.
    public init(_ partial: PartialJSON) { self.init(partial, depth: 0) }

    init(_ partial: PartialJSON, depth: Int) {
        guard depth < Self.depthLimit else {
            self.init(JSON.null, depth: depth)
            return
        }
        switch partial {
        case .known(let value): self.init(value, depth: depth)
        case .unknown: self = .anything
        case .some(let kind): self = ExampleShape(kind: kind)
        case .array(let elements):
            self.init(JSON.array([]), depth: depth)
            arrays = ArrayShape(elements.map { ExampleShape($0, depth: depth + 1) })
        case .object(let members, let isOpen):
            self.init(JSON.object([:]), depth: depth)
            objects = ObjectShape(
                members.map { ($0.name, ExampleShape($0.value, depth: depth + 1)) }, isOpen: isOpen)
        }
    }

    /// A value of which nothing is known.
    static var anything: ExampleShape { ExampleShape(JSON.null, depth: depthLimit) }

    private init(kind: String) {
        switch kind {
        case "string":
            self.init(JSON.string(""), depth: 0)
        case "integer": self.init(JSON.int(0), depth: 0)
        case "number": self.init(JSON.double(0.5), depth: 0)
        case "boolean": self.init(JSON.bool(true), depth: 0)
        case "array": self.init(JSON.array([]), depth: 0)
        case "object": self.init(JSON.object([:]), depth: 0)
        case "null": self.init(JSON.null, depth: 0)
        default: self = .anything
        }
        strings?.values = nil
    }
}
