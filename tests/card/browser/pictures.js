/** Takes pictures of the scenes to look at: node browser/pictures.js FOLDER. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BROWSERS, launch, serve } from "./browsers.js";

const folder = process.argv[2] ?? "pictures";
const LOOKS = [
	{ language: "en", theme: "light" },
	{ language: "de", theme: "dark" },
	{ language: "ar", theme: "light", dir: "rtl" },
];

mkdirSync(folder, { recursive: true });
const site = await serve();
const browser = await launch(BROWSERS[0]);
const page = await browser.newPage();
page.on("pageerror", (error) => process.stdout.write(`${error.message}\n`));
page.on("console", (line) => process.stdout.write(`${line.text()}\n`));
for (const scene of ["messages", "open", "several", "states"]) {
	for (const look of LOOKS) {
		for (const width of [1280, 390, 320]) {
			await page.setViewport({ width, height: 800 });
			await page.goto(site.address({ scene, ...look }));
			await page.waitForFunction("globalThis.isReady");
			await new Promise((resolve) => setTimeout(resolve, 300));
			const path = join(folder, `${scene}-${look.language}-${look.theme}-${width}.png`);
			await page.screenshot({ path, fullPage: true });
		}
	}
}
await page.setViewport({ width: 320, height: 800 });
await page.goto(site.address({ scene: "open", language: "de", scale: 2 }));
await page.waitForFunction("globalThis.isReady");
await page.screenshot({ path: join(folder, "open-de-200-percent-320.png"), fullPage: true });
await browser.close();
site.close();
