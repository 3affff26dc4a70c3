// @ts-check
/** The dashboard card `custom:yeastar-vm-card`. tests/card/types.d.ts has its types and WebSocket commands. */

const DOMAIN = "yeastar_vm";
const TYPE = "yeastar-vm-card";
const FIRST_ROWS = 10;
const UNDO_MS = 5_000;
const SPEEDS = [1, 1.5, 2];
const PLAY_MEDIA = 512; // MediaPlayerEntityFeature

// The columns of the texts. Plural forms are separated by "/": one, few, other.
const LANGUAGES = ["en", "de", "es", "fr", "it", "nl", "pl", "pt-BR", "zh-Hans"];
// prettier-ignore
const TEXTS = {
	call: "Call back|Zurückrufen|Devolver la llamada|Rappeler|Richiama|Terugbellen|Oddzwoń|Retornar ligação|回拨",
	delete: "Delete|Löschen|Eliminar|Supprimer|Elimina|Verwijderen|Usuń|Excluir|删除",
	deleted: "Message deleted|Nachricht gelöscht|Mensaje eliminado|Message supprimé|Messaggio eliminato|Bericht verwijderd|Usunięto wiadomość|Mensagem excluída|留言已删除",
	empty: "No messages|Keine Nachrichten|No hay mensajes|Aucun message|Nessun messaggio|Geen berichten|Brak wiadomości|Nenhuma mensagem|没有留言",
	failed: "Transcription failed|Umwandlung in Text fehlgeschlagen|No se ha podido transcribir|Échec de la transcription|Trascrizione non riuscita|Uitschrijven mislukt|Transkrypcja nie powiodła się|Falha na transcrição|转写失败",
	full: "Nearly full: {0}|Fast voll: {0}|Casi lleno: {0}|Presque pleine : {0}|Quasi piena: {0}|Bijna vol: {0}|Prawie pełna: {0}|Quase cheia: {0}|即将存满：{0}",
	heard: "Mark heard messages as read|Gehörte Nachrichten als gelesen markieren|Marcar como leídos los mensajes escuchados|Marquer les messages écoutés comme lus|Segna come letti i messaggi ascoltati|Beluisterde berichten markeren als gelezen|Oznaczaj odsłuchane wiadomości jako przeczytane|Marcar mensagens ouvidas como lidas|将听过的留言标记为已读",
	language_unknown: "Unknown language|Unbekannte Sprache|Idioma desconocido|Langue inconnue|Lingua sconosciuta|Onbekende taal|Nieznany język|Idioma desconhecido|未知语言",
	loading: "Loading…|Wird geladen …|Cargando…|Chargement…|Caricamento…|Laden…|Wczytywanie…|Carregando…|加载中…",
	mediaPlayer: "Media player|Mediaplayer|Reproductor multimedia|Lecteur multimédia|Lettore multimediale|Mediaspeler|Odtwarzacz mediów|Reprodutor de mídia|媒体播放器",
	more: "Show more|Mehr anzeigen|Mostrar más|Afficher plus|Mostra altro|Meer tonen|Pokaż więcej|Mostrar mais|显示更多",
	no_speech: "No speech recognized|Keine Sprache erkannt|No se ha reconocido voz|Aucune parole reconnue|Nessun parlato riconosciuto|Geen spraak herkend|Nie rozpoznano mowy|Nenhuma fala reconhecida|未识别到语音",
	notAllowed: "You do not have access to this mailbox. Ask an administrator.|Du hast keinen Zugriff auf diese Mailbox. Wende dich an einen Administrator.|No tienes acceso a este buzón. Consulta a un administrador.|Vous n'avez pas accès à cette boîte vocale. Adressez-vous à un administrateur.|Non hai accesso a questa casella vocale. Rivolgiti a un amministratore.|Je hebt geen toegang tot deze mailbox. Vraag het aan een beheerder.|Nie masz dostępu do tej skrzynki. Zwróć się do administratora.|Você não tem acesso a esta caixa postal. Fale com um administrador.|您无权访问此信箱。请联系管理员。",
	notFound: "Mailbox not found: {0}. Edit the card.|Mailbox nicht gefunden: {0}. Bearbeite die Karte.|Buzón no encontrado: {0}. Edita la tarjeta.|Boîte vocale introuvable : {0}. Modifiez la carte.|Casella vocale non trovata: {0}. Modifica la scheda.|Mailbox niet gevonden: {0}. Bewerk de kaart.|Nie znaleziono skrzynki: {0}. Edytuj kartę.|Caixa postal não encontrada: {0}. Edite o cartão.|未找到信箱：{0}。请编辑卡片。",
	nothing: "Nothing found|Nichts gefunden|No se ha encontrado nada|Aucun résultat|Nessun risultato|Niets gevonden|Nic nie znaleziono|Nada encontrado|未找到任何内容",
	of: "{0} of {1}|{0} von {1}|{0} de {1}|{0} sur {1}|{0} di {1}|{0} van {1}|{0} z {1}|{0} de {1}|{0}，共 {1}",
	pause: "Pause|Pausieren|Pausar|Mettre en pause|Metti in pausa|Pauzeren|Wstrzymaj|Pausar|暂停",
	pending: "Transcribing…|Wird in Text umgewandelt …|Transcribiendo…|Transcription…|Trascrizione…|Wordt uitgeschreven…|Trwa transkrypcja…|Transcrevendo…|正在转写…",
	play: "Play|Wiedergeben|Reproducir|Lire|Riproduci|Afspelen|Odtwórz|Reproduzir|播放",
	playOn: "Play on|Wiedergeben auf|Reproducir en|Lire sur|Riproduci su|Afspelen op|Odtwórz na|Reproduzir em|播放到",
	playing: "Playing on {0}|Wiedergabe auf {0}|Reproduciendo en {0}|Lecture sur {0}|In riproduzione su {0}|Wordt afgespeeld op {0}|Odtwarzanie na: {0}|Reproduzindo em {0}|正在 {0} 上播放",
	read: "Mark as read|Als gelesen markieren|Marcar como leído|Marquer comme lu|Segna come letto|Markeren als gelezen|Oznacz jako przeczytaną|Marcar como lida|标记为已读",
	readAll: "Mark all as read|Alle als gelesen markieren|Marcar todos como leídos|Tout marquer comme lu|Segna tutti come letti|Alles markeren als gelezen|Oznacz wszystkie jako przeczytane|Marcar todas como lidas|全部标记为已读",
	reload: "Reload the page.|Lade die Seite neu.|Vuelve a cargar la página.|Rechargez la page.|Ricarica la pagina.|Herlaad de pagina.|Wczytaj stronę ponownie.|Recarregue a página.|请重新加载页面。",
	search: "Search|Suchen|Buscar|Rechercher|Cerca|Zoeken|Szukaj|Pesquisar|搜索",
	stale: "Not up to date.|Nicht aktuell.|No está actualizado.|Pas à jour.|Non aggiornato.|Niet bijgewerkt.|Nieaktualne.|Desatualizado.|不是最新内容。",
	transcribe: "Transcribe|In Text umwandeln|Transcribir|Transcrire|Trascrivi|Uitschrijven|Transkrybuj|Transcrever|转写",
	unavailable: "Not available right now.|Gerade nicht verfügbar.|No disponible en este momento.|Indisponible pour le moment.|Al momento non disponibile.|Momenteel niet beschikbaar.|Obecnie niedostępna.|Indisponível no momento.|当前不可用。",
	undo: "Undo|Rückgängig|Deshacer|Annuler|Annulla|Ongedaan maken|Cofnij|Desfazer|撤消",
	unknown: "Unknown|Unbekannt|Desconocido|Inconnu|Sconosciuto|Onbekend|Nieznany|Desconhecido|未知",
	unread: "Unread|Ungelesen|Sin leer|Non lu|Non letto|Ongelezen|Nieprzeczytana|Não lida|未读",
	unreadCount: "{0} unread|{0} ungelesen|{0} sin leer|{0} non lu/{0} non lus|{0} non letto/{0} non letti|{0} ongelezen|{0} nieprzeczytana/{0} nieprzeczytane/{0} nieprzeczytanych|{0} não lida/{0} não lidas|{0} 条未读",
	voicemail: "Voicemail|Voicemail|Correo de voz|Messagerie vocale|Segreteria telefonica|Voicemail|Poczta głosowa|Correio de voz|语音信箱",
};

