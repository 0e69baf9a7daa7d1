internal import AssayCore
internal import AssayNet
internal import AssayReport

extension RunFolder {
    /// Writes the reports that every run of tests leaves: JUnit XML, HTML, Markdown.
    ///
    /// - Parameter junit: a file that gets the JUnit XML too.
    /// - Returns: whether all could be written, the record too; why not is told.
    func keepReports(of keeper: RecordKeeper, junit: String?, _ console: Console) -> Bool {
        do {
            let junitText = JUnitReport.render(keeper.record)
            try write(junitText, as: "junit.xml")
            if let junit { try Files.write(Array(junitText.utf8), to: junit) }
            try write(HTMLReport.render(keeper.record), as: "report.html")
            try write(TestMarkdown.render(keeper.record), as: "report.md")
            if let failure = keeper.writeFailure { throw failure }
            return true
        } catch {
            console.complain("error: a report could not be written: \(error)")
            return false
        }
    }
}
