/** What a row says. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Home, LEO, SALES, message, messages } from "./home.js";
import { pass, show, startOver } from "./page.js";

afterEach(startOver);

/** Show a mailbox with these messages. */
const list = (...all) => {
	const home = new Home();
	home.mailboxes[LEO].messages = all.map((values, at) => message({ message_id: `${9 - at}`, ...values }));
	return show(home);
};

const text = (words) => ({ state: "text", text: words, language: "en" });

test("a row says who called, when, what, and how long", async () => {
	const page = await list({ transcript: text("Please call me back.") });

	assert.deepEqual(page.rows, ["UnreadMary Smith25 min. agoPlease call me back.0:32"]);
	assert.equal(page.badge, "1 unread");
});

test("the caller is the name, else the number, else unknown", async () => {
	const page = await list(
		{ caller_name: "Mary Smith" },
		{ caller_name: " ", caller_number: "030 123" },
		{ caller_name: "", caller_number: "" },
	);

	assert.deepEqual(page.callers, ["Mary Smith", "030 123", "Unknown"]);
});

test("the newest message comes first, and those without a time last", async () => {
	const page = await list(
		{ caller_name: "old", time: "2026-10-10T08:00:00+02:00" },
		{ caller_name: "without", time: null },
		{ caller_name: "new", time: "2026-10-12T08:00:00+02:00" },
		{ caller_name: "another zone", time: "2026-10-12T07:30:00+01:00" },
	);

	assert.deepEqual(page.callers, ["another zone", "new", "old", "without"]);
});

test("of messages of the same second, the one with the greater ID is newer", async () => {
	const page = await list({ message_id: "a", caller_name: "a" }, { message_id: "b", caller_name: "b" });

	assert.deepEqual(page.callers, ["b", "a"]);
});

for (const [state, said] of [
	["pending", "Transcribing…"],
	["no_speech", "No speech recognized"],
	["failed", "Transcription failed"],
	["language_unknown", "Unknown language"],
]) {
	test(`a row says that the text is ${state}`, async () => {
		const page = await list({ transcript: { state } });

		assert.match(page.rows[0], new RegExp(said));
	});
}

test("an unread message is bold for the eye, and unread for the ear", async () => {
	const page = await list({ unread: true }, { unread: false });

	assert.equal(page.one(".list > li").className, "unread");
	assert.deepEqual(
		page.rows.map((row) => row.startsWith("Unread")),
		[true, false],
	);
});

for (const [time, language, time_format, said] of [
	["2026-10-12T14:29:50+02:00", "en", "24", "Now"],
	["2026-10-12T14:31:00+02:00", "en", "24", "Now"], // the clock of the PBX is ahead
	["2026-10-12T13:31:00+02:00", "de", "24", "Vor 59 Min."],
	["2026-10-12T09:05:00+02:00", "en", "12", "9:05 AM"],
	["2026-10-12T00:05:00+02:00", "en", "24", "00:05"],
	["2026-10-12T09:05:00+02:00", "en", "language", "9:05 AM"],
	["2026-10-12T09:05:00+02:00", "de", "language", "9:05"],
	["2026-10-11T23:59:00+02:00", "de", "24", "Gestern 23:59"],
	["2026-10-09T20:15:00+02:00", "en", "24", "Fri 20:15"],
	["2026-03-01T20:15:00+01:00", "de", "24", "1. März"],
	["2025-12-31T20:15:00+01:00", "en", "24", "Dec 31, 2025"],
	["2026-10-14T20:15:00+02:00", "en", "24", "Oct 14"], // days ahead is no "now"
]) {
	test(`${time} is ${said} in ${language} with ${time_format}`, async () => {
		const home = new Home();
		home.mailboxes[LEO].messages = [message({ time })];
		home.hass = { ...home.hass, language, locale: { time_format, time_zone: "server" } };
		const page = await show(home);

		assert.equal(page.one(".caller + span").textContent, said);
	});
}

test("times are in the time zone of Home Assistant, or of the browser where the user wants that", async () => {
	const home = new Home();
	home.hass.config = { time_zone: "Asia/Tokyo" };
	home.mailboxes[LEO].messages = [message({ time: "2026-10-12T06:00:00Z" })];
	const page = await show(home);
	assert.equal(page.one(".caller + span").textContent, "15:00");

	await page.update({ locale: { time_format: "24", time_zone: "local" } });
	const local = new Date("2026-10-12T06:00:00Z").toLocaleTimeString("sv", { hour: "2-digit", minute: "2-digit" });
	assert.equal(page.one(".caller + span").textContent, local);
});

test("times go on by themselves, and only while somebody can see them", async () => {
	const page = await list({});
	assert.match(page.rows[0], /25 min/);

	await pass(60_000);
	assert.match(page.rows[0], /26 min/);

	Object.defineProperty(document, "hidden", { value: true, configurable: true });
	document.dispatchEvent(new Event("visibilitychange"));
	await pass(600_000);
	assert.match(page.rows[0], /26 min/);

	Object.defineProperty(document, "hidden", { value: false, configurable: true });
	document.dispatchEvent(new Event("visibilitychange"));
	await pass();
	assert.match(page.rows[0], /36 min/);
});

