extension CommandRow {
    /// Every command there is: a file of commands adds its rows to this list.
    static let everything: [CommandRow] = [
        stringRows, connectionRows,
    ].flatMap { $0 }
}
