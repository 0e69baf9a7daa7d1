extension DifferentialTests {
    static let sortedSetSequences: [CommandSequence] = [
        CommandSequence(
            "ZADD",
            """
            ZADD z 1 a 2 b 0.1 c
            ZADD z NX 9 a 4 d
            ZADD z XX 9 a 4 e
            ZADD z CH 9 a 5 b 6 f
            ZADD z GT CH 1 a 100 b
            ZADD z LT CH 1 a 1000 b
            ZADD z INCR 2.5 a
            ZADD z NX INCR 2.5 a
            ZADD z XX INCR 2.5 zz
            ZADD z GT INCR -5 a
            ZADD none XX 1 a
            ZADD none XX INCR 1 a
            ZADD z NX XX 1 a
            ZADD z NX GT 1 a
            ZADD z GT LT 1 a
            ZADD z INCR 1 a 2 b
            ZADD z 1
            ZADD z 1 a 2
            ZADD z CH
            ZADD z x a
            ZADD z nan a
            ZADD z inf i -inf j +inf k
            ZADD z INCR -inf i
            ZADD z 1e3 e1 0x10 e2 1.0000000000000002 e3 3.0e-10 e4 -0 e5 1e17 e6 123456789012345678 e7
            ZRANGE z 0 -1 WITHSCORES
            ZINCRBY z 1.5 a
            ZINCRBY z x a
            ZINCRBY new 3 a
            ZINCRBY z -inf k
            ZSCORE z a
            ZSCORE z zzz
            ZSCORE none a
            ZMSCORE z a zzz c
            ZMSCORE none a
            ZCARD z
            ZRANK z a
            ZREVRANK z a
            ZRANK z zzz
            ZRANK none a
            ZREM z a zzz
            ZREM none a
            SET s x
            ZADD s 1 a
            ZSCORE s a
            ZREM s a
            ZADD s XX 1 a
            ZREM new a
            EXISTS new
            """),
        CommandSequence(
            "ranges",
            """
            ZADD z 1 a 2 b 3 c 4 d 5 e
            ZRANGE z 0 -1
            ZRANGE z 1 2 WITHSCORES
            ZRANGE z -2 -1 REV
            ZRANGE z 5 9
            ZRANGE z 3 1
            ZRANGE z (1 (4 BYSCORE
            ZRANGE z 4 2 BYSCORE REV WITHSCORES
            ZRANGE z -inf +inf BYSCORE LIMIT 1 2
            ZRANGE z -inf +inf BYSCORE LIMIT -1 2
            ZRANGE z -inf +inf BYSCORE LIMIT 1 -1
            ZRANGE z -inf +inf BYSCORE LIMIT 9 1
            ZRANGE z 0 -1 LIMIT 0 1
            ZRANGE z 0 -1 LIMIT 0
            ZRANGE z 0 -1 LIMIT 0 -1
            ZRANGE z 0 -1 BYLEX
            ZRANGE z - + BYLEX
            ZRANGE z [b (d BYLEX
            ZRANGE z + [c BYLEX REV LIMIT 1 5
            ZRANGE z - + BYLEX WITHSCORES
            ZRANGE z x y
            ZRANGE z x y BYSCORE
            ZRANGE z 0 1 BYSCORE BYLEX
            ZRANGE z 0 1 REV REV
            ZRANGE z 0 1 WHAT
            ZRANGE none 0 -1
            ZREVRANGE z 0 1 WITHSCORES
            ZREVRANGE z 0 1 REV
            ZRANGEBYSCORE z 2 (4 WITHSCORES
            ZRANGEBYSCORE z 2 4 LIMIT 1 1
            ZRANGEBYSCORE z ( 4
            ZRANGEBYSCORE z 1 nan
            ZREVRANGEBYSCORE z +inf 3
            ZRANGEBYLEX z [a [c
            ZRANGEBYLEX z a c
            ZREVRANGEBYLEX z [c -
            ZREVRANGEBYLEX z [c - LIMIT 0 1
            ZRANGEBYLEX z - + WITHSCORES
            ZCOUNT z 2 4
            ZCOUNT z (2 (4
            ZCOUNT z a 4
            ZCOUNT none 1 4
            ZLEXCOUNT z [b +
            ZLEXCOUNT z b +
            ZRANGESTORE d z 1 2
            ZRANGE d 0 -1 WITHSCORES
            ZRANGESTORE d z (3 +inf BYSCORE
            ZRANGE d 0 -1 WITHSCORES
            ZRANGESTORE d z 0 -1 WITHSCORES
            ZRANGESTORE d z 10 20
            EXISTS d
            ZRANGESTORE d none 0 -1
            ZREMRANGEBYRANK z 0 0
            ZREMRANGEBYSCORE z (4 +inf
            ZREMRANGEBYLEX z [b [b
            ZREMRANGEBYRANK z a 0
            ZREMRANGEBYSCORE z a 0
            ZREMRANGEBYLEX z a 0
            ZREMRANGEBYRANK none 0 -1
            ZRANGE z 0 -1
            ZREMRANGEBYRANK z 0 -1
            EXISTS z
            SET s x
            ZRANGE s 0 -1
            ZCOUNT s 0 1
            ZRANGESTORE s z 0 -1
            """),
        CommandSequence(
            "several sorted sets",
            """
            ZADD a 1 x 2 y 3 z
            ZADD b 10 y 20 z 30 w
            SADD c x w q
            ZUNION 2 a b
            ZUNION 2 a b WITHSCORES
            ZUNION 3 a b c WITHSCORES WEIGHTS 2 1 100
            ZUNION 2 a b AGGREGATE MIN WITHSCORES
            ZUNION 2 a b AGGREGATE MAX WITHSCORES WEIGHTS 1 -1
            ZINTER 2 a b WITHSCORES
            ZINTER 2 a none
            ZINTER 2 a c WITHSCORES
            ZDIFF 2 a b WITHSCORES
            ZDIFF 3 a b c
            ZDIFF 2 none a
            ZUNIONSTORE d 2 a b
            ZRANGE d 0 -1 WITHSCORES
            ZINTERSTORE d 2 a b WEIGHTS 2 3
            ZRANGE d 0 -1 WITHSCORES
            ZDIFFSTORE d 2 a b
            ZRANGE d 0 -1 WITHSCORES
            ZINTERSTORE d 2 a none
            EXISTS d
            ZUNIONSTORE a 1 a WEIGHTS 5
            ZRANGE a 0 -1 WITHSCORES
            ZINTERCARD 2 a b
            ZINTERCARD 2 a b LIMIT 1
            ZINTERCARD 2 a b LIMIT -1
            ZINTERCARD 2 a b LIMIT x
            ZINTERCARD 2 a b WITHSCORES
            ZINTERCARD 0 a
            ZINTERCARD x a
            ZINTERCARD 5 a
            ZUNION 0 a
            ZUNION x a
            ZUNION 5 a
            ZUNION 2 a b WEIGHTS 1
            ZUNION 2 a b WEIGHTS 1 x
            ZUNION 2 a b AGGREGATE AVG
            ZUNION 2 a b AGGREGATE
            ZUNION 2 a b WHAT
            ZDIFF 2 a b WEIGHTS 1 1
            ZUNIONSTORE d 2 a b WITHSCORES
            ZUNIONSTORE d 0 a
            SET s x
            ZUNION 2 a s
            ZADD i +inf m
            ZADD j -inf m
            ZUNION 2 i j WITHSCORES
            ZUNION 1 i WEIGHTS 0 WITHSCORES
            """),
        CommandSequence(
            "popping and drawing",
            """
            ZADD z 1 a 2 b 3 c 4 d 5 e 6 f 7 g 8 h
            ZPOPMIN z
            ZPOPMAX z
            ZPOPMIN z 2
            ZPOPMIN z 0
            ZPOPMIN z -1
            ZPOPMIN z x
            ZPOPMIN z 1 2
            ZPOPMIN none
            ZPOPMIN none 3
            ZMPOP 2 none z MIN
            ZMPOP 1 z MAX COUNT 2
            ZMPOP 1 none MAX
            ZMPOP 0 z MIN
            ZMPOP 1 z UP
            ZMPOP 1 z MIN COUNT 0
            ZMPOP 1 z MIN COUNT
            ZMPOP 5 z MIN
            ZADD z 1 a 2 b 3 c
            BZPOPMIN none z 1
            BZPOPMAX z 1
            BZMPOP 1 2 none z MIN COUNT 9
            EXISTS z
            BZPOPMIN z 0.01
            BZMPOP 0.01 1 z MIN
            BZPOPMIN z -1
            BZPOPMIN z x
            SET s x
            BZPOPMIN s 1
            ZPOPMIN s
            ZADD o 1.5 one
            ZRANDMEMBER o
            ZRANDMEMBER o 5
            ZRANDMEMBER o -2
            ZRANDMEMBER o 5 WITHSCORES
            ZRANDMEMBER o -2 WITHSCORES
            ZRANDMEMBER none
            ZRANDMEMBER none 5
            ZRANDMEMBER o 0
            ZRANDMEMBER o x
            ZRANDMEMBER o 1 WHAT
            ZRANDMEMBER o -9223372036854770000 WITHSCORES
            ZSCAN o 0
            ZSCAN o 0 MATCH x*
            ZSCAN none 0
            """),
    ]
}
