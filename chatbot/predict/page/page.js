"use strict";
// The live page: what each service does now, plotted from the differences of its counters; and a form to try it.
(() => {
  const EVERY_MS = 2000, KEPT = 90;
  const WORDS = {
    zh: {
      title: "模型服务", other: "English", reading: "正在读取……", gone: "读不到数字，服务停了吗？正在重试……",
      live: "每 2 秒更新", qps: "每秒请求", time: "平均响应", p99: "p99（自启动）", batch: "平均批大小", queue: "排队条数",
      cpu: "处理器", memory: "模型内存", errors: "每秒出错", ready: "可以用", notReady: "还不能用",
      tryIt: "试一试", token: "令牌", send: "发送", body: "请求体", sending: "正在算……", failed: "没有发出去",
      process: "整个进程", rss: "内存", docs: "接口说明", metrics: "指标", none: "没有服务",
    },
    en: {
      title: "Model services", other: "中文", reading: "Reading…", gone: "No figures: has the service stopped? Trying again…",
      live: "Updated every 2 s", qps: "Requests/s", time: "Mean time", p99: "p99 (since start)", batch: "Mean batch", queue: "In line",
      cpu: "Processor", memory: "Model memory", errors: "Errors/s", ready: "ready", notReady: "not ready",
      tryIt: "Try it", token: "Token", send: "Send", body: "Request body", sending: "Predicting…", failed: "Not sent",
      process: "Whole process", rss: "Memory", docs: "API", metrics: "Metrics", none: "No services",
    },
  };
  for (const [name, more] of Object.entries(pictureTrial.words)) Object.assign(WORDS[name], more);
  const PLOTS = ["qps", "time", "p99", "batch", "queue", "cpu", "memory", "errors"];
  let language = kept() || "zh";
  function kept(choice) {
    try {
      if (choice) localStorage.setItem("predict-language", choice);
      return WORDS[localStorage.getItem("predict-language")] && localStorage.getItem("predict-language");
    } catch {
      return choice; // a browser that keeps nothing
    }
  }
  let services = [], before = null, state = "reading";
  const history = new Map();
  const word = (key) => WORDS[language][key];
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const byId = (id) => document.getElementById(id);
  const rounded = (value, digits = 1) => value.toLocaleString(language, { maximumFractionDigits: digits });

  function sum(figures, prefix, but = "") {
    let total = 0;
    for (const [name, value] of Object.entries(figures))
      if (name.startsWith(prefix) && !(but && name.endsWith(but))) total += value;
    return total;
  }

  function rates(now, then, seconds) {
    const delta = (name) => Math.max(0, (now[name] || 0) - (then[name] || 0));
    const per = (part, whole) => (whole > 0 ? part / whole : 0);
    const requests = delta("predict_request_seconds_count");
    const wrong = Math.max(0, sum(now, "predict_requests_total:", ":200") - sum(then, "predict_requests_total:", ":200"));
    return {
      qps: [requests / seconds, (v) => rounded(v)],
      time: [1000 * per(delta("predict_request_seconds_sum"), requests), (v) => `${rounded(v, 2)} ms`],
      p99: [now.p99_ms || 0, (v) => `${rounded(v, 2)} ms`],
      batch: [per(delta("predict_batch_size_sum"), delta("predict_batch_size_count")), (v) => rounded(v)],
      queue: [now.predict_queue_items || 0, (v) => rounded(v, 0)],
      cpu: [100 * delta("predict_cpu_seconds_total") / seconds, (v) => `${rounded(v, 0)} %`],
      memory: [(now.predict_model_memory_bytes || 0) / 2 ** 20, (v) => `${rounded(v, 0)} MB`],
      errors: [wrong / seconds, (v) => rounded(v)],
    };
  }

  function remember(name, found) {
    const kept = history.get(name) || {};
    for (const [key, [value]] of Object.entries(found)) {
      kept[key] = [...(kept[key] || []), value].slice(-KEPT);
    }
    history.set(name, kept);
  }

  function plot(figure, values, shown) {
    figure.querySelector("b").textContent = shown;
    const top = Math.max(...values, 1e-9) * 1.1;
    const points = values.map((value, at) => `${(100 * (at + KEPT - values.length)) / (KEPT - 1)},${40 - (38 * value) / top}`);
    figure.querySelector("polyline").setAttribute("points", points.join(" "));
  }

  function card(service) {
    const section = make("section", undefined, { "data-service": service.name });
    section.append(make("h2", service.name), make("p", "", { class: "about" }));
    const plots = make("div", undefined, { class: "plots" });
    for (const key of PLOTS) {
      const figure = make("figure", undefined, { "data-plot": key });
      const caption = make("figcaption");
      caption.append(make("span", word(key), { "data-word": key }), make("b", "–"));
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      svg.setAttribute("viewBox", "0 0 100 40");
      svg.setAttribute("preserveAspectRatio", "none");
      svg.setAttribute("aria-hidden", "true");
      svg.append(document.createElementNS("http://www.w3.org/2000/svg", "polyline"));
      figure.append(caption, svg);
      plots.append(figure);
    }
    const takesPictures = service.takes === "image";
    section.append(plots, takesPictures ? pictureTrial.build(service, { make, word, rounded }) : form(service));
    return section;
  }

  function form(service) {
    const details = make("details"), id = `body-${service.name}`;
    const body = make("textarea", undefined, { id, spellcheck: "false" });
    body.value = JSON.stringify(service.example, null, 1);
    const token = make("input", undefined, { id: `token-${service.name}`, type: "password", autocomplete: "off" });
    const button = make("button", word("send"), { type: "button", "data-word": "send" });
    const reply = make("pre", "", { role: "status", tabindex: "0" });
    details.append(make("summary", word("tryIt"), { "data-word": "tryIt" }), make("label", word("body"), { for: id, "data-word": "body" }), body);
    if (service.needs_token) details.append(make("label", word("token"), { for: token.id, "data-word": "token" }), token);
    details.append(make("p"), button, reply);
    button.addEventListener("click", async () => {
      reply.textContent = word("sending");
      button.disabled = true;
      try {
        const headers = { "Content-Type": "application/json", ...(token.value ? { Authorization: token.value } : {}) };
        const answer = await fetch(service.url, { method: "POST", headers, body: body.value });
        reply.textContent = `HTTP ${answer.status}\n${JSON.stringify(await answer.json(), null, 1)}`;
      } catch (error) {
        reply.textContent = `${word("failed")}: ${error.message}`;
      }
      button.disabled = false;
    });
    return details;
  }

  function showWords() {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = word("title");
    document.querySelector("h1").textContent = word("title");
    byId("language").textContent = word("other");
    const [docs, metrics] = document.querySelectorAll("nav a");
    docs.textContent = word("docs");
    metrics.textContent = word("metrics");
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
    for (const element of document.querySelectorAll("[data-alt]")) element.alt = word(element.dataset.alt);
    byId("state").textContent = word(state);
    for (const service of services) describe(service);
  }

  function describe(service) {
    const about = document.querySelector(`[data-service="${CSS.escape(service.name)}"] .about`);
    if (!about) return;
    const parts = [service.task, service.version, `POST ${service.url}`, word(service.ready ? "ready" : "notReady")];
    about.textContent = parts.join(" · ");
    about.classList.toggle("trouble", !service.ready);
  }

  async function look() {
    try {
      const [listed, figures] = await Promise.all([
        fetch("/v1/services").then((answer) => answer.json()),
        fetch("/v1/figures").then((answer) => answer.json()),
      ]);
      draw(listed, figures);
      state = listed.length ? "live" : "none";
    } catch {
      state = "gone";
    }
    byId("state").textContent = word(state);
    setTimeout(look, EVERY_MS);
  }

  function draw(listed, figures) {
    services = listed;
    for (const service of services) {
      let section = document.querySelector(`[data-service="${CSS.escape(service.name)}"]`);
      if (!section) byId("services").append((section = card(service)));
      describe(service);
      const now = figures.services[service.name] || {};
      if (!before) continue;
      const found = rates(now, before.services[service.name] || {}, Math.max(0.1, figures.at - before.at));
      remember(service.name, found);
      for (const key of PLOTS) {
        const [value, show] = found[key];
        plot(section.querySelector(`[data-plot="${key}"]`), history.get(service.name)[key], show(value));
      }
    }
    before = figures;
  }

  byId("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    kept(language);
    showWords();
  });
  showWords();
  look();
})();
