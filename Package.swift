// swift-tools-version: 6.2
import PackageDescription

/// House settings: Swift 6 mode comes with the tools version; the rest is opt-in and holds everywhere.
let house: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Exclusivity is checked statically and, in debug builds and all tests, dynamically; in release the dynamic check
    // would cost 3 % of the load path (Documentation/Decisions/0003-release-checks.md).
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A module of the architecture; imports point down only (Documentation/architecture.md).
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(of name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + [.byName(name: name), "AssayTestSupport"],
        swiftSettings: house)
}

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .library(name: "Assay", targets: ["Assay"]),
        // Preloaded into services where the kernel has no better filter (Documentation/network-guard.md)
        .library(name: "assay-preload", type: .dynamic, targets: ["CPreload"]),
        .library(name: "AssayTesting", targets: ["AssayTesting"]),
    ],
    targets: [
        // 0: C headers and module maps, no logic beyond what a header cannot say
        .target(name: "CLinux", publicHeadersPath: "include"),
        .target(
            name: "CPreload", publicHeadersPath: "include",
            // Plain C: other people's programs must not be made to load Swift's runtime.
            linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CSpeexDSP", pkgConfig: "speexdsp", providers: [.apt(["libspeexdsp-dev"])]),
        .systemLibrary(name: "CLua", pkgConfig: "lua5.1", providers: [.apt(["liblua5.1-0-dev"])]),
        // A table of functions that a library loaded at run time fills in (scripts/setup compiles Bridge/), and coroutines
        .target(name: "CScriptEngine", exclude: ["Bridge"], publicHeadersPath: "include"),
        // 1
        .target(
            name: "AssayCore", swiftSettings: house,
            linkerSettings: [.linkedLibrary("m")]),  // rounding; without Foundation nobody else links it
        // 2
        module("AssayFormats", ["AssayCore", "CYAML", "CPCRE2", "CExpat"]),
        module("AssayWire", ["AssayCore", "CNghttp2", "CZlib", "CZstd", "CBrotli"]),
        // 3
        .target(
            name: "AssayAudio", dependencies: ["AssayCore", "AssayFormats", "CSpeexDSP"],
            // Signal processing without optimisation is fifty times slower: too slow for calls in real time.
            swiftSettings: house + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        module("AssayNet", ["AssayCore", "AssayWire", "CLinux", "COpenSSL"]),
        // 4
        module("AssayScenario", ["AssayCore", "AssayFormats"]),
        module("AssayContracts", ["AssayCore", "AssayFormats"]),
        module("AssayDoubles", ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "CLua"]),
        module("AssayStand", ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "CSQLite"]),
        module("AssayScript", ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "CScriptEngine"]),
        module("AssayPolicy", ["AssayCore", "AssayFormats"]),
        module("AssayReport", ["AssayCore", "AssayFormats"]),
        // 5
        module(
            "AssayVoice",
            ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayAudio", "AssayDoubles"]),
        module(
            "AssayRunner",
            [
                "AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayAudio", "AssayScenario",
                "AssayDoubles", "AssayPolicy", "AssayScript",
            ]),
        module("AssayVerifier", ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayContracts"]),
        module("AssayImport", ["AssayCore", "AssayFormats", "AssayScenario"]),
        // 6
        module(
            "Assay",
            [
                "AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayAudio", "AssayScenario",
                "AssayContracts", "AssayVerifier", "AssayDoubles", "AssayVoice", "AssayStand", "AssayPolicy",
                "AssayReport", "AssayRunner", "AssayImport", "AssayScript",
                "CSQLite",
            ]),
        // 7
        module("AssayCLI", ["Assay", "AssayCore", "AssayReport"]),
        module("AssayTesting", ["Assay", "AssayCore", "AssayFormats"]),  // and Testing, of the toolchain
        // 8
        .executableTarget(name: "assay", dependencies: ["AssayCLI"], swiftSettings: house),
        // The worked stand and the tools beside the product
        .executableTarget(
            name: "inventory-service",
            dependencies: ["AssayFormats", "AssayWire", "AssayNet", "CSQLite", "CPostgres"],
            path: "Examples/inventory/Sources", swiftSettings: house),
        .testTarget(
            name: "InventoryTests", dependencies: ["inventory-service", "AssayNet", "AssayTestSupport"],
            swiftSettings: house),
        .executableTarget(
            name: "voicebot-service",
            dependencies: ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayAudio", "CSQLite"],
            path: "Examples/voicebot/Sources", swiftSettings: house),
        .testTarget(
            name: "VoicebotTests",
            dependencies: [
                "voicebot-service", "AssayAudio", "AssayFormats", "AssayNet", "AssayWire", "AssayTestSupport",
            ],
            swiftSettings: house),
        .target(
            name: "FleetCore", dependencies: ["AssayFormats", "AssayWire", "AssayNet"],
            path: "Examples/fleet/Core", swiftSettings: house),
        .executableTarget(
            name: "fleet-ui", dependencies: ["FleetCore", "AssayFormats", "AssayWire", "AssayNet"],
            path: "Examples/fleet/UI", swiftSettings: house),
        .executableTarget(
            name: "fleet-worker",
            dependencies: ["FleetCore", "AssayCore", "AssayFormats", "AssayWire", "AssayNet"],
            path: "Examples/fleet/Worker", swiftSettings: house),
        .testTarget(
            name: "FleetTests",
            dependencies: [
                "FleetCore", "fleet-ui", "fleet-worker", "AssayContracts", "AssayCore", "AssayFormats",
                "AssayNet",
                "AssayWire", "AssayTestSupport",
            ],
            swiftSettings: house),
        .target(
            name: "AssayFuzz",
            dependencies: [
                "AssayAudio", "AssayContracts", "AssayCore", "AssayFormats", "AssayImport", "AssayPolicy",
                "AssayWire",
            ],
            path: "Fuzz/Entries",
            swiftSettings: house),
        .executableTarget(
            name: "assay-fuzz", dependencies: ["AssayFuzz"], path: "Fuzz/Driver", swiftSettings: house),
        // Validations next to other validators: Benchmarks/contracts
        .executableTarget(
            name: "schema-bench", dependencies: ["AssayContracts", "AssayFormats"],
            path: "Benchmarks/validator",
            swiftSettings: house),
        // Tests
        .executableTarget(
            name: "assay-process-owner", dependencies: ["AssayNet"], path: "Tests/ProcessOwner",
            swiftSettings: house),
        .target(
            name: "AssayTestSupport", dependencies: ["AssayCore", "AssayNet"], path: "Tests/AssayTestSupport",
            swiftSettings: house),
        tests(of: "AssayCore", []),
        tests(of: "AssayFormats", ["AssayCore"]),
        tests(of: "AssayWire", ["AssayCore"]),
        tests(of: "AssayNet", ["AssayCore", "AssayWire", "CLinux", "assay-process-owner"]),
        tests(of: "AssayAudio", ["AssayCore", "AssayFormats", "AssayNet"]),
        tests(
            of: "AssayVoice",
            ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayAudio", "AssayDoubles"]),
        tests(of: "AssayScenario", ["AssayCore", "AssayFormats"]),
        tests(of: "AssayContracts", ["AssayCore", "AssayFormats"]),
        tests(of: "AssayScript", ["AssayCore", "AssayFormats", "AssayNet", "AssayWire"]),
        tests(
            of: "AssayDoubles",  // and the files of the worked example
            ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayScenario"]),
        tests(of: "AssayStand", ["AssayCore", "AssayFormats", "AssayNet"]),
        tests(of: "AssayPolicy", ["AssayCore", "AssayFormats"]),
        tests(of: "AssayReport", ["AssayCore", "AssayFormats"]),
        tests(
            of: "AssayRunner",
            [
                "AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayAudio", "AssayScenario",
                "AssayScript",
                "AssayVoice",  // its bot's log is the truth that calls are measured against
            ]),
        tests(of: "AssayVerifier", ["AssayCore", "AssayFormats", "AssayWire", "AssayNet", "AssayContracts"]),
        tests(of: "AssayImport", ["AssayCore", "AssayFormats", "AssayScenario"]),
        tests(
            of: "Assay",
            [
                "AssayContracts", "AssayCore", "AssayDoubles", "AssayFormats", "AssayImport", "AssayNet",
                "AssayPolicy", "AssayReport",
                "AssayRunner", "AssayScenario", "AssayScript", "AssayStand", "assay",
            ]),
        tests(
            of: "AssayTesting",  // on the worked example
            ["Assay", "AssayCore", "AssayFormats", "AssayNet", "inventory-service"]),
        tests(of: "AssayFuzz", ["AssayCore", "AssayFormats", "AssayWire"]),
    ]
)

// `ASSAY_ONLY=AssayAudioTests swift test`: some targets and what they are made of, for short builds while one works on them.
if let only = Context.environment["ASSAY_ONLY"] {
    var wanted = Set(only.split(separator: ",").map(String.init))
    for target in package.targets.reversed() where wanted.contains(target.name) {
        for dependency in target.dependencies {
            switch dependency {
            case .targetItem(let name, _), .byNameItem(let name, _): wanted.insert(name)
            default: break
            }
        }
    }
    package.products.removeAll()
    package.targets.removeAll { !wanted.contains($0.name) }
}
