// Checks the text of a receipt where nobody else is asked: no network, no server, no storage.
// What makes a receipt genuine is the same as in the offices' program: its device's certificate
// leads to the root, and the device's key signed. Everything that cannot be shown is not "genuine".
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  // Provinces with their communes, a code and a name each.
  const communes = {};
  for (const [province, list] of Object.entries(data.provinces)) {
    for (const commune of list.split("|")) communes[commune.slice(0, 5)] = `${commune.slice(5)}, ${province}`;
  }
  const by = (id) => document.getElementById(id);
  const HOUR = 3600, DAY = 86400;
  const OF_ED25519 = "06032b6570";

  /** Why a text is not believed; its code names the words. */
  class Refused extends Error {
    constructor(code) { super(code); this.code = code; }
  }
  const damaged = () => new Refused("receipt-damaged");
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

  // --- Base45 (RFC 9285), one spelling only ---
  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  function base45(text) {
    const bytes = [];
    for (let at = 0; at < text.length; at += 3) {
      const places = [...text.slice(at, at + 3)].map((letter) => LETTERS.indexOf(letter));
      if (places.length < 2 || places.includes(-1)) throw damaged();
      const number = places.reduceRight((all, place) => all * 45 + place, 0);
      if (number >= (places.length === 3 ? 65536 : 256)) throw damaged();
      if (places.length === 3) bytes.push(number >> 8);
      bytes.push(number & 255);
    }
    return Uint8Array.from(bytes);
  }

  // --- CBOR (RFC 8949): what a receipt has, in the shortest form alone ---
  class Reader {
    constructor(bytes) { this.bytes = bytes; this.at = 0; }
    take(count) {
      const end = this.at + count;
      if (end > this.bytes.length) throw damaged();
      const part = this.bytes.subarray(this.at, end);
      this.at = end;
      return part;
    }
    head() {
      const [first] = this.take(1);
      const kind = first >> 5, short = first & 31;
      if (short < 24) return [kind, short];
      if (short > 27) throw damaged();
      const number = this.take(1 << (short - 24)).reduce((all, byte) => all * 256 + byte, 0);
      if (number < [24, 256, 65536, 4294967296][short - 24]) throw damaged();
      return [kind, number];
    }
    /** The argument of the next item, which has to be of this kind. */
    of(kind, wanted) {
      const [found, number] = this.head();
      if (found !== kind || (wanted !== undefined && number !== wanted)) throw damaged();
      return number;
    }
    unsigned() { return this.of(0); }
    signed() {
      const [kind, number] = this.head();
      if (kind > 1) throw damaged();
      return kind === 0 ? number : -1 - number;
    }
    text(length) {
      const found = this.take(this.of(2));
      if (length !== undefined && found.length !== length) throw damaged();
      return found;
    }
    end() { if (this.at !== this.bytes.length) throw damaged(); }
  }

  /** Takes a COSE_Sign1 (RFC 9052, tag 18) apart. */
  function message(bytes) {
    const all = new Reader(bytes);
    all.of(6, 18);
    all.of(4, 4);
    const header = all.text();
    all.of(5, 0);
    const payload = all.text();
    const signature = all.text(64);
    all.end();
    const head = new Reader(header);
    head.of(5, 2);
    if (head.signed() !== 1 || head.signed() !== -8 || head.signed() !== 33) throw damaged();
    head.of(4, 2);
    const chain = [head.text(), head.text()];
    head.end();
    return { header, payload, signature, chain };
  }

  function content(payload) {
    const map = new Reader(payload);
    const count = map.of(5);
    if (count > 9) throw new Refused("receipt-newer");
    if (count !== 9) throw damaged();
    const key = (wanted) => { if (map.unsigned() !== wanted) throw damaged(); };
    key(1); const act = map.text(16);
    key(2); const kind = map.unsigned();
    key(3); const office = map.unsigned();
    key(4); map.of(4, 2); map.unsigned(); map.unsigned();
    key(5); const entered = map.signed();
    key(6); const error = map.unsigned();
    key(7); map.text(32);
    key(8); const standing = map.unsigned();
    key(9); const printed = map.signed();
    map.end();
    const times = [entered, printed].every((time) => Math.abs(time) < 1e11);
    if (office > 99999 || error > 4294967295 || !times) throw damaged();
    if (!data.acts[kind] || !data.standings[standing]) throw new Refused("receipt-newer");
    return { act, kind, office: String(office).padStart(5, "0"), entered, error, standing, printed };
  }

  /** What the device's key signed: the Sig_structure of COSE. */
  function signed({ header, payload }) {
    const bytes = (part) => {
      const size = part.length;
      const head = size < 24 ? [64 + size] : size < 256 ? [88, size] : [89, size >> 8, size & 255];
      return [...head, ...part];
    };
    const context = new TextEncoder().encode("Signature1");
    return Uint8Array.from([0x84, 0x60 + context.length, ...context, ...bytes(header), 0x40, ...bytes(payload)]);
  }

  // --- Certificates: of DER as much as is looked at ---
  function items(bytes) {
    const found = [];
    for (let at = 0; at < bytes.length;) {
      const begin = at;
      const tag = bytes[at];
      let size = bytes[at + 1];
      at += 2;
      if (size >= 0x80) {
        const more = size & 0x7f;
        if (more < 1 || more > 2) throw new Refused("receipt-certificate");
        size = bytes.subarray(at, at + more).reduce((all, byte) => all * 256 + byte, 0);
        at += more;
      }
      if (!(size >= 0) || at + size > bytes.length) throw new Refused("receipt-certificate");
      found.push({ tag, whole: bytes.subarray(begin, at + size), inner: bytes.subarray(at, at + size) });
      at += size;
    }
    return found;
  }
  const one = (list, tag) => {
    if (list?.tag !== tag) throw new Refused("receipt-certificate");
    return list;
  };
  /** UTCTime or GeneralizedTime, seconds since 1970. */
  function time({ tag, inner }) {
    let text = new TextDecoder().decode(inner);
    if (tag === 0x17) text = (Number(text.slice(0, 2)) < 50 ? "20" : "19") + text;
    const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
    if (!parts) throw new Refused("receipt-certificate");
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  }
  function certificate(der) {
    const outer = items(der);
    const [body, , mark] = items(one(outer[0], 0x30).inner);
    if (outer.length !== 1) throw new Refused("receipt-certificate");
    const fields = items(one(body, 0x30).inner);
    // A version stands first; then number, algorithm, issuer, validity, subject, key.
    const [validity, , spki] = fields.slice(fields[0].tag === 0xa0 ? 4 : 3);
    const [algorithm, key] = items(one(spki, 0x30).inner);
    const isEd25519 = hex(algorithm.inner) === OF_ED25519 && one(key, 0x03).inner.length === 33;
    if (!isEd25519 || one(mark, 0x03).inner.length !== 65) throw new Refused("receipt-certificate");
    const [from, until] = items(one(validity, 0x30).inner).map(time);
    const found = { body: body.whole, mark: mark.inner.subarray(1), key: key.inner.subarray(1), from, until,
      isAuthority: false, name: "" };
    for (const field of fields.filter(({ tag }) => tag === 0xa3)) {
      for (const extension of items(items(field.inner)[0].inner)) {
        const parts = items(extension.inner);
        const value = parts[parts.length - 1].inner;
        const id = hex(parts[0].inner);
        if (id === "551d13") {
          const constraints = items(items(value)[0].inner);
          found.isAuthority = constraints[0]?.tag === 0x01 && constraints[0].inner[0] === 0xff;
        }
        if (id === "551d11") {
          const names = items(items(value)[0].inner);
          if (names.length === 1 && names[0].tag === 0x86) found.name = new TextDecoder().decode(names[0].inner);
        }
      }
    }
    return found;
  }

  // --- The signatures ---
  async function isSigned(key, mark, bytes) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "Ed25519" }, imported, mark, bytes);
  }
  /** Whether this browser can check at all: a signature that is known to be good, and one that is not. */
  const able = (async () => {
    try {
      const [key, mark, bytes] = [data.trial.key, data.trial.signature, data.trial.message].map(unhex);
      const good = await isSigned(key, mark, bytes);
      const bad = await isSigned(key, mark, Uint8Array.from([...bytes, 0]));
      return good && !bad;
    } catch {
      return false;
    }
  })();

  /** Verifies a text: what it says, and what is odd about it. Throws why it is not believed. */
  async function verify(typed) {
    const text = typed.trim();
    if (text.length > data.longest) throw new Refused("receipt-too-long");
    if (!text.startsWith(data.prefix)) throw new Refused("receipt-prefix");
    const parts = message(base45(text.slice(data.prefix.length)));
    const says = content(parts.payload);
    const [device, issuing] = parts.chain.map(certificate);
    const name = /^npd:\/\/commune\/(\d{5})\/node\/([0-9a-f]{32})$/.exec(device.name);
    if (!name) throw new Refused("receipt-certificate");
    const root = unhex(data.root.key);
    const led = issuing.isAuthority && !device.isAuthority
      && await isSigned(root, issuing.mark, issuing.body)
      && await isSigned(issuing.key, device.mark, device.body);
    if (!led) throw new Refused("receipt-untrusted");
    if (!await isSigned(device.key, parts.signature, signed(parts))) throw new Refused("receipt-signature-wrong");
    const now = Date.now() / 1000;
    const doubts = [
      ["verify-doubt-certificate", says.printed < device.from || says.printed > device.until],
      ["verify-doubt-ahead", Math.max(says.entered, says.printed) > now + DAY],
      ["verify-doubt-office", says.office !== name[1]],
      ["verify-doubt-clock", says.error === 4294967295],
    ].filter(([, isSo]) => isSo).map(([key]) => key);
    return { says, device: name[2], doubts };
  }

  // --- What people see ---
  let language = "vi";
  let shown = null;
  const t = (key) => data.words[language][key] ?? key;
  function element(name, { cls, text, of = [] } = {}) {
    const made = document.createElement(name);
    if (cls) made.className = cls;
    if (text !== undefined) made.textContent = text;
    made.append(...of);
    return made;
  }
  const note = (cls, ...lines) => element("div", { cls: `note ${cls}`, of: lines.map((line) => element("p", { of: [line] })) });
  const strong = (text) => element("strong", { text });
  function tracking(office, act) {
    const letters = "abcdefghijkmnpqrstuvwxyz23456789";
    let number = act.slice(0, 5).reduce((all, byte) => all * 256n + BigInt(byte), 0n);
    let text = "";
    for (let place = 0; place < 8; place += 1, number /= 32n) text = letters[Number(number % 32n)] + text;
    return `${office}-${text.slice(0, 4)}-${text.slice(4)}`;
  }
  function moment(seconds) {
    // Viet Nam is seven hours ahead, the year round.
    const [day, clock] = new Date((seconds + 7 * HOUR) * 1000).toISOString().split("T");
    return `${clock.slice(0, 5)} ${day.split("-").reverse().join("/")}`;
  }
  function within(seconds) {
    const [count, unit] = seconds < 120 ? [seconds, "seconds"] : seconds < 2 * HOUR ? [seconds / 60, "minutes"] : seconds < 2 * DAY ? [seconds / HOUR, "hours"] : [seconds / DAY, "days"];
    return `${Math.ceil(count)} ${t(`page-${unit}`)}`;
  }
  function proven({ says, device, doubts }) {
    const word = language === "vi" ? 0 : 1;
    const entered = says.error === 4294967295 ? moment(says.entered) : `${moment(says.entered)} ± ${within(says.error)}`;
    const rows = [
      [t("tracking-code"), tracking(says.office, says.act), "mono"],
      [t("act"), data.acts[says.kind][word]],
      [t("case-office"), communes[says.office] ? `${communes[says.office]} (${says.office})` : says.office],
      [t("entered"), entered],
      [t("verify-then"), `${data.standings[says.standing][word]} (${t("receipt-printed")} ${moment(says.printed)})`],
      [t("verify-device"), device, "mono"],
    ];
    const list = (keys) => element("ul", { of: keys.map((key) => element("li", { text: t(key) })) });
    return [
      note("ok", strong(t("verify-genuine"))),
      ...doubts.map((key) => note("amber", t(key))),
      element("h2", { text: t("verify-says") }),
      element("dl", { of: rows.flatMap(([what, is, cls]) => [element("dt", { text: what }), element("dd", { text: is, cls })]) }),
      element("h2", { text: t("verify-proven") }), list(["verify-proven-1", "verify-proven-2"]),
      element("h2", { text: t("verify-open") }), list(["verify-open-1", "verify-open-2", "verify-open-3"]),
    ];
  }
  function said() {
    if (!shown) return [];
    if (shown.cannot) return [note("amber", strong(t("page-unchecked")), t("page-no-algorithm"))];
    if (shown.words) return [note("amber", t(shown.words))];
    if (shown.refused) return [note("red", strong(t("verify-not")), t(`error-${shown.refused}`))];
    return proven(shown);
  }
  function draw() {
    document.documentElement.lang = language;
    document.title = t("verify");
    for (const part of document.querySelectorAll("[data-t]")) part.textContent = t(part.dataset.t);
    by("cannot").textContent = t("page-no-algorithm");
    by("language").textContent = language === "vi" ? "English" : "Tiếng Việt";
    by("language").lang = language === "vi" ? "en" : "vi";
    by("root").textContent = data.root.fingerprint;
    by("said").replaceChildren(...said());
  }
  function say(what) {
    shown = what;
    draw();
    by("said").focus();
  }
  async function check() {
    // A browser that cannot check says so: it never says genuine, and never forged.
    if (!await able) return say({ cannot: true });
    try {
      say(await verify(by("text").value));
    } catch (error) {
      say({ refused: error instanceof Refused ? error.code : "receipt-damaged" });
    }
  }
  by("form").addEventListener("submit", (event) => { event.preventDefault(); check(); });
  by("clear").addEventListener("click", () => { by("text").value = ""; shown = null; draw(); by("text").focus(); });
  by("language").addEventListener("click", () => { language = language === "vi" ? "en" : "vi"; draw(); });

  // --- The camera, and photographs, where the browser reads square codes ---
  let stream = null;
  // Each look has its number: what was asked for by an earlier one is given back when it comes.
  let turn = 0;
  let hasCamera = false;
  function stop() {
    turn += 1;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    by("view").hidden = true;
    by("camera").hidden = !hasCamera;
  }
  async function found(detector, picture, isWanted = () => true) {
    const codes = await detector.detect(picture);
    if (!isWanted()) return true;
    const code = codes.find(({ rawValue }) => rawValue.startsWith(data.prefix)) ?? codes[0];
    if (!code) return false;
    by("text").value = code.rawValue;
    stop();
    await check();
    return true;
  }
  async function watch(detector) {
    stop();
    const mine = turn;
    by("camera").hidden = true;
    let opened;
    try {
      opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
    } catch {
      if (turn !== mine) return undefined;
      stop();
      return say({ words: "page-camera-refused" });
    }
    if (turn !== mine) {
      for (const track of opened.getTracks()) track.stop();
      return undefined;
    }
    stream = opened;
    by("view").hidden = false;
    by("video").srcObject = stream;
    by("stop").focus();
    await by("video").play().catch(() => {});
    const look = async () => {
      if (turn !== mine) return;
      const done = await found(detector, by("video"), () => turn === mine).catch(() => false);
      if (!done) setTimeout(look, 150);
    };
    return look();
  }
  async function offer() {
    const formats = await window.BarcodeDetector?.getSupportedFormats?.().catch(() => []) ?? [];
    if (!formats.includes("qr_code")) { by("no-camera").hidden = false; return; }
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    hasCamera = Boolean(navigator.mediaDevices?.getUserMedia);
    by("camera").hidden = !hasCamera;
    by("photo").hidden = false;
    by("camera").addEventListener("click", () => watch(detector));
    by("stop").addEventListener("click", stop);
    by("photo").querySelector("input").addEventListener("change", async ({ target }) => {
      const [file] = target.files;
      target.value = "";
      if (!file) return;
      const picture = await createImageBitmap(file).catch(() => null);
      if (!picture || !await found(detector, picture).catch(() => false)) say({ words: "page-no-code" });
    });
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  draw();
  able.then((isAble) => { by("cannot").hidden = isAble; });
  offer();
})();
