extension MatcherTable {
    /// Operators that look into JSON, XML and dates.
    static let structuredOperators: [MatcherOperator] = []
}
