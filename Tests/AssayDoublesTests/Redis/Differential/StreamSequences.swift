extension DifferentialTests {
    static let streamSequences: [CommandSequence] = [
        CommandSequence(
            "entries",
            """
            XADD s 1-1 a 1 b 2
            XADD s 1-1 a 1
            XADD s 0-0 a 1
            XADD s 1-* a 2
            XADD s 1-x a 2
            XADD s 2 a 3
            XADD s 2-* a 3
            XADD s 5-5 a
            XADD s 5-5
            XADD s + a 1
            XADD s - a 1
            XADD none NOMKSTREAM 1-1 a 1
            XADD s NOMKSTREAM 7-1 a 1
            XADD s MAXLEN 3 8-1 a 1
            XADD s MAXLEN = 3 9-1 a 1
            XADD s MAXLEN ~ 3 10-1 a 1
            XADD s MINID 9 11-1 a 1
            XADD s MAXLEN -1 12-1 a 1
            XADD s MAXLEN x 12-1 a 1
            XADD s MAXLEN 1 MINID 1 12-1 a 1
            XADD s MAXLEN 1 LIMIT 5 12-1 a 1
            XADD s MAXLEN ~ 1 LIMIT -5 12-1 a 1
            XADD s LIMIT 5 12-1 a 1
            XLEN s
            XLEN none
            XRANGE s - +
            XREVRANGE s + -
            XRANGE s - + COUNT 1
            XRANGE s - + COUNT 0
            XRANGE s - + COUNT -5
            XRANGE s - + COUNT
            XRANGE s - + WHAT 1
            XRANGE s (9-1 +
            XRANGE s 9 10
            XRANGE s (18446744073709551615-18446744073709551615 +
            XRANGE s - (0-0
            XRANGE s x +
            XRANGE none - +
            XREVRANGE s 10 9
            XDEL s 10-1 99-1
            XDEL s x
            XDEL none 1
            XDEL none x
            XTRIM s MAXLEN 1
            XTRIM s MAXLEN ~ 1
            XTRIM s MINID 11
            XTRIM s
            XTRIM s WHAT 1
            XTRIM s MAXLEN 1 LIMIT 1
            XTRIM none MAXLEN 1
            XRANGE s - +
            XADD f 18446744073709551615-18446744073709551615 a 1
            XADD f * a 1
            XADD f 18446744073709551615-* a 1
            SET str x
            XADD str 1-1 a 1
            XLEN str
            XRANGE str - +
            XADD zero 0-* a 1
            """),
        CommandSequence(
            "what a stream remembers",
            """
            XADD s 1-1 a 1
            XADD s 2-1 a 1
            XADD s 3-1 a 1
            XSETID s 2-0
            XSETID s 5-0
            XSETID s 6-0 ENTRIESADDED 10 MAXDELETEDID 2-2
            XSETID s 6-0 ENTRIESADDED 1
            XSETID s 6-0 ENTRIESADDED -1
            XSETID s 6-0 MAXDELETEDID 7-0
            XSETID s 6-0 WHAT 1
            XSETID s x
            XSETID none 1-1
            XINFO STREAM s
            XDEL s 1-1
            XDEL s 3-1
            XINFO STREAM s
            XINFO STREAM s FULL
            XINFO STREAM none
            XINFO STREAM s WHAT
            XINFO STREAM s FULL COUNT
            XINFO STREAM s FULL COUNT 1
            XINFO WHAT s
            XINFO STREAM
            XINFO GROUPS s
            XINFO GROUPS none
            XINFO CONSUMERS s g
            XDEL s 2-1
            XINFO STREAM s
            """),
        CommandSequence(
            "reading",
            """
            XADD a 1-1 f 1
            XADD a 2-1 f 2
            XADD b 1-1 f 3
            XREAD STREAMS a b 0 0
            XREAD COUNT 1 STREAMS a b 0 0
            XREAD STREAMS a 1-1
            XREAD STREAMS a 2-1
            XREAD STREAMS a $
            XREAD STREAMS none 0
            XREAD STREAMS a b 0
            XREAD STREAMS a
            XREAD COUNT 1
            XREAD COUNT x STREAMS a 0
            XREAD BLOCK 10 STREAMS a $
            XREAD BLOCK -1 STREAMS a $
            XREAD BLOCK x STREAMS a $
            XREAD STREAMS a >
            XREAD STREAMS a x
            XREAD GROUP g c STREAMS a 0
            XREAD NOACK STREAMS a 0
            XREAD WHAT STREAMS a 0
            XREADGROUP GROUP g c STREAMS a >
            XREADGROUP GROUP g c STREAMS a $
            XREADGROUP STREAMS a > x y z
            SET s x
            XREAD STREAMS s 0
            """),
        CommandSequence(
            "groups",
            """
            XGROUP CREATE s g $
            XGROUP CREATE s g $ MKSTREAM
            XGROUP CREATE s g $
            XGROUP CREATE s h x
            XGROUP CREATE s h 0 ENTRIESREAD 2
            XGROUP CREATE s i 0 ENTRIESREAD -2
            XGROUP CREATE s i 0 WHAT
            XGROUP CREATE s i
            XADD s 1-1 f 1
            XADD s 2-1 f 2
            XADD s 3-1 f 3
            XADD s 4-1 f 4
            XREADGROUP GROUP g alice COUNT 2 STREAMS s >
            XREADGROUP GROUP g bob STREAMS s >
            XREADGROUP GROUP g bob STREAMS s >
            XREADGROUP GROUP g bob STREAMS s 0
            XREADGROUP GROUP g alice STREAMS s 1-1
            XREADGROUP GROUP h carol NOACK COUNT 1 STREAMS s >
            XREADGROUP GROUP none c STREAMS s >
            XREADGROUP GROUP g c STREAMS none >
            XREADGROUP GROUP g c BLOCK 10 STREAMS s >
            XPENDING s g
            XPENDING s none
            XPENDING none g
            XPENDING s h
            XPENDING s g - + 0
            XPENDING s g - +
            XPENDING s g - + x
            XPENDING s g IDLE x - + 10
            XPENDING s g IDLE 100000 - + 10
            XPENDING s g - + 10 nobody
            XPENDING s g - + 10 nobody more more more
            XACK s g 1-1 9-9
            XACK s g x
            XACK s none 1-1
            XACK none g 1-1
            XGROUP CREATECONSUMER s g dave
            XGROUP CREATECONSUMER s g dave
            XGROUP CREATECONSUMER s none dave
            XGROUP CREATECONSUMER none g dave
            XGROUP DELCONSUMER s g bob
            XGROUP DELCONSUMER s g nobody
            XGROUP SETID s g 1-1
            XGROUP SETID s g 1-1 ENTRIESREAD 1
            XGROUP SETID s none 1-1
            XGROUP SETID s g x
            XINFO GROUPS s
            XDEL s 3-1
            XINFO GROUPS s
            XREADGROUP GROUP g alice STREAMS s >
            XINFO GROUPS s
            XGROUP DESTROY s h
            XGROUP DESTROY s h
            XGROUP DESTROY none h
            XGROUP WHAT s g
            SET str x
            XGROUP CREATE str g $
            XACK str g 1-1
            XPENDING str g
            """),
        CommandSequence(
            "claiming",
            """
            XADD s 1-1 f 1
            XADD s 2-1 f 2
            XADD s 3-1 f 3
            XGROUP CREATE s g 0
            XREADGROUP GROUP g alice COUNT 2 STREAMS s >
            XCLAIM s g bob 0 1-1
            XCLAIM s g bob 100000 2-1
            XCLAIM s g bob 0 2-1 JUSTID
            XCLAIM s g bob 0 3-1
            XCLAIM s g bob 0 3-1 FORCE
            XCLAIM s g bob 0 9-1 FORCE
            XCLAIM s g bob 0 1-1 RETRYCOUNT 7 IDLE 0 LASTID 2-9
            XCLAIM s g bob x 1-1
            XCLAIM s g bob 0 1-1 IDLE x
            XCLAIM s g bob 0 1-1 TIME x
            XCLAIM s g bob 0 1-1 RETRYCOUNT x
            XCLAIM s g bob 0 1-1 WHAT
            XCLAIM s g bob 0 x
            XCLAIM s none bob 0 1-1
            XCLAIM none g bob 0 1-1
            XDEL s 1-1
            XAUTOCLAIM s g carol 0 0 COUNT 1
            XAUTOCLAIM s g carol 0 - COUNT 1 JUSTID
            XAUTOCLAIM s g carol 0 0
            XAUTOCLAIM s g carol 100000 0
            XAUTOCLAIM s g carol x 0
            XAUTOCLAIM s g carol 0 x
            XAUTOCLAIM s g carol 0 0 COUNT 0
            XAUTOCLAIM s g carol 0 0 COUNT x
            XAUTOCLAIM s g carol 0 0 WHAT
            XAUTOCLAIM s none carol 0 0
            XAUTOCLAIM none g carol 0 0
            XPENDING s g
            XREADGROUP GROUP g carol STREAMS s 0
            XDEL s 2-1
            XREADGROUP GROUP g carol STREAMS s 0
            XCLAIM s g bob 0 2-1
            XPENDING s g
            """),
    ]
}
