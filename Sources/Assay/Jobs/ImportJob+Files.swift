internal import AssayCore
internal import AssayFormats
internal import AssayImport
internal import AssayNet
internal import AssayScenario
internal import AssayScript

/// Imports that make several files: a folder of scenarios with a profile.
extension ImportJob {
    /// What is imported into a folder.
    static let folderKinds = ["har", "openapi", "postman", "artillery", "k6"]
    private static let limitBytes = 64 << 20

    /// - Throws: AS248 for the file and the folder, AS627 for options of another kind, and all that reading finds.
    func workOnFiles(_ console: Console) throws(Diagnostics) {
        try checkOptions()
        let made = try made(from: try bytes(of: file))
        guard out != "-" else {
            for part in made.files { console.print("# --- \(part.path)\n\(part.text)") }
            for note in made.notes { console.complain(note.text) }
            return
        }
        try write(made.files)
        for note in made.notes { console.complain(note.text) }
        guard !console.isQuiet else { return }
        for line in made.summary { console.complain("  " + line) }
        let profile = made.files.last { $0.path.hasPrefix("load/") }?.path
        let next =
            profile.map { ", `assay load \(folder)/\($0)` runs \(made.scenarioCount == 1 ? "it" : "them")" }
            ?? ""
        let count = made.notes.count
        let said = count == 0 ? "" : "; \(count) note\(count == 1 ? "" : "s") above"
        console.complain("wrote \(made.files.count) files to \(folder)\(said)")
        console.complain(
            "`assay check \(folder)/\(profile ?? "")` reads \(made.scenarioCount == 1 ? "it" : "them")\(next)"
        )
    }

    /// Options that belong to one kind are refused beside another.
    private func checkOptions() throws(Diagnostics) {
        let given: [(name: String, isGiven: Bool, kinds: [String])] = [
            ("--host", !hosts.isEmpty, ["har"]), ("--assets", includesAssets, ["har"]),
            ("--no-think", dropsThinkTimes, ["har"]), ("--no-parallel", dropsParallel, ["har"]),
            ("--each", grouping != nil, ["openapi"]),
            ("--environment", environment != nil, ["postman", "artillery"]),
            ("--env", !scriptEnvironment.isEmpty, ["k6"]), ("--images", includesImages, ["compose"]),
            ("--profile", !profiles.isEmpty, ["compose"]), ("--fixed-ports", fixesPorts, ["compose"]),
        ]
        for option in given where option.isGiven && !option.kinds.contains(kind) {
            throw Diagnostics([
                Diagnostic(
                    "AS627",
                    "\(option.name) goes with `assay import \(option.kinds.joined(separator: "|"))`, not with \(kind)",
                    fix: "leave it out")
            ])
        }
        if let grouping, OpenAPIImport.Grouping(rawValue: grouping) == nil {
            throw Diagnostics([Diagnostic("AS627", "--each takes tag or operation, found '\(grouping)'")])
        }
    }

    private func made(from bytes: [UInt8]) throws(Diagnostics) -> ImportedFiles {
        switch kind {
        case "har":
            var options = HARImport()
            options.hosts = Set(hosts.map { $0.lowercased() })
            options.includesAssets = includesAssets
            options.keepsThinkTimes = !dropsThinkTimes
            options.keepsParallel = !dropsParallel
            return try options.files(from: bytes, file: file)
        case "openapi": return try openAPI(bytes)
        case "postman":
            guard let environment else { return try PostmanImport().files(from: bytes, file: file) }
            return try PostmanImport().files(
                from: bytes, file: file, environment: (try self.bytes(of: environment), environment))
        case "artillery": return try artillery()
        case "k6": return try script()
        default: throw Diagnostics([Diagnostic("AS249", "there is nothing to import called '\(kind)'")])
        }
    }

