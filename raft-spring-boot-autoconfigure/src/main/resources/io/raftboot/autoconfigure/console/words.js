// Figures in words. What is not known is a dash, and not a zero.

export const NOTHING = '–';

const whole = new Intl.NumberFormat('en');
const parts = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

export const known = (value) => value !== null && value !== undefined;

export const number = (value) => (known(value) ? whole.format(value) : NOTHING);

export const figure = (value) => (known(value) ? (value >= 1000 ? whole.format(Math.round(value)) : parts.format(value)) : NOTHING);

export const time = (date) => clock.format(date);

export function bytes(value) {
  if (!known(value)) {
    return NOTHING;
  }
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let at = 0;
  while (value >= 999.5 && at < units.length - 1) {
    value /= 1024;
    at++;
  }
  return `${parts.format(value)} ${units[at]}`;
}

export function duration(millis) {
  if (!known(millis)) {
    return NOTHING;
  }
  const seconds = Math.floor(millis / 1000);
  if (seconds < 1) {
    return 'less than 1 s';
  }
  if (seconds < 120) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) {
    return `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

export function short(nanos) {
  if (!known(nanos)) {
    return NOTHING;
  }
  // Half a unit of what is shown below the next one is shown as the next one.
  return nanos < 999.5e3 ? `${parts.format(nanos / 1e3)} µs` : nanos < 999.5e6 ? `${parts.format(nanos / 1e6)} ms` : `${parts.format(nanos / 1e9)} s`;
}

export const ago = (millis) => (!known(millis) ? NOTHING : millis < 1000 ? 'now' : `${duration(millis)} ago`);

export const plural = (count, one, many) => `${Number.isInteger(count) ? number(count) : figure(count)} ${count === 1 ? one : many}`;

export const sentence = (words) => {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

/** Time of one piece of work, on average; null where there was none. */
export const mean = (work) => (work && work.count > 0 ? work.nanos / work.count : null);
