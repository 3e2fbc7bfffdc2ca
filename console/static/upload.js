// Sends a file in parts and goes on where it was interrupted. What has arrived is asked for first,
// so a reloaded page sends only the rest.

const AT_ONCE = 3;
const LONGEST_PAUSE = 15000;

export class Refused extends Error {}

// What the console answers; it is asked again for as long as it does not answer at all.
export async function asked(address, options, waits, signal) {
  for (let pause = 500; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    let answer;
    try {
      answer = await fetch(address, { ...options, signal });
      if (answer.ok) {
        waits(false);
        return await answer.json();
      }
    } catch (error) {
      if (signal?.aborted) throw error;
    }
    if (answer && answer.status < 500) {
      const told = await answer.json().catch(() => ({}));
      throw new Refused(told.told || answer.statusText);
    }
    waits(true);
    await new Promise((done) => setTimeout(done, pause));
  }
}

export function told(address, content, waits, signal) {
  const body = JSON.stringify(content);
  const headers = { "Content-Type": "application/json" };
  return asked(address, { method: "POST", body, headers }, waits, signal);
}

// Local mode forgets what has arrived when it is killed: the file is sent anew then, by itself.
export async function sendFile(file, address, options) {
  try {
    await sendRest(file, address, options);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await sendRest(file, address, options);
  }
}

async function sendRest(file, address, { progress, waits, signal }) {
  const there = await asked(address, {}, waits, signal);
  const count = Math.ceil(file.size / there.part_bytes);
  const arrived = new Map(Object.entries(there.parts).map(([number, size]) => [+number, size]));
  const missing = [];
  for (let number = 1; number <= count; number += 1) {
    const from = (number - 1) * there.part_bytes;
    const part = file.slice(from, Math.min(from + there.part_bytes, file.size));
    if (arrived.get(number) !== part.size) missing.push([number, part]);
  }
  let done = file.size - missing.reduce((sum, [, part]) => sum + part.size, 0);
  progress(done);
  async function send() {
    for (let next = missing.shift(); next; next = missing.shift()) {
      const [number, body] = next;
      await asked(`${address}/${number}`, { method: "PUT", body }, waits, signal);
      done += body.size;
      progress(done);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  await asked(`${address}/complete`, { method: "POST" }, waits, signal);
}
