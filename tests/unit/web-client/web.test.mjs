import assert from 'node:assert/strict';
import test from 'node:test';
import { hashed_name, link } from '../../../tools/build-web.mjs';

const assets = (entries) => new Map(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)]));
const names = (files) => [...files.keys()];

test('a name holds ten digits of the content, before the ending', () => {
    assert.match(hashed_name('fonts.css', 'a'), /^fonts\.[0-9a-f]{10}\.css$/);
    assert.match(hashed_name('inter-regular.woff2', 'a'), /^inter-regular\.[0-9a-f]{10}\.woff2$/);
    assert.notEqual(hashed_name('fonts.css', 'a'), hashed_name('fonts.css', 'b'));
});

test('pages, style sheets and scripts name their assets by the hashed name', () => {
    const files = link(
        assets({ 'fonts.css': 'src: url(/assets/a.woff2)', 'a.woff2': 'font', 'page.js': "load('/assets/fonts.css')" }),
        assets({ 'signup.html': '<link href="/assets/fonts.css"><script src="/assets/page.js"></script>{{name}}' })
    );
    const [css, font, script] = ['fonts', 'a', 'page'].map((stem) => names(files).find((name) => name.startsWith(`assets/${stem}.`)));
    assert.equal(files.get(css).toString(), `src: url(/${font})`);
    assert.equal(files.get(script).toString(), `load('/${css}')`);
    assert.equal(files.get('signup.html').toString(), `<link href="/${css}"><script src="/${script}"></script>{{name}}`);
});

test('a change in a font changes the name of the style sheet that loads it', () => {
    const sheet = (font) => names(link(assets({ 'fonts.css': 'url(/assets/a.woff2)', 'a.woff2': font }), new Map()))[0];
    assert.notEqual(sheet('one'), sheet('two'));
});

test('the console script finds the module under its hashed name', () => {
    const files = link(assets({ 'console.js': 'file="console.wasm";', 'console.wasm': 'module' }), new Map());
    const module = names(files).find((name) => name.endsWith('.wasm')).replace('assets/', '');
    const script = names(files).find((name) => name.endsWith('.js'));
    assert.equal(files.get(script).toString(), `file="${module}";`);
});

test('an asset that does not exist is named, with who wants it', () => {
    assert.throws(() => link(new Map(), assets({ 'signup.html': '/assets/gone.css' })), /signup\.html mentions \/assets\/gone\.css/);
});

test('assets that mention each other are refused', () => {
    assert.throws(() => link(assets({ 'a.css': '/assets/b.css', 'b.css': '/assets/a.css' }), new Map()), /mentions itself/);
});
