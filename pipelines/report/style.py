"""The report's look: one style sheet and a few lines of script, both within the page."""

CSS = """
:root { color-scheme: light dark; --back: #fff; --text: #1c2024; --dim: #687076; --line: #dfe3e6; --soft: #f4f6f8;
  --red: #b42318; --redback: #fde9e7; --green: #14713a; --greenback: #e4f5ea; --amber: #8a5a00; --amberback: #fdf3dc;
  --violet: #7a2ea8; --violetback: #f5e9fb; --blue: #0b5f8a; --blueback: #e3f2fa; --bar: #5b8def; }
@media (prefers-color-scheme: dark) { :root { --back: #15181b; --text: #e6e9eb; --dim: #9aa4ab; --line: #30363b;
  --soft: #1d2226; --red: #ff9a8f; --redback: #47201d; --green: #7fdba0; --greenback: #173623; --amber: #f0c36a;
  --amberback: #3d3014; --violet: #dba6f5; --violetback: #3a2148;
  --blue: #86cdf2; --blueback: #153546; --bar: #4a73c9; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
  h3 { margin: 1.5rem 0 .3rem; }
h1, h2, h3, h4 { line-height: 1.25; } p { margin: .3rem 0; max-width: 50rem; }
code { font: .88em ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--blue); } summary { cursor: pointer; color: var(--dim); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: .4rem 0; font-size: .92em; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; } .n { text-align: right; white-space: nowrap; }
td code { overflow-wrap: normal; } td:last-child:not(.n) { min-width: 11rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .6rem 0; }
.facts dt { color: var(--dim); } .facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.funnel { display: grid; grid-template-columns: minmax(9rem, 24rem) 1fr; gap: .15rem .8rem; align-items: center; }
.funnel .part { padding-left: 1.2rem; color: var(--dim); font-size: .93em; }
.bar { display: flex; align-items: center; gap: .5rem; white-space: nowrap; }
.bar i { display: block; height: .9rem; background: var(--bar); border-radius: 2px; min-width: 1px; }
.bar.part i { opacity: .45; } .bar span { font-variant-numeric: tabular-nums; }
.toc { columns: 14rem; padding-left: 1.2rem; }
article { margin: 1rem 0; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 6px; }
article > h4 { margin: 0 0 .5rem; font-weight: 600; } .ids { color: var(--dim); font-weight: 400; font-size: .85em; }
.turn { margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font: .9em/1.55 ui-monospace, monospace; }
.user, .system { padding: .4rem .6rem; background: var(--soft); border-radius: 6px; }
.who { display: block; color: var(--dim); font: 600 .8rem system-ui, sans-serif; }
.tag { font: 600 .72rem system-ui, sans-serif; padding: 0 .3rem; margin-right: .25rem; border-radius: 3px;
  border: 1px solid currentColor; white-space: nowrap; user-select: none; }
.seg { border-radius: 3px; } .mistake { color: var(--red); background: var(--redback); }
.right { color: var(--green); background: var(--greenback); }
  .talk { color: var(--amber); background: var(--amberback); }
.false { color: var(--violet); background: var(--violetback); }
  .thought { color: var(--blue); background: var(--blueback); }
.spare { color: var(--dim); }
.masked { text-decoration: line-through 1px color-mix(in srgb, currentColor 45%, transparent); opacity: .8; }
.masked .tag { text-decoration: none; display: inline-block; } .shared { opacity: .45; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } .pair > div { min-width: 0; }
.step { display: block; } .step.plus { color: var(--green); }
  .step.minus { color: var(--red); background: var(--redback); }
.lineage { margin-top: .6rem; border-top: 1px dashed var(--line); padding-top: .3rem; }
.parent { margin: .6rem 0 .2rem; padding-left: .8rem; border-left: 3px solid var(--line); }
.cut { color: var(--dim); font-style: italic; }
@media (max-width: 40rem) { body { padding: .7rem; font-size: 14px; } .pair { grid-template-columns: 1fr; gap: .3rem; }
  .funnel { grid-template-columns: 1fr; gap: 0; } .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dt { margin-top: .3rem; }
  article { padding: .5rem .6rem; } }
@media print { details { display: block; } }
"""

JS = """
document.getElementById('all').addEventListener('click', function () {
  var all = document.querySelectorAll('.lineage'), open = !all[0] || !all[0].open;
  all.forEach(function (one) { one.open = open; });
});
"""
