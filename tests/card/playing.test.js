/** Hearing a message. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Home, KITCHEN, LEO, message } from "./home.js";
import { pass, show, startOver } from "./page.js";

afterEach(startOver);

/** Show two messages, of 32 and 120 seconds. */
const list = (config = {}, values = {}) => {
	const home = new Home();
	Object.assign(home.mailboxes[LEO], values);
	const before = "2026-10-12T13:05:00+02:00";
	home.mailboxes[LEO].messages = [
		message({ message_id: "a" }),
		message({ message_id: "b", time: before, duration: 120 }),
	];
	return show(home, config);
};

const RESOLVE = "media_source/resolve_media";

test("audio is fetched when somebody plays, and not before", async () => {
	const page = await list();
	await page.open();
	assert.deepEqual(page.home.asked(RESOLVE), []);
	assert.equal(page.audio.hasAttribute("src"), false);

	await page.play();
	assert.deepEqual(page.home.asked(RESOLVE), [
		{ type: RESOLVE, media_content_id: "media-source://yeastar_vm/363000/messages/3200/a" },
	]);
	assert.equal(page.audio.src, "http://home.test:8123/audio.wav");
	assert.equal(page.audio.paused, false);
	assert.equal(page.all("audio").length, 1);
});

test("the button plays, pauses, and goes on without fetching again", async () => {
	const page = await list();
	await page.click("Play: Mary Smith");
	assert.equal(page.audio.paused, false);

	await page.click("Pause: Mary Smith");
	assert.equal(page.audio.paused, true);

	await page.play();
	assert.equal(page.audio.paused, false);
	assert.equal(page.home.asked(RESOLVE).length, 1);
});

test("one message plays at a time", async () => {
	const page = await list();
	await page.play(0);
	await page.play(1);

	assert.deepEqual(
		page.all(".play").map((button) => button.getAttribute("aria-label")),
		["Play: Mary Smith", "Pause: Mary Smith"],
	);
	assert.match(page.home.asked(RESOLVE)[1].media_content_id, /\/b$/);
});

test("of all cards of a page, one plays", async () => {
	const one = await list();
	const other = await list();
	await one.play();
	await other.play();

	assert.deepEqual(
		[one, other].map((page) => page.all(".play")[0].getAttribute("aria-label")),
		["Play: Mary Smith", "Pause: Mary Smith"],
	);
});

test("what is chosen last plays, also where its link comes first", async () => {
	const page = await list();
	let answer;
	page.home.next[RESOLVE] = new Promise((resolve) => (answer = resolve));
	await page.play(0);
	page.home.audio = "/second.wav";
	await page.play(1);
	page.home.audio = "/first.wav";
	answer();
	await pass();

	assert.equal(page.audio.src, "http://home.test:8123/second.wav");
});

test("a second tap while the link is fetched means no", async () => {
	const page = await list();
	let answer;
	page.home.next[RESOLVE] = new Promise((resolve) => (answer = resolve));
	await page.play();
	await page.click("Pause: Mary Smith");
	answer();
	await pass();

	assert.equal(page.audio.hasAttribute("src"), false);
	assert.match(page.one(".play").getAttribute("aria-label"), /^Play/);
});

test("the seek bar says where it is, for the eye and the ear", async () => {
	const page = await list();
	await page.play();
	await page.hear(0, 12, 31.7);

	const slider = page.one("input[type=range]");
	assert.equal(slider.getAttribute("aria-valuetext"), "0:12 of 0:31");
	assert.equal(slider.value, "12");
	assert.equal(slider.max, "31.7");
	assert.match(page.text, /0:12 \/ 0:31/);
});

test("the length is the message's until the audio tells its own", async () => {
	const page = await list();
	await page.open(1);

	assert.equal(page.one("input[type=range]").getAttribute("aria-valuetext"), "0:00 of 2:00");
});

test("arrow keys go five and ten seconds", async () => {
	const page = await list();
	await page.play(1);
	await page.hear(0, 60, 120);
	const slider = page.one("input[type=range]");

	for (const [key, position] of [
		["ArrowRight", 65],
		["ArrowLeft", 60],
		["ArrowUp", 70],
		["ArrowDown", 60],
	]) {
		assert.equal(await page.press(slider, key), true);
		assert.equal(page.audio.currentTime, position);
	}
	assert.equal(await page.press(slider, "Tab"), false);
});

test("arrow keys stop at both ends", async () => {
	const page = await list();
	await page.play();
	await page.hear(0, 3);
	const slider = page.one("input[type=range]");

	await page.press(slider, "ArrowLeft");
	assert.equal(page.audio.currentTime, 0);
	for (let at = 0; at < 5; at++) await page.press(slider, "ArrowUp");
	assert.equal(page.audio.currentTime, 32);
});

test("arrow keys go where the bar goes from right to left", async () => {
	document.body.style.direction = "rtl";
	const page = await list();
	await page.play();
	await page.hear(0, 10);

	await page.press(page.one("input[type=range]"), "ArrowLeft");
	document.body.style.direction = "";

	assert.equal(page.audio.currentTime, 15);
});

