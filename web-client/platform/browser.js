// What web-client/platform/browser.cpp may call. The work is done by browser_page.js.
mergeInto(LibraryManager.library, {
    page_start: function () {
        page.start();
    },

    page_fail: function (sentence) {
        page.fail(UTF8ToString(sentence));
    },

    page_send: function (id, method, path, body) {
        const longest = 30000; // milliseconds; after that the server counts as not answering
        const request = { method: UTF8ToString(method), credentials: 'same-origin', cache: 'no-store', headers: {}, signal: AbortSignal.timeout(longest) };
        const content = UTF8ToString(body);
        if (content) {
            request.body = content;
            request.headers['Content-Type'] = 'application/json';
        }
        fetch(UTF8ToString(path), request)
            .then((reply) => reply.text().then((text) => [reply.status, text]))
            .catch(() => [0, ''])
            .then((answer) => _console_reply(id, answer[0], page.text(answer[1])));
    },

    page_prefers_dark: function () {
        const chosen = document.documentElement.getAttribute('data-theme');
        return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    },

    page_prefers_less_motion: function () {
        return matchMedia('(prefers-reduced-motion: reduce)').matches;
    },

    page_show_mirror: function (nodes) {
        page.show(JSON.parse(UTF8ToString(nodes)));
    },

    page_add_font: function (family, bytes, size) {
        // Our fonts' box is one em, and a text field cuts off what hangs below it: a larger box around the same middle.
        const box = { ascentOverride: '97%', descentOverride: '24.3%' };
        document.fonts.add(new FontFace(UTF8ToString(family), HEAPU8.slice(bytes, bytes + size), box));
    },

    page_open: function (path) {
        location.assign(UTF8ToString(path));
    },

    // For whoever watches that nothing is drawn at rest.
    page_count_frame: function () {
        const canvas = Module['canvas'];
        canvas.dataset.frames = Number(canvas.dataset.frames || 0) + 1;
    },
});
