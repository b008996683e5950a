// Loads the page anew when a file has changed. Stands at the end of HTML pages with shimctl serve --live.
'use strict';
new EventSource('/_shims/changes').addEventListener('change', () => location.reload());
