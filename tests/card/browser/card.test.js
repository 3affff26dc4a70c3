/** The card in the browsers that are installed: real audio, keys, focus, and layout. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { BROWSERS, launch, serve } from "./browsers.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let site;
before(async () => (site = await serve()));
after(() => site.close());

test("a browser is installed", () => assert.notEqual(BROWSERS.length, 0));

for (const program of BROWSERS) {
	describe(program.browser, () => {
		let browser, page;
		before(async () => {
			browser = await launch(program);
			page = await browser.newPage();
			await page.setViewport({ width: 500, height: 800 });
		});
		after(() => browser.close());

		/** Show a scene. */
		const show = async (values) => {
			await page.goto(site.address(values));
			await page.waitForFunction("globalThis.isReady");
			await look("audio.mozCaptureStream?.()"); // without this, Firefox plays only where there is a sound card
			site.requests.length = 0;
		};

		/** Wait until something is true of the card on the page. */
		const until = (condition) => page.waitForFunction(`(() => { ${LOOK} return ${condition} })()`);
		const look = (expression) => page.evaluate(`(() => { ${LOOK} return ${expression} })()`);
		const LOOK = `const root = cards[0].shadowRoot;
			const all = (selector) => [...root.querySelectorAll(selector)];
			const one = (selector) => root.querySelector(selector);
			const audio = one("audio");`;
		const click = async (selector) => {
			const button = await page.waitForSelector(`yeastar-vm-card >>> ${selector}`);
			await button.click();
		};

		test("plays audio, which it fetches only then", async () => {
			await show({ scene: "messages" });
			await click(".main");
			await until("one('.panel')");
			assert.deepEqual(site.requests, []);

			await click(".play");
			await until("audio.currentTime > 0.2 && !audio.paused");
			assert.ok(site.requests.includes("/audio.wav"));

			await click(".play");
			await until("audio.paused");
			const position = await look("audio.currentTime");
			await click(".play");
			await until(`audio.currentTime > ${position} + 0.2`);
		});

		test("seeks with the bar and the keys while it plays", async () => {
			await show({ scene: "messages" });
			await click(".play");
			await until("audio.currentTime > 0");
			await look("one('[type=range]').focus()");

			await page.keyboard.press("ArrowUp");
			await until("audio.currentTime >= 10 && audio.currentTime < 15");
			await page.keyboard.press("ArrowRight");
			await until("audio.currentTime >= 15 && audio.currentTime < 20");
			await page.keyboard.press("ArrowLeft");
			await page.keyboard.press("ArrowDown");
			await until("audio.currentTime < 5");
			await until("/^0:0[0-5] of 0:32$/.test(one('[type=range]').getAttribute('aria-valuetext'))");

			await click("[type=range]"); // in its middle
			await until("audio.currentTime > 13 && audio.currentTime < 19 && !audio.paused");
		});

		test("goes on faster, with the next message, too", async () => {
			await show({ scene: "messages" });
			await click(".play");
			await until("audio.currentTime > 0");
			await click(".seek button");
			await until("audio.playbackRate === 1.5 && one('.seek button').textContent === '2×'");

			await page.evaluate("cards[0].shadowRoot.querySelectorAll('.play')[1].click()");
			await until("one('.open') === all('.list > li')[1] && audio.currentTime > 0 && audio.playbackRate === 1.5");
		});

		test("starts where somebody has put the bar before", async () => {
			await show({ scene: "messages" });
			await click(".main");
			await until("one('.panel')");
			await look("one('[type=range]').focus()");
			await page.keyboard.press("ArrowUp");
			await page.keyboard.press("ArrowUp");
			await click(".play");

			await until("audio.currentTime > 20.1 && !audio.paused");
		});

		test("marks as read what was heard, and not what was skipped", async () => {
			await show({ scene: "messages" });
			await page.evaluate("homes[0].audio = '/short.wav'");
			await click(".play");
			await until("audio.ended");
			await until("all('.list > li')[0].className.trim() === 'open'");

			await show({ scene: "messages" });
			await click(".play");
			await until("audio.duration > 31");
			await look("audio.currentTime = 31");
			await until("audio.ended");
			assert.equal(await look("homes[0].asked('mark_read').length"), 0);
		});

		test("says where audio cannot be played", async () => {
			await show({ scene: "messages" });
			await page.evaluate("homes[0].audio = '/none.wav'");
			await click(".play");

			await until("one('.note')?.textContent === 'Not available right now.'");
		});

		test("keeps the audio while it is moved, and stops where it is removed", async () => {
			await show({ scene: "messages" });
			await click(".play");
			await until("audio.currentTime > 0.1");
			await page.evaluate("document.body.append(cards[0])");
			const position = await look("audio.currentTime");
			await until(`audio.currentTime > ${position} + 0.1`);

			await page.evaluate("cards[0].remove()");
			await until("audio.paused");
		});

		test("can be used with the keyboard alone", async () => {
			await show({ scene: "messages" });
			const focus = () => look("root.activeElement?.className");
			const order = [];
			for (let at = 0; at < 5; at++) {
				await page.keyboard.press("Tab");
				order.push(await focus());
			}
			assert.deepEqual(order, ["round all", "find", "round play", "main", "round play"]);
			assert.notEqual(await look("getComputedStyle(root.activeElement).outlineStyle"), "none");

			await page.keyboard.press("ArrowUp");
			assert.equal(await focus(), "main");
			await page.keyboard.press("Enter");
			await until("one('.panel')");
			await page.keyboard.press("Tab");
			assert.equal(await look("root.activeElement.type"), "range");
			await look("one('.delete').focus()");
			await page.keyboard.press(" ");
			await until("root.activeElement?.textContent === 'Undo'");
			await page.keyboard.press("Enter");
			await until("root.activeElement?.className === 'main'");
			assert.equal(await look("homes[0].asked('delete').length"), 0);
		});

		test("goes where the bar goes from right to left", async () => {
			await show({ scene: "messages", dir: "rtl", language: "ar" });
			await click(".main");
			await until("one('.panel')");
			await look("one('[type=range]').focus()");
			await page.keyboard.press("ArrowLeft");

			await until("/0:05 of/.test(one('[type=range]').getAttribute('aria-valuetext'))");
		});

		test("puts callers one below the other, in whatever direction they write", async () => {
			await show({ scene: "messages" });
			const starts = await look(`all(".caller").map((caller) => {
				const range = document.createRange();
				range.selectNodeContents(caller);
				return Math.round(range.getBoundingClientRect().left);
			})`);

			assert.deepEqual(starts, Array(6).fill(starts[0]));
		});

		test("sends a deletion when the page goes away", async () => {
			await show({ scene: "messages" });
			await page.evaluate(() => {
				const { hass } = globalThis.homes[0];
				hass.callWS = async ({ type }) => localStorage.setItem("sent", type);
			});
			await click(".main");
			await click(".delete");
			await until("one('.gone')");
			assert.equal(await page.evaluate("localStorage.getItem('sent')"), null);

			await show({ scene: "messages" });
			assert.equal(await page.evaluate("localStorage.getItem('sent')"), "yeastar_vm/messages/delete");
			await page.evaluate("localStorage.clear()");
		});

		for (const [width, scale] of [
			[1280, 1],
			[390, 1],
			[320, 1],
			[320, 2],
		]) {
			test(`fits into ${width} pixels at ${scale * 100} % text`, async () => {
				await page.setViewport({ width, height: 800 });
				for (const [language, dir] of [
					["de", "ltr"],
					["ar", "rtl"],
				]) {
					for (const scene of ["open", "several", "states"]) {
						await show({ scene, language, dir, scale });
						const wide = await page.evaluate(() =>
							globalThis.cards
								.flatMap((card) => [...card.shadowRoot.querySelectorAll("ha-card, ha-card *:not(.clip, .sr)")])
								.filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth)
								.map((node) => `${node.localName}.${node.className}: ${node.scrollWidth} > ${node.clientWidth}`),
						);
						assert.deepEqual(wide, [], scene);
						assert.equal(
							await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
							0,
						);
					}
				}
				await page.setViewport({ width: 500, height: 800 });
			});
		}

		for (const theme of ["light", "dark"]) {
			test(`has no fault that axe knows, in ${theme}`, async () => {
				for (const scene of ["open", "several", "states"]) {
					await show({ scene, theme });
					await page.evaluate(AXE);
					// The colors are those of Home Assistant's themes.
					const { violations } = await page.evaluate(() =>
						globalThis.axe.run("yeastar-vm-card", { rules: { "color-contrast": { enabled: false } } }),
					);
					const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join()}`);
					assert.deepEqual(faults, [], scene);
				}
			});
		}

		test("shows the first of 500 messages", async (context) => {
			const times = [];
			for (let round = 0; round < 5; round++) {
				await show({ scene: "many" });
				times.push(await page.evaluate("globalThis.firstRows"));
				assert.equal(await look("all('.list > li').length"), 10);
			}
			context.diagnostic(`first rows after ${times.map(Math.round).join(", ")} ms`);
		});

		test("stays as large as it is while messages come and go", { skip: program.browser !== "chrome" }, async () => {
			await show({ scene: "many" });
			const churn = (rounds) =>
				page.evaluate(async (count) => {
					const [home] = globalThis.homes;
					const [id] = Object.keys(home.mailboxes);
					for (let at = 0; at < count; at++) {
						const added = [{ ...home.mailboxes[id].messages[0], message_id: "new", time: new Date().toISOString() }];
						home.change(id, { added });
						await new Promise(requestAnimationFrame);
						home.change(id, { removed: ["new"] });
						await new Promise(requestAnimationFrame);
					}
				}, rounds);
			await churn(20);
			const measure = async () => {
				const client = await page.createCDPSession();
				await client.send("HeapProfiler.collectGarbage");
				return (await client.send("Memory.getDOMCounters")).nodes;
			};
			const nodes = await measure();
			await churn(100);

			assert.ok((await measure()) <= nodes + 20);
		});
	});
}
