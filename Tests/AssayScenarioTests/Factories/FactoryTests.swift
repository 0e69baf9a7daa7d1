import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Factories")
struct FactoryTests {
    static let users = """
        factories:
          user:
            table: auth.users
            fields:
              id: "${uuid()}"
              telegram_id: {sequence: 100000}
              email: "${username}@example.test"
              username: "user-${n}"
            traits:
              admin: {role: admin}
              vip: {fields: {rank: {sequence: 1, step: 10}}, traits: [admin]}
          operation:
            table: inventory.operations
            returning: id
            fields:
              user_id: {factory: user, take: id}
              owner: "${user.username}"
              quantity: 1
        """

    @Test("fields have defaults, sequences and values that read other fields, whatever their order")
    func defaults() throws {
        var bench = try FactoryBench(Self.users)
        let first = try bench.run("create: user")
        #expect(
            first.statements == [
                #"insert into "auth"."users" ("id", "telegram_id", "email", "username") values ($1, $2, $3, $4) returning *"#
            ])
        #expect(first.inserts[0].database == "db")
        #expect(Array(first.inserts[0].values.dropFirst()) == [100000, "user-0@example.test", "user-0"])
        #expect(first.value["id"]?.stringValue?.count == 36)
        let second = try bench.run("create: user")
        #expect(Array(second.inserts[0].values.dropFirst()) == [100001, "user-1@example.test", "user-1"])
        #expect(second.value["id"] != first.value["id"])
    }

    @Test(
        "a caller overrides fields, parts of related records and whole ones",
        arguments: [
            ("{quantity: 5}", 2, "user-0", 5), ("{user: {username: ann}}", 2, "ann", 1),
            ("{user_id: {username: bob}}", 2, "bob", 1), ("{user: \"${given}\"}", 1, "given", 1),
            ("{user: {value: {id: x, username: y}}}", 1, "y", 1),
            ("{user: {factory: user, traits: [admin], with: {username: z}}}", 2, "z", 1),
            ("{user_id: u, owner: me}", 1, "me", 1), ("{quantity: {one-of: [7]}}", 2, "user-0", 7),
        ] as [(String, Int, String, Int64)])
    func overrides(with: String, rows: Int, owner: String, quantity: Int64) throws {
        var bench = try FactoryBench(Self.users)
        let made = try bench.run(
            "create: {factory: operation, with: \(with)}",
            names: ["given": ["id": "u-1", "username": "given"]])
        #expect(made.inserts.count == rows)
        #expect(made.value["owner"] == .string(owner))
        #expect(made.value["quantity"] == .int(quantity))
        // What the database filled in is part of the record.
        #expect(made.value["id"] == .int(Int64(1000 + rows)))
    }

    @Test("null in place of a related record makes the field null, and no record")
    func none() throws {
        var bench = try FactoryBench(Self.users)
        let made = try bench.run("create: {factory: operation, with: {user: null, owner: none}}")
        #expect(made.inserts.count == 1 && made.value["user_id"] == JSON.null)
    }

    @Test("traits add and replace fields, bring further traits, and later ones hold")
    func traits() throws {
        var bench = try FactoryBench(Self.users)
        #expect(try bench.run("create: {factory: user, traits: admin}").value["role"] == "admin")
        let both = try bench.run("create: {factory: user, traits: [vip], with: {role: root}}").value
        #expect(both["rank"] == 11 && both["role"] == "root")
    }

    @Test("a factory extends another: its fields replace, traits and after go along, the numbers go on")
    func inheritance() throws {
        var bench = try FactoryBench(
            Self.users + """

                  moderator:
                    extends: user
                    fields: {role: moderator, username: "mod-${n}"}
                  log:
                    extends: user
                    table: logs
                """)
        #expect(try bench.run("create: user").value["username"] == "user-0")
        let made = try bench.run("create: {factory: moderator, traits: [vip]}")
        #expect(made.value["email"] == "mod-1@example.test" && made.value["role"] == "admin")
        #expect(made.inserts[0].columns.prefix(4) == ["id", "telegram_id", "email", "username"])
        #expect(try bench.run("create: log").value["username"] == "user-0")
    }

    @Test("count makes a list, each one record a row, and index is the place in it")
    func batches() throws {
        var bench = try FactoryBench(Self.users)
        let three = try bench.run("create: {factory: user, count: 3, with: {username: \"n${index}\"}}")
        #expect(
            three.value.arrayValue?.map { $0["email"] }
                == ["n0", "n1", "n2"].map { .string($0 + "@example.test") })
        #expect(try bench.run("create: {factory: user, count: 0}").value == [])
        let rows = try bench.run(
            "create: {factory: user, each: [{username: a}, {telegram_id: 5}], with: {username: b}}")
        #expect(rows.value.arrayValue?.map { $0["username"] } == ["a", "b"])
        let list = try bench.run(
            "create: {factory: operation, each: \"${items}\", with: {user: {value: {id: 1, username: u}}}}",
            names: ["items": [["quantity": 3], ["quantity": 4]]])
        #expect(list.value.arrayValue?.map { $0["quantity"] } == [3, 4])
    }

    @Test("build inserts nothing, and what the database would fill in is null")
    func build() throws {
        var bench = try FactoryBench(
            Self.users + """

                  order:
                    params: {customer: {factory: user}}
                    fields:
                      Authorization: "Bearer ${customer.username} ${auth.key}"
                      address: {city: {one-of: [Oslo]}, lines: [{sequence: 7}, "${n}"]}
                      lines: {factory: line, count: 2}
                      total: "${length(lines) * 10}"
                  line:
                    fields: {sku: {cycle: [a, b, c]}, size: {if: "${sku == 'a'}", then: 1, else: {sequence: 50}}}
                """)
        let made = try bench.run("build: order")
        #expect(made.inserts.isEmpty)
        #expect(
            made.value.rendered() == """
                {"Authorization":"Bearer user-0 secret","address":{"city":"Oslo","lines":[7,0]},\
                "lines":[{"sku":"a","size":1},{"sku":"b","size":51}],"total":20}
                """)
        let operation = try bench.run("build: operation").value
        #expect(operation["id"] == JSON.null && operation["owner"] == "user-1")
        #expect(
            try bench.run("build: {factory: line, count: 2}").value.arrayValue?.map { $0["sku"] } == [
                "c", "a",
            ])
    }

    @Test("of a choice only the chosen side is made, so records may hold records of their own kind")
    func choices() throws {
        var bench = try FactoryBench(
            """
            factories:
              node:
                table: nodes
                params: {depth: 2}
                fields:
                  child: {if: "${depth > 0}", then: {factory: node, take: id, with: {depth: "${depth - 1}"}}}
                  id: "node-${depth}"
            """)
        let made = try bench.run("create: node")
        #expect(
            made.inserts.map { $0.values } == [
                [nil, "node-0"], ["node-0", "node-1"], ["node-1", "node-2"],
            ])
        let endless = #expect(throws: FactoryError.self) {
            _ = try bench.run("create: {factory: node, with: {depth: 1000}}")
        }
        #expect(
            endless?.message.hasPrefix("more than 200 records need each other: … node → node → node") == true)
    }

    @Test("after makes further records that read the finished one")
    func after() throws {
        var bench = try FactoryBench(
            """
            factories:
              user:
                table: users
                returning: id
                fields: {name: "u${n}"}
                traits:
                  banned:
                    fields: {status: banned}
                    after: [{create: {factory: ban, with: {user: "${self}", reason: "${name} was rude"}}}]
                after: [{create: {factory: note, count: 2, with: {user_id: "${id}", text: "${index}"}}}]
              ban:
                table: bans
                fields: {user_id: {factory: user, take: id}, reason: none}
              note: {table: notes, fields: {user_id: 0, text: ""}}
            """)
        let made = try bench.run("create: {factory: user, traits: [banned]}")
        #expect(made.inserts.map(\.table.name) == ["users", "notes", "notes", "bans"])
        #expect(made.inserts[3].values == [1001, "u0 was rude"])
        #expect(made.inserts[2].values == [1001, 1])
        #expect(made.value == ["name": "u0", "status": "banned", "id": 1001])
        #expect(try bench.run("build: user").inserts.isEmpty)
    }

    @Test("the same seed gives the same records, and a scenario alone begins with the same numbers")
    func seeds() throws {
        let bench = try FactoryBench(Self.users)
        var (first, second, third) = (bench, bench, bench)
        let made = try first.run("create: user").value
        #expect(try second.run("create: user").value == made)
        third.random = SeededRandom(seed: 2)
        #expect(try third.run("create: user").value["id"] != made["id"])
        #expect(
            try third.run("create: user").value["username"] == first.run("create: user").value["username"])
    }

    @Test("sessions side by side take stripes of the numbers, and what follows goes on behind them")
    func stripes() throws {
        var bench = try FactoryBench(Self.users)
        func number(_ bench: inout FactoryBench) throws -> Int64? {
            try bench.run("build: user").value["telegram_id"]?.intValue.map { $0 - 100000 }
        }
        #expect(try number(&bench) == 0)
        var numbers: [Int64?] = []
        var parts: [FactoryState] = []
        for index in 0..<3 {
            var branch = bench
            branch.state = bench.state.stripe(index, of: 3)
            for _ in 0...index { numbers.append(try number(&branch)) }
            var inner = branch
            inner.state = branch.state.stripe(1, of: 2)
            numbers.append(try number(&inner))
            branch.state.join([inner.state])
            parts.append(branch.state)
        }
        #expect(Set(numbers).count == numbers.count)
        bench.state.join(parts)
        let next = try #require(try number(&bench))
        #expect(numbers.allSatisfy { $0 ?? .max < next })
    }

    @Test(
        "a record that cannot be made says which factory and field, and for whom",
        arguments: [
            (
                "create: {factory: operation, each: \"${rows}\"}",
                "factory 'operation' has no field 'quantiy'; did you mean 'quantity'?"
            ),
            (
                "create: {factory: operation, with: {user: {value: {name: x}}}}",
                "factory 'operation', field 'user_id': there is no 'id' in what it is given, which has: name"
            ),
            (
                "create: {factory: operation, with: {user: {email: {if: \"${n}\", then: 1}}}}",
                "${n}: nothing sets 'n'"
            ),
            (
                "create: {factory: broken}",
                "factory 'inner', field 'x': ${1 / 0}: division by zero (for field 'inner' of factory 'broken')"
            ),
            (
                "create: {factory: user, with: {telegram_id: {sequence: 9223372036854775807}}}",
                "factory 'user', field 'telegram_id': the sequence is past the largest number"
            ),
        ])
    func failures(step: String, message: String) throws {
        var bench = try FactoryBench(
            Self.users + """

                  inner: {table: inner, fields: {x: "${1 / 0}"}}
                  broken: {table: broken, fields: {inner_x: {factory: inner, take: x}}}
                """)
        // The second user is past the largest number.
        if step.contains("sequence") { _ = try bench.run("create: user") }
        do {
            _ = try bench.run(step, names: ["rows": [["quantiy": 1]]])
            Issue.record("it was made")
        } catch let error as FactoryError {
            #expect(error.message == message && error.location != nil)
        } catch let error as TemplateError {
            #expect(error.message == message)
        } catch let error as Diagnostics {
            #expect(
                error.all.map(\.message) == ["step 'create operation' reads " + "${n}, but nothing sets it"])
        }
    }
}
