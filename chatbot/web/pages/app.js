// The page follows the chat: its background, the browser's bar, the language and the title.
"use strict";

const BAR = { light: "#ffffff", dark: "#1a211f" };

document.addEventListener("whitebox-chat", ({ detail }) => {
  document.documentElement.dataset.theme = detail.theme;
  document.documentElement.lang = detail.lang;
  document.title = detail.title;
  document.querySelector("meta[name=theme-color]").content = BAR[detail.theme];
});
