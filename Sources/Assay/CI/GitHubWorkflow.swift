/// A plan as a workflow of GitHub Actions.
///
/// Source: the workflow syntax of GitHub Actions.
struct GitHubWorkflow {
    let plan: CIPlan
    /// Where the file goes, from the top of the repository: a change of it runs it too.
    let file: String

    private typealias Entry = YAMLTree.Entry

    func rendered() -> String {
        let jobs =
            [Entry("test", test)] + (plan.nightly.map { [Entry("nightly", nightly($0))] } ?? [])
            + (plan.image.map { image in
                [
                    Entry("build", build(image)),
                    Entry("deploy-staging", deploy("staging", plan.stagingBranch)),
                    Entry("deploy-production", deploy("production", plan.mainBranch)),
                ]
            } ?? [])
        let workflow: [Entry] = [
            Entry("name", plan.project), Entry("on", triggers),
            Entry("permissions", .map([Entry("contents", "read")])),
            Entry(
                "concurrency",
                .map([
                    Entry("group", "\(plan.project)-${{ github.ref }}"),
                    Entry("cancel-in-progress", "${{ github.event_name == 'pull_request' }}"),
                ])), Entry("jobs", .map(jobs)),
        ]
        return "# Made by `assay ci github`; run it again after changing assay.yml, or keep it by hand.\n"
            + YAMLTree.map(workflow).rendered()
    }

    // MARK: triggers

    private var triggers: YAMLTree {
        let paths = plan.paths.isEmpty ? [] : [Entry("paths", .list((plan.paths + [file]).map { .text($0) }))]
        var triggers = [
            Entry("push", .map([Entry("branches", .row([plan.mainBranch, plan.stagingBranch]))] + paths)),
            Entry("pull_request", .map([Entry("branches", .row([plan.mainBranch]))] + paths)),
        ]
        if plan.nightly != nil {
            triggers.append(Entry("schedule", .list([.map([Entry("cron", "17 3 * * *")])])))
        }
        return .map(triggers)
    }

    // MARK: tests

    private var test: YAMLTree {
        var job = runner
        if plan.nightly != nil { job.append(Entry("if", "github.event_name != 'schedule'")) }
        let steps = prepared + plan.steps.map { run($0.title, [$0.command]) } + afterwards("test")
        return .map(job + defaults + [Entry("steps", .list(steps))])
    }

    private func nightly(_ pipeline: String) -> YAMLTree {
        let command = CIPlan.command(["assay", "test", "--pipeline", pipeline], "nightly")
        let steps = prepared + [run("Tests of the night", [command])] + afterwards("nightly")
        return .map(
            runner + [Entry("if", "github.event_name == 'schedule'")] + defaults + [
                Entry("steps", .list(steps))
            ])
    }

    private var runner: [Entry] {
        [Entry("runs-on", "ubuntu-latest"), Entry("timeout-minutes", .plain("30"))]
    }

    private var defaults: [Entry] {
        guard plan.folder != "." else { return [] }
        return [Entry("defaults", .map([Entry("run", .map([Entry("working-directory", plan.folder)]))]))]
    }

