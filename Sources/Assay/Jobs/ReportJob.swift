public import AssayCore
internal import AssayNet
internal import AssayReport

/// `assay report`: makes reports of a record that was kept.
public struct ReportJob {
    /// A run's folder or its record.jsonl.
    public var run = ""
    public var html: String?
    public var junit: String?
    public var markdown: String?

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        let file = Files.kind(of: run) == .folder ? run + "/record.jsonl" : run
        do {
            let reading = try RecordReader.read(try Files.read(file), file: file)
            if !reading.warnings.isEmpty { console.complain(Diagnostics(reading.warnings)) }
            let record = reading.record
            if let html { try Files.write(Array(HTMLReport.render(record).utf8), to: html) }
            if let junit { try Files.write(Array(JUnitReport.render(record).utf8), to: junit) }
            if let markdown {
                let text =
                    record.header.kind == .load ? LoadMarkdown.render(record) : TestMarkdown.render(record)
                try Files.write(Array(text.utf8), to: markdown)
            }
            if html == nil, junit == nil, markdown == nil {
                console.print(
                    record.header.kind == .load
                        ? LoadSummary(style: console.style, width: console.width).render(record)
                        : TestSummary(style: console.style, width: console.width).render(record))
            }
            return .passed
        } catch let diagnostic as Diagnostic {
            console.complain(Diagnostics([diagnostic]))
            return .badInput
        } catch {
            console.complain("error: \(error)")
            return .badInput
        }
    }
}
