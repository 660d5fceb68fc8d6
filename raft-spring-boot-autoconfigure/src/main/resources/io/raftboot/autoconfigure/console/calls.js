// Calls that change something, as anybody could make them with curl; the application's own security is asked what it wants with them.

import { problem, read } from './feed.js';

const PATIENCE_MILLIS = 30000;

const ADMIN = new URL('../admin/', import.meta.url);
const TOKEN = new URL('token', import.meta.url);

/** By which a change of the members that is sent twice is made once. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const options = () => ({ cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MILLIS) });

async function token() {
  const response = await fetch(TOKEN, options());
  if (!response.ok) {
    throw new Error(await problem(response));
  }
  const { header, token: value } = await response.json();
  return header === null ? {} : { [header]: value };
}

/**
 * Makes a call.
 *
 * @param body null for none
 * @param key by which it is known if it is made again; null for calls that know none
 * @throws Error whose message says what was not done, or that nobody knows whether it was
 */
export async function act(method, path, body, { dryRun = false, key = null }) {
  const url = new URL(path, ADMIN);
  if (dryRun) {
    url.searchParams.set('dryRun', 'true');
  }
  const headers = { Accept: 'application/json', ...(body === null ? {} : { 'Content-Type': 'application/json' }), ...(key === null ? {} : { 'Idempotency-Key': key }) };
  let response;
  try {
    Object.assign(headers, await token());
    response = await fetch(url, { method, headers, ...options(), body: body === null ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (dryRun || !(error instanceof TypeError || error.name === 'TimeoutError')) {
      throw error instanceof TypeError ? new Error('this member can’t be reached') : error;
    }
    throw new Error(`this member has not answered, so whether it was done is not known${key === null ? '' : '; it may be sent again, as it is not done twice'}`);
  }
  if (!response.ok) {
    const words = await problem(response);
    throw new Error(response.status === 504 ? `whether it was done is not known: ${words}` : words);
  }
  return read(await response.text());
}
