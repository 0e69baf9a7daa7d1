internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// A document that is merged into.
struct ExistingDocument {
    let json: JSON
    let paths: [String]
    let servers: [String]

    /// - Throws: AS495 when it cannot be read, and all that is wrong with it.
    init(_ path: String, bag: DiagnosticBag) throws(Diagnostics) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limitBytes: 64 << 20)
        } catch {
            throw Diagnostics([Diagnostic("AS495", "'\(path)' cannot be read: \(error)")])
        }
        guard let yaml = YAMLReading(parsing: bytes, file: path, bag: bag),
            let document = APIDocument.read(yaml, documents: .none)
        else { throw Diagnostics(bag.all) }
        json = document.json
        paths = json["paths"]?.objectValue?.keys ?? []
        servers = document.servers.map(\.url)
    }
}

/// Examples for a schema: JSON files, folders of them, and files with one a line.
struct ExampleFiles {
    let bag: DiagnosticBag

    func paths(below source: String) -> [String] {
        switch Files.kind(of: source) {
        case .file: return [source]
        case .folder:
            let names = ((try? Files.names(in: source)) ?? []).filter {
                ($0.hasSuffix(".json") || $0.hasSuffix(".jsonl")) && !$0.hasSuffix(".schema.json")
            }
            return names.sorted().map { source + "/" + $0 }
        default:
            bag.add(Diagnostic("AS495", "there is no file or folder '\(source)'"))
            return []
        }
    }

    func add(_ path: String, to shape: inout ExampleShape) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limitBytes: 512 << 20)
        } catch {
            bag.add(Diagnostic("AS495", "'\(path)' cannot be read: \(error)"))
            return
        }
        guard path.hasSuffix(".jsonl") else { return add(bytes, path, firstLine: 1, to: &shape) }
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        where !line.isEmpty {
            add(Array(line), path, firstLine: index + 1, to: &shape)
        }
    }

    private func add(_ bytes: [UInt8], _ path: String, firstLine: Int, to shape: inout ExampleShape) {
        do throws(JSONError) {
            shape.add(try JSON(parsing: bytes))
        } catch {
            bag.add(
                Diagnostic(
                    "AS493", "expected \(error.expected), found \(error.actual)",
                    at: SourceLocation(file: path, line: firstLine + error.line - 1, column: error.column)))
        }
    }

    /// `aggregate` of `golden/aggregate.json`.
    static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.split(separator: ".", omittingEmptySubsequences: true).first.map(String.init) ?? name
    }
}

extension YAMLTree {
    /// A JSON value as a YAML document.
    init(_ json: JSON) {
        switch json {
        case .string(let text): self = .text(text)
        case .array(let elements): self = .list(elements.map(YAMLTree.init))
        case .object(let object): self = .map(object.map { Entry($0.key, YAMLTree($0.value)) })
        case .null, .bool, .int, .double: self = .plain(json.rendered())
        }
    }
}
