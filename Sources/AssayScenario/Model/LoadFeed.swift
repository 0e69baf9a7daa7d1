public import AssayFormats

extension LoadProfile {
    /// What a pass in load reads of itself: `${load.user}`.
    public static let figuresName = "load"
    /// The number of the user, of this pass among its own, and of this pass among all of the run; each from 0.
    public static let figures = ["user", "iteration", "number"]

    /// Rows of data for users, read once and shared by all of them.
    public struct Feed: Sendable {
        /// Which row comes next.
        public enum Pick: String, Sendable, CaseIterable {
            case inOrder = "in-order"
            /// Any row, whether it was there before or not.
            case random
            /// In an order of chance: every row once before any comes again.
            case shuffled
            /// In order, and no row twice in the whole run.
            case unique
        }

        public enum Per: String, Sendable, CaseIterable {
            /// A user keeps its row.
            case user
            case iteration
        }

        /// What happens when every row was given out.
        public enum End: String, Sendable, CaseIterable {
            case `repeat`
            /// No pass begins any more; what runs may end.
            case stop
            /// The same, and the run has failed.
            case fail
        }

        /// The name of a feed that has none of its own: `${feed.column}`.
        public static let soleName = "feed"

        /// What scenarios read it as.
        public var name: String
        /// CSV, JSON or JSON lines, relative to the profile; for messages.
        public var path: String
        public var rows: FeedRows
        public var pick: Pick
        public var per: Per
        public var atEnd: End

        public init(
            name: String = Self.soleName, path: String, rows: FeedRows, pick: Pick = .inOrder,
            per: Per = .user, atEnd: End? = nil
        ) {
            self.name = name
            self.path = path
            self.rows = rows
            self.pick = pick
            self.per = per
            self.atEnd = atEnd ?? (pick == .unique ? .stop : .repeat)
        }
    }
}

/// The rows of a feed: kept as the file wrote them, made into objects one at a time, when they are needed.
///
/// A million rows take the file's size and eight bytes each. Copies share it.
public struct FeedRows: Sendable, RandomAccessCollection {
    private enum Store: Sendable {
        case objects([JSONObject])
        case table(CSVRows)
        case lines(JSONLines)
    }

    private let store: Store
    /// Names that every row has, in the order of the first.
    public let columns: [String]

    public init(_ objects: [JSONObject]) {
        store = .objects(objects)
        columns = objects.first?.keys ?? []
    }

    public init(_ table: CSVRows) {
        store = .table(table)
        columns = table.columns
    }

    public init(_ lines: JSONLines) {
        store = .lines(lines)
        columns = lines.isEmpty ? [] : lines[0].keys
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int {
        switch store {
        case .objects(let objects): objects.count
        case .table(let table): table.count
        case .lines(let lines): lines.count
        }
    }

    /// - Complexity: O(length of the row).
    public subscript(row: Int) -> JSONObject {
        switch store {
        case .objects(let objects): objects[row]
        case .table(let table): table[row]
        case .lines(let lines): lines[row]
        }
    }
}
