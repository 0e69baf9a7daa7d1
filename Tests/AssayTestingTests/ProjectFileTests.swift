import AssayTesting
import Testing

@testable import Assay

@Suite("The project file of a test")
struct ProjectFileTests {
    private static func find(_ path: String, root: String? = nil, _ files: Set<String>) -> String {
        do throws(StandError) {
            return try LiveStand.projectFile(
                path, from: "/home/app/Tests/AppTests/Checkout.swift", root: root, current: "/run/here"
            ) { files.contains($0) }
        } catch {
            return error.description
        }
    }

    @Test(
        "is found by the nearest folder above the source, then by the current one",
        arguments: [
            (
                ["/home/app/Tests/AppTests/assay.yml", "/home/app/assay.yml"],
                "/home/app/Tests/AppTests/assay.yml"
            ),
            (["/home/app/assay.yml", "/assay.yml", "/run/here/assay.yml"], "/home/app/assay.yml"),
            (["/run/here/assay.yml"], "/run/here/assay.yml"),
        ] as [(Set<String>, String)])
    func found(files: Set<String>, place: String) {
        #expect(Self.find("assay.yml", files) == place)
    }

    @Test("is the one that an absolute path names")
    func absolute() {
        #expect(Self.find("/etc/assay.yml", ["/etc/assay.yml"]) == "/etc/assay.yml")
        #expect(Self.find("/etc/a.yml", []) == "error[AS281]: there is no project file '/etc/a.yml'")
    }

    @Test("is looked for where ASSAY_ROOT says, and nowhere else")
    func root() {
        let files: Set = ["/home/app/assay.yml", "/copy/assay.yml"]
        #expect(Self.find("assay.yml", root: "/copy", files) == "/copy/assay.yml")
        #expect(Self.find("assay.yml", root: "", files) == "/home/app/assay.yml")
        #expect(
            Self.find("assay.yml", root: "/else", files) == """
                error[AS281]: there is no project file 'assay.yml' in '/else', which ASSAY_ROOT names
                  fix: set ASSAY_ROOT to the folder that 'assay.yml' starts from, or unset it
                """)
    }

    @Test("that is nowhere is told with the places")
    func nowhere() {
        #expect(
            Self.find("assay.yml", []) == """
                error[AS281]: there is no project file 'assay.yml' in '/home/app/Tests/AppTests', the folders above it, \
                or '/run/here'
                  fix: name it from one of them, or set ASSAY_ROOT to the folder it starts from
                """)
    }
}
