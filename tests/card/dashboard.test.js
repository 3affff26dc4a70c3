/** The card as a part of Home Assistant's dashboards. */

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { afterEach, test } from "node:test";
import { Home, LEO, SALES, messages } from "./home.js";
import { Card, loadAgain, pass, show, startOver } from "./page.js";

afterEach(startOver);

const FILE = new URL("../../custom_components/yeastar_vm/frontend/yeastar-vm-card.js", import.meta.url);
const TYPE = "custom:yeastar-vm-card";

test("the file is at most 40 kB, and needs nothing else", () => {
	assert.ok(statSync(FILE).size <= 40_000, `${statSync(FILE).size} bytes`);
	assert.doesNotMatch(readFileSync(FILE, "utf8"), /\bimport\b|https?:(?!\/\/www\.w3\.org\/)|innerHTML|eval\(/);
});

test("the card picker has the card, in the language of the page", () => {
	const [entry, ...others] = window.customCards;
	assert.deepEqual(others, []);
	assert.equal(entry.type, "yeastar-vm-card");
	assert.equal(entry.name, "Yeastar Voicemail");
	assert.equal(entry.preview, true);
	assert.equal(entry.description, "Voicemail");

	document.documentElement.lang = "es";
	assert.equal(entry.description, "Correo de voz");
});

test("the card is suggested for the event entities of mailboxes alone", () => {
	const [{ getEntitySuggestion }] = window.customCards;
	const { hass } = new Home();

	assert.deepEqual(getEntitySuggestion(hass, LEO), { config: { type: TYPE, entities: [LEO] } });
	for (const id of ["event.doorbell", "sensor.leo_ball_unread_messages", "light.hall", "event.unknown"]) {
		assert.equal(getEntitySuggestion(hass, id), null);
	}
});

test("a new card has the first mailbox", async () => {
	const { hass } = new Home();
	assert.deepEqual(Card.getStubConfig(hass), { entities: [LEO] });
	assert.deepEqual(Card.getStubConfig({ ...hass, entities: {} }), { entities: [] });
});

for (const [config, words] of [
	[{}, "Mailbox not found: entities. Edit the card."],
	[{ entities: [] }, "Mailbox not found: entities. Edit the card."],
	[{ entities: [LEO, "sensor.leo"] }, "Mailbox not found: sensor.leo. Edit the card."],
	[{ entity: 5 }, "Mailbox not found: 5. Edit the card."],
]) {
	test(`the configuration ${JSON.stringify(config)} is refused in words`, () => {
		const card = document.createElement("yeastar-vm-card");

		assert.throws(() => card.setConfig({ type: TYPE, ...config }), { message: words });
	});
}

test("a mailbox that is named twice is there once", async () => {
	const home = new Home();
	await show(home, { entity: LEO, entities: [LEO, SALES, LEO] });

	assert.deepEqual(home.calls[0].entity_ids, [LEO, SALES]);
});

test("the editor asks for mailboxes, title, media player, and whether hearing marks as read", () => {
	document.documentElement.lang = "de";
	const { schema, computeLabel } = Card.getConfigForm();

	assert.deepEqual(
		schema.map((field) => [field.name, computeLabel(field)]),
		[
			["entities", "Voicemail"],
			["title", undefined], // Home Assistant has a name for it
			["media_player", "Mediaplayer"],
			["mark_as_read", "Gehörte Nachrichten als gelesen markieren"],
		],
	);
	assert.equal(schema[3].default, true);
	assert.deepEqual(schema[0].selector.entity.filter, { domain: "event", integration: "yeastar_vm" });
});

test("the card says how large it is", async () => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(50);
	const page = await show(home);

	assert.equal(page.card.getCardSize(), 13);
	assert.deepEqual(page.card.getGridOptions(), { min_columns: 6, min_rows: 3 });
});

test("the file that is loaded twice does no harm", async () => {
	await loadAgain();

	assert.equal(window.customCards.length, 1);
	assert.equal(customElements.get("yeastar-vm-card"), Card);
});

test("the title is the user's, else the name of the mailbox", async () => {
	const page = await show();
	assert.equal(page.one("h2").textContent, "Leo Ball (3200)");

	page.card.setConfig({ type: TYPE, entities: [LEO], title: "Reception" });
	await pass();
	assert.equal(page.one("h2").textContent, "Reception");
});

test("the texts follow the language at once, and the open row stays", async () => {
	const page = await show();
	await page.open();
	await page.update({ language: "de" });

	assert.equal(page.badge, "1 ungelesen");
	assert.equal(page.offers()[0], "Zurückrufen");
	assert.equal(page.one("input[type=search]").placeholder, "Suchen");
});

test("buttons that have no text have a name", async () => {
	const page = await show();
	await page.open();

	for (const control of page.all("button, input, select, a")) {
		const name =
			control.textContent.trim() || control.getAttribute("aria-label") || control.title || control.placeholder;
		assert.ok(name, control.outerHTML);
	}
});
