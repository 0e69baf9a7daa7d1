import AssayCore
import AssayScenario
import Testing

@Suite("Complaints about factories")
struct FactoryComplaintTests {
    /// A file of factories, and the first line of each complaint with its place.
    @Test(
        "a file is refused with what is wrong, where, and how to mend it",
        arguments: [
            (
                "factories: {a: {extends: usr}, user: {fields: {x: 1}}}",
                "error[AS270]: there is no factory 'usr'|f.yml:2:26|did you mean 'user'?"
            ),
            (
                "factories: {a: {fields: {x: {factory: b}}}}",
                "error[AS270]: there is no factory 'b'|f.yml:2:39|did you mean 'a'?"
            ),
            (
                "factories:\n  a: {fields: {x: 1}}\nfixtures:\n  a: {factory: a}\n  b: {load: [aa]}",
                "error[AS275]: there is no fixture 'aa'|f.yml:6:14|did you mean 'a'?"
            ),
            (
                "factories: {a: {fields: {x: 1}, traits: {big: {traits: bg}}}}",
                "error[AS272]: factory 'a' has no trait 'bg'|f.yml:2:56|did you mean 'big'?"
            ),
            (
                "factories: {a: {fields: {x: {factory: b, with: {yy: 1}}}}, b: {fields: {y: 1}}}",
                "error[AS273]: factory 'b' has no field 'yy'|f.yml:2:49|did you mean 'y'?"
            ),
            (
                "factories: {a: {fields: {b_id: {factory: b, take: id}}}, b: {fields: {ident: 1}}}",
                "error[AS273]: factory 'b' gives no 'id'|f.yml:2:26|add it to its `fields`, or to `returning` "
                    + "when the database fills it in"
            ),
            (
                "factories: {a: {fields: {name: x, mail: \"${nmae}@x\"}}}",
                "error[AS273]: field 'mail' of factory 'a' reads ${nmae}, but nothing sets it|f.yml:2:44|"
                    + "did you mean 'name'?"
            ),
            (
                "factories: {a: {table: t, key: idd, fields: {id: x}}}",
                "error[AS273]: the key of factory 'a' names 'idd', which is no field of it|f.yml:2:13|"
                    + "did you mean 'id'?"
            ),
            (
                "factories: {a: {fields: {x: \"${y}\", y: \"${z}\", z: {if: \"${x}\", then: 1}}}}",
                "error[AS274]: the fields of factory 'a' need each other: x → y → z → x|f.yml:2:26|"
                    + "let one of them have a value of its own"
            ),
            (
                "factories: {a: {extends: b}, b: {extends: a}}",
                "error[AS274]: the factory extends itself: a → b → a|f.yml:2:43|take one `extends` out"
            ),
            (
                "factories: {team: {fields: {lead: {factory: user}}}, user: {fields: {team: {factory: team}}}}",
                "error[AS274]: records of these factories need each other without end: team → user → team|"
                    + "f.yml:2:86|give one of them a record by `with`, or make it depend on an `if`"
            ),
            (
                "factories: {a: {fields: {x: {ref: two.one}}}}\nfixtures: {one: {factory: a}, two: {load: [one]}}",
                "error[AS274]: fixtures need each other: one → two → one|f.yml:3:12|take one reference out"
            ),
            (
                "factories: {a: {fields: {x: {ref: sword.idd}}}, i: {fields: {id: 1}}}\nfixtures: {sword: {factory: i}}",
                "error[AS275]: fixture 'sword' has no 'idd'|f.yml:2:35|did you mean 'id'?"
            ),
            (
                "factories: {a: {fields: {x: {ref: \"1 + 2\"}}}}",
                "error[AS275]: '1 + 2' names no member of a fixture|f.yml:2:35|write `{ref: sword.id}`"
            ),
            (
                "factories: {a: {table: t, on: dbb, fields: {x: 1}}}",
                "error[AS276]: the stand has no database 'dbb'|f.yml:2:31|did you mean 'db'?"
            ),
            (
                "factories: {a: {table: t, after: [{create: b}]}, b: {fields: {x: 1}}}",
                "error[AS276]: factory 'b' has no table to create rows in|f.yml:2:44|give it `table: …`, or make it a field"
            ),
            (
                "factories: {a: {table: a.b.c, fields: {x: 1}}}",
                "error[AS277]: 'a.b.c' is no table|f.yml:2:24|write `users`, or `auth.users` for a table in a schema"
            ),
            (
                "factories: {a: {params: {x: 1}, fields: {x: \"${x}\"}}}",
                "error[AS271]: 'x' is a field and a parameter|f.yml:2:42|give one of them another name"
            ),
            (
                "factories: {a: {fields: {x: {cycle: []}}}}",
                "error[AS278]: expected a list to choose from, found an empty one|f.yml:2:37|write `[a, b]`"
            ),
            (
                "factories: {a: {fields: {x: {sequence: 1, cycle: [1]}}}}",
                "error[AS278]: the rule of a value has both 'sequence' and 'cycle'|f.yml:2:43|keep one of them"
            ),
            (
                "factories: {a: {fields: {x: {sequence: 1, setp: 2}}}}",
                "error[AS010]: 'setp' is not known in the rule of a value|f.yml:2:43|did you mean 'step'?"
            ),
            (
                "factories: {a: {fields: {x: {factory: a, count: 1, each: []}}}}",
                "error[AS278]: the rule of a value has both 'count' and 'each'|f.yml:2:52|keep one of them"
            ),
            (
                "factories: {a: {fields: 5}}",
                "error[AS012]: expected a mapping for fields, found the number 5|f.yml:2:25|write `name: value` lines"
            ),
        ])
    func files(text: String, complaint: String) {
        let lines = FactoryBench.complaints(text).split(separator: "\n")
        let parts = complaint.split(separator: "|")
        #expect(lines.first == parts[0])
        #expect(lines.dropFirst().first?.hasPrefix("  \(parts[1])   ") == true, "\(lines)")
        #expect(lines.last == "  fix: \(parts[2])")
    }

