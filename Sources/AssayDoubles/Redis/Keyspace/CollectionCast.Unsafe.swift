extension RedisDatabase {
    /// The collection in a slot.
    ///
    /// - Throws: WRONGTYPE.
    @inline(__always)
    func collection<Collection: RedisCollection>(at slot: Int) throws(RedisFailure) -> Collection {
        guard case .collection(let collection) = self[slot].value, collection.type == Collection.type else {
            throw .wrongType
        }
        // SAFETY: every type has one final class, and the type was compared.
        return unsafe unsafeDowncast(collection, to: Collection.self)
    }
}
