// As in ScriptCases+Language.swift.
extension ScriptCases {
    static let cjson: [(String, String)] = [
        (#"return cjson.encode({})"#, #"$2|{}"#),
        (#"return cjson.encode({[1]=1,[3]=3})"#, #"$10|[1,null,3]"#),
        (
            #"return cjson.encode({[1]=1,[100]=3})"#,
            #"-ERR user_script:1: Cannot serialise table: excessively sparse array @1"#
        ),
        (#"return cjson.encode({a={b={c={}}}})"#, #"$20|{"a":{"b":{"c":{}}}}"#),
        (#"return cjson.encode("a/b\"\\\n\t\1\127")"#, #"$26|"a\/b\"\\\n\t\u0001\u007f""#),
        (#"return cjson.encode(0.1)"#, #"$3|0.1"#),
        (#"return cjson.encode(1e100)"#, #"$6|1e+100"#),
        (#"return cjson.encode(1/3)"#, #"$16|0.33333333333333"#),
        (
            #"return cjson.encode(1/0)"#,
            #"-ERR user_script:1: Cannot serialise number: must not be NaN or Inf @1"#
        ),
        (#"return cjson.encode(-0)"#, #"$2|-0"#),
        (#"return cjson.encode(12345678901234567890)"#, #"$19|1.2345678901235e+19"#),
        (#"return cjson.encode({[1.5]=1})"#, #"$9|{"1.5":1}"#),
        (
            #"return cjson.encode(function() end)"#,
            #"-ERR user_script:1: Cannot serialise function: type not supported @1"#
        ),
        (
            #"return cjson.encode({function() end})"#,
            #"-ERR user_script:1: Cannot serialise function: type not supported @1"#
        ),
        (#"return cjson.encode(cjson.null)"#, #"$4|null"#),
        (
            #"return cjson.encode()"#,
            #"-ERR user_script:1: bad argument #1 to 'encode' (expected 1 argument) @1"#
        ),
        (
            #"return cjson.encode(1,2)"#,
            #"-ERR user_script:1: bad argument #1 to 'encode' (expected 1 argument) @1"#
        ),
        (
            #"return cjson.encode({[true]=1})"#,
            #"-ERR user_script:1: Cannot serialise boolean: table key must be a number or string @1"#
        ),
        (#"return cjson.decode('[1,2,{"a":null}]')[3].a == cjson.null"#, #":1"#),
        (
            #"return cjson.decode('{"a":"\\ud83d"}').a"#,
            #"-ERR user_script:1: Expected value but found invalid unicode escape code at character 7 @1"#
        ),
        (
            #"return cjson.decode('[1,')"#,
            #"-ERR user_script:1: Expected value but found T_END at character 4 @1"#
        ),
        (
            #"return cjson.decode('{1:2}')"#,
            #"-ERR user_script:1: Expected object key string but found T_NUMBER at character 2 @1"#
        ),
        (
            #"return cjson.decode('{"a" 2}')"#,
            #"-ERR user_script:1: Expected colon but found T_NUMBER at character 6 @1"#
        ),
        (
            #"return cjson.decode('{"a":2,}')"#,
            #"-ERR user_script:1: Expected object key string but found T_OBJ_END at character 8 @1"#
        ),
        (
            #"return cjson.decode('[1 2]')"#,
            #"-ERR user_script:1: Expected comma or array end but found T_NUMBER at character 4 @1"#
        ),
        (
            #"return cjson.decode('nope')"#,
            #"-ERR user_script:1: Expected value but found invalid token at character 1 @1"#
        ),
        (
            #"return cjson.decode('')"#,
            #"-ERR user_script:1: Expected value but found T_END at character 1 @1"#
        ),
        (
            #"return cjson.decode('[1] x')"#,
            #"-ERR user_script:1: Expected the end but found invalid token at character 5 @1"#
        ),
        (
            #"return cjson.decode('"abc')"#,
            #"-ERR user_script:1: Expected value but found unexpected end of string at character 5 @1"#
        ),
        (
            #"return cjson.decode('"a\\x"')"#,
            #"-ERR user_script:1: Expected value but found invalid escape code at character 3 @1"#
        ),
        (#"return tostring(cjson.decode('0x10'))"#, #"$2|16"#),
        (#"return tostring(cjson.decode('nan'))"#, #"$3|nan"#),
        (#"return tostring(cjson.decode('-inf'))"#, #"$4|-inf"#),
        (#"return tostring(cjson.decode('[1e5,1.5e-3]')[2])"#, #"$6|0.0015"#),
        (#"return cjson.decode('+1')"#, #":1"#),
        (
            #"return cjson.decode(nil)"#,
            #"-ERR user_script:1: bad argument #1 to 'decode' (string expected, got nil) @1"#
        ),
        (
            #"return cjson.decode({})"#,
            #"-ERR user_script:1: bad argument #1 to 'decode' (string expected, got table) @1"#
        ),
        (#"return {cjson.encode_sparse_array()}"#, #"*3|$-1|:2|:10"#),
        (
            #"return cjson.encode_max_depth('x')"#,
            #"-ERR user_script:1: bad argument #1 to 'encode_max_depth' (number expected, got string) @1"#
        ),
        (
            #"return cjson.encode_max_depth(1,2)"#,
            #"-ERR user_script:1: bad argument #2 to 'encode_max_depth' (found too many arguments) @1"#
        ),
        (
            #"return cjson.encode_keep_buffer('maybe')"#,
            #"-ERR user_script:1: bad argument #1 to 'encode_keep_buffer' (invalid option 'maybe') @1"#
        ),
        (#"return {cjson._NAME, cjson._VERSION}"#, #"*2|$5|cjson|$5|2.1.0"#),
    ]

    static let cmsgpack: [(String, String)] = [
        (#"return hex(cmsgpack.pack({1,2,3},{a=1},{},{[1]=1,[3]=2}))"#, #"$28|9301020381a16101908201010302"#),
        (
            #"return cmsgpack.pack()"#,
            #"-ERR user_script:1: bad argument #0 to 'pack' (MessagePack pack needs input.) @1"#
        ),
        (
            #"return {cmsgpack.unpack(cmsgpack.pack(1,-1,300,70000,-300,-70000,'a',{1,{2}}))}"#,
            #"*8|:1|:-1|:300|:70000|:-300|:-70000|$1|a|*2|:1|*1|:2"#
        ),
        (#"return {cmsgpack.unpack_one(cmsgpack.pack(1,2,3))}"#, #"*2|:1|:1"#),
        (#"return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3),2)}"#, #"*3|:2|:1|:2"#),
        (#"return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3),2,1)}"#, #"*3|:-1|:2|:3"#),
        (
            #"return {cmsgpack.unpack_one(cmsgpack.pack(1,2,3),9)}"#,
            #"-ERR user_script:1: Start offset 9 greater than input length 3. @1"#
        ),
        (
            #"return {cmsgpack.unpack_one(cmsgpack.pack(1,2,3),-1)}"#,
            #"-ERR user_script:1: Invalid request to unpack with offset of -1 and limit of 3. @1"#
        ),
        (#"return cmsgpack.unpack('\145')"#, #"-ERR user_script:1: Missing bytes in input. @1"#),
        (#"return cmsgpack.unpack('\193')"#, #"-ERR user_script:1: Bad data format in input. @1"#),
        (
            #"return cmsgpack.unpack({})"#,
            #"-ERR user_script:1: bad argument #1 to 'unpack' (string expected, got table) @1"#
        ),
        (#"return {cmsgpack._NAME, cmsgpack._VERSION}"#, #"*2|$8|cmsgpack|$18|lua-cmsgpack 0.4.0"#),
    ]

    static let structure: [(String, String)] = [
        (
            #"return hex(struct.pack('>I2<i4!4bxhLs','258',-5,-1,300,2,'abc'))"#,
            #"$48|0102fbffffffff002c010000020000000000000061626300"#
        ),
        (
            #"return hex(struct.pack('Bc3c0d',255,'abcdef','xyz',1.5))"#,
            #"$30|ff61626378797a000000000000f83f"#
        ),
        (#"return hex(struct.pack('f',1.25))"#, #"$8|0000a03f"#),
        (#"return hex(struct.pack('>d',1.25))"#, #"$16|3ff4000000000000"#),
        (#"return hex(struct.pack('!8bdi3',1,2,70000))"#, #"$42|010000000000000000000000000000400000701101"#),
        (
            #"return struct.pack('i33',1)"#,
            #"-ERR user_script:1: integral size 33 is larger than limit of 32 @1"#
        ),
        (#"return struct.pack('!3',1)"#, #"-ERR user_script:1: alignment 3 is not a power of 2 @1"#),
        (
            #"return struct.pack('z',1)"#,
            #"-ERR user_script:1: bad argument #1 to 'pack' (invalid format option 'z') @1"#
        ),
        (
            #"return struct.pack('c5','abc')"#,
            #"-ERR user_script:1: bad argument #3 to 'pack' (string too short) @1"#
        ),
        (
            #"return struct.pack('I')"#,
            #"-ERR user_script:1: bad argument #2 to 'pack' (number expected, got nil) @1"#
        ),
        (#"return {struct.unpack('>I2<i4', '\1\2\251\255\255\255')}"#, #"*3|:258|:-5|:7"#),
        (#"return {struct.unpack('Bc0s', '\3abcdef\0x')}"#, #"*3|$3|abc|$3|def|:9"#),
        (#"return {struct.unpack('c0', 'x')}"#, #"-ERR user_script:1: format 'c0' needs a previous size @1"#),
        (
            #"return {struct.unpack('I', 'x')}"#,
            #"-ERR user_script:1: bad argument #2 to 'unpack' (data string too short) @1"#
        ),
        (
            #"return {struct.unpack('I', 'xxxx', 0)}"#,
            #"-ERR user_script:1: bad argument #3 to 'unpack' (offset must be 1 or greater) @1"#
        ),
        (#"return {struct.unpack('b', '\200',1)}"#, #"*2|:-56|:2"#),
        (#"return {struct.unpack('s', 'abc')}"#, #"-ERR user_script:1: unfinished string in data @1"#),
        (#"return {struct.size('!8bdi3hc5')}"#, #"*1|:29"#),
        (
            #"return {struct.size('s')}"#,
            #"-ERR user_script:1: bad argument #1 to 'size' (option 's' has no fixed size) @1"#
        ),
        (
            #"return {struct.size('c0')}"#,
            #"-ERR user_script:1: bad argument #1 to 'size' (option 'c0' has no fixed size) @1"#
        ),
    ]

    static let bit: [(String, String)] = [
        (
            #"return {bit.tohex(255), bit.tohex(255,4), bit.tohex(0xabcdef,-8), bit.tohex(1,0)}"#,
            #"*4|$8|000000ff|$4|00ff|$8|00ABCDEF|$0|"#
        ),
        (
            #"return bit.band()"#,
            #"-ERR user_script:1: bad argument #1 to 'band' (number expected, got no value) @1"#
        ),
        (
            #"return bit.band('x')"#,
            #"-ERR user_script:1: bad argument #1 to 'band' (number expected, got string) @1"#
        ),
        (#"return bit.band('7',3.5)"#, #":4"#),
        (
            #"return {bit.tobit(1.5),bit.tobit(2.5),bit.tobit(-0.5),bit.tobit(1e20)}"#,
            #"*4|:2|:2|:0|:2025163840"#
        ),
    ]
}