/** @typedef {keyof typeof TEXTS} TextKey */

const STYLE = `
:host { display:block; height:100%; --first:var(--primary-text-color, #212121);
	--second:var(--secondary-text-color, #727272); --accent:var(--primary-color, #03a9f4);
	--fill:var(--secondary-background-color, #e5e5e5);
	--edge:1px solid var(--divider-color, #e0e0e0) }
ha-card, .panel { display:flex; flex-direction:column }
ha-card { height:100%; box-sizing:border-box; overflow:hidden;
	font-size:var(--ha-font-size-m, 14px); line-height:1.45; color:var(--first); overflow-wrap:anywhere }
header, .title, .seek, .acts, .row { display:flex; align-items:center; gap:8px }
.title, .acts { flex-wrap:wrap }
header { padding:12px 16px 8px }
h2 { min-width:0; line-height:1.3; font-weight:400;
	font-size:var(--ha-card-header-font-size, var(--ha-font-size-2xl, 24px)) }
.badge { padding:2px 10px; border-radius:1em; background:var(--accent); color:var(--text-primary-color, #fff) }
.all, .gone button { margin-inline-start:auto }
button, input, select, a { font:inherit; color:var(--first); min-height:40px; box-sizing:border-box; max-width:100% }
button { background:none; border:0; padding:0; cursor:pointer; text-align:start }
[aria-disabled=true] { opacity:.5 }
:focus-visible { outline:2px solid var(--accent); outline-offset:-2px }
ha-icon { flex:none }
.act ha-icon { --mdc-icon-size:20px; color:var(--accent) }
.round { min-width:40px; flex:none; display:grid; place-items:center; border-radius:20px }
.find { margin:0 16px 8px; padding:0 12px; border-radius:8px; border:var(--edge); background:none }
::placeholder { color:var(--second); opacity:1 }
h2, ul, p { list-style:none; margin:0; padding:0 }
h2, p, .badge { unicode-bidi:plaintext }
.notices li { display:flex; gap:12px; padding:0 16px 8px; color:var(--second) }
.notices ha-icon { color:var(--warning-color, #ffa600) }
.list { overflow-y:auto; min-height:0 }
.list li { border-top:var(--edge) }
.row { padding-inline-start:16px }
.play { background:var(--fill); color:var(--second) }
.unread .play { background:var(--accent); color:var(--text-primary-color, #fff) }
.main { flex:1; min-width:0; min-height:64px; padding:8px 0; padding-inline-start:4px }
.line { display:flex; flex-wrap:wrap; gap:0 12px; align-items:baseline; margin-inline-end:16px }
.line > span:last-child { margin-inline-start:auto; flex:none }
.clip { flex:1 1 6em; text-align:-webkit-match-parent; text-align:match-parent;
	overflow:hidden; text-overflow:ellipsis; white-space:nowrap }
.box { flex:none; max-width:40% }
.open .clip { flex-basis:auto; white-space:normal }
.caller { font-size:var(--ha-font-size-l, 16px) }
.faint { color:var(--second); font-size:var(--ha-font-size-s, 12px); font-variant-numeric:tabular-nums }
.unread .caller, .unread .caller + span { font-weight:700; color:var(--first) }
.text { max-height:15em; overflow:auto }
.panel { padding:0 16px 12px; gap:8px; white-space:pre-line }
[type=range] { flex:1; min-width:0; margin:0; appearance:none;
	background:linear-gradient(var(--second) 0 0) center / 100% 2px no-repeat }
::-webkit-slider-thumb { appearance:none; width:16px; height:16px; border-radius:8px; background:var(--accent) }
::-moz-range-thumb { border:0; width:16px; height:16px; border-radius:8px; background:var(--accent) }
.act, select { display:inline-flex; align-items:center; gap:8px; padding:0 14px; border-radius:20px;
	border:var(--edge); text-decoration:none; background:var(--card-background-color, #fff) }
.bad, .delete ha-icon { color:var(--error-color, #db4437) }
.note { padding:0 16px 12px }
.gone { padding:12px 16px; color:var(--second) }
.more { flex:none; text-align:center; border-top:var(--edge) }
.empty { padding:16px 16px 24px; text-align:center; color:var(--second) }
.sr { position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%) }
@media (hover: hover) { button:not(.play):hover, a:hover { background:var(--fill) } }
`;

