internal import AssayCore
public import AssayFormats
internal import AssayNet

/// WireMock's files: a folder with `mappings/` and `__files/`, or one mapping file.
public struct MappingFolder: Sendable {
    /// One file of mappings, read as JSON.
    struct Document: Sendable {
        /// As diagnostics name it.
        var file: String
        var bytes: [UInt8]
        var json: JSON
    }

    /// The folder with `mappings` and `__files`.
    public let root: String
    private(set) var documents: [Document] = []

    static let fileBytes = 64 << 20
    static let fileLimit = 10_000
    static let depthLimit = 32

    /// Reads the files; what is wrong goes into the bag.
    ///
    /// - Parameter path: the folder, its `mappings`, or one JSON file.
    /// - Returns: `nil` when there is nothing to read.
    public init?(_ path: String, bag: DiagnosticBag) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        if Files.kind(of: path) == .file {
            let folder = Self.folder(of: path)
            root = folder.hasSuffix("/mappings") ? Self.folder(of: folder) : folder
            read(path, bag)
            return
        }
        let inside = path + "/mappings"
        if Files.kind(of: inside) == .folder {
            root = path
            read(folder: inside, depth: 0, bag)
        } else if path == "mappings" || path.hasSuffix("/mappings") {
            root = Self.folder(of: path)
            read(folder: path, depth: 0, bag)
        } else {
            bag.add(
                Diagnostic(
                    "AS302", "'\(path)' has no folder 'mappings'",
                    fix: "name the folder that WireMock is started in, or one mapping file"))
            return nil
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private mutating func read(folder: String, depth: Int, _ bag: DiagnosticBag) {
        guard depth <= Self.depthLimit else {
            bag.add(Diagnostic("AS303", "'\(folder)' is more than \(Self.depthLimit) folders deep"))
            return
        }
        let names: [String]
        do {
            names = try Files.names(in: folder)
        } catch {
            bag.add(Diagnostic("AS303", "mappings cannot be read: \(error)"))
            return
        }
        for name in names where !name.hasPrefix(".") {
            let path = folder + "/" + name
            switch Files.kind(of: path) {
            case .folder: read(folder: path, depth: depth + 1, bag)
            case .file where name.lowercased().hasSuffix(".json"):
                guard documents.count < Self.fileLimit else {
                    bag.add(Diagnostic("AS303", "there are more than \(Self.fileLimit) mapping files"))
                    return
                }
                read(path, bag)
            default: break
            }
        }
    }

    private mutating func read(_ path: String, _ bag: DiagnosticBag) {
        var bytes: [UInt8]
        do {
            bytes = try Files.read(path, limitBytes: Self.fileBytes)
        } catch {
            bag.add(Diagnostic("AS303", "mappings cannot be read: \(error)"))
            return
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        do {
            let json = try JSON(parsing: bytes)
            documents.append(Document(file: path, bytes: bytes, json: json))
        } catch {
            let source = SourceText(String(decoding: bytes, as: UTF8.self), file: path)
            bag.add(
                source.completed(
                    Diagnostic(
                        "AS301",
                        "this mapping is not JSON: expected \(error.expected), found \(error.actual)",
                        at: SourceLocation(file: path, line: error.line, column: error.column))))
        }
    }

    /// The stubs of all files in the order of their names; later ones win among equals.
    ///
    /// - Parameters:
    ///   - bag: takes what is wrong, with its place.
    ///   - makeID: ids for mappings without one.
    func stubs(_ makeReading: () -> MappingReading, makeID: () -> String, bag: DiagnosticBag) -> [Stub] {
        var stubs: [Stub] = []
        var places: [String: String] = [:]
        for document in documents {
            let reading = makeReading()
            let found = reading.stubs(MappingNode(document.json), makeID: makeID)
            let marks = JSONPlaces(document.bytes, file: document.file)
            for problem in reading.problems {
                bag.add(marks.completed(Diagnostic(problem), at: problem.pointer))
            }
            for var stub in found {
                stub.origin = document.file
                if !stub.id.isEmpty, let other = places[stub.id] {
                    bag.add(
                        Diagnostic(
                            "AS304",
                            "the id \(stub.id) of a mapping in '\(document.file)' is already used in '\(other)'",
                            fix: "the later one replaces it; give it an id of its own", severity: .warning))
                }
                places[stub.id] = document.file
                stubs.append(stub)
            }
        }
        return stubs
    }
}

extension Diagnostic {
    init(_ problem: MappingProblem) {
        self.init(
            "AS300", problem.message, fix: problem.fix, severity: problem.weight == .error ? .error : .warning
        )
    }
}

extension HTTPStubOptions {
    /// A double of WireMock's files; what is wrong with them goes into the bag.
    ///
    /// - Parameter path: a folder with `mappings/` and perhaps `__files/`, or one mapping file.
    /// - Returns: `nil` when the files cannot be used.
    public static func mappings(at path: String, bag: DiagnosticBag) -> HTTPStubOptions? {
        let found = DiagnosticBag()
        let folder = MappingFolder(path, bag: found)
        let clock = DoubleClock { 0 }
        let templating = StandardHooks.readingOnly
        let count =
            folder?.stubs(
                { MappingReading(clock: clock, templating: templating) }, makeID: { "" }, bag: found
            ).count ?? 0
        bag.add(found.all)
        guard let folder, !found.hasErrors else { return nil }
        return HTTPStubOptions(
            folder: folder.root, summary: "\(count) WireMock mapping\(count == 1 ? "" : "s")"
        ) { start, reading throws(Diagnostic) in
            var random = start.scope.random.split(4)
            // Read again: operators and templates now go by the double's own clock.
            return folder.stubs(
                { reading.another() }, makeID: { randomUUID(using: &random) }, bag: DiagnosticBag())
        }
    }
}
