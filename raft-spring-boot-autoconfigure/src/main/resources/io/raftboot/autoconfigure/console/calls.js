// Calls that change something, as anybody could make them with curl; the application's own security is asked what it wants with them.

import { problem, read } from './feed.js';

const PATIENCE_MILLIS = 30000;

const ADMIN = new URL('../admin/', import.meta.url);
const TOKEN = new URL('token', import.meta.url);

/** By which a change of the members that is sent twice is made once. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const options = () => ({ cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MILLIS) });

/** The header that the application's security wants, in the ways in which it may want it; one that is empty where it wants none. */
async function tokens() {
  const response = await fetch(TOKEN, options());
  if (!response.ok) {
    throw new Error(await problem(response));
  }
  const { header, token, bare } = await response.json();
  return header === null ? [{}] : [{ [header]: token }, ...(bare === null || bare === token ? [] : [{ [header]: bare }])];
}

/** Sends it, and once more if it was refused for want of the token in another way; what is refused so has not been done. */
async function send(url, request, ways) {
  const [way, ...others] = ways;
  const response = await fetch(url, { ...request, headers: { ...request.headers, ...way }, ...options() });
  return response.status === 403 && others.length > 0 ? send(url, request, others) : response;
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
  let ways;
  try {
    ways = await tokens();
  } catch (error) {
    throw broken(error) ? new Error('this member can’t be reached, so nothing was done') : error;
  }
  try {
    const response = await send(url, { method, headers, body: body === null ? undefined : JSON.stringify(body) }, ways);
    if (response.ok) {
      return read(await response.text());
    }
    const words = await problem(response);
    throw new Error(response.status === 504 ? `whether it was done is not known: ${words}` : words);
  } catch (error) {
    if (!broken(error)) {
      throw error;
    }
    throw new Error(dryRun ? 'this member can’t be reached' : `this member has not answered, so whether it was done is not known${key === null ? '' : '; it may be sent again, as it is not done twice'}`);
  }
}

/** Whether something is wrong with the way there and back, and not with what was asked. */
const broken = (error) => error instanceof TypeError || error instanceof SyntaxError || error.name === 'TimeoutError' || error.name === 'AbortError';
