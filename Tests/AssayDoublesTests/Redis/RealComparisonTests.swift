// Long: tables of commands whose replies are compared with a real server.
import AssayNet
import AssayTestSupport
import AssayWire
import Testing

@testable import AssayDoubles

/// The same commands to the double and to a real redis-server 7.0, and the same replies to the byte.
///
/// Skipped where no redis-server is installed.
@Suite("The Redis double beside a real server")
struct RealComparisonTests {
    /// Lines of words between blanks (quotes as redis-cli takes them); each list runs on empty databases.
    static let scripts: [String] = [
        """
        foo a b
        foo
        "f\\r\\no" x
        get
        GET a b
        set
        config nosuch
        config
        object nosuch a
        client nosuch
        """,
        """
        set a 1
        set a 2 nx
        set a 2 xx get
        set a 3 nx xx
        set a 3 ex
        set a 3 ex 0
        set a 3 ex -1
        set a 3 ex x
        set a 3 px 10 ex 10
        set a 3 keepttl ex 10
        set a 3 bogus
        setex a 0 v
        setex a 10 v
        psetex a -1 v
        ttl a
        setnx a 1
        getset a 5
        getdel a
        get a
        getex a ex 10
        mset a
        mset a 1 b
        mset a 1 b 2
        msetnx a 1 c 2
        mget a b c
        getex a ex 10 persist
        getex a persist
        setex nosuch 9223372036854775807 v
        set n 1 px 9223372036854775807
        """,
        """
        append a hello
        append a " world"
        strlen a
        getrange a 0 -1
        getrange a -3 -1
        getrange a 5 2
        getrange a x 2
        setrange a 3 XX
        setrange a -1 x
        setrange a 536870911 xx
        setrange nosuch 0 ""
        get a
        substr a 0 2
        object encoding a
        set n 12345
        object encoding n
        append n 6
        object encoding n
        set long aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        object encoding long
        object encoding nosuch
        object help
        object freq a
        object idletime a
        object refcount n
        """,
        """
        incr n
        incrby n 5
        decr n
        decrby n 10
        decrby n -9223372036854775808
        incrby n 9223372036854775807
        incrby n 9223372036854775807
        incrby n x
        set s " 1"
        incr s
        set s abc
        incr s
        incrbyfloat s 1
        set f 10.50
        incrbyfloat f 0.1
        incrbyfloat f -5
        incrbyfloat f 5.0e3
        incrbyfloat f abc
        incrbyfloat f inf
        incrbyfloat n 1.5
        set f 3.0e3
        incrbyfloat f 200
        incrbyfloat new 0.1
        incrbyfloat new 0.2
        object encoding new
        """,
        """
        set a ohmytext
        set b mynewtext
        lcs a b
        lcs a b len
        lcs a b idx
        lcs a b idx minmatchlen 4 withmatchlen
        lcs a b idx len
        lcs a b bogus
        rpush l x
        lcs a l
        get l
        append l x
        incr l
        getrange l 0 1
        setbit l 0 1
        """,
        """
        setbit a 7 1
        setbit a 100 1
        setbit a -1 1
        setbit a 1 2
        setbit a 4294967296 1
        getbit a 7
        getbit a 1000
        bitcount a
        bitcount a 0
        bitcount a 0 0
        bitcount a 0 -1 bit
        bitcount a 5 30 bit
        bitcount a 0 -1 hello
        bitpos a 1
        bitpos a 0
        bitpos a 1 2
        bitpos a 0 0 0 bit
        bitpos a 2
        bitpos nosuch 0
        bitpos nosuch 1
        set b foobar
        bitop and d a b
        bitop xor d a b
        bitop not d b
        bitop not d a b
        bitop bogus d a
        get d
        bitop or d nosuch
        exists d
        """,
        """
        bitfield a set u8 0 255 get u8 0
        bitfield a incrby u2 100 1 overflow sat incrby u2 102 1
        bitfield a overflow fail incrby u2 102 3
        bitfield a get u64 0
        bitfield a get i65 0
        bitfield a get u8
        bitfield a overflow bogus
        bitfield a set i5 #2 -10 get i5 #2
        bitfield a incrby i8 0 100 incrby i8 0 100
        bitfield a overflow sat set i8 0 200 set u8 0 -1
        bitfield a overflow wrap incrby i64 0 9223372036854775807
        bitfield_ro a get u8 0
        bitfield_ro a set u8 0 1
        bitfield nosuch get u8 0
        """,
        """
        set a 1
        expire a 100
        ttl a
        expire a 200 nx
        expire a 50 gt
        expire a 50 lt
        expire a 10 nx xx
        expire a 10 gt lt
        expire a 10 bogus
        expire a x
        expire a 9223372036854775807
        expire a -9223372036854775808
        pexpire a 9223372036854770000
        persist a
        persist a
        ttl a
        ttl nosuch
        expireat a 32503680000
        expiretime a
        pexpiretime a
        expire a -1
        exists a
        """,
        """
        set a 1
        rename a b
        rename nosuch b
        renamenx b b
        set c 1
        renamenx b c
        rename c c
        copy b c
        copy b c replace
        copy b b
        copy b d db 20
        copy b d db x
        copy b d db 3
        copy b d bogus
        move b 3
        move b 0
        move b 99
        move b x
        select 3
        get b
        select 16
        select x
        select 0
        swapdb 0 3
        swapdb 0 99
        swapdb x 1
        swapdb 0 y
        type b
        type nosuch
        touch a b c
        exists b b
        unlink b nosuch
        dbsize
        flushdb bogus
        flushall async
        dbsize
        """,
        """
        set a 1
        keys *
        keys [^b]
        keys \\\\a
        scan 0
        scan x
        scan 0 count 0
        scan 0 count x
        scan 0 match
        scan 0 type list
        scan 0 type string match a*
        scan 0 bogus 1
        randomkey
        wait 0 0
        wait x 0
        wait 0 -1
        dump nosuch
        restore b 0 bogus
        restore b -1 bogus
        restore a 0 bogus
        """,
        """
        rpush l 3 1 2
        sort l
        sort l desc limit 0 2
        sort l by nosort
        sort l by w_* get # get v_*
        mset w_1 3 w_2 2 w_3 1 v_1 one v_2 two
        sort l by w_* get # get v_*
        sort l alpha store d
        type d
        lrange d 0 -1
        sort_ro l store d
        sort l limit x 1
        rpush m b a
        sort m
        sort m alpha
        set s 1
        sort s
        sort nosuch
        sort nosuch store d
        exists d
        hset h1 f 9
        hset h2 f 8
        sort l by h*->f get h*->f
        zadd z 1 c 2 b 3 a
        sort z alpha
        sort z by nosort
        sort z by nosort desc
        """,
        """
        multi
        multi
        set a 1
        incr a
        lpush a x
        exec
        exec
        discard
        multi
        foo
        set a 2
        exec
        get a
        watch a
        multi
        watch b
        discard
        unwatch
        multi
        get
        exec
        """,
        """
        ping
        ping x
        ping x y
        echo x
        auth x
        auth x y
        auth x y z
        hello 4
        hello x
        hello 2 bogus
        hello 2 setname "a b"
        client setname "a b"
        client setname conn
        client getname
        client kill bogus
        client kill id x
        client kill type bogus
        client no-evict x
        client unblock x
        client unblock 9999
        client unblock 9999 bogus
        client pause x
        client pause -1
        client pause 1 bogus
        client tracking bogus
        client tracking on bogus
        client tracking on prefix a
        client caching yes
        client getredir
        client trackinginfo
        """,
        """
        config get maxmemory
        config get max*-policy
        config set nosuch 1
        config set maxmemory x
        config set maxmemory 100mb maxmemory 1
        config set databases 3
        config set appendonly maybe
        config set maxmemory-policy bogus
        config set notify-keyspace-events zzz
        config set notify-keyspace-events KEA
        config get notify-keyspace-events
        config set notify-keyspace-events ""
        config set maxmemory 100mb
        config get maxmemory
        config set maxmemory 0
        config set hash-max-ziplist-entries 10
        config get hash-max-listpack-entries
        config set hash-max-listpack-entries 512
        config set a
        config rewrite
        """,
        """
        publish a b
        pubsub channels
        pubsub numsub a b
        pubsub numpat
        pubsub bogus
        pubsub shardnumsub a
        command count x
        command info nosuch
        command getkeys get a
        command getkeys mset a 1 b 2
        command getkeys ping
        command getkeys nosuch a
        command getkeys get
        command getkeys eval x 2 a b
        command getkeys sort a store b
        command bogus
        slowlog bogus
        slowlog len
        slowlog get -2
        slowlog get x
        memory usage nosuch
        memory usage a bogus
        debug bogus
        debug object nosuch
        debug protocol integer
        latency bogus
        flushall x
        shutdown bogus
        role
        lolwut
        acl whoami
        acl cat bogus
        acl deluser default
        acl getuser nosuch
        time x
        """,
    ]

