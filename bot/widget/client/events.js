// @ts-check
/** The event stream of a response: its lines, and the events they make. */

/**
 * @param {AsyncIterable<string>} lines
 * @returns {AsyncGenerator<{name: string, data: string}>} whole events (HTML standard, 9.2.6)
 */
export async function* readEvents(lines) {
  let name = "message";
  /** @type {string[]} */
  let data = [];
  for await (const line of lines) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "data") data.push(value);
    if (line !== "") continue;
    if (data.length > 0) yield { name, data: data.join("\n") };
    name = "message";
    data = [];
  }
}

/**
 * @param {Response} response
 * @param {() => void} heard called whenever something arrives
 * @returns {AsyncGenerator<string>} lines without their ends
 */
export async function* readLines(response, heard) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    heard();
    const lines = (rest + chunk.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
}
