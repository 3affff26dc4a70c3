/** The cards that can be looked at. */

import { KITCHEN, LEO, SALES, message, messages } from "../home.js";

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const text = (words) => ({ state: "text", text: words, language: "en" });
const DAY = 24 * 60;

const LIST = [
	message({
		message_id: "1",
		time: ago(4),
		caller_name: "Mary Smith",
		transcript: text(
			"Hi Leo, this is Mary from Smith & Sons. The delivery comes on Thursday between eight and ten, please make sure that somebody is there. Call me back if that does not work for you.",
		),
	}),
	message({ message_id: "2", time: ago(95), caller_name: "", caller_number: "030 9876543", duration: 12 }),
	message({
		message_id: "3",
		time: ago(DAY),
		caller_name: "Dr. Dolittle's Practice for Small and Very Large Animals",
		unread: false,
		duration: 74,
		transcript: text("Your appointment on Friday is confirmed."),
	}),
	message({
		message_id: "4",
		time: ago(3 * DAY),
		caller_name: "أحمد",
		unread: false,
		transcript: { state: "no_speech" },
	}),
	message({ message_id: "5", time: ago(40 * DAY), caller_name: "", caller_number: "", unread: false, duration: 3 }),
	message({
		message_id: "6",
		time: ago(400 * DAY),
		caller_name: "<b>Eve</b>",
		unread: false,
		duration: 620,
		transcript: { state: "pending" },
	}),
];

const two = (home) => {
	home.mailboxes[LEO].messages = LIST.slice(0, 2);
	home.mailboxes[SALES] = {
		...home.mailboxes[LEO],
		name: "Sales (6400)",
		is_current: false,
		limit: 100,
		messages: messages(95, { unread: false }).map((one, at) => ({ ...one, time: ago(200 + at * 300) })),
	};
};

const open = (at) => (root) => root.querySelectorAll(".main")[at].click();

export const SCENES = {
	messages: [{ prepare: (home) => (home.mailboxes[LEO].messages = LIST) }],
	open: [
		{ prepare: (home) => (home.mailboxes[LEO].messages = LIST), config: { media_player: KITCHEN }, after: open(0) },
		{ prepare: (home) => (home.mailboxes[LEO].messages = LIST), after: open(2) },
	],
	several: [{ prepare: two, config: { title: "Voicemail of the house" } }],
	states: [
		{ prepare: (home) => (home.mailboxes[LEO].messages = []) },
		{ prepare: (home) => (home.mailboxes[LEO].state = "loading") },
		{ prepare: (home) => (home.mailboxes[LEO].state = "unavailable") },
		{ prepare: (home) => (home.mailboxes[LEO].state = "not_allowed") },
		{ prepare: (home) => (home.mailboxes[LEO].state = "not_found") },
		{
			prepare: (home) => (home.mailboxes[LEO].messages = LIST),
			after: (root) => {
				open(0)(root);
				root.querySelector(".act.delete").click();
			},
		},
		{
			prepare: (home) => {
				home.mailboxes[LEO].messages = LIST.slice(0, 1);
				home.mailboxes[LEO].can_control = false;
			},
			after: (root, home) => {
				home.audio = "/none.wav";
				root.querySelector(".play").click();
			},
		},
		{
			prepare: (home) => (home.mailboxes[LEO].messages = LIST.slice(0, 2)),
			after: (root, home) => {
				home.lose();
				root.host.hass = home.hass;
			},
		},
	],
	many: [{ prepare: (home) => (home.mailboxes[LEO].messages = messages(500)) }],
};
