internal import AssayFormats

/// A request to the UI, below its address.
struct UICall: Sendable, Equatable {
    var method: String
    /// With its query, encoded.
    var target: String
    var body: JSON?
}

struct UIAnswer: Sendable {
    var status: Int
    var body: [UInt8]
}

/// Why the UI was of no help.
enum UITrouble: Error, Equatable, CustomStringConvertible {
    /// No answer: the UI may have done what was asked, or not.
    case unreachable(String)
    /// An answer other than success, with the word for it.
    case refused(status: Int, error: String)
    /// An answer that is not what the contract says.
    case misfit(String)

    var description: String {
        switch self {
        case .unreachable(let reason): "the UI does not answer: \(reason)"
        case .refused(let status, let error): "the UI refuses: \(status) \(error)"
        case .misfit(let reason): "the UI's answer is none of the contract: \(reason)"
        }
    }
}

/// How requests get to the UI. Used on its reactor's thread only.
protocol UITransport: AnyObject {
    func send(_ call: UICall) async -> Result<UIAnswer, UITrouble>
}
