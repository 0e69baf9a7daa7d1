extension CommandRow {
    static let listRows: [CommandRow] = [
        CommandRow(
            "blmove", 6, [.write, .denyoom, .noscript, .blocking], .range(first: 1, last: 2, step: 1), .list,
            "6.2.0",
            "Moves an element from one list to another, waiting for one.", run: ListCommands.blmove),
        CommandRow(
            "blmpop", -5, [.write, .blocking, .movablekeys], .counted(count: 2), .list, "7.0.0",
            "Pops elements from the first list that has some, waiting for one.", run: ListCommands.blmpop),
        CommandRow(
            "blpop", -3, [.write, .noscript, .blocking], .range(first: 1, last: -2, step: 1), .list, "2.0.0",
            "Pops the first element of a list, waiting for one.", run: ListCommands.blpop),
        CommandRow(
            "brpop", -3, [.write, .noscript, .blocking], .range(first: 1, last: -2, step: 1), .list, "2.0.0",
            "Pops the last element of a list, waiting for one.", run: ListCommands.brpop),
        CommandRow(
            "brpoplpush", 4, [.write, .denyoom, .noscript, .blocking], .range(first: 1, last: 2, step: 1),
            .list, "2.2.0",
            "Moves the last element of a list to the front of another, waiting for one.",
            run: ListCommands.brpoplpush),
        CommandRow(
            "lindex", 3, [.readonly], .first, .list, "1.0.0",
            "Answers the element at an index.", run: ListCommands.lindex),
        CommandRow(
            "linsert", 5, [.write, .denyoom], .first, .list, "2.2.0",
            "Inserts an element before or after another.", run: ListCommands.linsert),
        CommandRow(
            "llen", 2, [.readonly, .fast], .first, .list, "1.0.0",
            "Counts a list's elements.", run: ListCommands.llen),
        CommandRow(
            "lmove", 5, [.write, .denyoom], .range(first: 1, last: 2, step: 1), .list, "6.2.0",
            "Moves an element from one list to another.", run: ListCommands.lmove),
        CommandRow(
            "lmpop", -4, [.write, .movablekeys], .counted(count: 1), .list, "7.0.0",
            "Pops elements from the first list that has some.", run: ListCommands.lmpop),
        CommandRow(
            "lpop", -2, [.write, .fast], .first, .list, "1.0.0",
            "Pops elements from the front of a list.", run: ListCommands.lpop),
        CommandRow(
            "lpos", -3, [.readonly], .first, .list, "6.0.6",
            "Finds the indices of an element.", run: ListCommands.lpos),
        CommandRow(
            "lpush", -3, [.write, .denyoom, .fast], .first, .list, "1.0.0",
            "Puts elements at the front of a list.", run: ListCommands.lpush),
        CommandRow(
            "lpushx", -3, [.write, .denyoom, .fast], .first, .list, "2.2.0",
            "Puts elements at the front of a list that exists.", run: ListCommands.lpushx),
        CommandRow(
            "lrange", 4, [.readonly], .first, .list, "1.0.0",
            "Answers the elements of a range of indices.", run: ListCommands.lrange),
        CommandRow(
            "lrem", 4, [.write], .first, .list, "1.0.0",
            "Removes elements that equal one.", run: ListCommands.lrem),
        CommandRow(
            "lset", 4, [.write, .denyoom], .first, .list, "1.0.0",
            "Replaces the element at an index.", run: ListCommands.lset),
        CommandRow(
            "ltrim", 4, [.write], .first, .list, "1.0.0",
            "Keeps only a range of indices.", run: ListCommands.ltrim),
        CommandRow(
            "rpop", -2, [.write, .fast], .first, .list, "1.0.0",
            "Pops elements from the end of a list.", run: ListCommands.rpop),
        CommandRow(
            "rpoplpush", 3, [.write, .denyoom], .range(first: 1, last: 2, step: 1), .list, "1.2.0",
            "Moves the last element of a list to the front of another.", run: ListCommands.rpoplpush),
        CommandRow(
            "rpush", -3, [.write, .denyoom, .fast], .first, .list, "1.0.0",
            "Puts elements at the end of a list.", run: ListCommands.rpush),
        CommandRow(
            "rpushx", -3, [.write, .denyoom, .fast], .first, .list, "2.2.0",
            "Puts elements at the end of a list that exists.", run: ListCommands.rpushx),
    ]
}
