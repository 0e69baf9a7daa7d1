/// What the ids of operations mean.
struct Catalog: Sendable {
    struct Entry: Sendable {
        var classifier: String
        var id: String
        var description: String
    }

    struct Item: Sendable {
        var id: String
        var itemClass: String
        var name: String
        var images: [Image] = []
    }

    struct Image: Sendable {
        var collection: String
        var qualityLevel: String
        var url: String
    }

    var entries: [Entry]
    var items: [Item]
}

extension Ledger {
    /// Every classifier's entries and every item, in the order of their ids.
    func catalog() throws(InventoryError) -> Catalog {
        let entries = try query(
            "select classifier_id, id, description from classifier_items order by classifier_id, id"
        ) { Catalog.Entry(classifier: $0.text(0), id: $0.text(1), description: $0.text(2)) }
        let images = Dictionary(
            grouping: try query(
                """
                select item_id, collection_id, quality_level_id, url from item_images
                order by item_id, collection_id, quality_level_id
                """
            ) {
                ($0.text(0), Catalog.Image(collection: $0.text(1), qualityLevel: $0.text(2), url: $0.text(3)))
            },
            by: { $0.0 })
        let items = try query("select id, class_id, name from items order by id") {
            Catalog.Item(
                id: $0.text(0), itemClass: $0.text(1), name: $0.text(2),
                images: (images[$0.text(0)] ?? []).map(\.1))
        }
        return Catalog(entries: entries, items: items)
    }
}
