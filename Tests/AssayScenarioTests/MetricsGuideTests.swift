import AssayCore
import AssayScenario
import Testing

@Suite("The guide to metrics")
struct MetricsGuideTests {
    private static let guide: String = {
        let root = GoldenFiles.folder.split(separator: "/").dropLast(3).joined(separator: "/")
        return GoldenFiles.read("/\(root)/Documentation/metrics.md") ?? ""
    }()

    @Test("Its table has every metric of Assay's own, with kind, unit and meaning, and no other")
    func table() {
        let rows = Self.guide.split(separator: "\n").map(String.init)
            .drop { $0 != "| metric | kind | unit | is |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
        let wanted = MetricRegistry.standard.all.map {
            "| `\($0.name)` | \($0.kind.rawValue) | \($0.unit.rawValue) | \($0.summary) |"
        }
        #expect(Set(wanted).subtracting(rows).sorted() == [], "rows that the guide lacks")
        #expect(Set(rows).subtracting(wanted).sorted() == [], "rows of metrics that there are not")
    }

    @Test("It names every statistic and every tag of Assay's own")
    func words() {
        for word in ["p0", "avg", "min", "med", "max", "count", "rate", "value"] {
            #expect(Self.guide.contains("`\(word)`"), "\(word)")
        }
        for tag in SeriesTag.reserved where tag != "quantile" {
            #expect(Self.guide.contains("`\(tag)`"), "\(tag)")
        }
    }
}
