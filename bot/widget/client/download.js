// @ts-check
/** The conversation as a text file, for the visitor to keep. */

/** @import { Message } from "./api.js" */
/** @import { Words } from "./words.js" */

import { save } from "./elements.js";
import { momentOf, wholeTime } from "./time.js";

/**
 * @param {Message[]} messages
 * @param {string} clinicName
 * @param {Words} words
 * @param {string} language
 */
export function transcriptText(messages, clinicName, words, language) {
  const parts = messages.map((message) => {
    const moment = momentOf(message);
    const who = message.author === "staff" && message.staff?.name
      ? [message.staff.name, message.staff.role].filter(Boolean).join(", ")
      : { visitor: words.you, assistant: words.assistant, staff: words.staff, system: words.system }[message.author];
    const quotes = (message.sources ?? []).map(({ quote }) => `  ${words.sources}: "${quote}"`);
    const reference = message.booking?.reference ? [`  ${words.reference}: ${message.booking.reference}`] : [];
    return [`${moment ? `${wholeTime(moment, language)}  ` : ""}${who}:`, message.text, ...quotes, ...reference].join("\n");
  });
  return `${[words.transcript.replace("{name}", clinicName), words.notice, ...parts].join("\n\n")}\n`;
}

/**
 * @param {Message[]} messages
 * @param {string} clinicName
 * @param {Words} words
 * @param {string} language
 */
export function downloadTranscript(messages, clinicName, words, language) {
  const text = transcriptText(messages, clinicName, words, language);
  save(new Blob([text], { type: "text/plain;charset=utf-8" }), "conversation.txt");
}
