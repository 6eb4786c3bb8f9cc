"""What a visitor sees in the browser: the page to try the assistant, and its chat."""
