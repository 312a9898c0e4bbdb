"""The style sheet of all pages.

Colours are CSS ``light-dark()`` pairs, so both themes come from one sheet and follow the reader's
switch. Streamlit's own class names are touched only where no keyed container serves. Words are at
least 12 px; hairlines stand between rows, no boxes.
"""

from __future__ import annotations

from functools import cache

from evidence.charts.palette import DARK, LIGHT, VERDICT_LOOK
from evidence.dashboard.symbols import symbol_css

__all__ = ["style_sheet"]


def _tokens() -> str:
    """Return the colours as custom properties."""
    names = {
        "ink": "ink",
        "ink2": "second",
        "ink3": "third",
        "rule": "rule",
        "rule2": "rule_strong",
        "surf": "surface",
        "zone": "zone",
        "link": "accent",
        "bg": "page",
    }
    pairs = "".join(
        f"--{short}:light-dark({getattr(LIGHT, name)},{getattr(DARK, name)});"
        for short, name in names.items()
    )
    words = "".join(
        f".w-{look.slug}{{color:light-dark({look.light},{look.dark});"
        f"--k:light-dark({look.light},{look.dark});--f:{look.fill};--line:{look.line}}}"
        for look in VERDICT_LOOK.values()
    )
    return f':root{{{pairs}--serif:"Source Serif",Georgia,serif}}{words}'


_FRAME = """
.block-container{padding-top:4.2rem!important;padding-bottom:5rem!important}
.st-key-page{max-width:1180px;margin:0 auto}
.st-key-theme,.st-key-back{display:none}
.st-key-page p,.st-key-page li{line-height:1.5}
[data-testid="stHeader"] a span{white-space:nowrap}
.h{color:var(--ink);font-size:15px;line-height:1.5;font-variant-numeric:tabular-nums lining-nums;overflow-wrap:break-word}
.h small{font-size:13px;color:var(--ink2)} .h .q{color:var(--ink2)} .h b{font-weight:600}
.h a{color:var(--link);text-underline-offset:3px} .h a:focus-visible,.h summary:focus-visible,.h [tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.vw{position:absolute!important;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.frame{display:flex;flex-wrap:wrap;gap:2px 20px;font-size:13px;color:var(--ink2);padding:0 0 9px;border-bottom:1px solid var(--rule);align-items:baseline}
.frame b{color:var(--ink)} .frame .id{font-family:"Source Code Pro",monospace;font-size:12px}
.title{display:block;font-size:28px!important;line-height:1.2!important;font-weight:650!important;letter-spacing:-.01em;margin:0;padding:0!important;color:var(--ink);text-wrap:balance}
.sub{font-size:16px;color:var(--ink2);margin-top:5px;text-wrap:pretty;max-width:900px} .sub b{color:var(--ink)}
.h2{display:block;font-size:19px!important;font-weight:650!important;line-height:1.3!important;color:var(--ink);margin:16px 0 0;padding:0!important;letter-spacing:0!important}
.h3{display:block;font-size:15px!important;font-weight:650!important;line-height:1.3!important;color:var(--ink);margin:10px 0 2px;padding:0!important;letter-spacing:0!important}
.note{font-size:13.5px;color:var(--ink2);max-width:860px;margin-top:3px;text-wrap:pretty}
.lab{font-size:13px;color:var(--ink2);margin-bottom:6px}
.verdict{display:inline-flex;align-items:center;gap:8px;line-height:1.2} .verdict b{font-weight:600}
.cert{display:inline-flex;align-items:center;gap:8px;white-space:nowrap}
.age{display:inline-flex;gap:6px;align-items:baseline;color:var(--ink2);font-size:13px}
.age i{width:9px;height:9px;flex:none;align-self:center} .age-0 i{background:#009E73;border-radius:50%} .age-1 i{background:light-dark(#B97F00,#E69F00);clip-path:polygon(50% 0,100% 100%,0 100%)} .age-2 i{background:#D55E00} .age-n i{border:1.5px solid var(--ink2);border-radius:50%;box-sizing:border-box}
:has(>:is(.st-key-notices,.st-key-linked):empty){display:none} .flag{white-space:nowrap} .empty{border-left:3px solid var(--rule2);padding:4px 0 4px 14px;color:var(--ink2);margin:6px 0;max-width:780px} .empty b{color:var(--ink)}
.h .term{all:unset;display:inline;color:inherit;font:inherit;text-decoration:underline dotted var(--ink3);text-underline-offset:3px;cursor:help;text-align:inherit} .h .term:hover{text-decoration-color:var(--link)} .h .term:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
@keyframes wait{from{opacity:0}to{opacity:1}}
.stApp:not([data-test-script-state="notRunning"])::after{content:"Reading the data set …";position:fixed;left:14px;bottom:14px;z-index:900;padding:7px 13px;border:1px solid var(--rule2);border-radius:6px;background:var(--bg);color:var(--ink);font-size:14px;opacity:0;animation:wait .2s .6s forwards}
.h .meaning{box-sizing:border-box;max-width:min(340px,calc(100vw - 20px));margin:6px 0;inset:auto;position-area:bottom span-right;position-try-fallbacks:flip-inline,flip-block,flip-inline flip-block;border:1px solid var(--rule2);border-radius:6px;padding:11px 14px;background:var(--bg);color:var(--ink);font-size:14px;line-height:1.45;font-weight:400;text-align:left;box-shadow:0 8px 28px light-dark(#1b1f2422,#0009)} .meaning b{display:block;margin-bottom:2px}
@supports not (position-area:bottom){.h .meaning{inset:auto 10px 10px auto}}
.h code{font-family:"Source Code Pro",monospace;font-size:13px;background:var(--surf);color:var(--ink);padding:1px 5px;border-radius:3px;overflow-wrap:anywhere}
.h details summary{cursor:pointer;color:var(--link);font-size:14px;width:fit-content} .h details[open] summary{margin-bottom:4px}
[class*="st-key-goto"] a,.st-key-crumbs a{background:none!important;padding:0!important;min-height:24px} [class*="st-key-goto"] a p,.st-key-crumbs a p{color:var(--link)!important;font-size:14px!important;font-weight:400!important;text-decoration:underline;text-underline-offset:3px}
"""

