// The chat page. All text is inserted as text, never as HTML.

const $ = (id) => document.getElementById(id);

// The conversation so far, in the format of the service.
let messages = [];
// Stops the current answer; null if there is none.
let running = null;
let answers = 0;

function element(name, className, text = "") {
  const e = document.createElement(name);
  e.className = className;
  e.textContent = text;
  return e;
}

// Answer shows an answer while it arrives.
class Answer {
  text = "";
  citations = [];

  constructor() {
    this.id = `answer-${++answers}`;
    this.article = element("article", "answer");
    this.article.setAttribute("aria-busy", "true");
    this.article.append(element("h2", "hidden", "Answer"));
    this.body = this.article.appendChild(element("p", "text waiting"));
    $("log").append(this.article);
  }

  add(event) {
    if (event.text) this.text += event.text;
    if (event.citation) this.citations.push(event.citation);
    this.drawing ??= requestAnimationFrame(() => this.draw());
  }

  // draw writes the text again, with a number at each citation. Positions count
  // characters, not UTF-16 code units as JavaScript does. The position of a
  // citation at the end of a sentence is before the full stop; the number is
  // inserted after it.
  draw() {
    this.drawing = null;
    const follow = atEnd();
    const characters = [...this.text];
    const notes = [];
    const nodes = [];
    let at = 0;
    for (const { position, sources } of [...this.citations].sort((a, b) => a.position - b.position)) {
      let next = Math.min(Math.max(position, at), characters.length);
      while (/^[.!?。！？]$/.test(characters[next])) next++;
      nodes.push(characters.slice(at, next).join(""));
      at = next;
      for (const source of sources ?? []) nodes.push(this.mark(notes, describe(source)));
    }
    nodes.push(characters.slice(at).join(""));
    this.body.replaceChildren(...nodes);
    this.body.classList.toggle("waiting", this.text === "");
    this.showNotes(notes);
    if (follow) toEnd();
  }

  mark(notes, note) {
    if (!notes.includes(note)) notes.push(note);
    const number = notes.indexOf(note) + 1;
    const link = element("a", "", String(number));
    link.href = `#${this.id}-${number}`;
    link.title = note;
    link.setAttribute("aria-label", `Source ${number}: ${note}`);
    const mark = element("sup", "mark");
    mark.append(link);
    return mark;
  }

  showNotes(notes) {
    if (notes.length === 0) return;
    this.notes ??= this.article.appendChild(element("ol", "notes"));
    this.notes.setAttribute("aria-label", "Sources");
    this.notes.replaceChildren(...notes.map((note, i) => {
      const item = element("li", "", note);
      item.id = `${this.id}-${i + 1}`;
      return item;
    }));
  }

  // end ends the answer: with a remark, with an error, or normally.
  end(className, text) {
    cancelAnimationFrame(this.drawing);
    this.draw();
    this.body.classList.remove("waiting");
    if (this.text === "") this.body.remove();
    if (text) this.article.append(element("p", className, text));
    this.article.setAttribute("aria-busy", "false");
    this.article.said = { text: this.text, citations: this.citations, kind: className, remark: text };
  }
}

function describe({ file, pages }) {
  if (!pages?.length) return file;
  return `${file}, ${pages.length > 1 ? "pages" : "page"} ${pages.join(", ")}`;
}

const atEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 80;
const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });

// Failure is an error whose message is shown to the user.
class Failure extends Error {}

// lines yields the JSON values of a response, which has one per line.
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

// receive shows an answer, and throws if it ends early.
async function receive(answer, signal) {
  const response = await fetch("/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ messages }),
    signal,
  }).catch(() => {
    throw new Failure("The server of this page cannot be reached.");
  });
  if (response.status === 400) throw new Failure("The conversation is too long. Start a new chat.");
  if (!response.ok) throw new Failure(`The server of this page refuses (${response.status}).`);
  for await (const event of lines(response.body)) {
    if (event.error) throw new Failure(event.error);
    if (event.done) return;
    answer.add(event);
  }
  throw new Failure("The answer was cut off.");
}

// whyEnded returns the reason why an answer ended early.
function whyEnded(error, signal) {
  if (signal.aborted) return ["remark", "Stopped."];
  return ["error", error instanceof Failure ? error.message : "The answer was cut off."];
}

// The conversation is stored for this tab, so that a reload shows it again.
const kept = "conversation";

function keep() {
  try {
    sessionStorage.setItem(kept, JSON.stringify([...$("log").children].map((e) => e.said)));
  } catch { /* full, or not allowed: a reload starts anew */ }
}

// restore shows the stored conversation.
function restore() {
  let said = [];
  try {
    said = JSON.parse(sessionStorage.getItem(kept)) ?? [];
  } catch { /* nothing that can be shown */ }
  for (const entry of said) {
    if (!entry) continue;
    $("welcome").hidden = true;
    if (entry.question !== undefined) {
      showQuestion(entry.question);
      if (entry.sent) messages.push({ role: "user", content: entry.question });
      continue;
    }
    const answer = new Answer();
    answer.text = entry.text;
    answer.citations = entry.citations;
    answer.end(entry.kind, entry.remark);
    if (entry.text) messages.push({ role: "assistant", content: entry.text });
  }
  toEnd();
}

function showQuestion(question) {
  const asked = $("log").appendChild(element("article", "question"));
  asked.append(element("h2", "hidden", "Question"), element("p", "text", question));
  asked.said = { question, sent: true };
  return asked;
}

async function ask(question) {
  const chat = messages;
  const controller = (running = new AbortController());
  $("welcome").hidden = true;
  const asked = showQuestion(question);
  chat.push({ role: "user", content: question });
  const answer = new Answer();
  toEnd();
  show("Waiting for the answer.");
  try {
    await receive(answer, controller.signal);
    answer.end();
    show("The answer is complete.");
  } catch (error) {
    const [kind, text] = whyEnded(error, controller.signal);
    answer.end(kind, text);
    show(text);
  }
  if (answer.text) {
    chat.push({ role: "assistant", content: answer.text });
  } else { // the user can ask the question again
    chat.pop();
    asked.said.sent = false;
    $("question").value ||= chat === messages ? question : "";
  }
  if (chat === messages) keep();
  if (atEnd()) toEnd();
  if (running === controller) finish();
}

function finish() {
  running = null;
  $("send").hidden = false;
  $("stop").hidden = true;
  $("question").focus();
}

// show announces the state to screen readers.
function show(text) {
  $("status").textContent = text;
}

function submit(question) {
  if (question === "" || running) return;
  $("question").value = "";
  $("send").hidden = true;
  $("stop").hidden = false;
  ask(question);
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit($("question").value.trim());
});

for (const sample of document.querySelectorAll(".sample")) {
  sample.addEventListener("click", () => submit(sample.textContent));
}

$("files").addEventListener("toggle", async () => {
  if (!$("files").open) return;
  const list = $("names");
  try {
    const response = await fetch("/files");
    if (!response.ok) throw new Error(await response.text());
    const { files, more } = await response.json();
    list.replaceChildren(...files.map((name) => element("li", "", name)));
    if (more) list.append(element("li", "", "… and more"));
    if (files.length === 0) list.append(element("li", "", "There are none."));
  } catch {
    list.replaceChildren(element("li", "", "The files cannot be listed now."));
  }
});

$("question").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("form").requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) running?.abort();
});

$("stop").addEventListener("click", () => running?.abort());

$("new").addEventListener("click", () => {
  running?.abort();
  messages = [];
  $("log").replaceChildren();
  keep();
  $("welcome").hidden = false;
  finish();
});

restore();
