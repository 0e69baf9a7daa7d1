extension CommandRow {
    static let setRows: [CommandRow] = [
        CommandRow(
            "sadd", -3, [.write, .denyoom, .fast], .first, .set, "1.0.0",
            "Adds members to a set.", run: SetCommands.sadd),
        CommandRow(
            "scard", 2, [.readonly, .fast], .first, .set, "1.0.0",
            "Counts a set's members.", run: SetCommands.scard),
        CommandRow(
            "sdiff", -2, [.readonly], .all, .set, "1.0.0",
            "Answers the members of the first set that no other has.", run: SetCommands.sdiff),
        CommandRow(
            "sdiffstore", -3, [.write, .denyoom], .all, .set, "1.0.0",
            "Stores the members of the first set that no other has.", run: SetCommands.sdiffstore),
        CommandRow(
            "sinter", -2, [.readonly], .all, .set, "1.0.0",
            "Answers the members that all sets have.", run: SetCommands.sinter),
        CommandRow(
            "sintercard", -3, [.readonly, .movablekeys], .counted(count: 1), .set, "7.0.0",
            "Counts the members that all sets have.", run: SetCommands.sintercard),
        CommandRow(
            "sinterstore", -3, [.write, .denyoom], .all, .set, "1.0.0",
            "Stores the members that all sets have.", run: SetCommands.sinterstore),
        CommandRow(
            "sismember", 3, [.readonly, .fast], .first, .set, "1.0.0",
            "Tells whether a set has a member.", run: SetCommands.sismember),
        CommandRow(
            "smembers", 2, [.readonly], .first, .set, "1.0.0",
            "Answers a set's members.", run: SetCommands.smembers),
        CommandRow(
            "smismember", -3, [.readonly, .fast], .first, .set, "6.2.0",
            "Tells which members a set has.", run: SetCommands.smismember),
        CommandRow(
            "smove", 4, [.write, .fast], .range(first: 1, last: 2, step: 1), .set, "1.0.0",
            "Moves a member from one set to another.", run: SetCommands.smove),
        CommandRow(
            "spop", -2, [.write, .fast], .first, .set, "1.0.0",
            "Removes and answers random members.", run: SetCommands.spop),
        CommandRow(
            "srandmember", -2, [.readonly], .first, .set, "1.0.0",
            "Answers random members.", run: SetCommands.srandmember),
        CommandRow(
            "srem", -3, [.write, .fast], .first, .set, "1.0.0",
            "Removes members from a set.", run: SetCommands.srem),
        CommandRow(
            "sscan", -3, [.readonly], .first, .set, "2.8.0",
            "Walks a set's members piece by piece.", run: SetCommands.sscan),
        CommandRow(
            "sunion", -2, [.readonly], .all, .set, "1.0.0",
            "Answers the members of all sets.", run: SetCommands.sunion),
        CommandRow(
            "sunionstore", -3, [.write, .denyoom], .all, .set, "1.0.0",
            "Stores the members of all sets.", run: SetCommands.sunionstore),
    ]
}
