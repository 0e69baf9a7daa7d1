internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Data of CSV files, as users see it.
struct ArtilleryPayload {
    var feeds: [LoadProfile.Feed] = []
    /// What each user has of them.
    var variables: [Scenario.Variable] = []
    /// The same outside of the load, where no feed gives rows.
    var apart: [Scenario.Variable] = []
}

extension ArtilleryReading {
    /// `config.payload`, one file or several.
    func readPayload() -> ArtilleryPayload {
        var payload = ArtilleryPayload()
        warnOfUnusedPayload()
        guard let node = config["payload"], !node.isNull else { return payload }
        for (place, entry) in (node.elements ?? [node]).enumerated() {
            guard entry.pairs != nil else {
                shape(entry, "a mapping with `path` and `fields`")
                continue
            }
            check(
                entry,
                [
                    "path", "fields", "order", "skipHeader", "delimiter", "cast", "loadAll", "name",
                    "skipEmptyLines",
                    "options",
                ], in: "`payload`")
            add(entry, place, to: &payload)
        }
        return payload
    }

    /// A file of the command line takes the place of one that the script describes.
    private func warnOfUnusedPayload() {
        guard let given = source.options.payload else { return }
        let node = config["payload"]
        let reason: String
        switch node?.elements {
        case _?: reason = "`payload` is a list of files"
        case nil where node?.isNull ?? true:
            reason = "the script has no `payload` that says what its columns are"
        case nil: return
        }
        yaml.warning(
            "AS608", "--payload: '\(given)' is left out: \(reason)", at: node ?? root,
            fix: "add `payload: {fields: [name]}` to `config`")
    }

    private func add(_ node: YAMLNode, _ place: Int, to payload: inout ArtilleryPayload) {
        // Of several files the command line names none.
        let given = config["payload"]?.elements == nil ? source.options.payload : nil
        let pathNode = given.map { YAMLNode(.string($0), at: node.location, scalarText: $0) } ?? node["path"]
        guard let pathNode, let path = text(pathNode) else {
            if pathNode == nil {
                yaml.error(
                    "AS614", "`payload` needs the `path` of a CSV file", at: node,
                    fix: "add `path: users.csv`")
            }
            return
        }
        let file = given ?? FileReader.resolve(path, from: yaml.file)
        guard case .success(let bytes) = source.files.bytes(file) else {
            return yaml.error(
                "AS614", "there is no file '\(path)', looked for as '\(file)'", at: pathNode,
                fix: "paths begin at the folder of the script")
        }
        if let options = node["options"] { leftOut("`options` of `payload`", at: options) }
        var fields: [String] = []
        if let node = node["fields"] { fields = texts(node) }
        let loadsAll = node["loadAll"].flatMap(bool) ?? false
        var form = CSVForm()
        if let delimiter = node["delimiter"], let text = text(delimiter) {
            guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80 else {
                return shape(delimiter, "one character for `delimiter`")
            }
            form.separator = byte
        }
        form.hasHeader = node["skipHeader"].flatMap(bool) ?? false
        form.standardCell = node["cast"].flatMap(bool) == false ? .text : .auto
        var columns = fields
        let count = Self.columnCount(bytes, form.separator)
        while columns.count < count { columns.append("$column\(columns.count + 1)") }
        form.columns = columns
        let rows = CSVRows(parsing: bytes, file: file, form: form)
        yaml.bag.add(rows.problems)
        guard !rows.isEmpty else {
            if rows.problems.isEmpty {
                yaml.error("AS614", "'\(path)' has no rows", at: pathNode, fix: "add a row")
            }
            return
        }
        let isSequence = node["order"]?.scalarText == "sequence"
        if loadsAll { return addAll(node, rows, fields, &payload) }
        let feed = "$payload\(place + 1)"
        payload.feeds.append(
            LoadProfile.Feed(
                name: feed, path: path, rows: FeedRows(rows), pick: isSequence ? .inOrder : .random,
                per: .iteration, atEnd: .repeat))
        for field in fields {
            names.settable.insert(field)
            let location = pathNode.location
            payload.variables.append(variable(field, .member(.name(feed, location), field), at: location))
            payload.apart.append(
                Scenario.Variable(name: field, value: .literal(rows[0][field] ?? .null), location: location))
        }
        if fields.isEmpty {
            yaml.warning(
                "AS608", "'\(path)' is left out: `payload` has no `fields`", at: pathNode,
                fix: "add `fields: [name, password]`")
        }
    }

    /// The whole table under one name.
    private func addAll(
        _ node: YAMLNode, _ rows: CSVRows, _ fields: [String], _ payload: inout ArtilleryPayload
    ) {
        guard let name = node["name"]?.scalarText else {
            yaml.warning(
                "AS608", "this file is left out: `loadAll` gives it to users under a `name`, and it has none",
                at: node, fix: "add `name: users`")
            return
        }
        names.settable.insert(name)
        let table = rows.map { row -> JSON in
            if fields.isEmpty { return .array(row.values) }
            return .object(JSONObject(fields.map { ($0, row[$0] ?? .null) }))
        }
        let variable = Scenario.Variable(name: name, value: .literal(.array(table)), location: node.location)
        payload.variables.append(variable)
        payload.apart.append(variable)
    }

    private func variable(_ name: String, _ expression: Expression, at location: SourceLocation)
        -> Scenario.Variable
    {
        Scenario.Variable(
            name: name,
            value: .template(
                Template(source: "{{\(name)}}", location: location, segments: [.expression(expression)])),
            location: location)
    }

    /// Of the first line.
    static func columnCount(_ bytes: [UInt8], _ separator: UInt8) -> Int {
        var count = 1
        var isQuoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") { break }
            if byte == separator { count += 1 }
        }
        return count
    }

    /// What each user has: columns, then `config.variables`, of which a list gives one of its elements at random.
    func variables(_ payload: ArtilleryPayload) -> [Scenario.Variable] { payload.variables + ownVariables() }

    func ownVariables() -> [Scenario.Variable] {
        var variables: [Scenario.Variable] = []
        if let node = config["variables"], !node.isNull {
            guard let pairs = node.pairs else {
                shape(node, "a mapping of variables")
                return []
            }
            for pair in pairs {
                guard let value = yaml.json(pair.value) else { continue }
                let location = pair.key.location
                guard let elements = value.arrayValue else {
                    variables.append(.init(name: pair.name, value: .literal(value), location: location))
                    continue
                }
                if elements.isEmpty { continue }
                let drawn = Expression.call(
                    function: "random.of", arguments: [.literal(value)], location)
                variables.append(variable(pair.name, drawn, at: location))
            }
        }
        variables.append(
            variable("$uuid", .call(function: "uuid", arguments: [], root.location), at: root.location))
        return variables
    }
}