_STRIPS = """
.vstrip{display:flex;gap:5px;width:100%;height:22px} .seg{display:flex;min-width:0;gap:2px} .seg i{flex:1;min-width:2px;background:var(--f);border-radius:2px;box-shadow:inset 0 0 0 1px var(--k)}
.seg.w-insufficient i{background:repeating-linear-gradient(135deg,light-dark(#D5D8DB,#3B434C) 0 3px,transparent 3px 6px);box-shadow:inset 0 0 0 1px var(--ink3)}
.seg.w-none i,.seg.w-untestable i{background:transparent;box-shadow:inset 0 0 0 1px var(--ink3)} .seg.w-untestable i{background:linear-gradient(var(--ink3),var(--ink3)) center/50% 2px no-repeat}
.strip{--lab:100px;--num:44px;display:block} .lane{display:grid;grid-template-columns:var(--lab) minmax(0,1fr) var(--num);align-items:center;height:17px;gap:6px}
.ll{font-size:12px;color:var(--ink2);text-align:right;white-space:nowrap;line-height:1.1} .ln{font-size:12px;color:var(--ink2);line-height:1.15;text-align:right} .ln b{color:var(--ink)}
.track{position:relative;height:100%;display:block;overflow:hidden} .track i{position:absolute;display:block}
.track .zone{top:0;bottom:0;background:var(--zone)} .track .zero{top:0;bottom:0;width:1px;background:var(--ink2)} .track .mid{top:0;bottom:0;width:0;border-left:1px dashed var(--ink3)}
.track .ci{top:calc(50% - 1px);height:2px;background:var(--ink)} .track .dot{width:9px;height:9px;border-radius:50%;background:var(--ink);top:calc(50% - 4.5px);margin-left:-4.5px;box-shadow:0 0 0 1.5px var(--bg)}
.track .dot.o{background:var(--bg);border:2px solid var(--ink);box-shadow:none;box-sizing:border-box} .track .dot.main{background:var(--link);box-shadow:0 0 0 1.5px var(--bg)}
.track .right{right:0;top:calc(50% - 4px);border-left:7px solid var(--ink);border-top:4px solid transparent;border-bottom:4px solid transparent} .track .left{left:0;top:calc(50% - 4px);border-right:7px solid var(--ink);border-top:4px solid transparent;border-bottom:4px solid transparent}
.dir{position:absolute;left:calc(30% + 7px);top:50%;transform:translateY(-50%);font-size:12px;color:var(--ink2);white-space:nowrap;line-height:1} .dir.no{color:var(--ink3)} .off .ll{color:var(--ink3)}
.ticks{height:15px} .ticks .track{overflow:visible} .ticks .track span{position:absolute;transform:translateX(-50%);font-size:12px;color:var(--ink2);top:1px;line-height:1;white-space:nowrap}
.rowticks{display:none} .own .rowticks{display:grid} .cap{padding-left:106px;font-size:13px;line-height:1.2}
.strip.big{--lab:150px;--num:250px} .big .lane{min-height:48px;height:auto;gap:14px} .big .track{height:48px} .big .ll{font-size:15px;color:var(--ink)} .big .ll small{display:block;font-size:12px;margin-top:3px} .big .ln{font-size:15px;text-align:left;color:var(--ink)} .big .ln small{font-size:13px}
.big .ci{height:3px;top:calc(50% - 1.5px)} .big .dot{width:14px;height:14px;top:calc(50% - 7px);margin-left:-7px} .big .dir{font-size:14px} .big .lane.ticks{min-height:20px;display:grid} .big .lane.ticks .track{height:20px} .big .lane+.lane:not(.ticks){border-top:1px solid var(--rule)}
.pct{padding-top:15px} .pct .track{overflow:visible;border-bottom:1px solid var(--ink2);height:9px;align-self:start} .pct .dot{bottom:-5px;top:auto!important} .pct .dot.o{background:none}
.track .claimed{bottom:-6px;top:-2px;width:2px;background:#E69F00;box-shadow:0 0 0 .5px light-dark(#7A5200,#F2B84B)} .cl{position:absolute;bottom:13px;transform:translateX(-50%);font-size:12px;color:var(--ink);white-space:nowrap;line-height:1}
.ends{font-size:12px;color:var(--ink2);line-height:1} .ends>span:nth-child(2){display:flex;justify-content:space-between;white-space:nowrap}
.trow{display:grid;grid-template-columns:100px minmax(0,1fr) 44px;gap:6px;align-items:center;height:17px} .sqs{display:flex;gap:2px;flex-wrap:nowrap;overflow:hidden} .sq{flex:0 1 8px;height:9px;border-radius:1px;background:var(--ink2);box-sizing:border-box;min-width:1px}
.sq-null{background:none;border:1.5px solid var(--ink2)} .sq-nr{background:none;border:1px dashed var(--ink3)} .cap0{text-align:left!important} .trow.z,.trow.z b{color:var(--ink3);font-weight:400!important}
.cov{display:flex;height:14px;width:100%;max-width:640px;gap:2px} .cov i{display:block;border-radius:2px;min-width:3px} .cov .c-claim{background:var(--ink)} .cov .c-non{box-shadow:inset 0 0 0 1px var(--ink3)} .cov .c-unread{background:#D55E00}
.covl{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:14px;margin-top:8px;color:var(--ink2)} .covl b{color:var(--ink)} .covl i{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:7px;vertical-align:-1px;box-sizing:border-box}
"""

