public import AssayCore
public import AssayFormats

/// Fixtures as rows for a database that no scenario uses yet, like a template that others are copied from.
public struct FixturePlan: Sendable {
    /// In the order in which they must be inserted.
    public var inserts: [Insert]
    /// Records of the fixtures, for `{ref: …}` in the scenarios to come; see ``FactoryState/init(fixtures:)``.
    public var fixtures: [String: JSON]
}

extension FactorySet {
    /// The rows of fixtures, and of every record and fixture that they need.
    ///
    /// Nothing is known of what a database would answer: a fixture that reads a column which the database fills in
    /// cannot be planned.
    /// - Parameters:
    ///   - names: `nil` takes all fixtures, in the order of their names.
    ///   - seed: the same seed gives the same rows.
    /// - Throws: AS275 for a name that is no fixture's, AS279 for a record that cannot be made.
    public func plan(
        _ names: [String]? = nil, seed: UInt64, surroundings: FactoryBuilder.Surroundings
    ) throws(Diagnostics) -> FixturePlan {
        let names = names ?? fixtureNames
        let start = SourceLocation(file: "fixtures", line: 1, column: 1)
        for name in names where fixtures[name] == nil {
            var problems = FactoryCheck(self, nil).problems(ofFixture: name, at: start)
            for place in problems.indices { problems[place].location = nil }
            throw Diagnostics(problems)
        }
        var builder = FactoryBuilder(
            self, strategy: .create, state: FactoryState(), random: SeededRandom(seed: seed),
            surroundings: surroundings)
        builder.load(names, at: start)
        var inserts: [Insert] = []
        do throws(FactoryError) {
            while let insert = try builder.next() {
                inserts.append(insert)
                builder.receive(JSONObject())
            }
        } catch {
            throw Diagnostics([error.diagnostic])
        }
        return FixturePlan(inserts: inserts, fixtures: builder.state.fixtures)
    }
}
