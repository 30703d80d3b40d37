// Calls every operation of the emulator with a release of Pinecone's TypeScript SDK, and
// compares what the SDK decodes with what was sent.
//
// usage: node pinecone.mjs pinecone-9
// environment: URL of the emulator, without /assistant, and KEY
//
// It prints a line of JSON for each check: its name, and its error if it failed.

import { check, fetchRecorded, key, last, missing, same, url } from './check.mjs';

const sdk = await import(process.argv[2]);

const pc = new sdk.Pinecone({
  apiKey: key,
  controllerHostUrl: `${url}/assistant`,
  // The host of the evaluation plane is fixed, so its requests are redirected.
  fetchApi: (target, init) => fetchRecorded(String(target).replace(/^https:\/\/prod-[^/]+/, url), init),
});
const wrongKey = new sdk.Pinecone({ apiKey: 'wrong', controllerHostUrl: `${url}/assistant` });

// In release 8, the operations of the control plane are methods of the client.
const control = pc.assistants ?? {
  create: (o) => pc.createAssistant(o),
  describe: (name) => pc.describeAssistant(name),
  list: () => pc.listAssistants(),
  update: (o) => pc.updateAssistant(o),
  delete: (name) => pc.deleteAssistant(name),
  evaluate: (o) => pc.evaluate(o),
};

const name = process.argv[2];
const assistant = () => pc.assistant({ name });
const question = [{ role: 'user', content: 'When is the lamp lit?' }];

