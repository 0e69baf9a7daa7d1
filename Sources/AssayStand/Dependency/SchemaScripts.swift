internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// SQL files of a dependency, read and in order.
struct SchemaScripts {
    struct File {
        /// As diagnostics show it.
        var shown: String
        var text: String
    }
    var migrations: [File] = []
    var seeds: [File] = []

    init(_ sources: SchemaSources, of member: String, in folder: String) throws(StandFailure) {
        migrations = try Self.read(sources.migrations, member, folder)
        seeds = try Self.read(sources.seeds, member, folder)
    }

    /// All that is read, for the key of what is made of it.
    var fingerprint: [UInt8] {
        var bytes: [UInt8] = []
        for file in migrations + seeds { bytes += Array("\(file.shown)\0\(file.text)\0".utf8) }
        return bytes
    }

    // MARK: reading

    private static func read(_ paths: [SchemaSources.Path], _ member: String, _ folder: String)
        throws(StandFailure)
        -> [File]
    {
        var files: [File] = []
        for path in paths {
            let place = path.text.hasPrefix("/") ? path.text : "\(folder)/\(path.text)"
            switch Files.kind(of: place) {
            case .folder:
                let names = ((try? Files.names(in: place)) ?? []).filter(isMigration).sorted(by: isBefore)
                guard !names.isEmpty else {
                    throw StandFailure(
                        member: member, message: "there is no .sql file in '\(path.text)'",
                        location: path.location)
                }
                for name in names {
                    files.append(try file("\(place)/\(name)", shown: "\(path.text)/\(name)", member, path))
                }
            default: files.append(try file(place, shown: path.text, member, path))
            }
        }
        return files
    }

    private static func file(
        _ place: String, shown: String, _ member: String, _ path: SchemaSources.Path
    ) throws(StandFailure) -> File {
        do throws(SystemError) {
            return File(shown: shown, text: upPart(String(decoding: try Files.read(place), as: UTF8.self)))
        } catch {
            throw StandFailure(member: member, message: "\(error)", location: path.location)
        }
    }

    /// Names and contents of files and folders, whatever they hold.
    static func contents(of paths: [SchemaSources.Path], _ member: String, in folder: String)
        throws(StandFailure)
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        func add(_ place: String, _ path: SchemaSources.Path) throws(StandFailure) {
            if Files.kind(of: place) == .folder {
                for name in (try? Files.names(in: place)) ?? [] { try add("\(place)/\(name)", path) }
                return
            }
            do throws(SystemError) {
                bytes += Array("\(place)\0".utf8) + (try Files.read(place))
            } catch {
                throw StandFailure(member: member, message: "\(error)", location: path.location)
            }
        }
        for path in paths { try add(path.text.hasPrefix("/") ? path.text : "\(folder)/\(path.text)", path) }
        return bytes
    }

    /// The way back is no part of a fresh database: `.down.sql` of golang-migrate, `U…` of Flyway.
    static func isMigration(_ name: String) -> Bool {
        name.hasSuffix(".sql") && !name.hasSuffix(".down.sql")
            && !(name.hasPrefix("U") && name.dropFirst().first?.isNumber == true && name.contains("__"))
    }

    /// Numbers within names count as numbers: `V2` comes before `V10`.
    static func isBefore(_ left: String, _ right: String) -> Bool {
        var (first, second) = (left[...], right[...])
        while let a = first.first, let b = second.first {
            if a.isWholeNumber, b.isWholeNumber {
                let (x, y) = (first.prefix(while: \.isWholeNumber), second.prefix(while: \.isWholeNumber))
                let (m, n) = (x.drop { $0 == "0" }, y.drop { $0 == "0" })
                if m.count != n.count { return m.count < n.count }
                if m != n { return m < n }
                first = first.dropFirst(x.count)
                second = second.dropFirst(y.count)
            } else {
                if a != b { return a < b }
                first = first.dropFirst()
                second = second.dropFirst()
            }
        }
        return first.count < second.count
    }

    /// What stands before the marker with which goose, dbmate and others begin the way back.
    static func upPart(_ text: String) -> String {
        let markers = ["-- +goose down", "-- migrate:down", "-- +migrate down"]
        var kept: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let plain = line.lowercased()
            if markers.contains(where: plain.hasPrefix) { break }
            kept.append(line)
        }
        return kept.joined(separator: "\n")
    }

    // MARK: applying

    func apply(to database: any Database, of member: String, on reactor: Reactor, in scope: CancelScope)
        async throws(StandFailure)
    {
        try await Self.apply(migrations, to: database, member, reactor, scope)
    }

    func applySeeds(to database: any Database, of member: String, on reactor: Reactor, in scope: CancelScope)
        async throws(StandFailure)
    {
        try await Self.apply(seeds, to: database, member, reactor, scope)
    }

    private static func apply(
        _ files: [File], to database: any Database, _ member: String, _ reactor: Reactor,
        _ scope: CancelScope
    ) async throws(StandFailure) {
        for file in files {
            guard let error = await database.apply(script: file.text, on: reactor, in: scope) else {
                continue
            }
            var failure = StandFailure(member: member, message: "\(file.shown): \(error.message)")
            if let offset = error.offset { (failure.location, failure.line) = place(offset, in: file) }
            throw failure
        }
    }

    static func place(_ offset: Int, in file: File) -> (SourceLocation, String) {
        let before = file.text.unicodeScalars.prefix(offset)
        let line = before.count { $0 == "\n" } + 1
        let column = before.reversed().prefix { $0 != "\n" }.count + 1
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.indices.contains(line - 1) ? String(lines[line - 1]) : ""
        return (SourceLocation(file: file.shown, line: line, column: column), text)
    }
}
