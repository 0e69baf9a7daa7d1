/// Scripts and what redis-server 7.0.15 answers to them with one key `k1` and one argument `a1`, in RESP2.
///
/// `|` stands for a line's end of the protocol, the last one left out; ` @1` for ` script: DIGEST, on @user_script:1.`
/// Long because it is a table.
enum ScriptCases {
    static let language: [(String, String)] = [
        (#"return {1.5,2,-3,"x",true,false,nil,9}"#, #"*6|:1|:2|:-3|$1|x|:1|$-1"#),
        (#"return 3.99"#, #":3"#),
        (#"return -3.99"#, #":-3"#),
        (#"return {ok='a\r\nb'}"#, #"+a  b"#),
        (#"return {err='MYERR hi'}"#, #"-MYERR hi"#),
        (#"return {err='x'}"#, #"-x"#),
        (#"return {double=3.5}"#, #"$3|3.5"#),
        (#"return {map={a=1}}"#, #"*2|$1|a|:1"#),
        (#"return {set={x=true}}"#, #"*1|$1|x"#),
        (#"return {big_number='123'}"#, #"$3|123"#),
        (#"return {verbatim_string={string='abc',format='txt'}}"#, #"$3|abc"#),
        (#"error('hi')"#, #"-ERR user_script:1: hi @1"#),
        (#"error({err='My error'})"#, #"-My error @1"#),
        (#"error()"#, #"-ERR nil @1"#),
        (#"error(true)"#, #"-ERR true @1"#),
        (#"error('hi',0)"#, #"-ERR hi @1"#),
        (#"error('hi',2)"#, #"-ERR hi @1"#),
        (#"return pcall(error,'x')"#, #"$-1"#),
        (#"return {pcall(error,{err='abc'})}"#, #"*2|$-1|$3|abc"#),
        (
            #"return {xpcall(function() error('x') end, function(e) return 'handled '..e end)}"#,
            #"*2|$-1|$24|handled user_script:1: x"#
        ),
        (#"local function f() return f() + 1 end return f()"#, #"-ERR user_script:1: stack overflow @1"#),
        (#"local t = {} t[1] = t return #t"#, #":1"#),
        (#"cjson.x = 1"#, #"-ERR user_script:1: Attempt to modify a readonly table @1"#),
        (#"return tostring(string.nope)"#, #"$3|nil"#),
        (#"local n = 0 for k,v in pairs(redis) do n = n + 1 end return n"#, #":23"#),
        (
            #"local t = {} for k,v in pairs(table) do t[#t+1]=tostring(k) end table.sort(t) return t"#,
            #"*9|$6|concat|$7|foreach|$8|foreachi|$4|getn|$6|insert|$4|maxn|$6|remove|$4|setn|$4|sort"#
        ),
        (
            #"local t = {} for k,v in pairs(struct) do t[#t+1]=tostring(k) end table.sort(t) return t"#,
            #"*3|$4|pack|$4|size|$6|unpack"#
        ),
        (#"return type(next(redis))"#, #"$6|string"#),
        (
            #"return tostring(loadfile)"#,
            #"-ERR user_script:1: Script attempted to access nonexistent global variable 'loadfile' @1"#
        ),
        (
            #"return dofile('x')"#,
            #"-ERR user_script:1: Script attempted to access nonexistent global variable 'dofile' @1"#
        ),
        (
            #"return print('x')"#,
            #"-ERR user_script:1: Script attempted to access nonexistent global variable 'print' @1"#
        ),
        (#"return ('x'):rep(3)"#, #"$3|xxx"#),
        (#"return (nil).x"#, #"-ERR user_script:1: attempt to index a nil value @1"#),
        (#"return 1 + {}"#, #"-ERR user_script:1: attempt to perform arithmetic on a table value @1"#),
        (#"return {} .. ''"#, #"-ERR user_script:1: attempt to concatenate a table value @1"#),
        (#"return #nil"#, #"-ERR user_script:1: attempt to get length of a nil value @1"#),
        (
            #"return nope()"#,
            #"-ERR user_script:1: Script attempted to access nonexistent global variable 'nope' @1"#
        ),
        (
            #"local a b"#,
            #"-ERR Error compiling script (new function): user_script:1: '=' expected near '<eof>'"#
        ),
        (
            #"return 1 +"#,
            #"-ERR Error compiling script (new function): user_script:1: unexpected symbol near '<eof>'"#
        ),
        (#"x"#, #"-ERR Error compiling script (new function): user_script:1: '=' expected near '<eof>'"#),
        (#"return {KEYS[1], ARGV[1]}"#, #"*2|$2|k1|$2|a1"#),
        (#"KEYS = 1"#, #"-ERR user_script:1: Attempt to modify a readonly table @1"#),
        (#"KEYS[5]='x' return KEYS[5]"#, #"$1|x"#),
        (#"return select('#', unpack({1,2,3}))"#, #":3"#),
        (#"return table.concat(redis)"#, #"$0|"#),
        (#"return string.format('%q %5.2f %d','a"b',3.14159,42)"#, #"$15|"a\"b"  3.14 42"#),
        (#"return tostring(1e15)..tostring(2^53)..tostring(0.1)"#, #"$26|1e+159.007199254741e+150.1"#),
        (#"return {1,2,nil,4}"#, #"*2|:1|:2"#),
        (#"return tonumber('0x1F')"#, #":31"#),
    ]

    static let redis: [(String, String)] = [
        (#"return redis.error_reply('abc')"#, #"-ERR abc"#),
        (#"return redis.error_reply('-abc def')"#, #"-abc def"#),
        (#"return redis.error_reply('')"#, #"-ERR "#),
        (#"return redis.error_reply(1)"#, #"-ERR wrong number or type of arguments"#),
        (#"return redis.status_reply('fine')"#, #"+fine"#),
        (#"return redis.status_reply({})"#, #"-ERR wrong number or type of arguments"#),
        (#"return redis.sha1hex('abc')"#, #"$40|a9993e364706816aba3e25717850c26c9cd0d89d"#),
        (#"return redis.sha1hex()"#, #"-ERR wrong number of arguments @1"#),
        (#"return redis.sha1hex('a','b')"#, #"-ERR wrong number of arguments @1"#),
        (#"return redis.sha1hex({})"#, #"$40|da39a3ee5e6b4b0d3255bfef95601890afd80709"#),
        (#"return redis.log(1)"#, #"-ERR redis.log() requires two arguments or more. @1"#),
        (#"return redis.log('x','y')"#, #"-ERR First argument must be a number (log level). @1"#),
        (#"return redis.log(9,'y')"#, #"-ERR Invalid debug level. @1"#),
        (#"return redis.log(redis.LOG_DEBUG,'y')"#, #"$-1"#),
        (#"return {redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}"#, #"*2|$6|7.0.15|:458767"#),
        (#"return redis.setresp(4)"#, #"-ERR RESP version must be 2 or 3. @1"#),
        (#"return redis.setresp()"#, #"-ERR redis.setresp() requires one argument. @1"#),
        (
            #"return redis.set_repl(9)"#,
            #"-ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE. @1"#
        ),
        (#"return redis.set_repl()"#, #"-ERR redis.set_repl() requires two arguments. @1"#),
        (#"return redis.breakpoint()"#, #"$-1"#),
        (#"return redis.replicate_commands()"#, #":1"#),
        (#"return redis.acl_check_cmd('set','a','b')"#, #":1"#),
        (#"return redis.acl_check_cmd('nope')"#, #"-ERR Invalid command passed to redis.acl_check_cmd() @1"#),
        (
            #"return redis.acl_check_cmd()"#,
            #"-ERR Please specify at least one argument for this redis lib call @1"#
        ),
        (#"return redis.call()"#, #"-ERR Please specify at least one argument for this redis lib call @1"#),
        (#"return redis.pcall()"#, #"-ERR Please specify at least one argument for this redis lib call"#),
        (#"return redis.call({})"#, #"-ERR Lua redis lib command arguments must be strings or integers @1"#),
        (#"return redis.pcall({})"#, #"-ERR Lua redis lib command arguments must be strings or integers"#),
        (
            #"return redis.call('set','a')"#,
            #"-ERR Wrong number of args calling Redis command from script @1"#
        ),
        (
            #"return redis.pcall('set','a').err"#,
            #"$58|ERR Wrong number of args calling Redis command from script"#
        ),
        (#"return redis.call('nope')"#, #"-ERR Unknown Redis command called from script @1"#),
        (#"return redis.pcall('nope')"#, #"-ERR Unknown Redis command called from script"#),
        (#"return redis.call('set','k',3.1) and redis.call('get','k')"#, #"$18|3.1000000000000001"#),
        (#"return redis.call('set','k',1e17) and redis.call('get','k')"#, #"$5|1e+17"#),
        (
            #"return redis.call('eval','return 1',0)"#,
            #"-ERR This Redis command is not allowed from script @1"#
        ),
        (#"local x = redis.nope return tostring(x)"#, #"$3|nil"#),
        (#"return rawget(redis,'call') == redis.call"#, #":1"#),
        (#"return redis.call('ping')"#, #"+PONG"#),
        (#"return coroutine.wrap(function() return redis.call('ping') end)()"#, #"+PONG"#),
        (#"redis.setresp(3) return redis.call('hgetall','nosuch')"#, #"*0"#),
        (#"redis.setresp(3) return true"#, #":1"#),
        (#"redis.setresp(3) return {1,false,nil}"#, #"*2|:1|:0"#),
    ]

    static let sandbox: [(String, String)] = [
        (#"error({err='ERR My error',foo=1})"#, #"-ERR My error @1"#),
        (
            #"return _G.foo"#,
            #"-ERR user_script:1: Script attempted to access nonexistent global variable 'foo' @1"#
        ),
        (#"_G.foo = 1"#, #"-ERR user_script:1: Attempt to modify a readonly table @1"#),
        (#"rawset(_G,'foo',1)"#, #"-ERR Attempt to modify a readonly table @1"#),
        (#"setmetatable(_G,{})"#, #"-ERR Attempt to modify a readonly table @1"#),
        (#"return getmetatable(_G) == nil"#, #"$-1"#),
        (#"getmetatable(_G).__index = nil"#, #"-ERR user_script:1: Attempt to modify a readonly table @1"#),
        (#"redis.call = nil"#, #"-ERR user_script:1: Attempt to modify a readonly table @1"#),
        (#"rawset(redis,'call',nil)"#, #"-ERR Attempt to modify a readonly table @1"#),
        (#"string.x = 1"#, #"-ERR user_script:1: Attempt to modify a readonly table @1"#),
        (#"table.insert(redis, 1)"#, #"-ERR Attempt to modify a readonly table @1"#),
        (#"setmetatable(redis, {})"#, #"-ERR Attempt to modify a readonly table @1"#),
        (#"return rawequal(_G,_G)"#, #":1"#),
        (#"return _G._G == _G"#, #":1"#),
        (#"return loadstring('return 5')()"#, #":5"#),
        (#"return loadstring(string.dump(function() return 1 end))"#, #"$-1"#),
        (#"return {loadstring('x x')}"#, #"*0"#),
        (#"return load(function() return nil end) ~= nil"#, #":1"#),
        (#"local t = setmetatable({},{__index=function(t,k) return k end}) return t[1]"#, #":1"#),
    ]

    static let firstLines: [(String, String)] = [
        (
            #"#!lua flags=no-writes\#nreturn redis.call('set','a','b')"#,
            #"-ERR Write commands are not allowed from read-only scripts. @2"#
        ),
        (#"#!lua flags=bad\#nreturn 1"#, #"-ERR Unexpected flag in script shebang: bad"#),
        (#"#!lua foo=bar\#nreturn 1"#, #"-ERR Unknown lua shebang option: foo=bar"#),
        (#"#!lua\#nreturn 1"#, #":1"#),
        (#"#!js\#nreturn 1"#, #"-ERR Unexpected engine in script shebang: #!js"#),
        (#"#!lua"#, #"-ERR Invalid script shebang"#),
        (#"#!lua flags=no-writes,allow-stale\#nreturn redis.call('get','a')"#, #"$-1"#),
        (#"#!lua "x\#nreturn 1"#, #"-ERR Invalid engine in script shebang"#),
        (#"#!\#nreturn 1"#, #"-ERR Unexpected engine in script shebang: #!"#),
    ]
}
