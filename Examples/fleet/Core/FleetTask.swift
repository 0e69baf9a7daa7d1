package import AssayFormats

/// Where a task stands.
package enum TaskState: String, CaseIterable, Sendable {
    /// Waits for a worker.
    case queued
    /// Handed out to one.
    case assigned
    case running, succeeded, failed, cancelled

    package var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }

    /// What a status update may make of it.
    package func mayBecome(_ next: TaskState) -> Bool {
        switch self {
        case .queued: next == .cancelled
        case .assigned: next == .running || next == .failed || next == .cancelled
        case .running: next == .running || next.isFinal
        case .succeeded, .failed, .cancelled: false
        }
    }
}

/// A document of the contract that lacks something, or has it in another form.
package struct Misfit: Error, Equatable, CustomStringConvertible {
    /// The member, like `tasks[0].status`.
    package var place: String
    package var expected: String

    package init(_ place: String, _ expected: String) {
        self.place = place
        self.expected = expected
    }

    package var description: String { "\(place) \(expected)" }
}

/// A task as UI and worker tell it each other.
package struct FleetTask: Sendable, Equatable {
    package var id: String
    package var type: JobType
    package var account: String
    package var state: TaskState
    package var payload: JSON
    /// Since v2: how often it was handed out.
    package var attempt: Int?
    /// Since v2: who has it, and for how long.
    package var lease: Lease?

    package struct Lease: Sendable, Equatable {
        package var worker: String
        package var milliseconds: Int64

        package init(worker: String, milliseconds: Int64) {
            self.worker = worker
            self.milliseconds = milliseconds
        }
    }

    package init(id: String, type: JobType, account: String, state: TaskState, payload: JSON) {
        self.id = id
        self.type = type
        self.account = account
        self.state = state
        self.payload = payload
    }

    /// Folded to what a version knows.
    package func json(in version: WireVersion) -> JSON {
        var members: JSONObject = [
            "id": .string(id), "type": .string(type.rawValue), "account_id": .string(account),
            "status": .string(state.rawValue), "payload": payload,
        ]
        if version >= .v2 {
            if let attempt { members["attempt"] = .int(Int64(attempt)) }
            if let lease {
                members["lease"] = [
                    "worker_id": .string(lease.worker), "expires_ms": .int(lease.milliseconds),
                ]
            }
        }
        return .object(members)
    }

    /// Reads what either version writes; what is unknown is passed over.
    ///
    /// - Parameter place: where the document stands, for the words of the error.
    package init(_ json: JSON, at place: String) throws(Misfit) {
        func text(_ name: String) throws(Misfit) -> String {
            guard let text = json[name]?.stringValue else { throw Misfit("\(place).\(name)", "is a text") }
            return text
        }
        let (typeName, stateName) = (try text("type"), try text("status"))
        guard let type = JobType(rawValue: typeName) else {
            throw Misfit("\(place).type", "is a known type, found '\(typeName)'")
        }
        guard let state = TaskState(rawValue: stateName) else {
            throw Misfit("\(place).status", "is a known status, found '\(stateName)'")
        }
        guard let payload = json["payload"], payload.objectValue != nil else {
            throw Misfit("\(place).payload", "is an object")
        }
        self.init(
            id: try text("id"), type: type, account: try text("account_id"), state: state, payload: payload)
        if let value = json["attempt"] {
            guard let number = value.intValue else { throw Misfit("\(place).attempt", "is a whole number") }
            attempt = Int(number)
        }
        if let value = json["lease"] {
            guard let worker = value["worker_id"]?.stringValue, let left = value["expires_ms"]?.intValue
            else {
                throw Misfit("\(place).lease", "has worker_id and expires_ms")
            }
            lease = Lease(worker: worker, milliseconds: left)
        }
    }
}
