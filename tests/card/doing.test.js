/** What can be done with a message. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Home, LEO, SALES, message, messages } from "./home.js";
import { pass, show, startOver } from "./page.js";

afterEach(startOver);

const ALL = ["Call back", "Mark as read", "Transcribe", "Delete", "Play on", "Media player"];

/** Show a mailbox with three messages. */
const list = (values = {}) => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(3);
	Object.assign(home.mailboxes[LEO], values);
	return show(home);
};

test("an open row offers all that can be done", async () => {
	const page = await list();
	await page.open();

	assert.deepEqual(page.offers(), ALL);
});

test("what a user may not do is not offered", async () => {
	const page = await list({ can_control: false });
	await page.open();

	assert.deepEqual(page.offers(), ["Call back", "Transcribe", "Play on", "Media player"]);
	assert.equal(page.one(".all"), null);
});

for (const [number, link] of [
	["+49 30 1234567", "tel:+49301234567"],
	["030/123-45.67", "tel:0301234567"],
	["(030) 1234567", "tel:0301234567"],
	["3200", "tel:3200"],
	["*#06#", null],
	["**21*030123#", null],
	["1", null],
	["anonymous", null],
	["sip:leo@pbx.test", null],
	["javascript:alert(1)", null],
	["1+2", null],
	["123456789012345678901", null],
	["\u202e030 123", null],
	["", null],
]) {
	test(`calls back ${JSON.stringify(number)} by ${link}`, async () => {
		const page = await list({ messages: [message({ caller_number: number })] });
		await page.open();

		assert.equal(page.one("a.act")?.getAttribute("href") ?? null, link);
	});
}

test("a message is marked as read, and the focus stays in its row", async () => {
	const page = await list();
	await page.open();
	await page.click("Mark as read");

	assert.deepEqual(page.home.asked("mark_read"), [
		{ type: "yeastar_vm/messages/mark_read", entity_id: LEO, message_ids: ["m000"] },
	]);
	assert.equal(page.badge, "2 unread");
	assert.deepEqual(
		page.offers(),
		ALL.filter((offer) => offer !== "Mark as read"),
	);
	assert.equal(page.focus, page.all(".main")[0]);
});

test("all are marked as read with one command a mailbox, where the user may", async () => {
	const home = new Home();
	home.mailboxes[LEO].messages = messages(3);
	home.mailboxes[SALES] = { ...home.mailboxes[LEO], messages: messages(2, { unread: false }) };
	home.mailboxes["event.boss_message"] = { ...home.mailboxes[LEO], can_control: false, messages: messages(1) };
	const page = await show(home);
	await page.click("Mark all as read");

	assert.deepEqual(
		home.asked("mark_read").map(({ entity_id, message_ids }) => [entity_id, message_ids]),
		[[LEO, ["m000", "m001", "m002"]]],
	);
	assert.equal(page.badge, "1 unread");
	assert.equal(page.one(".all"), null);
});

test("marking is shown where the command ends, also before Home Assistant tells", async () => {
	const page = await list();
	page.home.change = () => {};
	await page.open();
	await page.click("Mark as read");

	assert.equal(page.badge, "2 unread");
});

test("marking that fails is said in words, and the message stays unread", async () => {
	const page = await list();
	await page.open();
	page.home.next["yeastar_vm/messages/mark_read"] = { code: "not_loaded", message: "The PBX is not available." };
	await page.click("Mark as read");

	assert.match(page.rows[0], /The PBX is not available\./);
	assert.equal(page.badge, "3 unread");
});

test("an error without words, such as a lost connection, is said, too", async () => {
	const page = await list();
	await page.open();
	page.home.next["yeastar_vm/messages/mark_read"] = 3; // ERR_CONNECTION_LOST
	await page.click("Mark as read");

	assert.match(page.rows[0], /Not available right now\./);
});

test("deleting waits five seconds", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	assert.deepEqual(page.offers(), ["Undo"]);
	assert.match(page.rows[0], /^Message deleted/);
	assert.equal(page.badge, "2 unread");
	assert.equal(page.announced, "Message deleted");

	await pass(4_999);
	assert.deepEqual(page.home.asked("delete"), []);

	await pass(1);
	assert.deepEqual(page.home.asked("delete"), [
		{ type: "yeastar_vm/messages/delete", entity_id: LEO, message_ids: ["m000"] },
	]);
	assert.deepEqual(page.callers, ["Caller 1", "Caller 2"]);
});

test("what Undo saved is never deleted", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	await pass(4_999);
	await page.click("Undo");
	await pass(60_000);
	window.dispatchEvent(new Event("pagehide"));

	assert.deepEqual(page.home.asked("delete"), []);
	assert.deepEqual(page.callers, ["Caller 0", "Caller 1", "Caller 2"]);
});

