"use strict";
// Trying an image service: drop a picture, see its classes as bars and what spoke for the first, side by side.
const pictureTrial = (() => {
  const SHOWN = 10;
  const words = {
    zh: {
      drop: "把图片拖到这里，或者选一个文件", classes: "类别", why: "为什么 · 亮的地方最支持这个类别", looking: "正在看……",
      explaining: "正在解释……", noPicture: "这不是图片文件", tooLarge: "图片太大，最多", seen: "看的图片", done: "看完了",
      cannot: "这个服务不能解释", steps: "步", took: "秒", bounded: "时间有限，少走了几步", none: "没有类别达到阈值",
      xrai: "XRAI 区域", integrated_gradients: "积分梯度", guided_gradcam: "引导 Grad-CAM", guided_backprop: "引导反向传播",
    },
    en: {
      drop: "Drop a picture here, or choose a file", classes: "Classes", why: "Why · the brighter, the more it spoke for the class", looking: "Looking…",
      explaining: "Explaining…", noPicture: "Not a picture file", tooLarge: "Too large; at most", seen: "The picture", done: "Done",
      cannot: "This service cannot explain", steps: "steps", took: "s", bounded: "fewer steps, for lack of time", none: "No class reaches its threshold",
      xrai: "XRAI regions", integrated_gradients: "Integrated gradients", guided_gradcam: "Guided Grad-CAM", guided_backprop: "Guided backpropagation",
    },
  };

  const BODIES = {
    input_data: (picture, algorithm) => {
      const datum = algorithm
        ? JSON.stringify({ image_base64: picture, model_explainability: true, xai_parameters: { xai_algorithm: algorithm } })
        : picture;
      return { input_data: { columns: ["image"], data: [datum] } };
    },
    image: (picture) => ({ image: picture }),
    dataArray: (picture) => ({ dataArray: [{ name: "image", type: "stream", body: picture }] }),
  };
  const form = (service) => ["input_data", "image", "dataArray"].find((one) => service.wire_formats.includes(one));

  async function ask(service, token, picture, algorithm) {
    const headers = { "Content-Type": "application/json", ...(token ? { Authorization: token } : {}) };
    const body = JSON.stringify(BODIES[form(service)](picture, algorithm));
    const reply = await (await fetch(service.url, { method: "POST", headers, body })).json();
    const found = Array.isArray(reply) ? reply[0] : reply;
    if (found.error || found.success === false) throw new Error(found.error ? found.error.message : found.errorMsg);
    return found;
  }

  function classes(found) {
    if (found.result) return found.result.output.map((one) => [one.label, one.conf]);
    const pairs = found.labels ? found.labels.map((label, at) => [label, found.probs[at]]) : Object.entries(found.class_probs);
    return pairs.sort((one, other) => other[1] - one[1]);
  }

  function bars(list, pairs, make, shown) {
    list.replaceChildren(...pairs.slice(0, SHOWN).map(([label, chance]) => {
      const row = make("li"), track = make("span", undefined, { class: "track", "aria-hidden": "true" }), bar = make("span");
      bar.style.inlineSize = `${100 * chance}%`;
      track.append(bar);
      row.append(make("span", label, { class: "label" }), track, make("b", shown(chance)));
      return row;
    }));
  }

  function read(file) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    });
  }

  function build(service, { make, word, rounded }) {
    const details = make("details", undefined, { open: "" }), id = `picture-${service.name}`;
    const drop = make("div", undefined, { class: "drop" }), input = make("input", undefined, { id, type: "file", accept: "image/*" });
    drop.append(make("label", word("drop"), { for: id, "data-word": "drop" }), input);
    const token = make("input", undefined, { id: `token-${service.name}`, type: "password", autocomplete: "off" });
    const said = make("p", "", { role: "status" }), trial = make("div", undefined, { class: "trial", hidden: "" });
    const preview = make("img", undefined, { alt: word("seen"), "data-alt": "seen" }), list = make("ol", undefined, { class: "bars" });
    const result = make("div");
    result.append(make("h3", word("classes"), { "data-word": "classes" }), list);
    trial.append(preview, result);
    const why = make("div", undefined, { class: "why", hidden: "" }), figures = make("div", undefined, { class: "explained" });
    why.append(make("h3", word("why"), { "data-word": "why" }), figures);
    details.append(make("summary", word("tryIt"), { "data-word": "tryIt" }));
    if (service.needs_token) details.append(make("label", word("token"), { for: token.id, "data-word": "token" }), token);
    details.append(drop, said, trial, why);
    let turn = 0;

    function figure(algorithm) {
      const made = make("figure", undefined, { "data-algorithm": algorithm, "aria-busy": "true" });
      made.append(make("figcaption", word(algorithm), { "data-word": algorithm }), make("p", word("explaining"), { class: "note" }));
      return made;
    }

    async function explain(picture, mine) {
      figures.replaceChildren(...service.explanations.map(figure));
      why.hidden = !service.explanations.length;
      for (const made of figures.children) {
        const algorithm = made.dataset.algorithm, note = made.querySelector("p");
        try {
          const found = await ask(service, token.value, picture, algorithm);
          if (mine !== turn) return;
          const about = found.explanation, drawn = [].concat(found.visualizations);
          drawn.forEach((one, at) => {
            const alt = `${word(algorithm)} · ${about.classes[at]}`;
            made.insertBefore(make("img", undefined, { src: `data:image/png;base64,${one}`, alt }), note);
          });
          const parts = [about.classes.join("、") || word("none"), `${rounded(about.seconds, 2)} ${word("took")}`];
          if (about.steps) parts.push(`${about.steps} ${word("steps")}`);
          if (about.bounded) parts.push(word("bounded"));
          note.textContent = parts.join(" · ");
        } catch (error) {
          note.textContent = error.message;
          note.classList.add("trouble");
        }
        made.setAttribute("aria-busy", "false");
      }
    }

    async function look(file) {
      const mine = (turn += 1);
      said.classList.remove("trouble");
      why.hidden = true;
      try {
        if (!file.type.startsWith("image/")) throw new Error(word("noPicture"));
        if (file.size > service.picture.bytes) throw new Error(`${word("tooLarge")} ${rounded(service.picture.bytes / 2 ** 20, 0)} MB`);
        said.textContent = word("looking");
        const picture = await read(file);
        preview.src = picture;
        const pairs = classes(await ask(service, token.value, picture));
        if (mine !== turn) return;
        trial.hidden = false;
        bars(list, pairs, make, (chance) => `${rounded(100 * chance, 1)} %`);
        const first = pairs.length ? `${pairs[0][0]} ${rounded(100 * pairs[0][1], 1)} %` : word("none");
        said.textContent = first;
        if (service.explanations.length && form(service) === "input_data") await explain(picture, mine);
        if (mine === turn) said.textContent = `${first} · ${word("done")}`;
      } catch (error) {
        if (mine !== turn) return;
        trial.hidden = true;
        said.textContent = error.message;
        said.classList.add("trouble");
      }
    }

    input.addEventListener("change", () => input.files.length && look(input.files[0]));
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop" && event.dataTransfer.files.length) look(event.dataTransfer.files[0]);
      });
    }
    return details;
  }
  return { words, build };
})();
