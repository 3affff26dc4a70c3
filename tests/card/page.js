/** A page with cards on it, in happy-dom, and what a person can do there. Time stands still until a test moves it. */

import { mock } from "node:test";
import { Window } from "happy-dom";
import { Home } from "./home.js";

export const NOW = Date.parse("2026-10-12T14:30:00+02:00");

mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });

const window = new Window({ url: "http://home.test:8123/lovelace/0" });
for (const name of ["document", "window", "customElements", "HTMLElement", "Node", "getComputedStyle", "Event"]) {
	Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
window.setTimeout = (...args) => setTimeout(...args);
window.clearTimeout = (timer) => clearTimeout(timer);
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
	globalThis[name] = window[name].bind(window);
}
globalThis.requestAnimationFrame = (callback) => setTimeout(callback, 0);
// Of audio, happy-dom has play, pause and load. Browsers also say when the speed changes.
const rates = new WeakMap();
Object.defineProperty(window.HTMLMediaElement.prototype, "playbackRate", {
	get() {
		return rates.get(this) ?? 1;
	},
	set(rate) {
		rates.set(this, rate);
		this.dispatchEvent(new window.Event("ratechange"));
	},
});
// happy-dom fails where the focus is in another shadow root.
const { get: focused } = Object.getOwnPropertyDescriptor(window.ShadowRoot.prototype, "activeElement");
Object.defineProperty(window.ShadowRoot.prototype, "activeElement", {
	get() {
		return document.activeElement === this.host ? focused.call(this) : null;
	},
});
Object.defineProperty(globalThis, "navigator", { value: { language: "en" }, configurable: true });

await import("../../custom_components/yeastar_vm/frontend/yeastar-vm-card.js");

/** Load the file once more, as after an update, or where it is a resource and an extra module. */
export const loadAgain = () => import("../../custom_components/yeastar_vm/frontend/yeastar-vm-card.js?v=2");

export const Card = customElements.get("yeastar-vm-card");

/** Let a time pass, and what waits for it happen. */
export const pass = async (milliseconds = 0) => {
	for (const step of [0, milliseconds, 0, 0]) {
		for (let turn = 0; turn < 20; turn++) await Promise.resolve();
		mock.timers.tick(step);
	}
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

/** Set the time for the tests that follow. */
export const startOver = () => {
	document.body.replaceChildren();
	document.documentElement.lang = "";
	mock.timers.reset();
	mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
};

/** Return what a person sees of an element; a screen reader also has what is only for it. */
const said = (node) => node.textContent.replace(/\s+/g, " ").trim();

export class Page {
	/** @param {Home} home */
	constructor(home) {
		this.home = home;
		this.card = document.createElement("yeastar-vm-card");
	}

	get root() {
		return this.card.shadowRoot;
	}

	all(selector) {
		return [...this.root.querySelectorAll(selector)];
	}

	one(selector) {
		return this.root.querySelector(selector);
	}

	/** The whole text of the card. */
	get text() {
		return said(this.one("ha-card"));
	}

	get notices() {
		return this.all(".notices li").map(said);
	}

	get rows() {
		return this.all(".list > li").map(said);
	}

	get callers() {
		return this.all(".caller").map(said);
	}

	get badge() {
		const badge = this.one(".badge");
		return badge && said(badge);
	}

	/** What is said to a screen reader. */
	get announced() {
		return said(this.one("[role=status]"));
	}

	/** The buttons and links of a row. */
	offers(row = 0) {
		const found = this.all(".list > li")[row].querySelectorAll(".acts > *, .gone button");
		return [...found].map((node) => node.getAttribute("aria-label") ?? said(node));
	}

	button(text) {
		const found = this.all("button, a").find((node) =>
			[said(node), node.title, node.getAttribute("aria-label")].includes(text),
		);
		if (!found) throw new Error(`no button ${text} in: ${this.text}`);
		return found;
	}

	/** A person clicks, which also moves the focus, as in browsers. */
	async click(text) {
		const button = typeof text === "string" ? this.button(text) : text;
		button.focus();
		button.click();
		await pass();
	}

	async open(row = 0) {
		await this.click(this.all(".main")[row]);
	}

	async play(row = 0) {
		await this.click(this.all(".play")[row]);
	}

	async search(query) {
		const input = this.one("input[type=search]");
		input.value = query;
		input.dispatchEvent(new Event("input"));
		await pass();
	}

	async press(node, key) {
		const event = new window.KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true });
		node.dispatchEvent(event);
		await pass();
		return event.defaultPrevented;
	}

	async choose(player) {
		const select = this.one("select");
		select.value = player;
		select.dispatchEvent(new Event("change"));
		await pass();
	}

	get audio() {
		return this.one("audio");
	}

	/** The audio was played from one second to another. */
	async hear(start, end, length = 32) {
		Object.defineProperty(this.audio, "played", {
			value: { length: 1, start: () => start, end: () => end },
			configurable: true,
		});
		Object.defineProperty(this.audio, "duration", { value: length, configurable: true });
		Object.defineProperty(this.audio, "currentTime", { value: end, configurable: true, writable: true });
		this.audio.dispatchEvent(new Event("timeupdate"));
		await pass();
	}

	/** What Home Assistant does whenever any state changes. */
	async update(hass = {}) {
		this.home.hass = { ...this.home.hass, ...hass };
		this.card.hass = this.home.hass;
		await pass();
	}

	get focus() {
		return this.root.activeElement;
	}
}

/** Show a card, as Home Assistant does. */
export const show = async (home = new Home(), config = {}) => {
	const page = new Page(home);
	page.card.setConfig({ type: "custom:yeastar-vm-card", entities: Object.keys(home.mailboxes), ...config });
	page.card.hass = home.hass;
	document.body.append(page.card);
	await pass();
	return page;
};