/** Return the texts of a language, or English ones. @param {string} language @returns {(key: TextKey, ...values: (string | number)[]) => string} */
const translator = (language) => {
	const [base, ...columns] = [language, ...LANGUAGES].map((tag) => tag.split("-")[0]);
	const column = Math.max(0, columns.indexOf(base));
	const plural = new Intl.PluralRules(LANGUAGES[column]);
	return (key, ...values) => {
		const forms = TEXTS[key].split("|")[column].split("/");
		const form = ["one", "few"].indexOf(plural.select(Number(values[0])));
		return (forms[form] ?? forms[forms.length - 1]).replace(/\{(\d)\}/g, (_, index) => String(values[index]));
	};
};

/** Return the texts in the language of the page. */
const pageTexts = () => translator(document.documentElement.lang || navigator.language);

/** Shorten what a caller sent to a line, without cutting a character in two. @param {string} text */
const bounded = (text) => (text.length > 200 ? `${text.slice(0, 200).replace(/[\ud800-\udbff]$/, "")}…` : text);

/** Return what a search compares, without case and accents. @param {string} text */
const folded = (text) => {
	const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
	return plain.replace(/ß/g, "ss").replace(/ł/g, "l");
};

/** Return a duration as players show it: 0:32, 1:02:03. @param {number} seconds */
const clock = (seconds) =>
	new Date(seconds * 1_000)
		.toISOString()
		.slice(11, 19)
		.replace(/^(00:0?|0)/, "");

/** Return the link that calls a number, if it is one and no code. @param {string} number */
const callLink = (number) => {
	const digits = number.replace(/[\s\-./()]/g, "");
	return /^\+?\d{2,20}$/.test(digits) && `tel:${digits}`;
};

/** Whether an entity is the event entity of a mailbox. @param {Hass} hass @param {string} id */
const isMailbox = (hass, id) => id.startsWith("event.") && hass.entities[id]?.platform === DOMAIN;

/** Times in the language, time zone and format of the user. */
class Times {
	/** @param {Hass} hass */
	constructor({ config, language, locale }) {
		const timeZone = locale.time_zone === "local" ? undefined : config.time_zone;
		const system = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hourCycle;
		/** By time format; of the language otherwise. @type {any} */
		const cycles = { 12: "h12", 24: "h23", system };
		const hourCycle = cycles[locale.time_format];
		/** @param {Intl.DateTimeFormatOptions} options */
		const format = (options) => new Intl.DateTimeFormat(language, { timeZone, ...options });
		/** @type {Intl.DateTimeFormatOptions} */
		const time = { hour: "numeric", minute: "2-digit", hourCycle };
		this.time = format(time);
		this.weekday = format({ ...time, weekday: "short" });
		this.date = format({ day: "numeric", month: "short" });
		this.year = format({ day: "numeric", month: "short", year: "numeric" });
		this.all = format({ dateStyle: "full", timeStyle: "short", hourCycle });
		this.ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
		this.day = new Intl.DateTimeFormat("sv", { timeZone }); // 2026-10-31
	}

	/** Return a time as people say it. @param {number} time */
	say(time) {
		const minutes = Math.floor((Date.now() - time) / 60_000);
		const [day, today] = [time, Date.now()].map((value) => this.day.format(value));
		const days = (Date.parse(today) - Date.parse(day)) / 86_400_000;
		let said = (day.slice(0, 4) === today.slice(0, 4) ? this.date : this.year).format(time);
		if (Math.abs(minutes) < 60) said = this.ago.format(-Math.max(0, minutes), minutes > 0 ? "minute" : "second");
		else if (days === 0) said = this.time.format(time);
		else if (days === 1) said = `${this.ago.format(-1, "day")} ${this.time.format(time)}`;
		else if (days > 0 && days < 7) said = this.weekday.format(time);
		return said.charAt(0).toLocaleUpperCase() + said.slice(1);
	}
}

