/// CLIENT TRACKING: clients that keep what they read are told when it changes.
enum TrackingCommands {
    static func tracking(_ call: RedisCall) throws(RedisFailure) {
        var wanted = ClientTracking()
        var place = 3
        while place < call.count {
            let rest = call.count - place - 1
            if call.isWord(place, "redirect"), rest >= 1 {
                guard wanted.redirect == 0 else {
                    throw .err("A client can only redirect to a single other client")
                }
                let id = try call.integer(place + 1)
                guard call.server.clients[id] != nil else {
                    throw .err("The client ID you want redirect to does not exist")
                }
                wanted.redirect = id
                place += 1
            } else if call.isWord(place, "bcast") {
                wanted.isBroadcast = true
            } else if call.isWord(place, "optin") {
                wanted.isOptIn = true
            } else if call.isWord(place, "optout") {
                wanted.isOptOut = true
            } else if call.isWord(place, "noloop") {
                wanted.isNoLoop = true
            } else if call.isWord(place, "prefix"), rest >= 1 {
                wanted.prefixes.append([UInt8](call[place + 1]))
                place += 1
            } else {
                throw .syntax
            }
            place += 1
        }
        if call.isWord(2, "off") {
            call.client.tracking = nil
        } else if call.isWord(2, "on") {
            try check(wanted, call)
            if let old = call.client.tracking, old.isBroadcast { wanted.prefixes += old.prefixes }
            wanted.keys = call.client.tracking?.keys ?? []
            call.client.tracking = wanted
        } else {
            throw .syntax
        }
        call.server.countTracking()
        call.reply.ok()
    }

    private static func check(_ wanted: ClientTracking, _ call: RedisCall) throws(RedisFailure) {
        if !wanted.prefixes.isEmpty, !wanted.isBroadcast {
            throw .err("PREFIX option requires BCAST mode to be enabled")
        }
        if let old = call.client.tracking {
            if old.isBroadcast != wanted.isBroadcast {
                throw .err(
                    "You can't switch BCAST mode on/off before disabling tracking for this client, and then "
                        + "re-enabling it with a different mode.")
            }
            if old.isOptIn && wanted.isOptOut || old.isOptOut && wanted.isOptIn {
                throw .err(
                    "You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then "
                        + "re-enabling it with a different mode.")
            }
        }
        if wanted.isBroadcast, wanted.isOptIn || wanted.isOptOut {
            throw .err("OPTIN and OPTOUT are not compatible with BCAST")
        }
        if wanted.isOptIn, wanted.isOptOut { throw .err("You can't use both OPTIN and OPTOUT") }
        var prefixes = wanted.prefixes
        for (index, prefix) in prefixes.enumerated() {
            for other in prefixes[(index + 1)...] + (call.client.tracking?.prefixes ?? [])
            where other.starts(with: prefix) || prefix.starts(with: other) {
                let (one, two) = (
                    String(decoding: prefix, as: UTF8.self), String(decoding: other, as: UTF8.self)
                )
                let isOld = call.client.tracking?.prefixes.contains(other) ?? false
                throw .err(
                    "Prefix '\(one)' overlaps with \(isOld ? "an existing" : "another provided") prefix "
                        + "'\(two)'. Prefixes for a single client must not overlap.")
            }
        }
        prefixes = []
    }

    static func caching(_ call: RedisCall) throws(RedisFailure) {
        guard let tracking = call.client.tracking else {
            throw .err(
                "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode "
                    + "enabled")
        }
        if call.isWord(2, "yes") {
            guard tracking.isOptIn else {
                throw .err("CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.")
            }
            call.client.tracking?.caching = true
        } else if call.isWord(2, "no") {
            guard tracking.isOptOut else {
                throw .err("CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.")
            }
            call.client.tracking?.caching = false
        } else {
            throw .syntax
        }
        call.reply.ok()
    }

    static func trackinginfo(_ call: RedisCall) throws(RedisFailure) {
        let tracking = call.client.tracking
        var flags: [String] = [tracking == nil ? "off" : "on"]
        if tracking?.isBroadcast == true { flags.append("bcast") }
        if tracking?.isOptIn == true {
            flags.append("optin")
            if tracking?.caching == true { flags.append("caching-yes") }
        }
        if tracking?.isOptOut == true {
            flags.append("optout")
            if tracking?.caching == false { flags.append("caching-no") }
        }
        if tracking?.isNoLoop == true { flags.append("noloop") }
        if let redirect = tracking?.redirect, redirect != 0, call.server.clients[redirect] == nil {
            flags.append("broken_redirect")
        }
        let reply = call.reply
        reply.map(3)
        reply.bulk("flags")
        reply.set(flags.count)
        for flag in flags { reply.bulk(flag) }
        reply.bulk("redirect")
        reply.integer(tracking?.redirect ?? -1)
        reply.bulk("prefixes")
        reply.array(tracking?.prefixes.count ?? 0)
        for prefix in tracking?.prefixes ?? [] { reply.bulk(prefix) }
    }

    static func getredir(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(call.client.tracking?.redirect ?? -1)
    }
}
