public import AssayFormats

/// An attribute of an element of a page.
public struct SelectorCapture: Sendable {
    /// Which of several elements is taken.
    public enum Place: Sendable, Equatable {
        /// From 0.
        case at(Int)
        case last
        case random
    }

    public var selector: CSSSelector
    public var attribute: String
    public var place: Place

    /// As written.
    public var source: String

    public init(_ selector: CSSSelector, source: String, attribute: String, place: Place = .at(0)) {
        self.selector = selector
        self.source = source
        self.attribute = attribute
        self.place = place
    }

    /// - Parameter random: a whole number from 0 up to the one given, without it.
    /// - Returns: `nil` when there is no such element, or it has no such attribute.
    func take(from page: String, random: (Int) -> Int) -> String? {
        let document = HTMLDocument(parsing: page)
        let found = selector.matches(below: 0, in: document)
        guard !found.isEmpty else { return nil }
        let place =
            switch place {
            case .at(let place): place
            case .last: found.count - 1
            case .random: random(found.count)
            }
        return found.indices.contains(place) ? document[found[place]][attribute] : nil
    }
}
