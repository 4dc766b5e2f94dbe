// Times as the person in front of the screen would read them.

function parts(seconds, zone, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(seconds * 1000);
}

export const clock = (seconds, zone) =>
  parts(seconds, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

// A moment as `datetime-local` wants it, in a zone, and back; right on both sides of a clock change.
export function atPlace(seconds, zone) {
  const put = (options) => parts(seconds, zone, options).split("/").reverse().join("-");
  return `${put({ year: "numeric", month: "2-digit", day: "2-digit" })}T${clock(seconds, zone)}`;
}

export function secondsOf(local, zone) {
  const wanted = Date.parse(`${local}Z`) / 1000;
  let seconds = wanted;
  // Twice: the first guess may lie on the other side of a change.
  for (let turn = 0; turn < 2; turn += 1) {
    seconds += wanted - Date.parse(`${atPlace(seconds, zone)}Z`) / 1000;
  }
  return seconds;
}

const LONG = { weekday: "long", day: "numeric", month: "long" };
const dayKey = (seconds, zone) =>
  parts(seconds, zone, { year: "numeric", month: "2-digit", day: "2-digit" });

export function day(seconds, now, zone) {
  return near(seconds, now, zone) ?? parts(seconds, zone, LONG);
}

function near(seconds, now, zone) {
  const names = { 0: "Today", 1: "Yesterday", "-1": "Tomorrow" };
  for (const away of [0, 1, -1]) {
    if (dayKey(seconds, zone) === dayKey(now - away * 86400, zone)) return names[away];
  }
  return null;
}

// Fills Slack's <!date^…> tokens.
export function dateTokens(format, seconds, now, zone) {
  const put = {
    date_num: () => parts(seconds, zone, {}).split("/").reverse().join("-"),
    date: () => parts(seconds, zone, { day: "numeric", month: "long", year: "numeric" }),
    date_short: () => parts(seconds, zone, { day: "numeric", month: "short", year: "numeric" }),
    date_long: () => parts(seconds, zone, { ...LONG, year: "numeric" }),
    time: () => clock(seconds, zone),
    time_secs: () => parts(seconds, zone, { timeStyle: "medium" }),
    ago: () => ago(now - seconds),
    day_divider_pretty: () => day(seconds, now, zone),
  };
  for (const name of ["date", "date_short", "date_long"]) {
    put[`${name}_pretty`] = () => near(seconds, now, zone)?.toLowerCase() ?? put[name]();
  }
  return format.replace(/\{(\w+)\}/g, (whole, name) => (put[name] ? put[name]() : whole));
}

function ago(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const words =
    minutes < 60 ? `${minutes} min` : minutes < 1440 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}
