internal import AssayWire

extension CommandRow {
    static let sortRows: [CommandRow] = [
        CommandRow(
            "sort", -2, [.write, .denyoom, .movablekeys],
            .found(shown: (1, 1, 1)) { words in
                // The last STORE counts.
                let store = words.indices.dropFirst(2).last {
                    words[$0].isWord("store") && $0 + 1 < words.count
                }
                return [1] + (store.map { [$0 + 1] } ?? [])
            },
            .generic, "1.0.0", "Returns or stores the sorted elements of a list, set or sorted set.",
            run: SortCommands.sort),
        CommandRow(
            "sort_ro", -2, [.readonly, .movablekeys], .found(shown: (1, 1, 1)) { _ in [1] }, .generic,
            "7.0.0",
            "Returns the sorted elements of a list, set or sorted set.", run: SortCommands.sort),
    ]
}

enum SortCommands {
    private struct Options {
        var by: [UInt8]?
        var get: [[UInt8]] = []
        var isDescending = false
        var isAlpha = false
        var offset: Int64 = 0
        var limit: Int64 = -1
        var store: Int?
        /// A pattern without `*` is the same for all: nothing is sorted.
        var sorts: Bool { by.map { $0.contains(0x2A) } ?? true }

        init(_ call: RedisCall) throws(RedisFailure) {
            var place = 2
            while place < call.count {
                let rest = call.count - place - 1
                if call.isWord(place, "asc") {
                    isDescending = false
                } else if call.isWord(place, "desc") {
                    isDescending = true
                } else if call.isWord(place, "alpha") {
                    isAlpha = true
                } else if call.isWord(place, "limit"), rest >= 2 {
                    offset = try call.integer(place + 1)
                    limit = try call.integer(place + 2)
                    place += 2
                } else if call.command.row.name == "sort", call.isWord(place, "store"), rest >= 1 {
                    store = place + 1
                    place += 1
                } else if call.isWord(place, "by"), rest >= 1 {
                    by = [UInt8](call[place + 1])
                    place += 1
                } else if call.isWord(place, "get"), rest >= 1 {
                    get.append([UInt8](call[place + 1]))
                    place += 1
                } else {
                    throw .syntax
                }
                place += 1
            }
        }
    }

    private struct Item {
        var element: [UInt8]
        var number = 0.0
        var text: [UInt8]?
    }

    static func sort(_ call: RedisCall) throws(RedisFailure) {
        let options = try Options(call)
        var items = try elements(call, options).map { Item(element: $0) }
        if options.sorts { try sort(&items, options, call) }
        let count = Int64(items.count)
        let first = min(max(0, options.offset), count)
        let last =
            options.limit < 0 ? count : min(count, first.addingReportingOverflow(options.limit).partialValue)
        let chosen = first < last ? Array(items[Int(first)..<Int(last)]) : []
        var results: [[UInt8]?] = []
        for item in chosen {
            if options.get.isEmpty { results.append(item.element) }
            for pattern in options.get { results.append(look(up: pattern, item.element, call)) }
        }
        guard let store = options.store else {
            call.reply.array(results.count)
            for result in results { call.reply.bulkOrNull(result) }
            return
        }
        let target = call[store]
        let had = call.database.remove(target) != nil
        if !results.isEmpty {
            call.server.query(
                [Array("RPUSH".utf8), [UInt8](target)] + results.map { $0 ?? [] }, in: call.database,
                quietly: true)
            call.changed(target, .list, "sortstore")
        } else if had {
            call.changed(target, .generic, "del")
        }
        call.reply.integer(results.count)
    }

    private static func elements(_ call: RedisCall, _ options: Options) throws(RedisFailure) -> [[UInt8]] {
        guard let slot = call.database.read(call[1]) else { return [] }
        guard case .collection(let collection) = call.database[slot].value else { throw .wrongType }
        switch collection.type {
        case .list, .set: return collection.digestParts
        case .sortedSet:
            // In the order of the scores, which counts where nothing is sorted.
            let parts = collection.digestParts
            let members = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }
            return !options.sorts && options.isDescending ? members.reversed() : members
        default: throw .wrongType
        }
    }

    private static func sort(_ items: inout [Item], _ options: Options, _ call: RedisCall)
        throws(RedisFailure)
    {
        for index in items.indices {
            let key = options.by.map { look(up: $0, items[index].element, call) } ?? items[index].element
            if options.isAlpha {
                items[index].text = key
            } else if let key {
                guard let number = key.withSlice({ $0.isEmpty ? 0 : $0.double }) else {
                    throw .err("One or more scores can't be converted into double")
                }
                items[index].number = number
            }
        }
        func order(_ one: Item, _ other: Item) -> Int {
            if options.isAlpha {
                guard let first = one.text else { return other.text == nil ? 0 : -1 }
                guard let second = other.text else { return 1 }
                return first.withSlice { first in second.withSlice { first.compared(to: $0) } }
            }
            return one.number < other.number ? -1 : one.number > other.number ? 1 : 0
        }
        items.sort { one, other in
            var result = order(one, other)
            if result == 0, options.by == nil || options.store == nil {
                // Equal ones by their bytes, so that the result is always the same.
                result = one.element.withSlice { first in other.element.withSlice { first.compared(to: $0) } }
            }
            return options.isDescending ? result > 0 : result < 0
        }
    }

    /// What a pattern like `weight_*` or `object_*->name` finds for an element; `#` is the element.
    private static func look(up pattern: [UInt8], _ element: [UInt8], _ call: RedisCall) -> [UInt8]? {
        if pattern == [0x23] { return element }
        guard let star = pattern.firstIndex(of: 0x2A) else { return nil }
        var key = Array(pattern[..<star]) + element
        let rest = pattern[(star + 1)...]
        let arrow = rest.indices.first {
            rest[$0] == 0x2D && $0 + 2 < rest.endIndex && rest[$0 + 1] == 0x3E
        }
        guard let arrow else {
            key += rest
            return key.withSlice { key in
                call.database.read(key).flatMap { call.database[$0].value.bytes }
            }
        }
        key += rest[..<arrow]
        return call.server.query([Array("HGET".utf8), key, Array(rest[(arrow + 2)...])], in: call.database)
            .bytes
    }
}
