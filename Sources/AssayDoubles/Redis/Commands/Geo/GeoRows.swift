extension CommandRow {
    static let geoRows: [CommandRow] = [
        CommandRow(
            "geoadd", -5, [.write, .denyoom], .first, .geo, "3.2.0",
            "Adds places to a sorted set.", run: GeoCommands.geoadd),
        CommandRow(
            "geodist", -4, [.readonly], .first, .geo, "3.2.0",
            "Answers the distance between two places.", run: GeoCommands.geodist),
        CommandRow(
            "geohash", -2, [.readonly], .first, .geo, "3.2.0",
            "Answers places as geohash texts.", run: GeoCommands.geohash),
        CommandRow(
            "geopos", -2, [.readonly], .first, .geo, "3.2.0",
            "Answers the coordinates of places.", run: GeoCommands.geopos),
        CommandRow(
            "georadius", -6, [.write, .denyoom, .movablekeys],
            .found(shown: (1, 1, 1), GeoCommands.radiusKeys), .geo, "3.2.0",
            "Finds places around coordinates.", run: GeoCommands.georadius),
        CommandRow(
            "georadius_ro", -6, [.readonly], .first, .geo, "3.2.10",
            "Finds places around coordinates, storing nothing.", run: GeoCommands.georadius),
        CommandRow(
            "georadiusbymember", -5, [.write, .denyoom, .movablekeys],
            .found(shown: (1, 1, 1), GeoCommands.radiusKeys), .geo, "3.2.0",
            "Finds places around a place.", run: GeoCommands.georadiusbymember),
        CommandRow(
            "georadiusbymember_ro", -5, [.readonly], .first, .geo, "3.2.10",
            "Finds places around a place, storing nothing.", run: GeoCommands.georadiusbymember),
        CommandRow(
            "geosearch", -7, [.readonly], .first, .geo, "6.2.0",
            "Finds places in a circle or a box.", run: GeoCommands.geosearch),
        CommandRow(
            "geosearchstore", -8, [.write, .denyoom], .range(first: 1, last: 2, step: 1), .geo, "6.2.0",
            "Stores the places in a circle or a box.", run: GeoCommands.geosearchstore),
    ]
}