_BOARD = """
[class*="st-key-row_"]{display:grid!important;grid-template-columns:178px minmax(0,1fr) 300px 168px;grid-template-areas:"v t s c" "v d s c";grid-template-rows:auto 1fr;column-gap:22px;row-gap:2px!important;position:relative;padding:11px 10px 12px;border-top:1px solid var(--rule);width:calc(100% + 20px)!important;margin-left:-10px;max-width:none!important;align-items:start}
[class*="st-key-row_"]>div,[class*="st-key-row_"]>div:has(a) *{position:static;margin:0!important}
[class*="st-key-row_"]>div:has(.c-v),[class*="st-key-row_"] .stHtml{display:contents}
.c-v{grid-area:v} .c-d{grid-area:d} .c-s{grid-area:s} .c-c{grid-area:c;font-size:14px}
[class*="st-key-row_"]>div:has(a){grid-area:t;width:auto!important}
[class*="st-key-row_"] a{padding:0!important;background:none!important;min-height:0!important;line-height:1.3!important;text-decoration:none}
[class*="st-key-row_"] a p,[class*="st-key-row_"] a span{font-size:16px!important;font-weight:600!important;line-height:1.3!important;color:var(--ink)!important;white-space:normal!important;overflow:visible!important}
[class*="st-key-row_"] a::after{content:"";position:absolute;inset:0}
[class*="st-key-row_"]:hover{background:var(--surf)} [class*="st-key-row_"]:hover a p{color:var(--link)!important;text-decoration:underline;text-underline-offset:3px}
[class*="st-key-row_"]:has(a:focus-visible){outline:3px solid var(--link);outline-offset:-2px;border-radius:4px} [class*="st-key-row_"] a:focus-visible{outline:none!important;box-shadow:none!important}
.c-v .verdict{font-size:15px;align-items:flex-start} .under{font-size:13px;color:var(--ink2);display:flex;gap:2px 8px;align-items:center;flex-wrap:wrap;margin-top:4px;line-height:1.3} .c-v .under{padding-left:26px}
.quote{font-family:var(--serif);font-size:14.5px;color:var(--ink2);line-height:1.4;display:-webkit-box;-webkit-line-clamp:1;-webkit-box-orient:vertical;overflow:hidden}
.meta{font-size:13px;color:var(--ink2);margin-top:3px} .meta b{color:var(--ink)} .cno{color:var(--ink3);margin-right:4px}
.sec{display:grid;grid-template-columns:178px minmax(0,1fr) 300px 168px;column-gap:22px;font-size:13px;color:var(--ink2);padding:20px 0 6px;align-items:end;line-height:1.25} .sec .name{grid-column:1/3;font-size:15px!important;font-weight:650!important;color:var(--ink);margin:0;padding:0!important;letter-spacing:0!important;line-height:1.25!important} .sec.first{padding-top:2px}
.key{display:grid;grid-template-columns:minmax(0,1fr);gap:10px;line-height:1.3} .key small{display:block;padding-left:26px;line-height:1.35;margin-top:1px}
"""

