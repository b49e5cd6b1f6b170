// Dates and times in the person's own time zone.

import { me, now } from "./state.js";

const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

export function show(seconds, options, zone = me().zone) {
  return format(zone, options).format(new Date(seconds * 1000));
}

export const timeOf = (seconds) => show(seconds, { hour: "2-digit", minute: "2-digit" });
export const dayKey = (seconds, zone) => show(seconds, { year: "numeric", month: "2-digit", day: "2-digit" }, zone);

export function dayName(seconds) {
  const named = relativeDay(seconds);
  return named ?? show(seconds, { weekday: "long", day: "numeric", month: "long" });
}

function relativeDay(seconds) {
  const days = { 0: "Today", "-86400": "Yesterday", 86400: "Tomorrow" };
  for (const [shift, name] of Object.entries(days)) {
    if (dayKey(seconds) === dayKey(now() + Number(shift))) return name;
  }
  return null;
}

export function ago(seconds) {
  const units = [[86400, "day"], [3600, "hour"], [60, "minute"]];
  const gap = now() - seconds;
  for (const [size, name] of units) {
    const count = Math.floor(Math.abs(gap) / size);
    if (count >= 1) {
      const said = `${count} ${name}${count > 1 ? "s" : ""}`;
      return gap > 0 ? `${said} ago` : `in ${said}`;
    }
  }
  return gap > 0 ? "just now" : "in a moment";
}

const TOKENS = {
  date_num: (at) => show(at, { year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
  date_slash: (at) => show(at, { year: "numeric", month: "2-digit", day: "2-digit" }),
  date: (at) => show(at, { day: "numeric", month: "long", year: "numeric" }),
  date_short: (at) => show(at, { day: "numeric", month: "short", year: "numeric" }),
  date_long: (at) => show(at, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  time: timeOf,
  time_secs: (at) => show(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago,
};
for (const name of ["date", "date_short", "date_long"]) {
  TOKENS[`${name}_pretty`] = (at, isFirst) => {
    const near = relativeDay(at);
    return near ? (isFirst ? near : near.toLowerCase()) : TOKENS[name](at);
  };
}
TOKENS.day_divider_pretty = TOKENS.date_long_pretty;

// Slack's date tokens, as in "{date_short_pretty} at {time}". Where a line begins, "Today" has its capital.
export function fillTokens(template, seconds, isFirst = false) {
  return template.replace(/\{(\w+)\}/g, (whole, token, at) => TOKENS[token]?.(seconds, isFirst && at === 0) ?? whole);
}

// "2026-03-09T09:30" on the clock of `zone` -> seconds since 1970, and back.
export function fromLocal(text, zone) {
  const asUtc = Date.parse(`${text}:00Z`) / 1000;
  const gap = Date.parse(`${toLocal(asUtc, zone)}:00Z`) / 1000 - asUtc;
  return asUtc - gap;
}

export function toLocal(seconds, zone) {
  const parts = Object.fromEntries(format(zone, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}
