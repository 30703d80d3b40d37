// Requests chat completions of the emulator with OpenAI's client, and compares what the
// client decodes with what was sent.
//
// environment: URL of the emulator, without /assistant; KEY; and ASSISTANT, the name of
// an assistant with a file about a lamp
//
// It prints a line of JSON for each check: its name, and its error if it failed.

import OpenAI from 'openai';

import { check, fetchRecorded, key, last, missing, same, url } from './check.mjs';

const client = (apiKey) =>
  new OpenAI({
    apiKey,
    baseURL: `${url}/assistant/chat/${process.env.ASSISTANT}`,
    defaultHeaders: { 'Api-Key': apiKey, 'X-Pinecone-Api-Version': '2026-07' },
    fetch: fetchRecorded,
  });
const openai = client(key);
const messages = [{ role: 'user', content: 'When is the lamp lit?' }];

await check('completion', async () => {
  const answer = await openai.chat.completions.create({ model: 'gpt-4o', messages });
  same(await last().json(), { ...answer });
  if (!answer.choices[0].message.content.includes('The lamp is lit at sunset.')) throw new Error(JSON.stringify(answer));
});
await check('completion, streamed', async () => {
  const stream = await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const events = (await last().text)
    .split('\n\n')
    .filter((event) => event.startsWith('data:'))
    .map((event) => JSON.parse(event.slice(5)));
  same(events, chunks);
  if (!chunks.at(-1).usage) throw new Error('no usage');
});
await check('completion, accumulated from a stream', async () => {
  const stream = openai.chat.completions.stream({ model: 'gpt-4o', messages });
  const answer = await stream.finalChatCompletion();
  if (!answer.choices[0].message.content.includes('The lamp is lit at sunset.') || answer.choices[0].finish_reason !== 'stop') {
    throw new Error(JSON.stringify(answer));
  }
});

async function refused(promise, kind, text) {
  let error;
  try {
    await promise;
  } catch (e) {
    error = e;
  }
  if (!(error instanceof kind) || !error.message.includes(text)) throw new Error(`${error}, want ${kind.name} with "${text}"`);
}
await check('error: wrong key', () =>
  refused(client('wrong').chat.completions.create({ model: 'gpt-4o', messages }), OpenAI.AuthenticationError, 'Invalid API key.'));
await check('error: unknown model', () =>
  refused(openai.chat.completions.create({ model: 'x', messages }), OpenAI.BadRequestError, 'Invalid model'));
await check('error: unknown model, streamed', () =>
  refused(openai.chat.completions.create({ model: 'x', messages, stream: true }), OpenAI.BadRequestError, 'Invalid model'));
await check('error: 429, retried', async () => {
  await fetch(`${url}/emulator/faults`, {
    method: 'POST',
    headers: { 'Api-Key': key },
    body: JSON.stringify({ operation: 'ChatCompletion', status: 429, retry_after: 1 }),
  });
  same(await last().sent(openai.chat.completions.create({ model: 'gpt-4o', messages })));
});
await check('error: the stream is cut off', async () => {
  await fetch(`${url}/emulator/faults`, {
    method: 'POST',
    headers: { 'Api-Key': key },
    body: JSON.stringify({ operation: 'ChatCompletion', cut_after_events: 2 }),
  });
  let error;
  try {
    for await (const chunk of await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true })) void chunk;
  } catch (e) {
    error = e;
  }
  if (!error) throw new Error('no error');
});

missing(['chat_completion_assistant']);
