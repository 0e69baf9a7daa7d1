/// The style sheet of the HTML report: system fonts, two palettes, a print form.
let htmlStyle = """
    :root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1d2025;--soft:#626a75;--line:#e4e5e8;--rule:#f0f0f2;
    --good:#1a7f4b;--goodbg:#e9f6ef;--bad:#c0342b;--badbg:#fcedeb;--warn:#9a6500;--warnbg:#fdf4e0;--c1:#2f6fb5;--c2:#7a4fb0;--c3:#c2571a;--code:#f5f5f4;
    --mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    @media(prefers-color-scheme:dark){:root{--bg:#14161a;--card:#1b1e23;--ink:#e6e8eb;--soft:#98a1ad;--line:#2e333a;--rule:#24282e;
    --good:#56c78b;--goodbg:#16291f;--bad:#f4796d;--badbg:#331c1a;--warn:#e3b14c;--warnbg:#302714;--c1:#6aaaf0;--c2:#b995ee;--c3:#f09a5d;--code:#15181c}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    main{max-width:1080px;margin:0 auto;padding:40px 28px 64px}
    h1{font-size:28px;line-height:1.25;letter-spacing:-.015em;margin:4px 0 8px;font-weight:650;text-wrap:balance}
    h2{font-size:17px;letter-spacing:-.005em;margin:44px 0 12px;font-weight:620}
    p{margin:0 0 8px} .soft,small{color:var(--soft)} small{font-size:13px}
    .eyebrow{color:var(--soft);font-size:13.5px;margin:0}
    .verdict{display:flex;gap:16px;align-items:flex-start;border-radius:12px;padding:20px 22px;margin:12px 0 20px}
    .verdict h1{margin:0} .verdict ul{margin:8px 0 0;padding-left:18px} .verdict p{margin:4px 0 0}
    .verdict>svg{flex:none;width:34px;height:34px;margin-top:1px}
    .passed{background:var(--goodbg)}.passed>svg,.good{color:var(--good)}
    .failed{background:var(--badbg)}.failed>svg,.badtext{color:var(--bad)}
    .inconclusive,.interrupted{background:var(--warnbg)}.inconclusive>svg,.interrupted>svg,.warn{color:var(--warn)}
    dl.facts{display:flex;flex-wrap:wrap;gap:14px 40px;margin:0}
    dl.facts dt{color:var(--soft);font-size:12.5px}dl.facts dd{margin:0}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:1px;background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden;margin:24px 0 0}
    .figures div{outline:1px solid var(--rule);padding:13px 16px}.figures span{display:block;color:var(--soft);font-size:12.5px}.figures b{font-size:20px;font-weight:600;letter-spacing:-.01em}
    .card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:6px 18px}
    .threshold{display:grid;grid-template-columns:20px minmax(0,1fr) minmax(140px,300px) 150px;gap:4px 14px;align-items:center;padding:11px 0}
    .threshold+.threshold{border-top:1px solid var(--rule)}
    .threshold code{background:none;padding:0}.threshold .actual{text-align:right;white-space:nowrap}
    .threshold small{grid-column:2/-1}
    .bar{position:relative;height:8px;border-radius:4px;background:var(--rule)}
    .bar i{position:absolute;inset:0 auto 0 0;border-radius:4px;background:var(--good)}.bar.over i{background:var(--bad)}
    .bar u{position:absolute;top:-4px;bottom:-4px;width:2px;background:var(--ink);border-radius:1px}
    code,pre{font-family:var(--mono);font-size:12.8px}
    code{background:var(--code);padding:1px 5px;border-radius:4px}
    pre{background:var(--code);border:1px solid var(--rule);border-radius:8px;padding:10px 12px;margin:6px 0;white-space:pre-wrap;max-height:420px;overflow:auto;line-height:1.45}
    #charts{padding:14px 14px 6px;outline-offset:2px;touch-action:pan-y}
    figure{margin:0 0 12px}figcaption{display:flex;flex-wrap:wrap;gap:2px 18px;align-items:baseline;padding:0 4px 2px;font-size:13px}
    figcaption b{font-weight:600;margin-right:4px}figure svg{display:block;max-width:100%}
    .key{color:var(--soft)}.key.c1::before,.key.c2::before,.key.c3::before,.key.bad::before,.key.plan::before{content:"";display:inline-block;width:14px;height:0;border-top:2.5px solid var(--k);vertical-align:4px;margin-right:6px}
    .key.plan::before{border-top-style:dashed}.key output{color:var(--ink);margin-left:6px;font-weight:550}
    .c1{--k:var(--c1)}.c2{--k:var(--c2)}.c3{--k:var(--c3)}.bad{--k:var(--bad)}.plan{--k:var(--soft)}
    svg .line{fill:none;stroke:var(--k);stroke-width:1.7;stroke-linejoin:round}svg .area{fill:var(--k);opacity:.13}svg .line.plan{stroke-dasharray:4 4;stroke-width:1.4}
    svg .grid{stroke:var(--rule)}svg .base{stroke:var(--line)}svg .tick{fill:var(--soft);font-size:11.5px}
    svg .limit{stroke:var(--warn);stroke-dasharray:2 3;stroke-width:1.3}svg .limit.broken{stroke:var(--bad)}svg .note{fill:var(--warn);font-size:11.5px;paint-order:stroke;stroke:var(--card);stroke-width:3px}svg .note.broken{fill:var(--bad)}
    svg .heat{fill:var(--c1)}svg .cursor{stroke:var(--ink);opacity:0}svg .cursor.on{opacity:.45}
    .scroll{overflow-x:auto;padding:0}
    table{border-collapse:collapse;width:100%;font-size:14px}th,td{padding:9px 12px;text-align:right;white-space:nowrap}
    th:first-child,td:first-child{text-align:left;padding-left:18px;white-space:normal;min-width:150px}table.words td:nth-child(-n+3),table.words th:nth-child(-n+3){text-align:left;white-space:normal}tbody tr{border-top:1px solid var(--rule)}
    th{font-weight:500;color:var(--soft);font-size:12.5px}th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid var(--c1);outline-offset:3px;border-radius:2px}
    th[aria-sort=ascending] button::after{content:" ↑"}th[aria-sort=descending] button::after{content:" ↓"}
    .spark{display:inline-block;vertical-align:middle;color:var(--c1)}.spark path{fill:none;stroke:currentColor;stroke-width:1.4}
    details{border-top:1px solid var(--rule)}.card>details:first-child{border-top:0}
    summary{cursor:pointer;padding:9px 0;display:flex;gap:10px;align-items:baseline;list-style:none}summary::-webkit-details-marker{display:none}
    summary::before{content:"›";color:var(--soft);width:9px;flex:none;transition:transform .12s;display:inline-block}details[open]>summary::before{transform:rotate(90deg)}
    summary .name{flex:1;min-width:0}summary .took{color:var(--soft);white-space:nowrap;font-size:13.5px}summary .mark{width:14px;flex:none;text-align:center}
    summary:focus-visible{outline:2px solid var(--c1);outline-offset:-2px;border-radius:6px}
    .tree details details{margin-left:20px}.body{padding:0 0 10px 20px}.level>summary{font-weight:600;padding:12px 0}
    .leaf{display:flex;gap:10px;align-items:baseline;padding:9px 0 9px 19px;border-top:1px solid var(--rule);margin-left:20px}.leaf .name{flex:1;min-width:0}.leaf .mark{width:14px;flex:none;text-align:center}.leaf .took{color:var(--soft);font-size:13.5px}
    .tag{font-size:12px;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:0 8px;margin-left:6px;font-weight:400;white-space:nowrap}
    .miss{display:grid;grid-template-columns:auto minmax(0,1fr);gap:2px 12px;margin:8px 0;font-size:14px;align-items:baseline}.miss dt{color:var(--soft)}.miss dd{margin:0;font-family:var(--mono);font-size:12.8px;white-space:pre-wrap}
    pre .minus{color:var(--good)}pre .plus{color:var(--bad)}
    .tools{float:right;margin-top:-4px}.tools button{font:inherit;font-weight:400;font-size:13px;color:var(--soft);background:none;border:1px solid var(--line);border-radius:7px;padding:2px 10px;cursor:pointer}.tools button:hover{color:var(--ink)}
    footer{margin-top:48px;color:var(--soft);font-size:13px;border-top:1px solid var(--line);padding-top:14px}
    @media(max-width:720px){main{padding:24px 16px}.threshold{grid-template-columns:20px 1fr auto}.threshold .bar{grid-column:2/-1;grid-row:2}.threshold .actual{grid-row:1;grid-column:3}h1{font-size:22px}}
    @media print{:root{color-scheme:light}body{background:#fff;font-size:11pt}main{max-width:none;padding:0}.threshold{grid-template-columns:20px minmax(0,1fr) 150px 130px}.figures{grid-template-columns:repeat(auto-fit,minmax(90px,1fr))}.figures b{font-size:15px}.tools,.hint{display:none}.card,.figures,figure,tr,.threshold{break-inside:avoid}.tree.card{break-inside:auto}pre{max-height:none;overflow:visible}h2{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """
