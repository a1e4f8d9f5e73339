/*! The chat of whitebox-chatbot, as a widget or as a whole page. Apache-2.0.
 *
 * <script src="https://HOST/widget.js" data-title="…" async></script>
 *
 * One file without a build step, because one tag must bring all of it: texts, look, model, drawing, wiring.
 * Everything lives in a shadow root, so neither page changes the other; every text of the server or the
 * visitor enters the page as a text node, never as markup. Options: docs/widget.md.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.whiteboxChat) return; // a second tag adds nothing
  window.whiteboxChat = {};

  const MAX_CHARACTERS = 2000; // the service refuses more
  const COUNTER_FROM = 1800;
  const TIMEOUT_MS = 20000;
  const TYPING_AFTER_MS = 200; // quick answers show no typing state, and are not read out twice
  const KEPT_TURNS = 30;
  const KEPT_MS = 12 * 3600 * 1000; // after this rest a visitor starts afresh
  const VOTE_TRIES = 5; // a turn can be voted on once it is stored, about a second after it was answered
  const VOTE_MS = 1500;
  const PICTURE_SIDE = 1024; // pixels; a larger picture is made smaller before it is sent
  const PICTURE_BYTES = 30e6; // a larger file is not even opened
  const PERSON_MS = 4000; // how often a chat that a person has asks for what they say

  const option = (name, fallback = "") => script.dataset[name] || fallback;
  const endpoint = new URL(option("endpoint", "./"), script.src).href;
  const personAddress = new URL("v1/handoff", script.src).href;
  const isPage = option("mode") === "page";
  const aheadUrl = option("suggest") === "true" ? new URL("./v1/suggest", script.src).href : "";
  const voteUrl = option("feedback") === "false" ? "" : new URL("./v1/feedback", script.src).href;
  const takesPictures = option("image") === "true";
  const greeting = option("greeting");

  // ---------------------------------------------------------------- texts

  const TEXTS = {
    zh: {
      tag: "zh-CN", title: "智能客服", subtitle: "每个回答都有依据", hello: "您好", other: "EN", otherLabel: "Switch to English",
      dark: "切换到深色", light: "切换到浅色", close: "关闭", open: "打开对话", log: "对话记录", input: "输入您的问题", ahead: "您可能想问",
      send: "发送", human: "转人工", restart: "重新开始", retry: "重试", typing: "正在回答…", you: "您", person: "人工客服", back: "人工客服已结束，机器人继续为您服务。", options: "可以点选",
      up: "有用", down: "没用", thanks: "谢谢，记下了", unsaved: "没有记下，请再点一次",
      attach: "发图片", shown: "图片", remove: "去掉图片", unopened: "这张图片打不开",
      evidence: "依据", details: "详情", count: (n) => `${n} 条`, over: (n) => `超出 ${n} 字`,
      item: "项目", car: "名称", table: "结果表", rows: (shown, all) => `共 ${all} 条，显示前 ${shown} 条`,
      offline: "网络已断开，恢复后可以重试。", degraded: "服务暂时记不住上文，请把问题一次说完整。",
      faults: {
        offline: "没有发出去：网络不通", timeout: "等了太久，没有等到回答", server: "服务出了点问题", lost: "页面离开时还没有回答",
      },
      sources: { faq: "常见问题", kg: "知识图谱", chitchat: "闲聊", image: "图片", intent: "意图" },
      ops: { lookup: "查值", compare: "比较", filter: "筛选", superlative: "最值", count: "计数", verify: "核对" },
      fields: {
        question: "标准问题", matched: "匹配到", score: "相似度", module: "模块", entity: "实体", path: "属性", value: "原文", label: "标签", name: "名称", service: "服务",
        file: "文件", plan: "查询", op: "操作", entities: "对象", attributes: "属性", conditions: "条件", order: "排序", limit: "取前",
        confidence: "置信度", why: "选择理由", version: "知识库版本", trace: "追踪号", elapsed: "耗时",
      },
    },
    en: {
      tag: "en", title: "Assistant", subtitle: "Every answer shows its evidence", hello: "hello", other: "中", otherLabel: "切换到中文",
      dark: "Use dark colours", light: "Use light colours", close: "Close", open: "Open the chat", log: "Conversation", input: "Type your question", ahead: "You may want to ask",
      send: "Send", human: "Talk to a person", restart: "Start over", retry: "Retry", typing: "Answering…", you: "You", person: "Support", back: "The person has left; the bot is back.", options: "Suggestions",
      up: "Helpful", down: "Not helpful", thanks: "Thank you", unsaved: "Not saved, please try again",
      attach: "Send a picture", shown: "Picture", remove: "Remove the picture", unopened: "The picture cannot be opened",
      evidence: "Evidence", details: "Details", count: (n) => `${n}`, over: (n) => `${n} too many`,
      item: "Item", car: "Name", table: "Results", rows: (shown, all) => `First ${shown} of ${all}`,
      offline: "You are offline. Retry once the connection is back.",
      degraded: "Earlier messages cannot be remembered right now. Please put everything into one question.",
      faults: {
        offline: "Not sent: no connection", timeout: "No answer in time", server: "The service had a problem", lost: "The page was left before the answer came",
      },
      sources: { faq: "FAQ", kg: "Knowledge graph", chitchat: "Small talk", image: "Picture", intent: "Intent" },
      ops: { lookup: "look up", compare: "compare", filter: "filter", superlative: "superlative", count: "count", verify: "verify" },
      fields: {
        question: "Standard question", matched: "Matched", score: "Score", module: "Module", entity: "Entity", path: "Attribute", value: "Value", label: "Label", name: "Name", service: "Service",
        file: "File", plan: "Query", op: "Operation", entities: "Entities", attributes: "Attributes", conditions: "Conditions", order: "Order", limit: "Limit",
        confidence: "Confidence", why: "Why this one", version: "Knowledge version", trace: "Trace id", elapsed: "Time",
      },
    },
  };

  // ---------------------------------------------------------------- look

  const STYLE = `
:host{all:initial!important;display:block!important;direction:ltr!important}
:host([data-mode=page]){height:100%!important}
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
.root{--accent:#1c6e5c;--on-accent:#fff;--bg:#f3f5f4;--card:#fff;--ink:#18211f;--soft:#586662;--line:#d9e0dd;--tint:#e9efec;--warn:#8a4b00;--warn-bg:#fff4e0;
font:1em/1.6 system-ui,-apple-system,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC",sans-serif;
color:var(--ink);color-scheme:light;-webkit-text-size-adjust:100%;text-align:left}
.root[data-theme=dark]{--bg:#101514;--card:#1a211f;--ink:#e4ebe8;--soft:#9daca7;--line:#303a37;--tint:#232c29;--warn:#ffc97a;--warn-bg:#33270f;color-scheme:dark}
[data-mode=page]{height:100%}
button,textarea{font:inherit;color:inherit;margin:0}
button{cursor:pointer;border:1px solid transparent;background:none;touch-action:manipulation}
:focus{outline:none}
:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
svg{width:1.25em;height:1.25em;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;display:block}
.launch{position:fixed;z-index:2147483000;bottom:max(20px,env(safe-area-inset-bottom));right:20px;width:56px;height:56px;border-radius:50%;display:grid;place-items:center;
background:var(--accent);color:var(--on-accent);box-shadow:0 6px 24px #0003}
.launch svg{width:26px;height:26px}
.panel{display:flex;flex-direction:column;max-height:var(--height,none);background:var(--bg);overflow:hidden;height:100%}
[data-mode=widget] .panel{position:fixed;z-index:2147483000;bottom:20px;right:20px;width:392px;max-width:calc(100vw - 40px);height:min(660px,calc(100vh - 40px));border:1px solid var(--line);border-radius:18px;box-shadow:0 18px 60px #0004}
[data-side=left] .launch,[data-side=left][data-mode=widget] .panel{right:auto;left:20px}
header,form,.notice{background:var(--card)}
header,.log,form,.notice{padding-inline:max(16px,calc(50% - 380px))}
header{display:flex;align-items:center;gap:10px;padding-block:10px;border-bottom:1px solid var(--line)}
.mark{flex:none;width:36px;height:36px;border-radius:11px;display:grid;place-items:center;background:var(--accent);color:var(--on-accent)}
.names{flex:1;min-width:0}
.names>*{margin:0;font-weight:400;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.names>:first-child{font-size:1em;font-weight:600;line-height:1.35}
.names p{font-size:.78em;line-height:1.35;color:var(--soft)}
header button{flex:none;min-width:40px;height:40px;border-radius:11px;display:grid;place-items:center;color:var(--soft);padding:0;font-size:.9em;font-weight:600}
header button:last-child{margin-right:-9px}
header button:hover,.tools button:hover{background:var(--tint);color:var(--ink)}
.notice{padding-block:8px;font-size:.85em;color:var(--warn);background:var(--warn-bg)}
.log{position:relative;flex:1;min-height:0;overflow:hidden auto;overscroll-behavior:contain;padding-block:18px 22px;padding-right:16px;scroll-behavior:smooth;scrollbar-width:thin}
.log:focus-visible{outline-offset:-3px}
.turn{max-width:760px;display:flex;flex-direction:column;align-items:flex-start;gap:10px;animation:rise .22s ease-out}
.turn+.turn{margin-top:20px}
.bubble{max-width:100%;margin:0;padding:10px 15px;border-radius:16px;white-space:pre-wrap;overflow-wrap:anywhere}
.me{align-self:flex-end;max-width:85%;background:var(--accent);color:var(--on-accent);border-bottom-right-radius:5px}
.bot{background:var(--card);border:1px solid var(--line);border-bottom-left-radius:5px}
.handoff .bot,.agent .bot{border-color:var(--accent);border-width:1.5px}
.reply{display:flex;flex-direction:column;align-items:flex-start;gap:10px;width:100%;padding-right:min(8%,40px)}
.typing{display:flex;gap:5px;padding:16px}
.typing i{width:7px;height:7px;border-radius:50%;background:var(--soft);animation:blink 1.2s infinite}
.typing i:nth-child(2){animation-delay:.2s}.typing i:nth-child(3){animation-delay:.4s}
.fault{align-self:flex-end;display:flex;flex-wrap:wrap;justify-content:flex-end;align-items:center;gap:4px 10px;font-size:.88em;color:var(--warn);overflow-wrap:anywhere}
.hid .fault{align-self:flex-start}
.chips{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:8px;counter-reset:n}
.turn:not(:last-child) .chips{display:none}
.chip,.fault button{border-color:var(--line);background:var(--card);border-radius:18px;padding:6px 14px;min-height:38px;text-align:left;font-size:.93em;line-height:1.45;overflow-wrap:anywhere;transition:border-color .15s,background .15s}
.chip:hover,.fault button:hover{border-color:var(--accent);background:var(--tint)}
.clarify .chips{flex-direction:column}
.clarify .chip::before{counter-increment:n;content:counter(n);color:var(--soft);margin-right:10px;font-variant-numeric:tabular-nums}
.wide{max-width:100%;overflow-x:auto;border:1px solid var(--line);border-radius:12px;background:var(--card)}
table{border-collapse:collapse;font-size:.88em;line-height:1.45}
th,td{padding:8px 12px;text-align:left;vertical-align:top;border-top:1px solid var(--line);min-width:6em;max-width:16em;overflow-wrap:anywhere;font-weight:400}
thead th{border-top:0;background:var(--tint);font-weight:600}
tbody th{color:var(--soft);min-width:8em}
.note{margin:0;font-size:.82em;color:var(--soft)}
details{max-width:100%;font-size:.84em;color:var(--soft)}
summary{display:inline-flex;align-items:center;gap:5px;cursor:pointer;list-style:none;padding:4px 8px 4px 4px;border-radius:8px}
summary::-webkit-details-marker{display:none}
summary:hover{color:var(--ink)}
summary svg{width:1em;height:1em;transition:transform .15s}
details[open] summary svg{transform:rotate(90deg)}
.proof{margin:6px 0 0;padding:10px 14px;display:grid;grid-template-columns:auto 1fr;gap:2px 14px;border:1px solid var(--line);border-radius:12px;background:var(--card)}
.proof dt{white-space:nowrap}
.proof dd{margin:0;color:var(--ink);overflow-wrap:anywhere;min-width:0}
.proof .head{grid-column:1/-1;font-weight:600;color:var(--ink)}
.meta{border-style:dashed;background:none}
.meta dd{color:inherit}
.votes{display:flex;align-items:center;gap:2px;margin:-6px 0 -4px;font-size:.84em;color:var(--soft)}
.votes button{display:grid;place-items:center;width:38px;height:34px;border-radius:10px}
.votes button:hover{background:var(--tint);color:var(--ink)}
.votes [aria-pressed=true]{color:var(--accent)}
.votes [aria-disabled=true]{cursor:default;background:none}
.votes [aria-disabled=true][aria-pressed=false]{opacity:.4}
.votes svg{width:1.15em;height:1.15em}
form{padding-block:8px max(12px,env(safe-area-inset-bottom));border-top:1px solid var(--line);margin:0}
.tools{display:flex;align-items:center;gap:4px;margin:0 -8px 4px;font-size:.85em;color:var(--soft)}
.tools button{display:flex;align-items:center;gap:6px;min-height:34px;padding:4px 10px;border-radius:10px}
.counter{margin-left:auto;padding-right:10px;font-variant-numeric:tabular-nums}
.over{color:var(--warn);font-weight:600}
textarea:focus-visible{outline:none}
.ahead{list-style:none;margin:0 0 6px;padding:4px;max-height:9.5em;overflow-y:auto;border:1px solid var(--line);border-radius:12px;background:var(--card);font-size:.93em}
.ahead li{padding:6px 10px;border-radius:8px;cursor:pointer;overflow-wrap:anywhere}
.ahead [aria-selected=true],.ahead li:hover{background:var(--tint)}
.ahead [aria-selected=true]{outline:2px solid var(--ink);outline-offset:-2px}
.box{display:flex;align-items:flex-end;gap:8px;border:1px solid var(--line);border-radius:16px;background:var(--bg);padding:5px 5px 5px 14px}
.box:focus-within{border-color:var(--ink);box-shadow:0 0 0 1px var(--ink)}
textarea{flex:1;min-width:0;height:38px;max-height:148px;padding:7px 0;border:0;background:none;resize:none;font-size:max(16px,1em);line-height:24px}
textarea::placeholder{color:var(--soft);opacity:1}
.send,.attach{flex:none;width:40px;height:38px;border-radius:12px;display:grid;place-items:center}
.send{background:var(--accent);color:var(--on-accent)}
.attach{margin-left:-8px;color:var(--soft)}
.attach:hover{background:var(--tint);color:var(--ink)}
canvas{display:block;max-width:100%;max-height:160px;border-radius:10px}
.preview{display:flex;align-items:flex-start;gap:4px;margin-bottom:6px}
.preview canvas{max-height:72px}
.preview button{padding:4px;border-radius:8px;color:var(--soft)}
.send:disabled{background:var(--tint);color:var(--soft);cursor:default}
@keyframes rise{from{opacity:0;transform:translateY(6px)}}
@keyframes blink{0%,60%,100%{opacity:.25}30%{opacity:1}}
@media (max-width:520px){
[data-mode=widget] .panel{inset:0!important;bottom:auto!important;top:var(--top,0)!important;width:100%;max-width:none;height:var(--height,100vh);height:var(--height,100dvh);border:0;border-radius:0}
.reply{padding-right:0}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important;scroll-behavior:auto!important}}
@media (forced-colors:active){.me,.launch,.send,.mark{border:1px solid}}`;

  const ICONS = {
    chat: "M4 5.5h16v11h-8.5L7 20v-3.5H4z M8.5 9.5h7 M8.5 12.5h4.5",
    send: "M12 19V5 M6 11l6-6 6 6",
    close: "M6 6l12 12 M18 6L6 18",
    moon: "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5z",
    sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M12 2.5v2 M12 19.5v2 M2.5 12h2 M19.5 12h2 M5.3 5.3l1.4 1.4 M17.3 17.3l1.4 1.4 M18.7 5.3l-1.4 1.4 M6.7 17.3l-1.4 1.4",
    picture: "M4 5h16v14H4z M4 16l5-5 4 4 3-3 4 4 M15 8.5h.01",
    human: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
    restart: "M5 12a7 7 0 1 0 2.2-5.1 M5 4v4h4",
    more: "M9 6l6 6-6 6",
    up: "M7 11v9H4v-9z M7 11l4-7c1.5 0 2.3 1 2 2.5L12.4 10H19l-1.6 8.4c-.2 1-.9 1.6-1.9 1.6H7",
    down: "M17 13V4h3v9z M17 13l-4 7c-1.5 0-2.3-1-2-2.5l.6-3.5H5l1.6-8.4C6.8 4.6 7.5 4 8.5 4H17",
  };

  /** An element; a function among the attributes is a listener, a child that is no node becomes a text node. */
  const h = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };

  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };

  /** The language a screen reader should speak `text` in. */
  const languageOf = (text) => (/[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en");
  const lengthOf = (text) => Array.from(text).length; // code points, as the service counts
  const list = (value) => (Array.isArray(value) ? value : []);

  // ---------------------------------------------------------------- model

  const storeKey = `whitebox-chat:${endpoint}`;
  const storage = () => (option("remember") === "tab" ? window.sessionStorage : window.localStorage);

  /** What was remembered, or an empty object; blocked, full or foreign storage is the same as none. */
  const recall = () => {
    if (option("remember") === "none") return {};
    try {
      return JSON.parse(storage().getItem(storeKey)) || {};
    } catch {
      return {};
    }
  };

  const remember = () => {
    if (option("remember") === "none") return;
    const turns = state.turns.slice(-KEPT_TURNS).map(({ sent, hidden, reply, fault, by, vote }) => ({ sent, hidden, reply, fault, by, vote }));
    try {
      storage().setItem(storeKey, JSON.stringify({ v: 1, id: state.id, at: Date.now(), lang: state.lang, theme: state.theme, seen: state.seen, person: state.person, turns }));
    } catch {
      // The chat works without memory; only a reload starts afresh.
    }
  };

  const known = recall();
  const isFresh = known.v === 1 && Date.now() - known.at < KEPT_MS;
  const state = {
    id: isFresh ? known.id : null,
    turns: isFresh ? list(known.turns).filter((turn) => turn && typeof turn.sent === "string") : [],
    lang: known.lang || option("lang", "zh"),
    theme: known.theme || option("theme", "auto"),
    degraded: false,
    person: isFresh && known.person === true, // a person has the conversation
    seen: (isFresh && known.seen) || 0, // when they last said something, by the service's clock
    conversation: 0, // answers to an earlier conversation are dropped
  };
  if (!TEXTS[state.lang]) state.lang = "zh";
  for (const turn of state.turns) if (!turn.reply && !turn.fault) turn.fault = { kind: "lost" };
  let queue = Promise.resolve(); // one message at a time, in the order typed

  class Fault extends Error {
    constructor(kind, detail, trace) {
      super(kind);
      Object.assign(this, { kind, detail, trace });
    }
  }

  /** One turn of the service's JSON; throws a `Fault` that says what a visitor can do about it. */
  const post = async ({ sent, picture }) => {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(endpoint, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        credentials: "omit",
        body: JSON.stringify({ sent, session_id: state.id || undefined, image: picture ? picture.data : undefined }),
        signal: abort.signal,
      });
      const body = await response.json().catch(() => null);
      if (response.ok && body && typeof body.answer === "string") return body;
      const error = (body && body.error) || {};
      if (error.code === "invalid_session_id") state.id = null; // the next try starts a new one
      throw new Fault("server", response.status < 500 ? error.message : "", error.trace_id || (body && body.trace_id));
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault(abort.signal.aborted ? "timeout" : "offline");
    } finally {
      clearTimeout(timer);
    }
  };

  /** While a person has the conversation, what they say is fetched; the last answer says whether they still do. */
  const listen = async () => {
    const conversation = state.conversation;
    if (!state.person || !state.id || document.hidden) return;
    const query = new URLSearchParams({ session_id: state.id, after: String(state.seen) });
    const response = await fetch(`${personAddress}?${query}`, { credentials: "omit" }).catch(() => null);
    const body = response && response.ok ? await response.json().catch(() => null) : null;
    if (!body || conversation !== state.conversation) return;
    for (const { text: said, name, at_ms: at } of list(body.messages)) {
      if (at <= state.seen) continue;
      const turn = { sent: "", hidden: true, by: String(name || text().person), reply: { answer: String(said), answer_type: "agent" } };
      state.seen = at;
      state.turns.push(turn);
      drawTurn(turn);
      show(turn);
    }
    if (state.person && body.open === false) {
      state.person = false;
      const turn = { sent: "", hidden: true, by: text().title, reply: { answer: text().back, answer_type: "agent" } };
      state.turns.push(turn);
      drawTurn(turn);
      show(turn);
    }
    remember();
  };
  setInterval(listen, PERSON_MS);

  /** Sends a vote, again while the turn is not stored yet; whether it was kept. */
  const sendVote = async (trace, vote) => {
    for (let tries = VOTE_TRIES; tries > 0; tries -= 1) {
      const request = { method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit", body: JSON.stringify({ trace_id: trace, vote }) };
      const response = await fetch(voteUrl, request).catch(() => null);
      if (response && response.ok) return true;
      if (!response || response.status !== 404) return false;
      await new Promise((done) => setTimeout(done, VOTE_MS));
    }
    return false;
  };

  const answer = async (turn, conversation) => {
    if (conversation !== state.conversation) return;
    try {
      const reply = await post(turn);
      if (conversation !== state.conversation) return;
      turn.reply = reply;
      state.id = reply.session_id || state.id;
      state.degraded = reply.degraded === true;
      state.person = reply.answer_type === "handoff";
    } catch ({ kind, detail, trace }) {
      if (conversation !== state.conversation) return;
      turn.fault = { kind, detail, trace };
    }
    remember();
    drawTurn(turn);
    drawNotice();
    show(turn);
  };

  const ask = (turn) => {
    const conversation = state.conversation;
    turn.fault = null;
    if (!state.turns.includes(turn)) state.turns.push(turn);
    remember();
    drawTurn(turn);
    show(turn);
    setTimeout(() => {
      if (turn.reply || turn.fault || conversation !== state.conversation) return;
      drawTurn(turn, true);
      show(turn);
    }, TYPING_AFTER_MS);
    queue = queue.then(() => answer(turn, conversation));
  };

  const say = (text, picture = null) => {
    const sent = text.trim();
    if ((!sent && !picture) || lengthOf(sent) > MAX_CHARACTERS) return;
    ask({ sent, picture });
    refocus();
  };

  const greet = () => {
    if (!state.turns.length) ask({ sent: text().hello, hidden: true });
  };

  const restart = () => {
    state.conversation += 1;
    queue = Promise.resolve(); // nobody waits for the old answers
    state.id = null;
    state.turns = [];
    state.degraded = false;
    state.person = false;
    draw();
    greet();
    refocus();
  };

  // ---------------------------------------------------------------- drawing

  const text = () => TEXTS[state.lang];
  const darkMedia = window.matchMedia("(prefers-color-scheme: dark)");
  const theme = () => (state.theme === "dark" || (state.theme !== "light" && darkMedia.matches) ? "dark" : "light");
  const isTouch = () => window.matchMedia("(pointer: coarse)").matches;
  const isNarrow = () => window.matchMedia("(max-width: 520px)").matches;

  /** Pairs of a definition list; empty values are left out. */
  const facts = (className, title, pairs) => {
    const node = h("dl", { class: `proof ${className}` }, title ? h("dt", { class: "head" }, title) : null);
    for (const [name, value] of pairs) {
      if (value === null || value === undefined || value === "") continue;
      node.append(h("dt", {}, text().fields[name]), h("dd", {}, String(value)));
    }
    return node;
  };

  const score = (value) => (typeof value === "number" && value > 0 ? value.toFixed(2) : ""); // 0: nothing was weighed
  const leaf = (path) => String(path).split("/").pop();

  const drawProof = (proof) =>
    facts("", text().sources[proof.source] || proof.source || "", [
      ["question", proof.question || proof.intent],
      ["matched", proof.matched],
      ["label", proof.source === "image" ? proof.label : ""],
      ["name", proof.name],
      ["score", score(proof.score)],
      ["module", proof.module],
      ["service", proof.service],
      ["entity", proof.entity],
      ["path", list(proof.path).join(" › ")],
      ["value", proof.value],
      ["file", proof.file],
    ]);

  const drawPlan = (plan) =>
    facts("", text().fields.plan, [
      ["op", text().ops[plan.op] || plan.op],
      ["entities", list(plan.entities).join("、")],
      ["attributes", list(plan.attributes).map(leaf).join("、")],
      ["conditions", list(plan.conditions).map((c) => `${leaf(c.attribute)} ${c.op} ${c.value}${c.unit || ""}`).join("；")],
      ["order", plan.order],
      ["limit", plan.limit],
    ]);

  const drawEvidence = (reply) => {
    const evidence = list(reply.evidence);
    const title = evidence.length ? `${text().evidence} · ${text().count(evidence.length)}` : text().details;
    const node = h("details", {}, h("summary", {}, icon("more"), title), ...evidence.map(drawProof));
    if (reply.plan) node.append(drawPlan(reply.plan));
    node.append(
      facts("meta", "", [
        ["confidence", score(reply.confidence)],
        ["why", reply.why],
        ["version", reply.kb_version],
        ["trace", reply.trace_id],
        ["elapsed", typeof reply.elapsed_ms === "number" ? `${reply.elapsed_ms.toFixed(1)} ms` : ""],
      ]),
    );
    node.addEventListener("toggle", () => node.open && node.scrollIntoView({ block: "nearest" }));
    return node;
  };

  /** Entities down the side, or across the top when there are more attributes than entities. */
  const drawTable = (reply) => {
    const rows = list(reply.rows);
    const names = [...new Set(rows.flatMap((row) => Object.keys(row.values || {})))];
    const byRow = rows.map((row) => [row.entity, ...names.map((name) => (row.values || {})[name] || "—")]);
    let cells = [[text().car, ...names.map(leaf)], ...byRow];
    if (names.length > rows.length) {
      cells[0][0] = text().item;
      cells = cells[0].map((_, column) => cells.map((row) => row[column]));
    }
    const [head, ...body] = cells;
    const line = (row) => h("tr", {}, ...row.map((cell, i) => h(i ? "td" : "th", i ? {} : { scope: "row" }, String(cell))));
    return [
      h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": text().table },
        h("table", {},
          h("thead", {}, h("tr", {}, ...head.map((cell) => h("th", { scope: "col" }, String(cell))))),
          h("tbody", {}, ...body.map(line)))),
      reply.rows_total > rows.length ? h("p", { class: "note" }, text().rows(rows.length, reply.rows_total)) : null,
    ];
  };

  /** Two thumbs; the first click counts, and is taken back only when it could not be kept. */
  const drawVotes = (turn) => {
    const status = h("span", { role: "status" });
    const thumbs = ["up", "down"].map((vote) =>
      h("button", { type: "button", "aria-label": text()[vote], title: text()[vote], click: () => give(vote) }, icon(vote)));
    const showVote = (words) => {
      thumbs.forEach((thumb, i) => {
        thumb.setAttribute("aria-pressed", String(turn.vote === ["up", "down"][i]));
        thumb.setAttribute("aria-disabled", String(Boolean(turn.vote)));
      });
      status.textContent = words;
    };
    const give = async (vote) => {
      if (turn.vote) return;
      turn.vote = vote;
      showVote(text().thanks);
      if (!(await sendVote(turn.reply.trace_id, vote))) {
        turn.vote = null;
        showVote(text().unsaved);
      }
      remember();
    };
    showVote("");
    return h("div", { class: "votes" }, ...thumbs, status);
  };

  const drawReply = (turn) => {
    const { reply } = turn;
    const said = (turn.hidden && !turn.by && greeting) || reply.answer;
    const chips = list(reply.suggestions).map(String);
    return h("div", { class: `reply ${/^\w+$/.test(reply.answer_type) ? reply.answer_type : ""}` },
      turn.by ? h("p", { class: "note" }, turn.by) : null,
      h("p", { class: "bubble bot", lang: languageOf(said) }, said),
      ...(list(reply.rows).length > 1 ? drawTable(reply) : []),
      turn.hidden ? null : drawEvidence(reply),
      voteUrl && reply.trace_id && !turn.hidden && !["handoff", "agent"].includes(reply.answer_type) ? drawVotes(turn) : null,
      chips.length
        ? h("ul", { class: "chips", "aria-label": text().options },
            ...chips.map((chip) => h("li", {}, h("button", { type: "button", class: "chip", lang: languageOf(chip), click: () => say(chip) }, chip))))
        : null);
  };

  const drawFault = (turn) => {
    const { kind, detail, trace } = turn.fault;
    const reason = detail || text().faults[kind] || text().faults.server;
    return h("div", { class: "fault" },
      h("span", {}, trace ? `${reason} (${text().fields.trace} ${trace})` : reason),
      h("button", { type: "button", click: () => (ask(turn), refocus()) }, text().retry));
  };

  /** Draws one turn anew in its place; `isTyping` shows that the answer is being waited for. */
  const drawTurn = (turn, isTyping = false) => {
    if (!turn.node || turn.node.parentNode !== log) log.append((turn.node = h("div", {})));
    turn.node.className = `turn${turn.hidden ? " hid" : ""}`;
    turn.node.replaceChildren(
      ...[
        turn.hidden ? null : h("p", { class: "bubble me", lang: languageOf(turn.sent) }, h("span", { class: "sr" }, `${text().you}: `), turn.picture ? turn.picture.canvas : null, turn.sent || (turn.picture ? null : text().shown)),
        turn.hidden && greeting && !turn.reply ? h("p", { class: "bubble bot" }, greeting) : null,
        turn.reply ? drawReply(turn) : null,
        turn.fault ? drawFault(turn) : null,
        isTyping ? h("div", { class: "bubble bot typing" }, h("i"), h("i"), h("i"), h("span", { class: "sr" }, text().typing)) : null,
      ].filter(Boolean),
    );
  };

  const drawNotice = () => {
    const message = navigator.onLine === false ? text().offline : state.degraded ? text().degraded : "";
    if (notice.textContent !== message) notice.textContent = message;
    notice.hidden = !message;
  };

  const drawCounter = () => {
    const length = lengthOf(input.value.trim());
    const over = length - MAX_CHARACTERS;
    counter.textContent = over > 0 ? text().over(over) : length >= COUNTER_FROM ? `${length} / ${MAX_CHARACTERS}` : "";
    counter.className = over > 0 ? "counter over" : "counter";
    input.setAttribute("aria-invalid", String(over > 0));
    sendButton.disabled = (!length && !picture) || over > 0;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
  };

  let picture = null; // what goes with the next message: its canvas, and its bytes as a data URL

  const setPicture = (taken) => {
    picture = taken;
    preview.hidden = !picture;
    preview.replaceChildren(...(picture ? [picture.canvas, removeButton] : []));
    drawCounter();
  };

  const takePicture = async (file) => {
    if (!file) return;
    try {
      if (file.size > PICTURE_BYTES) throw new Fault("server");
      const bitmap = await createImageBitmap(file);
      const scale = Math.min(1, PICTURE_SIDE / Math.max(bitmap.width, bitmap.height));
      const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
      const canvas = h("canvas", { width, height, role: "img", "aria-label": text().shown });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff"; // what is transparent would be black in a JPEG
      pen.fillRect(0, 0, width, height);
      pen.drawImage(bitmap, 0, 0, width, height);
      setPicture({ canvas, data: canvas.toDataURL("image/jpeg", 0.85) });
    } catch {
      setPicture(null);
      counter.textContent = text().unopened;
    }
    refocus();
  };

  let aheadTimer = 0;
  let marked = -1; // the suggestion the arrow keys are on

  const drawAhead = (found) => {
    marked = -1;
    ahead.hidden = !found.length;
    ahead.replaceChildren(...found.map((words, i) =>
      h("li", { role: "option", id: `ahead${i}`, "aria-selected": "false", lang: languageOf(words),
        mousedown: (event) => event.preventDefault(), click: () => choose(words) }, words)));
    input.removeAttribute("aria-activedescendant");
  };

  /** What may be asked, once typing pauses; whatever goes wrong, there are just no suggestions. */
  const lookAhead = async () => {
    const typed = input.value.trim();
    if (!typed || lengthOf(typed) > 64) return drawAhead([]);
    let found = [];
    try {
      const response = await fetch(`${aheadUrl}?limit=6&q=${encodeURIComponent(typed)}`, { credentials: "omit" });
      found = list((await response.json()).suggestions).map((one) => String(one.text));
    } catch {
      // offline, refused or busy
    }
    if (input.value.trim() === typed) drawAhead(found);
    return undefined;
  };

  const mark = (step) => {
    const options = [...ahead.children];
    const stops = options.length + 1; // the input itself is one
    marked = ((marked + 1 + step + stops) % stops) - 1;
    options.forEach((node, i) => node.setAttribute("aria-selected", String(i === marked)));
    if (marked < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", options[marked].id);
    return options[marked].scrollIntoView({ block: "nearest" });
  };

  const choose = (words) => {
    const taken = picture;
    input.value = "";
    setPicture(null);
    drawAhead([]);
    say(words, taken);
  };

  /** Whether the key was for the list of suggestions. */
  const keyAhead = (event) => {
    if (ahead.hidden || event.isComposing || event.keyCode === 229) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape") drawAhead([]);
    else if (event.key === "Enter" && !event.shiftKey && marked >= 0) choose(ahead.children[marked].textContent);
    else return false;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the chat
    return true;
  };

  const label = (node, words) => {
    node.setAttribute("aria-label", words);
    node.title = words;
  };

  /** Everything that depends on language, theme or the whole conversation. */
  const draw = () => {
    const t = text();
    const title = option("title", t.title);
    const isDark = theme() === "dark";
    root.lang = t.tag;
    root.dataset.theme = theme();
    heading.textContent = title;
    subtitle.textContent = option("subtitle", t.subtitle);
    langButton.textContent = t.other;
    langButton.lang = state.lang === "zh" ? "en" : "zh-CN";
    label(langButton, t.otherLabel);
    label(themeButton, isDark ? t.light : t.dark);
    themeButton.replaceChildren(icon(isDark ? "sun" : "moon"));
    label(closeButton, t.close);
    label(launcher, `${t.open}: ${title}`);
    label(sendButton, t.send);
    label(attachButton, t.attach);
    label(removeButton, t.remove);
    log.setAttribute("aria-label", t.log);
    input.setAttribute("aria-label", t.input);
    input.placeholder = t.input;
    ahead.setAttribute("aria-label", t.ahead);
    humanButton.replaceChildren(icon("human"), t.human);
    restartButton.replaceChildren(icon("restart"), t.restart);
    log.setAttribute("aria-live", "off"); // old messages drawn anew are no news
    log.replaceChildren();
    state.turns.forEach((turn) => drawTurn(turn, !turn.reply && !turn.fault));
    setTimeout(() => log.setAttribute("aria-live", "polite"), 100);
    drawNotice();
    drawCounter();
    host.dispatchEvent(new CustomEvent("whitebox-chat", { bubbles: true, detail: { theme: theme(), lang: t.tag, title } }));
  };

  /** Brings a turn into sight from its first line; a short one ends at the bottom. */
  const show = (turn) => {
    log.scrollTop = turn.node.offsetTop - 14;
  };

  /** Back to the input, but on a touch screen without calling up its keyboard. */
  const refocus = () => (isTouch() ? log : input).focus({ preventScroll: true });

  // ---------------------------------------------------------------- elements and wiring

  const host = h("div", { "data-mode": isPage ? "page" : "widget", "data-whitebox-chat": "" });
  const shadow = host.attachShadow({ mode: "open" });
  const button = (className, click, ...children) => h("button", { type: "button", class: className, click }, ...children);

  const heading = h(isPage ? "h1" : "h2", { id: "title" });
  const subtitle = h("p");
  const langButton = button("lang", () => {
    const isUntouched = state.turns.length === 1 && state.turns[0].hidden;
    state.lang = state.lang === "zh" ? "en" : "zh";
    if (isUntouched) restart();
    draw();
    remember();
  });
  const themeButton = button("theme", () => {
    state.theme = theme() === "dark" ? "light" : "dark";
    draw();
    remember();
  });
  const closeButton = button("close", () => close(), icon("close"));
  const notice = h("div", { class: "notice", role: "status" });
  const log = h("div", { class: "log", role: "log", tabindex: "0" });
  const humanButton = button("human", () => say("转人工"));
  const restartButton = button("restart", restart);
  const counter = h("span", { class: "counter", role: "status", id: "counter" });
  const input = h("textarea", { rows: "1", enterkeyhint: "send", autocomplete: "off", "aria-describedby": "counter" });
  const ahead = h("ul", { class: "ahead", role: "listbox", id: "ahead", hidden: true });
  const sendButton = h("button", { class: "send", type: "submit" }, icon("send"));
  const chooser = h("input", { type: "file", accept: "image/*", hidden: true, change: () => (takePicture(chooser.files[0]), (chooser.value = "")) });
  const attachButton = button("attach", () => chooser.click(), icon("picture"));
  const removeButton = button("", () => (setPicture(null), refocus()), icon("close"));
  const preview = h("div", { class: "preview", hidden: true });
  const form = h("form", {},
    ahead, preview,
    h("div", { class: "tools" }, humanButton, restartButton, counter),
    h("div", { class: "box" }, ...(takesPictures ? [attachButton, chooser] : []), input, sendButton));
  const panel = h("div", { class: "panel", role: isPage ? "region" : "dialog", "aria-labelledby": "title", hidden: !isPage },
    h("header", {}, h("span", { class: "mark" }, icon("chat")), h("div", { class: "names" }, heading, subtitle), langButton, themeButton, isPage ? null : closeButton),
    notice, log, form);
  const launcher = button("launch", () => open(), icon("chat"));
  launcher.setAttribute("aria-haspopup", "dialog");
  const root = h("div", { class: "root", "data-mode": isPage ? "page" : "widget", "data-side": option("position", "right") }, isPage ? null : launcher, panel);

  const submit = () => {
    const words = input.value;
    if (sendButton.disabled) return;
    clearTimeout(aheadTimer);
    choose(words);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  input.addEventListener("input", drawCounter);
  for (const type of takesPictures ? ["paste", "dragover", "drop"] : []) {
    panel.addEventListener(type, (event) => {
      const file = [...(event.clipboardData || event.dataTransfer).files].find((one) => one.type.startsWith("image/"));
      if (file || type === "dragover") event.preventDefault(); // files are not told before they are dropped
      if (file) takePicture(file);
    });
  }
  if (aheadUrl) {
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", "ahead");
    input.addEventListener("input", () => {
      clearTimeout(aheadTimer);
      aheadTimer = setTimeout(lookAhead, 120);
    });
    input.addEventListener("blur", () => drawAhead([]));
  }
  input.addEventListener("keydown", (event) => {
    if (keyAhead(event)) return;
    // While an input method composes, Enter chooses a candidate (229: the same on older Safari).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  // What is typed here is not for the shortcuts of the page around.
  for (const type of ["keydown", "keypress", "keyup"]) shadow.addEventListener(type, (event) => event.stopPropagation());

  /** Full screen on a phone the panel hides the page, so Tab stays inside. */
  const keepFocusInside = (event) => {
    const stops = [...panel.querySelectorAll("button:not(:disabled),textarea,summary,[tabindex='0']")].filter((node) => node.getClientRects().length);
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (shadow.activeElement !== edge) return;
    event.preventDefault();
    stops[event.shiftKey ? stops.length - 1 : 0].focus();
  };

  const open = (isQuiet = false) => {
    if (isPage) return;
    panel.hidden = false;
    launcher.hidden = true;
    panel.setAttribute("aria-modal", String(isNarrow()));
    drawCounter();
    if (!isQuiet) refocus();
    greet();
    if (state.turns.length) show(state.turns[state.turns.length - 1]);
  };

  const close = () => {
    if (isPage || panel.hidden) return;
    panel.hidden = true;
    launcher.hidden = false;
    launcher.focus();
  };

  panel.addEventListener("keydown", (event) => {
    if (isPage || event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Tab" && isNarrow()) keepFocusInside(event);
  });
  // Who reads the end keeps seeing it when the input grows or a keyboard comes up.
  let isAtEnd = true;
  log.addEventListener("scroll", () => (isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24));
  if (window.ResizeObserver) new ResizeObserver(() => isAtEnd && log.scrollTo(0, log.scrollHeight)).observe(log);
  darkMedia.addEventListener("change", draw);
  window.addEventListener("online", drawNotice);
  window.addEventListener("offline", drawNotice);
  if (window.visualViewport) {
    // An on-screen keyboard shrinks what can be seen, not the page: keep the input above it.
    const fit = () => {
      const { height, offsetTop, scale } = window.visualViewport;
      if (scale > 1.01) return;
      root.style.setProperty("--height", `${height}px`);
      root.style.setProperty("--top", `${offsetTop}px`);
    };
    for (const type of ["resize", "scroll"]) window.visualViewport.addEventListener(type, fit);
  }

  /** A constructed sheet asks nothing of the page's content security policy; older browsers get an element. */
  const addStyle = () => {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      shadow.adoptedStyleSheets = [sheet];
    } catch {
      shadow.append(h("style", {}, STYLE));
    }
  };

  /** The page's own accent, with black or white on it, whichever reads better (WCAG relative luminance). */
  const addColor = () => {
    const color = option("color");
    if (!color || !CSS.supports("color", color)) return;
    root.style.setProperty("--accent", color);
    launcher.style.color = color;
    const channels = getComputedStyle(launcher).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
    launcher.style.color = "";
    if (!channels) return;
    const [r, g, b] = channels.slice(1).map((value) => (value / 255 <= 0.03928 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    root.style.setProperty("--on-accent", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff");
  };

  const mount = () => {
    const target = isPage && document.querySelector(option("target", "body"));
    if (target) target.replaceChildren(host);
    else document.body.append(host);
    addStyle();
    shadow.append(root);
    addColor();
    draw();
    if (isPage) {
      greet();
      if (!isTouch()) input.focus({ preventScroll: true });
    } else if (option("open") === "true") open(true);
    if (isPage && state.turns.length) show(state.turns[state.turns.length - 1]);
  };

  Object.assign(window.whiteboxChat, { open, close, restart, send: say });
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
})();