    @Test("a name that two files define is told with the place of the first")
    func twice() {
        let reader = FactoryReader(
            files: FileReader(texts: [
                "a.yml": "assay: 1\nfactories: {u: {fields: {x: 1}}}\n",
                "b.yml": "assay: 1\nfactories: {u: {fields: {x: 1}}}\n",
            ]))
        guard case .failure(let found) = reader.read(["a.yml", "b.yml", "c.yml"]) else {
            Issue.record("it was read")
            return
        }
        #expect(
            found.all.map(\.message) == [
                "there is no file 'c.yml' in the project's folder",
                "factory 'u' is already defined in a.yml on line 2",
            ])
        #expect(found.all.map(\.code) == ["AS034", "AS271"])
    }

    @Test("a factory with a table needs to say which of several databases has it")
    func databases() {
        let text = "factories: {a: {table: t, fields: {x: 1}}}"
        let two = StandNames(
            parts: ["main", "other"].map {
                .init(name: $0, kind: .dependency, members: [], isDatabase: true)
            })
        #expect(
            FactoryBench.complaints(text, stand: two).hasSuffix("fix: add `on:` with one of: main, other"))
        #expect(
            FactoryBench.complaints(text, stand: StandNames()).hasPrefix(
                "error[AS276]: factory 'a' has a table, but the stand has no database"))
        #expect(FactoryBench.complaints(text, stand: nil).isEmpty)
    }

    @Test(
        "steps are checked against the project's factories",
        arguments: [
            ("create: usr", "error[AS270]: there is no factory 'usr'", "did you mean 'user'?"),
            (
                "build: {factory: user, traits: [adm]}", "error[AS272]: factory 'user' has no trait 'adm'",
                "there are: admin, vip"
            ),
            (
                "create: {factory: user, with: {usernam: x}}",
                "error[AS273]: factory 'user' has no field 'usernam'", "did you mean 'username'?"
            ),
            (
                "create: {factory: operation, with: {user: {nmae: x}}}",
                "error[AS273]: factory 'user' has no field 'nmae'",
                "there are: id, telegram_id, email, username, role, rank"
            ),
            (
                "create: {factory: plain}", "error[AS276]: factory 'plain' has no table to create rows in",
                "use `build`, or give the factory `table: …`"
            ),
            ("fixture: swrd", "error[AS275]: there is no fixture 'swrd'", "did you mean 'sword'?"),
            (
                "create: {factory: user, with: {username: {ref: swor.id}}}",
                "error[AS275]: there is no fixture 'swor'", "did you mean 'sword'?"
            ),
            (
                "create: {factory: user, cont: 3}", "error[AS010]: 'cont' is not known in a create step",
                "did you mean 'count'?"
            ),
            (
                "create: {factory: user, with: {username: \"${who}\"}}",
                "error[AS041]: step 'create user' reads ${who}, but nothing sets it",
                "add it to `vars`: `vars: {who: …}`"
            ),
            (
                "truncate: {tables: [a..b]}", "error[AS277]: 'a..b' is no table",
                "write `users`, or `auth.users` for a table in a schema"
            ),
            (
                "truncate: {tables: [a], except: [b]}",
                "error[AS278]: `except` goes with all tables, and this step names some",
                "remove one of `tables` and `except`"
            ),
            ("truncate: {on: dbb}", "error[AS039]: the stand has no database 'dbb'", "did you mean 'db'?"),
        ])
    func steps(step: String, complaint: String, fix: String) throws {
        let bench = try FactoryBench(
            FactoryTests.users + "\n  plain: {fields: {x: 1}}\nfixtures: {sword: {factory: user}}")
        let lines = bench.complaints(ofStep: step).split(separator: "\n")
        #expect(lines.first == complaint[...])
        #expect(lines.last == "  fix: \(fix)")
    }
}
