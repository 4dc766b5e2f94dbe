// Talking to the sandbox's control API.

export async function getState(user, channel) {
  const query = new URLSearchParams({ user, ...(channel ? { channel } : {}) });
  const response = await fetch(`/control/state?${query}`);
  return response.ok ? response.json() : null;
}

// Returns {code, ...answer}: the HTTP status of the control API and what it said.
export async function act(path, fields) {
  try {
    const response = await fetch(`/control/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    return { code: response.status, ...(await response.json()) };
  } catch {
    return { code: 0, error: "sandbox_gone" };
  }
}

export function listen(changed) {
  const stream = new EventSource("/control/stream");
  stream.onmessage = changed;
  return stream;
}

// Says in words what went wrong with a delivery; null when nothing did.
export function trouble(answer) {
  if (answer.error === "timed_out") return "Operation timed out. The app did not answer in 3 s.";
  if (answer.error === "connection_failed") return "The app could not be reached.";
  if (answer.error === "no_such_element") return "This has changed meanwhile.";
  if (answer.error) return `That did not work (${answer.error}).`;
  if (answer.status >= 300) return `The app answered with status ${answer.status}.`;
  return null;
}
