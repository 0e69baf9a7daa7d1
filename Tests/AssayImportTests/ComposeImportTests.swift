import AssayCore
import AssayFormats
import Testing

@testable import AssayImport

/// What an import gives for a compose file written in a test.
func imported(
    _ text: String, files: [String: String] = [:], _ change: (inout ComposeImport) -> Void = { _ in }
) throws -> ImportedProject {
    var options = ComposeImport()
    change(&options)
    return try options.project(from: Array(text.utf8), file: "compose.yml") { path in
        files[path].map { Array($0.utf8) }
    }
}

@Suite("Compose: what becomes of services")
struct ComposeImportTests {
    @Test("print")
    func show() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
            separator: "/")
        _ = root
    }
}
