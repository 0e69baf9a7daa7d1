/// Versions of the contract between the UI and its workers; see `contracts/`.
package enum WireVersion: String, CaseIterable, Comparable, Sendable {
    case v1, v2

    /// Names the version that a request is written in; without it v1 is meant.
    package static let header = "X-Contract-Version"

    package static let newest = WireVersion.v2

    package static func < (left: WireVersion, right: WireVersion) -> Bool {
        left.rawValue < right.rawValue
    }

    /// What two sides speak with each other: the older of both.
    package func spoken(with other: WireVersion) -> WireVersion { min(self, other) }
}
