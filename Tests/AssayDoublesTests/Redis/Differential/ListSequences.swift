extension DifferentialTests {
    static let listSequences: [CommandSequence] = [
        CommandSequence(
            "pushing and popping",
            """
            LPUSH l a b c
            RPUSH l d
            LPUSHX none x
            RPUSHX l e
            LPUSHX l f g
            LRANGE l 0 -1
            LRANGE l -3 100
            LRANGE l 5 2
            LRANGE l a 2
            LLEN l
            LLEN none
            LPOP l
            RPOP l
            LPOP l 2
            RPOP l 2
            LPOP l 0
            LPOP l -1
            LPOP l a
            LPOP l 1 2
            LPOP none
            LPOP none 0
            LPOP none 3
            LPOP l 10
            EXISTS l
            SET s x
            LPUSH s a
            LPOP s
            LRANGE s 0 1
            LLEN s
            LPUSH l
            """),
        CommandSequence(
            "indices",
            """
            RPUSH l a b c b a
            LINDEX l 0
            LINDEX l -1
            LINDEX l 5
            LINDEX l x
            LINDEX none x
            LSET l 0 z
            LSET l -1 y
            LSET l 7 q
            LSET l x q
            LSET none 0 q
            LINSERT l BEFORE b new
            LINSERT l after b new2
            LINSERT l after zz new2
            LINSERT none after zz new2
            LINSERT l beside b new2
            LRANGE l 0 -1
            LREM l 1 b
            LREM l -1 b
            LREM l 0 nothing
            LREM l x b
            LRANGE l 0 -1
            LTRIM l 1 2
            LRANGE l 0 -1
            LTRIM l 5 9
            EXISTS l
            LTRIM none 0 1
            LTRIM none a 1
            """),
        CommandSequence(
            "LPOS",
            """
            RPUSH l a b c 1 2 3 c c
            LPOS l c
            LPOS l c RANK 2
            LPOS l c RANK -1
            LPOS l c RANK -2 COUNT 2
            LPOS l c COUNT 0
            LPOS l c COUNT 2
            LPOS l c COUNT 0 MAXLEN 3
            LPOS l c RANK 5 COUNT 0
            LPOS l d
            LPOS l d COUNT 1
            LPOS none d
            LPOS none d COUNT 1
            LPOS l c RANK 0
            LPOS l c COUNT -1
            LPOS l c MAXLEN -1
            LPOS l c RANK
            LPOS l c SIZE 1
            LPOS l c RANK x
            """),
        CommandSequence(
            "moving",
            """
            RPUSH l a b c
            LMOVE l m LEFT RIGHT
            LMOVE l m right left
            LMOVE l l LEFT RIGHT
            LMOVE l m UP RIGHT
            LMOVE l m LEFT DOWN
            LMOVE none m LEFT RIGHT
            RPOPLPUSH m l
            RPOPLPUSH none l
            RPOPLPUSH l l
            LRANGE l 0 -1
            LRANGE m 0 -1
            SET s 1
            LMOVE l s LEFT RIGHT
            RPOPLPUSH s l
            RPOPLPUSH none s
            LLEN l
            LMPOP 2 none l LEFT
            LMPOP 1 l RIGHT COUNT 5
            LMPOP 1 l RIGHT
            LMPOP 0 l LEFT
            LMPOP x l LEFT
            LMPOP 5 l LEFT
            LMPOP 1 l UP
            LMPOP 1 l LEFT COUNT 0
            LMPOP 1 l LEFT COUNT 1 COUNT 1
            LMPOP 1 l LEFT COUNT
            LMPOP 1 s LEFT
            LMPOP 9223372036854775807 l LEFT
            """),
        CommandSequence(
            "waiting in vain and not at all",
            """
            RPUSH l a b c d e f
            BLPOP none l 1
            BRPOP l 1
            BLMOVE l m LEFT RIGHT 1
            BRPOPLPUSH l m 1
            BLMPOP 1 2 none l LEFT COUNT 2
            BLPOP none 0.01
            BLPOP none -1
            BLPOP none x
            BLMPOP 0.01 1 none LEFT
            BLMPOP 0.01 0 none LEFT
            BLMPOP x 1 none LEFT
            BLMOVE none m LEFT RIGHT 0.01
            BLMOVE none m LEFT UP 0.01
            BLMOVE none m LEFT RIGHT -1
            BRPOPLPUSH none m 0.01
            SET s 1
            BLPOP s 1
            BLMOVE s m LEFT RIGHT 1
            BLMOVE m s LEFT RIGHT 1
            """),
    ]
}