_CLAIM = """
.two{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:36px}
.src{font-family:var(--serif);font-size:16px;line-height:1.62;color:var(--ink2);white-space:pre-line} .src mark{background:none;color:var(--ink);text-decoration-line:underline;text-decoration-style:var(--line);text-decoration-color:var(--k);text-decoration-thickness:3px;text-underline-offset:4px;text-decoration-skip-ink:none}
.found .verdict{font-size:24px;gap:11px} .found .say{font-size:18px;line-height:1.45;margin:10px 0 12px;text-wrap:pretty} .facts{display:flex;flex-wrap:wrap;gap:6px 20px;font-size:14px;align-items:center;color:var(--ink2)} .facts b{color:var(--ink)}
.two.even{grid-template-columns:minmax(0,1fr) minmax(0,1fr)} .two.even .strip{margin-top:8px}
table.t{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4;margin:4px 0;table-layout:auto} .t th{font-weight:400;color:var(--ink2);font-size:13px;text-align:left;padding:5px 14px 5px 0;border:0;border-bottom:1px solid var(--rule2);vertical-align:bottom}
.t th small{font-weight:400} .t td,.t tbody th{padding:8px 14px 8px 0;border:0;border-bottom:1px solid var(--rule);vertical-align:top;color:var(--ink);font-size:14px} .t tbody th{font-weight:600} .t tr{border:0} .t .n{text-align:right;white-space:nowrap} .t .q{color:var(--ink2)} .t td.w{min-width:170px} .t .link{overflow-wrap:anywhere}
.t tr.total td,.t tr.total th{border-bottom:0;border-top:1px solid var(--rule2)} .scroll{overflow-x:auto}
.m-yes,.m-no,.m-na{white-space:nowrap;font-weight:600} .m-yes::before{content:"✓ "} .m-no::before{content:"✗ "} .m-na::before{content:"– "} .m-na{color:var(--ink2)!important}
.harvest{align-items:end;display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:18px}
.change{font-size:15px;padding-left:20px;margin:4px 0} .change li{margin:5px 0;max-width:860px;text-wrap:pretty} .hist{border-left:2px solid var(--rule2);padding:2px 0 2px 16px;font-size:14px;margin:6px 0}
.rob{display:inline-grid;place-items:center;width:19px;height:19px;border-radius:50%;font-size:13px;line-height:1;font-weight:700;color:#1B1F24;box-sizing:border-box;border:1px solid light-dark(#4A525C,#B4BBC4);margin-right:6px;vertical-align:-4px;flex:none}
.rob-low{background:#56B4E9} .rob-some{background:#F0E442} .rob-high{background:#D55E00;color:#000} .rob-na{background:transparent;border-style:dashed;color:var(--ink)}
.pairs{margin:2px 0!important;padding:0!important;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;font-size:14px} .pairs dt,.pairs dd{margin:0!important;padding:0!important} .pairs dt{font-weight:400;color:var(--ink2)} .pairs dd{margin:0;overflow-wrap:anywhere}
.big-figures{display:flex;flex-wrap:wrap;gap:14px 40px;margin:8px 0 2px} .big-figures div{line-height:1.25} .big-figures b{display:block;font-size:26px;font-weight:650;letter-spacing:-.01em} .big-figures span{font-size:13.5px;color:var(--ink2)}
[data-tag]{background:var(--surf)!important;color:var(--ink)!important;box-shadow:inset 0 0 0 1px var(--rule2)} [data-tag] span,[data-tag] button{color:var(--ink)!important}
.stPageLink a{height:auto!important} .stPageLink a p,.stPageLink a span{white-space:normal!important;overflow:visible!important;text-overflow:clip!important}
.st-key-claimfoot{margin-top:22px;border-top:1px solid var(--rule)}
"""

