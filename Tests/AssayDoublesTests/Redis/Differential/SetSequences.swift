extension DifferentialTests {
    static let setSequences: [CommandSequence] = [
        CommandSequence(
            "one set",
            """
            SADD n 3 1 2 1
            SMEMBERS n
            SADD n -5 007
            ~SMEMBERS n
            SADD s a b c
            SADD s a
            SREM s a zz
            SREM none a
            SISMEMBER s b
            SISMEMBER s a
            SISMEMBER none a
            SMISMEMBER s a b c
            SMISMEMBER none a
            SCARD s
            SCARD none
            SMEMBERS none
            SMOVE s t b
            SMOVE s t zz
            SMOVE none t a
            SMOVE s s c
            SMOVE s s zz
            ~SMEMBERS t
            SET str x
            SADD str a
            SREM str a
            SMOVE s str c
            SMOVE none str c
            SMOVE str s c
            SMEMBERS str
            SCARD str
            SREM s c
            EXISTS s
            """),
        CommandSequence(
            "several sets",
            """
            SADD a 1 2 3 4 x
            SADD b 3 4 5 x
            SADD c 4 x
            ~SINTER a b c
            ~SINTER a
            SINTER a none
            ~SUNION a b c none
            ~SDIFF a b
            ~SDIFF a none c
            SDIFF none a
            SDIFF a a
            SINTERSTORE d a b
            ~SMEMBERS d
            SINTERSTORE d a none
            EXISTS d
            SUNIONSTORE d a b
            SCARD d
            SDIFFSTORE d a b c
            ~SMEMBERS d
            SDIFFSTORE a a b
            ~SMEMBERS a
            SET str x
            SINTER none str
            SINTER str none
            SUNION a str
            SDIFF a str
            SUNIONSTORE str b c
            ~SMEMBERS str
            SINTERCARD 2 b c
            SINTERCARD 2 b c LIMIT 1
            SINTERCARD 2 b c LIMIT 0
            SINTERCARD 2 b c LIMIT -1
            SINTERCARD 2 b c LIMIT
            SINTERCARD 2 b c LIMIT x
            SINTERCARD 3 b c
            SINTERCARD 0 b c
            SINTERCARD a b c
            SINTERCARD 1 none
            SINTERCARD 1 b c
            """),
        CommandSequence(
            "random members",
            """
            SADD s a b c
            ~SRANDMEMBER s 10
            SRANDMEMBER s 0
            SRANDMEMBER none
            SRANDMEMBER none 5
            SRANDMEMBER s x
            SRANDMEMBER s 1 2
            SRANDMEMBER s -9223372036854775808
            SPOP none
            SPOP none 3
            SPOP s 0
            SPOP s -1
            SPOP s x
            SPOP s 1 2
            ~SPOP s 10
            EXISTS s
            SADD s one
            SRANDMEMBER s
            SRANDMEMBER s -3
            SPOP s
            SADD s one
            SSCAN s 0
            SSCAN s 0 MATCH z* COUNT 5
            SSCAN none 0
            SSCAN s x
            SSCAN s 0 COUNT 0
            SSCAN s 0 COUNT x
            SSCAN s 0 COUNT
            SSCAN s 0 WHAT x
            SADD n 1 2 3
            SSCAN n 0
            """),
    ]

    static let hashSequences: [CommandSequence] = [
        CommandSequence(
            "hashes",
            """
            HSET h a 1 b 2 a 3
            HSET h a
            HSET h a 1 b
            HMSET h c x d y
            HMSET h c x d
            HGET h a
            HGET h zz
            HGET none a
            HMGET h a zz c
            HMGET none a b
            HGETALL h
            HGETALL none
            HKEYS h
            HVALS h
            HKEYS none
            HLEN h
            HLEN none
            HSTRLEN h c
            HSTRLEN none c
            HEXISTS h a
            HEXISTS h zz
            HSETNX h a 9
            HSETNX h n 9
            HDEL h a zz
            HDEL none a
            HGETALL h
            SET s x
            HSET s a 1
            HGET s a
            HGETALL s
            HDEL s a
            HLEN s
            HSETNX s a 1
            HDEL h b c d n
            EXISTS h
            """),
        CommandSequence(
            "counting in hashes",
            """
            HINCRBY h n 5
            HINCRBY h n -7
            HINCRBY h n x
            HINCRBY h n 1.5
            HSET h t text big 9223372036854775807 f 1.25 sp '' e 1e2
            HINCRBY h t 1
            HINCRBY h sp 1
            HINCRBY h big 1
            HINCRBYFLOAT h f 0.1
            HINCRBYFLOAT h f -1.35
            HINCRBYFLOAT h e 1
            HINCRBYFLOAT h new 3.0
            HINCRBYFLOAT h new 1e300
            HINCRBYFLOAT h t 1
            HINCRBYFLOAT h sp 1
            HINCRBYFLOAT h f x
            HINCRBYFLOAT h f nan
            HINCRBYFLOAT h f inf
            HINCRBYFLOAT h n 0.00000000000000001
            HINCRBYFLOAT h third 0.3333333333333333
            HINCRBYFLOAT h third 0.3333333333333333
            ~HGETALL h
            SET s x
            HINCRBY s a 1
            HINCRBYFLOAT s a 1
            """),
        CommandSequence(
            "random fields and scans",
            """
            HSET h a 1
            HRANDFIELD h
            HRANDFIELD none
            HRANDFIELD h 5
            HRANDFIELD h -3
            HRANDFIELD h 5 WITHVALUES
            HRANDFIELD h -2 WITHVALUES
            HRANDFIELD none 5
            HRANDFIELD none 5 WITHVALUES
            HRANDFIELD h 0
            HRANDFIELD h x
            HRANDFIELD h 1 WHAT
            HRANDFIELD h 1 WITHVALUES x
            HRANDFIELD h -9223372036854775808
            HRANDFIELD h -9223372036854770000 WITHVALUES
            HSCAN h 0
            HSCAN h 0 MATCH b*
            HSCAN none 0
            HSCAN h 0 COUNT 5 MATCH a
            """),
    ]
}
