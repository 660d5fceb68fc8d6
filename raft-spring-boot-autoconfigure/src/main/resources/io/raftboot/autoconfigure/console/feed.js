// Gets what the page shows: by a stream as it happens, and where that does not come through by asking again and again.

const ASK_MILLIS = 2000;
const PATIENCE_MILLIS = 7000;

/** The member tells all at least every few seconds: a stream without a word for so long is dead, whatever the browser believes. */
const SILENT_MILLIS = 12000;

/** A page opens another stream so often: whether it may look is asked when one is opened. */
const RENEW_MILLIS = 25000;

/** A stream that broke sooner was none that can be relied on. */
const SERVED_MILLIS = 10000;

/** Pauses before such a stream is tried again; each is twice the one before. */
const LEAST_PAUSE_MILLIS = 1000;
const MOST_PAUSE_MILLIS = 60000;

/** Of a problem's words, as many as can be read at a glance. */
const MOST_WORDS = 300;

// As seen from this file, so that it is right below any path at which the page is.
const at = (name) => new URL(name, import.meta.url);

/** Reads JSON; whole numbers that JavaScript can't hold stay as they are written. */
export const read = (json) => JSON.parse(json, (key, value, context) => (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && context ? context.source : value));

const cut = (words) => (words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words);

/** What an answer that is none says, for people. */
export async function problem(response) {
  if (response.type === 'opaqueredirect') {
    return 'it leads elsewhere; you may have to log in again';
  }
  const type = response.headers.get('Content-Type') || '';
  const words = type.includes('json') ? (await response.json().catch(() => ({}))).detail : type.startsWith('text/plain') ? await response.text() : '';
  return cut(words || `it answers ${response.status}`);
}

async function ask(name) {
  const response = await fetch(at(name), { cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MILLIS) });
  if (!response.ok) {
    throw new Error(await problem(response));
  }
  if (!(response.headers.get('Content-Type') || '').includes('json')) {
    throw new Error('what answers is something else than the member; you may have to log in again');
  }
  return read(await response.text());
}

const reason = (error) => (error.name === 'TimeoutError' ? `no answer within ${PATIENCE_MILLIS / 1000} s` : error instanceof TypeError ? 'it can’t be reached' : error.message);

/** All that has happened to the member and is kept. */
export const everything = () => ask('events');

/**
 * Goes on for as long as the page is there, and rests while it is out of sight. As long as no stream has brought anything the member is asked,
 * whether one is being tried or not.
 *
 * @param told functions: present(document), history(figures), happened(events), failed(why, for people)
 */
export function listen(told) {
  let stream = null;
  let openedAt = 0;
  let heardAt = 0;
  let brought = false;
  let pauseMillis = LEAST_PAUSE_MILLIS;
  let streamAgainAt = 0;
  let next = 0;
  let asking = false;

  function close() {
    if (stream !== null) {
      stream.close();
      stream = null;
    }
    brought = false;
    clearTimeout(next);
  }

  function hear(name, use) {
    stream.addEventListener(name, (event) => {
      heardAt = performance.now();
      brought = true;
      use(read(event.data));
    });
  }

  function open() {
    close();
    openedAt = performance.now();
    heardAt = openedAt;
    stream = new EventSource(at('live'));
    hear('present', told.present);
    hear('history', told.history);
    hear('events', told.happened);
    hear('failure', (failure) => told.failed(failure.why));
    // Why, a stream does not say; the question that follows does.
    stream.addEventListener('error', broke);
    next = setTimeout(poll, ASK_MILLIS);
  }

  function broke() {
    const now = performance.now();
    // One that goes at once, or brings nothing, would do so again.
    const served = brought && now - openedAt >= SERVED_MILLIS;
    pauseMillis = served ? LEAST_PAUSE_MILLIS : Math.min(pauseMillis * 2, MOST_PAUSE_MILLIS);
    streamAgainAt = served ? now : now + pauseMillis;
    close();
    poll();
  }

  async function poll() {
    if (asking || brought || document.hidden) {
      return;
    }
    asking = true;
    clearTimeout(next);
    let answered = false;
    try {
      const [document_, events] = await Promise.all([ask('data'), ask('events')]);
      answered = true;
      if (!brought) {
        told.history(document_.history);
        told.happened(events);
        told.present(document_);
      }
    } catch (error) {
      if (!brought) {
        told.failed(reason(error));
      }
    } finally {
      asking = false;
      if (!brought && !document.hidden) {
        if (answered && stream === null && performance.now() >= streamAgainAt) {
          open();
        } else {
          next = setTimeout(poll, ASK_MILLIS);
        }
      }
    }
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  setInterval(() => {
    const now = performance.now();
    if (stream !== null && now - heardAt > SILENT_MILLIS) {
      broke();
    } else if (stream !== null && now - openedAt > RENEW_MILLIS) {
      open();
    }
  }, 1000);
  if (!document.hidden) {
    open();
  }
}
