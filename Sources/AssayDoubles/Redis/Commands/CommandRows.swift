extension CommandRow {
    /// Every command there is: a file of commands adds its rows to this list.
    static let everything: [CommandRow] = [
        stringRows, bitRows, keyRows, expireRows, sortRows, connectionRows, clientRows, transactionRows,
        pubSubRows,
        listRows, setRows, hashRows, sortedSetRows, streamRows, geoRows, hyperLogLogRows,
        scriptRows, functionRows, configRows, serverRows, commandRows, aclRows, debugRows, dumpRows,
        faultRows,
    ].flatMap { $0 }
}
