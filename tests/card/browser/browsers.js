/** Serves the page, and starts the browsers that are installed. */

import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wav": "audio/wav" };
const RATE = 8_000;

/** Return a tone as telephones have it: 16 bit, 8 kHz, one channel. @param {number} seconds */
const tone = (seconds) => {
	const samples = RATE * seconds;
	const wav = Buffer.alloc(44 + samples * 2);
	wav.write("RIFF\0\0\0\0WAVEfmt ", 0, "latin1");
	wav.writeUInt32LE(36 + samples * 2, 4);
	wav.set([16, 0, 0, 0, 1, 0, 1, 0], 16);
	wav.writeUInt32LE(RATE, 24);
	wav.writeUInt32LE(RATE * 2, 28);
	wav.set([2, 0, 16, 0], 32);
	wav.write("data", 36);
	wav.writeUInt32LE(samples * 2, 40);
	for (let at = 0; at < samples; at++) wav.writeInt16LE(Math.round(Math.sin(at / 3) * 3_000), 44 + at * 2);
	return wav;
};

const AUDIO = { "/audio.wav": tone(32), "/short.wav": tone(2) };

/** Answer with a part of the audio, as Home Assistant does: browsers seek with ranges. */
const sendAudio = (audio, request, response) => {
	const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
	const part = audio.subarray(Number(from ?? 0), to ? Number(to) + 1 : undefined);
	const headers = { "Content-Type": "audio/wav", "Content-Length": part.length, "Accept-Ranges": "bytes" };
	if (from === undefined) return response.writeHead(200, headers).end(audio);
	const range = `bytes ${from}-${Number(from) + part.length - 1}/${audio.length}`;
	return response.writeHead(206, { ...headers, "Content-Range": range }).end(part);
};

export const serve = async () => {
	const requests = [];
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url, "http://localhost");
		const file = normalize(join(ROOT, pathname));
		requests.push(pathname);
		if (AUDIO[pathname]) sendAudio(AUDIO[pathname], request, response);
		else if (!file.startsWith(ROOT) || !existsSync(file)) response.writeHead(404).end();
		else createReadStream(file).pipe(response.writeHead(200, { "Content-Type": TYPES[extname(file)] }));
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address();
	return {
		requests,
		close: () => server.close(),
		/** The address of a scene. */
		address: (values) => `http://127.0.0.1:${port}/tests/card/browser/index.html?${new URLSearchParams(values)}`,
	};
};

/** The browsers that are installed. */
export const BROWSERS = [
	["chrome", ["google-chrome", "chromium"]],
	["firefox", ["firefox-esr", "firefox"]],
].flatMap(([browser, programs]) => {
	const path = programs.map((program) => `/usr/bin/${program}`).find(existsSync);
	return path ? [{ browser, executablePath: path }] : [];
});

/** Start a browser that is silent. */
export const launch = ({ browser, executablePath }) =>
	puppeteer.launch({
		browser,
		executablePath,
		headless: true,
		args: browser === "chrome" ? ["--no-sandbox", "--mute-audio"] : [],
		extraPrefsFirefox: { "media.volume_scale": "0.0" },
	});
