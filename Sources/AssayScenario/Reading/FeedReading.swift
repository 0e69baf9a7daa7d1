import AssayCore
import AssayFormats

extension ScenarioFile {
    /// `feed` and `feeds`: rows of data, each under the name that scenarios read.
    func feeds(_ fields: inout MappingReader) -> [LoadProfile.Feed] {
        var feeds: [LoadProfile.Feed] = []
        if let node = fields.value("feed"), let feed = feed(node, named: LoadProfile.Feed.soleName) {
            feeds.append(feed)
        }
        guard let node = fields.value("feeds") else { return feeds }
        for pair in yaml.entries(node, "feeds") {
            guard let name = name(pair.key), let feed = feed(pair.value, named: name) else { continue }
            feeds.append(feed)
        }
        return feeds
    }

    private func feed(_ node: YAMLNode, named name: String) -> LoadProfile.Feed? {
        yaml.mapping(node, "'\(name)'") { fields in
            let form = csvForm(&fields)
            let source = fields.required("rows") { $0 }
            let pick = fields.optional("pick") { yaml.enumeration($0, as: LoadProfile.Feed.Pick.self) }
            let per = fields.optional("per") { yaml.enumeration($0, as: LoadProfile.Feed.Per.self) }
            let end = fields.pair("at-end")
            let atEnd = end.flatMap { yaml.enumeration($0.value, as: LoadProfile.Feed.End.self) }
            guard let source, let rows = rows(source, form) else { return nil }
            let path = source.stringValue ?? name
            // A feed that may not run out goes with passes; a user that came once has its row.
            let hasEnd = atEnd.map { $0 != .repeat } ?? (pick == .unique)
            let usual: LoadProfile.Feed.Per = hasEnd ? .iteration : .user
            let feed = LoadProfile.Feed(
                name: name, path: path, rows: rows, pick: pick ?? .inOrder, per: per ?? usual, atEnd: atEnd)
            if let end { check(feed, at: end) }
            return feed
        }
    }

    private func check(_ feed: LoadProfile.Feed, at end: YAMLNode.Pair) {
        if feed.pick == .unique, feed.atEnd == .repeat {
            yaml.error(
                "AS571", "a feed that is `unique` gives no row twice, so it cannot `repeat`", at: end.value,
                fix: "write `at-end: stop`, or `pick: in-order`")
        }
        if feed.pick == .random, feed.atEnd != .repeat {
            yaml.error(
                "AS571", "a feed that is `random` has no end", at: end.key,
                fix: "write `pick: shuffled` for each row once in an order of chance")
        }
    }

    /// Every user must find a row of its own in a feed that gives none twice.
    ///
    /// - Parameter users: the most that there are, over all schedules.
    func check(_ feeds: [LoadProfile.Feed], areEnoughFor users: Int) {
        for feed in feeds
        where feed.per == .user && feed.atEnd != .repeat && feed.pick != .random && feed.rows.count < users {
            yaml.error(
                "AS574",
                "the feed '\(feed.path)' has \(feed.rows.count == 1 ? "1 row" : "\(feed.rows.count) rows"), and there are up to \(users) users who need one each",
                at: yaml.root["feed"] ?? yaml.root["feeds"] ?? yaml.root,
                fix: "add rows, or write `per: iteration`")
        }
    }

    // MARK: Rows

    /// A path, or the rows themselves.
    private func rows(_ node: YAMLNode, _ form: (form: CSVForm?, keys: [YAMLNode.Pair])) -> FeedRows? {
        if let elements = node.elements {
            refuse(form.keys, "rows that are written in the profile")
            guard let values = yaml.list(node, of: yaml.json) else { return nil }
            return objects(.array(values), node, "rows").map { some($0, elements.isEmpty, "rows", node) }
        }
        guard let path = yaml.string(node) else { return nil }
        let name = path.lowercased()
        let isCSV = [".csv", ".tsv", ".txt"].contains { name.hasSuffix($0) }
        let isLines = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson")
        guard isCSV || isLines || name.hasSuffix(".json") else {
            yaml.error(
                "AS093", "a feed is a .csv, .json or .jsonl file, found '\(path)'", at: node,
                fix: "name a .csv, .json or .jsonl file")
            return nil
        }
        if !isCSV { refuse(form.keys, "a file of JSON") }
        let file = FileReader.resolve(path, from: yaml.file)
        guard let bytes = session.bytes(file, namedAt: (node, yaml)) else { return nil }
        if isCSV {
            guard var csv = form.form else { return nil }
            if name.hasSuffix(".tsv"), !form.keys.contains(where: { $0.name == "delimiter" }) {
                csv.separator = 0x09
            }
            let table = CSVRows(parsing: bytes, file: file, form: csv)
            session.bag.add(table.problems)
            return some(FeedRows(table), table.isEmpty && table.problems.isEmpty, path, node)
        }
        if isLines {
            let lines = JSONLines(parsing: bytes, file: file)
            session.bag.add(lines.problems)
            return some(FeedRows(lines), lines.isEmpty && lines.problems.isEmpty, path, node)
        }
        do {
            let value = try JSON(parsing: bytes)
            return objects(value, node, path).map { some($0, $0.isEmpty, path, node) }
        } catch {
            session.bag.add(
                Diagnostic(
                    "AS093",
                    "the feed '\(path)' is no JSON: expected \(error.expected), found \(error.actual)",
                    at: SourceLocation(file: file, line: error.line, column: error.column)))
            return nil
        }
    }

