internal import AssayFormats
internal import AssayNet
internal import FleetCore

/// A session for each account, through its proxy.
struct LoginRunner: Runner {
    func run(_ run: Run) async throws(RunFault) -> JSON {
        let accounts = try await run.accounts()
        var sessions = JSONObject()
        for account in accounts {
            guard account.hasProxy else {
                throw RunFault(code: "no_proxy", message: "account '\(account.id)' has no proxy")
            }
            try await run.act(of: accounts.count)
            let session = Crypto.sha256(Array("session \(account.id) \(account.username)".utf8))
            sessions[account.id] = .string(hexadecimal(session.prefix(8)))
        }
        return ["sessions": .object(sessions)]
    }
}

/// Looks around as a person would: a number of actions for each account, their kinds in turn.
struct WarmupRunner: Runner {
    static let kinds = ["feed", "story", "explore", "search"]

    func run(_ run: Run) async throws(RunFault) -> JSON {
        let accounts = try await run.accounts()
        let actions = Int(run.job.payload["actions"]?.intValue ?? 0)
        var counts: [String: Int] = [:]
        for _ in accounts {
            for number in 0..<actions {
                try await run.act(of: actions * accounts.count)
                counts[Self.kinds[number % Self.kinds.count], default: 0] += 1
            }
        }
        return [
            "actions": .object(
                JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) }))
        ]
    }
}

/// One action for each target of each account: follows and likes.
struct TargetRunner: Runner {
    let word: String

    func run(_ run: Run) async throws(RunFault) -> JSON {
        let accounts = try await run.accounts()
        let targets = run.job.payload["targets"]?.arrayValue ?? []
        for _ in 0..<accounts.count * targets.count {
            try await run.act(of: accounts.count * targets.count)
        }
        return .object([word: .int(Int64(accounts.count * targets.count))])
    }
}

/// Publishes media to accounts: each gets different media, and nobody the bytes of anybody else.
struct BulkRunner: Runner {
    func run(_ run: Run) async throws(RunFault) -> JSON {
        let accounts = try await run.accounts()
        let names = (run.job.payload["media"]?.arrayValue ?? []).compactMap(\.stringValue)
        let perAccount = Int(run.job.payload["per_account"]?.intValue ?? 1)
        let plan = MediaVariants.distribute(names, to: accounts.map(\.id), perAccount: perAccount)
        let originals = try await originals(names, run)
        let total = plan.reduce(0) { $0 + $1.media.count }
        var published = JSONObject()
        for (account, media) in plan {
            var rows: [JSON] = []
            for (number, name) in media.enumerated() {
                try await run.act(of: total)
                let original = originals[name] ?? []
                let bytes =
                    run.defect == .sameMedia
                    ? original : MediaVariants.unique(original, for: account, number: number)
                rows.append(["media": .string(name), "sha256": .string(hexadecimal(Crypto.sha256(bytes)))])
            }
            published[account] = .array(rows)
        }
        return ["published": .object(published)]
    }

    /// The bytes of media, held against what the UI says of them.
    private func originals(_ names: [String], _ run: Run) async throws(RunFault) -> [String: [UInt8]] {
        do throws(UITrouble) {
            let known = try await run.ui.media()
            var found: [String: [UInt8]] = [:]
            for name in names {
                guard let media = known.first(where: { $0.id == name }) else {
                    throw UITrouble.refused(status: 404, error: "no_such_media")
                }
                let content = try await run.ui.content(of: name)
                guard hexadecimal(Crypto.sha256(content)) == media.hash else {
                    throw UITrouble.misfit("media '\(name)' has other bytes than its sha256 says")
                }
                found[name] = content
            }
            return found
        } catch {
            throw .ui(error)
        }
    }
}
