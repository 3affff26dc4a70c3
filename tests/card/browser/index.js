/** Shows the cards of a scene with stand-ins of Home Assistant's elements. */

import { Home } from "../home.js";
import { SCENES } from "./scenes.js";

class Icon extends HTMLElement {
	static drawings = {
		"mdi:alert": "M1 21h22L12 2zM13 18h-2v-2h2zM13 14h-2v-4h2z",
		"mdi:check-all": "M0 13l6 6 1-1L2 12zM22 6L12 16l-4-4-2 1 6 6L24 7zM18 7l-1-1-7 6 2 1z",
		"mdi:check": "M9 16L5 12l-1.500 1.500L9 19 21 7l-1.500-1.500z",
		"mdi:delete": "M6 19a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V7H6zM19 4h-4l-1-1h-4L9 4H5v2h14z",
		"mdi:pause": "M14 19h4V5h-4zM6 19h4V5H6z",
		"mdi:phone":
			"M7 11a15 15 0 0 0 6 6l2-2q1-1 2 0l3 1q1 0 1 1v3q0 1-1 1A17 17 0 0 1 3 4q0-1 1-1h3q1 0 1 1l1 3q0 1-1 2z",
		"mdi:play": "M8 5v14l11-7z",
		"mdi:speaker":
			"M7 2h10a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm5 2.500a2 2 0 1 0 .1 0zm0 7a4.500 4.500 0 1 0 .1 0z",
		"mdi:text": "M4 5h16v2H4zm0 4h16v2H4zm0 4h16v2H4zm0 4h10v2H4z",
	};

	static observedAttributes = ["icon"];

	attributeChangedCallback() {
		const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
		const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
		svg.setAttribute("viewBox", "0 0 24 24");
		svg.setAttribute("style", "display: block; width: var(--mdc-icon-size, 24px); fill: currentColor");
		path.setAttribute("d", Icon.drawings[this.getAttribute("icon")] ?? "");
		svg.append(path);
		const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
		root.replaceChildren(svg);
	}
}

class HaCard extends HTMLElement {
	constructor() {
		super();
		const style = document.createElement("style");
		style.textContent = `:host { display: block; background: var(--card-background-color); border-radius: 12px;
			border: 1px solid var(--divider-color); color: var(--primary-text-color) }`;
		this.attachShadow({ mode: "open" }).append(style, document.createElement("slot"));
	}
}

customElements.define("ha-icon", Icon);
customElements.define("ha-card", HaCard);
await import("/custom_components/yeastar_vm/frontend/yeastar-vm-card.js");

const wanted = new URLSearchParams(location.search);
const language = wanted.get("language") ?? "en";
document.documentElement.lang = language;
document.documentElement.dir = wanted.get("dir") ?? "ltr";
document.documentElement.dataset.theme = wanted.get("theme") ?? "light";
document.documentElement.style.setProperty("--ha-font-size-scale", wanted.get("scale") ?? "1");

globalThis.homes = [];
globalThis.cards = [];
for (const { prepare, config, after } of SCENES[wanted.get("scene") ?? "messages"]) {
	const home = new Home();
	home.hass = {
		...home.hass,
		language,
		locale: { time_format: "language", time_zone: "server" },
		hassUrl: (path) => new URL(path, location.href).href,
	};
	prepare?.(home);
	const card = document.createElement("yeastar-vm-card");
	card.setConfig({ type: "custom:yeastar-vm-card", entities: Object.keys(home.mailboxes), ...config });
	card.hass = home.hass;
	const started = performance.now();
	new MutationObserver((_, observer) => {
		if (!card.shadowRoot.querySelector(".list li")) return;
		observer.disconnect();
		requestAnimationFrame(() => setTimeout(() => (globalThis.firstRows = performance.now() - started)));
	}).observe(card.shadowRoot, { childList: true, subtree: true });
	document.querySelector("main").append(card);
	await new Promise(requestAnimationFrame);
	await new Promise(requestAnimationFrame);
	after?.(card.shadowRoot, home);
	globalThis.homes.push(home);
	globalThis.cards.push(card);
}
globalThis.isReady = true;
