/// Mistakes that can be planted in a service by `FLEET_DEFECT`, for tests to find; see the README.
package enum Defect: String, CaseIterable, Sendable {
    /// UI: an account's `username` is called `user_name`.
    case fieldRenamed = "field-renamed"
    /// UI: totals are texts.
    case typeChanged = "type-changed"
    /// UI: a task is `in_progress` where the contract says `running`.
    case enumRenamed = "enum-renamed"
    /// UI: `cancelled` is no status any more.
    case enumRemoved = "enum-removed"
    /// UI: a status update is answered 202.
    case statusUndocumented = "status-undocumented"
    /// UI: locks are kept until they are released.
    case lockForever = "lock-forever"
    /// UI: a task that somebody has is handed out again.
    case taskTwice = "task-twice"
    /// UI: what a dead worker had is never handed out again.
    case leaseForever = "lease-forever"
    /// Worker: sends `worker` in place of `worker_id`.
    case requestRenamed = "request-renamed"
    /// Worker: every account is given the same bytes.
    case sameMedia = "same-media"
}
