// What htmx cannot say by itself: that a page is not brought up to date any more.
"use strict";

const lost = () => {
  const notice = document.getElementById("lost");
  if (notice) notice.hidden = false;
};

document.addEventListener("htmx:responseError", lost);
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:afterRequest", (event) => {
  const notice = document.getElementById("lost");
  if (event.detail.successful && notice) notice.hidden = true;
});
