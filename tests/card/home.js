/**
 * A Home Assistant for the card: it answers the WebSocket commands as the integration does, and records what was asked.
 * The tests and the page use it.
 */

/** @typedef {MailboxFacts & {messages: Message[]}} Mailbox */

export const LEO = "event.leo_ball_message";
export const SALES = "event.sales_message";
export const KITCHEN = "media_player.kitchen";

/** @param {Partial<Message>} [values] @returns {Message} */
export const message = (values = {}) => {
	const message_id = values.message_id ?? "20261012140500-1";
	return {
		message_id,
		time: "2026-10-12T14:05:00+02:00",
		caller_name: "Mary Smith",
		caller_number: "+49 30 1234567",
		duration: 32,
		unread: true,
		media_content_id: `media-source://yeastar_vm/363000/messages/3200/${message_id}`,
		transcript: null,
		...values,
	};
};

/** Return this many messages, newest first, one an hour. @param {number} count @param {Partial<Message>} [values] */
export const messages = (count, values = {}) =>
	Array.from({ length: count }, (_, at) =>
		message({
			message_id: `m${String(at).padStart(3, "0")}`,
			time: new Date(Date.parse("2026-10-12T12:05:00Z") - at * 3_600_000).toISOString(),
			caller_name: `Caller ${at}`,
			...values,
		}),
	);

export class Home {
	/** @type {Record<string, Mailbox>} */
	mailboxes = {
		[LEO]: {
			state: "ready",
			name: "Leo Ball (3200)",
			can_control: true,
			can_transcribe: true,
			is_current: true,
			limit: null,
			messages: [message()],
		},
	};
	/** What was asked: commands and actions. @type {any[]} */
	calls = [];
	/** What the next command of a type ends with: an error, or a promise to wait for. @type {Record<string, any>} */
	next = {};
	/** @type {Map<(event: any) => void, string[]>} */
	subscriptions = new Map();
	/** @type {Set<() => void>} */
	listeners = new Set();
	audio = "/audio.wav";
	states = {
		[KITCHEN]: this.#player(KITCHEN, "Kitchen"),
		"media_player.attic": this.#player("media_player.attic", "Attic"),
		"media_player.off_line": { ...this.#player("media_player.off_line", "Garage"), state: "unavailable" },
		"media_player.display": this.#player("media_player.display", "Display", 1),
		"light.hall": { entity_id: "light.hall", state: "on", attributes: { supported_features: 512 } },
	};

	/** @type {Connection} */
	connection = {
		addEventListener: (_event, listener) => void this.listeners.add(listener),
		removeEventListener: (_event, listener) => void this.listeners.delete(listener),
		subscribeMessage: async (callback, command) => {
			await this.#ask(command);
			this.subscriptions.set(callback, command.entity_ids);
			for (const id of command.entity_ids) callback(this.state(id));
			return async () => void this.subscriptions.delete(callback);
		},
	};

	/** @type {Hass} */
	hass = {
		config: { time_zone: "Europe/Berlin" },
		connected: true,
		connection: this.connection,
		entities: {
			"light.hall": { platform: "hue" },
			"event.doorbell": { platform: "mqtt" },
			"sensor.leo_ball_unread_messages": { platform: "yeastar_vm" },
			[LEO]: { platform: "yeastar_vm" },
			[SALES]: { platform: "yeastar_vm" },
		},
		language: "en",
		locale: { time_format: "24", time_zone: "server" },
		states: this.states,
		callService: (domain, action, data, target) => this.#ask({ type: `${domain}.${action}`, data, target }),
		callWS: (command) => this.#ask(command),
		hassUrl: (path) => new URL(path, "http://home.test:8123").href,
	};

	/** @param {string} id @param {string} name */
	#player(id, name, supported_features = 512) {
		return { entity_id: id, state: "idle", attributes: { friendly_name: name, supported_features } };
	}

	/** @param {any} command */
	async #ask(command) {
		this.calls.push(command);
		const { type } = command;
		const answer = this.next[type];
		delete this.next[type];
		if (answer instanceof Promise) await answer;
		else if (answer) throw answer;
		if (type === "media_source/resolve_media") return { url: this.audio, mime_type: "audio/wav" };
		if (type.endsWith("/mark_read")) this.change(command.entity_id, { read: command.message_ids });
		if (type.endsWith("/delete")) this.change(command.entity_id, { removed: command.message_ids });
		if (type.endsWith("/transcribe")) return { state: "text", text: "Please call me back.", language: "en" };
		return null;
	}

	/** The first event of a mailbox. @param {string} entity_id @returns {MailboxEvent} */
	state(entity_id) {
		const mailbox = this.mailboxes[entity_id];
		if (!mailbox) return { type: "mailbox", entity_id, state: "not_found" };
		const { state, ...facts } = structuredClone(mailbox);
		if (state === "ready") return { type: "mailbox", entity_id, state, ...facts };
		return { type: "mailbox", entity_id, state };
	}

	/** Send an event to all who subscribed. @param {any} event */
	send(event) {
		for (const [callback, ids] of this.subscriptions) if (ids.includes(event.entity_id)) callback(event);
	}

	/** Change a mailbox, and send its state. @param {string} id @param {Partial<Mailbox>} values */
	set(id, values) {
		Object.assign(this.mailboxes[id], values);
		this.send(this.state(id));
	}

	/**
	 * Change messages, and send the change.
	 * @param {string} id
	 * @param {{added?: Message[], removed?: string[], read?: string[], is_current?: boolean}} what
	 */
	change(id, { added = [], removed = [], read = [], is_current = true }) {
		const mailbox = this.mailboxes[id];
		const changed = mailbox.messages
			.filter((one) => read.includes(one.message_id))
			.map((one) => ({ ...one, unread: false }))
			.concat(added);
		const ids = [...removed, ...changed.map((one) => one.message_id)];
		mailbox.messages = [...changed, ...mailbox.messages.filter((one) => !ids.includes(one.message_id))];
		mailbox.is_current = is_current;
		this.send({ type: "change", entity_id: id, is_current, messages: structuredClone(changed), removed });
	}

	/** The connection of the page is lost. Home Assistant also gives the card another hass. */
	lose() {
		this.subscriptions.clear();
		this.hass = { ...this.hass, connected: false };
	}

	/** The connection is there again. The library would subscribe again by itself, if it was asked to. */
	reconnect() {
		this.hass = { ...this.hass, connected: true };
		for (const listener of [...this.listeners]) listener();
	}

	/** Return what was asked with a command. @param {string} type */
	asked(type) {
		return this.calls.filter((call) => call.type.endsWith(type));
	}
}
