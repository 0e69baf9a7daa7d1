internal import AssayFormats

extension Service {
    /// `classifiers` by their ids, each a list of entries, and `items` with their images.
    func catalog() async throws(Refused) -> Reply {
        let catalog = try await answered { () async throws(InventoryError) in try await inventory.catalog() }
        var classifiers = JSONObject()
        for entry in catalog.entries {
            let before = classifiers[entry.classifier]?.arrayValue ?? []
            classifiers[entry.classifier] = .array(
                before + [["id": .string(entry.id), "description": .string(entry.description)]])
        }
        return Reply(body: [
            "classifiers": .object(classifiers), "items": .array(catalog.items.map(Self.json)),
        ])
    }

    private static func json(_ item: Catalog.Item) -> JSON {
        let images = item.images.map { image -> JSON in
            [
                "collection": .string(image.collection), "quality_level": .string(image.qualityLevel),
                "url": .string(image.url),
            ]
        }
        return [
            "item_id": .string(item.id), "class": .string(item.itemClass), "name": .string(item.name),
            "images": .array(images),
        ]
    }
}