    /// Replies that are as they should be and not the same, with why.
    private static let exceptions: [String: String] = [
        "object help": "the words are our own",
        "shutdown bogus": "a double ends with its stand",
    ]

    @Test(
        "Every reply is that of the real server", .enabled(if: RealRedis.isInstalled),
        arguments: scripts.indices)
    func same(index: Int) throws {
        let script = Self.scripts[index].split(separator: "\n").map(String.init)
        let reactor = try Reactor()
        let lines = reactor.run { await Self.differences(script, index, on: reactor) }
        #expect(lines == [])
    }

    private static func differences(_ script: [String], _ index: Int, on reactor: Reactor) async -> [String] {
        let real = RealRedis("double-\(index)", on: reactor)
        guard await real.start(on: reactor) else { return ["the real server does not start"] }
        var options = RedisOptions()
        options.version = .two
        let client = RedisClient(real.address, on: reactor, options: options)
        let clock = DoubleClock { WallClock.milliseconds }
        guard let double = try? RedisDouble(.init(port: nil), clock: clock, on: reactor) else {
            return ["no double"]
        }
        var found: [String] = []
        for line in script where exceptions[line] == nil {
            guard let words = Array(line.utf8).withSlice({ $0.quotedWords }) else {
                return ["bad line \(line)"]
            }
            let expected = try? await client.command(words, timeout: 5_000_000_000).get()
            let actual = double.execute(words)
            if expected != actual {
                found.append("\(line)\n  real:   \(shown(expected))\n  double: \(shown(actual))")
            }
        }
        client.close()
        await real.stop()
        return found
    }

    private static func shown(_ value: RESPValue?) -> String {
        guard let value else { return "none" }
        var bytes: [UInt8] = []
        bytes.append(value, as: .two)
        return quotedText(bytes)
    }
}
