extension DifferentialTests {
    static let placeSequences: [CommandSequence] = [
        CommandSequence(
            "places",
            """
            GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
            GEOADD g NX 1 1 Palermo 12.758489 38.788135 edge1
            GEOADD g XX CH 17.24151 38.788135 edge2 12.7 38.7 edge1
            GEOADD g CH 17.24151 38.788135 edge2
            GEOADD g NX XX 1 1 a
            GEOADD g 1 1
            GEOADD g 200 1 a
            GEOADD g 1 86 a
            GEOADD g x 1 a
            GEOADD none XX 1 1 a
            GEOPOS g Palermo none Catania
            GEOPOS none a
            GEOPOS g
            GEOHASH g Palermo none Catania
            GEOHASH none a
            GEODIST g Palermo Catania
            GEODIST g Palermo Catania km
            GEODIST g Palermo Catania MI
            GEODIST g Palermo Catania ft
            GEODIST g Palermo Catania parsec
            GEODIST g Palermo none
            GEODIST none a b
            GEODIST g Palermo Palermo
            GEODIST g Palermo Catania km x
            GEORADIUS g 15 37 200 km ASC
            GEORADIUS g 15 37 200 km WITHDIST WITHHASH WITHCOORD DESC
            ~GEORADIUS g 15 37 500 km
            GEORADIUS g 15 37 500 km COUNT 1
            GEORADIUS g 15 37 500 km COUNT 2 ANY
            GEORADIUS g 15 37 500 km ANY
            GEORADIUS g 15 37 500 km COUNT 0
            GEORADIUS g 15 37 -1 km
            GEORADIUS g 15 37 x km
            GEORADIUS g 15 37 1 x
            GEORADIUS g 15 37 200 km STORE d WITHDIST
            GEORADIUS g 15 37 200 km STORE d
            ZRANGE d 0 -1 WITHSCORES
            GEORADIUS g 15 37 200 km STOREDIST d
            ZRANGE d 0 -1
            GEORADIUS none 15 37 200 km STORE d
            EXISTS d
            GEORADIUS none 15 37 200 km
            GEORADIUS_RO g 15 37 200 km ASC
            GEORADIUS_RO g 15 37 200 km STORE d
            GEORADIUSBYMEMBER g Palermo 200 km ASC
            GEORADIUSBYMEMBER g none 200 km
            GEORADIUSBYMEMBER none Palermo 200 km
            GEORADIUSBYMEMBER_RO g Palermo 200 km ASC
            GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHDIST
            GEOSEARCH g FROMMEMBER Palermo BYBOX 400 400 km ASC WITHCOORD
            GEOSEARCH g FROMMEMBER none BYBOX 400 400 km ASC
            GEOSEARCH g FROMLONLAT 15 37 ASC
            GEOSEARCH g BYRADIUS 200 km
            GEOSEARCH g FROMLONLAT 15 37 FROMMEMBER Palermo BYRADIUS 200 km
            GEOSEARCH g FROMMEMBER Palermo FROMLONLAT 15 37 BYRADIUS 200 km
            GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km BYBOX 1 1 km
            GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 1 km BYRADIUS 200 km
            GEOSEARCH g FROMLONLAT 15 37 BYBOX -1 1 km
            GEOSEARCH g FROMLONLAT 15 37 BYBOX x 1 km
            GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 x km
            GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST
            GEOSEARCH none FROMMEMBER Palermo BYRADIUS 200 km
            GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km
            GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST
            GEOSEARCHSTORE d g FROMLONLAT 15 37 BYRADIUS 200 km WITHDIST
            GEOSEARCHSTORE d none FROMLONLAT 15 37 BYRADIUS 200 km
            EXISTS d
            SET s x
            GEOADD s 1 1 a
            GEOPOS s a
            GEORADIUS s 1 1 1 km
            GEORADIUS g 15 37 500000 km ASC
            """),
        CommandSequence(
            "distinct elements",
            """
            PFADD h a b c
            PFADD h a
            PFADD h
            PFADD new
            PFADD new
            PFCOUNT h
            PFCOUNT h none new
            PFCOUNT none
            GET h
            PFADD i c d e f
            PFCOUNT h i
            PFMERGE m h i
            PFCOUNT m
            PFMERGE empty
            STRLEN empty
            GET empty
            GET m
            PFDEBUG ENCODING h
            PFDEBUG DECODE i
            PFDEBUG TODENSE h
            PFDEBUG TODENSE h
            PFDEBUG ENCODING h
            PFDEBUG DECODE h
            PFDEBUG WHAT h
            PFDEBUG ENCODING none
            PFCOUNT h
            GET h
            PFADD h z
            GET h
            PFMERGE h i
            PFCOUNT h
            GET h
            SET s x
            PFADD s a
            PFCOUNT s
            PFMERGE s h
            SET n 5
            PFADD n a
            LPUSH l a
            PFADD l a
            PFCOUNT l
            """),
    ]
}
