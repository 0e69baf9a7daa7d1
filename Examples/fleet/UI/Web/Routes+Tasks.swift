internal import AssayFormats
internal import FleetCore

extension Service {
    static func addTasks(to router: inout Router<Service>) {
        router.on("GET", "/api/v1/tasks") { service, call in service.tasks(call) }
        router.on("POST", "/api/v1/tasks") { service, call throws(Refused) in try service.addTask(call) }
        router.on("POST", "/api/v1/tasks/pull") { service, call throws(Refused) in try service.pull(call) }
        router.on("GET", "/api/v1/tasks/{id}") { service, call throws(Refused) in
            service.board.expire(now: service.clock.now)
            guard let entry = service.board.entry(call["id"], now: service.clock.now) else {
                throw Refused(.error(404, "no_such_task"))
            }
            return Reply(200, service.document(entry, call.version))
        }
        router.on("POST", "/api/v1/tasks/{id}/status") { service, call throws(Refused) in
            try service.updateStatus(call)
        }
    }

    private func tasks(_ call: Call) -> Reply {
        board.expire(now: clock.now)
        let (batch, state) = (call.query("batch"), call.query("status"))
        func isMeant(_ entry: TaskBoard.Entry) -> Bool {
            (batch == nil || entry.batch == batch) && (state == nil || entry.task.state.rawValue == state)
        }
        let found = board.order.lazy.compactMap { self.board.entry($0, now: self.clock.now) }.filter(isMeant)
            .prefix(1000)
        let counts = board.counts { batch == nil || $0.batch == batch }
        return Reply(
            200,
            [
                "tasks": .array(found.map { document($0, call.version) }),
                "counts": .object(
                    JSONObject(TaskState.allCases.map { ($0.rawValue, .int(Int64(counts[$0] ?? 0))) })),
            ])
    }

    private func addTask(_ call: Call) throws(Refused) -> Reply {
        let body = try call.body()
        var faults = JSONObject()
        let type = body["type"]?.stringValue.flatMap(JobType.init)
        if type == nil {
            faults["type"] = .string("is one of \(JobType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let account = body["account_id"]?.stringValue ?? ""
        if roster[account] == nil { faults["account_id"] = "is the id of an account" }
        let payload = body["payload"] ?? [:]
        for (member, fault) in type?.faults(in: payload) ?? [:] { faults["payload.\(member)"] = fault }
        func name(_ member: String) -> String? {
            guard let value = body[member] else { return nil }
            guard let text = value.stringValue, JobType.isName(text) else {
                faults[member] = "is a name"
                return nil
            }
            return text
        }
        let (batch, prefers) = (name("batch"), name("prefers"))
        guard faults.isEmpty, let type else { throw Refused(.faults(faults)) }
        guard !board.isFull else { throw Refused(.error(429, "too_many_tasks")) }
        let task = FleetTask(id: newTaskID(), type: type, account: account, state: .queued, payload: payload)
        _ = board.add(task, batch: batch, prefers: prefers)
        guard let entry = board.entry(task.id, now: clock.now) else { throw Refused(.error(500, "lost")) }
        return Reply(201, document(entry, call.version))
    }

    /// Hands out what a worker may do now; each task to one at a time.
    private func pull(_ call: Call) throws(Refused) -> Reply {
        let body = try call.body()
        var faults = JSONObject()
        let worker = body["worker_id"]?.stringValue ?? ""
        if !JobType.isName(worker) { faults["worker_id"] = "is the name of the worker" }
        let limit = body["limit"] == nil ? 1 : body["limit"]?.intValue ?? 0
        if !(1...50).contains(limit) { faults["limit"] = "is a whole number from 1 to 50" }
        var types = Set(JobType.allCases)
        if let names = body["types"] {
            let words = names.arrayValue?.map(\.stringValue) ?? []
            types = Set(words.compactMap { $0.flatMap(JobType.init) })
            if types.count != words.count || types.isEmpty { faults["types"] = "is a list of types" }
        }
        let lease = body["lease_ms"] == nil ? settings.leaseMilliseconds : body["lease_ms"]?.intValue ?? 0
        if !(10...3_600_000).contains(lease) { faults["lease_ms"] = "is a whole number from 10 to 3600000" }
        guard faults.isEmpty else { throw Refused(.faults(faults)) }
        let entries = board.pull(
            by: worker, limit: Int(limit), types: types, lease: lease, now: clock.now)
        metrics.count("tasks_handed_out_total", by: entries.count)
        return Reply(200, ["tasks": .array(entries.map { told($0.task.json(in: call.version)) })])
    }

    private func updateStatus(_ call: Call) throws(Refused) -> Reply {
        let body = try call.body()
        let update: StatusUpdate
        do throws(Faults) { update = try StatusUpdate(body) } catch {
            throw Refused(.faults(error.members))
        }
        if settings.defect == .enumRemoved, update.state == .cancelled {
            throw Refused(.faults(["status": "is one of running, succeeded, failed"]))
        }
        do throws(TaskBoard.Refusal) {
            let (entry, isRepeated) = try board.update(call["id"], update, now: clock.now)
            metrics.count("status_updates_total", [("status", update.state.rawValue)])
            var told: JSONObject = [
                "id": .string(entry.task.id), "status": .string(entry.task.state.rawValue),
            ]
            if call.version >= .v2 {
                told["repeated"] = .bool(isRepeated)
                if let lease = entry.task.lease { told["lease_ms"] = .int(lease.milliseconds) }
            }
            return Reply(settings.defect == .statusUndocumented ? 202 : 200, self.told(.object(told)))
        } catch {
            throw Refused(Self.reply(to: error, update))
        }
    }

    private static func reply(to refusal: TaskBoard.Refusal, _ update: StatusUpdate) -> Reply {
        switch refusal {
        case .unknown: .error(404, "no_such_task")
        case .illegal(let from):
            .error(
                409, "illegal_transition",
                [("from", .string(from.rawValue)), ("to", .string(update.state.rawValue))])
        case .otherWorker(let worker):
            .error(409, "other_worker", [("worker_id", worker.map { .string($0) } ?? .null)])
        }
    }

    /// A task with what became of it, as the people of the UI see it.
    private func document(_ entry: TaskBoard.Entry, _ version: WireVersion) -> JSON {
        guard case .object(var members) = told(entry.task.json(in: version)) else { return .null }
        if let message = entry.last?.message ?? entry.note { members["message"] = .string(message) }
        if version >= .v2 {
            members["completions"] = .int(Int64(entry.completions))
            if let worker = entry.worker { members["worker_id"] = .string(worker) }
            if let progress = entry.last?.progress { members["progress"] = .int(Int64(progress)) }
            if let code = entry.last?.errorCode { members["error_code"] = .string(code) }
            if let result = entry.last?.result { members["result"] = result }
        }
        return .object(members)
    }

    /// Where the planted mistake of that name changes a word of the contract.
    private func told(_ json: JSON) -> JSON {
        guard settings.defect == .enumRenamed, case .object(var members) = json,
            members["status"] == "running"
        else { return json }
        members["status"] = "in_progress"
        return .object(members)
    }
}
