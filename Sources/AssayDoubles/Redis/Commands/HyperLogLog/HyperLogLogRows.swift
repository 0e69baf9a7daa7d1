extension CommandRow {
    static let hyperLogLogRows: [CommandRow] = [
        CommandRow(
            "pfadd", -2, [.write, .denyoom, .fast], .first, .hyperloglog, "2.8.9",
            "Adds elements to a count of distinct ones.", run: HyperLogLogCommands.pfadd),
        CommandRow(
            "pfcount", -2, [.readonly, .mayReplicate], .all, .hyperloglog, "2.8.9",
            "Estimates how many distinct elements were added.", run: HyperLogLogCommands.pfcount),
        CommandRow(
            "pfdebug", 3, [.write, .denyoom, .admin], .range(first: 2, last: 2, step: 1), .hyperloglog,
            "2.8.9",
            "Looks into a count of distinct elements.", run: HyperLogLogCommands.pfdebug),
        CommandRow(
            "pfmerge", -2, [.write, .denyoom], .all, .hyperloglog, "2.8.9",
            "Merges counts of distinct elements.", run: HyperLogLogCommands.pfmerge),
        CommandRow(
            "pfselftest", 1, [.admin], .none, .hyperloglog, "2.8.9",
            "Tests the counting of distinct elements.", run: HyperLogLogCommands.pfselftest),
    ]
}