    private func openAPI(_ bytes: [UInt8]) throws(Diagnostics) -> ImportedFiles {
        let bag = DiagnosticBag()
        guard let yaml = YAMLReading(parsing: bytes, file: file, bag: bag),
            let described = OpenAPICalls(yaml, seed: 1)
        else { throw Diagnostics(bag.all) }
        try bag.throwIfErrors()
        var options = OpenAPIImport()
        options.grouping = grouping.flatMap(OpenAPIImport.Grouping.init) ?? .tag
        options.server = described.server
        return try options.files(
            of: described.calls, title: described.title, file: file, notes: described.notes)
    }

    private func artillery() throws(Diagnostics) -> ImportedFiles {
        let reader = FileReader { path in
            guard Files.kind(of: path) != nil else { return .failure(.missing) }
            do throws(SystemError) {
                return .success(try Files.read(path, limitBytes: Self.limitBytes))
            } catch {
                return .failure(.unreadable("\(error)"))
            }
        }
        var options = ArtilleryOptions()
        options.environment = environment
        return try ArtilleryImport(files: reader, options: options).test(file).get().written(from: file)
    }

    // MARK: scripts

    /// Three passes tell what is random and what the environment says.
    private func script() throws(Diagnostics) -> ImportedFiles {
        var settings = ScriptRecording.Settings()
        for text in scriptEnvironment {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw Diagnostics([Diagnostic("AS627", "--env takes NAME=VALUE, found '\(text)'")])
            }
            settings.environment[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        func recorded(_ settings: ScriptRecording.Settings) throws(Diagnostics) -> JSON {
            switch ScriptRecording.record(file, settings) {
            case .success(let json): return json
            case .failure(let problem): throw Diagnostics([problem])
            }
        }
        var plain = try recorded(settings)
        // Checks say which answers the script looks for; with those it goes its usual way.
        settings.statuses = K6Recording.wantedStatuses(plain)
        if !settings.statuses.isEmpty { plain = try recorded(settings) }
        var other = settings
        other.random = 0.999_999_999
        var marked = settings
        marked.marksEnvironment = true
        let recording = K6Recording(
            plain: plain, random: try? recorded(other), marked: try? recorded(marked))
        let functions = Set((plain["exports"]?.arrayValue ?? []).compactMap(\.stringValue))
        let options = try K6Options.read(
            plain["options"] ?? .object([:]), functions: functions,
            at: SourceLocation(file: file, line: 1, column: 1)
        ).get()
        return try recording.files(file, options: options)
    }

    // MARK: files

    private func bytes(of path: String) throws(Diagnostics) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(path, limitBytes: Self.limitBytes)
        } catch {
            throw Diagnostics([Diagnostic("AS248", "'\(path)' cannot be read: \(error)")])
        }
    }

    /// Where files go: `session` for `recordings/session.har`.
    private var folder: String {
        if let out { return out.count > 1 && out.hasSuffix("/") ? String(out.dropLast()) : out }
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let stem = name.firstIndex(of: ".").map { $0 == name.startIndex ? name : String(name[..<$0]) } ?? name
        return stem.isEmpty || stem == name ? stem + "-imported" : stem
    }

    private func write(_ files: [ImportedFiles.File]) throws(Diagnostics) {
        if Files.kind(of: folder) == .file {
            throw Diagnostics([
                Diagnostic("AS248", "'\(folder)' is a file, and a folder is written", fix: "write --out DIR")
            ])
        }
        let present = files.filter { Files.kind(of: "\(folder)/\($0.path)") != nil }
        if let first = present.first, !force {
            throw Diagnostics([
                Diagnostic(
                    "AS248", "'\(folder)/\(first.path)' is there already",
                    fix: "--out DIR writes elsewhere, --out - prints, --force writes over it")
            ])
        }
        do throws(SystemError) {
            for part in files {
                let path = "\(folder)/\(part.path)"
                if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
                try Files.write(Array(part.text.utf8), to: path)
            }
        } catch {
            throw Diagnostics([Diagnostic("AS248", "the files cannot be written to \(folder): \(error)")])
        }
    }
}

extension ImportedFiles {
    fileprivate var scenarioCount: Int { files.count { $0.path.hasPrefix("scenarios/") } }
}