_READER = """
.doc{max-width:1080px} .blk{display:grid;grid-template-columns:minmax(0,640px) minmax(0,1fr);gap:44px;position:relative;padding:3px 0 11px}
.blk .tx{font-family:var(--serif);font-size:18px;line-height:1.72;color:var(--ink)} .blk.heading .tx h2{font-family:"Source Sans",sans-serif;font-size:19px!important;font-weight:650!important;padding:12px 0 0!important;line-height:1.3!important;margin:0;color:var(--ink)}
.blk.list{padding:0} .blk.list .tx{padding-left:22px;text-indent:-16px} .blk.list .tx::before{content:"•";color:var(--ink3);padding-right:10px} .blk.list .mn{padding-top:5px}
.nc{color:var(--ink3)} .un{background:light-dark(#FBE3D3,#4A2A14);color:var(--ink)}
.cm{cursor:pointer;text-decoration-line:underline;text-decoration-style:var(--line);text-decoration-color:var(--k);text-decoration-thickness:3px;text-underline-offset:5px;text-decoration-skip-ink:none;border-radius:2px;outline-offset:3px;color:var(--ink)!important}
.cm .vs{margin:0 3px 0 1px;vertical-align:-2px} .nb{white-space:nowrap} .cm:hover,.cm:focus,.cm:focus-within{background:var(--zone)}
.card{position:absolute;left:calc(100% - 396px);top:0;width:396px;box-sizing:border-box;background:var(--bg);border:1px solid var(--rule2);border-radius:6px;padding:14px 16px;z-index:20;visibility:hidden;opacity:0;transition:opacity .12s;text-indent:0;font-family:"Source Sans",sans-serif;font-size:14px;line-height:1.45;color:var(--ink);box-shadow:0 8px 28px light-dark(#1b1f2422,#0009);text-decoration:none;text-align:left;cursor:default}
.cm:hover .card,.cm:focus .card,.cm:focus-within .card{visibility:visible;opacity:1} .doc:has(.cm:hover) .cm:not(:hover) .card{visibility:hidden}
.card .verdict{font-size:17px} .card .cs{font-weight:600;margin:8px 0;font-size:15px;display:block} .card .cr{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;margin-top:8px;font-size:13px;color:var(--ink2)} .card .sep{display:block;border-top:1px solid var(--rule);margin:12px 0} .card a{color:var(--link)}
.card [data-b]{display:block} .card .lane[data-b],.card .trow[data-b]{display:grid} .card .rowticks[data-b]{display:none} .card .dir{white-space:nowrap}
.mn{font-size:13px;line-height:1.35;color:var(--ink2);padding-top:8px} .mn div{display:grid;grid-template-columns:20px 34px 1fr auto;gap:4px;align-items:start;margin-bottom:5px} .mn .vs{margin-top:1px} .mn a{color:var(--link)} .mn .vwrd{color:var(--ink)}
"""