test("the focus goes to Undo, back to the row, and on to the next one", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	assert.equal(page.focus.textContent, "Undo");

	await page.click("Undo");
	assert.equal(page.focus, page.all(".main")[0]);

	await page.open();
	await page.click("Delete");
	await pass(5_000);
	assert.equal(page.focus, page.all(".main")[0]);
	assert.equal(page.callers[0], "Caller 1");
});

test("two deletions wait for themselves", async () => {
	const page = await list();
	await page.open(0);
	await page.click("Delete");
	await pass(3_000);
	await page.open(0); // the second: the first has no row to open
	await page.click("Delete");
	await pass(2_000);
	assert.deepEqual(page.home.asked("delete").length, 1);
	assert.deepEqual(page.offers(0), ["Undo"]);

	await page.click("Undo");
	await pass(5_000);
	assert.deepEqual(page.callers, ["Caller 1", "Caller 2"]);
});

test("a deletion is sent when the page goes away, once", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	window.dispatchEvent(new Event("pagehide"));
	assert.equal(page.home.asked("delete").length, 1); // within the event, for nothing runs after it

	window.dispatchEvent(new Event("pagehide"));
	await pass(60_000);
	assert.equal(page.home.asked("delete").length, 1);
});

test("a deletion is sent in time where the user has gone to another dashboard", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	page.card.remove();
	await pass(5_000);

	assert.equal(page.home.asked("delete").length, 1);
});

test("Undo comes too late while the deletion is sent", async () => {
	const page = await list();
	let answer;
	page.home.next["yeastar_vm/messages/delete"] = new Promise((resolve) => (answer = resolve));
	await page.open();
	await page.click("Delete");
	await pass(5_000);
	assert.equal(page.button("Undo").getAttribute("aria-disabled"), "true");

	await page.click("Undo");
	answer();
	await pass();
	assert.deepEqual(page.callers, ["Caller 1", "Caller 2"]);
});

test("a deletion that fails brings the row back, with words", async () => {
	const page = await list();
	page.home.next["yeastar_vm/messages/delete"] = { code: "not_allowed", message: "You may not delete this." };
	await page.open();
	await page.click("Delete");
	await pass(5_000);

	assert.match(page.rows[0], /Caller 0.*You may not delete this\./);
	assert.equal(page.badge, "3 unread");
});

test("what another browser deleted is not deleted again", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	page.home.change(LEO, { removed: ["m000"] });
	await pass(5_000);

	assert.deepEqual(page.home.asked("delete"), []);
	assert.deepEqual(page.callers, ["Caller 1", "Caller 2"]);
});

test("a list that comes again does not bring back what waits for Undo", async () => {
	const page = await list();
	await page.open();
	await page.click("Delete");
	page.home.set(LEO, {});
	await pass();

	assert.match(page.rows[0], /^Message deleted/);
});

test("a message is transcribed on demand", async () => {
	const page = await list();
	await page.open();
	let answer;
	page.home.next["yeastar_vm/messages/transcribe"] = new Promise((resolve) => (answer = resolve));
	await page.click("Transcribe");
	assert.match(page.rows[0], /Transcribing…/);
	assert.equal(page.offers().includes("Transcribe"), false);

	answer();
	await pass();
	assert.equal(page.one(".text").textContent, "Please call me back.");
	assert.deepEqual(page.home.asked("transcribe"), [
		{ type: "yeastar_vm/messages/transcribe", entity_id: LEO, message_id: "m000" },
	]);
});

test("a transcription that fails is said in words, and can be tried again", async () => {
	const page = await list();
	await page.open();
	page.home.next["yeastar_vm/messages/transcribe"] = new Error("The engine does not answer.");
	await page.click("Transcribe");

	assert.match(page.rows[0], /The engine does not answer\./);
	assert.equal(page.offers().includes("Transcribe"), true);
	assert.doesNotMatch(page.rows[0], /Transcribing/);
});

for (const [state, isOffered] of [
	["failed", true],
	["language_unknown", true],
	["no_speech", false],
	["pending", false],
	["text", false],
]) {
	test(`the text is ${isOffered ? "" : "not "}offered where it is ${state}`, async () => {
		const page = await list({
			messages: [message({ transcript: { state, text: state === "text" ? "Hi" : undefined } })],
		});
		await page.open();

		assert.equal(page.offers().includes("Transcribe"), isOffered);
	});
}

test("the text is not offered where there is no engine", async () => {
	const page = await list({ can_transcribe: false });
	await page.open();

	assert.equal(page.offers().includes("Transcribe"), false);
});
