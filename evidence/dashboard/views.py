"""Saved views: filters under a name, kept in the reader's own browser.

A view is an address, and every filter stands in the address. The list lives in the browser's own
storage for this site: it survives a restart of browser and server, no other reader sees it, and
the server neither keeps nor receives it. Who wants to share a view hands on its link. The same
storage remembers that the tour was dismissed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

__all__ = ["saved_views", "tour"]

_STYLE = """
:host,.v{font-family:"Source Sans",sans-serif;font-size:14px;color:var(--ink);line-height:1.45}
.v form{display:flex;gap:8px;align-items:end;flex-wrap:wrap;margin:0} .v label{display:block;flex:1 1 150px;font-size:13px;color:var(--ink2)}
.v input{display:block;width:100%;box-sizing:border-box;font:inherit;color:var(--ink);background:var(--bg);border:1px solid var(--ink3);border-radius:4px;padding:6px 9px;margin-top:2px}
.v button{font:inherit;color:var(--ink);background:var(--bg);border:1px solid var(--rule2);border-radius:4px;padding:6px 11px;cursor:pointer;min-height:34px} .v button:hover{border-color:var(--link);color:var(--link)}
.v button.s{border:0;background:none;padding:2px 4px;min-height:24px;color:var(--link);text-decoration:underline;text-underline-offset:3px;font-size:13px}
.v :is(button,a,input):focus-visible{outline:3px solid var(--link);outline-offset:2px}
.v ul{list-style:none;margin:12px 0 0;padding:0} .v li{border-top:1px solid var(--rule);padding:7px 0;overflow-wrap:anywhere} .v li a{color:var(--link);font-weight:600;text-underline-offset:3px} .v small{display:block;font-size:13px;color:var(--ink2)}
.v p{margin:8px 0 0;font-size:13px;color:var(--ink2)} .v .said:empty{display:none}
.v.tour{border-left:3px solid var(--link);padding:2px 0 2px 14px;display:flex;gap:8px 20px;flex-wrap:wrap;align-items:center} .v.tour i{font-style:normal} .v.tour>span{flex:1 1 420px;max-width:860px} .v [hidden],.v[hidden]{display:none!important}
"""

_VIEWS_HTML = """
<div class="v">
<form><label>Name of this view<input type="text" maxlength="80" required autocomplete="off"></label><button type="submit">Save</button></form>
<p class="said" role="status"></p><ul></ul>
<p>Kept in this browser only; nobody else sees it. To share a view, copy its link.</p>
</div>
"""

_VIEWS_JS = """
const KEY = "evidence-tracker.views";
const own = (url) => typeof url === "string" && /^[/][^/]/.test(url + "_") && !url.includes("\\\\");
function read() {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY) || "[]");
    return Array.isArray(kept) ? kept.filter((v) => v && typeof v.name === "string" && own(v.url)) : [];
  } catch { return []; }
}
function write(views) {
  try { window.localStorage.setItem(KEY, JSON.stringify(views)); return true; } catch { return false; }
}
function inWords(url) {
  const [path, query] = [url.split("?")[0].replace("/", ""), new URLSearchParams(url.split("?")[1] || "")];
  const parts = [...query].map(([k, v]) => k.replaceAll("_", " ") + ": " + v);
  return (path || "claims") + (parts.length ? ", " + parts.join("; ") : ", no filter");
}
export default function (component) {
  const root = component.parentElement.querySelector(".v");
  const [form, input, said, list] = ["form", "input", ".said", "ul"].map((s) => root.querySelector(s));
  const say = (words) => { said.textContent = words; };
  const button = (words, label, act) => {
    const made = document.createElement("button");
    made.type = "button"; made.className = "s"; made.textContent = words;
    made.setAttribute("aria-label", label); made.onclick = act;
    return made;
  };
  function draw() {
    list.replaceChildren(...read().map((view) => {
      const item = document.createElement("li"), link = document.createElement("a"), what = document.createElement("small");
      link.href = view.url; link.textContent = view.name; what.textContent = inWords(view.url);
      const copy = button("Copy link", "Copy the link of " + view.name, async () => {
        const whole = window.location.origin + view.url;
        try { await navigator.clipboard.writeText(whole); say("The link is copied."); } catch { say(whole); }
      });
      const remove = button("Remove", "Remove " + view.name, () => {
        write(read().filter((v) => v.name !== view.name)); draw(); say("Removed: " + view.name);
      });
      item.append(link, what, copy, remove);
      return item;
    }));
  }
  form.onsubmit = (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (!name) return;
    const url = window.location.pathname + window.location.search;
    const kept = write([...read().filter((v) => v.name !== name), { name, url }]);
    say(kept ? "Saved: " + name : "This browser keeps nothing for this site; bookmark the address instead.");
    if (kept) input.value = "";
    draw();
  };
  draw();
}
"""

_TOUR_JS = """
const KEY = "evidence-tracker.tour";
export default function (component) {
  const root = component.parentElement.querySelector(".tour");
  const box = root.parentElement;
  let isOver = false;
  try { isOver = window.localStorage.getItem(KEY) === "over"; } catch { /* asked again next time */ }
  root.querySelector("i").textContent = component.data.words;
  root.hidden = isOver;
  root.querySelector("button").onclick = () => {
    root.hidden = true;
    try { window.localStorage.setItem(KEY, "over"); } catch { /* hidden until the page is loaded anew */ }
  };
}
"""


@cache
def _views() -> Callable[..., object]:
    """Return the component of saved views; it is registered when first shown."""
    return st.components.v2.component(
        "evidence_saved_views", html=_VIEWS_HTML, css=_STYLE, js=_VIEWS_JS
    )


@cache
def _tour() -> Callable[..., object]:
    """Return the component of the tour; hidden until the browser says that it is new."""
    html = '<div class="v tour" hidden><span><b>New here?</b> <i></i></span><button type="button">Got it</button></div>'
    return st.components.v2.component("evidence_tour", html=html, css=_STYLE, js=_TOUR_JS)


def saved_views() -> None:
    """Let the reader keep the present filters under a name, and come back to those kept."""
    with st.popover("Saved views"):
        _views()(key="saved_views")


def tour(words: str) -> None:
    """Explain the page to somebody who is new, until dismissed."""
    _tour()(key="tour", data={"words": words})