test("arrow keys on a row go to the next one", async () => {
	const page = await list();
	page.all(".main")[0].focus();
	await page.press(page.focus, "ArrowDown");
	assert.equal(page.focus, page.all(".main")[1]);

	await page.press(page.focus, "ArrowDown");
	assert.equal(page.focus, page.all(".main")[1]);
	await page.press(page.focus, "ArrowUp");
	assert.equal(page.focus, page.all(".main")[0]);
});

test("a place that is chosen before playing is where it starts", async () => {
	const page = await list();
	await page.open(1);
	await page.press(page.one("input[type=range]"), "ArrowUp");
	assert.match(page.text, /0:10 \/ 2:00/);

	await page.play(1);
	assert.equal(page.audio.currentTime, 10);
});

test("the speed button says the next speed, which the next message has, too", async () => {
	const page = await list();
	await page.play(0);
	await page.click("1.5×");
	assert.equal(page.audio.playbackRate, 1.5);

	await page.click("2×");
	assert.equal(page.audio.playbackRate, 2);
	assert.equal(page.audio.defaultPlaybackRate, 2); // what a browser begins the next message with
	await page.click("1×");
	assert.equal(page.audio.playbackRate, 1);
});

test("heard is what was played by more than half, and it is marked as read once", async () => {
	const page = await list();
	await page.open();
	await page.play();
	await page.hear(0, 16);
	assert.deepEqual(page.home.asked("mark_read"), []);

	await page.hear(0, 16.1);
	await page.hear(0, 32);
	assert.deepEqual(page.home.asked("mark_read"), [
		{ type: "yeastar_vm/messages/mark_read", entity_id: LEO, message_ids: ["a"] },
	]);
	assert.equal(page.badge, "1 unread");
});

test("what was skipped was not heard", async () => {
	const page = await list();
	await page.play();
	await page.hear(30, 32);

	assert.deepEqual(page.home.asked("mark_read"), []);
});

test("opening a row marks nothing", async () => {
	const page = await list();
	await page.open();

	assert.deepEqual(page.home.asked("mark_read"), []);
});

for (const [who, config, values] of [
	["does not want it", { mark_as_read: false }, {}],
	["may not", {}, { can_control: false }],
]) {
	test(`what was heard stays unread where the user ${who}`, async () => {
		const page = await list(config, values);
		await page.play();
		await page.hear(0, 32);

		assert.deepEqual(page.home.asked("mark_read"), []);
	});
}

test("a link that cannot be had is said in words, and can be tried again", async () => {
	const page = await list();
	page.home.next[RESOLVE] = {
		code: "resolve_media_failed",
		message: "This message no longer exists on the PBX. Select another one.",
	};
	await page.play();
	assert.match(page.rows[0], /no longer exists/);
	assert.equal(page.announced, "This message no longer exists on the PBX. Select another one.");

	await page.play();
	assert.doesNotMatch(page.rows[0], /no longer exists/);
	assert.equal(page.audio.paused, false);
});

test("audio that fails is said in words, and fetched again", async () => {
	const page = await list();
	await page.play();
	page.audio.dispatchEvent(new Event("error"));
	await pass();
	assert.match(page.rows[0], /Not available right now/);

	await page.play();
	assert.equal(page.home.asked(RESOLVE).length, 2);
	assert.doesNotMatch(page.rows[0], /Not available/);
});

test("what plays stops where the message is deleted elsewhere", async () => {
	const page = await list();
	await page.play();
	page.home.change(LEO, { removed: ["a"] });
	await pass();

	assert.equal(page.audio.paused, true);
	assert.equal(page.rows.length, 1);
});

test("a media player of the house plays it", async () => {
	const page = await list();
	await page.open();
	await page.click("Play on");
	assert.deepEqual(page.home.asked("play_message"), []);
	assert.equal(page.focus, page.one("select")); // none was chosen

	await page.choose(KITCHEN);
	await page.click("Play on");
	assert.deepEqual(page.home.asked("play_message"), [
		{
			type: "yeastar_vm.play_message",
			data: { mailbox: LEO, message_id: "a", mark_as_read: true },
			target: { entity_id: KITCHEN },
		},
	]);
	assert.match(page.rows[0], /Playing on Kitchen/);
	assert.equal(page.announced, "Playing on Kitchen");
});

test("the media player of the card is chosen at first", async () => {
	const page = await list({ media_player: KITCHEN, mark_as_read: false });
	await page.open();
	assert.equal(page.one("select").value, KITCHEN);

	await page.click("Play on");
	assert.equal(page.home.asked("play_message")[0].data.mark_as_read, false);
});

test("only media players that can play are offered", async () => {
	const page = await list();
	await page.open();
	assert.deepEqual(
		page.all("option").map((option) => option.textContent),
		["Media player", "Attic", "Kitchen"],
	);

	await page.update({ states: {} });
	await page.open(1);
	assert.deepEqual(page.offers(1), ["Call back", "Mark as read", "Transcribe", "Delete"]);
});

test("a media player that does not play is said in words", async () => {
	const page = await list({ media_player: KITCHEN });
	await page.open();
	page.home.next["yeastar_vm.play_message"] = new Error("Kitchen is not reachable.");
	await page.click("Play on");

	assert.match(page.rows[0], /Kitchen is not reachable\./);
});
