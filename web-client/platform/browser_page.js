// The page's side of web-client/platform/browser.cpp, which calls it through browser.js: the mirror, that is the DOM that lies over
// the canvas, each element where it is drawn; what wakes the program; and what to say when it cannot run.
const page = {
    root: null,
    elements: new Map(), // key to { node, element, label }
    kinds: { pressed: 0, typed: 1, focused: 2, focusedByKey: 3, blurred: 4 },

    text(string) {
        const size = lengthBytesUTF8(string) + 1;
        const at = _malloc(size);
        stringToUTF8(string, at, size);
        return at;
    },

    tell(kind, key, string) {
        _console_mirror_event(page.kinds[kind], page.text(key), page.text(string || ''));
    },

    tags: {
        main: 'main', form: 'form', heading: 'h1', text: 'p', label: 'label', textbox: 'input', button: 'button', link: 'a',
        status: 'div', alert: 'div', list: 'ul', item: 'li',
    },

    create(node) {
        const element = document.createElement(page.tags[node.role]);
        const key = node.key;
        if (node.role === 'status' || node.role === 'alert') element.setAttribute('role', node.role);
        if (node.role === 'form') {
            element.noValidate = true; // the server's sentence is shown, in our words
            element.addEventListener('submit', (event) => event.preventDefault());
        }
        if (node.role === 'button') {
            element.type = node.submits ? 'submit' : 'button';
            element.addEventListener('click', () => {
                if (element.getAttribute('aria-disabled') !== 'true') page.tell('pressed', key);
            });
        }
        if (node.role === 'textbox') {
            element.id = key;
            element.spellcheck = false;
            element.autocapitalize = 'none';
            element.addEventListener('input', () => page.tell('typed', key, element.value));
            element.addEventListener('change', () => page.tell('typed', key, element.value));
        }
        if (node.role === 'label') element.htmlFor = node.target;
        if (node.role === 'button' || node.role === 'textbox' || node.role === 'link') {
            element.addEventListener('focus', () => page.tell(element.matches(':focus-visible') ? 'focusedByKey' : 'focused', key));
            element.addEventListener('blur', () => page.tell('blurred', key));
        }
        return element;
    },

    attribute(element, name, value) {
        if (value) element.setAttribute(name, value === true ? 'true' : value);
        else element.removeAttribute(name);
    },

    update(element, node, before) {
        const style = element.style;
        if (node.w) {
            style.left = node.x + 'px';
            style.top = node.y + 'px';
            style.width = node.w + 'px';
            style.height = node.h + 'px';
            style.paddingLeft = (node.left || 0) + 'px';
            style.paddingRight = (node.right || 0) + 'px';
            style.whiteSpace = node.wraps ? 'pre-wrap' : '';
            style.font = `${node.size}px/${node.line || node.size}px "${node.face}"`;
        }
        if (node.role === 'textbox') {
            if (element.type !== node.input) element.type = node.input;
            if (element.value !== node.value) element.value = node.value;
            element.name = node.name;
            element.autocomplete = node.autocomplete;
        } else if (element.textContent !== node.text && !page.isContainer(node)) {
            element.textContent = node.text;
        }
        if (node.role === 'link') element.href = node.href;
        page.attribute(element, 'title', node.title);
        page.attribute(element, 'aria-disabled', node.disabled);
        page.attribute(element, 'aria-busy', node.busy);
        page.attribute(element, 'aria-invalid', node.invalid);
        page.attribute(element, 'aria-pressed', node.pressed === undefined ? '' : String(node.pressed));
        page.attribute(element, 'aria-describedby', node.described_by);
        if (node.role === 'alert') element.id = node.key;
        if (node.take_focus && !(before && before.take_focus)) element.focus();
    },

    isContainer(node) {
        return node.role === 'main' || node.role === 'form' || node.role === 'list';
    },

    // Elements are kept by key, so that focus, selection and a half-composed word survive.
    show(nodes) {
        const kept = new Set(nodes.map((node) => node.key));
        page.elements.forEach((entry, key) => {
            if (!kept.has(key)) {
                entry.element.remove();
                page.elements.delete(key);
            }
        });
        const filled = new Map(); // parent element to the number of children that are in place
        nodes.forEach((node) => {
            let entry = page.elements.get(node.key);
            const before = entry && entry.node;
            if (!entry || before.role !== node.role) {
                if (entry) entry.element.remove();
                entry = { element: page.create(node) };
                page.elements.set(node.key, entry);
            }
            const parent = node.parent ? page.elements.get(node.parent).element : page.root;
            const place = filled.get(parent) || 0;
            filled.set(parent, place + 1);
            if (parent.children[place] !== entry.element) parent.insertBefore(entry.element, parent.children[place] || null);
            page.update(entry.element, node, before);
            entry.node = node;
        });
    },

    // The mouse over an element is also the mouse over the canvas below it; releasing is heard on the document anyway.
    passDown(canvas) {
        ['mousemove', 'mousedown', 'wheel'].forEach((type) =>
            page.root.addEventListener(type, (event) => canvas.dispatchEvent(new event.constructor(type, event)), { passive: true })
        );
    },

    fail(sentence) {
        const notice = document.getElementById('notice');
        notice.textContent = sentence;
        notice.hidden = false;
    },

    // Called once there is a program to wake.
    start() {
        const canvas = Module['canvas'];
        const wake = () => _console_wake();
        page.root = document.getElementById('mirror');
        page.passDown(canvas);
        ['mousemove', 'mousedown', 'mouseup', 'wheel', 'touchstart', 'touchmove', 'touchend', 'keydown', 'keyup'].forEach((type) =>
            window.addEventListener(type, wake, { capture: true, passive: true })
        );
        ['resize', 'focus', 'blur'].forEach((type) => window.addEventListener(type, wake));
        document.documentElement.addEventListener('mouseleave', wake);
        document.addEventListener('visibilitychange', wake);
        canvas.addEventListener('mousedown', () => document.activeElement && document.activeElement.blur());
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', wake);
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
