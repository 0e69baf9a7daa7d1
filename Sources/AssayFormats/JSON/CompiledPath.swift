/// A path to one value at most, like `$.order.items[0].id`, in the form that ``JSONTape`` follows fastest.
public struct CompiledPath: Sendable, Hashable {
    public enum Segment: Sendable, Hashable {
        case name(String)
        /// Negative counts from the end.
        case index(Int)
    }

    /// A name is a range of ``names``; an index has `length` -1.
    struct Step: Sendable, Hashable {
        var place: Int
        var length: Int
    }

    public let segments: [Segment]
    let steps: [Step]
    /// UTF-8 of all names, one behind the other.
    let names: [UInt8]

    public init(_ segments: [Segment]) {
        var steps: [Step] = []
        var names: [UInt8] = []
        for segment in segments {
            switch segment {
            case .name(let name):
                steps.append(Step(place: names.count, length: name.utf8.count))
                names.append(contentsOf: name.utf8)
            case .index(let index): steps.append(Step(place: index, length: -1))
            }
        }
        self.segments = segments
        self.steps = steps
        self.names = names
    }
}
