internal import AssayCore

/// One of a server's keyspaces: names to values, each with perhaps a time to lapse at.
///
/// A slot (``find(_:)``) is good until the next key is set or removed. Keys lapse when they are looked at after their
/// time (and by ``expireSome(_:)`` without); the time is ``RedisServer/now``, so that travel lets them lapse at once.
final class RedisDatabase {
    struct Entry {
        var value: RedisValue
        /// Milliseconds since 1970 UTC; 0 for never.
        var expiresAt: Int64 = 0
        /// Milliseconds since 1970 UTC of the last use, cut to what fits 48 bits, and a counter of uses above.
        var usedAt: Int64 = 0
        var uses: UInt8 = 5
    }

    /// SELECT's number; SWAPDB exchanges it.
    var index: Int
    unowned let server: RedisServer
    private(set) var table = ByteTable<Entry>(vacant: Entry(value: .integer(0)))
    /// How many keys have a time to lapse at.
    private(set) var expiringCount = 0
    /// Clients by keys they WATCH.
    var watchers: [[UInt8]: [RedisClient]] = [:]
    /// Clients by keys that they are blocked on, the longest waiting first.
    var waiters: [[UInt8]: [RedisClient]] = [:]
    private var expireCursor = 0

    init(_ index: Int, of server: RedisServer) {
        self.index = index
        self.server = server
    }

    var count: Int { table.count }

    // MARK: looking up

    /// The slot of a key that is there and has not lapsed.
    @inline(__always)
    func find(_ key: ByteSlice) -> Int? {
        guard let slot = table.find(key) else { return nil }
        if table[slot].expiresAt != 0, table[slot].expiresAt <= server.now {
            guard server.mayExpire else { return nil }
            lapse(slot)
            return nil
        }
        return slot
    }

    /// As ``find(_:)``, counted as a hit or a miss and as a use of the key: for commands that read.
    @inline(__always)
    func read(_ key: ByteSlice) -> Int? {
        guard let slot = find(key) else {
            server.stats.keyspaceMisses &+= 1
            if server.notifications != [] { server.notify(.miss, "keymiss", [UInt8](key), in: self) }
            return nil
        }
        server.stats.keyspaceHits &+= 1
        touch(slot)
        return slot
    }

    /// Counts a use of a key, for OBJECT IDLETIME and FREQ.
    @inline(__always)
    func touch(_ slot: Int) {
        if server.keepsAccessTimes { table[slot].usedAt = server.now }
    }

    subscript(slot: Int) -> Entry {
        @inline(__always) _read { yield table[slot] }
        @inline(__always) _modify { yield &table[slot] }
    }

    func key(at slot: Int) -> [UInt8] { table.key(at: slot) }

    /// A collection for a command that reads it; see ``read(_:)``.
    ///
    /// - Returns: `nil` when there is no such key.
    /// - Throws: WRONGTYPE.
    func read<Collection: RedisCollection>(
        _ key: ByteSlice, as type: Collection.Type
    ) throws(RedisFailure) -> Collection? {
        guard let slot = read(key) else { return nil }
        return try collection(at: slot)
    }

    /// A collection for a command that changes it.
    ///
    /// - Returns: `nil` when there is no such key.
    /// - Throws: WRONGTYPE.
    func find<Collection: RedisCollection>(
        _ key: ByteSlice, as type: Collection.Type
    ) throws(RedisFailure) -> Collection? {
        guard let slot = find(key) else { return nil }
        touch(slot)
        return try collection(at: slot)
    }

    /// A collection for a command that changes it, a new one when there is no such key.
    ///
    /// - Throws: WRONGTYPE.
    func findOrAdd<Collection: RedisCollection>(
        _ key: ByteSlice, _ make: @autoclosure () -> Collection
    ) throws(RedisFailure) -> Collection {
        if let found = try find(key, as: Collection.self) { return found }
        let made = make()
        add([UInt8](key), .collection(made))
        return made
    }

    // MARK: changing

    /// Adds a key that is not there.
    func add(_ key: [UInt8], _ value: RedisValue) {
        table.insert(key, Entry(value: value, usedAt: server.now))
        if case .collection(let collection) = value { keyBecameReady(key, collection.type) }
        if server.notifications != [] { server.notify(.new, "new", key, in: self) }
    }

