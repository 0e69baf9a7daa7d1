internal import AssayFormats
internal import FleetCore

/// Accounts with what belongs to them, as one document.
struct Aggregates {
    let roster: Roster
    let board: TaskBoard
    let version: WireVersion
    let defect: Defect?

    /// - Parameter ids: of the accounts meant; `nil` for all.
    func accounts(_ ids: Set<String>? = nil) -> JSON {
        let meant = roster.accounts.filter { ids?.contains($0.id) ?? true }
        let tasks = tasksByAccount
        return [
            "accounts": .array(meant.map { account($0, tasks[$0.id] ?? []) }),
            "totals": totals(of: meant, tasks),
        ]
    }

    func account(_ account: Account) -> JSON { self.account(account, tasksByAccount[account.id] ?? []) }

    func summary() -> JSON { ["totals": totals(of: roster.accounts, tasksByAccount)] }

    func media() -> JSON { ["media": .array(roster.media.map(media))] }

    private var tasksByAccount: [String: [TaskBoard.Entry]] {
        var found: [String: [TaskBoard.Entry]] = [:]
        for id in board.order {
            guard let entry = board.entries[id] else { continue }
            found[entry.task.account, default: []].append(entry)
        }
        return found
    }

    private func account(_ account: Account, _ tasks: [TaskBoard.Entry]) -> JSON {
        var members: JSONObject = [
            "id": .string(account.id),
            defect == .fieldRenamed ? "user_name" : "username": .string(account.username),
            "status": .string(account.state.rawValue), "proxy": .null,
            "tasks": .array(tasks.map(task)), "media": .array(used(by: tasks).map(media)),
        ]
        if let proxy = account.proxy {
            members["proxy"] = [
                "id": .string(proxy.id), "host": .string(proxy.host), "port": .int(Int64(proxy.port)),
            ]
        }
        if version >= .v2 {
            let current = tasks.first { $0.leaseEnds != nil }
            members["busy_with"] = current.map { .string($0.task.id) } ?? .null
        }
        return .object(members)
    }

    private func task(_ entry: TaskBoard.Entry) -> JSON {
        var members: JSONObject = [
            "id": .string(entry.task.id), "type": .string(entry.task.type.rawValue),
            "status": .string(entry.task.state.rawValue),
        ]
        if version >= .v2 {
            members["attempt"] = .int(Int64(entry.handedOut))
            if let worker = entry.worker { members["worker_id"] = .string(worker) }
        }
        return .object(members)
    }

    private func media(_ media: Media) -> JSON {
        [
            "id": .string(media.id), "kind": .string(media.kind), "sha256": .string(media.hash),
            "bytes": .int(Int64(media.content.count)),
        ]
    }

    /// Media that an account's tasks name.
    private func used(by tasks: [TaskBoard.Entry]) -> [Media] {
        let names = Set(
            tasks.flatMap { $0.task.payload["media"]?.arrayValue ?? [] }.compactMap(\.stringValue))
        return roster.media.filter { names.contains($0.id) }
    }

    private func totals(of accounts: [Account], _ tasks: [String: [TaskBoard.Entry]]) -> JSON {
        var counts: [TaskState: Int] = [:]
        for entry in accounts.flatMap({ tasks[$0.id] ?? [] }) { counts[entry.task.state, default: 0] += 1 }
        func number(_ value: Int) -> JSON {
            defect == .typeChanged ? .string(String(value)) : .int(Int64(value))
        }
        return [
            "accounts": number(accounts.count),
            "proxies": number(Set(accounts.compactMap(\.proxy?.id)).count),
            "media": number(roster.media.count),
            "tasks": .object(
                JSONObject(TaskState.allCases.map { ($0.rawValue, number(counts[$0] ?? 0)) })),
        ]
    }
}
