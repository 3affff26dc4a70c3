/** Finding a message. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Home, LEO, message } from "./home.js";
import { show, startOver } from "./page.js";

afterEach(startOver);

/** Show a mailbox with a message of each of these. */
const list = (...all) => {
	const home = new Home();
	home.mailboxes[LEO].messages = all.map((values, at) => message({ message_id: `${at}`, ...values }));
	return show(home);
};

for (const [what, values, query] of [
	["a part of the name", { caller_name: "Mary Smith" }, "smi"],
	["words in any order", { caller_name: "Mary Smith" }, "smith mary"],
	["a name without its accents", { caller_name: "Zoë Müller-Strauß" }, "zoe muller-strauss"],
	["a name with the accents that it does not have", { caller_name: "Jose" }, "José"],
	["a Polish name", { caller_name: "Łukasz" }, "lukasz"],
	["decomposed characters", { caller_name: "Jos\u0065\u0301" }, "josé"],
	["full-width digits", { caller_number: "030 123" }, "１２３"],
	["a number as it is written", { caller_number: "+49 (30) 1234567" }, "(30)"],
	["a number without its spaces", { caller_number: "+49 30 123-45-67" }, "301234567"],
	["a word of the text", { transcript: { state: "text", text: "The delivery comes on Thursday" } }, "DELIVERY"],
]) {
	test(`finds ${what}`, async () => {
		const page = await list({ caller_name: "Nobody", caller_number: "" }, { caller_name: "Found", ...values });
		await page.search(query);

		assert.equal(page.rows.length, 1);
		assert.notEqual(page.callers[0], "Nobody");
	});
}

test("says where nothing is found, and shows all again", async () => {
	const page = await list({}, {});
	await page.search("zzz");
	assert.deepEqual(page.rows, []);
	assert.equal(page.one(".empty").textContent, "Nothing found");

	await page.search("  ");
	assert.equal(page.rows.length, 2);
	assert.equal(page.one(".empty"), null);
});

test("finds what comes while it searches", async () => {
	const page = await list({ caller_name: "Nobody" });
	await page.search("mary");

	page.home.change(LEO, { added: [message({ message_id: "new" })] });
	await page.update();

	assert.deepEqual(page.callers, ["Mary Smith"]);
});

test("offers to mark all as read only where all are on the page", async () => {
	const page = await list({}, {});
	assert.notEqual(page.one(".all"), null);

	await page.search("mary");
	assert.equal(page.one(".all"), null);
});

test("keeps the focus while somebody types", async () => {
	const page = await list({}, {});
	page.one("input").focus();
	await page.search("mary");

	assert.equal(page.focus, page.one("input"));
});

test("an empty mailbox is no search without a result, and what was searched for stays", async () => {
	const page = await list({});
	await page.search("nobody");
	page.home.change(LEO, { removed: ["0"] });
	await page.update();
	assert.equal(page.one(".empty").textContent, "No messages");

	page.home.change(LEO, { added: [message({ message_id: "new" })] });
	await page.update();
	assert.equal(page.one(".empty").textContent, "Nothing found");
	assert.equal(page.one("input").value, "nobody");
});

test("finds among 500 messages at once", async () => {
	const page = await list(...Array.from({ length: 500 }, (_, at) => ({ caller_name: `Caller ${at}` })));
	await page.search("caller 499");

	assert.deepEqual(page.callers, ["Caller 499"]);
});
