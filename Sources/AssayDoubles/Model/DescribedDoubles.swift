public import AssayFormats
internal import Synchronization

/// Makes doubles of API descriptions (OpenAPI); given from above, for doubles know no schemas.
public struct DescribedDoubles: Sendable {
    /// Reads a description; what is wrong with it goes into the reading's bag.
    public typealias Make = @Sendable (YAMLReading) -> (any DoubleOptions)?

    public var make: Make

    public init(make: @escaping Make) { self.make = make }

    private static let shared = Mutex<DescribedDoubles?>(nil)

    /// Lets every file that is read from now on be a description.
    public static func connect(_ doubles: DescribedDoubles) { shared.withLock { $0 = doubles } }

    /// `nil` when nobody has connected any.
    static var connected: DescribedDoubles? { shared.withLock { $0 } }

    /// The keys of which a description has one at its top.
    static let marks = ["openapi", "swagger"]
}
