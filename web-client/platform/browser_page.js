// The page's side of web-client/platform/browser.cpp, which calls it through browser.js: the mirror, that is the DOM that lies over
// the canvas, each element where it is drawn; keys, addresses, events; what wakes the program; and what to say when it cannot run.
const page = {
    root: null,
    entries: new Map(), // id to { element, node: what it stands for }
    kinds: { pressed: 0, typed: 1, focused: 2, focusedByKey: 3, blurred: 4, scrolled: 5 },
    build: ((document.currentScript && document.currentScript.src.match(/console\.([0-9a-f]{10})\.js/)) || ['', ''])[1],
    tabs: new BroadcastChannel('dealerline-console'),

    text(string) {
        const size = lengthBytesUTF8(string) + 1;
        const at = _malloc(size);
        stringToUTF8(string, at, size);
        return at;
    },

    tell(kind, key, string) {
        _console_mirror_event(page.kinds[kind], page.text(key), page.text(string || ''));
    },

    preferences: {
        dark: matchMedia('(prefers-color-scheme: dark)'),
        'less motion': matchMedia('(prefers-reduced-motion: reduce)'),
        'more contrast': matchMedia('(prefers-contrast: more)'),
    },

    stored(name) {
        try {
            return localStorage.getItem(`dealerline.${name}`) || '';
        } catch (problem) {
            return ''; // storage may be switched off
        }
    },

    store(name, value) {
        try {
            localStorage.setItem(`dealerline.${name}`, value);
        } catch (problem) {
            return;
        }
        page.showTheme();
    },

    // The page behind the canvas follows the chosen theme: fields, carets and scrollbars are the browser's.
    showTheme() {
        const theme = page.stored('theme');
        if (theme) document.documentElement.dataset.theme = theme;
        else delete document.documentElement.dataset.theme;
    },

    send(id, method, path, body, key) {
        const longest = 30000; // milliseconds; after that the server counts as not answering
        const request = { method, credentials: 'same-origin', cache: 'no-store', headers: {}, signal: AbortSignal.timeout(longest) };
        if (body) {
            request.body = body;
            request.headers['Content-Type'] = 'application/json';
        }
        if (key) request.headers['Idempotency-Key'] = key;
        fetch(path, request)
            .then((reply) => reply.text().then((text) => [reply.status, text]))
            .catch(() => [0, ''])
            .then(([status, text]) => _console_reply(id, status, page.text(text)));
    },

    // One stream for all tabs: the tab that holds the lock has it and tells the others.
    listening: null,
    hurry: () => {}, // the stream's, if this tab has it: connects now when it waits for its next try
    listen(on) {
        if (on && page.listening) {
            page.hurry();
            page.tabs.postMessage({ name: 'connect now', data: '' });
            return;
        }
        if (!on && !page.listening) return;
        if (!on) {
            page.listening.abort();
            page.listening = null;
            return;
        }
        const ending = new AbortController();
        page.listening = ending;
        const hold = () => new Promise((done) => page.stream(ending.signal, done));
        page.tabs.postMessage({ name: 'is it live', data: '' }); // another tab may hold the stream already
        if (navigator.locks) navigator.locks.request('dealerline-events', { signal: ending.signal }, hold).catch(() => {});
        else hold();
    },

    lastEvent: '',
    isLive: false,
    stream(signal, done) {
        const longestPause = 15000; // milliseconds
        const longestSilence = 10000; // the server's heart beats every 5 s
        let source = null;
        let pause = 1000;
        let timer = 0;
        let silence = 0; // the timer that counts it
        const hear = (lose) => {
            clearTimeout(silence);
            silence = setTimeout(lose, longestSilence);
        };
        const pass = (name) => (event) => {
            if (event.lastEventId) page.lastEvent = event.lastEventId;
            page.tabs.postMessage({ name, data: event.data || '' });
            page.onEvent(name, event.data || '');
        };
        const connect = () => {
            timer = 0;
            source = new EventSource('/api/events' + (page.lastEvent ? `?last_event_id=${encodeURIComponent(page.lastEvent)}` : ''));
            const lose = () => {
                clearTimeout(silence);
                page.isLive = false;
                source.close(); // the browser gives up for good after a refusal; we do not
                pass('lost')({});
                timer = setTimeout(connect, pause);
                pause = Math.min(pause * 2, longestPause);
            };
            ['hello', 'change', 'reload', 'session_ended'].forEach((name) => {
                source.addEventListener(name, pass(name));
                source.addEventListener(name, () => hear(lose));
            });
            source.addEventListener('beat', () => hear(lose)); // wakes nobody
            source.onopen = (event) => {
                hear(lose);
                pause = 1000;
                page.isLive = true;
                pass('open')(event);
            };
            source.onerror = lose;
            hear(lose); // a server may take the connection and say nothing
        };
        connect();
        page.hurry = () => {
            pause = 1000;
            if (!timer) return;
            clearTimeout(timer);
            connect();
        };
        signal.addEventListener('abort', () => {
            page.hurry = () => {};
            clearTimeout(timer);
            clearTimeout(silence);
            source.close();
            page.isLive = false;
            page.lastEvent = '';
            done();
        });
    },

    onEvent(name, data) {
        _console_event(page.text(name), page.text(data));
    },

    go(address, replace) {
        if (replace) history.replaceState(null, '', address);
        else history.pushState(null, '', address);
        _console_address();
    },

    open(path) {
        if (path.startsWith('https:')) window.open(path, '_blank', 'noopener');
        else location.assign(path);
    },

    copy(text) {
        const byHand = () => {
            const area = document.createElement('textarea');
            area.value = text;
            document.body.append(area);
            const before = document.activeElement;
            area.select();
            document.execCommand('copy');
            area.remove();
            if (before) before.focus();
        };
        if (navigator.clipboard) navigator.clipboard.writeText(text).catch(byHand);
        else byHand();
    },

    // A text that our fonts cannot draw is shown by its element, and is as wide as the browser makes it.
    weights: { 'Console Medium': 500, 'Console SemiBold': 600, 'Console Display': 600 },
    fontOf(family, size) {
        return `${page.weights[family] || 400} ${size}px "${family}",system-ui,sans-serif`;
    },
    ruler: null,
    widths: new Map(),
    textWidth(text, family, size) {
        const font = page.fontOf(family, size);
        const key = `${font} ${text}`;
        if (!page.widths.has(key)) {
            if (page.widths.size > 4000) page.widths.clear();
            if (!page.ruler) page.ruler = document.createElement('canvas').getContext('2d');
            page.ruler.font = font;
            page.ruler.fontKerning = 'none';
            page.widths.set(key, page.ruler.measureText(text).width);
        }
        return page.widths.get(key);
    },

    clocks: new Map(),
    utcOffset(at, zone) {
        if (!zone) return -new Date(at).getTimezoneOffset() * 60;
        try {
            let clock = page.clocks.get(zone);
            if (!clock) {
                const number = 'numeric';
                const parts = { year: number, month: number, day: number, hour: number, minute: number, second: number };
                clock = new Intl.DateTimeFormat('en-CA', Object.assign({ timeZone: zone, hourCycle: 'h23' }, parts));
                page.clocks.set(zone, clock);
            }
            const read = {};
            clock.formatToParts(at).forEach(({ type, value }) => (read[type] = Number(value)));
            const there = Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second);
            return Math.round((there - Math.floor(at / 1000) * 1000) / 1000);
        } catch (problem) {
            return 0; // a zone that this browser does not know: UTC
        }
    },

    tags: {
        main: 'main', navigation: 'nav', banner: 'header', region: 'section', article: 'article', form: 'form', heading: 'h1', text: 'p',
        label: 'label', textbox: 'input', button: 'button', link: 'a', list: 'ul', orderedlist: 'ol', item: 'li', tab: 'button', figure: 'figure', checkbox: 'button',
    },
    roles: new Set(['search', 'group', 'dialog', 'table', 'row', 'columnheader', 'cell', 'listbox', 'tab', 'tablist', 'option', 'status', 'alert', 'note', 'log', 'checkbox']),
    create(node) {
        const tag = node.role === 'heading' ? `h${node.level}` : node.multiline ? 'textarea' : page.tags[node.role] || 'div';
        const element = document.createElement(tag);
        const tell = (kind, text) => page.tell(kind, element.id, text); // an element stands for one node after another
        if (page.roles.has(node.role)) element.setAttribute('role', node.role);
        if (page.tags[node.role] === 'ul' || page.tags[node.role] === 'ol') element.setAttribute('role', 'list');
        if (node.role === 'dialog') element.setAttribute('aria-modal', 'true');
        if (node.role === 'form') {
            element.noValidate = true; // the server's sentence is shown, in our words
            element.addEventListener('submit', (event) => event.preventDefault());
        }
        if (['button', 'tab', 'checkbox'].includes(node.role)) {
            element.type = node.submits ? 'submit' : 'button';
            element.addEventListener('click', () => tell('pressed'));
        }
        if (node.role === 'option') {
            element.addEventListener('mousedown', (event) => event.preventDefault()); // the field keeps the focus
            element.addEventListener('click', () => tell('pressed'));
        }
        if (node.role === 'row') {
            // A whole row leads where its link leads; on its words only after it is clear that they are not being selected.
            const secondClick = 250; // milliseconds
            let waiting = 0;
            const isOwn = (event) => !event.target.closest('a, button, input, textarea') && element.querySelector('a');
            const openTab = () => window.open(element.querySelector('a').href, '_blank', 'noopener');
            element.addEventListener('click', (event) => {
                clearTimeout(waiting);
                if (!isOwn(event) || event.detail > 1 || !getSelection().isCollapsed) return;
                if (event.ctrlKey || event.metaKey) {
                    openTab();
                    return;
                }
                const key = element.id;
                const press = () => getSelection().isCollapsed && page.tell('pressed', key);
                const isOnWords = event.target !== element && event.target.textContent && !event.target.querySelector('a, p') && event.pointerType !== 'touch';
                if (isOnWords) waiting = setTimeout(press, secondClick);
                else press();
            });
            element.addEventListener('mousedown', (event) => event.button === 1 && isOwn(event) && event.preventDefault()); // else the page scrolls by itself
            element.addEventListener('auxclick', (event) => event.button === 1 && isOwn(event) && openTab());
        }
        if (node.role === 'scroller') {
            element.className = 'scroller';
            if (node.rows) element.setAttribute('role', 'rowgroup');
            element.addEventListener('scroll', () => tell('scrolled', String(element.scrollTop)), { passive: true });
        }
        if (node.role === 'text') {
            element.addEventListener('click', (event) => {
                const control = element.dataset.over && getSelection().isCollapsed && document.getElementById(element.dataset.over);
                if (control) control.dispatchEvent(new MouseEvent('click', event));
            });
        }
        if (node.role === 'link') {
            // Inside the console it is followed by the console, which first writes down where it was; a new tab is the browser's.
            element.addEventListener('click', (event) => {
                const is_plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
                if (!is_plain || !element.getAttribute('href').startsWith('#')) return;
                event.preventDefault();
                tell('pressed');
            });
        }
        if (node.role === 'textbox') {
            element.spellcheck = Boolean(node.multiline);
            if (!node.multiline) element.autocapitalize = 'none';
            element.addEventListener('input', () => tell('typed', element.value));
            element.addEventListener('change', () => tell('typed', element.value));
        }
        if (['button', 'textbox', 'link', 'tab', 'checkbox'].includes(node.role)) {
            element.addEventListener('focus', () => tell(element.matches(':focus-visible') ? 'focusedByKey' : 'focused'));
            element.addEventListener('blur', () => tell('blurred'));
        }
        return element;
    },

    attribute(element, name, value) {
        if (value === null || value === undefined || value === '') element.removeAttribute(name);
        else element.setAttribute(name, String(value));
    },

    // The text of a container stands in a node of its own before its children. A name in another script does not turn round what
    // stands beside it: each part of a text that shows itself goes its own way.
    writeText(element, text, isShown) {
        if (element.hasParts) element.replaceChildren();
        const parts = isShown ? text.split(' · ') : [];
        element.hasParts = parts.length > 1;
        if (element.hasParts) {
            element.replaceChildren();
            parts.forEach((part, index) => {
                const own = document.createElement('bdi');
                own.textContent = part;
                if (index > 0) element.append(' · ');
                element.append(own);
            });
            return;
        }
        const first = element.firstChild;
        if (first && first.nodeType === Node.TEXT_NODE) {
            if (first.data !== text) first.data = text;
        } else if (text) {
            element.prepend(text);
        }
    },

    attributes: {
        title: 'title', label: 'aria-label', disabled: 'aria-disabled', busy: 'aria-busy', invalid: 'aria-invalid', pressed: 'aria-pressed',
        expanded: 'aria-expanded', described_by: 'aria-describedby', sort: 'aria-sort', count: 'aria-rowcount', columns: 'aria-colcount',
        href: 'href', target: 'for',
    },

    sides: { x: 'left', y: 'top', w: 'width', h: 'height' },
    styles: new Set(['face', 'size', 'line', 'left', 'right', 'wraps', 'content', 'colour']),
    place(element, node) {
        let css = `left:${node.x}px;top:${node.y}px;width:${node.w}px;height:${node.h}px;`; // without a width only for later
        if (node.face) css += `font:${page.fontOf(node.face, node.size)};line-height:${node.line || node.size}px;`;
        if (node.colour) css += `--shown:${node.colour};`;
        if (node.left) css += `padding-left:${node.left}px;`;
        if (node.right) css += `padding-right:${node.right}px;`;
        if (node.wraps) css += 'white-space:pre-wrap;';
        if (node.role === 'scroller') css += `--content:${node.content}px;`;
        element.style.cssText = css;
    },

    // What is more than an attribute or a place.
    writers: {
        key(element, node) {
            if (node.role !== 'cell') element.id = node.key; // nothing asks for a cell, and there are many
        },
        w: (element, node) => element.classList.toggle('placed', node.w > 0),
        text: (element, node) => page.writeText(element, node.text || '', Boolean(node.colour)),
        colour(element, node) {
            page.writeText(element, node.text || '', Boolean(node.colour));
            element.classList.toggle('shown', Boolean(node.colour));
            page.attribute(element, 'dir', node.colour && 'auto');
        },
        over(element, node) {
            if (node.over) element.dataset.over = node.over;
            else delete element.dataset.over;
        },
        selected: (element, node) => page.attribute(element, node.role === 'checkbox' ? 'aria-checked' : 'aria-selected', node.selected),
        current: (element, node) => page.attribute(element, 'aria-current', node.current && (node.href ? 'page' : 'true')),
        index: (element, node) => page.attribute(element, node.role === 'row' ? 'aria-rowindex' : 'aria-colindex', node.index),
        by_arrows: (element, node) => page.attribute(element, 'tabindex', node.by_arrows && -1),
        tab_stop: (element, node) => (element.tabIndex = node.tab_stop ? 0 : -1),
        inert: (element, node) => (element.inert = Boolean(node.inert)),
    },

    update(element, node, changed, isNew) {
        const isField = node.role === 'textbox';
        let isStyled = isNew;
        for (const name in changed) {
            isStyled = isStyled || page.styles.has(name);
            const attribute = page.attributes[name];
            const write = page.writers[name];
            if (attribute && !(isField && (name === 'target' || name === 'expanded'))) page.attribute(element, attribute, node[name]);
            if (write && !(isField && name === 'text')) write(element, node);
        }
        if (isStyled) page.place(element, node);
        for (const name in isStyled ? {} : page.sides) if (name in changed) element.style[page.sides[name]] = `${node[name]}px`;
        if (isField) page.updateField(element, node);
    },

    updateField(element, node) {
        if (!node.multiline && element.type !== (node.input || 'text')) element.type = node.input || 'text';
        if (node.input === 'search') element.maxLength = 66; // the server takes 200 bytes
        if (element.value !== (node.value || '')) element.value = node.value || '';
        if (element.name !== (node.name || '')) element.name = node.name || '';
        if (element.autocomplete !== (node.autocomplete || '')) element.autocomplete = node.autocomplete || '';
        if (element.placeholder !== (node.placeholder || '')) element.placeholder = node.placeholder || '';
        element.classList.toggle('covered', Boolean(node.hidden_text));
        if (!node.active && !element.hasAttribute('role')) return;
        element.setAttribute('role', 'combobox');
        element.setAttribute('aria-autocomplete', 'list');
        element.setAttribute('aria-expanded', String(Boolean(node.target)));
        page.attribute(element, 'aria-controls', node.target);
        page.attribute(element, 'aria-activedescendant', node.target && node.active);
    },

    // Elements are kept, so that focus, selection and a half-composed word survive. A number is an element that did not change; an
    // object has what changed. What has the focus or is being selected comes to stand for nothing else: another element does.
    plain: { id: 0, role: '', key: '', parent: 0, x: 0, y: 0, w: 0, h: 0, size: 13, line: 0, face: '', text: '', level: 1 },
    show(changes) {
        const had = document.activeElement;
        const hadKey = had && had.id;
        const selection = getSelection();
        const isSelecting = !selection.isCollapsed; // asked once: each time costs a layout
        const isInUse = (element) => element.contains(had) || (isSelecting && selection.containsNode(element, true));
        const kept = new Set();
        changes.forEach((change) => kept.add(typeof change === 'number' ? change : change.id));
        page.entries.forEach((entry, id) => {
            if (kept.has(id)) return;
            entry.element.remove();
            page.entries.delete(id);
        });
        const placed = new Map(); // container to the last element that has its place in it
        const after = [];
        changes.forEach((change) => {
            const isSame = typeof change === 'number';
            let entry = page.entries.get(isSame ? change : change.id);
            let changed = change;
            let isNew = false;
            if (!isSame && !entry) {
                entry = { node: Object.assign({}, page.plain), element: null };
                page.entries.set(change.id, entry);
            }
            if (!isSame) {
                Object.assign(entry.node, change);
                const isAnother = entry.element && change.key !== undefined && isInUse(entry.element);
                if (isAnother) {
                    entry.element.remove();
                    changed = entry.node;
                }
                isNew = isAnother || !entry.element;
                if (isNew) entry.element = page.create(entry.node);
            }
            const element = entry.element;
            const parent = entry.node.parent ? page.entries.get(entry.node.parent).element : page.root;
            const place = placed.has(parent) ? placed.get(parent).nextElementSibling : parent.firstElementChild;
            if (place !== element) parent.insertBefore(element, place);
            placed.set(parent, element);
            if (isSame) return;
            page.update(element, entry.node, changed, isNew);
            if (change.scroll_to !== undefined || change.take_focus) after.push({ change, element, role: entry.node.role });
        });
        after.forEach(({ change, element, role }) => {
            if (change.scroll_to !== undefined) element.scrollTop = change.scroll_to;
            if (change.take_focus && role === 'heading') element.tabIndex = -1; // reached by us, not by Tab
            if (change.take_focus) element.focus({ preventScroll: role === 'link' });
        });
        // What had the focus is gone: keys must not fall to nobody.
        if (had && had !== document.body && !had.isConnected) page.tell('blurred', hadKey);
    },

    // What stands side by side is copied with tabs between, what stands below each other with new lines.
    copied(range) {
        const pieces = document.createTreeWalker(page.root, NodeFilter.SHOW_TEXT);
        const pieceOf = (node) => node.parentElement.closest('.placed');
        const rowOf = (node) => node.parentElement.closest('[role=row]');
        const cellOf = (node) => node.parentElement.closest('[role=cell], [role=columnheader]');
        const isWithin = (node, other, of) => of(node) && of(node) === of(other);
        let text = '';
        let last = null;
        for (let node = pieces.nextNode(); node; node = pieces.nextNode()) {
            if (!range.intersectsNode(node) || getComputedStyle(node.parentElement).userSelect === 'none') continue;
            const from = node === range.startContainer ? range.startOffset : 0;
            const to = node === range.endContainer ? range.endOffset : node.data.length;
            if (from >= to) continue;
            if (last && pieceOf(node) !== pieceOf(last)) text += isWithin(node, last, cellOf) ? ' ' : isWithin(node, last, rowOf) ? '\t' : '\n';
            text += node.data.slice(from, to);
            last = node;
        }
        return text;
    },

    keyName(event) {
        const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const ctrl = event.ctrlKey || event.metaKey;
        const shift = event.shiftKey && (event.key.length > 1 || ctrl);
        return (ctrl ? 'Ctrl+' : '') + (event.altKey ? 'Alt+' : '') + (shift ? 'Shift+' : '') + name;
    },

    isField(element) {
        return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
    },

    onKey(event) {
        if (event.isComposing || event.keyCode === 229) return; // the input method's
        const in_field = page.isField(event.target);
        if (_console_key(page.text(page.keyName(event)), in_field)) event.preventDefault();
    },

    fail(sentence) {
        const notice = document.getElementById('notice');
        notice.textContent = sentence;
        notice.hidden = false;
    },

    // The mouse over an element is also the mouse over the canvas below it; releasing is heard on the document anyway.
    passDown(canvas) {
        ['mousemove', 'mousedown'].forEach((type) =>
            page.root.addEventListener(type, (event) => canvas.dispatchEvent(new event.constructor(type, event)), { passive: true })
        );
    },

    // Called once there is a program to wake.
    start() {
        const canvas = Module['canvas'];
        const wake = () => _console_wake();
        page.root = document.getElementById('mirror');
        history.scrollRestoration = 'manual';
        page.showTheme();
        page.passDown(canvas);
        window.addEventListener('keydown', page.onKey, { capture: true });
        document.addEventListener('copy', (event) => {
            const selection = getSelection();
            if (selection.isCollapsed || page.isField(event.target) || !page.root.contains(selection.anchorNode)) return;
            event.clipboardData.setData('text/plain', page.copied(selection.getRangeAt(0)));
            event.preventDefault();
        });
        window.addEventListener('popstate', () => _console_address());
        window.addEventListener('storage', () => {
            page.showTheme();
            wake();
        });
        page.tabs.addEventListener('message', ({ data }) => {
            if (data.name === 'connect now') page.hurry();
            else if (data.name !== 'is it live') page.onEvent(data.name, data.data);
            else if (page.isLive) page.tabs.postMessage({ name: 'open', data: '' });
        });
        ['mousemove', 'mousedown', 'mouseup', 'touchstart', 'touchmove', 'touchend', 'keyup'].forEach((type) =>
            window.addEventListener(type, wake, { capture: true, passive: true })
        );
        ['resize', 'focus', 'blur', 'online'].forEach((type) => window.addEventListener(type, wake));
        document.documentElement.addEventListener('mouseleave', wake);
        document.addEventListener('visibilitychange', wake);
        canvas.addEventListener('mousedown', () => document.activeElement && document.activeElement.blur());
        Object.values(page.preferences).forEach((preference) => preference.addEventListener('change', wake));
        new MutationObserver(wake).observe(document.documentElement, { attributeFilter: ['data-theme'] });
        const watchDensity = () => {
            const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
            const changed = () => {
                window.dispatchEvent(new Event('resize')); // SDL reads the density with the size
                watchDensity();
            };
            query.addEventListener('change', changed, { once: true });
        };
        watchDensity();
        canvas.addEventListener('webglcontextlost', (event) => event.preventDefault());
        canvas.addEventListener('webglcontextrestored', () => _console_context_restored());
    },
};

Module['onAbort'] = () => page.fail('The console stopped. Reload the page to start it again.');
Module['canvas'] = document.getElementById('canvas');