    private func objects(_ value: JSON, _ node: YAMLNode, _ path: String) -> FeedRows? {
        let elements = value.arrayValue
        let rows = elements?.compactMap(\.objectValue)
        guard let elements, let rows, rows.count == elements.count else {
            yaml.error(
                "AS093", "the feed '\(path)' is not a list of objects", at: node,
                fix: "write `[{\"name\": \"…\"}, …]` in it")
            return nil
        }
        return FeedRows(rows)
    }

    private func some(_ rows: FeedRows, _ isEmpty: Bool, _ path: String, _ node: YAMLNode) -> FeedRows {
        if isEmpty {
            yaml.error("AS093", "the feed '\(path)' has no rows", at: node, fix: "add a row")
        }
        return rows
    }

    // MARK: The form of CSV

    /// - Returns: the form, `nil` when it cannot be read, and the keys that say something of it.
    private func csvForm(_ fields: inout MappingReader) -> (form: CSVForm?, keys: [YAMLNode.Pair]) {
        var form = CSVForm()
        var isRead = true
        let keys = ["delimiter", "quote", "columns", "header", "types"].compactMap { fields.pair($0) }
        for pair in keys {
            switch pair.name {
            case "delimiter":
                if let byte = character(pair) { form.separator = byte } else { isRead = false }
            case "quote":
                if let byte = character(pair) { form.quote = byte } else { isRead = false }
            case "columns":
                form.columns = columns(pair.value)
                form.hasHeader = false
                isRead = isRead && form.columns != nil
            case "types": types(pair.value, &form)
            default: break
            }
        }
        if let header = keys.first(where: { $0.name == "header" }), let has = yaml.bool(header.value) {
            form.hasHeader = has
            if !has, form.columns == nil {
                yaml.error(
                    "AS571", "a file without a header does not say what its columns are called",
                    at: header.value, fix: "add `columns: [name, password]`")
                isRead = false
            }
        }
        return (isRead ? form : nil, keys)
    }

    private func columns(_ node: YAMLNode) -> [String]? {
        let names = yaml.list(node, of: yaml.text)
        if let names, names.isEmpty || Set(names).count < names.count {
            yaml.error(
                "AS571", names.isEmpty ? "'columns' names no column" : "'columns' names a column twice",
                at: node, fix: "name each column of the file once, in order")
            return nil
        }
        return names
    }

    /// `tab`, or one character.
    private func character(_ pair: YAMLNode.Pair) -> UInt8? {
        guard let text = yaml.text(pair.value) else { return nil }
        if text == "tab" { return 0x09 }
        if text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80, byte != 0x0A, byte != 0x0D {
            return byte
        }
        yaml.error(
            "AS571", "'\(pair.name)' is one ASCII character or `tab`, found '\(Shown.text(text, limit: 40))'",
            at: pair.value, fix: pair.name == "quote" ? "write `quote: \"'\"`" : "write `delimiter: \";\"`")
        return nil
    }

    /// `auto`, or what single columns are.
    private func types(_ node: YAMLNode, _ form: inout CSVForm) {
        if node.pairs == nil {
            form.standardCell = yaml.enumeration(node, as: CSVForm.Cell.self) ?? form.standardCell
            return
        }
        for pair in yaml.entries(node, "types") {
            guard let cell = yaml.enumeration(pair.value, as: CSVForm.Cell.self) else { continue }
            form.cells[pair.name] = cell
        }
    }

    private func refuse(_ keys: [YAMLNode.Pair], _ what: String) {
        for pair in keys {
            yaml.error(
                "AS571", "'\(pair.name)' says how a file of CSV is read, and this is \(what)", at: pair.key,
                fix: "leave it out")
        }
    }
}