/** Describe an element: tag and classes, what is in it, attributes and listeners. @type {Describe} */
const h = (name, inside = [], { key = name, ...values } = {}) => {
	const [tag, ...classes] = name.split(".");
	const children = [inside]
		.flat()
		.map((child, at) => (typeof child === "string" && child ? h("", [], { key: at, data: child }) : child));
	return {
		tag,
		key,
		values: { class: classes.join(" "), ...values },
		children: /** @type {View[]} */ (children.filter(Boolean)),
	};
};

/** @param {string} name */
const icon = (name) => h("ha-icon", [], { icon: `mdi:${name}` });

/** What a caller sent, in its own direction: numbers go from left to right. @param {string} name @param {string} text */
const quote = (name, text) => h(name, bounded(text), { dir: /\p{L}/u.test(text) ? "auto" : "ltr" });

/** What each node of the page shows. @type {WeakMap<Node, View>} */
const views = new WeakMap();

/** Make a node what a view describes, and touch only what differs. @param {any} node @param {View} view */
const show = (node, view) => {
	const before = views.get(node);
	views.set(node, view);
	fill(node, view.children);
	for (const [name, value] of Object.entries(view.values)) {
		if (/^(on|data$|value$)/.test(name)) node[name] === value || (node[name] = value);
		else if ((before?.values[name] ?? "") === value) continue;
		else if (value === false) node.removeAttribute(name);
		else node.setAttribute(name, value === true ? "" : value);
	}
};

/** Fill a node, and move nothing that is in its place: it may have the focus. @param {Node} parent @param {View[]} inside */
const fill = (parent, inside) => {
	const nodes = new Map(Array.from(parent.childNodes, (node) => [views.get(node)?.key, node]));
	const keys = new Set(inside.map(({ key }) => key));
	for (const [key, node] of nodes) if (!keys.has(key)) node.remove();
	let next = parent.firstChild;
	for (const view of inside) {
		const node = nodes.get(view.key) ?? (view.tag ? document.createElement(view.tag) : document.createTextNode(""));
		if (node === next) next = node.nextSibling;
		else parent.insertBefore(node, next);
		show(node, view);
	}
};

/** @typedef {MailboxFacts & {id: string, name: string, items: Map<string, Item>}} Box */

/** Return a mailbox of which nothing is known yet. @param {string} id @returns {Box} */
const newBox = (id) => ({ id, items: new Map(), state: "loading", name: "" });

/** A message as the card holds it: replaced, never changed. */
class Item {
	/** @param {Box} box @param {Message} message */
	constructor(box, message) {
		this.box = box;
		this.message = message;
		this.key = `${box.id}\n${message.message_id}`;
		this.time = Date.parse(message.time ?? "");
		this.name = bounded(message.caller_name.trim());
		this.number = bounded(message.caller_number.trim());
		this.text = message.transcript?.text ?? "";
		this.folded = "";
	}

	/** Whether each word is in it. @param {string[]} words */
	has(words) {
		this.folded ||= folded([this.name, this.number, this.number.replace(/\D/g, ""), this.text].join("\n"));
		return words.every((word) => this.folded.includes(word));
	}

	/** Newest first; those without a time come last. @param {Item} one @param {Item} other */
	static order(one, other) {
		return (other.time || 0) - (one.time || 0) || (one.message.message_id > other.message.message_id ? -1 : 1);
	}
}

/** The one audio element. Nothing is fetched before somebody plays. */
class Player {
	/** Of all cards of a page, one plays. @type {Player | undefined} */
	static #last;
	audio = document.createElement("audio");
	loading = false;
	#start = 0;
	#turn = 0;

	get loaded() {
		return this.audio.hasAttribute("src");
	}

	get on() {
		return this.loading || !this.audio.paused;
	}

	get position() {
		return this.loaded ? this.audio.currentTime : this.#start;
	}

	set position(seconds) {
		if (this.loaded) this.audio.currentTime = seconds;
		else this.#start = seconds;
	}

	/** How many seconds were played; what was skipped does not count. */
	get heard() {
		const { played } = this.audio;
		let seconds = 0;
		for (let part = 0; part < played.length; part++) seconds += played.end(part) - played.start(part);
		return seconds;
	}

	pause() {
		this.#turn++;
		this.loading = false;
		this.audio.pause();
	}

	stop() {
		this.pause();
		this.audio.removeAttribute("src");
		this.audio.load();
		this.#start = 0;
	}

