internal import AssayCore
internal import AssayFormats

/// What a step got, in the form that checks and captures look at; http has its own, faster form.
struct Answer {
    /// The value that `$` is.
    var json: JSON?
    /// Why there is no JSON, when there is text that is none.
    var jsonProblem: String?
    var text: String?
    var rows: [JSONObject]?
    var rowCount: Int?
    var exit: Int?
    var errorOutput: String?
    var succeeded: Int?
    var failed: Int?
    var durationNanoseconds: Int64 = 0
    var status: Int?
    var headers: [(name: String, value: String)] = []

    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The value of a subject that is no path; `nil` when the answer has none.
    func value(of subject: PlannedSubject) -> JSON? {
        switch subject {
        case .status: status.map { .int(Int64($0)) }
        case .header(let name): header(name).map(JSON.string)
        case .body, .output: text.map(JSON.string)
        case .json: json
        case .duration: .int(durationNanoseconds)
        case .rows: rows.map { .array($0.map(JSON.object)) }
        case .rowCount: rowCount.map { .int(Int64($0)) }
        case .exit: exit.map { .int(Int64($0)) }
        case .errorOutput: errorOutput.map(JSON.string)
        case .succeeded: succeeded.map { .int(Int64($0)) }
        case .failed: failed.map { .int(Int64($0)) }
        }
    }
}
