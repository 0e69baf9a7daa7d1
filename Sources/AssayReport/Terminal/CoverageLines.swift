import AssayCore

extension TestSummary {
    /// `coverage   total 84.21 % ✓ ≥ 80 %   api-gateway 71.90 % ✗ ≥ 90 %`, wrapped to the width.
    func coverage(_ results: [CoverageResult]) -> [String] {
        let parts = results.map { result in
            let share = "\(ForeignText.line(result.component)) \(result.shareText)"
            guard let minimum = result.minimumText else { return share }
            let mark =
                switch result.status {
                case .held, .measured: "✓"
                case .broken, .noData: "✗"
                case .notJudged: "–"
                }
            return "\(share) \(mark) ≥ \(minimum)"
        }
        return Columns.wrap(parts.map { Columns.fit($0, width - 11) }, separator: "   ", width - 11)
            .enumerated().map {
                index, line in
                (index == 0 ? style.paint("coverage", .grey) : "        ") + "   " + line
            }
    }
}