	/** @param {() => Promise<string>} resolve returns where the audio is */
	async play(resolve) {
		if (Player.#last !== this) Player.#last?.pause();
		Player.#last = this;
		if (!this.loaded) {
			this.audio.load(); // in the tap itself: Safari does not play what only comes after it
			const turn = ++this.#turn;
			this.loading = true;
			const url = await resolve().finally(() => (this.loading &&= turn !== this.#turn));
			if (turn !== this.#turn || !this.audio.isConnected) return;
			this.audio.src = url;
			this.audio.currentTime = this.#start;
		}
		await this.audio.play();
	}

	get nextSpeed() {
		return SPEEDS[(SPEEDS.indexOf(this.audio.playbackRate) + 1) % SPEEDS.length];
	}

	speedUp() {
		this.audio.defaultPlaybackRate = this.nextSpeed; // of the next messages, too
		this.audio.playbackRate = this.nextSpeed;
	}
}

class Card extends HTMLElement {
	/** @type {Map<string, Box>} */
	#boxes = new Map();
	/** @type {CardConfig} */
	#config = {};
	/** Those that wait for Undo, or without a timer for Home Assistant. @type {Map<string, {item: Item, timer: number}>} */
	#deleted = new Map();
	/** @type {Hass} */
	#hass;
	/** All of them in order, until something changes. @type {Item[] | undefined} */
	#items;
	/** What became of the last action on a message. @type {Map<string, View>} */
	#notes = new Map();
	/** Ends the subscription. @type {Promise<() => Promise<void>> | undefined} */
	#stop;
	/** @type {Times} */
	#times;
	#attempts = 0;
	#card = document.createElement("ha-card");
	#frame = 0;
	#isHeard = false;
	#look = "";
	#minute = 0;
	#mediaPlayer = "";
	#open = "";
	#player = new Player();
	#query = "";
	#retry = 0;
	#root = this.attachShadow({ mode: "open" });
	#said = "";
	#size = FIRST_ROWS;
	#t = pageTexts();
	#turn = 0;

	constructor() {
		super();
		const { audio } = this.#player;
		const style = Object.assign(document.createElement("style"), { textContent: STYLE });
		this.#root.append(style, this.#card, audio);
		for (const event of ["play", "pause", "timeupdate", "durationchange", "ratechange"]) {
			audio.addEventListener(event, () => this.#tick());
		}
		audio.addEventListener("error", () => {
			this.#player.stop();
			this.#note(this.#open);
		});
	}

	static getConfigForm() {
		const t = pageTexts();
		const mailbox = { domain: "event", integration: DOMAIN };
		const player = { domain: "media_player", supported_features: [PLAY_MEDIA] };
		return {
			schema: [
				{
					name: "entities",
					label: t("voicemail"),
					required: true,
					selector: { entity: { multiple: true, filter: mailbox } },
				},
				{ name: "title", selector: { text: {} } },
				{ name: "media_player", label: t("mediaPlayer"), selector: { entity: { filter: player } } },
				{ name: "mark_as_read", label: t("heard"), default: true, selector: { boolean: {} } },
			],
			/** @param {{label?: string}} field */
			computeLabel: ({ label }) => label, // of the others, Home Assistant has one
		};
	}

	/** @param {Hass} hass */
	static getStubConfig(hass) {
		const first = Object.keys(hass.entities).find((id) => isMailbox(hass, id));
		return { entities: first ? [first] : [] };
	}

	/** @param {CardConfig} config */
	setConfig(config) {
		const ids = [...new Set([config.entity ?? [], config.entities ?? []].flat())];
		const wrong = ids.find((id) => !/^event\./.test(id));
		if (wrong || !ids.length) throw new Error(this.#t("notFound", wrong ?? "entities"));
		if (this.#config.media_player !== config.media_player) this.#mediaPlayer = config.media_player ?? "";
		this.#config = config;
		const before = [...this.#boxes.keys()].join();
		this.#boxes = new Map(ids.map((id) => [id, this.#boxes.get(id) ?? newBox(id)]));
		if (before !== ids.join()) this.#subscribe();
		this.#change();
	}

	/** Called for each change of any state in the house. @param {Hass} hass */
	set hass(hass) {
		const { config, connected, language, locale } = hass;
		const isFirst = !this.#hass;
		this.#hass = hass;
		const look = [language, locale.time_format, locale.time_zone, config.time_zone, connected].join();
		if (look !== this.#look) {
			this.#look = look;
			this.#times = new Times(hass);
			this.#t = translator(language);
			this.#update();
		}
		if (isFirst && this.isConnected) this.connectedCallback();
	}

	connectedCallback() {
		document.addEventListener("visibilitychange", this.#wake);
		this.#hass?.connection.addEventListener("ready", this.#resume);
		this.#subscribe();
		this.#wake();
	}

	disconnectedCallback() {
		document.removeEventListener("visibilitychange", this.#wake);
		this.#hass?.connection.removeEventListener("ready", this.#resume);
		this.#unsubscribe();
		clearTimeout(this.#minute);
	}

	getCardSize() {
		return 3 + this.#lines.length;
	}

	getGridOptions() {
		return { min_columns: 6, min_rows: 3 };
	}

	#resume = () => {
		this.#stop = undefined; // on a new connection, its number is another subscription's
		this.#subscribe();
	};

	/** Keep the times right while somebody can see them. */
	#wake = () => {
		clearTimeout(this.#minute);
		if (document.hidden) return;
		this.#update();
		this.#minute = setTimeout(this.#wake, 60_000 - (Date.now() % 60_000));
	};

	async #subscribe() {
		this.#unsubscribe();
		if (!this.#hass || !this.#boxes.size || !this.isConnected) return;
		const turn = this.#turn;
		this.#stop = this.#hass.connection.subscribeMessage(
			(event) => turn === this.#turn && this.#receive(event),
			{ type: `${DOMAIN}/messages/subscribe`, entity_ids: [...this.#boxes.keys()] },
			{ resubscribe: false }, // that gives up where the command is not there yet after a restart
		);
		const isDone = await this.#stop.then(Boolean, () => false);
		if (turn !== this.#turn) return;
		const pause = Math.min(1_000 * 2 ** this.#attempts, 15_000);
		this.#attempts = isDone ? 0 : this.#attempts + 1;
		if (!isDone) this.#retry = setTimeout(() => this.#subscribe(), pause);
		this.#update();
	}

	#unsubscribe() {
		this.#turn++;
		clearTimeout(this.#retry);
		this.#stop?.then((stop) => stop()).catch(() => {});
		this.#stop = undefined;
	}

	/** @param {CardEvent} event */
	#receive(event) {
		const box = this.#boxes.get(event.entity_id);
		if (!box) return;
		const { messages = [], ...facts } = event;
		if (event.type === "change") {
			box.is_current = event.is_current;
			for (const id of event.removed) box.items.delete(id);
		} else if (event.type !== "mailbox") return;
		// What is out of reach stays on the page; what is gone, or not for this user, does not.
		else if (["loading", "unavailable"].includes(event.state)) box.state = event.state;
		else Object.assign(box, newBox(box.id), facts);
		this.#keep(box, messages);
	}

	/** @param {Box} box @param {Message[]} messages */
	#keep(box, messages) {
		for (const message of messages) box.items.set(message.message_id, new Item(box, message));
		this.#change();
	}

	#change() {
		this.#items = undefined;
		this.#update();
	}

	#update() {
		if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#render());
	}

	#render() {
		this.#frame = 0;
		if (!this.#hass) return;
		const t = this.#t;
		const boxes = [...this.#boxes.values()];
		const items = (this.#items ??= boxes.flatMap((box) => [...box.items.values()]).sort(Item.order));
		const words = folded(this.#query).split(/\s+/).filter(Boolean);
		const found = words.length ? items.filter((item) => item.has(words)) : items;
		const at = found.findIndex((item) => item.key === this.#open);
		if (this.#open && at < 0) return this.#unfold(""); // it is gone
		const rows = found.slice(0, Math.max(this.#size, at + 1));
		const unread = items.filter(({ key, message }) => message.unread && !this.#deleted.has(key));
		const canRead = !words.length && unread.some(({ box }) => box.can_control);
		const title = this.#config.title || (boxes.length === 1 && boxes[0].name) || t("voicemail");
		const notices = this.#explain(boxes).map((text) => h("li", [icon("alert"), h("bdi", text)], { key: text }));
		const list = rows.map((item) => this.#row(item));
		const state = boxes.some((box) => box.state === "loading") ? "loading" : "empty";
		const empty = items.length ? t("nothing") : !notices.length && t(state);
		const focus = this.#root.activeElement;
		const place = this.#place(focus);
		const view = h("ha-card", [
			h("header", [
				h("div.title", [h("h2", title), unread.length && h("span.badge", t("unreadCount", unread.length))]),
				canRead &&
					h("button.round.all", [icon("check-all")], { title: t("readAll"), onclick: () => this.#read(unread) }),
			]),
			h("ul.notices", notices),
			items.length &&
				h("input.find", [], {
					type: "search",
					placeholder: t("search"),
					value: this.#query,
					oninput: (event) => this.#search(event.target.value),
				}),
			h("ul.list", list, { role: "list", onkeydown: (event) => this.#press(event) }),
			found.length > rows.length && h("button.more", t("more"), { onclick: () => this.#showMore(rows.length) }),
			!found.length && h("p.empty", empty),
			h("div.sr", this.#said, { role: "status" }),
		]);
		show(this.#card, view);
		if (focus && !focus.isConnected) this.#focus(place);
	}

	/** Return what there is to know about the list. @param {Box[]} boxes */
	#explain(boxes) {
		const t = this.#t;
		const lines = boxes.map(({ id, is_current = true, items: { size }, limit, name, state }) => {
			if (state === "not_allowed") return t("notAllowed"); // and no name
			if (state === "not_found") return t("notFound", id);
			const said = [
				size && (state !== "ready" || !is_current) && t("stale"),
				state === "unavailable" && t("unavailable"),
				size >= (limit ?? (size > 100 ? 500 : 100)) * 0.9 && t("full", limit ? t("of", size, limit) : size),
			];
			const line = said.filter(Boolean).join(" ");
			return line && boxes.length > 1 ? `${name || id}: ${line}` : line;
		});
		if (this.#attempts) lines.unshift(`${t("unavailable")} ${t("reload")}`);
		if (this.#hass.connected === false) lines.unshift(t("stale"));
		return [...new Set(lines)].filter(Boolean);
	}

	/** Describe one message in the list. @param {Item} item */
	#row(item) {
		const { box, key, message, name, number, time } = item;
		const t = this.#t;
		const deletion = this.#deleted.get(key);
		const isOpen = key === this.#open;
		const caller = name || number || t("unknown");
		const act = isOpen && this.#player.on ? "pause" : "play";
		const play = { "aria-label": `${t(act)}: ${caller}`, onclick: () => this.#play(item) };
		const main = { "aria-expanded": `${isOpen}`, onclick: () => this.#unfold(isOpen ? "" : key) };
		const undo = { "aria-disabled": `${!deletion?.timer}`, onclick: () => this.#undo(item) };
		const lines = [
			h("span.line", [
				message.unread && h("span.sr", t("unread")),
				quote("bdi.clip.caller", caller),
				time && h("span.faint", this.#times.say(time)),
			]),
			h("span.line.faint", [
				this.#boxes.size > 1 && h("bdi.clip.box", box.name),
				!isOpen && quote("bdi.clip.about", this.#text(item) || (name && number)),
				h("span", clock(message.duration)),
			]),
		];
		const row = h(`li${message.unread ? ".unread" : ""}${isOpen ? ".open" : ""}`, [
			deletion
				? h("div.row.gone", [t("deleted"), h("button.act", t("undo"), undo)])
				: h("div.row", [h("button.round.play", [icon(act)], play), h("button.main", lines, main)]),
			isOpen && this.#panel(item),
			this.#notes.get(key),
		]);
		return { ...row, key };
	}

	/** Describe what an open row shows. @param {Item} item */
	#panel(item) {
		const { box, message, name, number, time } = item;
		const t = this.#t;
		const player = this.#player;
		const length = this.#length(item);
		const [position, end] = [player.position, length].map(clock);
		const speed = `${player.nextSpeed.toLocaleString(this.#hass.language)}×`;
		const text = this.#text(item);
		const hasNone = /failed|unknown/.test(message.transcript?.state ?? "failed");
		const players = Object.values(this.#hass.states)
			.filter(({ entity_id: id, state }) => /^media_player\./.test(id) && state !== "unavailable")
			.filter(({ attributes }) => Number(attributes.supported_features) & PLAY_MEDIA)
			.map(({ attributes, entity_id: id }) => [id, attributes.friendly_name ?? id])
			.sort(([, one], [, other]) => one.localeCompare(other));
		/** @param {TextKey} act @param {string} mdi @param {() => void} onclick */
		const button = (act, mdi, onclick) => h(`button.act.${act}`, [icon(mdi), t(act)], { onclick });
		const choices = [["", t("mediaPlayer")], ...players].map(([id, label]) =>
			h("option", label, { key: id, value: id }),
		);
		return h("div.panel", [
			h("div.seek", [
				h("input", [], {
					"aria-label": `${t("play")}: ${name || number}`,
					"aria-valuetext": t("of", position, end),
					type: "range",
					max: length,
					step: "any",
					value: `${player.position}`,
					oninput: (event) => this.#seek(event.target.valueAsNumber),
				}),
				h("span.faint", `${position} / ${end}`),
				h("button.round", speed, { "aria-label": `${t("play")}: ${speed}`, onclick: () => player.speedUp() }),
			]),
			text && h("p.text", text),
			h("p.faint", [time && h("div", this.#times.all.format(time)), name && quote("bdi", number)]),
			h("div.acts", [
				callLink(number) && h("a.act", [icon("phone"), t("call")], { href: callLink(number) }),
				message.unread && box.can_control && button("read", "check", () => this.#read([item])),
				hasNone && box.can_transcribe && button("transcribe", "text", () => this.#transcribe(item)),
				box.can_control && button("delete", "delete", () => this.#delete(item)),
				players.length && button("playOn", "speaker", () => this.#playOn(item)),
				players.length &&
					h("select", choices, {
						"aria-label": t("mediaPlayer"),
						value: this.#mediaPlayer,
						onchange: (event) => (this.#mediaPlayer = event.target.value),
					}),
			]),
		]);
	}

	get #lines() {
		return [...this.#card.querySelectorAll(".list > li")];
	}

	/** @param {Element | null} inside */
	#place(inside) {
		return this.#lines.findIndex((line) => line.contains(inside));
	}

	/** Focus a row; one that has the focus may be gone. @param {number} at */
	#focus(at) {
		const lines = this.#lines;
		const line = lines[Math.min(Math.max(0, at), lines.length - 1)];
		/** @type {HTMLElement | null} */ (line?.querySelector(".main, .gone button"))?.focus();
	}

	/** @param {string} query */
	#search(query) {
		this.#query = query;
		this.#size = FIRST_ROWS;
		this.#render();
	}

	/** @param {number} size how many there are */
	#showMore(size) {
		this.#size = size * 3;
		this.#render();
		this.#focus(size);
	}

	/** Open the row of a message, and no other one. @param {string} key */
	#unfold(key) {
		if (key === this.#open) return;
		this.#notes.delete(this.#open);
		this.#player.stop();
		this.#open = key;
		this.#render();
	}

	/** The message whose row is open. */
	get #item() {
		return this.#items?.find(({ key }) => key === this.#open);
	}

	/** Show what changed in the open row: while it plays, often. */
	#tick() {
		const item = this.#item;
		const line = this.#card.querySelector(".open");
		if (!item || !line) return;
		show(line, this.#row(item));
		// A message is heard when more than half of it was played.
		const isHeard = this.#player.heard > this.#length(item) / 2;
		if (this.#isHeard || !isHeard || this.#config.mark_as_read === false) return;
		this.#isHeard = true;
		this.#read([item]);
	}

	/** @param {Item} item */
	#length({ message }) {
		const { duration } = this.#player.audio;
		return duration > 0 && duration < Infinity ? duration : message.duration;
	}

	/** Return the text of a message, or why there is none. @param {Item} item */
	#text({ message: { transcript }, text }) {
		return transcript && transcript.state !== "text" ? this.#t(transcript.state) : text;
	}

	/** @param {Item} item */
	async #play(item) {
		this.#unfold(item.key);
		if (this.#player.on) return this.#player.pause();
		this.#notes.delete(item.key);
		this.#isHeard = false;
		const { media_content_id } = item.message;
		const playing = this.#player.play(async () => {
			const { url } = await this.#hass.callWS({ type: "media_source/resolve_media", media_content_id });
			return this.#hass.hassUrl(url);
		});
		this.#tick();
		await playing.catch((error) => error instanceof DOMException || this.#note(item.key, error));
		this.#tick();
	}

	/** @param {number} position */
	#seek(position) {
		const item = this.#item;
		if (item) this.#player.position = Math.min(Math.max(0, position), this.#length(item));
		this.#tick();
	}

	/** Arrow keys go along the message or the list. @param {any} event */
	#press(event) {
		const { target } = event;
		const ahead = getComputedStyle(this).direction === "rtl" ? -5 : 5;
		const keys = Object.entries({ ArrowLeft: -ahead, ArrowRight: ahead, ArrowDown: -10, ArrowUp: 10 });
		const seconds = new Map(keys).get(event.key);
		if (!seconds || event.ctrlKey || event.altKey || event.metaKey) return;
		if (target.type === "range") this.#seek(this.#player.position + seconds);
		else if (seconds % 10 === 0 && target.closest(".row")) this.#focus(this.#place(target) - seconds / 10);
		else return;
		event.preventDefault();
	}

	/** Mark messages as read, where the user may. @param {Item[]} items */
	#read(items) {
		for (const box of this.#boxes.values()) {
			const mine = items.filter((item) => item.box === box && item.message.unread && box.can_control);
			const message_ids = mine.map(({ message }) => message.message_id);
			if (mine.length) this.#send("mark_read", mine[0], { message_ids }, () => this.#edit(mine, { unread: false }));
		}
	}

	/** @param {Item} item */
	async #transcribe(item) {
		const { message_id, transcript } = item.message;
		const pending = { state: "pending" };
		this.#edit([item], { transcript: pending });
		await this.#send("transcribe", item, { message_id }, (result) => this.#edit([item], { transcript: result }));
		const now = item.box.items.get(message_id)?.message.transcript;
		if (now === pending) this.#edit([item], { transcript });
	}

	/** @param {Item} item */
	#playOn({ box, key, message: { message_id } }) {
		const id = this.#mediaPlayer;
		if (!id) return this.#card.querySelector("select")?.focus();
		const hass = this.#hass;
		const mark_as_read = box.can_control && this.#config.mark_as_read !== false;
		const data = { mailbox: box.id, message_id, mark_as_read };
		const said = this.#t("playing", hass.states[id]?.attributes.friendly_name ?? id);
		this.#player.pause();
		this.#try(key, hass.callService(DOMAIN, "play_message", data, { entity_id: id }, false), () =>
			this.#note(key, said, false),
		);
	}

	/** Delete a message, unless it is undone, in five seconds or when the page goes away. @param {Item} item */
	#delete(item) {
		this.#deleted.set(item.key, { item, timer: setTimeout(() => this.#finish(item), UNDO_MS) });
		addEventListener("pagehide", this.#leave);
		this.#said = this.#t("deleted");
		this.#unfold("");
	}

	/** @param {Item} item */
	#undo({ key }) {
		const timer = this.#deleted.get(key)?.timer;
		if (!timer) return;
		clearTimeout(timer);
		this.#settle(key);
		this.#render();
	}

	/** @param {Item} item */
	async #finish(item) {
		const { box, key } = item;
		const { message_id } = item.message;
		clearTimeout(this.#deleted.get(key)?.timer);
		this.#deleted.set(key, { item, timer: 0 });
		this.#update();
		if (box.items.has(message_id)) {
			await this.#send("delete", item, { message_ids: [message_id] }, () => box.items.delete(message_id));
		}
		this.#settle(key);
	}

	/** @param {string} key */
	#settle(key) {
		this.#deleted.delete(key);
		if (!this.#deleted.size) removeEventListener("pagehide", this.#leave);
		this.#change();
	}

	#leave = () => {
		for (const { item, timer } of this.#deleted.values()) if (timer) this.#finish(item);
	};

	/** @param {string} command @param {Item} item @param {object} data @param {(result: any) => void} done */
	#send(command, { box, key }, data, done) {
		const type = `${DOMAIN}/messages/${command}`;
		return this.#try(key, this.#hass.callWS({ type, entity_id: box.id, ...data }), done);
	}

	/** @param {string} key @param {Promise<any>} action @param {(result: any) => void} done */
	async #try(key, action, done) {
		this.#notes.delete(key);
		try {
			done(await action);
			this.#change();
		} catch (error) {
			this.#note(key, error);
		}
	}

	/** Show what a command changed, which Home Assistant sends, too. @param {Item[]} items @param {object} changes */
	#edit(items, changes) {
		for (const { box, message } of items) {
			const now = box.items.get(message.message_id);
			if (now) this.#keep(box, [{ ...now.message, ...changes }]);
		}
	}

	/** Say what became of an action on a message. @param {string} key @param {any} said @param {boolean} bad: an error */
	#note(key, said = {}, bad = true) {
		this.#said = bad ? said.message || this.#t("unavailable") : said;
		this.#notes.set(key, h(bad ? "p.note.bad" : "p.note", this.#said));
		this.#update();
	}
}

if (!customElements.get(TYPE)) {
	customElements.define(TYPE, Card);
	(window.customCards ??= []).push({
		type: TYPE,
		name: "Yeastar Voicemail",
		preview: true,
		get description() {
			return pageTexts()("voicemail");
		},
		getEntitySuggestion: (hass, id) =>
			isMailbox(hass, id) ? { config: { type: `custom:${TYPE}`, entities: [id] } } : null,
	});
}
