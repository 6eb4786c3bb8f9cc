// @ts-check
/** What opens the chat on the pages of the gateway. */

for (const opener of document.querySelectorAll("[data-chat-open]")) {
  if (opener instanceof HTMLElement) opener.hidden = false;
  opener.addEventListener("click", (event) => {
    const { ClinicChat } = /** @type {any} */ (window);
    if (!ClinicChat) return; // its script did not come: a link then leads where it says
    event.preventDefault();
    ClinicChat.open();
  });
}
