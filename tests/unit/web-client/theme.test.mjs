import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { css, header } from '../../../tools/build-theme.mjs';

const tokens = JSON.parse(readFileSync(new URL('../../../assets/tokens.json', import.meta.url), 'utf8'));
const modes = ['light', 'dark'];

// WCAG 2: relative luminance and contrast ratio.
function luminance(hex) {
    const [red, green, blue] = [1, 3, 5]
        .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}

test('the contrast formula gives the known extremes', () => {
    assert.equal(contrast('#000000', '#FFFFFF'), 21);
    assert.equal(contrast('#777777', '#777777'), 1);
    assert.equal(contrast('#767676', '#FFFFFF').toFixed(2), '4.54');
});

for (const mode of modes) {
    for (const { foreground, required, on } of tokens.contrast) {
        test(`${mode}: ${foreground} reaches ${required} on all of its surfaces`, () => {
            for (const surface of on) {
                const ratio = contrast(tokens.colors[foreground][mode], tokens.colors[surface][mode]);
                assert.ok(ratio >= required, `${foreground} on ${surface} is ${ratio.toFixed(2)}`);
            }
        });
    }
    test(`${mode}: initials can be read on every avatar`, () => {
        for (const avatar of tokens.avatars) assert.ok(contrast(avatar[mode].fill, avatar[mode].text) >= 4.5, avatar[mode].fill);
    });
}

test('every token that carries meaning has a contrast pair', () => {
    const paired = new Set(tokens.contrast.map((pair) => pair.foreground));
    const surfaces = new Set(tokens.contrast.flatMap((pair) => pair.on));
    const decoration = new Set(['border', 'line', 'ctlsoft', 'grid', 'scrim']);
    for (const name of Object.keys(tokens.colors)) {
        assert.ok(paired.has(name) || surfaces.has(name) || decoration.has(name), `${name} is in no pair`);
    }
});

test('the style sheet and the header hold every token in both themes', () => {
    const sheet = css(tokens);
    const code = header(tokens);
    for (const [name, colour] of Object.entries(tokens.colors)) {
        assert.equal(sheet.split(`--${name}: `).length - 1, 3, `${name} in :root, in the media query and in the override`);
        assert.equal(code.split(`    .${name} = 0x`).length - 1, 2, `${name} in light and dark`);
        assert.match(colour.light, /^#[0-9A-F]{6}$/);
    }
    assert.ok(sheet.includes('--canvas: #f4f4f2;') && sheet.includes('--scrim: rgb(27 28 31 / 38%);'));
    assert.ok(code.includes('.canvas = 0xfff2f4f4,') && code.includes('.scrim = 0x611f1c1b,'));
});
