"""The look of the HTML report: one sheet for screens, narrow screens, dark ones and paper."""

CSS = """
:root{color-scheme:light dark;--bg:#fff;--panel:#f5f6f8;--ink:#1b1f24;--soft:#515a66;--line:#d3d8df;--link:#0a55b5;
--red:#a11522;--redbg:#fdecee;--amber:#7a4a00;--amberbg:#fff4dc;--green:#0f5f34;--greenbg:#e6f5ec;--code:#eceff3}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--panel:#1d2127;--ink:#e7eaee;--soft:#aab3bf;--line:#3a424d;
--link:#8ab8ff;--red:#ff9aa5;--redbg:#3a1a1f;--amber:#f3c46b;--amberbg:#33270f;--green:#7ddba3;--greenbg:#12301f;
--code:#262c34}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
overflow-wrap:anywhere}
.wrap{max-width:70rem;margin:0 auto;padding:0 1.25rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;
border-radius:3px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.4rem .8rem;z-index:1}
h1,h2,h3,h4{line-height:1.25;margin:0 0 .6rem;text-wrap:balance}
h1{font-size:1.7rem}h2{font-size:1.4rem}h3{font-size:1.15rem}h4{font-size:1.05rem}
h3{margin-top:1.6rem}h2+h3{margin-top:0}section>h4{margin-top:1.2rem}
p{margin:0 0 .8rem}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{background:var(--code);border-radius:4px;padding:.08em .3em}
pre{background:var(--code);border-radius:6px;margin:.35rem 0 .6rem;padding:.6rem .8rem;white-space:pre-wrap}
pre code{background:none;padding:0;font-size:1em}
mark{background:none;color:var(--red);font-weight:700;text-decoration:underline wavy;text-underline-offset:3px}
header.top{border-bottom:1px solid var(--line);padding:1.6rem 0 1rem}
header.top p{color:var(--soft);margin:0}
main{padding:1.4rem 0 1rem}
footer{border-top:1px solid var(--line);color:var(--soft);font-size:.9rem;padding:1rem 0 2rem}
section{margin:0 0 2.2rem}
.verdict{border:1px solid currentColor;border-left-width:8px;border-radius:8px;padding:.9rem 1.1rem;margin:0 0 1.2rem;
font-size:1.15rem;font-weight:600;display:flex;gap:.75rem;align-items:flex-start}
.verdict svg{flex:none;margin-top:.12rem}
.verdict span{color:var(--ink)}
.shared{color:var(--red);background:var(--redbg)}
.local,.unsure{color:var(--amber);background:var(--amberbg)}
.clean{color:var(--green);background:var(--greenbg)}
.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));gap:.7rem;margin:0 0 1.4rem}
.counts div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem;display:flex;
flex-direction:column-reverse;justify-content:flex-end}
.counts dt{color:var(--soft);font-size:.85rem;line-height:1.3}
.counts dd{margin:0;font-size:1.6rem;font-weight:700;line-height:1.25;font-variant-numeric:tabular-nums}
.counts .some dd{color:var(--red)}
.badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:.05em .65em;font-size:.82rem;
font-weight:600;white-space:nowrap}
.todo{padding-left:1.4rem;margin:0 0 1rem}
.todo li{margin:0 0 .45rem;padding-left:.25rem}
.card{border:1px solid var(--line);border-radius:8px;padding:1rem 1.15rem;margin:0 0 1.1rem}
.card>h4{display:flex;flex-wrap:wrap;gap:.5rem .7rem;align-items:center}
.card h5{font-size:.95rem;margin:1rem 0 .35rem}
.what{color:var(--soft)}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0 0 .4rem}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0}
ul.plain{list-style:none;margin:0;padding:0}
ul.plain li{margin:0 0 .2rem}
table{border-collapse:collapse;width:100%;margin:0 0 1.1rem;font-size:.94rem}
caption{text-align:left;color:var(--soft);font-size:.9rem;padding:0 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .7rem;border-bottom:1px solid var(--line)}
thead th{overflow-wrap:normal;border-bottom:2px solid var(--line);font-size:.85rem;color:var(--soft)}
tbody th{font-weight:600;min-width:9rem}
table.map{table-layout:fixed}
table.map thead th:nth-child(1){width:27%}table.map thead th:nth-child(2){width:41%}
table.map td{border-left:1px dashed var(--line)}
.none{color:var(--soft)}
.warn{color:var(--red);font-weight:600}
details{margin:.2rem 0 .6rem}
summary{cursor:pointer;color:var(--link)}
nav ul{columns:2;padding-left:1.2rem;margin:0 0 1rem}
@media (max-width:44rem){
.wrap{padding:0 .9rem}h1{font-size:1.4rem}.verdict{font-size:1.05rem}nav ul{columns:1}
.counts{grid-template-columns:repeat(2,1fr)}
dl.facts{display:block}dl.facts dd{margin:0 0 .4rem}
table,tbody,tr,th,td,caption{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{border:1px solid var(--line);border-radius:8px;margin:0 0 .7rem;padding:.3rem .2rem}
th,td{border:0;padding:.25rem .7rem}
table.map td{border-left:0}
td[data-label]::before,th[data-label]::before{content:attr(data-label);display:block;color:var(--soft);
font-size:.8rem;font-weight:400}
.card{padding:.8rem .85rem}
}
@media print{
:root{color-scheme:light;--bg:#fff;--panel:#fff;--ink:#000;--soft:#333;--line:#888;--link:#000;--red:#8a0f1b;
--redbg:#fff;--amber:#5c3800;--amberbg:#fff;--green:#0b4a28;--greenbg:#fff;--code:#f2f2f2}
@page{margin:16mm 14mm}
body{font-size:10pt}.wrap{max-width:none;padding:0}.skip,nav{display:none}
h2,h3,h4,h5,caption{break-after:avoid}.card>h4,.verdict,.counts,table,tr,pre{break-inside:avoid}
thead{display:table-header-group}
details::details-content{content-visibility:visible;height:auto}summary{list-style:none}
}
"""
