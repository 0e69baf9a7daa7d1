/// Names of characters and their numbers, hexadecimal. Source: WHATWG HTML §13.5.
enum HTMLReferenceNames {
    static let capital = """
        AElig c6,AMP 26,Aacute c1,Abreve 102,Acirc c2,Acy 410,Afr 1d504,Agrave c0,Alpha 391,Amacr 100,\
        And 2a53,Aogon 104,Aopf 1d538,ApplyFunction 2061,Aring c5,Ascr 1d49c,Assign 2254,Atilde c3,\
        Auml c4,Backslash 2216,Barv 2ae7,Barwed 2306,Bcy 411,Because 2235,Bernoullis 212c,Beta 392,\
        Bfr 1d505,Bopf 1d539,Breve 2d8,Bscr 212c,Bumpeq 224e,CHcy 427,COPY a9,Cacute 106,Cap 22d2,\
        CapitalDifferentialD 2145,Cayleys 212d,Ccaron 10c,Ccedil c7,Ccirc 108,Cconint 2230,Cdot 10a,\
        Cedilla b8,CenterDot b7,Cfr 212d,Chi 3a7,CircleDot 2299,CircleMinus 2296,CirclePlus 2295,\
        CircleTimes 2297,ClockwiseContourIntegral 2232,CloseCurlyDoubleQuote 201d,CloseCurlyQuote 2019,\
        Colon 2237,Colone 2a74,Congruent 2261,Conint 222f,ContourIntegral 222e,Copf 2102,Coproduct 2210,\
        CounterClockwiseContourIntegral 2233,Cross 2a2f,Cscr 1d49e,Cup 22d3,CupCap 224d,DD 2145,\
        DDotrahd 2911,DJcy 402,DScy 405,DZcy 40f,Dagger 2021,Darr 21a1,Dashv 2ae4,Dcaron 10e,Dcy 414,\
        Del 2207,Delta 394,Dfr 1d507,DiacriticalAcute b4,DiacriticalDot 2d9,DiacriticalDoubleAcute 2dd,\
        DiacriticalGrave 60,DiacriticalTilde 2dc,Diamond 22c4,DifferentialD 2146,Dopf 1d53b,Dot a8,\
        DotDot 20dc,DotEqual 2250,DoubleContourIntegral 222f,DoubleDot a8,DoubleDownArrow 21d3,\
        DoubleLeftArrow 21d0,DoubleLeftRightArrow 21d4,DoubleLeftTee 2ae4,DoubleLongLeftArrow 27f8,\
        DoubleLongLeftRightArrow 27fa,DoubleLongRightArrow 27f9,DoubleRightArrow 21d2,DoubleRightTee 22a8,\
        DoubleUpArrow 21d1,DoubleUpDownArrow 21d5,DoubleVerticalBar 2225,DownArrow 2193,DownArrowBar 2913,\
        DownArrowUpArrow 21f5,DownBreve 311,DownLeftRightVector 2950,DownLeftTeeVector 295e,\
        DownLeftVector 21bd,DownLeftVectorBar 2956,DownRightTeeVector 295f,DownRightVector 21c1,\
        DownRightVectorBar 2957,DownTee 22a4,DownTeeArrow 21a7,Downarrow 21d3,Dscr 1d49f,Dstrok 110,\
        ENG 14a,ETH d0,Eacute c9,Ecaron 11a,Ecirc ca,Ecy 42d,Edot 116,Efr 1d508,Egrave c8,Element 2208,\
        Emacr 112,EmptySmallSquare 25fb,EmptyVerySmallSquare 25ab,Eogon 118,Eopf 1d53c,Epsilon 395,\
        Equal 2a75,EqualTilde 2242,Equilibrium 21cc,Escr 2130,Esim 2a73,Eta 397,Euml cb,Exists 2203,\
        ExponentialE 2147,Fcy 424,Ffr 1d509,FilledSmallSquare 25fc,FilledVerySmallSquare 25aa,Fopf 1d53d,\
        ForAll 2200,Fouriertrf 2131,Fscr 2131,GJcy 403,GT 3e,Gamma 393,Gammad 3dc,Gbreve 11e,Gcedil 122,\
        Gcirc 11c,Gcy 413,Gdot 120,Gfr 1d50a,Gg 22d9,Gopf 1d53e,GreaterEqual 2265,GreaterEqualLess 22db,\
        GreaterFullEqual 2267,GreaterGreater 2aa2,GreaterLess 2277,GreaterSlantEqual 2a7e,\
        GreaterTilde 2273,Gscr 1d4a2,Gt 226b,HARDcy 42a,Hacek 2c7,Hat 5e,Hcirc 124,Hfr 210c,\
        HilbertSpace 210b,Hopf 210d,HorizontalLine 2500,Hscr 210b,Hstrok 126,HumpDownHump 224e,\
        HumpEqual 224f,IEcy 415,IJlig 132,IOcy 401,Iacute cd,Icirc ce,Icy 418,Idot 130,Ifr 2111,Igrave cc,\
        Im 2111,Imacr 12a,ImaginaryI 2148,Implies 21d2,Int 222c,Integral 222b,Intersection 22c2,\
        InvisibleComma 2063,InvisibleTimes 2062,Iogon 12e,Iopf 1d540,Iota 399,Iscr 2110,Itilde 128,\
        Iukcy 406,Iuml cf,Jcirc 134,Jcy 419,Jfr 1d50d,Jopf 1d541,Jscr 1d4a5,Jsercy 408,Jukcy 404,KHcy 425,\
        KJcy 40c,Kappa 39a,Kcedil 136,Kcy 41a,Kfr 1d50e,Kopf 1d542,Kscr 1d4a6,LJcy 409,LT 3c,Lacute 139,\
        Lambda 39b,Lang 27ea,Laplacetrf 2112,Larr 219e,Lcaron 13d,Lcedil 13b,Lcy 41b,\
        LeftAngleBracket 27e8,LeftArrow 2190,LeftArrowBar 21e4,LeftArrowRightArrow 21c6,LeftCeiling 2308,\
        LeftDoubleBracket 27e6,LeftDownTeeVector 2961,LeftDownVector 21c3,LeftDownVectorBar 2959,\
        LeftFloor 230a,LeftRightArrow 2194,LeftRightVector 294e,LeftTee 22a3,LeftTeeArrow 21a4,\
        LeftTeeVector 295a,LeftTriangle 22b2,LeftTriangleBar 29cf,LeftTriangleEqual 22b4,\
        LeftUpDownVector 2951,LeftUpTeeVector 2960,LeftUpVector 21bf,LeftUpVectorBar 2958,LeftVector 21bc,\
        LeftVectorBar 2952,Leftarrow 21d0,Leftrightarrow 21d4,LessEqualGreater 22da,LessFullEqual 2266,\
        LessGreater 2276,LessLess 2aa1,LessSlantEqual 2a7d,LessTilde 2272,Lfr 1d50f,Ll 22d8,\
        Lleftarrow 21da,Lmidot 13f,LongLeftArrow 27f5,LongLeftRightArrow 27f7,LongRightArrow 27f6,\
        Longleftarrow 27f8,Longleftrightarrow 27fa,Longrightarrow 27f9,Lopf 1d543,LowerLeftArrow 2199,\
        LowerRightArrow 2198,Lscr 2112,Lsh 21b0,Lstrok 141,Lt 226a,Map 2905,Mcy 41c,MediumSpace 205f,\
        Mellintrf 2133,Mfr 1d510,MinusPlus 2213,Mopf 1d544,Mscr 2133,Mu 39c,NJcy 40a,Nacute 143,\
        Ncaron 147,Ncedil 145,Ncy 41d,NegativeMediumSpace 200b,NegativeThickSpace 200b,\
        NegativeThinSpace 200b,NegativeVeryThinSpace 200b,NestedGreaterGreater 226b,NestedLessLess 226a,\
        NewLine a,Nfr 1d511,NoBreak 2060,NonBreakingSpace a0,Nopf 2115,Not 2aec,NotCongruent 2262,\
        NotCupCap 226d,NotDoubleVerticalBar 2226,NotElement 2209,NotEqual 2260,NotEqualTilde 2242+338,\
        NotExists 2204,NotGreater 226f,NotGreaterEqual 2271,NotGreaterFullEqual 2267+338,\
        NotGreaterGreater 226b+338,NotGreaterLess 2279,NotGreaterSlantEqual 2a7e+338,NotGreaterTilde 2275,\
        NotHumpDownHump 224e+338,NotHumpEqual 224f+338,NotLeftTriangle 22ea,NotLeftTriangleBar 29cf+338,\
        NotLeftTriangleEqual 22ec,NotLess 226e,NotLessEqual 2270,NotLessGreater 2278,NotLessLess 226a+338,\
        NotLessSlantEqual 2a7d+338,NotLessTilde 2274,NotNestedGreaterGreater 2aa2+338,\
        NotNestedLessLess 2aa1+338,NotPrecedes 2280,NotPrecedesEqual 2aaf+338,NotPrecedesSlantEqual 22e0,\
        NotReverseElement 220c,NotRightTriangle 22eb,NotRightTriangleBar 29d0+338,\
        NotRightTriangleEqual 22ed,NotSquareSubset 228f+338,NotSquareSubsetEqual 22e2,\
        NotSquareSuperset 2290+338,NotSquareSupersetEqual 22e3,NotSubset 2282+20d2,NotSubsetEqual 2288,\
        NotSucceeds 2281,NotSucceedsEqual 2ab0+338,NotSucceedsSlantEqual 22e1,NotSucceedsTilde 227f+338,\
        NotSuperset 2283+20d2,NotSupersetEqual 2289,NotTilde 2241,NotTildeEqual 2244,\
        NotTildeFullEqual 2247,NotTildeTilde 2249,NotVerticalBar 2224,Nscr 1d4a9,Ntilde d1,Nu 39d,\
        OElig 152,Oacute d3,Ocirc d4,Ocy 41e,Odblac 150,Ofr 1d512,Ograve d2,Omacr 14c,Omega 3a9,\
        Omicron 39f,Oopf 1d546,OpenCurlyDoubleQuote 201c,OpenCurlyQuote 2018,Or 2a54,Oscr 1d4aa,Oslash d8,\
        Otilde d5,Otimes 2a37,Ouml d6,OverBar 203e,OverBrace 23de,OverBracket 23b4,OverParenthesis 23dc,\
        PartialD 2202,Pcy 41f,Pfr 1d513,Phi 3a6,Pi 3a0,PlusMinus b1,Poincareplane 210c,Popf 2119,Pr 2abb,\
        Precedes 227a,PrecedesEqual 2aaf,PrecedesSlantEqual 227c,PrecedesTilde 227e,Prime 2033,\
        Product 220f,Proportion 2237,Proportional 221d,Pscr 1d4ab,Psi 3a8,QUOT 22,Qfr 1d514,Qopf 211a,\
        Qscr 1d4ac,RBarr 2910,REG ae,Racute 154,Rang 27eb,Rarr 21a0,Rarrtl 2916,Rcaron 158,Rcedil 156,\
        Rcy 420,Re 211c,ReverseElement 220b,ReverseEquilibrium 21cb,ReverseUpEquilibrium 296f,Rfr 211c,\
        Rho 3a1,RightAngleBracket 27e9,RightArrow 2192,RightArrowBar 21e5,RightArrowLeftArrow 21c4,\
        RightCeiling 2309,RightDoubleBracket 27e7,RightDownTeeVector 295d,RightDownVector 21c2,\
        RightDownVectorBar 2955,RightFloor 230b,RightTee 22a2,RightTeeArrow 21a6,RightTeeVector 295b,\
        RightTriangle 22b3,RightTriangleBar 29d0,RightTriangleEqual 22b5,RightUpDownVector 294f,\
        RightUpTeeVector 295c,RightUpVector 21be,RightUpVectorBar 2954,RightVector 21c0,\
        RightVectorBar 2953,Rightarrow 21d2,Ropf 211d,RoundImplies 2970,Rrightarrow 21db,Rscr 211b,\
        Rsh 21b1,RuleDelayed 29f4,SHCHcy 429,SHcy 428,SOFTcy 42c,Sacute 15a,Sc 2abc,Scaron 160,Scedil 15e,\
        Scirc 15c,Scy 421,Sfr 1d516,ShortDownArrow 2193,ShortLeftArrow 2190,ShortRightArrow 2192,\
        ShortUpArrow 2191,Sigma 3a3,SmallCircle 2218,Sopf 1d54a,Sqrt 221a,Square 25a1,\
        SquareIntersection 2293,SquareSubset 228f,SquareSubsetEqual 2291,SquareSuperset 2290,\
        SquareSupersetEqual 2292,SquareUnion 2294,Sscr 1d4ae,Star 22c6,Sub 22d0,Subset 22d0,\
        SubsetEqual 2286,Succeeds 227b,SucceedsEqual 2ab0,SucceedsSlantEqual 227d,SucceedsTilde 227f,\
        SuchThat 220b,Sum 2211,Sup 22d1,Superset 2283,SupersetEqual 2287,Supset 22d1,THORN de,TRADE 2122,\
        TSHcy 40b,TScy 426,Tab 9,Tau 3a4,Tcaron 164,Tcedil 162,Tcy 422,Tfr 1d517,Therefore 2234,Theta 398,\
        ThickSpace 205f+200a,ThinSpace 2009,Tilde 223c,TildeEqual 2243,TildeFullEqual 2245,\
        TildeTilde 2248,Topf 1d54b,TripleDot 20db,Tscr 1d4af,Tstrok 166,Uacute da,Uarr 219f,Uarrocir 2949,\
        Ubrcy 40e,Ubreve 16c,Ucirc db,Ucy 423,Udblac 170,Ufr 1d518,Ugrave d9,Umacr 16a,UnderBar 5f,\
        UnderBrace 23df,UnderBracket 23b5,UnderParenthesis 23dd,Union 22c3,UnionPlus 228e,Uogon 172,\
        Uopf 1d54c,UpArrow 2191,UpArrowBar 2912,UpArrowDownArrow 21c5,UpDownArrow 2195,UpEquilibrium 296e,\
        UpTee 22a5,UpTeeArrow 21a5,Uparrow 21d1,Updownarrow 21d5,UpperLeftArrow 2196,UpperRightArrow 2197,\
        Upsi 3d2,Upsilon 3a5,Uring 16e,Uscr 1d4b0,Utilde 168,Uuml dc,VDash 22ab,Vbar 2aeb,Vcy 412,\
        Vdash 22a9,Vdashl 2ae6,Vee 22c1,Verbar 2016,Vert 2016,VerticalBar 2223,VerticalLine 7c,\
        VerticalSeparator 2758,VerticalTilde 2240,VeryThinSpace 200a,Vfr 1d519,Vopf 1d54d,Vscr 1d4b1,\
        Vvdash 22aa,Wcirc 174,Wedge 22c0,Wfr 1d51a,Wopf 1d54e,Wscr 1d4b2,Xfr 1d51b,Xi 39e,Xopf 1d54f,\
        Xscr 1d4b3,YAcy 42f,YIcy 407,YUcy 42e,Yacute dd,Ycirc 176,Ycy 42b,Yfr 1d51c,Yopf 1d550,Yscr 1d4b4,\
        Yuml 178,ZHcy 416,Zacute 179,Zcaron 17d,Zcy 417,Zdot 17b,ZeroWidthSpace 200b,Zeta 396,Zfr 2128,\
        Zopf 2124,Zscr 1d4b5
        """
}
