// Functions that the scripts share: they record responses and compare them with the
// values that a client has decoded.

export const url = process.env.URL;
export const key = process.env.KEY;

let recorded;
const operations = new Set();

// routes maps a request's method and path below /assistant to its operation.
const routes = [
  [/^GET \/assistants$/, 'list_assistants'],
  [/^POST \/assistants$/, 'create_assistant'],
  [/^GET \/assistants\/[^/]+$/, 'get_assistant'],
  [/^PATCH \/assistants\/[^/]+$/, 'update_assistant'],
  [/^DELETE \/assistants\/[^/]+$/, 'delete_assistant'],
  [/^GET \/files\/[^/]+$/, 'list_files'],
  [/^POST \/files\/[^/]+$/, 'upload_file'],
  [/^PUT \/files\/[^/]+\/[^/]+$/, 'upsert_file'],
  [/^GET \/files\/[^/]+\/[^/]+$/, 'describe_file'],
  [/^DELETE \/files\/[^/]+\/[^/]+$/, 'delete_file'],
  [/^GET \/operations\/[^/]+$/, 'list_operations'],
  [/^GET \/operations\/[^/]+\/[^/]+$/, 'describe_operation'],
  [/^POST \/chat\/[^/]+$/, 'chat_assistant'],
  [/^POST \/chat\/[^/]+\/chat\/completions$/, 'chat_completion_assistant'],
  [/^POST \/chat\/[^/]+\/context$/, 'context_assistant'],
  [/^POST \/evaluation\/metrics\/alignment$/, 'metrics_alignment'],
];

// fetchRecorded is fetch, and records the body of the last response.
export async function fetchRecorded(target, init) {
  const response = await fetch(target, init);
  const path = new URL(typeof target === 'string' ? target : (target.url ?? target)).pathname.replace(/^\/assistant/, '');
  const line = `${(init?.method ?? 'GET').toUpperCase()} ${path}`;
  const route = routes.find(([pattern]) => pattern.test(line));
  if (!route) throw new Error(`no operation: ${line}`);
  if (response.ok) operations.add(route[1]);
  const text = response.clone().text();
  text.catch(() => {}); // a stream may be cut off
  recorded = { text };
  return response;
}

// last returns the body of the last response: as text, as JSON, and as JSON with the
// decoded value of a promise.
export function last() {
  return {
    get text() {
      return recorded.text;
    },
    json: async () => JSON.parse(await recorded.text),
    sent: async (promise) => {
      const decoded = await promise;
      return [JSON.parse(await recorded.text), decoded];
    },
  };
}

// same throws an error if a decoded value differs from the JSON that was sent. Names
// may be in snake case or camel case, a time a string or a Date, an absent value null.
// A decoded value may lack only the fields in dropped, and must not have others than
// were sent.
export function same(sent, decoded, dropped = []) {
  if (decoded === undefined && Array.isArray(sent)) [sent, decoded] = sent;
  const differences = [];
  compare('', sent, decoded, dropped, differences);
  if (differences.length) throw new Error(differences.join('; '));
}

const camel = (name) => name.replace(/_+(.)/g, (_, letter) => letter.toUpperCase());

function compare(at, sent, decoded, dropped, differences) {
  if (sent === null || sent === undefined) {
    if (decoded !== null && decoded !== undefined) differences.push(`${at}: not sent, decoded ${JSON.stringify(decoded)}`);
    return;
  }
  if (decoded instanceof Date) {
    if (new Date(sent).getTime() !== decoded.getTime()) differences.push(`${at}: sent ${sent}, decoded ${decoded.toISOString()}`);
    return;
  }
  if (Array.isArray(sent)) {
    if (!Array.isArray(decoded) || decoded.length !== sent.length) {
      differences.push(`${at}: sent ${sent.length} items, decoded ${JSON.stringify(decoded)}`);
      return;
    }
    sent.forEach((item, i) => compare(`${at}.${i}`, item, decoded[i], dropped, differences));
    return;
  }
  if (typeof sent === 'object') {
    if (typeof decoded !== 'object' || decoded === null) {
      differences.push(`${at}: sent an object, decoded ${JSON.stringify(decoded)}`);
      return;
    }
    const names = new Set(Object.keys(sent).map(camel));
    for (const [name, value] of Object.entries(sent)) {
      const got = decoded[camel(name)] ?? decoded[name];
      if ((got === undefined || got === null) && value !== null && dropped.includes(name) && typeof value !== 'object') continue;
      compare(`${at}.${name}`, value, got, dropped, differences);
    }
    for (const [name, value] of Object.entries(decoded)) {
      if (value !== undefined && value !== null && !names.has(camel(name))) differences.push(`${at}.${name}: decoded, not sent`);
    }
    return;
  }
  if (sent !== decoded) differences.push(`${at}: sent ${JSON.stringify(sent)}, decoded ${JSON.stringify(decoded)}`);
}

// check runs a check and prints its name and its error as JSON.
export async function check(name, run) {
  let error;
  try {
    await run();
  } catch (e) {
    error = e instanceof Error && e.name !== 'Error' ? `${e.name}: ${e.message}` : String(e?.message ?? e);
  }
  console.log(JSON.stringify({ name, error }));
}

// The comparison itself must detect differences.
await check('the comparison', async () => {
  const sent = { an_id: 'x', at: '2026-01-02T03:04:05Z', parts: [{ size: 1 }], none: null };
  const decoded = () => ({ anId: 'x', at: new Date('2026-01-02T03:04:05Z'), parts: [{ size: 1 }] });
  same(sent, decoded());
  for (const change of [
    (d) => (d.anId = 'y'),
    (d) => delete d.anId,
    (d) => (d.at = new Date(0)),
    (d) => (d.parts[0].size = '1'),
    (d) => d.parts.push({}),
    (d) => (d.none = 0),
    (d) => (d.more = 1),
  ]) {
    const value = decoded();
    change(value);
    let seen = false;
    try {
      same(sent, value);
    } catch {
      seen = true;
    }
    if (!seen) throw new Error(`no difference detected: ${change}`);
  }
});

// missing prints the operations that no request has called successfully.
export function missing(all) {
  const absent = all.filter((operation) => !operations.has(operation));
  console.log(JSON.stringify({ name: 'every operation', error: absent.length ? `not called: ${absent.join(', ')}` : undefined }));
}
