import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayScenario
import Testing

@Suite("The worked example's files")
struct ExampleFilesTests {
    static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/Examples/inventory/"

    static func files(below path: String) -> [String] {
        let names = (try? Files.names(in: folder + path)) ?? []
        return names.flatMap { name in
            name.hasSuffix(".yml")
                ? ["\(path)/\(name)"] : name.contains(".") ? [] : files(below: "\(path)/\(name)")
        }
    }

    static let scenarios = files(below: "tests")
    static let profiles = files(below: "load").filter { path in
        (try? Files.read(folder + path)).map { String(decoding: $0, as: UTF8.self).contains("\nload: ") }
            ?? false
    }

    static let stand = StandNames(parts: [
        .init(name: "db", kind: .dependency, members: ["url", "path"], isDatabase: true),
        .init(name: "auth", kind: .double, members: doubles().first?.memberNames ?? []),
        .init(name: "api", kind: .service, members: ["url", "host", "port"]),
    ])

    static func doubles(_ bag: DiagnosticBag = DiagnosticBag()) -> [DoubleSpec] {
        guard let bytes = try? Files.read(folder + "assay.yml"),
            let yaml = YAMLReading(parsing: bytes, file: "assay.yml", bag: bag),
            let node = yaml.root["stand"]?["doubles"]
        else { return [] }
        return DoubleReader(yaml) { path throws(SystemError) in try Files.read(folder + path) }.read(node)
    }

    static var reader: ScenarioReader {
        let files = FileReader { path in
            do { return .success(try Files.read(folder + path)) } catch { return .failure(.missing) }
        }
        let factories = try? FactoryReader(files: files, stand: stand).read(Self.files(below: "factories"))
            .get()
        return ScenarioReader(files: files, stand: stand, factories: factories ?? FactorySet()) {
            threshold, metrics in
            do throws(Diagnostic) {
                _ = try Threshold.parse(threshold.text, metrics: metrics, at: threshold.location)
                return []
            } catch {
                return [error]
            }
        }
    }

    @Test("Every scenario reads without a word", arguments: scenarios)
    func scenario(path: String) {
        guard case .failure(let problems) = Self.reader.scenario(path) else { return }
        Issue.record(Comment(rawValue: problems.all.map { $0.rendered() }.joined(separator: "\n")))
    }

    @Test("Every load profile reads without a word, thresholds too", arguments: profiles)
    func profile(path: String) {
        guard case .failure(let problems) = Self.reader.profile(path) else { return }
        Issue.record(Comment(rawValue: problems.all.map { $0.rendered() }.joined(separator: "\n")))
    }

    @Test("Its scenarios are found, and its double is one of the presets")
    func isThere() {
        #expect(Self.scenarios.count >= 12 && Self.profiles.count >= 6)
        let bag = DiagnosticBag()
        #expect(Self.doubles(bag).map(\.name) == ["auth"])
        #expect(bag.all.map { $0.rendered() } == [])
    }
}
