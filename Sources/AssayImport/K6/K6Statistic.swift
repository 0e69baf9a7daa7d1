/// The figures of a trend that a summary may show.
enum K6Statistic {
    static func isKnown(_ name: String) -> Bool {
        if ["avg", "min", "med", "max", "count"].contains(name) { return true }
        guard name.hasPrefix("p("), name.hasSuffix(")"), let rank = Double(name.dropFirst(2).dropLast())
        else {
            return false
        }
        return rank >= 0 && rank <= 100
    }
}
