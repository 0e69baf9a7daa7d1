/// A plan as a pipeline of GitLab CI.
///
/// Source: the CI/CD YAML syntax reference of GitLab.
struct GitLabPipeline {
    let plan: CIPlan
    let file: String

    private typealias Entry = YAMLTree.Entry

    func rendered() -> String {
        var pipeline: [Entry] = [
            Entry("stages", .row(plan.image == nil ? ["test"] : ["test", "build", "deploy"])),
            Entry("workflow", workflow), Entry("test", test(steps: plan.steps, rules: testRules)),
        ]
        if let nightly = plan.nightly {
            let command = CIPlan.command(["assay", "test", "--pipeline", nightly], "nightly")
            pipeline.append(
                Entry(
                    "nightly",
                    test(
                        steps: [CIPlan.Step(title: "Tests of the night", command: command)],
                        rules: [.map([Entry("if", Self.scheduled)])])))
        }
        if let image = plan.image {
            pipeline.append(Entry("build", build(image)))
            pipeline.append(Entry("deploy-staging", deploy("staging", plan.stagingBranch)))
            pipeline.append(Entry("deploy-production", deploy("production", plan.mainBranch)))
        }
        return "# Made by `assay ci gitlab`; run it again after changing assay.yml, or keep it by hand.\n"
            + YAMLTree.map(pipeline).rendered()
    }

    // MARK: when

    private static let scheduled = "$CI_PIPELINE_SOURCE == \"schedule\""
    private static let isRequest = "$CI_PIPELINE_SOURCE == \"merge_request_event\""
    private func isBranch(_ name: String) -> String { "$CI_COMMIT_BRANCH == \"\(name)\"" }

    private var workflow: YAMLTree {
        let conditions =
            [Self.isRequest, isBranch(plan.mainBranch), isBranch(plan.stagingBranch)]
            + (plan.nightly == nil ? [] : [Self.scheduled])
        return .map([Entry("rules", .list(conditions.map { .map([Entry("if", $0)]) }))])
    }

    private var changes: [Entry] {
        plan.paths.isEmpty ? [] : [Entry("changes", .list((plan.paths + [file]).map { .text($0) }))]
    }

    private var testRules: [YAMLTree] {
        let never: [YAMLTree] =
            plan.nightly == nil ? [] : [.map([Entry("if", Self.scheduled), Entry("when", "never")])]
        return never
            + [Self.isRequest, isBranch(plan.mainBranch), isBranch(plan.stagingBranch)].map {
                .map([Entry("if", $0)] + changes)
            }
    }

    /// Only pushes to the two branches make an image.
    private func pushRules(_ branches: [String]) -> YAMLTree {
        let never: [YAMLTree] =
            plan.nightly == nil ? [] : [.map([Entry("if", Self.scheduled), Entry("when", "never")])]
        return .list(never + branches.map { .map([Entry("if", isBranch($0))] + changes) })
    }

    // MARK: tests

    private func test(steps: [CIPlan.Step], rules: [YAMLTree]) -> YAMLTree {
        let packages =
            plan.allPackages + plan.toolchains.flatMap(\.packages) + ["ca-certificates", "curl", "git"]
        var before = [
            "apt-get update -qq",
            "apt-get install -y -qq --no-install-recommends \(Set(packages).sorted().joined(separator: " "))",
        ]
        before.append(contentsOf: CIScripts.install(sudo: ""))
        let enter = plan.folder == "." ? [] : ["cd \(CIPlan.quoted(plan.folder))"]
        var script = enter + ["assay check"]
        for step in steps { script += ["echo \(CIPlan.quoted(step.title))", step.command] }
        let junit = plan.inRepository("\(CIPlan.reports)/*.xml")
        var reports = [Entry("junit", junit)]
        if let cobertura = plan.coverage.first(where: { $0.hasSuffix(".xml") }) {
            reports.append(
                Entry(
                    "coverage_report",
                    .map([Entry("coverage_format", "cobertura"), Entry("path", plan.inRepository(cobertura))])
                ))
        }
        let kept = [plan.inRepository(CIPlan.reports)] + plan.coverage.map(plan.inRepository)
        var job: [Entry] = [
            Entry("stage", "test"), Entry("image", plan.runnerImage),
            Entry("variables", .map(variables)),
            Entry("cache", .list(caches)), Entry("before_script", .list(before.map { .text($0) })),
            Entry("script", .list(script.map { .text($0) }), remark: CIScripts.aboutMigrations),
        ]
        job.append(
            Entry(
                "artifacts",
                .map([
                    Entry("when", "always"), Entry("reports", .map(reports)),
                    Entry("paths", .list(kept.map { .text($0) })),
                ])))
        job.append(Entry("rules", .list(rules)))
        return .map(job)
    }

