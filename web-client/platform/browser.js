// What web-client/platform/browser.cpp may call. The work is done by browser_page.js.
mergeInto(LibraryManager.library, {
    page_start: function () {
        page.start();
    },

    page_fail: function (sentence) {
        page.fail(UTF8ToString(sentence));
    },

    page_send: function (id, method, path, body, key) {
        page.send(id, UTF8ToString(method), UTF8ToString(path), UTF8ToString(body), UTF8ToString(key));
    },

    page_listen: function (on) {
        page.listen(Boolean(on));
    },

    page_prefers: function (what) {
        return page.preferences[UTF8ToString(what)].matches;
    },

    page_stored: function (name) {
        return page.text(page.stored(UTF8ToString(name)));
    },

    page_store: function (name, value) {
        page.store(UTF8ToString(name), UTF8ToString(value));
    },

    page_show_mirror: function (changes) {
        page.show(JSON.parse(UTF8ToString(changes)));
    },

    page_add_font: function (family, bytes, size) {
        // Our fonts' box is one em, and a text field cuts off what hangs below it: a larger box around the same middle.
        // Good for every weight, so that only what the browser adds to it becomes bolder.
        const box = { ascentOverride: '97%', descentOverride: '24.3%', weight: '1 1000' };
        document.fonts.add(new FontFace(UTF8ToString(family), HEAPU8.slice(bytes, bytes + size), box));
    },

    page_text_width: function (text, length, family, size) {
        return page.textWidth(UTF8ToString(text, length), UTF8ToString(family), size);
    },

    page_address: function () {
        return page.text(location.hash);
    },

    page_memory: function () {
        return page.text((history.state && history.state.memory) || '');
    },

    page_go: function (address, replace) {
        page.go(UTF8ToString(address), replace);
    },

    page_remember: function (memory) {
        history.replaceState({ memory: UTF8ToString(memory) }, '');
    },

    page_copy: function (text) {
        page.copy(UTF8ToString(text));
    },

    page_open: function (path) {
        page.open(UTF8ToString(path));
    },

    page_reload: function () {
        location.reload();
    },

    page_tell_other_tabs: function (what) {
        page.tabs.postMessage({ name: UTF8ToString(what), data: '' });
    },

    page_now: function () {
        return Date.now();
    },

    page_utc_offset: function (at, zone) {
        return page.utcOffset(at, UTF8ToString(zone));
    },

    page_build: function () {
        return page.text(page.build);
    },

    // For whoever watches that nothing is drawn at rest, and what a frame costs.
    page_count_frame: function (milliseconds, isNew) {
        const canvas = Module['canvas'];
        if (isNew) canvas.classList.add('drawn');
        canvas.dataset.frames = Number(canvas.dataset.frames || 0) + 1;
        canvas.dataset.milliseconds = milliseconds.toFixed(2);
    },
});