_GAPS = """
table.gaps{border-collapse:collapse;width:100%;font-size:14px;margin:10px 0 4px} .gaps th,.gaps td{border:0;padding:0 4px;font-weight:400;color:var(--ink)} .gaps tr{border:0}
.gaps thead th{font-size:13px;color:var(--ink2);line-height:1.2;padding:4px 4px 8px;vertical-align:bottom;text-align:center;width:7.2%} .gaps thead .go{color:var(--ink);font-weight:600;font-size:14px;width:auto;padding-bottom:2px;border-bottom:1px solid var(--rule2)}
.gaps tbody tr{border-top:1px solid var(--rule)} .gaps tbody th{text-align:left;padding:7px 14px 7px 0;line-height:1.3} .gaps tbody th a{color:var(--ink);text-decoration:none} .gaps tbody th a:hover{color:var(--link);text-decoration:underline}
.gaps td{text-align:center;height:46px} .gaps td:nth-child(5n+7):not(:last-child),.gaps thead .go+.go{border-left:1px solid var(--rule)}
.gaps td a{display:inline-flex;flex-wrap:wrap;gap:0 6px;align-items:center;justify-content:center;color:var(--ink);text-decoration:none;padding:3px 5px;border-radius:4px} .gaps td a:hover{background:var(--zone)} .gaps td b{font-weight:600} .gaps td small{flex-basis:100%;font-size:12px;line-height:1.1}
.hb{display:inline-block;flex:none;width:var(--d);height:var(--d);border-radius:50%;box-sizing:border-box;border:1.5px solid var(--ink);background:conic-gradient(var(--ink2) calc(var(--q)*25%),var(--bg) 0);forced-color-adjust:none;vertical-align:middle} .hb-u{border-style:dashed}
.gap{display:inline-block;width:16px;height:16px;box-sizing:border-box;border:1px dashed var(--ink3);border-radius:2px;vertical-align:middle;position:relative}
.gl{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--ink2);align-items:center;min-height:34px} .gl b{color:var(--ink)} .gl>span{display:inline-flex;gap:6px;align-items:center}
"""

