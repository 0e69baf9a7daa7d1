package import AssayFormats

/// What workers can be asked to do for accounts.
package enum JobType: String, CaseIterable, Sendable {
    /// Publishes media to many accounts, each with variants of its own.
    case bulk
    /// Opens a session.
    case login
    /// Behaves like a person for a number of actions.
    case warmup
    /// Follows other accounts.
    case follow
    /// Likes posts.
    case like

    package static let mostAccounts = 100
    package static let mostTargets = 200
    package static let mostActions: Int64 = 500

    /// What is wrong with a payload, member by member; empty when nothing is.
    ///
    /// - Parameter payload: members besides `type` and the accounts.
    package func faults(in payload: JSON) -> JSONObject {
        guard let members = payload.objectValue else { return ["payload": "is an object"] }
        var faults = JSONObject()
        switch self {
        case .bulk:
            if Self.names(members["media"], most: Self.mostTargets) == nil {
                faults["media"] = .string("is a list of 1 to \(Self.mostTargets) media ids")
            }
            if let count = members["per_account"], !(1...10).contains(count.intValue ?? 0) {
                faults["per_account"] = "is a whole number from 1 to 10"
            }
        case .login: break
        case .warmup:
            if !(1...Self.mostActions).contains(members["actions"]?.intValue ?? 0) {
                faults["actions"] = .string("is a whole number from 1 to \(Self.mostActions)")
            }
        case .follow, .like:
            if Self.names(members["targets"], most: Self.mostTargets) == nil {
                faults["targets"] = .string("is a list of 1 to \(Self.mostTargets) names")
            }
        }
        return faults
    }

    /// A list of one name or more, none of them twice.
    package static func names(_ value: JSON?, most: Int) -> [String]? {
        guard let values = value?.arrayValue, (1...most).contains(values.count) else { return nil }
        let names = values.compactMap(\.stringValue).filter(isName)
        return names.count == values.count && Set(names).count == names.count ? names : nil
    }

    /// 1 to 64 letters, digits, `-`, `_`, `.` or `:`.
    package static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-")...UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }
}
