/** Where the list comes from, and what becomes of it. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Home, LEO, SALES, message, messages } from "./home.js";
import { Card, pass, show, startOver } from "./page.js";

afterEach(startOver);

const SUBSCRIBE = "yeastar_vm/messages/subscribe";

for (const [state, said] of [
	["loading", "Loading…"],
	["unavailable", "Not available right now."],
	["not_allowed", "You do not have access to this mailbox. Ask an administrator."],
	["not_found", `Mailbox not found: ${LEO}. Edit the card.`],
]) {
	test(`a mailbox that is ${state} says so, and nothing else`, async () => {
		const home = new Home();
		home.mailboxes[LEO].state = state;
		const page = await show(home);

		assert.equal(page.text, `Voicemail${said}`);
	});
}

test("an empty mailbox says so", async () => {
	const home = new Home();
	home.mailboxes[LEO].messages = [];
	const page = await show(home);

	assert.equal(page.text, "Leo Ball (3200)No messages");
});

test("nothing is shown as empty that was not read yet", async () => {
	const home = new Home();
	home.next[SUBSCRIBE] = new Promise(() => {});
	const page = await show(home);

	assert.equal(page.text, "VoicemailLoading…");
});

for (const state of ["loading", "unavailable"]) {
	test(`the last list stays while a mailbox is ${state}, and says so`, async () => {
		const page = await show();
		page.home.set(LEO, { state });
		await pass();
		assert.match(page.notices[0], /^Not up to date\./);
		assert.equal(page.rows.length, 1);

		page.home.set(LEO, { state: "ready" });
		await pass();
		assert.deepEqual(page.notices, []);
	});
}

for (const state of ["not_allowed", "not_found"]) {
	test(`nothing of a message stays on the page where a mailbox is ${state}`, async () => {
		const page = await show();
		await page.play();
		page.home.set(LEO, { state });
		await pass();

		assert.doesNotMatch(page.root.innerHTML, /Mary|1234567|Leo Ball|audio\.wav/);
		assert.equal(page.badge, null);
	});
}

test("a list that could not be updated says so", async () => {
	const page = await show();
	page.home.change(LEO, { is_current: false });
	await pass();
	assert.deepEqual(page.notices, ["Not up to date."]);

	page.home.change(LEO, { is_current: true });
	await pass();
	assert.deepEqual(page.notices, []);
});

for (const [limit, count, said] of [
	[100, 89, []],
	[100, 90, ["Nearly full: 90 of 100"]],
	[100, 100, ["Nearly full: 100 of 100"]],
	[500, 100, []],
	[50, 45, ["Nearly full: 45 of 50"]],
	[null, 89, []],
	[null, 95, ["Nearly full: 95"]],
	[null, 101, []],
	[null, 450, ["Nearly full: 450"]],
]) {
	test(`${count} messages of ${limit} say ${said}`, async () => {
		const home = new Home();
		Object.assign(home.mailboxes[LEO], { limit, messages: messages(count) });
		const page = await show(home);

		assert.deepEqual(page.notices, said);
	});
}

test("of several mailboxes, each says its own", async () => {
	const home = new Home();
	home.mailboxes[SALES] = { ...home.mailboxes[LEO], name: "Sales (6400)", is_current: false };
	home.mailboxes["event.gone"] = { ...home.mailboxes[LEO], state: "not_found" };
	home.mailboxes["event.secret_1"] = { ...home.mailboxes[LEO], state: "not_allowed" };
	home.mailboxes["event.secret_2"] = { ...home.mailboxes[LEO], state: "not_allowed" };
	const page = await show(home);

	assert.deepEqual(page.notices, [
		"Sales (6400): Not up to date.",
		"Mailbox not found: event.gone. Edit the card.",
		"You do not have access to this mailbox. Ask an administrator.",
	]);
	assert.equal(page.rows.length, 2);
});

test("the list stays while the connection is lost, and says so", async () => {
	const page = await show();
	page.home.lose();
	await page.update();
	assert.deepEqual(page.notices, ["Not up to date."]);
	assert.equal(page.rows.length, 1);

	page.home.change(LEO, { added: [message({ message_id: "new", caller_name: "Meanwhile" })] });
	page.home.reconnect();
	await page.update();
	assert.deepEqual(page.notices, []);
	assert.deepEqual(page.callers, ["Meanwhile", "Mary Smith"]);
	assert.equal(page.home.subscriptions.size, 1);
});

test("after a restart, it asks until the command is there", async () => {
	const page = await show();
	page.home.lose();
	page.home.next[SUBSCRIBE] = { code: "unknown_command", message: "Unknown command." };
	page.home.reconnect();
	await page.update();
	assert.deepEqual(page.notices, ["Not available right now. Reload the page."]);
	assert.equal(page.rows.length, 1);

	page.home.next[SUBSCRIBE] = { code: "unknown_command", message: "Unknown command." };
	await pass(1_000);
	assert.equal(page.home.asked(SUBSCRIBE).length, 3);
	await pass(1_999);
	assert.equal(page.home.asked(SUBSCRIBE).length, 3);
	await pass(1);
	assert.equal(page.home.asked(SUBSCRIBE).length, 4);
	assert.deepEqual(page.notices, []);
});

test("a card that cannot subscribe at all says so", async () => {
	const home = new Home();
	home.next[SUBSCRIBE] = { code: "unknown_command", message: "Unknown command." };
	const page = await show(home);

	assert.equal(page.text, "VoicemailNot available right now. Reload the page.");
});

test("a subscription is left with the page of the dashboard", async () => {
	const page = await show();
	page.card.remove();
	await pass();
	assert.equal(page.home.subscriptions.size, 0);
	assert.equal(page.home.listeners.size, 0);

	await pass(600_000);
	assert.equal(page.home.asked(SUBSCRIBE).length, 1);

	document.body.append(page.card);
	await pass();
	assert.equal(page.home.subscriptions.size, 1);
	assert.equal(page.rows.length, 1);
});

test("a card that is moved keeps its list and has one subscription", async () => {
	const page = await show();
	await page.open();
	const place = document.createElement("div");
	document.body.append(place);
	place.append(page.card);
	await pass();

	assert.equal(page.home.subscriptions.size, 1);
	assert.equal(page.all(".open").length, 1);
});

test("a card that is moved while it subscribes has one subscription", async () => {
	const home = new Home();
	let answer;
	home.next[SUBSCRIBE] = new Promise((resolve) => (answer = resolve));
	const page = await show(home);
	document.body.append(page.card);
	answer();
	await pass();

	assert.equal(home.subscriptions.size, 1);
	assert.equal(page.rows.length, 1);
});

test("what an old subscription still sends is not shown", async () => {
	const page = await show();
	const [old] = page.home.subscriptions.keys();
	page.home.lose();
	page.home.reconnect();
	await page.update();
	old({ type: "change", entity_id: LEO, is_current: true, messages: [], removed: ["20261012140500-1"] });
	await pass();

	assert.equal(page.rows.length, 1);
});

test("the same configuration again changes nothing", async () => {
	const page = await show();
	await page.open();
	page.card.setConfig({ type: "custom:yeastar-vm-card", entities: [LEO], title: "Mine" });
	await pass();

	assert.equal(page.home.asked(SUBSCRIBE).length, 1);
	assert.equal(page.one("h2").textContent, "Mine");
	assert.equal(page.all(".open").length, 1);
});

test("another configuration has its own mailboxes", async () => {
	const home = new Home();
	home.mailboxes[SALES] = { ...home.mailboxes[LEO], name: "Sales (6400)", messages: messages(1) };
	const page = await show(home, { entities: [LEO] });
	assert.deepEqual(page.callers, ["Mary Smith"]);

	page.card.setConfig({ type: "custom:yeastar-vm-card", entity: SALES });
	await pass();
	assert.deepEqual(page.callers, ["Caller 0"]);
	assert.equal(home.subscriptions.size, 1);
	assert.deepEqual(home.asked(SUBSCRIBE)[1].entity_ids, [SALES]);
});

test("two cards of a mailbox have each their own list", async () => {
	const home = new Home();
	const [one, other] = [await show(home), await show(home)];
	await one.open();
	await one.click("Mark as read");

	assert.equal(one.badge, null);
	assert.equal(other.badge, null);
	assert.equal(other.all(".open").length, 0);

	await one.click("Delete");
	await pass(5_000);
	assert.deepEqual(other.rows, []);
});

test("an event of a type that it does not know does no harm", async () => {
	const page = await show();
	page.home.send({ type: "greeting", entity_id: LEO });
	for (const [callback] of page.home.subscriptions) {
		callback({ type: "mailbox", entity_id: "event.other", state: "ready" });
	}
	await pass();

	assert.equal(page.rows.length, 1);
});

test("messages that come again as they are touch nothing", async () => {
	const page = await show();
	const changes = [];
	const observer = new window.MutationObserver((records) => changes.push(...records));
	observer.observe(page.root, { childList: true, subtree: true, attributes: true, characterData: true });
	page.home.set(LEO, {});
	await pass();

	assert.deepEqual(changes, []);
});

test("nothing happens while nothing happens", async () => {
	const page = await show();
	const asked = page.home.calls.length;
	await pass(3_600_000);

	assert.equal(page.home.calls.length, asked);
});

test("a card without hass waits for it", async () => {
	const card = document.createElement("yeastar-vm-card");
	card.setConfig({ type: "custom:yeastar-vm-card", entities: [LEO] });
	document.body.append(card);
	await pass();
	const home = new Home();
	card.hass = home.hass;
	await pass();

	assert.ok(card instanceof Card);
	assert.equal(card.shadowRoot.querySelectorAll(".list > li").length, 1);
});