test("an open row has the whole text, the time and the number", async () => {
	const words = "one two three ".repeat(100).trim();
	const page = await list({ transcript: text(words) });
	assert.equal(page.one(".about").textContent.length, 201); // and an ellipsis

	await page.open();
	assert.equal(page.one(".text").textContent, words);
	assert.match(page.rows[0], /Monday, October 12, 2026 at 14:05/);
	assert.match(page.rows[0], /\+49 30 1234567/);
});

test("one row is open at a time", async () => {
	const page = await list({}, {});
	await page.open(0);
	await page.open(1);
	assert.deepEqual(
		page.all(".main").map((main) => main.getAttribute("aria-expanded")),
		["false", "true"],
	);

	await page.open(1);
	assert.equal(page.all(".panel").length, 0);
});

test("what callers send is text", async () => {
	const evil = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
	const page = await list({ caller_name: evil, caller_number: evil, transcript: text(evil) });
	await page.open();

	assert.equal(page.callers[0], evil);
	assert.equal(page.one(".text").textContent, evil);
	assert.equal(page.all("img, script").length, 0);
	assert.deepEqual(page.offers(), ["Mark as read", "Delete", "Play on", "Media player"]); // and no call
});

test("the direction of one text leaves the others alone", async () => {
	const page = await list(
		{ caller_name: "\u202eevil\u202d", transcript: text("שלום") },
		{ caller_name: "", caller_number: "+49 30 1234567" },
	);

	const directions = page.all("bdi").map((node) => [node.textContent, node.dir]);
	assert.deepEqual(directions, [
		["\u202eevil\u202d", "auto"],
		["שלום", "auto"],
		["+49 30 1234567", "ltr"], // also where the page goes from right to left
		["", "ltr"],
	]);
});

test("a name of 20,000 characters and emoji is one line", async () => {
	const page = await list({ caller_name: "😀".repeat(10_000) });

	assert.equal(page.callers[0], `${"😀".repeat(100)}…`);
});

test("several mailboxes are one list, and each row names its own", async () => {
	const home = new Home();
	home.mailboxes[SALES] = { ...home.mailboxes[LEO], name: "Sales (6400)", messages: messages(2) };
	const page = await show(home);

	assert.deepEqual(page.callers, ["Caller 0", "Mary Smith", "Caller 1"]);
	assert.match(page.rows[0], /Sales \(6400\)/);
	assert.match(page.rows[1], /Leo Ball \(3200\)/);
	assert.equal(page.one("h2").textContent, "Voicemail");
	assert.equal(page.badge, "3 unread");
});

test("500 messages come in parts", async () => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(500);
	const page = await show(home);
	assert.equal(page.rows.length, 10);

	await page.click("Show more");
	assert.equal(page.rows.length, 30);
	assert.equal(page.focus, page.all(".main")[10]);
	assert.equal(page.badge, "500 unread");

	await page.click("Show more");
	await page.click("Show more");
	await page.click("Show more");
	assert.equal(page.rows.length, 500);
	assert.equal(page.one(".more"), null);
});

test("a message that arrives comes to the top, and touches no other row", async () => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(9);
	const page = await show(home);
	const [first] = page.all(".list > li");
	const changes = [];
	const observer = new window.MutationObserver((records) => changes.push(...records));
	observer.observe(page.one(".list"), { childList: true, subtree: true, attributes: true, characterData: true });

	home.change(LEO, { added: [message({ message_id: "new", time: "2026-10-12T14:30:00+02:00" })] });
	await pass();

	assert.equal(page.callers[0], "Mary Smith");
	assert.equal(page.all(".list > li")[1], first);
	assert.deepEqual(
		changes.filter(({ target }) => first.contains(target)),
		[],
	);
});

test("a state that changes in the house costs nothing", async () => {
	const page = await list({});
	const changes = [];
	const observer = new window.MutationObserver((records) => changes.push(...records));
	observer.observe(page.root, { childList: true, subtree: true, attributes: true, characterData: true });
	const asked = page.home.calls.length;

	for (let at = 0; at < 100; at++) {
		await page.update({ states: { ...page.home.states, "light.hall": { entity_id: "light.hall", state: `${at}` } } });
	}

	assert.deepEqual(changes, []);
	assert.equal(page.home.calls.length, asked);
});

test("an open row stays where newer messages push it out of the first rows", async () => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(20);
	const page = await show(home);
	await page.open(9);

	home.change(LEO, { added: [message({ message_id: "new", time: "2026-10-12T14:30:00+02:00" })] });
	await pass();

	assert.equal(page.rows.length, 11);
	assert.equal(page.all(".open").length, 1);
});