    private var prepared: [YAMLTree] {
        var steps: [YAMLTree] = [uses("actions/checkout@v4")]
        for toolchain in plan.toolchains {
            guard let setup = toolchain.setup else { continue }
            let settings = setup.settings.map { key, value in
                Entry(
                    key,
                    value == "false"
                        ? .plain(value) : .text(key.hasSuffix("-file") ? plan.inRepository(value) : value))
            }
            steps.append(uses(setup.action, title: "Set up \(toolchain.name)", settings))
            steps.append(cache(toolchain))
        }
        for toolchain in plan.toolchains where toolchain.setup == nil { steps.append(cache(toolchain)) }
        let stands = "~/.cache/assay"
        steps.append(
            uses(
                "actions/cache@v4", title: "Keep prepared databases",
                [
                    Entry("path", stands),
                    Entry(
                        "key",
                        "assay-${{ runner.os }}-\(hash(["**/*.sql", "assay.yml"].map(plan.inRepository)))"),
                ]))
        steps.append(
            run(
                plan.packages.isEmpty ? "Install what assay needs" : "Install the stand's dependencies",
                [
                    "sudo apt-get update -qq",
                    "sudo apt-get install -y -qq --no-install-recommends \(plan.allPackages.joined(separator: " "))",
                ]))
        steps.append(installAssay)
        steps.append(
            .map([
                Entry("name", "Read every file"),
                Entry("run", "assay check", remark: CIScripts.aboutMigrations),
            ]))
        return steps
    }

    private func cache(_ toolchain: Toolchain) -> YAMLTree {
        let paths = toolchain.caches.map { $0.hasPrefix("~") ? $0 : plan.inRepository($0) }
        return uses(
            "actions/cache@v4", title: "Keep what \(toolchain.name) fetched",
            [
                Entry("path", paths.count == 1 ? .text(paths[0]) : .script(paths)),
                Entry(
                    "key",
                    "${{ runner.os }}-\(toolchain.name)-\(hash([plan.inRepository("**/" + toolchain.locks)]))"
                ),
                Entry("restore-keys", "${{ runner.os }}-\(toolchain.name)-"),
            ])
    }

    /// A digest of files; in an expression a quote is written twice.
    private func hash(_ patterns: [String]) -> String {
        let list = patterns.map { "'\($0.replacing("'", with: "''"))'" }.joined(separator: ", ")
        return "${{ hashFiles(\(list)) }}"
    }

    private var installAssay: YAMLTree {
        let url = plan.assayURL ?? "${{ vars.ASSAY_URL }}"
        return .map([
            Entry("name", "Install assay"), Entry("env", .map([Entry("ASSAY_URL", url)])),
            Entry("run", .script(CIScripts.install(sudo: "sudo "))),
        ])
    }

    private func afterwards(_ name: String) -> [YAMLTree] {
        let always = Entry("if", "always()")
        func upload(_ title: String, _ artifact: String, _ paths: [String]) -> YAMLTree {
            .map([
                Entry("name", title), always, Entry("uses", "actions/upload-artifact@v4"),
                Entry(
                    "with",
                    .map([
                        Entry("name", artifact),
                        Entry("path", paths.count == 1 ? .text(paths[0]) : .script(paths)),
                        Entry("if-no-files-found", "ignore"),
                    ])),
            ])
        }
        var steps = [
            upload("Keep JUnit, reports and logs", "assay-\(name)", [plan.inRepository(CIPlan.reports)])
        ]
        if !plan.coverage.isEmpty {
            steps.append(upload("Keep coverage", "coverage-\(name)", plan.coverage.map(plan.inRepository)))
        }
        return steps
    }

    // MARK: image and deployment

    /// Only pushes make an image: a pull request from outside has no right to.
    private func build(_ image: CIPlan.Image) -> YAMLTree {
        let build =
            [Entry("context", image.context)] + (image.dockerfile.map { [Entry("file", $0)] } ?? [])
            + [
                Entry("push", .plain("true")), Entry("tags", "${{ steps.image.outputs.tags }}"),
                Entry("cache-from", "type=gha"), Entry("cache-to", "type=gha,mode=max"),
            ]
        let isGitHub = image.registry == "ghcr.io"
        let login = [
            Entry("registry", image.registry),
            Entry("username", isGitHub ? "${{ github.actor }}" : "${{ vars.REGISTRY_USER }}"),
            Entry("password", isGitHub ? "${{ secrets.GITHUB_TOKEN }}" : "${{ secrets.REGISTRY_PASSWORD }}"),
        ]
        let name = image.name ?? "${GITHUB_REPOSITORY,,}/\(CIScripts.imageName(plan.project))"
        return .map([
            Entry("needs", "test"), Entry("if", "github.event_name == 'push'"),
            Entry("runs-on", "ubuntu-latest"),
            Entry("permissions", .map([Entry("contents", "read"), Entry("packages", "write")])),
            Entry("outputs", .map([Entry("image", "${{ steps.image.outputs.image }}")])),
            Entry(
                "steps",
                .list([
                    uses("actions/checkout@v4"),
                    .map([
                        Entry("name", "Name the image"), Entry("id", "image"),
                        Entry(
                            "run",
                            .script([
                                "image=\"\(image.registry)/\(name)\"", "tags=\"$image:$GITHUB_SHA\"",
                                "# `latest` is what production runs.",
                                "if [ \"$GITHUB_REF_NAME\" = \"\(plan.mainBranch)\" ]; then tags=\"$tags,$image:latest\"; fi",
                                "echo \"image=$image:$GITHUB_SHA\" >> \"$GITHUB_OUTPUT\"",
                                "echo \"tags=$tags\" >> \"$GITHUB_OUTPUT\"",
                            ])),
                    ]), uses("docker/setup-buildx-action@v3"), uses("docker/login-action@v3", login),
                    uses("docker/build-push-action@v6", title: "Build and push", build),
                ])),
        ])
    }

    private func deploy(_ place: String, _ branch: String) -> YAMLTree {
        .map([
            Entry("needs", "build"), Entry("if", "github.ref == 'refs/heads/\(branch)'"),
            Entry("runs-on", "ubuntu-latest"), Entry("environment", place),
            Entry("concurrency", "deploy-\(plan.project)-\(place)"),
            Entry(
                "steps",
                .list([
                    uses("actions/checkout@v4"),
                    .map([
                        Entry("name", "Deploy to \(place)"),
                        Entry(
                            "env",
                            .map([
                                Entry("DEPLOY_TO", place), Entry("IMAGE", "${{ needs.build.outputs.image }}"),
                            ])),
                        Entry("run", .script(CIScripts.deploy(plan.deploy, system: "github"))),
                    ]),
                ])),
        ])
    }

    // MARK: steps

    private func uses(_ action: String, title: String? = nil, _ settings: [Entry] = []) -> YAMLTree {
        .map(
            (title.map { [Entry("name", $0)] } ?? []) + [Entry("uses", action)]
                + (settings.isEmpty ? [] : [Entry("with", .map(settings))]))
    }

    private func uses(_ action: String, _ settings: [Entry]) -> YAMLTree {
        uses(action, title: nil, settings)
    }

    private func run(_ title: String, _ lines: [String]) -> YAMLTree {
        .map([Entry("name", title), Entry("run", lines.count == 1 ? .text(lines[0]) : .script(lines))])
    }
}

/// Lines of shell that both systems run.
enum CIScripts {
    static let aboutMigrations = "No step for migrations: every database of the stand begins with them."

    static func install(sudo: String) -> [String] {
        [
            ": \"${ASSAY_URL:?set the variable ASSAY_URL to the address of an assay binary}\"",
            "\(sudo)curl -fsSL --retry 3 \"$ASSAY_URL\" -o /usr/local/bin/assay",
            "\(sudo)chmod 755 /usr/local/bin/assay",
            "assay --version",
        ]
    }

    static func deploy(_ command: String?, system: String) -> [String] {
        if let command {
            return command.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        let warning = system == "github" ? "::warning::" : "warning: "
        return [
            "# FILL IN: how \"$IMAGE\" gets to \"$DEPLOY_TO\"; `assay ci \(system) --deploy COMMAND` writes it here.",
            "echo \"\(warning)nothing was deployed to $DEPLOY_TO: this workflow does not say how yet\"",
        ]
    }

    /// A name that registries take: small letters, digits, `.`, `_` and `-`.
    static func imageName(_ project: String) -> String {
        let plain = project.lowercased().map { sign -> Character in
            sign.isASCII && (sign.isLetter || sign.isNumber || ".-_".contains(sign)) ? sign : "-"
        }
        let trimmed = String(plain).drop { !($0.isLetter || $0.isNumber) }
        return trimmed.isEmpty ? "image" : String(trimmed)
    }
}
