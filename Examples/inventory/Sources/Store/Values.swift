/// A kind of thing in a section of a user's inventory, and how many.
struct ItemQuantity: Sendable {
    var section: String
    var item: String
    var quantity: Int64
}

/// How many of an item a user holds: free to use, and set aside by reservations.
struct Balance: Sendable, Equatable {
    var section: String
    var item: String
    var available: Int64
    var reserved: Int64
}

/// What an operation did, or that it had been done before.
struct OperationResult: Sendable, Equatable {
    var operation: String
    var state: String
    /// The same operation came again and changed nothing.
    var isRepeated = false
}

/// What an administrator changes by hand.
struct Adjustment: Sendable {
    var admin: String
    var user: String
    var item: ItemQuantity
    /// The UTC day it counts for; today unless said.
    var day: String
    var reason: String
}

/// A line of the audit log.
struct AuditEntry: Sendable {
    var id: Int64
    var adjustment: Adjustment
    var createdAt: String
}

/// Balances at the end of a day.
struct DailyBalance: Sendable, Equatable {
    var day: String
    var items: [Balance]
    /// Worked out by this request; later ones find them in the table.
    var isCreated: Bool
}

/// Why an operation was refused; nothing was changed then.
enum InventoryError: Error {
    case insufficient(item: String, requested: Int64, available: Int64)
    case unknownReservation(String)
    /// The reservation is already returned or consumed.
    case closed(operation: String, state: String)
    /// The operation's id was used for something else.
    case otherOperation(String)
    case database(DatabaseError)

    /// For the log and for those who run the service.
    var reason: String { if case .database(let error) = self { error.description } else { "\(self)" } }
}
