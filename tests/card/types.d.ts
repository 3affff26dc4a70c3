/** The types of the card: what Home Assistant gives it, and the WebSocket commands of the integration. */

// ---- The WebSocket commands: yeastar_vm/messages/subscribe, mark_read, delete, transcribe ----

type TranscriptState = "pending" | "text" | "no_speech" | "failed" | "language_unknown";

interface Transcript {
	state: TranscriptState;
	/** Only with the state "text". */
	text?: string;
	language?: string;
}

interface Message {
	message_id: string;
	/** ISO 8601 with an offset. */
	time: string | null;
	caller_name: string;
	caller_number: string;
	/** In seconds. */
	duration: number;
	unread: boolean;
	media_content_id: string;
	/** null: nobody asked for one. */
	transcript: Transcript | null;
}

type MailboxState = "ready" | "loading" | "unavailable" | "not_found" | "not_allowed";

/** What is known of a mailbox, besides its messages. Only a mailbox that is ready has more than its state. */
interface MailboxFacts {
	state: MailboxState;
	name?: string;
	/** Whether the user may mark and delete. */
	can_control?: boolean;
	can_transcribe?: boolean;
	/** false: the last update failed, and the messages are those of before. */
	is_current?: boolean;
	/** How many messages the mailbox holds, where it is known. */
	limit?: number | null;
}

/** Sent at once for each mailbox, and whenever one is loaded again. */
interface MailboxEvent extends MailboxFacts {
	type: "mailbox";
	entity_id: string;
	messages?: Message[];
}

interface ChangeEvent {
	type: "change";
	entity_id: string;
	is_current: boolean;
	messages: Message[];
	removed: string[];
}

type CardEvent = MailboxEvent | ChangeEvent;

// ---- The configuration of the card ----

interface CardConfig {
	type?: string;
	/** The event entities of mailboxes: one, or several. */
	entity?: string;
	entities?: string[];
	title?: string;
	/** The media player that is selected at first. */
	media_player?: string;
	/** Whether messages that were heard in the card are marked as read: yes, unless it is false. */
	mark_as_read?: boolean;
}

// ---- Home Assistant's frontend, as far as the card uses it ----

interface State {
	entity_id: string;
	state: string;
	attributes: { friendly_name?: string; supported_features?: number };
}

interface Connection {
	addEventListener(event: "ready", listener: () => void): void;
	removeEventListener(event: "ready", listener: () => void): void;
	subscribeMessage(
		callback: (event: CardEvent) => void,
		message: { type: string; entity_ids: string[] },
		options: { resubscribe: boolean },
	): Promise<() => Promise<void>>;
}

interface Hass {
	config: { time_zone: string };
	connected: boolean;
	connection: Connection;
	entities: Record<string, { platform?: string }>;
	language: string;
	locale: { time_format: "12" | "24" | "language" | "system"; time_zone: "local" | "server" };
	states: Record<string, State>;
	callService(
		domain: string,
		action: string,
		data: object,
		target: { entity_id: string },
		notifyOnError: boolean,
	): Promise<unknown>;
	callWS(message: { type: string; [key: string]: unknown }): Promise<any>;
	hassUrl(path: string): string;
}

interface CardSuggestion {
	config: { type: string } & CardConfig;
}

interface Window {
	customCards?: {
		type: string;
		name: string;
		description: string;
		preview: boolean;
		getEntitySuggestion(hass: Hass, entityId: string): CardSuggestion | null;
	}[];
}

interface HTMLElementTagNameMap {
	"ha-card": HTMLElement;
	"ha-icon": HTMLElement;
}

// ---- How the card describes what it shows ----

/** What a node should be; text has no tag. */
interface View {
	tag: string;
	/** Names it among its siblings. */
	key: unknown;
	values: Values;
	children: View[];
}

type Child = View | string | number | boolean | null | undefined;

/** Attributes; `data`, `value` and listeners are properties. */
interface Values {
	[listener: `on${string}`]: (event: any) => void;
	[name: string]: any;
}

type Describe = (name: string, inside?: Child | Child[], values?: Values) => View;
