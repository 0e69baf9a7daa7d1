internal import AssayCore
public import AssayFormats

/// k6's summary as text.
public enum K6SummaryText {
    /// What k6 writes to standard output at the end of a run without `handleSummary`.
    public static func standardOutput(_ summary: K6Summary) -> String {
        "\n" + text(summary) + "\n\n"
    }

    /// The summary in the form that its plan asks for, without a line break at its end.
    public static func text(_ summary: K6Summary) -> String {
        let plan = summary.plan
        let colours = plan.isStandardOutputTerminal && !plan.noColor
        switch plan.mode {
        case .legacy:
            var options = Options()
            options.colours = !plan.noColor && plan.isStandardOutputTerminal
            return render(data: summary.data, options)
        case .compact, .full:
            return K6SectionText(summary, K6Paint(isOn: colours)).text
        }
    }

    /// How a script wants its summary rendered: the second argument of `textSummary(data, options)`.
    public struct Options: Sendable, Equatable {
        /// Before each line.
        public var indent = " "
        public var colours = true
        /// `nil` leaves them to the data's own options.
        public var timeUnit: String?
        public var trendStats: [String]?
        public init() {}

        /// Reads `{indent, enableColors, summaryTimeUnit, summaryTrendStats}`; what is of another type is passed over.
        public init(_ json: JSON) {
            if let indent = json["indent"]?.stringValue { self.indent = indent }
            if let colours = json["enableColors"]?.boolValue { self.colours = colours }
            timeUnit = json["summaryTimeUnit"]?.stringValue
            trendStats = json["summaryTrendStats"]?.arrayValue?.compactMap(\.stringValue)
        }
    }

    /// `textSummary(data, options)` of jslib's k6-summary.
    ///
    /// - Parameter data: what `handleSummary` was given, as it is or as the script changed it; what lacks is left out.
    public static func render(data: JSON, _ options: Options = Options()) -> String {
        K6LegacyText(data, options).text
    }
}
