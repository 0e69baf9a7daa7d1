import AssayCore

extension HTMLReport {
    /// The steps of a rising load, and where it degrades.
    static func degradation(_ record: RunRecord, _ page: inout HTMLPage) {
        guard let search = SearchTable(record), !search.rows.isEmpty else { return }
        page.raw("<h2>Degradation</h2><div class=\"card scroll\">")
        for sentence in [search.summary, search.outliers].compactMap(\.self) { page.element("p", sentence) }
        page.raw("<table><thead><tr>")
        for head in search.head { page.raw("<th scope=\"col\">\(head)</th>") }
        page.raw("</tr></thead><tbody>")
        for (row, holds) in zip(search.rows, search.holds) {
            page.raw("<tr>")
            for cell in row.dropLast() { page.element("td", cell) }
            page.element("td", row.last ?? "", class: holds ? "good" : "badtext")
            page.raw("</tr>")
        }
        page.raw("</tbody></table><p class=\"soft\"><small>")
        page.text(search.caption)
        page.raw("</small></p></div>\n")
    }
}
