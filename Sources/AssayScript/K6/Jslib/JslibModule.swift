internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// The libraries of jslib.k6.io: Assay's own versions of the popular ones, and any module from elsewhere that the user has
/// put into a folder beforehand. Nothing is fetched while a script is read.
public enum JslibModule {
    /// What the JavaScript of k6-summary asks of Assay.
    static let summary = NativeModule(
        "assay:summary",
        [
            .function("textSummary", arity: 3) { (runtime, _, arguments) throws(ScriptThrow) in
                let data = try runtime.json(arguments[0]) ?? .null
                let indent = try runtime.optionalText(arguments[1]) ?? ""
                let text = try runtime.surroundings().textSummary(
                    data, indent: indent, isColored: runtime.isTruthy(arguments[2]))
                return runtime.make(text)
            }
        ])

    /// Assay's own by the name that their addresses have: `https://jslib.k6.io/NAME/VERSION/…`.
    private static let own: [String: String] = [
        "k6-utils": JslibSource.utils, "k6-summary": JslibSource.summary, "formdata": JslibSource.formData,
        "url": JslibSource.url, "papaparse": JslibSource.papaparse, "k6chaijs": JslibSource.chai,
        "httpx": JslibSource.httpx, "functional": JslibSource.functional,
    ]

    /// Where modules from elsewhere are looked for.
    public static var folder: String? {
        (Host.environment("XDG_CACHE_HOME") ?? Host.environment("HOME").map { $0 + "/.cache" }).map {
            $0 + "/assay/modules"
        }
    }

    /// Files, modules from elsewhere that are in a folder, and Assay's own libraries.
    public static func sources(in folder: String? = folder) -> ScriptProgram.Sources {
        ScriptProgram.Sources { name in
            guard let remote = address(name) else { return ScriptProgram.Sources.files.read(name) }
            if let folder, let bytes = try? Files.read(folder + "/" + remote) { return .success(bytes) }
            if let source = source(of: remote) { return .success(Array(source.utf8)) }
            return .failure(absence(name, remote, folder))
        }
    }

    /// Host and path of an address, its query left out; `nil` of files.
    private static func address(_ name: String) -> String? {
        for scheme in ["https://", "http://"] where name.hasPrefix(scheme) {
            return String(name.dropFirst(scheme.count).prefix { $0 != "?" && $0 != "#" })
        }
        return nil
    }

    private static func source(of remote: String) -> String? {
        let parts = remote.split(separator: "/")
        guard parts.count >= 2, parts[0] == "jslib.k6.io" else { return nil }
        return own[String(parts[1])]
    }

    private static func absence(
        _ name: String, _ remote: String, _ folder: String?
    ) -> ScriptProgram.SourceFailure {
        let known = own.keys.sorted().joined(separator: ", ")
        let place = (folder ?? "~/.cache/assay/modules") + "/" + remote
        return .init(
            "nothing is fetched while a script is read, and it is not in the folder of modules"
                + (remote.hasPrefix("jslib.k6.io/") ? "; Assay's own of jslib are \(known)" : ""),
            code: "AS657", fix: "put it there once: curl -fL --create-dirs -o '\(place)' '\(name)'")
    }
}
