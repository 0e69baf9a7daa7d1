import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Fixtures")
struct FixtureTests {
    static let items = """
        factories:
          item:
            table: items
            key: code
            fields: {code: "item-${n}", kind: {ref: kinds.blade.id}}
          operation:
            table: operations
            fields: {item: {ref: sword.code}, first: "${item}!"}
        fixtures:
          sword: {factory: item, with: {code: sword}}
          pair: {factory: item, count: 2}
          kinds:
            table: kinds
            rows: {blade: {id: 1, name: blade}, bow: {id: 2, name: "${base64('bow')}"}}
          colours:
            table: colours
            rows: [{name: red, kind: {ref: kinds.bow.id}}, {name: green}]
          all: {load: [colours, sword]}
        """

    @Test("a reference loads its fixture once, with the fixtures that this one needs before it")
    func references() throws {
        var bench = try FactoryBench(Self.items)
        let first = try bench.run("create: operation")
        #expect(first.inserts.map(\.table.name) == ["kinds", "kinds", "items", "operations"])
        #expect(first.value["item"] == "sword" && first.value["first"] == "sword!")
        #expect(try bench.run("create: operation").inserts.count == 1)
        bench.state.forgetOwnFixtures()
        #expect(try bench.run("create: operation").inserts.count == 4)
    }

    @Test("loading gives the records by their names; what is loaded is not loaded again")
    func loading() throws {
        var bench = try FactoryBench(Self.items)
        let made = try bench.run("fixture: {load: [all, pair, kinds]}")
        #expect(
            made.inserts.map(\.table.name) == [
                "kinds", "kinds", "colours", "colours", "items", "items", "items",
            ])
        #expect(made.value["all"]?["sword"]?["kind"] == 1)
        #expect(made.value["all"]?["colours"]?[0]?["kind"] == 2)
        #expect(made.value["pair"]?[1]?["code"]?.stringValue?.hasPrefix("item-") == true)
        #expect(made.value["kinds"]?["bow"]?["name"] == "Ym93")
        #expect(try bench.run("fixture: pair").inserts.isEmpty)
    }

    @Test("a plan has the rows of all fixtures in an order that holds, the same for the same seed")
    func plan() throws {
        let set = try FactoryBench(Self.items).set
        let plan = try set.plan(seed: 3, surroundings: FactoryBench.surroundings)
        #expect(plan.inserts.count == 7)
        #expect(plan.inserts == (try set.plan(seed: 3, surroundings: FactoryBench.surroundings).inserts))
        let places = plan.inserts.map(\.table.name)
        #expect(places.firstIndex(of: "kinds") == 0)
        #expect(plan.fixtures["sword"]?["code"] == "sword")
        // A scenario that begins with them inserts none of them.
        var bench = try FactoryBench(Self.items)
        bench.state = FactoryState(fixtures: plan.fixtures)
        #expect(try bench.run("create: operation").inserts.count == 1)
        let none = #expect(throws: Diagnostics.self) {
            _ = try set.plan(["swrod"], seed: 3, surroundings: FactoryBench.surroundings)
        }
        #expect(
            none?.all.map { $0.rendered() } == [
                "error[AS275]: there is no fixture 'swrod'\n  fix: did you mean 'sword'?"
            ])
    }

    @Test(
        "what cannot be planned says why",
        arguments: [
            (
                "b: {table: t, fields: {x: \"${split(n, '')}\"}}",
                "factory 'b', field 'x': split() needs a separator that is not empty as second argument, found the "
                    + "text ''\n  f.yml:4:32"
            ),
            (
                "b: {table: t, fields: {a_id: {factory: a, take: id}}}",
                "factory 'b', field 'a_id': there is no 'id' in what it is given, which has: x\n  f.yml:4:26"
            ),
            (
                "b: {table: t, fields: {y: \"${a.id}\"}, params: {a: {factory: a}}}",
                "factory 'b', field 'y': ${a.id}: 'a' has no member 'id'; it has: x\n  f.yml:4:32"
            ),
        ])
    func unplannable(factory: String, message: String) throws {
        let set = try FactoryBench(
            """
            factories:
              a: {table: t, returning: id, fields: {x: 1}}
              \(factory)
            fixtures: {one: {factory: b}}
            """
        ).set
        let found = #expect(throws: Diagnostics.self) {
            _ = try set.plan(seed: 1, surroundings: FactoryBench.surroundings)
        }
        #expect(found?.all.map { $0.rendered() } == ["error[AS279]: \(message)"])
    }

    @Test("sessions side by side and `build` do not load fixtures, and say what to do")
    func shared() throws {
        var bench = try FactoryBench(Self.items)
        let alone = bench.state
        bench.state = alone.stripe(0, of: 2)
        let several = #expect(throws: FactoryError.self) { _ = try bench.run("create: operation") }
        #expect(
            several?.message
                == "fixture 'sword' is needed by several at once; load it before the `parallel`, or in the "
                + "`setup` of the load: `fixture: {load: [sword]}` (for field 'item' of factory 'operation')")
        bench.state = alone
        let built = #expect(throws: FactoryError.self) { _ = try bench.run("build: operation") }
        #expect(
            built?.message.hasPrefix("fixture 'sword' is not loaded, and `build` inserts nothing") == true)
        _ = try bench.run("fixture: sword")
        #expect(try bench.run("build: operation").value["item"] == "sword")
        bench.state = bench.state.stripe(1, of: 2)
        #expect(try bench.run("create: operation").inserts.count == 1)
    }

    @Test(
        "rows are removed by their key, else by what the database filled in, else by id, else by all columns")
    func removal() throws {
        var bench = try FactoryBench(
            """
            factories:
              keyed: {table: s.keyed, key: [a, b], fields: {a: 1, b: null, c: 2}}
              numbered: {table: numbered, returning: id, fields: {a: 1}}
              named: {table: named, fields: {id: "i-${n}", a: 1}}
              bare: {table: bare, fields: {a: "x", b: null}}
            """)
        var removals: [Removal] = []
        for factory in ["keyed", "numbered", "named", "bare"] {
            for insert in try bench.run("create: {factory: \(factory), count: 2}").inserts {
                let row: [(String, JSON)] = factory == "bare" ? [] : [("id", 5)]
                removals.append(insert.removal(of: JSONObject(row)))
            }
        }
        let statements = Removal.statements(removals) { _ in .postgres }
        #expect(
            statements.map(\.statement.text) == [
                #"delete from "s"."keyed" where "a" = $1 and "b" is null"#,
                #"delete from "s"."keyed" where "a" = $1 and "b" is null"#,
                #"delete from "numbered" where "id" in ($1, $2)"#,
                #"delete from "named" where "id" in ($1, $2)"#,
                #"delete from "bare" where "a" = $1 and "b" is null"#,
                #"delete from "bare" where "a" = $1 and "b" is null"#,
            ])
        #expect(statements[3].statement.arguments == ["i-0", "i-1"])
        #expect(statements.allSatisfy { $0.database == "db" })
    }
}
