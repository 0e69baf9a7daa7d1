extension CommandRow {
    static let sortedSetRows: [CommandRow] = [
        CommandRow(
            "bzmpop", -5, [.write, .blocking, .movablekeys], .counted(count: 2), .sortedSet, "7.0.0",
            "Pops members from the first sorted set that has some, waiting for one.",
            run: SortedSetCommands.bzmpop),
        CommandRow(
            "bzpopmax", -3, [.write, .noscript, .fast, .blocking], .range(first: 1, last: -2, step: 1),
            .sortedSet, "5.0.0",
            "Pops the member of the highest score, waiting for one.", run: SortedSetCommands.bzpopmax),
        CommandRow(
            "bzpopmin", -3, [.write, .noscript, .fast, .blocking], .range(first: 1, last: -2, step: 1),
            .sortedSet, "5.0.0",
            "Pops the member of the lowest score, waiting for one.", run: SortedSetCommands.bzpopmin),
        CommandRow(
            "zadd", -4, [.write, .denyoom, .fast], .first, .sortedSet, "1.2.0",
            "Adds members with scores, or changes the scores.", run: SortedSetCommands.zadd),
        CommandRow(
            "zcard", 2, [.readonly, .fast], .first, .sortedSet, "1.2.0",
            "Counts a sorted set's members.", run: SortedSetCommands.zcard),
        CommandRow(
            "zcount", 4, [.readonly, .fast], .first, .sortedSet, "2.0.0",
            "Counts the members in a range of scores.", run: SortedSetCommands.zcount),
        CommandRow(
            "zdiff", -3, [.readonly, .movablekeys], .counted(count: 1), .sortedSet, "6.2.0",
            "Answers the members of the first sorted set that no other has.", run: SortedSetCommands.zdiff),
        CommandRow(
            "zdiffstore", -4, [.write, .denyoom, .movablekeys], .counted(count: 2, first: 1), .sortedSet,
            "6.2.0",
            "Stores the members of the first sorted set that no other has.", run: SortedSetCommands.zdiffstore
        ),
        CommandRow(
            "zincrby", 4, [.write, .denyoom, .fast], .first, .sortedSet, "1.2.0",
            "Adds to a member's score.", run: SortedSetCommands.zincrby),
        CommandRow(
            "zinter", -3, [.readonly, .movablekeys], .counted(count: 1), .sortedSet, "6.2.0",
            "Answers the members that all sorted sets have.", run: SortedSetCommands.zinter),
        CommandRow(
            "zintercard", -3, [.readonly, .movablekeys], .counted(count: 1), .sortedSet, "7.0.0",
            "Counts the members that all sorted sets have.", run: SortedSetCommands.zintercard),
        CommandRow(
            "zinterstore", -4, [.write, .denyoom, .movablekeys], .counted(count: 2, first: 1), .sortedSet,
            "2.0.0",
            "Stores the members that all sorted sets have.", run: SortedSetCommands.zinterstore),
        CommandRow(
            "zlexcount", 4, [.readonly, .fast], .first, .sortedSet, "2.8.9",
            "Counts the members in a range of byte order.", run: SortedSetCommands.zlexcount),
        CommandRow(
            "zmpop", -4, [.write, .movablekeys], .counted(count: 1), .sortedSet, "7.0.0",
            "Pops members from the first sorted set that has some.", run: SortedSetCommands.zmpop),
        CommandRow(
            "zmscore", -3, [.readonly, .fast], .first, .sortedSet, "6.2.0",
            "Answers the scores of several members.", run: SortedSetCommands.zmscore),
        CommandRow(
            "zpopmax", -2, [.write, .fast], .first, .sortedSet, "5.0.0",
            "Pops the members of the highest scores.", run: SortedSetCommands.zpopmax),
        CommandRow(
            "zpopmin", -2, [.write, .fast], .first, .sortedSet, "5.0.0",
            "Pops the members of the lowest scores.", run: SortedSetCommands.zpopmin),
        CommandRow(
            "zrandmember", -2, [.readonly], .first, .sortedSet, "6.2.0",
            "Answers random members.", run: SortedSetCommands.zrandmember),
        CommandRow(
            "zrange", -4, [.readonly], .first, .sortedSet, "1.2.0",
            "Answers the members of a range.", run: SortedSetCommands.zrange),
        CommandRow(
            "zrangebylex", -4, [.readonly], .first, .sortedSet, "2.8.9",
            "Answers the members in a range of byte order.", run: SortedSetCommands.zrangebylex),
        CommandRow(
            "zrangebyscore", -4, [.readonly], .first, .sortedSet, "1.0.5",
            "Answers the members in a range of scores.", run: SortedSetCommands.zrangebyscore),
        CommandRow(
            "zrangestore", -5, [.write, .denyoom], .range(first: 1, last: 2, step: 1), .sortedSet, "6.2.0",
            "Stores the members of a range.", run: SortedSetCommands.zrangestore),
        CommandRow(
            "zrank", 3, [.readonly, .fast], .first, .sortedSet, "2.0.0",
            "Answers a member's place, the lowest score first.", run: SortedSetCommands.zrank),
        CommandRow(
            "zrem", -3, [.write, .fast], .first, .sortedSet, "1.2.0",
            "Removes members.", run: SortedSetCommands.zrem),
        CommandRow(
            "zremrangebylex", 4, [.write], .first, .sortedSet, "2.8.9",
            "Removes the members in a range of byte order.", run: SortedSetCommands.zremrangebylex),
        CommandRow(
            "zremrangebyrank", 4, [.write], .first, .sortedSet, "2.0.0",
            "Removes the members in a range of places.", run: SortedSetCommands.zremrangebyrank),
        CommandRow(
            "zremrangebyscore", 4, [.write], .first, .sortedSet, "1.2.0",
            "Removes the members in a range of scores.", run: SortedSetCommands.zremrangebyscore),
        CommandRow(
            "zrevrange", -4, [.readonly], .first, .sortedSet, "1.2.0",
            "Answers the members in a range of places, the highest score first.",
            run: SortedSetCommands.zrevrange),
        CommandRow(
            "zrevrangebylex", -4, [.readonly], .first, .sortedSet, "2.8.9",
            "Answers the members in a range of byte order, backwards.",
            run: SortedSetCommands.zrevrangebylex),
        CommandRow(
            "zrevrangebyscore", -4, [.readonly], .first, .sortedSet, "2.2.0",
            "Answers the members in a range of scores, backwards.", run: SortedSetCommands.zrevrangebyscore),
        CommandRow(
            "zrevrank", 3, [.readonly, .fast], .first, .sortedSet, "2.0.0",
            "Answers a member's place, the highest score first.", run: SortedSetCommands.zrevrank),
        CommandRow(
            "zscan", -3, [.readonly], .first, .sortedSet, "2.8.0",
            "Walks a sorted set's members piece by piece.", run: SortedSetCommands.zscan),
        CommandRow(
            "zscore", 3, [.readonly, .fast], .first, .sortedSet, "1.2.0",
            "Answers a member's score.", run: SortedSetCommands.zscore),
        CommandRow(
            "zunion", -3, [.readonly, .movablekeys], .counted(count: 1), .sortedSet, "6.2.0",
            "Answers the members of all sorted sets.", run: SortedSetCommands.zunion),
        CommandRow(
            "zunionstore", -4, [.write, .denyoom, .movablekeys], .counted(count: 2, first: 1), .sortedSet,
            "2.0.0",
            "Stores the members of all sorted sets.", run: SortedSetCommands.zunionstore),
    ]
}
