internal import AssayFormats

/// What a CI workflow does, whatever the system that runs it.
struct CIPlan {
    var project: String
    /// The project's folder from the top of the repository; `.` when it is the same.
    var folder = "."
    /// Branches whose pushes are tested: the one that is production and the one that is staging.
    var mainBranch = "main"
    var stagingBranch = "develop"
    /// Patterns from the top of the repository; empty: every change counts.
    var paths: [String] = []
    var steps: [Step] = []
    /// A pipeline that runs every night.
    var nightly: String?
    /// Debian packages of the stand's dependencies.
    var packages: [String] = []
    /// Services run in containers.
    var needsEngine = false
    var toolchains: [Toolchain] = []
    /// Coverage reports, from the project's folder.
    var coverage: [String] = []
    var image: Image?
    /// Deploys `$IMAGE` to `$DEPLOY_TO`; `nil` when nobody said how.
    var deploy: String?
    /// Where the program comes from; `nil` reads the CI variable ASSAY_URL.
    var assayURL: String?

    /// One command whose success lets the next one run.
    struct Step: Equatable {
        var title: String
        var command: String
    }

    struct Image {
        var registry: String
        /// Within the registry; `nil` is the repository's own name and the project's.
        var name: String?
        /// From the top of the repository.
        var context: String
        var dockerfile: String?
    }

    /// Where reports of the tests go, from the project's folder.
    static let reports = "build/assay"

    /// The libraries that the program itself takes.
    static let libraries = ["libexpat1", "libpcre2-8-0", "libpq5", "libsqlite3-0", "libyaml-0-2"]

    var allPackages: [String] { Set(packages + Self.libraries).sorted() }

    /// Where GitLab runs the tests.
    var runnerImage: String { toolchains.lazy.compactMap(\.image).first ?? "debian:trixie" }

    /// A path of the project from the top of the repository.
    func inRepository(_ path: String) -> String { folder == "." ? path : "\(folder)/\(path)" }
}

/// A language that levels of other runners need.
struct Toolchain: Equatable {
    var name: String
    /// A file by which a project is known to use it, and which says what it needs.
    var mark: String
    /// What GitHub sets it up with, and how it is told the version.
    var setup: (action: String, settings: [(String, String)])?
    /// Debian packages where there is no such action.
    var packages: [String]
    /// What is kept between runs, below the home folder or the project's.
    var caches: [String]
    /// Files whose change makes another cache.
    var locks: String
    /// The image of jobs that need it, where no package has it.
    var image: String?

    static func == (left: Toolchain, right: Toolchain) -> Bool { left.name == right.name }

    static let all: [Toolchain] = [
        Toolchain(
            name: "go", mark: "go.mod",
            setup: ("actions/setup-go@v5", [("go-version-file", "go.mod"), ("cache", "false")]),
            packages: ["golang"], caches: ["~/go/pkg/mod", "~/.cache/go-build"], locks: "go.sum"),
        Toolchain(
            name: "node", mark: "package.json", setup: ("actions/setup-node@v4", [("node-version", "lts/*")]),
            packages: ["nodejs", "npm"], caches: ["~/.npm"], locks: "package-lock.json"),
        Toolchain(
            name: "python", mark: "pyproject.toml",
            setup: ("actions/setup-python@v5", [("python-version", "3.x")]),
            packages: ["python3", "python3-venv"], caches: ["~/.cache/pip"], locks: "pyproject.toml"),
        Toolchain(
            name: "python", mark: "requirements.txt",
            setup: ("actions/setup-python@v5", [("python-version", "3.x")]),
            packages: ["python3", "python3-venv"], caches: ["~/.cache/pip"], locks: "requirements.txt"),
        Toolchain(
            name: "rust", mark: "Cargo.toml", packages: ["cargo"], caches: ["~/.cargo/registry"],
            locks: "Cargo.lock"),
        Toolchain(
            name: "swift", mark: "Package.swift", packages: [], caches: [".build"], locks: "Package.resolved",
            image: "swift:latest"),
        Toolchain(
            name: "java", mark: "pom.xml",
            setup: ("actions/setup-java@v4", [("distribution", "temurin"), ("java-version", "21")]),
            packages: ["maven"], caches: ["~/.m2/repository"], locks: "pom.xml"),
    ]
}