async function until(describe, done) {
  for (;;) {
    const value = await describe();
    if (done(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// collect reads a stream to its end, compares each chunk with its event and returns the
// chunks.
async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const events = (await last().text)
    .split('\n\n')
    .filter((event) => event.startsWith('data:'))
    .map((event) => JSON.parse(event.slice(5)));
  same(events, chunks);
  return chunks;
}

// script posts a scripted reply or a fault to the emulator.
async function script(path, body) {
  const response = await fetch(`${url}/emulator/${path}`, {
    method: 'POST',
    headers: { 'Api-Key': key },
    body: JSON.stringify(body),
  });
  if (response.status !== 204) throw new Error(await response.text());
}

// refused throws an error unless the promise fails with the error class kind and a
// message that contains text.
async function refused(promise, kind, text) {
  let error;
  try {
    await promise;
  } catch (e) {
    error = e;
  }
  if (!error) throw new Error(`no error, want ${kind}`);
  if (error.name !== kind || !error.message.includes(text)) {
    throw new Error(`${error.name}: ${error.message}, want ${kind} with "${text}"`);
  }
}

await check('create', async () => {
  same(await last().sent(control.create({ name, instructions: 'Be brief.', metadata: { team: 'harbour' }, region: 'eu' })));
});
await check('describe', async () => {
  const found = await until(() => control.describe(name), (a) => a.status === 'Ready');
  same(await last().json(), found);
  if (found.host !== url || found.metadata.team !== 'harbour') throw new Error(JSON.stringify(found));
});
await check('list', async () => same(await last().sent(control.list())));
await check('update', async () => {
  const changed = await control.update({ name, instructions: 'Be very brief.' });
  same(await last().json(), changed, ['name']); // not in the specs
  if (changed.assistantName !== name || changed.instructions !== 'Be very brief.') throw new Error(JSON.stringify(changed));
});
let file, operation;
await check('uploadFile', async () => {
  operation = await assistant().uploadFile({
    file: Buffer.from('The lamp is lit at sunset. It is put out at sunrise. The door is green.'),
    fileName: 'lämp "1".txt',
    metadata: { genre: 'manual', year: 2026 },
  });
  same(await last().json(), operation);
});
await check('describeOperation', async () => {
  const done = await until(() => assistant().describeOperation(operation.id ?? operation.operationId), (o) => o.status !== 'Processing');
  same(await last().json(), done);
  if (done.status !== 'Completed' || done.percentComplete !== 100) throw new Error(JSON.stringify(done));
  file = done.fileId;
});
await check('listOperations', async () => same(await last().sent(assistant().listOperations({ operationType: 'upload_file', limit: 10 }))));
await check('upsertFile', async () => {
  const op = await assistant().upsertFile({ assistantFileId: 'my_file-1', file: Buffer.from('The keeper is called Grace.'), fileName: 'keeper.md' });
  same(await last().json(), op);
  await until(() => assistant().describeOperation(op.id ?? op.operationId), (o) => o.status !== 'Processing');
});
await check('uploadFile, a stream', async () => {
  async function* parts() {
    yield 'The bell ';
    yield 'is rung in fog.';
  }
  const op = await assistant().uploadFile({ file: (await import('node:stream')).Readable.from(parts()), fileName: 'bell.txt' });
  same(await last().json(), op);
  await until(() => assistant().describeOperation(op.id ?? op.operationId), (o) => o.status !== 'Processing');
});
await check('describeFile', async () => {
  const found = await assistant().describeFile(file);
  same(await last().json(), found);
  if (found.name !== 'lämp "1".txt' && found.name !== 'lämp %221%22.txt') throw new Error(found.name);
  if (found.metadata.genre !== 'manual' || !found.signedUrl.startsWith(url)) throw new Error(JSON.stringify(found));
  const content = await (await fetch(found.signedUrl)).text();
  if (!content.startsWith('The lamp is lit')) throw new Error(content);
});
await check('listFiles', async () => same(await last().sent(assistant().listFiles())));
await check('listFiles, filtered', async () => {
  const found = await assistant().listFiles({ filter: { genre: { $eq: 'manual' } } });
  same(await last().json(), found);
  if (found.files.length !== 1 || found.files[0].id !== file) throw new Error(JSON.stringify(found));
});
await check('chat', async () => {
  const answer = await assistant().chat({ messages: question, includeHighlights: true, temperature: 0.5 });
  same(await last().json(), answer);
  if (!answer.message.content.includes('The lamp is lit at sunset.') || answer.citations.length < 1) throw new Error(JSON.stringify(answer));
});
await check('chat, JSON', async () => {
  const answer = await assistant().chat({ messages: question, jsonResponse: true });
  same(await last().json(), answer);
  JSON.parse(answer.message.content);
});
await check('chatStream', async () => {
  const chunks = await collect(await assistant().chatStream({ messages: question, includeHighlights: true }));
  const types = new Set(chunks.map((c) => c.type));
  for (const type of ['message_start', 'content_chunk', 'citation', 'message_end']) {
    if (!types.has(type)) throw new Error(`no ${type}`);
  }
});
await check('chatCompletion', async () => {
  const answer = await assistant().chatCompletion({ messages: question });
  same(await last().json(), answer);
  if (!answer.choices[0].message.content.includes('[1]')) throw new Error(JSON.stringify(answer));
});
await check('chatCompletionStream', async () => {
  const chunks = await collect(await assistant().chatCompletionStream({ messages: question }));
  if (!chunks.some((c) => c.choices[0]?.finishReason === 'stop') || !chunks.at(-1).usage) throw new Error(JSON.stringify(chunks));
});
await check('context', async () => {
  const found = await assistant().context({ query: 'When is the lamp lit?', topK: 4, snippetSize: 1024 });
  same(await last().json(), found);
  if (found.snippets[0].reference.file.id !== file) throw new Error(JSON.stringify(found));
});
await check('evaluate', async () => {
  const judged = await control.evaluate({ question: 'When?', answer: 'At sunset.', groundTruth: 'It is lit at sunset.' });
  same(await last().json(), judged, ['reasoning']); // a field of a fact, not in the specs
  if (judged.metrics.correctness !== 1) throw new Error(JSON.stringify(judged));
});

await check('scripted answer', async () => {
  await script('replies', {
    text: 'A passage of the manual.',
    citations: [{ position: 9, references: [{ file: 'keeper.md', pages: [3] }] }],
    finish_reason: 'length',
    model: 'gpt-9',
  });
  const answer = await assistant().chat({ messages: question });
  same(await last().json(), answer);
  if (answer.finishReason !== 'length' || answer.citations[0].references[0].file.name !== 'keeper.md') throw new Error(JSON.stringify(answer));
});
await check('scripted stream with an unknown chunk', async () => {
  await script('replies', { chunks: ['A', 'B'], events: [{ before: 1, data: { type: 'tool_call', id: 'x', tool_name: 'search' } }] });
  const chunks = await collect(await assistant().chatStream({ messages: question }));
  if (chunks[1].type !== 'tool_call' || chunks[1].toolName !== 'search') throw new Error(JSON.stringify(chunks));
});
await check('scripted snippets with images', async () => {
  const image = { type: 'base64', mime_type: 'image/png', data: 'aGk=' };
  await script('replies', {
    snippets: [
      {
        type: 'multimodal',
        content: [{ type: 'text', text: 'A lamp' }, { type: 'image', caption: 'the lamp', image }],
        score: 0.5,
        reference: { type: 'pdf', file: 'keeper.md', pages: [1, 2] },
      },
    ],
  });
  const found = await assistant().context({ query: 'lamp' });
  same(await last().json(), found);
  if (found.snippets[0].content[1].image.data !== 'aGk=') throw new Error(JSON.stringify(found));
});

await check('error: wrong key', () => refused(wrongKey.assistants?.list() ?? wrongKey.listAssistants(), 'PineconeAuthorizationError', ''));
await check('error: no such assistant', () => refused(control.describe('none'), 'PineconeNotFoundError', ''));
await check('error: no such file', () => refused(assistant().describeFile('none'), 'PineconeNotFoundError', ''));
await check('error: invalid name', () => refused(control.create({ name: 'Not Valid' }), 'PineconeBadRequestError', 'Invalid assistant name'));
await check('error: no message', () => refused(assistant().chat({ messages: [{ role: 'user', content: ' ' }] }), 'PineconeBadRequestError', 'Message content cannot be empty'));
await check('error: unknown model', () => refused(assistant().chat({ messages: question, model: 'x' }), 'PineconeBadRequestError', 'Invalid model'));
await check('error: unknown model, streamed', () => refused(assistant().chatStream({ messages: question, model: 'x' }), 'PineconeBadRequestError', 'Invalid model'));
await check('error: temperature', () => refused(assistant().chatCompletion({ messages: question, temperature: 3 }), 'PineconeBadRequestError', 'temperature'));
await check('error: unsupported file', () => refused(assistant().uploadFile({ file: Buffer.from('x'), fileName: 'x.exe' }), 'PineconeBadRequestError', 'not supported'));
await check('error: metadata too large', () =>
  refused(assistant().uploadFile({ file: Buffer.from('x'), fileName: 'x.txt', metadata: { x: 'x'.repeat(20000) } }), 'PineconeBadRequestError', 'Metadata exceeds maximum length of 16384 bytes'));
await check('error: stream cut off', async () => {
  await script('faults', { operation: 'Chat', cut_after_events: 2 });
  const seen = [];
  let error;
  try {
    for await (const chunk of await assistant().chatStream({ messages: question })) seen.push(chunk);
  } catch (e) {
    error = e;
  }
  if (!error || seen.length !== 2) throw new Error(`${seen.length} chunks, error ${error}`);
});
await check('error: 503, retried', async () => {
  await script('faults', { operation: 'ListFiles', status: 503 });
  same(await last().sent(assistant().listFiles()));
});

await check('deleteFile', async () => {
  const op = await assistant().deleteFile(file);
  same(await last().json(), op);
});
await check('delete', async () => {
  await control.delete(name);
  await until(
    () => control.describe(name).catch((e) => e),
    (value) => value instanceof Error && value.name === 'PineconeNotFoundError',
  );
});

missing(['list_assistants', 'create_assistant', 'get_assistant', 'update_assistant', 'delete_assistant', 'list_files',
  'upload_file', 'upsert_file', 'describe_file', 'delete_file', 'list_operations', 'describe_operation', 'chat_assistant',
  'chat_completion_assistant', 'context_assistant', 'metrics_alignment']);
