// Loads the page anew when the app has been compiled, or when a file that does not compile has changed.
'use strict';
const events = new EventSource(document.currentScript.dataset.events);
events.addEventListener('change', () => { events.close(); location.reload(); });
