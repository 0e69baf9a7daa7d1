/// The order in which k6 shows metrics.
enum K6Order {
    /// Whether one name stands before another: parts behind the whole they are of.
    static func areInOrder(_ left: String, _ right: String) -> Bool {
        let (first, second) = (parent(left), parent(right))
        if first != second { return isBefore(first, second) }
        return isBefore(String(left.dropFirst(first.count)), String(right.dropFirst(second.count)))
    }

    static func parent(_ name: String) -> String { String(name.prefix { $0 != "{" }) }

    /// Punctuation before digits before letters, whatever their case; capital letters last where nothing else differs.
    static func isBefore(_ left: String, _ right: String) -> Bool {
        let (a, b) = (left.map(weight), right.map(weight))
        if a != b { return a.lexicographicallyPrecedes(b) }
        return right < left
    }

    private static func weight(_ character: Character) -> String {
        let lower = character.lowercased()
        if character.isLetter { return "2" + lower }
        return (character.isNumber ? "1" : "0") + lower
    }
}
