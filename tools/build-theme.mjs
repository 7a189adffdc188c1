// Writes build/generated/theme_tokens.h and build/generated/tokens.css from assets/tokens.json.
// A file that would not change keeps its time, so that nothing is rebuilt for it.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modes = ['light', 'dark'];

function red_green_blue(hex) {
    if (!/^#[0-9A-F]{6}$/.test(hex)) throw new Error(`assets/tokens.json: ${hex} is not a colour like #1B1C1F`);
    return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

// Dear ImGui's packed order: alpha, blue, green, red from the highest byte down.
function packed(hex, opacity = 1) {
    const bytes = [...red_green_blue(hex), Math.round(opacity * 255)];
    return '0x' + bytes.reverse().map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function css_colour(hex, opacity = 1) {
    return opacity === 1 ? hex.toLowerCase() : `rgb(${red_green_blue(hex).join(' ')} / ${opacity * 100}%)`;
}

export function header(tokens) {
    const names = Object.keys(tokens.colors);
    const theme = (mode) => `inline constexpr Tokens ${mode}{
${names.map((name) => `    .${name} = ${packed(tokens.colors[name][mode], tokens.colors[name].opacity?.[mode])},`).join('\n')}
    .avatars = {{
${tokens.avatars.map((avatar) => `        {.fill = ${packed(avatar[mode].fill)}, .text = ${packed(avatar[mode].text)}},`).join('\n')}
    }},
};`;
    return `// Made by tools/build-theme.mjs from assets/tokens.json.
#pragma once

#include <array>
#include <cstdint>

namespace theme {

// Colours as Dear ImGui packs them (ImU32).
struct Avatar {
    std::uint32_t fill;
    std::uint32_t text;
};

struct Tokens {
${names.map((name) => `    std::uint32_t ${name}; // ${tokens.colors[name].use}`).join('\n')}
    std::array<Avatar, ${tokens.avatars.length}> avatars;
};

${modes.map(theme).join('\n\n')}

}
`;
}

export function css(tokens) {
    const variables = (mode, indent) =>
        [
            `color-scheme: ${mode};`,
            ...Object.entries(tokens.colors).map(([name, colour]) => `--${name}: ${css_colour(colour[mode], colour.opacity?.[mode])};`),
            ...tokens.avatars.flatMap((avatar, index) => [
                `--avatar${index + 1}: ${css_colour(avatar[mode].fill)};`,
                `--onavatar${index + 1}: ${css_colour(avatar[mode].text)};`,
            ]),
        ]
            .map((line) => indent + line)
            .join('\n');
    return `/* Made by tools/build-theme.mjs from assets/tokens.json. */
:root {
${variables('light', '    ')}
}
@media (prefers-color-scheme: dark) {
    :root:not([data-theme=light]) {
${variables('dark', '        ')}
    }
}
:root[data-theme=dark] {
${variables('dark', '    ')}
}
`;
}

function write_if_changed(path, text) {
    let before;
    try {
        before = readFileSync(path, 'utf8');
    } catch {
        before = null;
    }
    if (before === text) return;
    const temporary = `${path}.${process.pid}`; // two builds may run at once
    writeFileSync(temporary, text);
    renameSync(temporary, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const tokens = JSON.parse(readFileSync(join(root, 'assets/tokens.json'), 'utf8'));
    const folder = join(root, 'build/generated');
    mkdirSync(folder, { recursive: true });
    write_if_changed(join(folder, 'theme_tokens.h'), header(tokens));
    write_if_changed(join(folder, 'tokens.css'), css(tokens));
}
