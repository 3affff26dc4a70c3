/** The texts, in nine languages. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { afterEach, test } from "node:test";
import { Home, LEO, messages } from "./home.js";
import { show, startOver } from "./page.js";

afterEach(startOver);

const ROOT = new URL("../../custom_components/yeastar_vm/", import.meta.url);
const FILE = readFileSync(new URL("frontend/yeastar-vm-card.js", ROOT), "utf8");
const LANGUAGES = JSON.parse(/const LANGUAGES = (\[.*\]);/.exec(FILE)[1]);
const TEXTS = [...FILE.matchAll(/^\t(\w+): "(.*\|.*)",$/gm)].map(([, key, texts]) => [key, texts.split("|")]);
const TRANSLATIONS = new URL("translations/", ROOT);

/** Read a text of the integration. @param {string} language @param {string} path */
const translation = (language, path) => {
	const texts = JSON.parse(readFileSync(new URL(`${language}.json`, TRANSLATIONS), "utf8"));
	return path.split(".").reduce((node, part) => node[part], texts);
};

/** Show a mailbox with these unread messages. */
const list = (language, count = 1) => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(count);
	home.hass = { ...home.hass, language };
	return show(home);
};

test("the card speaks each language of the integration", () => {
	const files = readdirSync(TRANSLATIONS).map((name) => name.replace(".json", ""));

	assert.deepEqual(LANGUAGES.toSorted(), files.toSorted());
});

test("each text is there in each language, with its placeholders", () => {
	assert.ok(TEXTS.length > 30);
	for (const [key, texts] of TEXTS) {
		assert.equal(texts.length, LANGUAGES.length, key);
		const placeholders = (text) =>
			(
				text
					.split("/")
					.at(-1)
					.match(/\{\d\}/g) ?? []
			).toSorted();
		for (const text of texts) {
			assert.equal(text, text.trim(), key);
			assert.notEqual(text, "", key);
			assert.deepEqual(placeholders(text), placeholders(texts[0]), `${key}: ${text}`);
		}
	}
});

test("the table has no text that nobody reads", () => {
	const states = ["pending", "no_speech", "failed", "language_unknown"];
	const code = FILE.slice(FILE.indexOf("const STYLE"));

	for (const [key] of TEXTS) assert.ok(states.includes(key) || code.includes(`"${key}"`), key);
});

test("the same thing has the same name as in the integration", () => {
	for (const [at, language] of LANGUAGES.entries()) {
		const texts = Object.fromEntries(TEXTS.map(([key, all]) => [key, all[at]]));
		const read = translation(language, "services.play_message.fields.mark_as_read.name");
		const verb = translation(language, "services.delete_message.name").toLowerCase();

		assert.ok(texts.read === read || language === "pl", `${language}: ${texts.read} is ${read}`);
		if (language !== "de") assert.ok(verb.includes(texts.delete.toLowerCase().slice(0, 5)), `${language}: ${verb}`);
	}
});

for (const [language, words] of [
	["en", "Voicemail"],
	["en-GB", "Voicemail"],
	["de", "Voicemail"],
	["de-CH", "Voicemail"],
	["es", "Correo de voz"],
	["es-419", "Correo de voz"],
	["fr", "Messagerie vocale"],
	["it", "Segreteria telefonica"],
	["nl", "Voicemail"],
	["pl", "Poczta głosowa"],
	["pt-BR", "Correio de voz"],
	["pt", "Correio de voz"],
	["zh-Hans", "语音信箱"],
	["ar", "Voicemail"],
	["sr-Latn", "Voicemail"],
]) {
	test(`voicemail is ${words} in ${language}`, async () => {
		const home = new Home();
		home.mailboxes[LEO].state = "not_allowed";
		home.hass = { ...home.hass, language };
		const page = await show(home);

		assert.equal(page.one("h2").textContent, words);
	});
}

for (const [language, count, said] of [
	["en", 1, "1 unread"],
	["fr", 1, "1 non lu"],
	["fr", 2, "2 non lus"],
	["it", 5, "5 non letti"],
	["pl", 1, "1 nieprzeczytana"],
	["pl", 3, "3 nieprzeczytane"],
	["pl", 5, "5 nieprzeczytanych"],
	["pl", 22, "22 nieprzeczytane"],
	["pt-BR", 1, "1 não lida"],
	["pt-BR", 2, "2 não lidas"],
	["zh-Hans", 3, "3 条未读"],
]) {
	test(`${count} unread is ${said} in ${language}`, async () => {
		const page = await list(language, count);

		assert.equal(page.badge, said);
	});
}

for (const language of LANGUAGES) {
	test(`no text is missing on a page in ${language}`, async () => {
		const page = await list(language, 20);
		await page.open();

		assert.doesNotMatch(page.text, /undefined|null|NaN|\{\d\}|\|/);
	});
}
