package import AssayFormats

/// What a worker tells about a task.
package struct StatusUpdate: Sendable, Equatable {
    package var state: TaskState
    package var worker: String
    package var message: String?
    /// Since v2: 0 to 100.
    package var progress: Int?
    /// Since v2: why it failed, for programs.
    package var errorCode: String?
    /// Since v2.
    package var result: JSON?

    package init(_ state: TaskState, by worker: String, message: String? = nil) {
        self.state = state
        self.worker = worker
        self.message = message
    }

    /// What the UI does not let be told: tasks become so by themselves.
    private static let untold: Set<TaskState> = [.queued, .assigned]

    package func json(in version: WireVersion) -> JSON {
        var members: JSONObject = ["status": .string(state.rawValue), "worker_id": .string(worker)]
        if let message { members["message"] = .string(message) }
        if version >= .v2 {
            if let progress { members["progress"] = .int(Int64(progress)) }
            if let errorCode { members["error_code"] = .string(errorCode) }
            if let result { members["result"] = result }
        }
        return .object(members)
    }

    /// - Throws: everything that is wrong, member by member.
    package init(_ json: JSON) throws(Faults) {
        var faults = JSONObject()
        let state = json["status"]?.stringValue.flatMap(TaskState.init)
        if state.map(Self.untold.contains) ?? true {
            let told = TaskState.allCases.filter { !Self.untold.contains($0) }.map(\.rawValue)
            faults["status"] = .string("is one of \(told.joined(separator: ", "))")
        }
        let worker = json["worker_id"]?.stringValue ?? ""
        if !JobType.isName(worker) { faults["worker_id"] = "is the name of the worker" }
        if let value = json["message"], value.stringValue == nil { faults["message"] = "is a text" }
        if let value = json["error_code"], value.stringValue == nil { faults["error_code"] = "is a text" }
        if let value = json["result"], value.objectValue == nil { faults["result"] = "is an object" }
        let progress = json["progress"]?.intValue
        if json["progress"] != nil, !(0...100).contains(progress ?? -1) {
            faults["progress"] = "is a whole number from 0 to 100"
        }
        guard faults.isEmpty, let state else { throw Faults(faults) }
        self.init(state, by: worker, message: json["message"]?.stringValue)
        self.progress = progress.map { Int($0) }
        errorCode = json["error_code"]?.stringValue
        result = json["result"]
    }
}

/// What is wrong with a request, member by member.
package struct Faults: Error, Equatable {
    package var members: JSONObject
    package init(_ members: JSONObject) { self.members = members }
}
