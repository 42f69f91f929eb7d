namespace CheckpointBuild.Building.Html;

/// <summary>How a page looks: two palettes, one for light and one for dark surroundings; nothing is fetched.</summary>
internal static class PageStyle
{
    /// <summary>The style sheet.</summary>
    public const string Css = """
        :root{color-scheme:light dark;--page:#f6f5f1;--card:#fffefb;--ink:#1d1c1a;--soft:#66635c;--line:#e3e0d8;--bits:#1f5fbf;--loss:#c2410c;--good:#1a7f4b;--bad:#b42318;--track:#ebe8e0;--on:#fff;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        @media (prefers-color-scheme:dark){:root{--page:#16171a;--card:#1e2024;--ink:#ecebe7;--soft:#a3a199;--line:#33363c;--bits:#6ea8ff;--loss:#ff8f5a;--good:#58c78b;--bad:#ff7b6e;--track:#2b2e34;--on:#101114}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
        main{max-width:1080px;margin:0 auto;padding:40px 24px 64px}
        header p{margin:0}
        h1{font-size:34px;line-height:1.15;letter-spacing:-.02em;margin:4px 0 6px;overflow-wrap:anywhere}
        h2{font-size:19px;letter-spacing:-.01em;margin:0 0 4px}
        .kicker{color:var(--soft);font-size:13px}
        .lead{color:var(--soft);overflow-wrap:anywhere}
        .lead b{color:var(--ink);font-weight:600}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0 12px}
        .tile,section{background:var(--card);border:1px solid var(--line);border-radius:12px}
        .tile{padding:14px 16px}
        .tile span{display:block;color:var(--soft);font-size:13px}
        .tile strong{display:block;font-size:25px;line-height:1.25;letter-spacing:-.02em;font-weight:600}
        .tile em{display:block;font-style:normal;color:var(--soft);font-size:13px}
        section{padding:22px 24px;margin-top:16px}
        .note{color:var(--soft);font-size:13.5px;margin:0 0 16px;max-width:70ch}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
        th{font-weight:500;color:var(--soft);text-align:left;font-size:13px}
        th,td{padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
        tr:last-child td{border-bottom:0}
        td.n,th.n{text-align:right;white-space:nowrap;padding-right:0;padding-left:12px}
        code{font-family:var(--mono);font-size:12.5px;overflow-wrap:anywhere}
        .hash{color:var(--soft);font-size:12px}
        .stack{display:flex;gap:2px;height:34px;border-radius:8px;overflow:hidden;margin-bottom:14px}
        .stack i{display:block;min-width:3px}
        .bar{height:8px;border-radius:4px;background:var(--track);min-width:90px;margin-top:7px;overflow:hidden}
        .bar i{display:block;height:100%;border-radius:4px;background:var(--bits)}
        td.b{width:22%;padding:6px 0 6px 16px}
        .loss .bar i{background:var(--loss)}
        .type{white-space:nowrap}
        .key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:8px;vertical-align:-1px}
        .grid{border-collapse:separate;border-spacing:2px;width:auto;font-size:12px}
        .grid th,.grid td{border:0;padding:0}
        .grid th{font-size:12px;white-space:nowrap;font-weight:400}
        .grid tbody th{padding-right:12px;font-family:var(--mono);position:sticky;left:0;background:var(--card)}
        .grid thead th{text-align:center;padding-bottom:2px}
        .grid td{min-width:50px;height:26px;text-align:center;vertical-align:middle;border-radius:4px;font-family:var(--mono);font-size:11px;line-height:26px;padding:0 4px;white-space:nowrap}
        .gauges{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:22px 32px;margin-bottom:18px}
        .gauge b{font-size:21px;font-weight:600;letter-spacing:-.01em}
        .gauge .what{display:flex;justify-content:space-between;gap:12px;color:var(--soft);font-size:13.5px}
        .meter{position:relative;height:12px;border-radius:6px;background:var(--track);margin:8px 0 6px}
        .meter i{display:block;height:100%;border-radius:6px}
        .meter u{position:absolute;top:-4px;bottom:-4px;width:2px;background:var(--ink)}
        .ok{color:var(--good)}.over{color:var(--bad)}
        .meter .ok{background:var(--good)}.meter .over{background:var(--bad)}.meter .free{background:var(--bits)}
        svg{display:block;width:100%;height:auto;max-width:720px;min-width:540px}
        svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--soft)}
        svg .name{fill:var(--ink)}svg .axis{stroke:var(--line)}svg .dot{fill:var(--track);stroke:var(--soft);stroke-width:1.5}svg .taken{fill:var(--bits);stroke:none}svg .strong{font-weight:600}
        details summary{cursor:pointer;color:var(--soft);margin-top:10px}
        details[open] summary{margin-bottom:10px}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 20px;margin:0}
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        .warning{border-left:3px solid var(--loss);padding-left:12px;margin:8px 0}
        footer{color:var(--soft);font-size:13px;margin-top:20px;overflow-wrap:anywhere}
        @media (max-width:560px){main{padding:24px 14px 48px}h1{font-size:27px}section{padding:18px 16px}.tiles{grid-template-columns:1fr 1fr}.tile{padding:12px 13px}.tile strong{font-size:21px}th,td{padding-right:8px}td.n,th.n{padding-left:6px}table{font-size:13px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}.wide{display:none}.bar{min-width:48px}.grid td{min-width:44px}}
        @media print{body{background:#fff}section,.tile{break-inside:avoid}}
        """;
}
