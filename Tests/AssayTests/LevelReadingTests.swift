import AssayCore
import AssayFormats
import AssayPolicy
import Testing

@testable import Assay

@Suite("Levels, gates and components in assay.yml")
struct LevelReadingTests {
    private func read(_ text: String) -> Result<Project, Diagnostics> {
        ProjectReader.read(Array(("assay: 1\nproject: p\n" + text).utf8), file: "assay.yml", folder: ".")
    }

    private func problems(_ text: String) -> [String] {
        guard case .failure(let found) = read(text) else { return [] }
        return found.all.map { $0.rendered() }
    }

    @Test("a level says what to run, where, how long, and what it leaves")
    func level() throws {
        let project = try read(
            """
            stand: {dependencies: {db: {sqlite: {schema: db/schema.sql}}}}
            levels:
              unit:
                run: go test ./...
                junit: [build/junit.xml, "reports/*.xml"]
                coverage: cover.out
                folder: services/x
                env: {DB: "${db.url}"}
                within: 2m
                paths: ["services/**"]
              words: {run: [go, vet], needs-stand: false}
              contract: {contracts: contracts/}
            """
        ).get()
        guard case .runner(let unit) = project.levels[0].work,
            case .runner(let words) = project.levels[1].work
        else {
            Issue.record("no runner levels")
            return
        }
        #expect(unit.junit.map(\.source) == ["build/junit.xml", "reports/*.xml"])
        #expect(unit.coverage.map(\.source) == ["cover.out"])
        #expect(unit.folder == "services/x" && unit.within == .seconds(120) && unit.needsStand)
        #expect(project.levels[0].paths?.matches("services/x/a.go") == true)
        #expect(!words.needsStand && words.within == .seconds(600))
        if case .contracts = project.levels[2].work {} else { Issue.record("no level of contracts") }
        #expect(project.standFiles == ["db/schema.sql"])
    }

    @Test("gates take their paths from themselves, from `components`, or from a folder of their name")
    func gates() throws {
        let project = try read(
            """
            components: {api-gateway: services/gateway/**, web: [web/**, "!**/*.test.ts"]}
            levels: {unit: {run: make, coverage: cover.out}}
            policy:
              coverage:
                total: 80%
                api-gateway: 90%
                db: {min: 85%, paths: ["internal/db/**"], ignore: ["**/*_gen.go"]}
                auth: 95%
                ignore: ["**/mocks/**"]
            """
        ).get()
        #expect(project.coverage.gates.map(\.component) == ["total", "api-gateway", "db", "auth"])
        #expect(project.coverage.gates.map(\.minimum) == [0.8, 0.9, 0.85, 0.95])
        let scopes = project.coverage.gates.map { gate in
            switch gate.scope {
            case .everything: "everything"
            case .paths(let patterns): patterns.sources.joined(separator: " ")
            case .folder(let name): "folder \(name)"
            }
        }
        #expect(scopes == ["everything", "services/gateway/**", "internal/db/**", "folder auth"])
        #expect(project.coverage.gates[1].location.line == 8)
        #expect(project.coverage.ignored?.matches("a/mocks/b.go") == true)
    }

    @Test("D4.cover and D3.ready: the gates of both documents can be written")
    func documents() throws {
        let project = try read(
            """
            levels: {unit: {run: pytest, coverage: coverage.xml}}
            policy:
              coverage:
                total: 80%
                api-gateway: 90%
                auth-service: 95%
                analytics-service: 85%
                ai-service: 80%
                database: 90%
                external-apis: 75%
            """
        ).get()
        #expect(project.coverage.gates.map(\.minimum) == [0.8, 0.9, 0.95, 0.85, 0.8, 0.9, 0.75])
    }

    @Test(
        "what is wrong is told",
        arguments: [
            (
                "levels: {unit: {run: 'echo ${dbb.url}'}}\nstand: {dependencies: {db: {sqlite: {}}}}\n",
                """
                error[AS230]: level 'unit' reads ${dbb}, which the stand does not have
                  assay.yml:3:30   levels: {unit: {run: 'echo ${dbb.url}'}}
                                                                ^^^
                  fix: did you mean 'db'?
                """
            ),
            (
                "levels: {unit: {run: 'echo ${HOME}'}}\n",
                """
                error[AS230]: level 'unit' reads ${HOME}, which the stand does not have
                  assay.yml:3:30   levels: {unit: {run: 'echo ${HOME}'}}
                                                                ^^^^
                  fix: a variable of the shell is written without braces: $HOME
                """
            ),
            (
                "levels: {unit: {run: 'echo ${db.url}', needs-stand: false}}\nstand: {dependencies: {db: {sqlite: {}}}}\n",
                """
                error[AS230]: level 'unit' reads ${db} and says `needs-stand: false`
                  assay.yml:3:30   levels: {unit: {run: 'echo ${db.url}', needs-stand: false}}
                                                                ^^
                  fix: take `needs-stand: false` out
                """
            ),
            (
                "levels: {unit: {run: make, coverage: c}}\npolicy: {coverage: {total: 101%}}\n",
                """
                error[AS226]: nothing can be covered by more than 100 %, found 101%
                  assay.yml:4:28   policy: {coverage: {total: 101%}}
                                                              ^^^^
                """
            ),
            (
                "levels: {unit: {run: make}}\npolicy: {coverage: 80%}\n",
                """
                error[AS227]: there are coverage gates, but no level says where its coverage report is
                  assay.yml:4:20   policy: {coverage: 80%}
                                                      ^^^
                  fix: add `coverage: cover.out` to a level with `run`
                """
            ),
            (
                "levels: {unit: {run: make, paths: [a, 'b[c']}}\n",
                """
                error[AS222]: a `[` is never closed
                  assay.yml:3:39   levels: {unit: {run: make, paths: [a, 'b[c']}}
                                                                         ^^^^^
                  fix: write `\\` before a bracket that stands for itself
                """
            ),
            (
                "levels: {unit: {run: []}}\n",
                """
                error[AS070]: level 'unit' has no program to run
                  assay.yml:3:22   levels: {unit: {run: []}}
                                                        ^
                """
            ),
            (
                "stand: {services: {w: {run: x, levels: e2f}}}\nlevels: {e2e: {run: make}}\n",
                """
                error[AS513]: service 'w' is of level 'e2f', which is not among `levels`
                  assay.yml:3:40   stand: {services: {w: {run: x, levels: e2f}}}
                                                                          ^^^
                  fix: did you mean 'e2e'?
                """
            ),
            (
                "stand: {services: {api: {run: x}}}\nhttp: {auth: {bearer: '${apo.token}'}}\n",
                """
                error[AS560]: 'http' reads '${apo…}', which the stand does not have
                  assay.yml:4:26   http: {auth: {bearer: '${apo.token}'}}
                                                            ^^^
                  fix: did you mean 'api'?
                """
            ),
            (
                "levels: {unit: {run: make, scenarios: x}}\n",
                """
                error[AS070]: a level has both 'run' and 'scenarios'
                  assay.yml:3:28   levels: {unit: {run: make, scenarios: x}}
                                                              ^^^^^^^^^
                  fix: keep one of them
                """
            ),
        ])
    func faults(text: String, message: String) {
        #expect(problems(text).first == message)
    }
}
