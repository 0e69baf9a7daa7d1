/// Where the public conformance data lies, when this checkout has it.
///
/// The data is not part of the repository: it is expected in `../shared/data` beside the checkout. Tests that
/// need it call ``folder(_:from:)`` and say so when it is absent.
public enum SharedData {
    /// - Parameters:
    ///   - name: a path below `shared/data`, like `jsonpath/cts.json`.
    ///   - file: leave as it is; the place of the calling test decides where the checkout is.
    /// - Returns: the path to look at; whether it exists is the caller's question.
    public static func path(_ name: String, from file: String = #filePath) -> String {
        // <checkout>/Tests/<Target>/<File>.swift
        let parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        return parts.dropLast().joined(separator: "/") + "/shared/data/" + name
    }
}
