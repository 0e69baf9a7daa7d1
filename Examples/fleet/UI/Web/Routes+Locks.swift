internal import AssayFormats
internal import FleetCore

extension Service {
    static func addLocks(to router: inout Router<Service>) {
        router.on("POST", "/api/v1/locks") { service, call throws(Refused) in try await service.acquire(call)
        }
        router.on("GET", "/api/v1/locks/journal") { service, call in
            Reply(
                200,
                [
                    "overlaps": .int(Int64(service.journal.overlaps)),
                    "events": .array(service.journal.events(of: call.query("prefix") ?? "")),
                ])
        }
        router.on("GET", "/api/v1/locks/{resource}") { service, call throws(Refused) in
            guard
                let held = try await service.store({ () async throws(LockTrouble) in
                    try await service.locks.holder(of: call["resource"])
                })
            else { throw Refused(.error(404, "not_locked")) }
            return Reply(200, service.lock(call["resource"], held.owner, held.milliseconds))
        }
        router.on("POST", "/api/v1/locks/{resource}/renew") { service, call throws(Refused) in
            try await service.renew(call)
        }
        router.on("POST", "/api/v1/locks/{resource}/release") { service, call throws(Refused) in
            try await service.release(call)
        }
    }

    private func acquire(_ call: Call) async throws(Refused) -> Reply {
        let body = try call.body()
        var faults = JSONObject()
        let (resource, owner) = (body["resource"]?.stringValue ?? "", body["owner"]?.stringValue ?? "")
        if !JobType.isName(resource) { faults["resource"] = "is the name of what is locked" }
        if !JobType.isName(owner) { faults["owner"] = "is the name of who locks" }
        let milliseconds = Self.patience(body, &faults)
        guard faults.isEmpty else { throw Refused(.faults(faults)) }
        let holder = LockHolder(owner: owner, token: newToken())
        let answer = try await store { () async throws(LockTrouble) in
            try await locks.acquire(resource, for: holder, milliseconds: milliseconds)
        }
        if case .held(let other, let left) = answer { throw Refused(held("locked", other, left)) }
        journal.acquired(resource, by: owner, milliseconds: milliseconds, now: clock.now)
        metrics.count("locks_acquired_total")
        guard case .object(var members) = lock(resource, owner, milliseconds) else {
            throw Refused(.error(500, "lost"))
        }
        members["token"] = .string(holder.token)
        if call.version >= .v2 { members["fence"] = .int(Int64(metrics.value("locks_acquired_total"))) }
        return Reply(201, .object(members))
    }

    private func renew(_ call: Call) async throws(Refused) -> Reply {
        let body = try call.body()
        var faults = JSONObject()
        let milliseconds = Self.patience(body, &faults)
        let token = Self.token(body, &faults)
        guard faults.isEmpty else { throw Refused(.faults(faults)) }
        let resource = call["resource"]
        let answer = try await store { () async throws(LockTrouble) in
            try await locks.renew(resource, token: token, milliseconds: milliseconds)
        }
        try refuse(answer)
        journal.renewed(resource, by: milliseconds, now: clock.now)
        let owner = try await store { () async throws(LockTrouble) in try await locks.holder(of: resource) }
        return Reply(200, lock(resource, owner?.owner ?? "", milliseconds))
    }

    private func release(_ call: Call) async throws(Refused) -> Reply {
        var faults = JSONObject()
        let token = Self.token(try call.body(), &faults)
        guard faults.isEmpty else { throw Refused(.faults(faults)) }
        let resource = call["resource"]
        try refuse(
            try await store { () async throws(LockTrouble) in
                try await locks.release(resource, token: token)
            })
        journal.released(resource, now: clock.now)
        return Reply(204, .null)
    }

    private func refuse(_ answer: LockAnswer) throws(Refused) {
        switch answer {
        case .done: return
        case .free: throw Refused(.error(404, "not_locked"))
        case .held(let owner, let left): throw Refused(held("not_owner", owner, left))
        }
    }

    private func held(_ code: String, _ owner: String, _ left: Int64) -> Reply {
        .error(409, code, [("owner", .string(owner)), ("ttl_ms", .int(Self.shown(left)))])
    }

    private func lock(_ resource: String, _ owner: String, _ left: Int64) -> JSON {
        ["resource": .string(resource), "owner": .string(owner), "ttl_ms": .int(Self.shown(left))]
    }

    /// A lock that never ends is told as one of a day.
    private static func shown(_ milliseconds: Int64) -> Int64 { min(max(0, milliseconds), 86_400_000) }

    private static func patience(_ body: JSON, _ faults: inout JSONObject) -> Int64 {
        let milliseconds = body["ttl_ms"]?.intValue ?? 0
        if !(10...3_600_000).contains(milliseconds) {
            faults["ttl_ms"] = "is a whole number from 10 to 3600000"
        }
        return milliseconds
    }

    private static func token(_ body: JSON, _ faults: inout JSONObject) -> String {
        let token = body["token"]?.stringValue ?? ""
        if !JobType.isName(token) { faults["token"] = "is the token that came with the lock" }
        return token
    }

    private func store<Value>(
        _ work: () async throws(LockTrouble) -> Value
    ) async throws(Refused) -> Value {
        do throws(LockTrouble) { return try await work() } catch {
            log.write(.error, "locks", [("reason", .string(error.reason))])
            throw Refused(.error(503, "locks_unavailable"))
        }
    }
}