_NARROW = """
@media (max-width:900px){
[class*="st-key-least560_"],[class*="st-key-least860_"]{overflow-x:auto;overflow-y:hidden} [class*="st-key-least560_"] .stVegaLiteChart{min-width:560px} [class*="st-key-least860_"] .stVegaLiteChart{min-width:860px}
}
@media (max-width:620px){[class*="st-key-least560_"]::before,[class*="st-key-least860_"]::before{content:"Scroll the picture sideways →";font-size:13px;color:var(--ink2);position:sticky;left:0}}
@media (max-width:1000px){
[class*="st-key-row_"]{grid-template-columns:minmax(0,1fr) 300px;grid-template-areas:"v c" "t s" "d s"} .sec{display:block} .sec .hd{display:none} .own .rowticks,.strip .rowticks{display:grid}
.two,.two.even{grid-template-columns:minmax(0,1fr);gap:22px} .c-v .under{padding-left:0;margin:0} .c-v{display:flex;gap:4px 12px;flex-wrap:wrap;align-items:center}
.blk{grid-template-columns:minmax(0,1fr);gap:2px} .card{left:auto;right:0} .strip.big{--lab:120px;--num:200px}
}
@media (max-width:640px){
.block-container{padding-left:14px!important;padding-right:14px!important;padding-top:3.8rem!important}
[class*="st-key-row_"]{grid-template-columns:minmax(0,1fr);grid-template-areas:"v" "t" "d" "s" "c";row-gap:7px!important;padding:16px 10px}
.quote{-webkit-line-clamp:3} .title{font-size:23px!important} .frame{gap:2px 14px} .vstrip{gap:3px} .seg{gap:1px} .sub{font-size:15px}
.c-c{display:flex;flex-wrap:wrap;gap:3px 16px;align-items:center} .c-c .under{margin:0}
.strip.big{--lab:1fr;--num:auto} .big .lane{grid-template-columns:minmax(112px,2fr) minmax(0,3fr);min-height:0;row-gap:2px;padding:8px 0} .big .lane .ll{text-align:left;order:1;white-space:normal} .big .lane .ln{order:2;text-align:right} .big .lane .track{order:3;grid-column:1/3;height:28px} .big .lane.ticks{padding:0} .big .lane.ticks .track{height:16px} .big .lane.ticks .ll,.big .lane.ticks .ln{display:none}
table.t.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)} table.t.stack,.t.stack tbody,.t.stack tr,.t.stack td,.t.stack tbody th{display:block;width:100%!important;box-sizing:border-box} .t.stack td,.t.stack tbody th{border:0;padding:1px 0} .t.stack tr{border-bottom:1px solid var(--rule);padding:10px 0} .t.stack td[data-l]::before{content:attr(data-l) "  ";color:var(--ink2);font-weight:400} .t.stack .n{text-align:left;white-space:normal} .t.stack td:empty{display:none}
.t.stack tr.total td,.t.stack tr.total th{border:0}
table.gaps thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)} table.gaps,.gaps tbody{display:block} .gaps tbody tr{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));padding:8px 0} .gaps tbody th{grid-column:1/-1;padding:0 0 6px} .gaps td{height:auto;padding:4px 0;border:0!important} .gaps td::after{content:attr(data-l);display:block;font-size:12px;line-height:1.15;color:var(--ink2);margin-top:3px}
.found .verdict{font-size:21px} .found .say{font-size:17px} .pairs{grid-template-columns:minmax(0,1fr);gap:0 0} .pairs dd{margin-bottom:8px} .big-figures b{font-size:22px}
.blk .tx{font-size:17px;line-height:1.65} .card{position:fixed;left:10px;right:10px;top:auto;bottom:10px;width:auto;max-height:60vh;overflow:auto;z-index:1000}
}
@media (prefers-reduced-motion:reduce){.card{transition:none} .stApp::after{animation-duration:0s!important}}
@media print{html,body,#root,.stApp,[data-testid="stAppViewContainer"],[data-testid="stMain"],.withScreencast{position:static!important;overflow:visible!important;height:auto!important;display:block!important} .stElementContainer,.h,tr,figure{break-inside:avoid} .stElementContainer:has(table){break-inside:auto}
[data-testid="stHeader"],[data-testid="stToolbar"],.noprint,.stApp::after,.st-key-crumbs,.stDownloadButton,.stButton{display:none!important} .block-container{padding-top:0!important} .h,.t td{color:#000} .two{grid-template-columns:1fr 1fr}}
"""


@cache
def style_sheet() -> str:
    """Return the whole sheet in its tag; it rides with the frame line of every page."""
    parts = (_tokens(), symbol_css(), _FRAME, _STRIPS, _BOARD, _CLAIM, _READER, _GAPS, _NARROW)
    return "<style>" + "\n".join(parts) + "</style>"
