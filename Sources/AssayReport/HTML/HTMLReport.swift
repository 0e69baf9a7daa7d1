public import AssayCore
import AssayFormats

/// A run as one HTML file: no network, no framework, light and dark, for the screen and for paper.
public enum HTMLReport {
    public static func render(_ record: RunRecord) -> String {
        let title = "\(record.header.project) › \(record.header.name)"
        var page = HTMLPage()
        page.raw(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
            script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>
            """)
        page.text("\(word(record)) – \(title)")
        page.raw("</title>\n<style>\n\(htmlStyle)\n</style></head>\n<body><main>\n<p class=\"eyebrow\">")
        page.text("\(record.header.project) › \(record.header.name)")
        page.raw(" · \(record.header.kind == .load ? "load test" : "tests")")
        if let scale = scaleText(record.plan) {
            page.raw(" · <b class=\"warn\">\(scale), not the whole run</b>")
        }
        page.raw("</p>\n")
        verdict(record, &page)
        facts(record, &page)
        if record.header.kind == .load || !record.intervals.isEmpty { load(record, &page) }
        drifts(record.tests, &page)
        doubtful(record.tests, &page)
        if !record.tests.isEmpty { tests(record, &page) }
        coverage(record.coverage, &page)
        notes(record.notes, &page)
        environment(record, &page)
        page.raw("</main>\n<script>\n\(htmlScript)\n</script>\n</body></html>\n")
        return page.html
    }

    static func word(_ record: RunRecord) -> String {
        switch record.end?.verdict.status {
        case .passed: "Passed"
        case .failed: "Failed"
        case .inconclusive: "Inconclusive"
        case .interrupted, nil: "Interrupted"
        }
    }

    /// The verdict as a sentence, further reasons as a list.
    private static func verdict(_ record: RunRecord, _ page: inout HTMLPage) {
        let status = record.end?.verdict.status ?? .interrupted
        let reasons = record.end?.verdict.reasons ?? ["the record has no end: the run was killed"]
        page.raw("<section class=\"verdict \(status.rawValue)\">\(icon(status))<div><h1>")
        page.text(
            status == .passed
                ? "Passed: \(held(record))" : word(record) + (reasons.first.map { ": \($0)" } ?? ""))
        page.raw("</h1>")
        let rest = status == .passed ? reasons : Array(reasons.dropFirst())
        if !rest.isEmpty {
            page.raw("<ul>")
            for reason in rest { page.element("li", reason) }
            page.raw("</ul>")
        }
        page.raw("</div></section>\n")
    }

    private static func held(_ record: RunRecord) -> String {
        if !record.tests.isEmpty { return Tally(record.tests).text }
        switch record.thresholds.count {
        case 0: return "no threshold was set"
        case 1: return "the threshold held"
        default: return "all \(record.thresholds.count) thresholds held"
        }
    }

    private static func icon(_ status: Verdict.Status) -> String {
        let path =
            switch status {
            case .passed: "M10.5 17.5l4.5 4.5 8.5-9.5"
            case .failed: "M12 12l10 10M22 12l-10 10"
            case .inconclusive: "M13 13.2c.3-4.4 8-4 8 .2 0 3-4 2.9-4 6M17 24v.2"
            case .interrupted: "M13.5 12v10M20.5 12v10"
            }
        return """
            <svg viewBox="0 0 34 34" aria-hidden="true"><circle cx="17" cy="17" r="16" fill="currentColor" \
            opacity=".16"/><path d="\(path)" fill="none" stroke="currentColor" stroke-width="2.6" \
            stroke-linecap="round" stroke-linejoin="round"/></svg>
            """
    }

    private static func facts(_ record: RunRecord, _ page: inout HTMLPage) {
        let header = record.header
        page.raw("<dl class=\"facts\">")
        page.fact("Started", dateText(milliseconds: header.startedAtMilliseconds))
        if let end = record.end { page.fact("Took", shortText(nanoseconds: Double(end.durationNanoseconds))) }
        if let commit = header.commit { page.fact("Commit", commit) }
        page.fact("Seed", seedText(header.seed))
        page.fact("On", "\(header.host.name), \(header.host.cores) cores")
        if !header.stand.isEmpty { page.fact("Stand", header.stand.map(\.name).joined(separator: ", ")) }
        page.raw("</dl>\n")
    }

    private static func notes(_ notes: [Note], _ page: inout HTMLPage) {
        guard !notes.isEmpty else { return }
        page.raw("<h2>Notes</h2><div class=\"card\">")
        for note in notes {
            page.raw("<p><span class=\"\(note.severity == .error ? "badtext" : "warn")\">")
            page.raw(
                "\(note.severity.rawValue)</span> <span class=\"soft\">\(clockText(nanoseconds: note.atNanoseconds))</span> "
            )
            page.text(note.text)
            page.raw("</p>")
        }
        page.raw("</div>\n")
    }

    private static func environment(_ record: RunRecord, _ page: inout HTMLPage) {
        let header = record.header
        page.raw("<h2>Environment</h2>")
        if !header.stand.isEmpty {
            page.raw(
                "<div class=\"card scroll\"><table class=\"words\"><thead><tr><th>Stand</th><th>Kind</th><th>What</th><th>Ready after</th></tr></thead><tbody>"
            )
            for member in header.stand {
                page.raw("<tr>")
                page.element("td", member.name)
                page.raw("<td>\(member.kind.rawValue)</td>")
                page.element("td", member.detail)
                page.raw("<td>\(shortText(nanoseconds: Double(member.readyAfterNanoseconds)))</td></tr>")
            }
            page.raw("</tbody></table></div>")
        }
        page.raw("<footer><p>")
        page.text("\(header.host.name) · \(header.host.system) · \(header.host.cores) cores · ")
        page.text("\(ByteCount(header.host.memoryBytes).shortText) memory · Assay \(header.assayVersion)")
        if let end = record.end {
            page.text(" · Assay itself: \(shortText(nanoseconds: Double(end.cpuNanoseconds))) CPU, ")
            page.text("\(ByteCount(end.peakMemoryBytes).shortText) at most")
        }
        if header.segment.count > 1 {
            page.text(" · segment \(header.segment.index + 1) of \(header.segment.count)")
        }
        page.raw("</p><p><code>")
        page.text(header.command.joined(separator: " "))
        page.raw("</code></p></footer>\n")
    }
}

/// HTML as it grows: markup from the code goes in raw, everything else is escaped here.
struct HTMLPage {
    private(set) var html = ""

    mutating func raw(_ markup: String) { html += markup }
    mutating func text(_ foreign: String) { html += ForeignText.html(foreign) }

    mutating func element(_ name: String, _ foreign: String, class css: String = "") {
        html += css.isEmpty ? "<\(name)>" : "<\(name) class=\"\(css)\">"
        text(foreign)
        html += "</\(name)>"
    }

    mutating func fact(_ label: String, _ foreign: String) {
        html += "<div><dt>\(label)</dt>"
        element("dd", foreign)
        html += "</div>"
    }
}