    /// Sets a key, whatever it held.
    ///
    /// - Parameter keepsExpiry: whether the time it lapses at stays.
    @inline(__always)
    func set(_ key: ByteSlice, _ value: RedisValue, keepsExpiry: Bool = false) {
        guard let slot = find(key) else {
            add([UInt8](key), value)
            return
        }
        table[slot].value = value
        touch(slot)
        if !keepsExpiry { setExpiry(slot, 0) }
        if !waiters.isEmpty { keyBecameReady([UInt8](key), value.type) }
    }

    /// Takes a key away.
    ///
    /// - Returns: what it held; `nil` when there is no such key.
    @discardableResult
    func remove(_ key: ByteSlice) -> Entry? {
        guard let slot = find(key) else { return nil }
        return remove(at: slot)
    }

    @discardableResult
    func remove(at slot: Int) -> Entry {
        if table[slot].expiresAt != 0 { expiringCount -= 1 }
        if !waiters.isEmpty, case .collection(let collection) = table[slot].value,
            collection.type == .stream
        {
            // Readers of a group learn that the stream is gone.
            keyBecameReady(table.key(at: slot), .stream)
        }
        return table.remove(at: slot)
    }

    /// Takes a key away when its collection is empty, and says so to who listens.
    func removeIfEmpty(_ key: ByteSlice, _ collection: RedisCollection) {
        guard collection.isEmpty, let slot = table.find(key) else { return }
        remove(at: slot)
        if server.notifications != [] { server.notify(.generic, "del", [UInt8](key), in: self) }
    }

    /// - Parameter time: milliseconds since 1970 UTC; 0 for never.
    @inline(__always)
    func setExpiry(_ slot: Int, _ time: Int64) {
        let old = table[slot].expiresAt
        if old == 0, time == 0 { return }
        table[slot].expiresAt = time
        if old == 0 {
            expiringCount += 1
            server.startExpiring()
        } else if time == 0 {
            expiringCount -= 1
        }
    }

    func removeAll() {
        if !waiters.isEmpty {
            for key in waiters.keys where table.find(key) != nil { keyBecameReady(key, .stream) }
        }
        table.removeAll()
        expiringCount = 0
        expireCursor = 0
    }

    // MARK: telling others

    /// To be called once for every key that a command changes: transactions that watch it fail.
    @inline(__always)
    func changed(_ key: ByteSlice) {
        server.dirty &+= 1
        if !watchers.isEmpty || server.hasTrackingClients { tellWatchers([UInt8](key)) }
    }

    func tellWatchers(_ key: [UInt8]) {
        for client in watchers[key] ?? [] { client.watchedChanged(key, in: self) }
        if server.hasTrackingClients { server.invalidate(key) }
    }

    /// Clients blocked on the key may go on; they do once the running command or transaction is over.
    @inline(__always)
    func keyBecameReady(_ key: [UInt8], _ type: RedisType) {
        if !waiters.isEmpty, waiters[key] != nil { server.readyKeys.append((self, key)) }
    }

    /// As ``keyBecameReady(_:_:)``, for a key that was there already: an element more in a stream.
    @inline(__always)
    func keyBecameReady(_ key: ByteSlice) {
        if !waiters.isEmpty { keyBecameReady([UInt8](key), .stream) }
    }

    // MARK: lapsing

    /// Removes a key whose time has come.
    func lapse(_ slot: Int) {
        let key = table.key(at: slot)
        remove(at: slot)
        server.stats.expiredKeys &+= 1
        tellWatchers(key)
        server.notify(.expired, "expired", key, in: self)
    }

    /// Looks for lapsed keys among the next `limit` slots, or among all.
    func expireSome(_ limit: Int) {
        guard expiringCount > 0 else { return }
        var seen = 0
        while seen < min(limit, table.slotBound), expiringCount > 0 {
            if expireCursor >= table.slotBound { expireCursor = 0 }
            let slot = expireCursor
            expireCursor += 1
            seen += 1
            if table.isLive(slot), table[slot].expiresAt != 0, table[slot].expiresAt <= server.now {
                lapse(slot)
            }
        }
    }

    /// Exchanges all keys with another database's.
    func swapContents(with other: RedisDatabase) {
        swap(&table, &other.table)
        swap(&expiringCount, &other.expiringCount)
        (expireCursor, other.expireCursor) = (0, 0)
    }
}