    private var variables: [Entry] {
        let own = [
            Entry("ASSAY_CACHE", "$CI_PROJECT_DIR/.cache/assay"), Entry("DEBIAN_FRONTEND", "noninteractive"),
        ]
        return own + (plan.assayURL.map { [Entry("ASSAY_URL", $0)] } ?? [])
    }

    /// Only folders within the checkout can be kept.
    private var caches: [YAMLTree] {
        var caches: [YAMLTree] = [.map([Entry("key", "assay"), Entry("paths", .row([".cache/assay"]))])]
        for toolchain in plan.toolchains {
            let inside = toolchain.caches.filter { !$0.hasPrefix("~") }.map(plan.inRepository)
            guard !inside.isEmpty else { continue }
            caches.append(
                .map([
                    Entry("key", .map([Entry("files", .row([plan.inRepository(toolchain.locks)]))])),
                    Entry("paths", .row(inside)),
                ]))
        }
        return caches
    }

    // MARK: image and deployment

    private func build(_ image: CIPlan.Image) -> YAMLTree {
        let own = image.registry == "registry.gitlab.com" || image.registry == "$CI_REGISTRY"
        let name =
            image.name.map { "\(image.registry)/\($0)" }
            ?? "$CI_REGISTRY_IMAGE/\(CIScripts.imageName(plan.project))"
        let login =
            own
            ? "echo \"$CI_REGISTRY_PASSWORD\" | docker login -u \"$CI_REGISTRY_USER\" --password-stdin \"$CI_REGISTRY\""
            : "echo \"$REGISTRY_PASSWORD\" | docker login -u \"$REGISTRY_USER\" --password-stdin \(image.registry)"
        let dockerfile = image.dockerfile.map { " --file \(CIPlan.quoted($0))" } ?? ""
        return .map([
            Entry("stage", "build"), Entry("needs", .row(["test"])), Entry("image", "docker:28"),
            Entry("services", .row(["docker:28-dind"])), Entry("variables", .map([Entry("IMAGE", name)])),
            Entry(
                "script",
                .list(
                    [
                        login, "docker pull \"$IMAGE:latest\" || true",
                        "docker build --cache-from \"$IMAGE:latest\" --tag \"$IMAGE:$CI_COMMIT_SHA\"\(dockerfile) \(CIPlan.quoted(image.context))",
                        "docker push \"$IMAGE:$CI_COMMIT_SHA\"",
                        "if [ \"$CI_COMMIT_BRANCH\" = \"\(plan.mainBranch)\" ]; then docker tag \"$IMAGE:$CI_COMMIT_SHA\" "
                            + "\"$IMAGE:latest\" && docker push \"$IMAGE:latest\"; fi",
                    ].map { .text($0) })), Entry("rules", pushRules([plan.mainBranch, plan.stagingBranch])),
        ])
    }

    private func deploy(_ place: String, _ branch: String) -> YAMLTree {
        let name =
            plan.image?.name.map { "\(plan.image?.registry ?? "")/\($0)" }
            ?? "$CI_REGISTRY_IMAGE/\(CIScripts.imageName(plan.project))"
        return .map([
            Entry("stage", "deploy"), Entry("needs", .row(["build"])), Entry("image", "debian:trixie"),
            Entry("environment", .map([Entry("name", place)])),
            Entry(
                "variables",
                .map([Entry("DEPLOY_TO", place), Entry("IMAGE", "\(name):$CI_COMMIT_SHA")])),
            Entry("resource_group", "deploy-\(place)"),
            Entry("script", .list([.script(CIScripts.deploy(plan.deploy, system: "gitlab"))])),
            Entry("rules", pushRules([branch])),
        ])
    }
}

extension CIPlan {
    /// A word for a shell.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
